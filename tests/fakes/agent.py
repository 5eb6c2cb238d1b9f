#!/usr/bin/env python3
"""agent.py OUT PROGRAM... <SCRIPT: a person at a terminal of their own.

PROGRAM runs on a new terminal; its stdout goes into the file OUT, and what the
terminal shows comes out on stdout. Its status is this program's, 128 + N when
signal N ended it. A line of SCRIPT is a step:

    wait TEXT     until that is shown, after what was waited for before
    type TEXT     key it in, with Enter; {pin} is the PIN in the last message
                  of the file outbox, {wrong} another one
    keys TEXT     without Enter; \\d is ^D, \\c ^C, \\z ^Z
    echo on|off   wait until the terminal is so
    play          answer each question of the desk until the program has ended
    sh COMMAND    run it to its end; it must not fail
    runs NAME     until the program runs one of that name, which has its input
    signal NAME   send it to the program
    hangup        the terminal goes away
    end           until the program has ended; done at the end anyway
    idle SECONDS  do nothing

At the end the terminal must echo, but when the program was killed. What is
typed is not shown by this program, only what the terminal echoes.
"""

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

PATIENCE_S = 30


class Agent:
    def __init__(self, out, words):
        self.shown, self.seen = b"", 0
        self.status = None
        self.master, self.slave = pty.openpty()
        self.pid = os.fork()
        if self.pid == 0:
            self.become(out, words)

    def become(self, out, words):
        os.close(self.master)
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(self.slave, fd)
        os.close(self.slave)
        fd = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(fd, 1)
        os.close(fd)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(words[0], words)

    def look(self, seconds):
        if self.master == -1:
            time.sleep(seconds)
            return
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.shown += os.read(self.master, 65536)
            except OSError:
                pass

    def until(self, is_so, what):
        late = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > late:
                self.give_up("in vain: " + what)
            self.look(0.02)

    def give_up(self, why):
        print("agent.py: %s, after:\n%s" % (
            why, self.shown.decode(errors="replace")), file=sys.stderr)
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
        sys.exit(99)

    def has_ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait(self, text):
        wanted = text.encode()

        def is_there():
            at = self.shown.find(wanted, self.seen)
            if at == -1 and self.has_ended():
                self.look(0)
                at = self.shown.find(wanted, self.seen)
                if at == -1:
                    self.give_up("ended without: " + text)
            if at != -1:
                self.seen = at + len(wanted)
            return at != -1
        self.until(is_there, text)

    def keys(self, text):
        for name, byte in (("\\d", "\x04"), ("\\c", "\x03"), ("\\z", "\x1a")):
            text = text.replace(name, byte)
        os.write(self.master, filled(text).encode())

    def type(self, text):
        self.keys(text + "\n")

    def play(self, _):
        while True:
            self.until(lambda: self.shown.find(b"> ", self.seen) != -1 or
                       self.has_ended(), "a question or the end")
            at = self.shown.find(b"> ", self.seen)
            if at == -1:
                break
            asked = self.shown[self.seen:at]
            self.seen = at + 2
            self.type("{pin}" if b"Tries left" in asked else "")

    def is_echoing(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def echo(self, text):
        self.until(lambda: self.is_echoing() == (text == "on"),
                   "echo " + text)

    def sh(self, text):
        subprocess.run(["bash", "-c", text], check=True, stdout=2)

    def runs(self, text):
        path = "/proc/%d/task/%d/children" % (self.pid, self.pid)

        def is_running():
            with open(path, encoding="ascii") as file:
                children = file.read().split()
            for child in children:
                try:
                    with open("/proc/%s/comm" % child, encoding="utf-8") as f:
                        if f.read().strip() == text:
                            return self.has_input(child)
                except OSError:
                    pass
            return False
        self.until(is_running, "runs " + text)

    def has_input(self, child):
        """Has it got all of its input? Then nobody else holds that pipe."""
        mine = "/proc/%d/fd" % self.pid
        try:
            pipe = os.readlink("/proc/%s/fd/0" % child)
            return all(os.readlink(os.path.join(mine, fd)) != pipe
                       for fd in os.listdir(mine))
        except PermissionError:
            time.sleep(0.5)  # others may not look: it has, very likely
            return True

    def signal(self, text):
        os.kill(self.pid, getattr(signal, "SIG" + text))

    def hangup(self, _):
        os.close(self.master)
        self.master = -1

    def idle(self, text):
        time.sleep(float(text))

    def end(self, _):
        self.until(self.has_ended, "its end")
        for _ in range(3):
            self.look(0.01)


def filled(text):
    if "{" not in text:
        return text
    with open("outbox", encoding="utf-8") as file:
        message = json.loads(file.readlines()[-1])["message"]
    pin = message.rsplit(" ", 1)[1]
    wrong = pin[:-1] + ("8" if pin[-1] == "9" else "9")
    return text.replace("{pin}", pin).replace("{wrong}", wrong)


def main():
    agent = Agent(sys.argv[1], sys.argv[2:])
    for line in sys.stdin:
        verb, _, rest = line.strip("\n\t").partition(" ")
        if verb and not verb.startswith("#"):
            getattr(agent, verb)(rest)
    agent.end("")
    sys.stdout.buffer.write(agent.shown.replace(b"\r\n", b"\n"))
    sys.stdout.flush()
    if agent.status != -signal.SIGKILL and agent.master != -1 and \
            not agent.is_echoing():
        agent.give_up("the terminal does not echo")
    sys.exit(agent.status if agent.status >= 0 else 128 - agent.status)


if __name__ == "__main__":
    main()
