"""What is recorded: runs of the programs, and what they promised by when.

A fact is (kind, run, data) and holds from its place in the events on:
  begin   the run has begun
  left    the message is out of our hands: its bytes were written to the
          driver or to the outbox, where another program may have read them
  answer  the run's line was written to standard output; with -i: it has ended
"""

import json
import os
import shutil
import subprocess

import programs as p
import record
from disk import Disk


class Run:
    def __init__(self, name, arguments, text, in_place, pin=None, entry=None):
        self.name = name
        self.arguments = arguments
        self.text = text  # its input; in place: of the file
        self.in_place = in_place
        self.pin = pin
        self.entry = entry
        self.answer = None
        self.after = None  # its output; in place: the file's

    @property
    def sends(self):
        return self.name == "twofa-sendpin"


class Recording:
    """folder/base is the disk before, folder/disk the one after."""

    def __init__(self, programs, name, sender=p.OF_OUTBOX, repeats=True):
        self.programs = programs
        self.name = name
        self.sender = sender
        self.repeats = repeats
        self.folder = os.path.join(programs.scratch, name)
        self.runs = []
        self.facts = []
        self.events = []
        self.task = p.to_line(p.new_task("t1", "+447700900001"))
        self.message = None  # of t1: id, number, text
        self.line = None     # t1 with its PIN
        os.makedirs(os.path.join(self.folder, "disk"), 0o700)
        os.symlink("../recorded-world", os.path.join(self.folder, "world"))

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def pin(self):
        return p.pin_of(self.message)

    # --- before: all of it is synced ---
    def send_before(self, name, number):
        answer = self.programs.send(
            self.folder, self.sender,
            p.to_line(p.new_task(name, number)), self.repeats)
        expect(answer, 0)
        return answer

    def other_before(self):
        self.send_before("t0", "+447700900000")

    def sent_before(self):
        """t1 has its PIN already."""
        answer = self.send_before("t1", "+447700900001")
        self.line = answer.output
        self.message = p.messages(self.path(p.OUTBOX))[-1]
        run = Run("twofa-sendpin", [], self.task, False)
        run.answer = answer
        run.after = answer.output
        self.runs.append(run)
        self.facts += [("begin", run, None), ("left", run, None),
                       ("answer", run, None)]

    def log_before(self, other):
        """The disk of another recording when its first answer left: with a
        write-ahead log, as a program leaves that was killed."""
        disk, _ = replay(other, lambda fact: fact[0] == "answer")
        shutil.rmtree(self.path("disk"))
        disk.live_state().write(self.path("disk"))
        if not os.path.getsize(self.path(p.LEDGER + "-wal")):
            raise record.RecordError("no write-ahead log is left")

    def write_task(self, text):
        with open(self.path(p.TASK), "wb") as f:
            f.write(text)
        os.chmod(self.path(p.TASK), 0o644)

    # --- what is recorded ---
    def begin(self):
        shutil.copytree(self.path("disk"), self.path("base"))

    def send(self, in_place=False):
        arguments = ["-s", self.programs.sender(self.sender)] + \
            (["-i", p.TASK] if in_place else [])
        run = self.record(Run("twofa-sendpin", arguments, self.task, in_place))
        expect(run.answer, 0)
        self.line = run.after
        if self.message is None:
            self.message = self.sent_message()

    def sent_message(self):
        if self.sender == p.OF_OUTBOX:
            return p.messages(self.path(p.OUTBOX))[-1]
        return p.messages(self.path("truth"))[-1]

    def verify(self, pin, entry, in_place=False):
        text = p.entered(self.line, pin, entry)
        run = self.record(Run("twofa-verify", ["-i", p.TASK] if in_place
                              else [], text, in_place, pin, entry))
        expect(run.answer, 0 if pin == self.pin else 1)

    def record(self, run):
        argv, environment = self.programs.command(
            self.folder, run.name, run.arguments, self.repeats)
        names = [self.path(n) for n in ("in", "out", "err", "trace")]
        with open(names[0], "wb") as f:
            f.write(run.text)
        with open(names[0], "rb") as f, open(names[1], "wb") as out, \
                open(names[2], "wb") as err:
            status = record.strace(argv, names[3], stdin=f, stdout=out,
                                   stderr=err, cwd=self.folder,
                                   env=environment)
        with open(names[1], "rb") as out, open(names[2], "rb") as err:
            run.answer = p.Answer(status, out.read(), err.read())
        run.after = run.answer.output
        if run.in_place:
            with open(self.path(p.TASK), "rb") as f:
                run.after = f.read()
        self.note(run, record.parse(names[3], self.path("disk"), self.folder))
        return run

    def add_fact(self, kind, run):
        self.events.append(("fact",))
        self.facts.append((kind, run, None))

    def note(self, run, events):
        """The events of a run, and the facts among them."""
        outbox = set()
        self.runs.append(run)
        self.add_fact("begin", run)
        for event in events:
            if event[0] in ("left", "answer"):
                if event[0] == "answer" or event[1].startswith(b'{"id"'):
                    self.add_fact(event[0], run)
                continue
            self.events.append(event)
            if event[0] == "open":
                outbox.discard(event[1])
                if event[2] == "outbox":
                    outbox.add(event[1])
            elif event[0] == "write" and event[1] in outbox:
                self.add_fact("left", run)
        if run.in_place:
            self.add_fact("answer", run)

    def end(self):
        """What was replayed must be what is there."""
        disk, facts = replay(self, lambda fact: False)
        disk.live_state().write(self.path("replayed"))
        done = subprocess.run(
            ["diff", "-r", "--exclude=*-shm", self.path("replayed"),
             self.path("disk")], capture_output=True, check=False)
        if done.returncode != 0 or facts != len(self.facts):
            raise record.RecordError(
                "the replay differs: " + done.stdout.decode()[:500])
        return self


def expect(answer, status):
    if answer.status != status:
        raise record.RecordError(f"wanted {status}, got {answer}")


def base_facts(recording):
    return len(recording.facts) - sum(
        event[0] == "fact" for event in recording.events)


def replay(recording, stop):
    """To the first fact for which stop() is true, or to the end."""
    disk = Disk()
    disk.add_tree(recording.path("base"))
    player = record.Player(disk)
    facts = base_facts(recording)
    for event in recording.events:
        if event[0] != "fact":
            player.do(event)
            continue
        facts += 1
        if stop(recording.facts[facts - 1]):
            break
    return disk, facts


def states(recording):
    """Every state in which a power cut may leave the disk, once.

    Between two syncs or facts operations only come to those that are pending,
    so that the states before the next sync or fact hold all earlier ones.
    """
    disk = Disk()
    disk.add_tree(recording.path("base"))
    player = record.Player(disk)
    facts = base_facts(recording)
    seen = set()
    for event in recording.events + [("end",)]:
        if record.is_sync(event) or event[0] in ("fact", "end"):
            for state in disk.states(facts):
                digest = state.digest()
                if digest not in seen:
                    seen.add(digest)
                    yield state
        if event[0] == "fact":
            facts += 1
        elif event[0] != "end":
            player.do(event)


# --- the scenarios ----------------------------------------------------------

def send_first(r):
    r.begin()
    r.send()


def send_again(r):
    r.other_before()
    r.begin()
    r.send()


def of_log(r):
    """Some recording that can leave a log."""
    other = Recording(r.programs, r.name + "-before")
    other.task = p.to_line(p.new_task("t0", "+447700900000"))
    send_first(other)
    return other


def send_after_kill(r):
    r.log_before(of_log(r))
    r.begin()
    r.send()


def verify_right(r):
    r.sent_before()
    r.begin()
    r.verify(r.pin, "e1")


def verify_wrong(r):
    r.sent_before()
    r.begin()
    r.verify(p.other_pin(r.pin), "e1")


def send_in_place(r):
    r.other_before()
    r.write_task(r.task)
    r.begin()
    r.send(True)


def right_in_place(r):
    r.sent_before()
    r.write_task(p.entered(r.line, r.pin, "e1"))
    r.begin()
    r.verify(r.pin, "e1", True)


def wrong_in_place(r):
    r.sent_before()
    r.write_task(p.entered(r.line, p.other_pin(r.pin), "e1"))
    r.begin()
    r.verify(p.other_pin(r.pin), "e1", True)


def day(r):
    """Several runs; at the end of each the log goes into the ledger."""
    r.other_before()
    r.begin()
    r.send()
    r.verify(p.other_pin(r.pin), "e1")
    r.verify(r.pin, "e2")


SCENARIOS = {
    "send-first": (send_first, {}),
    "send-again": (send_again, {}),
    "send-after-kill": (send_after_kill, {}),
    "driver-first": (send_first, {"sender": p.OF_DRIVER}),
    "driver-again": (send_again, {"sender": p.OF_DRIVER}),
    "driver-no-repeat": (send_again,
                         {"sender": p.OF_DRIVER, "repeats": False}),
    "verify-right": (verify_right, {}),
    "verify-wrong": (verify_wrong, {}),
    "in-place-send": (send_in_place, {}),
    "in-place-right": (right_in_place, {}),
    "in-place-wrong": (wrong_in_place, {}),
    "day": (day, {}),
}


def make(programs, name):
    function, settings = SCENARIOS[name]
    recording = Recording(programs, name, **settings)
    function(recording)
    return recording.end()
