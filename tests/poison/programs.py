"""The programs and stores that hostile tasks go through."""

import json
import os
import re
import shutil
import sqlite3
import subprocess

GOOD = 40
CUSTOMERS = 4000
TIMEOUT_S = 300


def call(argv, data, cwd):
    settings = {"PATH": "/usr/bin:/bin", "HOME": cwd,
                "TWOFA_ALLOW_COUNTRY": "44"}
    done = subprocess.run(argv, input=data, cwd=cwd, capture_output=True,
                          timeout=TIMEOUT_S, check=False, env=settings)
    return done.returncode, done.stdout, done.stderr


def number_of(n):
    return "+4477009%05d" % n


def customer_of(n):
    return "%06d" % (100000 + n)


def good_task(n, values):
    return json.dumps({"taskId": "good-%d" % n, "taskInformation": {
        "customContextParameters": [{"name": k, "value": v}
                                    for k, v in values]}},
        separators=(",", ":")).encode()


def customer(n):
    return [("CustomerIdentifier", customer_of(n))]


def recognised(n):
    return customer(n) + [("CustomerRecognized", "Yes"),
                          ("SMSNumber", number_of(n))]


def keyed_in(n):
    return recognised(n) + [("SMSSent", "Yes"), ("PIN", "1234"),
                            ("GeneratedPIN", "v1.01234567.AAAA")]


def make_stores(folder, fakes):
    """The customers in each kind of directory, and senders."""
    rows = [(customer_of(n), number_of(n)) for n in range(CUSTOMERS)]
    with open(folder + "/customers.csv", "w", encoding="utf-8") as f:
        f.write("Number,SMSNumber\n")
        f.writelines("%s,%s\n" % row for row in rows)
    db = sqlite3.connect(folder + "/customers.db")
    db.execute("CREATE TABLE Customers (Number TEXT, SMSNumber TEXT)")
    db.executemany("INSERT INTO Customers VALUES (?, ?)", rows)
    db.commit()
    db.close()
    with open(folder + "/customers.json", "w", encoding="utf-8") as f:
        json.dump({c: [n] for c, n in rows}, f)
    for name, line in (
            ("directory", "%s/directory_driver.py --customers customers.json"),
            ("sender", "%s/sms_driver.py --truth truth --repeat"),
            ("command", "cat >/dev/null # %s")):
        with open(folder + "/" + name, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n")
            f.write(("" if name == "command" else "exec ") + line % fakes +
                    "\n")
        os.chmod(folder + "/" + name, 0o755)


def first_sent(bin_folder, folder):
    """40 tasks with a PIN that was sent and keyed in; a ledger knows them."""
    data = b"\n".join(good_task(n, recognised(n)) for n in range(GOOD)) + b"\n"
    tasks = {}
    for ledger in ("none", "first.db"):
        status, out, err = call(
            [bin_folder + "/twofa-sendpin", "-k", "key", "-l", ledger, "-s",
             "file:first." + ledger], data, folder)
        if status != 0:
            raise RuntimeError(err.decode())
        with open(folder + "/first." + ledger, encoding="utf-8") as f:
            pins = [re.search(r"\d+$", json.loads(line)["message"]).group()
                    for line in f]
        tasks[ledger] = []
        for line, pin in zip(out.splitlines(), pins):
            one = json.loads(line)
            one["taskInformation"]["customContextParameters"] += [
                {"name": "PIN", "value": pin},
                {"name": "PINEntry", "value": "1"}]
            tasks[ledger].append(json.dumps(
                one, separators=(",", ":")).encode())
    return tasks


def json_records(out):
    return [line for line in out.split(b"\n")
            if line.startswith(b'{"taskId":"good-')]


def tsv_records(out):
    return [line for line in out.split(b"\n") if line.startswith(b"good-")]


def shown_records(out):
    blocks = re.split(rb"^(?=task )", out, flags=re.M)
    return [b for b in blocks if b.startswith(b"task good-")]


# What no two runs have in common.
RANDOM = [
    (re.compile(rb'v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+'), b"SEAL"),
    (re.compile(rb'20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ'), b"TIME"),
    (re.compile(rb'("PINEntry","value":)"[0-9a-f-]{36}"'), rb"\1ENTRY"),
    (re.compile(rb'("FlowSince","value":)"\d+"'), rb"\1SINCE"),
]


def normal(record):
    for pattern, word in RANDOM:
        record = pattern.sub(word, record)
    return record


class Program:
    """One command line, its good tasks, and what a hostile one is made of."""

    def __init__(self, name, argv, good, base, records=json_records,
                 ledger=None, store=""):
        self.kind, self.argv = name, argv
        self.name = " ".join((name, store)).strip()
        self.good, self.base = good, base
        self.records, self.ledger = records, ledger

    def run(self, bin_folder, folder, lines):
        """Every run begins with the same files."""
        for left in ("outbox", "truth", "ledger.db", "ledger.db-wal",
                     "ledger.db-shm", "ledger.db-mark"):
            if os.path.exists(folder + "/" + left):
                os.remove(folder + "/" + left)
        if self.ledger is not None:
            shutil.copy(folder + "/" + self.ledger, folder + "/ledger.db")
        with open(folder + "/in.json", "wb") as f:
            f.write(b"\n".join(lines) + b"\n")
        argv = [bin_folder + "/" + self.argv[0]] + self.argv[1:] + ["in.json"]
        status, out, err = call(argv, b"", folder)
        records = [normal(r) for r in self.records(out)]
        return status, out, err, records


def programs(sent):
    """All of them; sent as first_sent() gives."""
    fresh = [good_task(n, customer(n)) for n in range(GOOD)]
    known = [good_task(n, recognised(n)) for n in range(GOOD)]
    for store in ("csv:customers.csv", "sqlite:customers.db",
                  "exec:./directory"):
        yield Program("lookup", ["twofa-lookup", "-d", store], fresh,
                      customer, store=store)
    for store in ("file:outbox", "command:./command", "exec:./sender"):
        for ledger in ("ledger.db", "none"):
            yield Program("sendpin -l " + ledger, [
                "twofa-sendpin", "-k", "key", "-l", ledger, "-s", store],
                known, recognised, store=store)
    yield Program("sendpin -l ledger.db", [
        "twofa-sendpin", "-k", "key", "-l", "ledger.db", "-s", "file:outbox",
        "-d", "csv:customers.csv"], known, recognised, store="-d")
    for ledger, file in (("ledger.db", "first.db"), ("none", "none")):
        yield Program("verify " + ledger, [
            "twofa-verify", "-k", "key", "-l", ledger], sent[file],
            keyed_in,
            ledger=None if ledger == "none" else file)
    yield Program("flow step", ["twofa-flow", "step"], known, recognised)
    yield Program("task set", ["twofa-task", "set", "PIN=1234"], known,
                  recognised)
    yield Program("task event", ["twofa-task", "event", "StartValidation=Yes"],
                  known, recognised)
    yield Program("task get", ["twofa-task", "get", "taskId,SMSNumber,PIN"],
                  sent["none"], recognised, tsv_records)
    yield Program("task show", ["twofa-task", "show"], sent["none"],
                  recognised, shown_records)
