"""What is run, and what must hold after a crash and after the next run.

A scenario prepares a place, says which command is run there, and looks

    after_crash(place, run)   was anything told that is not on the disk?
    after_rerun(place, run)   was it done once, and does it work?

where run is (status, stdout). Both raise Violation.
"""

import os
import shutil
import time

from place import KILLED, Place, Violation, parameters, with_parameters

# What a program may end with when its driver was killed.
AFTER_DRIVER = (0, 69, 74, 75, 78)
TEMPLATE_S = 60  # a PIN lives for 600


def verify(place, name, pin, entry, task):
    """Enter that PIN: (status, the task that came out)."""
    place.write_task(os.path.join("pin", name), with_parameters(
        task, PIN=pin, PINEntry=entry))
    status, out, _ = place.start(
        ["twofa-verify", "-v", "-k", "key", "-l", "ledger"],
        stdin=os.path.join("pin", name))
    return status, parameters(place.one_task(out, "a verified task"))


def verifies_once(place, pin, task):
    status, found = verify(place, "first.json", pin, "once", task)
    if status != 0 or found.get("ValidationCheck") != "OK":
        raise Violation("the PIN of the message does not verify: %d, %s, %s"
                        % (status, found.get("TwofaReason"), place.why()))
    is_used(place, pin, task)


def is_used(place, pin, task):
    status, found = verify(place, "second.json", pin, "twice", task)
    if status != 1 or found.get("TwofaReason") != "used":
        raise Violation("the PIN verifies twice: %d, %s"
                        % (status, found.get("TwofaReason")))


class Scenario:
    processes = ("",)

    def __init__(self, name, about, in_place=False):
        self.name = name
        self.about = about
        self.in_place = in_place
        self.stage = None   # the programs under test
        self.server = None  # server.Server, or None
        self.template = None

    def send_words(self, sender):
        words = ["twofa-sendpin", "-v", "-n", "10", "-k", "key",
                 "-l", "ledger", "-f", "Acme", "-s", sender]
        return words + (["-i"] if self.in_place else []) + ["t.json"]

    @staticmethod
    def recognised(number):
        return {"taskId": "t" + number, "taskInformation": {
            "customContextParameters": [
                {"name": "CustomerIdentifier", "value": number[-6:]},
                {"name": "CustomerRecognized", "value": "Yes"},
                {"name": "SMSNumber", "value": number}]}}

    def fresh_template(self, folder, number):
        """A place where a message was sent; made anew before its PIN dies."""
        if self.template is None or \
                time.monotonic() - self.template.made > TEMPLATE_S:
            place = Place(folder, self.stage, number)
            place.made = time.monotonic()
            place.write_task("t.json", self.recognised(number))
            status, out, _ = place.start(
                ["twofa-sendpin", "-n", "10", "-k", "key", "-l", "ledger",
                 "-s", "file:outbox", "t.json"])
            if status != 0:
                raise RuntimeError("no template: " + place.why())
            place.task = place.one_task(out, "the template")
            place.pin = messages_of(place, "outbox")[0][-10:]
            self.template = place
        return self.template

    def allowed(self, place, point, status):
        if point and point.process == "" and status != KILLED:
            raise Violation("status %d and not the signal" % status)
        if status not in AFTER_DRIVER + (KILLED,):
            raise Violation("status %d after the driver was killed: %s"
                            % (status, place.why()))

    def next_input(self, place, point, run):
        """Between a crash and the next run."""


def messages_of(place, outbox):
    """The texts that an outbox has for the place's number."""
    sent = place.whole_tasks(place.read(outbox), "the outbox")
    return [m["message"] for m in sent if m["to"] == place.number]


class Send(Scenario):
    def __init__(self, name, about, ledger, in_place=False, https=False):
        super().__init__(name, about, in_place)
        self.has_ledger = ledger
        self.https = https
        if https:
            self.processes = ("", "driver", "spawn")

    def prepare(self, place):
        place.before = 0
        if self.has_ledger:
            old = self.fresh_template(
                "%s.template.%d" % (place.folder, os.getpid()),
                "+447700900001")
            for name in ("key", "ledger"):
                shutil.copy(old.path(name), place.path(name))
            place.before = 1
        place.write_task("t.json", self.recognised(place.number))
        place.old = place.read("t.json")

    def words(self, place):
        return self.send_words(
            self.driver() if self.https else "file:pin/outbox")

    def driver(self):
        """With strace in front of it, it needs more files than a driver of
        the suite can reach."""
        return "exec:%s/libexec/twofa/sms-acs %s" % (
            self.stage, self.server.address.partition(":")[2])

    def stdin(self):
        return None

    def messages(self, place):
        if self.https:
            return self.server.messages(place.number)
        return messages_of(place, "pin/outbox")

    def result(self, place, run):
        return place.read("t.json") if self.in_place else run[1]

    def after_crash(self, place, point, run):
        self.allowed(place, point, run[0])
        place.whole_tasks(run[1], "stdout")
        told = self.result(place, run)
        if self.in_place and told == place.old:
            told = b""
        for task in place.whole_tasks(told, "the task"):
            if parameters(task).get("SMSSent") == "Yes":
                self.is_recorded(place, parameters(task))
        if len(self.messages(place)) > 1:
            raise Violation("two messages after the crash")
        if place.ledger("SELECT count(*) FROM pin") > [(place.before + 1,)]:
            raise Violation("two PINs in the ledger")

    @staticmethod
    def is_recorded(place, found):
        rows = place.ledger("SELECT state FROM pin WHERE sealed = ?",
                            found.get("GeneratedPIN"))
        if rows != [("sent",)]:
            raise Violation("it was told to be sent, and the ledger says %s"
                            % rows)

    def next_input(self, place, point, run):
        # What came out is as good an input as what went in.
        if run[1] and not self.in_place and point.ordinal % 2 == 1:
            place.write("t.json", run[1])

    def after_rerun(self, place, run):
        status, _ = run
        if status != 0:
            raise Violation("the next run ends with %d: %s"
                            % (status, place.why()))
        place.whole_tasks(run[1], "stdout")
        task = place.one_task(self.result(place, run), "the next run")
        found = parameters(task)
        if found.get("SMSSent") != "Yes":
            raise Violation("the next run did not send")
        self.is_recorded(place, found)
        texts = self.messages(place)
        if len(texts) != 1:
            raise Violation("%d messages were sent" % len(texts))
        pin = texts[0][-10:]
        place.pins.add(pin)
        if place.ledger("SELECT count(*) FROM request") != \
                [(place.before + 1,)]:
            raise Violation("it was not counted once")
        place.check_artefacts()
        verifies_once(place, pin, task)
        place.ledger("SELECT 1")
        place.check_artefacts()


class SendAway(Send):
    """The next run has another outbox of the same name: somebody took the
    first one away, or it is run in another folder."""

    def __init__(self, name, about, taken):
        super().__init__(name, about, True)
        self.taken = taken

    def prepare(self, place):
        super().prepare(place)
        place.taken = []
        os.makedirs(place.path("else/pin"))

    def words(self, place):
        return [place.path(word) if word in ("key", "ledger", "t.json")
                else word for word in super().words(place)]

    def messages(self, place):
        return place.taken + messages_of(place, "pin/outbox") + \
            messages_of(place, "else/pin/outbox")

    def next_input(self, place, point, run):
        if not self.taken:
            place.work = "else"
            return
        # Its number is free for the next one.
        place.taken += messages_of(place, "pin/outbox")
        if os.path.exists(place.path("pin/outbox")):
            os.unlink(place.path("pin/outbox"))

    def after_rerun(self, place, run):
        place.work = ""
        if run[0] != 69:
            super().after_rerun(place, run)
            return
        # Nobody knows, and no second one is sent.
        task = place.one_task(run[1], "the next run")
        if parameters(task).get("TwofaReason") != "unknown-outcome":
            raise Violation("69 and not unknown-outcome: " + place.why())
        texts = self.messages(place)
        if len(texts) > 1:
            raise Violation("%d messages were sent" % len(texts))
        if texts:
            verifies_once(place, texts[0][-10:], task)


class Verify(Scenario):
    def __init__(self, name, about, right=True, in_place=False):
        super().__init__(name, about, in_place)
        self.right = right

    def prepare(self, place):
        old = self.fresh_template(
            "%s.template.%d" % (place.folder, os.getpid()), place.number)
        for name in ("key", "ledger"):
            shutil.copy(old.path(name), place.path(name))
        place.number = old.number
        place.task = old.task
        place.pin = old.pin
        keyed = old.pin if self.right else \
            old.pin[:-1] + ("8" if old.pin[-1] == "9" else "9")
        place.pins = {old.pin, keyed}
        place.write_task(
            "t.json" if self.in_place else "pin/t.json",
            with_parameters(old.task, PIN=keyed, PINEntry="e1"))
        place.old = place.read("t.json")

    def words(self, _):
        return ["twofa-verify", "-v", "-k", "key", "-l", "ledger"] + \
            (["-i", "t.json"] if self.in_place else [])

    def stdin(self):
        return None if self.in_place else "pin/t.json"

    def told(self, place, run):
        """The parameters of the answer, or None before there is one."""
        place.whole_tasks(run[1], "stdout")
        data = run[1]
        if self.in_place:
            data = place.read("t.json")
            if data == place.old:
                return None
        return parameters(place.one_task(data, "the answer")) if data else None

    def charged(self, place):
        return place.ledger("SELECT attempts, used FROM pin")

    def wanted(self):
        return [(1, 1 if self.right else 0)]

    def after_crash(self, place, point, run):
        self.allowed(place, point, run[0])
        told = self.told(place, run)
        charged = self.charged(place)
        if told is not None:
            self.is_right(told)
            if charged != self.wanted():
                raise Violation("an answer was told, and the ledger says %s"
                                % charged)
        # Charged before it is compared, and marked after it.
        if charged not in ([(0, 0)], [(1, 0)], self.wanted()):
            raise Violation("the ledger says %s" % charged)

    def is_right(self, found):
        if self.right:
            good = found.get("ValidationCheck") == "OK"
        else:
            good = found.get("ValidationCheck") == "Failed" and \
                found.get("TwofaReason") == "wrong" and \
                found.get("PINAttempts") == "1"
        if not good or "PIN" in found or "PINEntry" in found:
            raise Violation("the answer is %s, %s, attempts %s" % (
                found.get("ValidationCheck"), found.get("TwofaReason"),
                found.get("PINAttempts")))

    def after_rerun(self, place, run):
        # In a file that has the answer there is no PIN that could be tried.
        again = self.in_place and place.answered
        wanted = 0 if self.right and not again else 1
        if run[0] != wanted:
            raise Violation("the next run ends with %d: %s"
                            % (run[0], place.why()))
        told = self.told(place, run)
        if told is None:
            raise Violation("the next run has no answer")
        self.is_right(told)
        if self.charged(place) != self.wanted():
            raise Violation("the ledger says %s" % self.charged(place))
        place.check_artefacts()
        if self.right:
            is_used(place, place.pin, place.task)
        else:
            verifies_once(place, place.pin, place.task)
            if self.charged(place) != [(2, 1)]:
                raise Violation("the ledger says %s" % self.charged(place))
        place.check_artefacts()

    def next_input(self, place, point, run):
        place.answered = self.in_place and place.read("t.json") != place.old


def all_scenarios():
    return [
        Send("A1", "to an outbox, no key and no ledger before", False),
        Send("A2", "to an outbox, with a ledger", True),
        Send("A3", "to an outbox, in place", True, in_place=True),
        SendAway("A4", "to an outbox that is taken away", True),
        SendAway("A5", "to an outbox of another folder", False),
        Send("B1", "over HTTPS, no key and no ledger before", False,
             https=True),
        Send("B2", "over HTTPS, with a ledger", True, https=True),
        Verify("C1", "the right PIN"),
        Verify("C2", "the right PIN, in place", in_place=True),
        Verify("C3", "a wrong PIN", right=False),
    ]
