#!/usr/bin/env python3
"""What is left of the promises after a power cut, at every point of a run.

usage: powercut.py BUILD [--quick] [--only SCENARIO]... [--states N]
                   [--keep FOLDER]

Records runs of the programs under strace, works out what a disk may hold when
the power is cut (disk.py), lays each such state out in a folder and asks the
programs whether all promises are kept (check.py). Then the same with builds
that do not sync as they must: a simulator that finds nothing there is
worthless. 1: a promise was broken, or a broken build was not found out. The
folder of a broken state is kept and named.

It judges the order of writes and syncs, not a real disk. -shm of SQLite is
mapped memory; it is taken to be gone. --states: of more than N states of a
scenario N are looked at, evenly spread. --quick: a few states, no builds.
"""

import argparse
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time

import check
import controls
import programs
import scenarios

QUICK = ["send-first", "verify-wrong"]
QUICK_STATES = 120
KEPT = 3  # broken states of a scenario that are kept


class Result:
    def __init__(self):
        self.states = 0
        self.broken = []  # (what, folder)


def spread(recording):
    """States with their numbers, from here and there all along."""
    for part in (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15):
        for i, state in enumerate(scenarios.states(recording)):
            if i % 16 == part:
                yield i, state


def chosen(recording, limit):
    """States with their numbers, of too many as many as limit says."""
    step = 1
    if limit:
        total = sum(1 for _ in scenarios.states(recording))
        step = max(1, total / limit)
    wanted = 0
    for i, state in enumerate(scenarios.states(recording)):
        if i >= wanted:
            wanted += step
            yield i, state


def worker(recording, build, number, count, queue, o):
    """Check every count-th state."""
    under_test = recording.programs.with_build(build)
    folder = os.path.join(under_test.scratch, f"case{number}")
    result = Result()
    try:
        for n, (i, state) in enumerate(
                spread(recording) if o.first_only
                else chosen(recording, o.states)):
            if o.found.is_set():
                break
            if n % count != number:
                continue
            result.states += 1
            try:
                check.Check(recording, under_test, state, folder).run()
            except check.Broken as e:
                note(result, recording, state, f"{e} ({state.what})",
                     o.keep, f"{recording.name}-{i}")
                if o.first_only:
                    o.found.set()
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException as e:
        result.broken.append((f"the simulator failed: {e!r}", None))
        raise
    finally:
        queue.put(result)


def note(result, recording, state, what, keep, name):
    folder = None
    if keep is not None and len(result.broken) < KEPT:
        folder = os.path.join(keep, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        state.write(os.path.join(folder, "disk"))
        with open(os.path.join(folder, "why"), "w", encoding="utf-8") as f:
            kinds = [(kind, run.name) for kind, run, _ in
                     recording.facts[:state.facts]]
            f.write(f"{what}\n{kinds}\n")
    result.broken.append((what, folder))


class Options:
    """states: at most so many, 0 all; keep: where broken ones go, or None."""

    def __init__(self, states, keep, first_only=False):
        self.states = states
        self.keep = keep
        self.first_only = first_only
        self.found = multiprocessing.Event()  # nobody need look further


def check_states(recording, build, o):
    """All states, on all processors."""
    count = len(os.sched_getaffinity(0))
    queue = multiprocessing.Queue()
    workers = [multiprocessing.Process(
        target=worker,
        args=(recording, build, n, count, queue, o))
        for n in range(count)]
    for w in workers:
        w.start()
    total = Result()
    for _ in workers:
        result = queue.get()
        total.states += result.states
        total.broken += result.broken
    for w in workers:
        w.join()
    return total


def say(*words):
    print(*words, flush=True)


def run_scenario(under_test, name, o):
    begun = time.monotonic()
    recording = scenarios.make(under_test, name)
    result = check_states(recording, under_test.build, o)
    say(f"{name:18} {result.states:6} states {len(result.broken):5} violations"
        f" {time.monotonic() - begun:6.1f} s")
    for what, folder in result.broken[:2 * KEPT]:
        say(f"  {what}" + (f": {folder}" if folder else ""))
    return result


def run_control(under_test, control, work):
    """A build without one sync must be found out."""
    begun = time.monotonic()
    build = controls.build(control, under_test.build, work)
    broken = under_test.with_build(build)
    broken.scratch = tempfile.mkdtemp(dir=under_test.scratch)
    for world in ("world", "recorded-world"):
        shutil.copytree(os.path.join(under_test.scratch, world),
                        os.path.join(broken.scratch, world))
    shutil.copy2(os.path.join(under_test.scratch, "driver"), broken.scratch)
    recording = scenarios.make(broken, control.scenario)
    result = check_states(recording, build, Options(0, None, True))
    found = any("simulator" not in what for what, _ in result.broken)
    say(f"{'found' if found else 'NOT FOUND':9} {control.name}"
        f" ({control.scenario}, {result.states} states,"
        f" {time.monotonic() - begun:.1f} s)")
    if found:
        say(f"  {result.broken[0][0]}")
    return found


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument("build")
    a.add_argument("--quick", action="store_true")
    a.add_argument("--only", action="append", default=[],
                   choices=list(scenarios.SCENARIOS))
    a.add_argument("--states", type=int, default=0)
    a.add_argument("--keep", default="build/powercut")
    return a.parse_args()


def make_clock(scratch):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "still_clock.c")
    clock = os.path.join(scratch, "still_clock.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", clock, source, "-ldl"],
                   check=True)
    return clock


def run_all(a, scratch):
    under_test = programs.Programs(a.build, scratch, make_clock(scratch))
    names = a.only or (QUICK if a.quick else list(scenarios.SCENARIOS))
    limit = a.states or (QUICK_STATES if a.quick else 0)
    o = Options(limit, os.path.abspath(a.keep))
    states = broken = missed = 0
    for name in names:
        result = run_scenario(under_test, name, o)
        states += result.states
        broken += len(result.broken)
    say(f"{states} states, {broken} violations")
    if not a.quick and not a.only:
        for control in controls.CONTROLS:
            missed += not run_control(under_test, control, scratch)
        say(f"{len(controls.CONTROLS)} broken builds, {missed} not found")
    return 1 if broken or missed or not states else 0


def main():
    a = arguments()
    os.umask(0o022)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = tempfile.mkdtemp(prefix="powercut.", dir=memory)
    try:
        return run_all(a, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
