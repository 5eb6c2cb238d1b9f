#!/usr/bin/env python3
"""Can a right PIN be told from a wrong one without that being charged?

usage: oracle.py BUILD [--quick] [--controls] [--only KIND[/POINT]]...
                 [--messages] [--jobs N]

The right PIN and a wrong one are entered, each in a copy of the same ledger,
while the same thing is made to fail. What can be seen of the two runs (status,
stdout, stderr, decision log) may differ only if both ledgers have the attempt:
else whoever makes it fail guesses for nothing. Kinds of failure:

size     no file can grow beyond N kB, from 0 to 512 in steps of 4
space    a file system with N kB free, the same; where one can be mounted
page     a damaged page of the ledger, each of them
call     a system call fails, each of them, once and from there on
memory   an allocation fails, each of them, once and from there on
order    up to the sync of the charge both make the same system calls

--quick     what a minute would be too long for: some of the calls, no memory
--controls  only programs made wrong on purpose, which must be found out
--only      only that kind, or only that point of it
--messages  list what the programs said
"""

import argparse
import collections
import concurrent.futures
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the sources' folder stays as it is
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "faults")]

# pylint: disable=wrong-import-position
import controls
import inject

NUMBER = "+447700900001"
BUSY = 200  # customers in a ledger that has been in use
LIMITS_KB = range(0, 516, 4)
FREE_MAX_KB = 4096
DEADLINE_S = 30
# What a full disk, or a bad one, does; and then a part of it.
QUICK_CALLS = ("fdatasync", "ftruncate", "pwrite64")
MEMORY_STRIDE = 3  # a prime: most are the same in every scenario


def task_text(task_id, customer, number, **values):
    parameters = {"CustomerIdentifier": customer, "CustomerRecognized": "Yes",
                  "SMSNumber": number, **values}
    return json.dumps({"taskId": task_id, "taskInformation": {
        "customContextParameters": [{"name": n, "value": v}
                                    for n, v in parameters.items()]}},
        separators=(",", ":"))


def with_pin(task, pin):
    task = json.loads(json.dumps(task))
    task["taskInformation"]["customContextParameters"] += [
        {"name": "PIN", "value": pin}, {"name": "PINEntry", "value": "e"}]
    return json.dumps(task, separators=(",", ":"))


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text + "\n")


class Seen(collections.namedtuple("Seen", "status out err log")):
    """What a run shows to others; the PIN that was entered is a dash."""


class Oracle:
    def __init__(self, build, work):
        self.build = build
        self.is_plain = os.path.basename(build) not in ("san", "cov")
        self.work = work
        self.said = collections.Counter()
        self.points = 0
        self.free = []

    # --- a ledger to begin with ---------------------------------------------
    def env(self, folder):
        return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder,
                "LC_ALL": "C", "XDG_CONFIG_HOME": f"{folder}/config",
                "TWOFA_LOG": f"{folder}/decisions"}

    def call(self, folder, program, words, text, prefix=()):
        return subprocess.run(
            [*prefix, f"{self.build}/bin/{program}", "-k", "key", "-l",
             "ledger.db", *words],
            cwd=folder, env=self.env(folder), input=text.encode(),
            capture_output=True, timeout=DEADLINE_S, check=False)

    def send(self, folder, tasks):
        done = self.call(folder, "twofa-sendpin",
                         ["-n", "10", "-s", "file:outbox"], "\n".join(tasks))
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def template(self, name, before, busy):
        """A folder with a sent PIN, so many wrong answers about it before."""
        folder = f"{self.work}/{name}"
        os.makedirs(folder)
        if busy:
            others = self.send(folder, [
                task_text(f"b{i}", f"{200000 + i}", f"+44770091{i:04d}")
                for i in range(busy)])
            self.call(folder, "twofa-verify", [], "\n".join(
                with_pin(t, "1000000000") for t in others))
        sent, = self.send(folder, [task_text("t1", "900001", NUMBER)])
        with open(f"{folder}/outbox", encoding="utf-8") as f:
            right = json.loads(f.readlines()[-1])["message"].split()[-1]
        wrong = right[:-1] + ("8" if right[-1] == "9" else "9")
        for i in range(before):
            self.call(folder, "twofa-verify", [],
                      with_pin(sent, str(1000000000 + i)))
        write(f"{folder}/right.json", with_pin(sent, right))
        write(f"{folder}/wrong.json", with_pin(sent, wrong))
        os.unlink(f"{folder}/outbox")
        os.unlink(f"{folder}/decisions")
        # Every run finds a clock that went on, and writes it.
        time.sleep(1.01 - time.time() % 1)
        self.check(folder)
        return folder

    def check(self, folder):
        """Without a failure both are answered and charged."""
        for which, status in (("right", 0), ("wrong", 1)):
            with self.copy_of(folder)() as copy:
                seen, paid = self.enter(copy, which, [])
            assert (seen.status, paid) == (status, True), seen

    # --- one run --------------------------------------------------------------
    @staticmethod
    def charged(folder):
        """Attempts at the PIN, the last one sent, as the next run finds them;
        None when that cannot be read. Only what is on the way to it is."""
        with tempfile.TemporaryDirectory() as copy:
            for path in glob.glob(f"{folder}/ledger.db*"):
                if not path.endswith("-shm"):
                    shutil.copy(path, copy)
            db = sqlite3.connect(f"{copy}/ledger.db")
            try:
                return db.execute("SELECT attempts FROM pin ORDER BY n DESC"
                                  " LIMIT 1").fetchone()[0]
            except (sqlite3.DatabaseError, TypeError):
                return None
            finally:
                db.close()

    def enter(self, folder, which, prefix):
        """Enter that one, there: what is seen, and whether it was charged."""
        before = self.charged(folder)
        with open(f"{folder}/{which}.json", encoding="utf-8") as f:
            text = f.read()
        pin = re.search(r'"PIN","value":"(\d+)"', text).group(1)
        done = self.call(folder, "twofa-verify", ["-v"], text, prefix)
        log = ""
        if os.path.exists(f"{folder}/decisions"):
            with open(f"{folder}/decisions", encoding="utf-8") as f:
                log = re.sub(r'"time":"[^"]*"', "", f.read())
        seen = Seen(done.returncode, done.stdout.decode().replace(pin, "-"),
                    done.stderr.decode().replace(pin, "-").replace(
                        f"{folder}/", ""), log)
        return seen, before is not None and self.charged(folder) != before

    def compare(self, kind, point, start, prefix_of):
        """Both, in copies of what they start from: what is wrong, or None."""
        got = {}
        for which in ("right", "wrong"):
            with start() as folder:
                got[which] = self.enter(folder, which, prefix_of(folder))
        (right, right_paid), (wrong, wrong_paid) = got["right"], got["wrong"]
        for seen in (right, wrong):
            self.said.update((seen.status, line)
                             for line in seen.err.splitlines())
        if right == wrong or (right_paid and wrong_paid):
            return None
        return (f"{kind}/{point}: told apart: right {right.status}"
                f"{' charged' if right_paid else ' FREE'}, wrong "
                f"{wrong.status}{' charged' if wrong_paid else ' FREE'}; "
                f"{(wrong.err or right.err).strip().splitlines()[:1]}")

    def copy_of(self, template):
        def start():
            holder = tempfile.TemporaryDirectory(dir=self.work)
            shutil.copytree(template, holder.name, dirs_exist_ok=True)
            return holder
        return start

    def run(self, kind, points, jobs):
        """points: (name, start, prefix_of) each."""
        began = time.monotonic()
        free = []
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for told in pool.map(
                    lambda p: self.compare(kind, *p), points):
                if told is not None:
                    free.append(told)
                    print(told, flush=True)
        print(f"{kind:<7} {len(points):5d} points, {len(free)} guesses free, "
              f"{time.monotonic() - began:.0f} s", flush=True)
        self.points += len(points)
        self.free += free


# --- what fails ---------------------------------------------------------------
def amounts(oracle):
    """Fewer where each run is slow."""
    return LIMITS_KB if oracle.is_plain else LIMITS_KB[::4]


def sizes(oracle, template):
    return [(kb, oracle.copy_of(template), lambda _, kb=kb: [
        "prlimit", f"--fsize={kb * 1024}", "--"]) for kb in amounts(oracle)]


class Space:
    """A file system of its own, with a copy of the template and kB free."""

    def __init__(self, work, template=None, free_kb=FREE_MAX_KB):
        self.folder = tempfile.mkdtemp(dir=work)
        try:
            self.mount(f"size={FREE_MAX_KB * 2}k")
            if template is not None:
                shutil.copytree(template, self.folder, dirs_exist_ok=True)
            s = os.statvfs(self.folder)
            used = (s.f_blocks - s.f_bfree) * s.f_frsize // 1024
            self.mount(f"remount,size={used + free_kb}k")
        except BaseException:
            self.__exit__()
            raise

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "oracle",
                        self.folder], check=True, capture_output=True)

    def __enter__(self):
        return self.folder

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder], check=False,
                       capture_output=True)
        os.rmdir(self.folder)


def spaces(oracle, template):
    try:
        with Space(oracle.work):
            pass
    except (OSError, subprocess.CalledProcessError):
        print("space   no file system can be mounted here: not tried")
        return []
    return [(kb, lambda kb=kb: Space(oracle.work, template, kb),
             lambda _: []) for kb in amounts(oracle)]


class Damaged(tempfile.TemporaryDirectory):
    """A copy of the template in which a page is filled with noughts, but for
    where that would make another file of it."""

    def __init__(self, work, template, page, size):
        super().__init__(dir=work)
        shutil.copytree(template, self.name, dirs_exist_ok=True)
        with open(f"{self.name}/ledger.db", "r+b") as f:
            f.seek(page * size + (100 if page == 0 else 0))
            f.write(bytes(size - (100 if page == 0 else 0)))


def pages(oracle, template):
    with open(f"{template}/ledger.db", "rb") as f:
        head = f.read(100)
        size = int.from_bytes(head[16:18], "big")
        count = os.fstat(f.fileno()).st_size // size
    return [(page + 1, lambda page=page: Damaged(oracle.work, template, page,
                                                 size), lambda _: [])
            for page in range(count)]


def trace(oracle, template, which, *options):
    """The system calls of a run without a failure, a line each."""
    with oracle.copy_of(template)() as folder:
        words = inject.trace_prefix(folder)
        oracle.enter(folder, which, [*words[:1], *options, *words[1:]])
        with open(f"{folder}/trace", encoding="utf-8", errors="replace") as f:
            return [line.replace(folder, "") for line in f]


def without_chance(line):
    """Without addresses, sizes of folders, numbers of processes and pipes."""
    return re.sub(r"0x[0-9a-f]+|(?<=:\[)\d+|(?<=st_size=)\d+"
                  r"|^(set_tid_address|getpid).*", "-", line)


def calls(oracle, template, quick):
    points = {}
    for which in ("right", "wrong"):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as f:
            f.writelines(trace(oracle, template, which))
            f.flush()
            points.update((p.text, p) for p in inject.points_of_trace(f.name))
    for p in list(points.values()):
        if p.name in ("pwrite64", "fdatasync", "pread64", "ftruncate", "mmap"):
            for error in ("ENOSPC+", "EIO+"):
                text = f"{p.name}:{p.ordinal}:{error}"
                points.setdefault(text, inject.Point(text))
    if quick:
        points = {t: p for t, p in points.items() if p.name in QUICK_CALLS
                  and p.error in ("ENOSPC", "ENOSPC+", "EIO")}
    return [(text, oracle.copy_of(template),
             lambda folder, p=p: p.prefix(folder, "twofa-verify", ""))
            for text, p in points.items()]


def memory(oracle, template):
    shim = f"{oracle.build}/faults/shim.so"
    with oracle.copy_of(template)() as folder:
        oracle.enter(folder, "wrong", inject.shim_prefix(
            folder, "twofa-verify", shim))
        with open(f"{folder}/log", encoding="ascii") as f:
            total = int(f.readlines()[-1].split()[0])
    return [(p.text, oracle.copy_of(template),
             lambda folder, p=p: p.prefix(folder, "twofa-verify", shim))
            for p in inject.points_of_memory(total, MEMORY_STRIDE)]


def order(oracle, template):
    """The part that the two traces have in common must hold the sync of the
    write-ahead log."""
    right, wrong = (
        [without_chance(line) for line in
         trace(oracle, template, which, "-y", "-s", "0")]
        for which in ("right", "wrong"))
    same = next((i for i, (a, b) in enumerate(zip(right, wrong)) if a != b),
                min(len(right), len(wrong)))
    oracle.points += 1
    if any(re.match(r"fdatasync\(\d+</ledger.db-wal>\) *= 0", line)
           for line in right[:same]):
        print(f"order       1 point, the same calls up to the sync of the "
              f"charge ({same} calls)")
        return 0
    print("order/1: told apart before the charge is on the disk, at:\n"
          f"  right {right[same]}  wrong {wrong[same]}", end="")
    oracle.free.append("order/1")
    return 1


# --- all of it ------------------------------------------------------------------
def chosen(args, kind, points):
    """Those of --only."""
    if not args.only:
        return points
    mine = [o for o in args.only if o.split("/")[0] == kind]
    return [p for p in points if kind in mine or f"{kind}/{p[0]}" in mine]


def can_trace():
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"],
                              check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def try_all(oracle, args, template, wants=()):
    """How many guesses each kind of failure found free; None: not tried."""
    plain = oracle.is_plain
    traces = plain and can_trace()
    kinds = {
        "size": lambda: sizes(oracle, template),
        "space": lambda: spaces(oracle, template),
        "page": lambda: pages(oracle, template),
        "call": lambda: calls(oracle, template, args.quick) if traces else [],
        "memory": lambda: memory(oracle, template)
                  if plain and not args.quick else []}
    found = {}
    for kind, list_points in kinds.items():
        points = list_points() if not wants or kind in wants else []
        points = chosen(args, kind, points)
        if points:
            oracle.run(kind, points, args.jobs)
        found[kind] = len(oracle.free) - sum(
            n or 0 for n in found.values()) if points else None
    if not wants or "order" in wants:
        found["order"] = order(oracle, template) if traces else None
    return {kind: n for kind, n in found.items() if not wants or kind in wants}


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("build")
    p.add_argument("--quick", action="store_true")
    p.add_argument("--only", action="append", default=[])
    p.add_argument("--controls", action="store_true")
    p.add_argument("--messages", action="store_true")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    args = p.parse_args()
    build = os.path.abspath(args.build)
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(
            prefix="oracle.", dir=os.environ.get("TMPDIR") or shm) as work:
        if args.controls:
            def try_kinds(wrong, folder, kinds):
                os.mkdir(folder)
                oracle = Oracle(wrong, folder)
                return try_all(oracle, args, oracle.template("new", 0, 0),
                               kinds)
            return 0 if controls.run(build, work, try_kinds,
                                     args.quick) else 1
        oracle = Oracle(build, work)
        ledgers = [("new", 0, 0)]
        if not args.quick:
            ledgers += [("last", 2, 0), ("busy", 1, BUSY)]
        for name, before, busy in ledgers:
            print(f"a ledger: {name}, {before} wrong before, {busy} others",
                  flush=True)
            try_all(oracle, args, oracle.template(name, before, busy),
                    {o.split("/")[0] for o in args.only})
        if args.messages:
            for (status, line), n in sorted(oracle.said.items()):
                print(f"{n:5d} {status:3d} {line}")
        print(f"{oracle.points} points, {len(oracle.free)} guesses free, "
              f"{time.monotonic() - began:.0f} s")
        return 0 if not oracle.free else 1


if __name__ == "__main__":
    sys.exit(main())
