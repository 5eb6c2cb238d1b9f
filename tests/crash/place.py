"""A folder in which one task is sent and verified, and what is true there."""

import ctypes
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import tracing

PR_SET_CHILD_SUBREAPER = 36
RUN_S = 90     # no run may take longer
ORPHAN_S = 60  # nor a driver that outlives its program
KILLED = -signal.SIGKILL

# A driver gets no variable but what it is told of.
WRAPPER = """#!/bin/sh
# The driver, under strace if that is asked for.
read -r strace 2>/dev/null <driver-under
exec $strace %s "$@"
"""


class Violation(Exception):
    pass


def adopt_orphans():
    """Drivers whose program was killed become our children."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_for_orphans():
    until = time.monotonic() + ORPHAN_S
    while time.monotonic() < until:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.002)
        except ChildProcessError:
            return
    raise Violation("a driver outlives its program by %d s" % ORPHAN_S)


def make_stage(folder, build):
    """The programs as they are installed, with the wrapper for the driver."""
    for part in ("bin", "libexec/twofa"):
        os.makedirs(os.path.join(folder, part))
    for name in ("twofa-sendpin", "twofa-verify"):
        shutil.copy2(os.path.join(build, "bin", name),
                     os.path.join(folder, "bin", name))
    wrapper = os.path.join(folder, "libexec/twofa/sms-acs")
    with open(wrapper, "w", encoding="utf-8") as out:
        out.write(WRAPPER % os.path.abspath(
            os.path.join(build, "libexec/twofa/sms-acs")))
    os.chmod(wrapper, 0o755)


def parameters(task):
    return {p["name"]: p["value"] for p in
            task["taskInformation"]["customContextParameters"]}


def with_parameters(task, **values):
    task = json.loads(json.dumps(task))
    task["taskInformation"]["customContextParameters"] += [
        {"name": name, "value": value} for name, value in values.items()]
    return task


class Place:
    """Files that may hold the PIN stand in pin/; no other one may."""

    def __init__(self, folder, stage, number):
        self.folder = folder
        self.stage = stage
        self.number = number
        self.pins = set()  # that must not stand anywhere
        self.runs = 0
        self.work = ""     # the folder of the next run
        os.makedirs(self.path("pin"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)

    def write_task(self, name, task):
        self.write(name, json.dumps(
            task, separators=(",", ":")).encode() + b"\n")

    def start(self, words, point=None, stdin=None, watch=None, hasty=False):
        """(status, stdout, was it killed); watch: (process, log). hasty: a
        driver that lives on is not waited for, unless strace is in it."""
        self.runs += 1
        out = "out.%d" % self.runs
        log = self.folder + ".log"
        program = [os.path.join(self.stage, "bin", words[0])] + words[1:]
        before = []
        if point:
            if os.path.exists(log):
                os.unlink(log)
            before = tracing.killing(point, log)
        elif watch:
            before = tracing.watching(*watch)
        environment = {"HOME": self.folder, "PATH": "/usr/bin:/bin",
                       "LC_ALL": "C", "ASAN_OPTIONS": "detect_leaks=0"}
        traced = (point or watch) and \
            (point.process if point else watch[0]) == "driver"
        if traced:
            self.write("driver-under", (" ".join(before) + "\n").encode())
            before = []
        elif os.path.exists(self.path("driver-under")):
            os.unlink(self.path("driver-under"))
        with open(self.path(stdin) if stdin else "/dev/null", "rb") as given, \
                open(self.path(out), "wb") as stdout, \
                open(self.path("err.%d" % self.runs), "wb") as stderr:
            run = subprocess.Popen(
                before + program, stdin=given, stdout=stdout, stderr=stderr,
                cwd=self.path(self.work), env=environment, start_new_session=True)
            try:
                status = run.wait(RUN_S)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()
                raise Violation("it did not end in %d s" % RUN_S) from None
        if not hasty or traced:
            wait_for_orphans()
        return status, self.read(out), bool(point) and tracing.was_killed(log)

    def why(self):
        return self.read("err.%d" % self.runs).decode(
            "utf-8", "replace").strip()[-300:]

    def whole_tasks(self, data, what):
        if data and not data.endswith(b"\n"):
            raise Violation(what + " ends within a line")
        try:
            return [json.loads(line) for line in data.splitlines()]
        except ValueError:
            raise Violation(what + " is not JSON") from None

    def one_task(self, data, what):
        tasks = self.whole_tasks(data, what)
        if len(tasks) != 1:
            raise Violation("%s has %d tasks" % (what, len(tasks)))
        return tasks[0]

    # --- the ledger, seen by another program --------------------------------
    def ledger(self, query, *values):
        """Rows; of a copy, since looking into it would mend it."""
        if not self.read("ledger"):
            return []
        with tempfile.TemporaryDirectory(dir=os.path.dirname(
                self.folder)) as copy:
            for end in ("", "-wal", "-journal"):
                if os.path.exists(self.path("ledger" + end)):
                    shutil.copy(self.path("ledger" + end),
                                os.path.join(copy, "ledger" + end))
            db = sqlite3.connect(os.path.join(copy, "ledger"))
            try:
                found = db.execute("PRAGMA integrity_check").fetchall()
                if found != [("ok",)]:
                    raise Violation("integrity_check: %s" % found)
                if not db.execute("SELECT 1 FROM sqlite_schema WHERE"
                                  " name = 'pin'").fetchall():
                    return []
                return db.execute(query, values).fetchall()
            except sqlite3.Error as why:
                raise Violation("ledger: %s" % why) from None
            finally:
                db.close()

    # --- nobody may see it ---------------------------------------------------
    def check_artefacts(self, but=()):
        for name in sorted(os.listdir(self.folder)):
            if os.path.isdir(self.path(name)) or name in but:
                continue
            data = self.read(name)
            for pin in self.pins:
                if pin.encode() in data:
                    raise Violation("a PIN stands in " + name)

    def left_behind(self):
        """Files that a kill left beside others, by kind."""
        found = []
        for name in glob.glob(self.path("*")) + glob.glob(self.path(".*")):
            name = os.path.basename(name)
            match = re.fullmatch(r"(.+)\.([A-Za-z0-9]{6}|twofa-new)", name)
            if match:
                found.append(match.group(1) + ".XXXXXX")
        return found
