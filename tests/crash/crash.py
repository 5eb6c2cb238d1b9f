#!/usr/bin/env python3
"""See crash.sh. Points run in parallel, each in a folder of its own; the last
line of a scenario counts them. Status 1: something was done twice, not at all,
or a control was not caught."""

import argparse
import collections
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time

import controls
import place
import scenario
import server
import tracing

PROGRESS_S = 10

Job = collections.namedtuple("Job", "scenario points serial lose hasty")
Result = collections.namedtuple("Result", "job reached violation left")


def describe(name, points):
    return name + " " + " ".join(map(str, points))


class Bench:
    """What the worker processes share: where, with which programs, by whom."""

    def __init__(self, folder, scenarios):
        self.folder = folder
        self.scenarios = {s.name: s for s in scenarios}

    def begin(self):
        place.adopt_orphans()

    def run(self, job):
        """One job: crash, look, crash again, look, run, look."""
        s = self.scenarios[job.scenario]
        folder = os.path.join(self.folder, "point.%d" % job.serial)
        here = place.Place(folder, s.stage, "+4477%08d" % job.serial)
        reached, violation, left = 0, "", []
        try:
            s.prepare(here)
            for point in job.points:
                *run, killed = here.start(
                    s.words(here), point, s.stdin(), hasty=job.hasty)
                if not killed and run[0] == place.KILLED:
                    raise place.Violation("killed by another")
                if killed:
                    s.after_crash(here, point, run)
                s.next_input(here, point, run)
                reached += killed
            left = here.left_behind()
            if job.lose:
                self.lose(s, here)
            *run, _ = here.start(s.words(here), None, s.stdin())
            s.after_rerun(here, run)
        except place.Violation as why:
            violation = str(why)
        shutil.rmtree(folder, ignore_errors=True)
        return Result(job, reached, violation, left)

    @staticmethod
    def lose(s, here):
        """A control: what the crash left in the ledger is gone, if there
        was one before."""
        if s.template is None:
            return
        for end in ("", "-wal", "-shm", "-mark"):
            if os.path.exists(here.path("ledger" + end)):
                os.unlink(here.path("ledger" + end))
        shutil.copy(s.template.path("ledger"), here.path("ledger"))

    def calls(self, name, process, serial):
        """What a whole run calls."""
        s = self.scenarios[name]
        folder = os.path.join(self.folder, "trace.%d" % serial)
        here = place.Place(folder, s.stage, "+4477%08d" % serial)
        s.prepare(here)
        log = folder + ".trace"
        here.start(s.words(here), stdin=s.stdin(), watch=(process, log))
        calls = tracing.read_calls(log)
        shutil.rmtree(folder)
        if process == "spawn":
            return tracing.points_of_spawn(calls)
        return tracing.points_of_process(process, calls)


BENCH = None


def begin_worker():
    BENCH.begin()


def run_job(job):
    return BENCH.run(job)


def list_calls(job):
    return BENCH.calls(*job)


class Tally:
    """Counts the points that were reached: a run may make fewer calls than
    the one before it."""

    def __init__(self, name, quiet):
        self.name = name
        self.quiet = quiet
        self.points = self.doubles = self.violations = 0
        self.left = collections.Counter()
        self.began = self.told = time.monotonic()

    def add(self, result, number, of):
        points = result.job.points
        if result.reached == len(points) and len(points) == 1:
            self.points += 1
        elif result.reached == len(points):
            self.doubles += 1
        self.left.update(result.left)
        if result.violation:
            self.violations += 1
            if not self.quiet:
                print("VIOLATION %s: %s" % (
                    describe(self.name, points), result.violation), flush=True)
        if time.monotonic() - self.told > PROGRESS_S and not self.quiet:
            self.told = time.monotonic()
            print("  %s: %d of %d" % (self.name, number, of),
                  file=sys.stderr, flush=True)

    def tell(self, about):
        print("%-3s %-38s %5d points, %4d double, %d violations, %d s"
              % (self.name, about, self.points, self.doubles, self.violations,
                 time.monotonic() - self.began), flush=True)


class Runner:
    def __init__(self, pool, options):
        self.pool = pool
        self.options = options
        self.serial = 1
        self.left = collections.Counter()
        self.totals = collections.Counter()

    def job(self, name, points, lose=False):
        self.serial += 1
        return Job(name, tuple(points), self.serial, lose,
                   self.options.hasty)

    def run(self, tally, jobs):
        reached = []
        results = self.pool.imap_unordered(run_job, jobs)
        for number, result in enumerate(results, 1):
            tally.add(result, number, len(jobs))
            if result.reached == len(result.job.points):
                reached.append(result.job.points)
        return reached

    def points(self, s):
        """Those of two runs, since no two are quite alike."""
        asked = []
        for process in s.processes:
            for _ in range(2):
                self.serial += 1
                asked.append((s.name, process, self.serial))
        found = {}
        for points in self.pool.map(list_calls, asked, 1):
            found.update(dict.fromkeys(points))
        return [p for p in found if self.is_wanted(p)]

    def is_wanted(self, point):
        calls = self.options.calls
        return (not calls or point.call in calls) and \
            (point.call not in self.options.sparse or
             point.ordinal % self.options.every == 0)

    def every_point(self, tally, s, points):
        """And on behind the last one of each name that was still reached."""
        while points:
            reached = self.run(
                tally, [self.job(s.name, [p]) for p in points])
            if self.options.every > 1:
                break
            last = {}
            for (p,) in reached:
                last[p.process, p.call] = max(
                    p.ordinal, last.get((p.process, p.call), 0))
            tried = {(p.process, p.call): 0 for p in points}
            for p in points:
                tried[p.process, p.call] = max(
                    p.ordinal, tried[p.process, p.call])
            points = [tracing.Point(process, call, n + 1)
                      for (process, call), n in last.items()
                      if n == tried[process, call] and process != "spawn"]

    def scenario(self, s):
        tally = Tally(s.name, False)
        points = self.points(s)
        self.every_point(tally, s, points)
        choice = random.Random("%s %s" % (self.options.seed, s.name))
        self.run(tally, [self.job(s.name, [choice.choice(points),
                                           choice.choice(points)])
                         for _ in range(self.options.double)])
        tally.tell(s.about)
        self.left.update(tally.left)
        self.totals.update(points=tally.points, double=tally.doubles,
                           violations=tally.violations,
                           empty=tally.points == 0)

    def control(self, about, s, lose=False):
        """A program that is wrong, or a service, must be found out."""
        tally = Tally(s.name, True)
        points = self.points(s)
        self.run(tally, [self.job(s.name, [p], lose) for p in points])
        print("control %-52s %s: %d of %d points" % (
            about, "caught" if tally.violations else "NOT CAUGHT",
            tally.violations, len(points)), flush=True)
        if tally.violations == 0:
            self.totals["missed"] += 1


def read_options():
    parser = argparse.ArgumentParser(prog="crash.sh")
    parser.add_argument("what", nargs="*", metavar="SCENARIO [CALL N ...]")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="points at once")
    parser.add_argument("--seed", type=int, default=1,
                        help="of the double crashes")
    parser.add_argument("--double", type=int, default=80, metavar="N",
                        help="tries of double crashes, a scenario")
    parser.add_argument("--calls", type=lambda text: text.split(","),
                        default=[], metavar="NAME,...", help="only these")
    parser.add_argument("--sparse", type=lambda text: text.split(","),
                        default=[], metavar="NAME,...",
                        help="of these, only every N-th")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--hasty", action="store_true",
                        help="run again while the driver that a kill left "
                        "behind may still send")
    parser.add_argument("--lost-ledger", action="store_true",
                        help="a control: the ledger of the crash is lost; "
                        "something must be found")
    return parser.parse_args()


def one_point(runner, s, words):
    points = [tracing.parse_point(name, n)
              for name, n in zip(words[::2], words[1::2])]
    job = runner.job(s.name, points, runner.options.lost_ledger)
    result, = runner.pool.map(run_job, [job])
    print("%s: %s%s" % (
        describe(s.name, points),
        result.violation and "VIOLATION " + result.violation or "good",
        "" if result.reached == len(points) else ", but %d of %d reached"
        % (result.reached, len(points))))
    return 1 if result.violation else 0


def whole(runner, chosen, with_controls):
    print("seed of the double crashes: %d" % runner.options.seed, flush=True)
    began = time.monotonic()
    for s in chosen:
        if runner.options.lost_ledger:
            runner.control("the ledger of the crash is lost", s, True)
        else:
            runner.scenario(s)
    if with_controls:
        runner.options.calls = controls.CALLS
        for about, s in controls.of(BENCH.scenarios):
            runner.control(about, s)
    for name, n in sorted(runner.left.items()):
        print("left beside others by a kill: %s, %d times" % (name, n))
    t = runner.totals
    print("%d points, %d double, %d violations, %d controls missed, %d s"
          % (t["points"], t["double"], t["violations"], t["missed"],
             time.monotonic() - began))
    # A scenario without points would be a test that tests nothing.
    return 1 if t["violations"] or t["missed"] or t["empty"] else 0


def main():
    global BENCH
    options = read_options()
    scenarios = scenario.all_scenarios()
    names = [s.name for s in scenarios]
    chosen = [s for s in scenarios
              if s.name in options.what or not options.what]
    with_controls = not options.what or "controls" in options.what
    is_point = bool(chosen) and len(options.what) > 2 and \
        set(options.what[1:]).isdisjoint(names + ["controls"])
    if not is_point and set(options.what) - set(names + ["controls"]):
        sys.exit("crash.sh: it is one of " + " ".join(names + ["controls"]))
    folder = tempfile.mkdtemp(prefix="twofa-crash.")
    servers = []
    try:
        place.make_stage(os.path.join(folder, "stage"), options.build)
        for s in scenarios:
            s.stage = os.path.join(folder, "stage")
        if with_controls or any("driver" in s.processes for s in chosen):
            servers.append(server.Server(os.path.join(folder, "server")))
            for s in scenarios:
                s.server = servers[0]
        wrong = []
        if with_controls:
            wrong = controls.make(folder, options.build, scenarios, servers)
        BENCH = Bench(folder, scenarios + wrong)
        with multiprocessing.Pool(options.jobs, begin_worker) as pool:
            runner = Runner(pool, options)
            if is_point:
                return one_point(runner, chosen[0], options.what[1:])
            return whole(runner, chosen, with_controls)
    finally:
        for s in servers:
            s.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
