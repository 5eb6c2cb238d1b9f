#!/usr/bin/env python3
"""Run a command at a terminal of its own and answer when it asks for a PIN, or
as a call does: "> ".

    docs_pty.py ANSWERS COMMAND [ARG...]

ANSWERS are comma-separated: digits, or "right" for the PIN of the last message
that was shown, or, if none was, the one in the file "pin". What the command
writes goes to standard output; its status is this program's.
"""

import os
import pty
import re
import select
import signal
import sys


def right_pin(shown):
    found = re.findall(rb"Your PIN code is: (\d+)", shown)
    if found:
        return found[-1]
    with open("pin", "rb") as file:
        return file.read().strip()


def main():
    answers = sys.argv[1].split(",")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    signal.alarm(60)
    shown, asked = b"", 0
    while True:
        if not select.select([terminal], [], [], 30)[0]:
            sys.exit("docs_pty: nothing for 30 s, after:\n" + shown.decode())
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # the last writer is gone
            break
        if not chunk:
            break
        shown += chunk
        if len(re.findall(rb"PIN for task|^> ", shown, re.M)) > asked:
            answer = answers[min(asked, len(answers) - 1)]
            asked += 1
            # The prompt is there before its echo is switched off.
            select.select([], [], [], 0.2)
            text = right_pin(shown) if answer == "right" else answer.encode()
            os.write(terminal, text + b"\n")
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    sys.stdout.flush()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if asked < len(answers):
        sys.exit("docs_pty: asked %d times, not %d" % (asked, len(answers)))
    sys.exit(status)


main()
