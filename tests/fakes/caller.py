#!/usr/bin/env python3
"""caller.py [KEYS...] -- PROGRAM ARG...: the caller of run -F lines.

Answers the prompts one after the other, and copies what the program says to
stdout. KEYS is a line, @FILE the PIN of the last message in that outbox,
wait: nothing is keyed, hup: SIGHUP, eof: the end of stdin; that is also what
comes after the last KEYS. Its exit status is the program's.
"""

import re
import signal
import subprocess
import sys


def answer(program, keys):
    if keys == "hup":
        program.send_signal(signal.SIGHUP)
    elif keys == "eof":
        program.stdin.close()
    elif keys != "wait":
        if keys.startswith("@"):
            with open(keys[1:], encoding="utf-8") as f:
                keys = re.findall("PIN code is: ([0-9]+)", f.read())[-1]
        program.stdin.write(keys.encode() + b"\n")


def main():
    at = sys.argv.index("--")
    keys = sys.argv[1:at]
    program = subprocess.Popen(sys.argv[at + 1:], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, bufsize=0)
    for line in iter(program.stdout.readline, b""):
        sys.stdout.buffer.write(line)
        if line.startswith(b"ask "):
            answer(program, keys.pop(0) if keys else "eof")
    sys.stdout.flush()
    status = program.wait()
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
