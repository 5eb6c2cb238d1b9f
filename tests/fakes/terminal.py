#!/usr/bin/env python3
"""terminal.py ANSWER OUT PROGRAM...: run a program on a terminal of its own.

Its stdout goes into the file OUT; ANSWER is keyed in once the program has
shown something, or waits; what the terminal shows comes out on stdout.
"""

import os
import pty
import select
import sys


def main():
    answer, out = sys.argv[1], sys.argv[2]
    pid, terminal = pty.fork()
    if pid == 0:
        fd = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(fd, 1)
        os.execvp(sys.argv[3], sys.argv[3:])
    shown, keyed = b"", False
    while True:
        ready, _, _ = select.select([terminal], [], [], 1)
        if not keyed and (ready == [] or b": " in shown):
            os.write(terminal, answer.encode() + b"\n")
            keyed = True
        if not ready:
            continue
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    _, status = os.waitpid(pid, 0)
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
