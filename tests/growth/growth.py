#!/usr/bin/env python3
"""What a stranger supplies costs no more than twice as much when it is twice as
much: for n, 2n and 4n of each kind the instructions, counted by valgrind, and
the peak of the memory.

A step from 2n to 4n may cost at most LIMIT times what the step from n to 2n
does. Nothing is timed. With --controls builds that grow are found out.
"""

import argparse
import concurrent.futures
import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile

from cases import CASES
from controls import CONTROLS, wrong_build

LIMIT = 2.2
# What may change without a reason in the input.
SLACK = {"instructions": 300000, "KiB": 1024}
FLAT_KIB = 2048
VALGRIND = ["valgrind", "--tool=cachegrind", "--cache-sim=no",
            "--cachegrind-out-file=/dev/null"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TWOFA_ALLOW_COUNTRY": "44",
               "TWOFA_LIMIT_ALL": "100000/1d"}

PTRACE_TRACEME, PTRACE_CONT, PTRACE_SETOPTIONS = 0, 7, 0x4200
PTRACE_O_TRACEEXIT, PTRACE_EVENT_EXIT = 0x40, 6


def ptrace(request, pid, data=0):
    ctypes.CDLL(None).ptrace(ctypes.c_long(request), ctypes.c_long(pid), None,
                             ctypes.c_long(data))


class Run:
    """One command on n of something, in a folder of its own."""

    def __init__(self, build, case, n):
        self.bin = os.path.abspath(build) + "/bin/"
        self.case, self.n = case, n

    def start(self, argv, before=()):
        environment = dict(ENVIRONMENT, HOME=self.folder)
        return subprocess.run(
            [*before, self.bin + argv[0], *argv[1:]], cwd=self.folder,
            env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            check=False)

    def prepare(self):
        def write(name, text):
            path = os.path.join(self.folder, name)
            with open(path, "w", encoding="utf-8") as f:
                os.chmod(path, 0o600)
                f.write(text)

        argv = self.case.make(self.n, write)
        if self.case.before is not None:
            self.start(self.case.before)
        return argv

    def measure(self, how):
        with tempfile.TemporaryDirectory(prefix="twofa-growth.") as folder:
            self.folder = folder
            return how(self.prepare())

    def ended(self, status, said):
        if status not in (0, 1, 65, 75):
            raise RuntimeError("%s: status %d: %s" % (
                self.case.name, status, said[-500:].decode()))

    def instructions(self):
        def count(argv):
            done = self.start(argv, VALGRIND)
            self.ended(done.returncode, done.stderr)
            # Of forked children there are more.
            found = re.findall(rb"I\s+refs:\s+([\d,]+)", done.stderr)
            return max(int(n.replace(b",", b"")) for n in found)
        return self.measure(count)

    def memory(self):
        return self.measure(lambda argv: self.peak_of(
            [self.bin + argv[0], *argv[1:]]))

    def peak_of(self, argv):
        """VmHWM when it ends: ru_maxrss is also that of who started it."""
        pid = os.fork()
        if pid == 0:
            os.chdir(self.folder)
            null = os.open("/dev/null", os.O_RDWR)
            for fd in range(3):
                os.dup2(null, fd)
            ptrace(PTRACE_TRACEME, 0)
            os.execve(argv[0], argv, dict(ENVIRONMENT, HOME=self.folder))
        peak, status = 0, os.waitpid(pid, 0)[1]
        ptrace(PTRACE_SETOPTIONS, pid, PTRACE_O_TRACEEXIT)
        while os.WIFSTOPPED(status):
            signal_number = os.WSTOPSIG(status)
            if status >> 16 == PTRACE_EVENT_EXIT:
                with open("/proc/%d/status" % pid, encoding="ascii") as f:
                    peak = int(re.search(r"VmHWM:\s*(\d+)", f.read()).group(1))
            ptrace(PTRACE_CONT, pid, 0 if signal_number == signal.SIGTRAP
                   else signal_number)
            status = os.waitpid(pid, 0)[1]
        self.ended(os.waitstatus_to_exitcode(status), b"")
        return peak


def judge(case, unit, costs):
    """What is wrong with the costs of n, 2n and 4n, or None."""
    first, second = costs[1] - costs[0], costs[2] - costs[1]
    if unit == "instructions" and case.ceiling:
        wrong = costs[2] > case.ceiling
    elif unit == "KiB" and case.flat:
        wrong = costs[2] - costs[0] > FLAT_KIB
    else:
        wrong = second > LIMIT * max(first, 0) + SLACK[unit]
    text = "%-36s %s %s" % (case.name, " ".join("%11d" % c for c in costs),
                            unit)
    return wrong, text


def look(build, i):
    case = CASES[i]
    return [judge(case, "instructions", [
        Run(build, case, case.n << i).instructions() for i in range(3)]),
            judge(case, "KiB", [
                Run(build, case, case.n * case.memory << i).memory()
                for i in range(3)])]


def look_at_controls(build):
    """How many of the builds that grow were not found out."""
    missed = 0
    for control in CONTROLS:
        with tempfile.TemporaryDirectory(prefix="twofa-growth.") as folder:
            wrong = wrong_build.build(
                build, folder + "/wrong", control.changes,
                ["build/bin/twofa-lookup", "build/bin/twofa-verify"])
            i = [c.name for c in CASES].index(control.case)
            found = any(grows for grows, _ in look(wrong, i))
        missed += not found
        print("%s: %s" % (control.name, "found out" if found else "MISSED"))
    return missed


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--only", default="", help="cases whose name has it")
    p.add_argument("--controls", action="store_true")
    p.add_argument("-v", action="store_true", help="tell all figures")
    o = p.parse_args()
    cases = [i for i, c in enumerate(CASES) if o.only in c.name]
    violations = 0
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(look, [o.build] * len(cases), cases):
            for wrong, text in found:
                violations += wrong
                if wrong or o.v:
                    print(text + ("  GROWS" if wrong else ""), flush=True)
    print("cases: %d, %d grow" % (len(cases), violations))
    if o.controls:
        violations += look_at_controls(o.build)
    sys.exit(violations > 0)


if __name__ == "__main__":
    main()
