#!/usr/bin/env python3
"""hand_down.py NAME... -- PROGRAM...: run it with everything a parent can leave.

Its environment has those variables, PATH and nothing else; descriptors 7 to 9
are open, some signals are blocked and some ignored, and standard input, output
and error are this program's.
"""

import os
import resource
import signal
import sys


def main():
    split = sys.argv.index("--")
    names, program = sys.argv[1:split], sys.argv[split + 1:]
    environment = {}
    for pair in names:
        name, equals, value = pair.partition("=")
        environment[name] = value if equals else "x"
    environment.setdefault("PATH", os.environ["PATH"])
    for fd in (7, 8, 9):
        os.dup2(0, fd)
        os.set_inheritable(fd, True)
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGUSR1, signal.SIGHUP, signal.SIGALRM,
                   signal.SIGRTMIN + 3):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [
        signal.SIGUSR2, signal.SIGCHLD, signal.SIGTERM, signal.SIGALRM,
        signal.SIGRTMIN + 4])
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    os.execvpe(program[0], program, environment)


main()
