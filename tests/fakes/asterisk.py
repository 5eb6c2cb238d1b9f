#!/usr/bin/env python3
"""asterisk.py [OPTION...] PROGRAM ARG...: Asterisk's side of an AGI call.

Starts the program as res_agi does, with pipes, sends it the block of agi_
lines and answers its commands as strictly as Asterisk does. Nothing waits: the
caller keys at once or never. Its exit status is the program's.

  --log FILE       the dialogue: "> COMMAND", "< REPLY", "! what happened"
  --vars FILE      the channel's variables at the end, NAME=VALUE a line
  --set NAME=VALUE a variable of the channel as the call begins
  --agi NAME=VALUE another line than the usual one of the block
  --keys KEYS      what the caller keys at the next GET DATA that plays a sound;
                   '.' is a pause that outlasts every time-out and sound; '!'
                   makes the next key end between two commands, which drops it;
                   what is left over is there for the commands that follow;
                   @FILE: the PIN of the last message in that outbox
  --keys-at COMMAND KEYS
                   the caller begins to key them as the first command that
                   begins so is carried out, or N:COMMAND as the Nth
  --missing FILE   there is no such audio file
  --on COMMAND ACTION
                   once, at the first command that begins so, or N:COMMAND at
                   the Nth:
    hangup         the caller hangs up: SIGHUP, and -1
    dead           the same, but the program hears of it by -1 alone
    hup            SIGHUP, and no reply to that command
    eof            the program's stdin is closed, and no reply
    gone           both pipes are closed
    run:COMMAND    of the shell, in which $PROGRAM is the program's number;
                   then the usual reply
    reply:TEXT     that line; Python's escapes in it mean what they mean
  --pieces         replies come a byte at a time
  --connect PORT   FastAGI: connect to that port of this machine instead of
                   starting a program; a hang-up is a line HANGUP then
"""

import argparse
import codecs
import os
import re
import signal
import socket
import subprocess
import sys

# In the order in which Asterisk sends them.
BLOCK = {
    "request": None, "channel": "PJSIP/trunk-00000001", "language": "en",
    "type": "PJSIP", "uniqueid": "1700000000.1", "version": "20.5.0",
    "callerid": "+447700900000", "calleridname": "Ann \"A.\" Caller",
    "callingpres": "0", "callingani2": "0", "callington": "0",
    "callingtns": "0", "dnid": "100", "rdnis": "unknown",
    "context": "from-trunk", "extension": "100", "priority": "3",
    "enhanced": "0.0", "accountcode": "", "threadid": "140000000000000",
}

ENVIRONMENT = {"AST_CONFIG_DIR": "/etc/asterisk",
               "AST_AGI_DIR": "/var/lib/asterisk/agi-bin"}

UNKNOWN = "510 Invalid or unknown command"
KEYPAD = "0123456789*#"
DEAD = "511 Command Not Permitted on a dead channel or intercept routine"
# Asterisk's own read buffer for a command.
COMMAND_MAX = 2048


def split(line):
    """The words of a command, as parse_args() of res_agi.c finds them."""
    words, quoted, escaped, between = [], False, False, True
    for c in line:
        if c == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append("")
                between = False
        elif c in " \t" and not quoted and not escaped:
            between = True
        elif c == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append("")
                between = False
            words[-1] += c
            escaped = False
    return words


class Channel:
    """What the commands do, and what the caller does."""

    def __init__(self, options):
        self.variables = dict(v.split("=", 1) for v in options.set)
        self.prompts = list(options.keys)
        self.at = [rule(*r) for r in options.keys_at]
        self.missing = options.missing
        self.keyed = ""
        self.unasked = False
        self.dead = False
        # Words, fewest and most arguments, works on a dead channel, what.
        self.commands = [
            (["ANSWER"], 0, 0, False, lambda: "0"),
            (["HANGUP"], 0, 1, False, self.hang_up),
            (["STREAM", "FILE"], 2, 3, False, self.stream_file),
            (["GET", "DATA"], 1, 3, False, self.get_data),
            (["WAIT", "FOR", "DIGIT"], 1, 1, False, self.wait_for_digit),
            (["SAY", "DIGITS"], 2, 2, False, self.say_digits),
            (["SET", "VARIABLE"], 2, 2, True, self.set_variable),
            (["VERBOSE"], 1, 2, True, lambda *_: "1"),
        ]

    def hang_up(self):
        self.dead = True
        return "1"

    def stream_file(self, name, escape, offset="0"):
        assert set(escape) <= set(KEYPAD) and offset == "0" and name != ""
        if name in self.missing:
            return "-1 endpos=0"
        while self.keyed:
            key = self.next_key()
            if key == "":
                break
            if key in escape:
                return "%d endpos=4000" % ord(key)
            # Dropped.
        return "0 endpos=8000"

    def say_digits(self, digits, escape):
        """Silent where there is no sound for a digit, and 0 all the same."""
        assert digits.isdigit()
        return self.stream_file("digits/" + digits, escape).split()[0]

    def set_variable(self, name, value):
        self.variables[name] = value
        return "1"

    def next_key(self):
        key, self.keyed = self.keyed[:1], self.keyed[1:]
        return "" if key == "." else key

    def get_data(self, name, timeout_ms="6000", max_digits="1024"):
        assert int(timeout_ms) > 0 and int(max_digits) > 0
        if name in self.missing:
            self.unasked = True
            return "-1"
        if self.prompts and (name != "" or self.unasked):
            self.keyed += keys(self.prompts.pop(0))
        self.unasked = False
        digits = ""
        while len(digits) < int(max_digits):
            key = self.next_key()
            if key == "":
                return digits + " (timeout)"
            if key == "#":
                break
            digits += key
        return digits

    def wait_for_digit(self, timeout_ms):
        assert int(timeout_ms) > 0
        key = self.next_key()
        self.unasked = self.unasked and key == ""
        return str(ord(key)) if key else "0"

    def find(self, words):
        upper = [w.upper() for w in words]
        for command in self.commands:
            if upper[:len(command[0])] == command[0]:
                return command
        return None

    def answer(self, line):
        words = split(line)
        command = self.find(words)
        if command is None:
            return UNKNOWN
        name, fewest, most, when_dead, act = command
        if self.dead and not when_dead:
            return DEAD
        while self.keyed.startswith("!"):
            self.keyed = self.keyed[2:]
        self.keyed += keys(take(self.at, line))
        if not fewest <= len(words) - len(name) <= most:
            return usage(name)
        try:
            return "200 result=" + act(*words[len(name):])
        except (AssertionError, ValueError):
            return usage(name)


def take(rules, line):
    """What the rule that is for that command says, or nothing."""
    action = ""
    for rule in rules:
        if line.startswith(rule["command"]):
            rule["left"] -= 1
            if rule["left"] == 0:
                action = rule["action"]
    return action


def keys(text):
    if text[:1] in (".", "!"):
        return text[0] + keys(text[1:])
    if not text.startswith("@"):
        return text
    with open(text[1:], encoding="utf-8") as f:
        return re.findall("PIN code is: ([0-9]+)", f.read())[-1]


def usage(name):
    return ("520-Invalid command syntax.  Proper usage follows:\n"
            " Usage: " + " ".join(name) + " ...\n"
            "\tSays what it does.\n"
            "520 End of proper usage.")


def rule(command, action):
    left = re.match("([0-9]+):", command)
    return {"command": command[left.end():] if left else command,
            "left": int(left.group(1)) if left else 1, "action": action}


class Connection:
    """What a program is to a call, for FastAGI."""
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.stdin = self.socket.makefile("wb", buffering=0)
        self.stdout = self.socket.makefile("rb", buffering=0)
        self.pid = 0

    def send_signal(self, _):
        self.stdin.write(b"HANGUP\n")

    def wait(self):
        return 0


class Call:
    def __init__(self, options):
        self.options = options
        self.channel = Channel(options)
        self.rules = [rule(*r) for r in options.on]
        self.log = open(options.log, "w", encoding="utf-8", buffering=1,
                        errors="backslashreplace")
        self.program = Connection(options.connect) if options.connect else \
            subprocess.Popen(
                options.program, stdin=subprocess.PIPE, bufsize=0,
                stdout=subprocess.PIPE, env={**os.environ, **ENVIRONMENT})

    def note(self, mark, text):
        for line in text.split("\n"):
            self.log.write(mark + " " + line + "\n")

    def send(self, text):
        data = text.encode("utf-8", "surrogateescape") + b"\n"
        pieces = [data]
        if self.options.pieces:
            pieces = [data[i:i + 1] for i in range(len(data))]
        try:
            for piece in pieces:
                self.program.stdin.write(piece)
        except (BrokenPipeError, ConnectionResetError, ValueError):
            pass

    def begin(self):
        block = {**BLOCK, "request": (self.options.program or ["agi:"])[0]}
        if self.options.connect:
            block = {"network": "yes", **block}
        block.update(v.split("=", 1) for v in self.options.agi)
        for i, word in enumerate(self.options.program[1:], 1):
            block["arg_%d" % i] = word
        for name, value in block.items():
            self.send("agi_%s: %s" % (name, value))
        self.send("")

    def reply(self, text):
        self.note("<", text)
        self.send(text)

    def hup(self):
        self.channel.dead = True
        self.program.send_signal(signal.SIGHUP)

    def act(self, action, line):
        """What is not the usual; False: no command follows."""
        self.note("!", "now " + action.split(":")[0])
        if action.startswith("run:"):
            subprocess.run(action[4:], shell=True, check=False, env={
                **os.environ, "PROGRAM": str(self.program.pid)})
            self.reply(self.channel.answer(line))
        if action.startswith("reply:"):
            self.reply(codecs.decode(action[6:], "unicode_escape"))
        if action in ("hangup", "hup"):
            self.hup()
            self.channel.answer(line)
        if action in ("hangup", "dead"):
            self.channel.dead = True
            self.reply("200 result=-1")
        if action in ("eof", "gone"):
            self.program.stdin.close()
        if action == "gone":
            self.program.stdout.close()
        return action != "gone"

    def read(self):
        try:
            return self.program.stdout.readline()
        except ConnectionResetError:
            return b""

    def run(self):
        self.begin()
        for raw in iter(self.read, b""):
            line = raw.decode("utf-8", "backslashreplace")
            self.note(">", line.rstrip("\n"))
            if len(raw) > COMMAND_MAX or not line.endswith("\n"):
                self.note("!", "no command of Asterisk's")
            action = take(self.rules, line)
            if action == "":
                self.reply(self.channel.answer(line.rstrip("\n")))
            elif not self.act(action, line.rstrip("\n")):
                break
        status = self.program.wait()
        self.note("!", "ends with %d" % status)
        with open(self.options.vars, "w", encoding="utf-8") as f:
            for name, value in sorted(self.channel.variables.items()):
                f.write("%s=%s\n" % (name, value))
        return status if status >= 0 else 128 - status


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--log", default="dialogue")
    p.add_argument("--vars", default="variables")
    p.add_argument("--set", action="append", default=[])
    p.add_argument("--agi", action="append", default=[])
    p.add_argument("--keys", action="append", default=[])
    p.add_argument("--keys-at", action="append", default=[], nargs=2)
    p.add_argument("--missing", action="append", default=[])
    p.add_argument("--on", action="append", default=[], nargs=2)
    p.add_argument("--pieces", action="store_true")
    p.add_argument("--connect", type=int)
    p.add_argument("program", nargs=argparse.REMAINDER)
    return p.parse_args()


if __name__ == "__main__":
    sys.exit(Call(arguments()).run())
