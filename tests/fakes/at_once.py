#!/usr/bin/env python3
"""Run a filter many times at once.

    at_once.py IN OUT ERR PROGRAM [ARG...]

One process a line of IN. Each waits for its input until all have been started,
then gets its line. What they wrote stands in OUT and ERR, one after the other;
how each ended is printed, a number a line, in the order of IN.
"""

import contextlib
import subprocess
import sys
import tempfile
import time

SETTLE_S = 0.2  # for the last one to open what it opens


def main():
    with open(sys.argv[1], "rb") as f:
        lines = f.readlines()
    running = []
    for _ in lines:
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        running.append((subprocess.Popen(
            sys.argv[4:], stdin=subprocess.PIPE, stdout=out, stderr=err),
            out, err))
    time.sleep(SETTLE_S)
    for (process, _, _), line in zip(running, lines):
        # One that ended already says why in ERR.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(line)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    with open(sys.argv[2], "wb") as all_out, open(sys.argv[3], "wb") as all_err:
        for process, out, err in running:
            print(process.wait())
            for part, whole in ((out, all_out), (err, all_err)):
                part.seek(0)
                whole.write(part.read())


if __name__ == "__main__":
    main()
