#!/usr/bin/env python3
"""Make every system call and every allocation of the programs fail in turn.

usage: faults.py BUILD [--quick] [--only SCENARIO[/POINT]]... [--controls]
                 [--keep] [--messages] [--jobs N]

After each fault: an exit status of those that fit, no signal, no hang, a
message that says what failed, whole lines on stdout, no file left over, a sound
ledger; then what the scenario says about the work itself.

A point is NAME:ORDINAL:ERROR (the ORDINALth call of that name fails; with a +
behind it, all after it too), oom:N:once, oom:N:all (allocations), short:1
(reads and writes of three bytes), eintr:N (every Nth call is interrupted).

--quick     a full disk while a PIN is sent and verified, no more
--only      only that scenario, or only that point of it
--controls  only programs made wrong on purpose, which must be caught
--keep      leave the folders of violations
--messages  list what the programs said
"""

import argparse
import collections
import concurrent.futures
import os
import shutil
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the sources' folder stays as it is

# pylint: disable=wrong-import-position
import controls
import inject
import lookup
import sending
import verifying
from scenario import Violation, demand, write
from server import Server

ALL = [sending.Send, sending.SendOld, sending.SendHttps, sending.DriverHttps,
       verifying.Verify, verifying.VerifyWrong, verifying.VerifyInPlace,
       lookup.LookupCsv, lookup.LookupSqlite]
QUICK = [sending.SendOld, verifying.Verify]

# 65 and 64 would blame the input, 77 the files, 69 is for good, 70 is a bug.
STATUSES = (0, 1, 74, 75, 78)
# Where another scenario has the same allocations, or they are too many, one in
# so many fails: primes, which meet no period.
STRIDES = {"send-new": 11, "send-https": 53, "driver-https": 211,
           "verify-wrong": 7, "verify-in-place": 5}
HARNESS = {"task.json", "trace", "log", "acs", "driver", "driver.status",
           "prefix"}


class Runner:
    def __init__(self, build, work, keep):
        self.shim = f"{build}/faults/shim.so"
        self.work = work
        self.keep = keep
        self.lock = threading.Lock()
        self.said = collections.Counter()
        self.counts = collections.Counter()

    def driver_or_program(self, s):
        return "sms-acs" if s.in_driver else s.program

    def start(self, s, folder, prefix):
        if s.in_driver:
            write(f"{folder}/prefix", " ".join(prefix))
            prefix = ()
        return inject.run(s.argv(), folder, s.env(folder), s.stdin(folder),
                          s.deadline_s, prefix)

    def points(self, s):
        """All points of a scenario, from runs in which nothing fails."""
        folder = s.fresh(self.work)
        result = self.start(s, folder, inject.trace_prefix(folder))
        demand(result.status == (1 if s.name == "verify-wrong" else 0),
               f"{s.name} without a fault: {result.status}, {result.err}")
        points = list(inject.points_of_trace(f"{folder}/trace"))
        shutil.rmtree(folder)
        folder = s.fresh(self.work)
        prefix = inject.shim_prefix(folder, self.driver_or_program(s),
                                    self.shim)
        self.start(s, folder, prefix)
        with open(f"{folder}/log", encoding="ascii") as f:
            total = int(f.read().split()[0])
        shutil.rmtree(folder)
        points += inject.points_of_shim()
        points += inject.points_of_memory(total, STRIDES.get(s.name, 1))
        return points

    def try_point(self, s, point):
        """What is wrong after that fault, or None."""
        folder = s.fresh(self.work)
        prefix = point.prefix(folder, self.driver_or_program(s), self.shim)
        result = self.start(s, folder, prefix)
        what = inject.happened(point, folder)
        wrong = None
        try:
            self.judge(s, point, result, folder)
        except Violation as e:
            wrong = f"{e} [{what or 'nothing failed'}; status " \
                f"{result.status}; {result.err.strip()}]"
        with self.lock:
            self.counts["points"] += 1
            self.counts["reached" if what else "not reached"] += 1
            self.counts[f"status {result.status}"] += 1
            self.counts[f"{point.name} tried"] += 1
            self.counts[f"{point.name} failed"] += what != ""
            for line in result.err.splitlines():
                self.said[(result.status, point.error or "-", line)] += 1
        if wrong is None or not self.keep:
            shutil.rmtree(folder)
        else:
            wrong += f" {folder}"
        return wrong

    def judge(self, s, point, result, folder):
        demand(not result.hung, f"hangs for {s.deadline_s} s")
        demand(result.status >= 0, f"killed by signal {-result.status}")
        demand(result.status in STATUSES, f"status {result.status}")
        # A full disk may hold stderr, too.
        if result.status not in (0, 1) and point.text[:5] + point.error != \
                "writeENOSPC+":
            self.judge_messages(s, point, result)
        lost = inject.lost_sync(folder)
        demand(not lost or result.status not in (0, 1),
               f"status {result.status}, and a sync failed")
        left = set(os.listdir(folder)) - HARNESS - set(s.files)
        demand(not left or point.name.startswith("unlink"),
               f"left over: {' '.join(sorted(left))}")
        s.judge(folder, result, point)

    @staticmethod
    def judge_messages(s, point, result):
        lines = result.err.splitlines()
        demand(lines, "no message")
        for line in lines:
            if s.in_driver and point.name == "oom" and \
                    line == "Segmentation fault":
                continue  # see sending.py
            name, _, text = line.partition(": ")
            demand(name in (s.program, "sms-acs") and text,
                   "a message without the program's name")
            demand("out of memory" not in text or point.is_memory(),
                   "a message that blames the memory")
            demand(text != "out of memory" or name != s.program or
                   result.status == 74, "out of memory, and not status 74")

    def run(self, s, points, jobs):
        """All points of a scenario, several at once; the violations."""
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            tries = {pool.submit(self.try_point, s, p): p for p in points}
            for t in concurrent.futures.as_completed(tries):
                if t.result() is not None:
                    wrong.append((tries[t], t.result()))
                    print(f"VIOLATION {s.name}/{tries[t].text}: {t.result()}",
                          flush=True)
        return wrong


def quick_points(points):
    names = ("fsync", "fdatasync", "write", "pwrite64")
    return [p for p in points if p.name in names and p.error == "ENOSPC" and
            (p.name != "pwrite64" or p.ordinal % 2 == 0)]


def chosen(only, name):
    """None: not that scenario; []: all of it."""
    if not only:
        return []
    mine = [o for o in only if o.split("/")[0] == name]
    if not mine:
        return None
    return [inject.Point(o.split("/", 1)[1]) for o in mine if "/" in o]


def run_all(runner, args, build, work):
    kinds = ALL
    if args.quick:
        kinds = QUICK
    total = violations = 0
    for kind in kinds:
        points = chosen(args.only, kind.name)
        if points is None:
            continue
        began = time.monotonic()
        s = kind(build, f"{work}/templates")
        points = points or runner.points(s)
        if args.quick:
            points = quick_points(points)
        wrong = runner.run(s, points, args.jobs)
        print(f"{kind.name:<16} {len(points):5d} points, {len(wrong)} "
              f"violations, {time.monotonic() - began:.0f} s", flush=True)
        for point, _ in wrong[:20]:
            print(f"  again: make faults ONLY={kind.name}/{point.text}")
        total += len(points)
        violations += len(wrong)
    return total, violations


def report(runner, args):
    c = runner.counts
    print("exit statuses:", ", ".join(
        f"{k[7:]}: {c[k]}" for k in sorted(c) if k.startswith("status")))
    print(f"faults met: {c['reached']} of {c['points']}, of these "
          f"{c['oom failed']} allocations, {c['short failed']} runs of short "
          f"transfers, {c['eintr failed']} of interruptions")
    # A shim that is not loaded finds nothing.
    empty = [n for n in ("oom", "short", "eintr")
             if c[f"{n} tried"] and not c[f"{n} failed"]]
    if empty:
        print("NOTHING FAILED:", ", ".join(empty))
    if args.messages:
        for (status, error, line), n in sorted(runner.said.items(), key=str):
            print(f"{n:5d} {status:3d} {error:<9} {line}")
    return not empty


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("build")
    p.add_argument("--quick", action="store_true")
    p.add_argument("--only", action="append", default=[])
    p.add_argument("--controls", action="store_true")
    p.add_argument("--keep", action="store_true")
    p.add_argument("--messages", action="store_true")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    args = p.parse_args()
    build = os.path.abspath(args.build)
    # Where a sync costs nothing: that it is made to fail is what counts.
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    work = tempfile.mkdtemp(prefix="faults.",
                            dir=os.environ.get("TMPDIR") or shm)
    began = time.monotonic()
    runner = Runner(build, work, args.keep)
    total = violations = 0
    caught = True
    try:
        if not args.controls:
            needs = not args.quick and (not args.only or any(
                "https" in o for o in args.only))
            with Server(work, needs) as server:
                sending.SendHttps.server = server
                total, violations = run_all(runner, args, build, work)
            caught = report(runner, args)
        if args.controls or not (args.quick or args.only):
            caught = controls.run(build, work, Runner) and caught
    finally:
        if not args.keep:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{total} points, {violations} violations, "
          f"{time.monotonic() - began:.0f} s")
    return 0 if violations == 0 and caught else 1


if __name__ == "__main__":
    sys.exit(main())
