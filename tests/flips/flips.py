#!/usr/bin/env python3
"""What do the programs make of a ledger in which one bit is wrong?

usage: flips.py BUILD [--every N] [--first N] [--unprotected]

Makes a ledger with messages sent, PINs tried, used, exhausted and expired,
customers locked and revoked and a limit reached; then turns one bit of it, or
of its write-ahead log or mark, at a time, and asks twofa-sendpin and
twofa-verify what they were asked before. Right is the answer that the whole
ledger gives, or status 74 or 78 with a reason, and no message. Every Nth bit
is tried, from the Nth on. Ends with 1 if an answer was wrong.

--unprotected: a control for builds without checksums: counts, and ends with 1
if nothing was wrong.
"""

import argparse
import collections
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time

MAX_AGE_S = 240  # of a ledger; its limits and PINs live for ten minutes
REASONS = ("damaged", "not a ledger", "later version", "sealed with key",
           "under another ledger", "nothing in it", "no ledger can be kept",
           "it is gone", "checksum", "is not a ledger")


def task(task_id, customer, number):
    return {"taskId": task_id, "taskInformation": {"customContextParameters": [
        {"name": "CustomerIdentifier", "value": customer},
        {"name": "CustomerRecognized", "value": "Yes"},
        {"name": "SMSNumber", "value": number}]}}


def lines(tasks):
    return "".join(json.dumps(t, separators=(",", ":")) + "\n" for t in tasks)


def keyed(t, pin, entry):
    t = json.loads(json.dumps(t))
    t["taskInformation"]["customContextParameters"] += [
        {"name": "PIN", "value": pin}, {"name": "PINEntry", "value": entry}]
    return t


def wrong(pin):
    return pin[:-1] + ("8" if pin[-1] == "9" else "9")


class Answer:
    def __init__(self, done, sent):
        self.status, self.out, self.err = \
            done.returncode, done.stdout, done.stderr
        self.sent = sent


class World:
    """A folder with a ledger, and the questions."""

    def __init__(self, folder, build):
        self.folder = folder
        self.bin = os.path.join(os.path.abspath(build), "bin")
        self.env = {"HOME": folder, "PATH": "/usr/bin:/bin",
                    "TWOFA_KEY": "key", "TWOFA_SENDER": "file:outbox"}

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, program, text, *arguments):
        before = self.sent()
        done = subprocess.run(
            [os.path.join(self.bin, program), "-l", "ledger.db", *arguments],
            input=text, text=True, errors="replace", capture_output=True,
            cwd=self.folder, env=self.env, check=False)
        return Answer(done, self.sent() - before)

    def sent(self):
        try:
            with open(self.path("outbox"), encoding="utf-8") as f:
                return sum(1 for _ in f)
        except FileNotFoundError:
            return 0

    def send(self, *tasks):
        got = self.run("twofa-sendpin", lines(tasks))
        with open(self.path("outbox"), encoding="utf-8") as f:
            messages = [json.loads(line)["message"] for line in f]
        pins = [m.split()[-1] for m in messages]
        return ([json.loads(line) for line in got.out.splitlines()],
                pins[-got.sent:])

    def verify(self, *tasks):
        return self.run("twofa-verify", lines(tasks))

    def make(self, before_the_last=lambda: None):
        self.born = time.monotonic()
        plain = [task(f"t{n}", f"10000{n}", f"+44770090000{n}")
                 for n in range(1, 6)]
        sent, pins = self.send(*plain)
        live, exhausted, used, revoked, locked = zip(sent, pins)
        self.verify(keyed(live[0], wrong(live[1]), "1"))
        self.verify(*[keyed(exhausted[0], wrong(exhausted[1]), str(i))
                      for i in range(3)])
        self.verify(keyed(used[0], used[1], "1"))
        for n in range(4):
            more, more_pins = self.send(
                task(f"l{n}", "100005", f"+4477009001{n:02}"))
            self.verify(*[keyed(more[0], wrong(more_pins[0]), str(i))
                          for i in range(3)])
        subprocess.run([os.path.join(self.bin, "twofa-ledger"), "-l",
                        "ledger.db", "revoke", "100004", "-m", "why"],
                       cwd=self.folder, env=self.env, check=True)
        before_the_last()
        many = [task(f"m{n}", f"20000{n}", "+447700900999")
                for n in range(5)]
        self.send(*many)
        self.to_send = lines([
            *plain, *many, task("new", "200009", "+447700900999"),
            task("to-revoked", "100004", "+447700900777")])
        self.to_verify = lines([
            keyed(live[0], wrong(live[1]), "2"), keyed(*exhausted, "9"),
            keyed(*used, "9"), keyed(*revoked, "9"), keyed(*locked, "9"),
            keyed(live[0], live[1], "3")])

    def hold(self):
        """A program that has the ledger open."""
        self.holder = subprocess.Popen(
            [os.path.join(self.bin, "twofa-verify"), "-l", "ledger.db"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder,
            env=self.env, text=True)
        self.holder.stdin.write('{"taskId":"x"}\n')
        self.holder.stdin.flush()
        self.holder.stdout.readline()

    def make_with_log(self):
        """As it is left by a program that is killed."""
        self.make(self.hold)
        self.holder.kill()
        self.holder.wait()
        self.holder.stdin.close()
        self.holder.stdout.close()

    # --- asked with these bytes as these files ---
    def ask(self, files):
        answers = []
        for program, text in (("twofa-sendpin", self.to_send),
                              ("twofa-verify", self.to_verify)):
            for name in os.listdir(self.folder):
                if name.startswith("ledger.db") or name == "outbox":
                    os.unlink(self.path(name))
            for name, data in files.items():
                with open(self.path(name), "wb") as f:
                    f.write(data)
                os.chmod(self.path(name), 0o600)
            answers.append(self.run(program, text))
        return answers

    def files(self):
        names = [n for n in sorted(os.listdir(self.folder))
                 if n.startswith("ledger.db") and not n.endswith("-shm")]
        return {n: open(self.path(n), "rb").read() for n in names}


def judge(got, wanted):
    """What is wrong with an answer; None: nothing."""
    if got.sent > 0:
        return f"{got.sent} messages too many"
    if got.out == wanted.out and got.status == wanted.status:
        return None
    if got.status in (74, 78):
        if any(reason in got.err for reason in REASONS):
            return None
        return f"status {got.status} without a reason: {got.err[:200]!r}"
    if '"value":"OK"' in got.out and \
            got.out.count('"OK"') > wanted.out.count('"OK"'):
        return "an OK that should not be"
    return f"another answer, status {got.status}: {got.err[:200]!r}"


class Flipper:
    """One kind of ledger, made anew before it grows old."""

    def __init__(self, build, with_log, folder):
        self.build, self.with_log, self.folder = build, with_log, folder
        self.world = None

    def fresh(self):
        if self.world is not None and \
                time.monotonic() - self.world.born < MAX_AGE_S:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder, 0o700)
        self.world = World(self.folder, self.build)
        if self.with_log:
            self.world.make_with_log()
        else:
            self.world.make()
        self.files = self.world.files()
        self.wanted = self.world.ask(self.files)
        assert self.wanted[0].sent == 0, "a message for what was sent"
        assert self.wanted[1].out.count('"OK"') == 1, self.wanted[1].out
        self.again = self.world.ask(self.files)
        assert [a.out for a in self.again] == [a.out for a in self.wanted]

    def size(self):
        self.fresh()
        return sum(len(data) for data in self.files.values()) * 8

    def flip(self, bit):
        self.fresh()
        files = dict(self.files)
        for name in sorted(files):
            if bit < len(files[name]) * 8:
                data = bytearray(files[name])
                data[bit // 8] ^= 1 << bit % 8
                files[name] = bytes(data)
                break
            bit -= len(files[name]) * 8
        what = []
        for program, got, wanted in zip(("sendpin", "verify"),
                                        self.world.ask(files), self.wanted):
            problem = judge(got, wanted)
            if problem is not None:
                what.append(f"{name}, byte {bit // 8}, bit {bit % 8}: "
                            f"{program}: {problem}")
            elif got.out != wanted.out:
                what.append(f"refused {got.status}")
        return what


def work(number, count, o, with_log, folder, queue):
    flipper = Flipper(o.build, with_log, os.path.join(folder, str(number)))
    tried, found = 0, []
    for i, bit in enumerate(range(o.first, flipper.size(), o.every)):
        if i % count == number:
            tried += 1
            # It may have become smaller by some rows.
            if bit < flipper.size():
                found += flipper.flip(bit)
    queue.put((tried, found))


def kind(text):
    """The same for all that went wrong in the same way."""
    if text.startswith("refused"):
        return text
    return text.split(": ", 1)[1].split(":", 2)[0] + ":" + \
        text.split(": ", 1)[1].split(":", 1)[1][:60]


def flip_all(o, with_log):
    folder = tempfile.mkdtemp(prefix="flips")
    queue = multiprocessing.Queue()
    count = os.cpu_count() or 1
    workers = [multiprocessing.Process(
        target=work, args=(n, count, o, with_log, folder, queue))
        for n in range(count)]
    for w in workers:
        w.start()
    results = []
    while len(results) < count:
        if any(w.exitcode not in (None, 0) for w in workers):
            raise SystemExit("a worker failed")
        try:
            results.append(queue.get(timeout=1))
        except Exception:  # nothing yet
            continue
    for w in workers:
        w.join()
    shutil.rmtree(folder)
    found = [text for _, some in results for text in some]
    bad = [text for text in found if not text.startswith("refused")]
    print(f"{'with a log' if with_log else 'at rest'}: "
          f"{sum(tried for tried, _ in results)} bits, "
          f"{len(found) - len(bad)} answers refused, {len(bad)} wrong")
    for what, n in collections.Counter(map(kind, bad)).most_common(12):
        print(f"  {n} {what}")
    for text in bad[:6]:
        print(f"  such as {text}")
    sys.stdout.flush()
    return len(bad)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--every", type=int, default=7)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--unprotected", action="store_true")
    o = p.parse_args()
    bad = flip_all(o, False) + flip_all(o, True)
    return int(bool(bad) != o.unprotected)


if __name__ == "__main__":
    sys.exit(main())
