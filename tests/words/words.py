#!/usr/bin/env python3
"""Hostile words from every source: what people read of them is plain text.

Looked at are standard error, the decision log, and what twofa-task show,
twofa-flow check and graph, and twofa-ledger show and list print.
"""

import json
import os
import subprocess
import sys
import tempfile
import unicodedata

FAKES = os.path.abspath(os.path.dirname(__file__)) + "/../fakes"
# A line is forged, a screen cleared, an order turned round, a text hidden.
TEXT = ("Yes\nforged: line\r\u001b[2J\u001b]0;x\u0007\u009b2J\u007f\u0085"
        "\u202e4321\u202c\u2066x\u2069\u200f\u061c\u2028forged\u2029\u200b"
        "\u00ad\ufeff\U000e0041\uffff\ufdd0\t\v\u0001é€\U0001f600")
BYTES = TEXT.encode() + b"\xff\xc0\xaf\xed\xa0\x80\xe2\x82"
ARGUMENT = os.fsdecode(BYTES)
NAME = ARGUMENT.replace("/", "")[:60]
KEY = "0123456789abcdef" * 4 + "\n"
PARAMETERS = [
    "CustomerIdentifier", "CustomerRecognized", "SMSNumber", "StartValidation",
    "SMSSent", "GeneratedPIN", "PIN", "ValidationCheck", "PINAttempts",
    "PINEntry", "PINExpires", "TwofaReason", "FlowActivity", "FlowSince",
    "FlowCount", "FlowOutcome"]
GOOD = {"CustomerIdentifier": "123456", "CustomerRecognized": "Yes",
        "SMSNumber": "+447700900001"}


def is_plain(c, own):
    return c in own or not (
        unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") or
        ord(c) & 0xfffe == 0xfffe or 0xfdd0 <= ord(c) <= 0xfdef)


def task(task_id, values, **members):
    return json.dumps(dict(members, taskId=task_id, taskInformation={
        "customContextParameters": [{"name": n, "value": v}
                                    for n, v in values.items()]})) + "\n"


class Words:
    def __init__(self, build, folder):
        self.bin = os.path.abspath(build) + "/bin/"
        self.folder = folder
        self.looked_at = self.violations = 0
        self.write("key", KEY)
        self.write("c.csv", "Number,SMSNumber\n123456,+447700900001\n")

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)

    def look(self, where, data, own=""):
        """own: what the program prints of its own beside plain text."""
        self.looked_at += data != b""
        try:
            wrong = [c for c in data.decode() if not is_plain(c, own + "\n")]
        except UnicodeDecodeError as e:
            wrong = [e.reason]
        if wrong or b"\nforged" in b"\n" + data:
            self.violations += 1
            print("%s: %r in %r" % (where, wrong[:1] or "a line", data[:400]))

    def run(self, *argv, out=None, data=b"", **environment):
        """out: what standard output may have beside plain text; None: it is
        data, and not looked at."""
        settings = dict({"PATH": "/usr/bin:/bin", "HOME": self.folder,
                         "TWOFA_KEY": "key", "TWOFA_LEDGER": "ledger.db",
                         "TWOFA_LOG": "log"}, **environment)
        if argv[0] in ("twofa-task", "twofa-flow", "twofa-ledger"):
            del settings["TWOFA_LOG"]
        done = subprocess.run(
            [self.bin + argv[0], *argv[1:]], cwd=self.folder, input=data,
            env=settings, capture_output=True, check=False, timeout=60)
        where = " ".join(argv)[:60]
        self.look(where, done.stderr)
        if out is not None:
            self.look(where + " >", done.stdout, out)
        if os.path.exists(self.folder + "/log"):
            with open(self.folder + "/log", "rb") as f:
                self.look(where + " log", f.read())
            os.remove(self.folder + "/log")
        if done.returncode < 0 or done.returncode == 70:
            self.violations += 1
            print("%s: status %d" % (where, done.returncode))

    def tasks(self):
        lines = [task("t-" + n, dict(GOOD, **{n: TEXT})) for n in PARAMETERS]
        lines += [task("t1", {TEXT: TEXT}),
                  task("t2", dict(GOOD, GeneratedPIN="v1." + TEXT, PIN="1234")),
                  task("t3", GOOD, updatedParameterName=TEXT),
                  task("t4", GOOD, updatedParameterName="PIN",
                       updatedParameterValue=TEXT),
                  task("t5", GOOD, updatedParameterName="CustomerIdentifier",
                       updatedParameterValue=TEXT),
                  task("t6", GOOD, event=TEXT), task(TEXT, GOOD),
                  '{"taskId":"t7","' + TEXT.replace("\n", "") + '":}\n',
                  TEXT + "\n", "{" + TEXT]
        self.write("in.json", "".join(lines).encode() + BYTES)
        for ledger in ("none", "ledger.db"):
            self.run("twofa-sendpin", "-v", "-s", "file:o", "-l", ledger,
                     "in.json")
            self.run("twofa-verify", "-v", "-l", ledger, "in.json")
        self.run("twofa-lookup", "-v", "-d", "csv:c.csv", "in.json")
        self.run("twofa-flow", "step", "-v", "-v", "in.json")
        self.run("twofa-task", "set", "-v", "A=1", "in.json")
        self.run("twofa-task", "show", "in.json", out="")
        self.run("twofa-flow", "run", "-F", "lines", "in.json", out="")
        for name in PARAMETERS:
            self.write("one.json", task("t", dict(GOOD, **{name: TEXT})))
            self.run("twofa-flow", "run", "-F", "lines", "one.json", out="",
                     data=b"1\n123456\n")

    def arguments(self):
        self.write("good.json", task("t", GOOD))
        for argv in (
                ["twofa-lookup", "-d"], ["twofa-lookup", "-d", "csv:c.csv", "-c"],
                ["twofa-lookup", "-d", "csv:c.csv"],
                ["twofa-lookup", "-d", "csv:c.csv", "--ref"],
                ["twofa-lookup", "-d", "csv:c.csv", "--rejects"],
                ["twofa-sendpin", "-s"], ["twofa-sendpin", "-s", "file:o", "-k"],
                ["twofa-sendpin", "-s", "file:o", "-l"],
                ["twofa-sendpin", "-s", "file:o", "-m"],
                ["twofa-verify", "-k"], ["twofa-verify", "-l"],
                ["twofa-task"], ["twofa-task", "get"], ["twofa-task", "show"],
                ["twofa-task", "set"], ["twofa-task", "set", "--csv"],
                ["twofa-task", "new", "--id"], ["twofa-flow"],
                ["twofa-flow", "check"], ["twofa-flow", "show"],
                ["twofa-flow", "graph", "-w"], ["twofa-flow", "step", "-I"],
                ["twofa-flow", "step", "--trace"], ["twofa-ledger"],
                ["twofa-ledger", "show"], ["twofa-ledger", "revoke", "-m"]):
            for argument in (ARGUMENT, "csv:" + ARGUMENT, "--" + ARGUMENT):
                self.run(*argv, argument, "good.json")
        self.run("twofa-lookup", "--dry-run", "-d", "csv:c.csv",
                 "--rejects", ARGUMENT, TWOFA_SEND_RATE=ARGUMENT)
        self.write(NAME, "garbage\n" + task("t", {"CustomerIdentifier": "1"}))
        self.run("twofa-lookup", "-v", "-d", "csv:c.csv", NAME)
        self.run("twofa-task", "set", "-i", "A=1", NAME)

    def stores(self):
        self.write("good.json", task("t", {"CustomerIdentifier": "123456"}))
        for text in (b'Number,"' + BYTES + b'"\n', b'"' + BYTES + b'",Number,x\n',
                     b"Number,SMSNumber\n" + BYTES + b"\n",
                     b'Number,SMSNumber\n123456,"' + BYTES + b'"\n',
                     b'taskId,"' + BYTES + b'"\n', b'taskId,A\n"' + BYTES +
                     b'",' + BYTES + b"\n"):
            self.write("h.csv", text)
            self.run("twofa-lookup", "-v", "-d", "csv:h.csv", "good.json")
            self.run("twofa-lookup", "-d", "csv:h.csv?number=" + ARGUMENT)
            self.run("twofa-task", "set", "--csv", "h.csv", "good.json")
            self.run("twofa-task", "new", "--csv", "h.csv")
        for text in (BYTES + b" = 1\n", b"key = " + BYTES + b"\n",
                     b"directory = csv:" + BYTES + b"\n", BYTES):
            self.write("h.conf", text.replace(b"\n", b" ")[:190] + b"\n")
            self.run("twofa-lookup", "--dry-run", "-c", "h.conf")
        self.write("h.key", BYTES)
        self.run("twofa-verify", "-k", "h.key", "good.json")

    def driver(self, name, fake, *options):
        self.write(name, "#!/usr/bin/python3\nimport os, json\n"
                   "os.execv(%r, [%r] + json.load(open('options.json')))\n" % (
                       FAKES + fake, FAKES + fake), 0o755)
        self.write("options.json", json.dumps(options))

    def services(self):
        self.write("good.json", task("t", {"CustomerIdentifier": "123456"}))
        self.write("customers.json", json.dumps({"123456": [TEXT]}))
        for options in (["--detail", TEXT, "--error", "temporary"],
                        ["--detail", TEXT, "--error", "permanent"],
                        ["--error", TEXT], [], ["--hello", TEXT],
                        ["--hello", json.dumps({"twofa": 1, "kind": TEXT})],
                        ["--raw", TEXT]):
            self.driver("d", "/directory_driver.py", "--customers",
                        "customers.json", *options)
            self.run("twofa-lookup", "-v", "-v", "-d", "exec:./d", "good.json")
        for i, options in enumerate((
                ["--outcome", "rejected", "--detail", TEXT, "--code", TEXT],
                ["--outcome", "rejected", "--scope", "service", "--detail",
                 TEXT, "--code", TEXT],
                ["--outcome", "retry", "--detail", TEXT, "--code", TEXT],
                ["--outcome", "unknown", "--detail", TEXT, "--code", TEXT],
                ["--outcome", TEXT], ["--hello", TEXT],
                ["--raw", json.dumps({"id": "%s", "outcome": "accepted",
                                      "messageId": TEXT})])):
            self.write("send.json", task("s%d" % i, dict(
                GOOD, SMSNumber="+44770090%04d" % i)))
            self.driver("d", "/sms_driver.py", "--truth", "truth", *options)
            self.run("twofa-sendpin", "-v", "-v", "-s", "exec:./d",
                     "send.json")
            self.run("twofa-ledger", "show", "s%d" % i, out="")
        self.run("twofa-ledger", "show", "123456", out="")
        self.run("twofa-ledger", "list", out="\t")
        self.run("twofa-ledger", "check", out="")

    def workflows(self):
        say = {"type": "announcement", "text": TEXT, "next": "B"}
        check = {"type": "check-parameter", "parameter": "A",
                 "cases": {TEXT: "B"}, "otherwise": "B"}
        end = {"type": "transfer", "to": TEXT}
        save = {"type": "save-parameter", "parameter": "A", "value": TEXT,
                "next": "B"}
        wait = {"type": "wait-for-parameter", "parameter": "A", "seconds": 1,
                "next": "B", "timeout": "C", "failure": "B"}
        queue = {"type": "queue", "to": "q"}
        legal = TEXT.translate({c: None for c in range(32)}).translate(
            {c: None for c in [*range(127, 160), 0x2028, 0x2029]})
        for activities in (
                {"A": say, "B": end}, {"A": check, "B": end},
                {"A": save, "B": end}, {TEXT: end}, {"A": {TEXT: TEXT}},
                {"A": dict(say, text=legal), "B": dict(end, to=legal)},
                {"A": dict(check, cases={legal: "B"}), "B": queue},
                {"A": dict(save, value=legal), "B": dict(
                    check, cases={legal: "C"}, otherwise="D"),
                 "C": queue, "D": dict(end, to=legal)},
                {"A": wait, "B": dict(check, cases={legal: "C"},
                                      otherwise="A"), "C": queue}):
            for extra in ({}, {TEXT: 1}, {"triggers": {"A": {
                    "run": ["./" + legal], "sets": ["A"]}}}):
                self.write("w.json", json.dumps(dict(
                    {"start": "A", "activities": activities}, **extra)))
                for name in ("w.json", NAME + ".json"):
                    os.rename(self.folder + "/w.json",
                              self.folder + "/" + name)
                    self.run("twofa-flow", "check", name, out="")
                    self.run("twofa-flow", "graph", "-w", name, out="\t")
                    self.run("twofa-flow", "graph", "--mermaid", "-w", name,
                             out="\t")
                    os.rename(self.folder + "/" + name,
                              self.folder + "/w.json")
                # Its own words are said as its author wrote them.
                self.run("twofa-flow", "run", "-F", "lines", "-w", "w.json",
                         data=b"1\n")


def main():
    with tempfile.TemporaryDirectory(prefix="twofa-words.") as folder:
        words = Words(sys.argv[1], folder)
        words.tasks()
        words.arguments()
        words.stores()
        words.services()
        words.workflows()
    print("texts: %d, %d violations" % (words.looked_at, words.violations))
    sys.exit(words.violations > 0)


if __name__ == "__main__":
    main()
