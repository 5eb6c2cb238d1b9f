"""What is run, and what must be true after something failed in it.

A scenario has a folder to start from, one command, and a check of what the
command left: what it said must have happened, nothing may have happened twice,
and the same command without a fault must finish the work.

The PINs have ten digits, so that none is anywhere by chance.
"""

import json
import os
import shutil
import sqlite3
import tempfile

from inject import run

# SQLite gives up a lock that is not given back after ten seconds.
LOCAL_S = 15
LEDGER = ("ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db-journal",
          "ledger.db-mark")
UNANSWERED = ("temporary", "service", "configuration")


class Violation(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Violation(what)


def parameters(task):
    info = task["taskInformation"]["customContextParameters"]
    return {p["name"]: p["value"] for p in info}


def task_text(task_id, **values):
    return json.dumps({"taskId": task_id, "taskInformation": {
        "customContextParameters": [{"name": n, "value": v}
                                    for n, v in values.items()]}},
        separators=(",", ":")) + "\n"


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def lines_of(data):
    """The tasks of an output, which is whole lines or nothing."""
    demand(data == b"" or data.endswith(b"\n"), "half a line on stdout")
    try:
        return [json.loads(line) for line in data.splitlines()]
    except ValueError:
        raise Violation("no JSON on stdout") from None


def messages(outbox, number):
    """The whole lines of an outbox for a number, one for each id."""
    found = {}
    if os.path.exists(outbox):
        with open(outbox, "rb") as f:
            for line in f:
                try:
                    m = json.loads(line)
                except ValueError:
                    continue
                if m["to"] == number:
                    demand(m["id"] not in found, "one id twice in the outbox")
                    found[m["id"]] = m["message"].split()[-1]
    return found


class Scenario:
    name = ""
    program = ""
    deadline_s = LOCAL_S
    in_driver = False
    files = ()  # what may be in the folder afterwards

    def __init__(self, build, work):
        self.build = build
        self.template = f"{work}/{self.name}"
        os.makedirs(self.template)
        self.make(self.template)

    # --- for each kind ------------------------------------------------------
    def make(self, folder):
        raise NotImplementedError

    def arguments(self):
        raise NotImplementedError

    def stdin(self, folder):
        return f"{folder}/task.json"

    def judge(self, folder, result, point):
        """Is what it says so? Then run it again: is the work done, once?"""
        raise NotImplementedError

    # --- for all ------------------------------------------------------------
    def argv(self):
        return [f"{self.build}/bin/{self.program}"] + self.arguments()

    def env(self, folder):
        return {"PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C",
                "XDG_CONFIG_HOME": f"{folder}/config"}

    def fresh(self, work):
        folder = tempfile.mkdtemp(dir=work)
        shutil.copytree(self.template, folder, dirs_exist_ok=True)
        return folder

    def call(self, folder, program, arguments, stdin):
        return run([f"{self.build}/bin/{program}"] + arguments, folder,
                   self.env(folder), stdin, self.deadline_s)

    def again(self, folder):
        return run(self.argv(), folder, self.env(folder), self.stdin(folder),
                   self.deadline_s)

    def ledger(self, folder, query):
        """Ask a copy of the ledger, which leaves the next run what this one
        left. None if there is nothing in it yet."""
        with tempfile.TemporaryDirectory(dir=folder) as copy:
            for name in LEDGER:
                if os.path.exists(f"{folder}/{name}"):
                    shutil.copy(f"{folder}/{name}", copy)
            if not os.path.exists(f"{copy}/ledger.db"):
                return None
            db = sqlite3.connect(f"{copy}/ledger.db")
            try:
                state = db.execute("PRAGMA integrity_check").fetchone()[0]
                demand(state == "ok", f"integrity_check: {state}")
                if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                    return None
                return db.execute(query).fetchone()
            finally:
                db.close()

    def no_leak(self, folder, pin, but):
        for name in os.listdir(folder):
            if name in but or not os.path.isfile(f"{folder}/{name}"):
                continue
            with open(f"{folder}/{name}", "rb") as f:
                demand(pin.encode() not in f.read(), f"the PIN is in {name}")
