#!/usr/bin/env python3
"""40 good tasks with hostile ones among them, through every program and store.

The 40 must come out as they do without, nothing may crash, and a message names
a hostile task, never a good one. By default what differs by its store only
shares the hostile tasks, and each gets its part in one run; --all gives each
of them to each, alone, in another place each time.
"""

import argparse
import os
import re
import sys
import tempfile

from hostile import PLACES, VALUES, pairs_of, text
from programs import GOOD, call, first_sent, make_stores, programs

# Every answer, each of a task of its own; no failure of the whole run.
STATUSES = {0, 1, 65, 69, 75, 78}


class Poison:
    def __init__(self, build, folder):
        self.bin = os.path.abspath(build) + "/bin"
        self.folder = folder
        self.violations = 0
        self.hostile_tasks = 0

    def violation(self, program, what):
        self.violations += 1
        print("%s: %s" % (program.name, what))

    def mixed(self, program, hostile, first):
        """Lines, and the numbers of the hostile ones. The good ones stand
        first, last and evenly in between; first turns that round."""
        lines, numbers, given = [], set(), 0
        order = list(hostile)
        for n, good in enumerate(program.good):
            share = (n + first % GOOD) % GOOD
            take = (len(order) * (share + 1) // GOOD -
                    len(order) * share // GOOD)
            for line in order[given:given + take]:
                lines.append(line)
                numbers.add(len(lines))
            given += take
            lines.append(good)
        return lines, numbers

    def look(self, program, hostile, first=0):
        """What is wrong, or None."""
        lines, numbers = self.mixed(program, hostile, first)
        status, out, err, records = program.run(self.bin, self.folder, lines)
        if status not in STATUSES:
            return "status %d: %r" % (status, err[-300:])
        if records != program.wanted:
            missing = [r for r in program.wanted if r not in records]
            return "good tasks come out otherwise: %d of %d; %r is missing" % (
                len(records), len(program.wanted), (missing or [b""])[0][:300])
        return self.look_at_messages(program, numbers, out, err)

    def look_at_messages(self, program, numbers, out, err):
        for line in err.splitlines():
            named = re.match(rb"[a-z-]+: in\.json:(\d+): ", line)
            if named and int(named.group(1)) in numbers:
                continue
            if re.match(rb"[a-z-]+: task (?!good-)", line):
                continue
            return "a message names no hostile task: %r" % line[:300]
        return None

    def check(self, program, hostile, first=0):
        """hostile: pairs of what it is and the line."""
        self.hostile_tasks += len(hostile)
        what = self.look(program, [line for _, line in hostile], first)
        if what is None:
            return
        # Which one was it? Each alone.
        for name, line in hostile if len(hostile) > 1 else []:
            alone = self.look(program, [line])
            if alone is not None:
                self.violation(program, "%s: %s" % (name, alone))
                return
        self.violation(program, "%s: %s" % (
            hostile[0][0] if len(hostile) == 1 else "together", what))


def all_hostile(program):
    found, number = [], 0
    for place, make in PLACES.items():
        for value in VALUES:
            number += 1
            # A customer and number each, or limits would answer.
            line = make(text("evil-%d" % number), value,
                        pairs_of(program.base(GOOD + number)))
            found.append(("%s = %r" % (place, value[:40]), line))
    return found


def look_at_ledger(poison):
    """What is in the ledger now, by every command that reads it."""
    for command in ("list", "export", "check", "purge"):
        status, _, err = call([
            poison.bin + "/twofa-ledger", "-k", "key", "-l", "ledger.db",
            command], b"", poison.folder)
        if status != 0:
            print("twofa-ledger %s: status %d: %r" % (command, status, err))
            poison.violations += 1
    for value in VALUES:
        argument = value.strip(b'"').replace(b"\0", b"")[:100000]
        if b"\n" in argument:
            continue
        status, _, err = call([
            poison.bin + "/twofa-ledger", "-k", "key", "-l", "ledger.db",
            "show", b"--", argument], b"", poison.folder)
        if status not in (0, 1, 64):
            print("twofa-ledger show %r: status %d: %r" % (
                argument[:40], status, err))
            poison.violations += 1


def try_all(poison, o):
    fakes = os.path.abspath(os.path.dirname(__file__)) + "/../fakes"
    make_stores(poison.folder, fakes)
    all_programs = list(programs(first_sent(poison.bin, poison.folder)))
    for program in all_programs:
        if o.only not in program.name:
            continue
        same = [p for p in all_programs if p.kind == program.kind]
        status, _, err, program.wanted = program.run(
            poison.bin, poison.folder, program.good)
        if len(program.wanted) != GOOD or status not in (0, 1):
            poison.violation(program, "without: %d %r" % (status, err))
            continue
        hostile = all_hostile(program)
        if o.all:
            for i, one in enumerate(hostile):
                poison.check(program, [one], i)
        else:
            poison.check(program, hostile[same.index(program)::len(same)])
        if "ledger.db" in program.argv and "sendpin" in program.name:
            look_at_ledger(poison)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--all", action="store_true")
    p.add_argument("--only", default="", help="programs whose name has it")
    o = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="twofa-poison.") as folder:
        poison = Poison(o.build, folder)
        try_all(poison, o)
    print("hostile tasks: %d, %d violations" % (
        poison.hostile_tasks, poison.violations))
    sys.exit(poison.violations > 0)


if __name__ == "__main__":
    main()
