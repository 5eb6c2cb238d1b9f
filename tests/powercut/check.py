"""Does a state keep what was promised? The programs themselves are asked.

A message that was out of our hands, and an answer that was written, oblige:
 a  the message is known: sending again sends the same message under the same
    id, or nothing; no other PIN ever; the PIN in it is the right one
 b  the answer stands: the outcome is in the ledger and sending again gives the
    same line; an attempt is used up, the PIN that was right is used, and the
    same entry gets the same verdict and uses up nothing more
 c  the ledger is sound, and the key that it needs is there
 d  a file that is changed in place is the old or the new one; the new one, and
    nothing else, when the program has ended
 e  whatever happened, the programs work: the customer gets one message and its
    PIN is right
"""

import json
import os
import shutil
import sqlite3

import programs as p


class Broken(Exception):
    """A promise."""


def need(condition, what, *about):
    if not condition:
        raise Broken(what + "".join(f"; {x}" for x in about))


def without_attempts(line):
    """Wrong PINs that came since are said; nothing else may differ."""
    task = json.loads(line)
    values = p.parameters(task)
    values[:] = [v for v in values if v["name"] != "PINAttempts"]
    return p.to_line(task)


class Check:
    def __init__(self, recording, programs, state, folder):
        self.r = recording
        self.programs = programs
        self.state = state
        self.folder = folder
        facts = recording.facts[:state.facts]
        self.begun = [run for kind, run, _ in facts if kind == "begin"]
        self.left = any(kind == "left" for kind, _, _ in facts)
        self.answered = [run for kind, run, _ in facts if kind == "answer"]

    def path(self, name):
        return os.path.join(self.folder, name)

    def lay_out(self):
        """The folder as it is when the power is back."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder, 0o700)
        os.symlink("../world", self.path("world"))
        self.state.write(self.path("disk"))

    def run(self):
        self.lay_out()
        self.check_files()
        self.check_ledger()
        if any(not run.sends for run in self.answered):
            self.check_verdicts()
            self.lay_out()
        line = self.check_sending()
        if line is not None:
            self.check_verifying(line)

    # --- d ---
    def check_files(self):
        for run in self.begun:
            if run.in_place:
                self.check_file(run)

    def check_file(self, run):
        with open(self.path(p.TASK), "rb") as f:
            text = f.read()
        need(text in (run.text, run.after), "the file is neither old nor new",
             text[:300])
        if run in self.answered:
            need(text == run.after, "the program has ended, the file is old")
        elif text == run.after:
            self.answered.append(run)  # it can be read

    # --- c, and what is seen best in the ledger itself ---
    def check_ledger(self):
        if not os.path.exists(self.path(p.LEDGER)):
            need(not self.left, "a message left, no ledger is there")
            return
        copy = self.path("copy")
        os.mkdir(copy)
        source = os.path.dirname(self.path(p.LEDGER))
        for name in os.listdir(source):
            shutil.copyfile(os.path.join(source, name),
                            os.path.join(copy, name))
        db = sqlite3.connect(os.path.join(copy, "ledger.db"))
        try:
            self.look_into(db)
        except sqlite3.Error as e:
            raise Broken(f"ledger: {e}") from e
        finally:
            db.close()
            shutil.rmtree(copy)

    def look_into(self, db):
        found = db.execute("PRAGMA integrity_check").fetchall()
        need(found == [("ok",)], "integrity_check", found)
        if not self.left:
            return
        rows = db.execute("SELECT state, request FROM pin WHERE id = ?",
                          (self.r.message[0],)).fetchall()
        need(len(rows) == 1, "the message left, the ledger does not know it")
        need(rows[0][1] == self.r.message[0], "known under another id")
        if any(run.sends for run in self.answered):
            need(rows[0][0] == "sent", "the answer left, the ledger says",
                 rows[0][0])

    # --- b ---
    def check_verdicts(self):
        """The verdicts that were given, before anything is repeated."""
        verdicts = [run for run in self.answered if not run.sends]
        self.check_counts(self.r.line, self.r.pin, verdicts, [])

    def check_counts(self, line, pin, runs, again):
        """Repeat runs of again; then as many attempts as runs used are used
        up, and the PIN is right if it was not used."""
        used = any(run.pin == pin for run in runs)
        text = b"".join(run.text for run in again)
        if not used:
            text += p.entered(line, p.other_pin(pin), "fresh1")
        text += p.entered(line, pin, "fresh2")
        lines = self.programs.run(self.folder, "twofa-verify", [], text,
                                  split=True)
        for run, got in zip(again, lines):
            need(without_attempts(got.output) == without_attempts(run.after),
                 "another verdict for the same entry", got)
        right = lines[-1]
        # The right one may be on the disk before its answer is out.
        may_be = any(run.pin == pin for run in self.verdicts())
        if used or (may_be and right.get("TwofaReason") == "used"):
            need(right.get("TwofaReason") == "used",
                 "the PIN was right once, it is not used", right)
            need(int(right.get("PINAttempts") or 0) >=
                 sum(run.pin != pin for run in runs),
                 "wrong attempts are gone", right)
            return
        if may_be and right.get("TwofaReason") == "exhausted":
            # It was charged, the power went before it was compared: the same
            # entry is compared again, and costs nothing more.
            self.check_charged(pin)
            return
        wrong = lines[-2]
        attempts = int(wrong.get("PINAttempts") or -1) - 1
        need(wrong.get("TwofaReason") == "wrong" and
             len(runs) <= attempts <= len(self.verdicts()),
             f"{len(runs)} wrong attempts were made", wrong)
        need(right.get("ValidationCheck") == "OK",
             "the PIN of the message is not taken", right)

    def check_charged(self, pin):
        run = next(run for run in self.verdicts() if run.pin == pin)
        got = self.programs.run(self.folder, "twofa-verify", [], run.text)
        need(got.get("ValidationCheck") == "OK",
             "what was charged is not compared again", got)

    def verdicts(self):
        return [run for run in self.begun if not run.sends]

    # --- a, b, e ---
    def check_sending(self):
        """Send again; the line with the PIN, None if there cannot be one."""
        run = next((run for run in self.begun if run.sends), None)
        if run is None or not run.in_place:
            answer = self.programs.send(self.folder, self.r.sender,
                                        self.r.task, self.r.repeats)
            line = answer.output
        else:
            answer = self.programs.run(
                self.folder, "twofa-sendpin",
                ["-s", self.programs.sender(self.r.sender), "-i", p.TASK])
            with open(self.path(p.TASK), "rb") as f:
                line = f.read()
        sent = self.messages()
        answered = [r for r in self.answered if r.sends]
        if not self.r.repeats and not answered and not sent:
            return self.check_unknown(answer, line)
        if self.r.sender == p.OF_OUTBOX and not answered and \
                answer.status == 69:
            return self.check_other_outbox(answer, line, sent)
        need(answer.status == 0, "sending again", answer)
        self.check_messages(sent, bool(answered))
        for r in answered:
            need(without_attempts(line) == without_attempts(r.after),
                 "the answer is another one", answer)
        return line

    def messages(self):
        """Those that left for t1 since, or stand in the outbox."""
        path = p.OUTBOX if self.r.sender == p.OF_OUTBOX else "requests"
        return [m for m in p.messages(self.path(path))
                if m[1] == "+447700900001"]

    def check_unknown(self, answer, line):
        """Nobody knows whether it was sent: it is not sent again. But what
        became of it may be on the disk before its answer is out."""
        run = next(run for run in self.begun if run.sends)
        if self.left and answer.status == 0 and line == run.after:
            return line
        need(answer.status == 69, "a send of unknown outcome", answer)
        return line if self.left else None

    def check_other_outbox(self, answer, line, sent):
        """The files that are laid out have other numbers than those that
        were cut off: that is another outbox, and none is sent into it."""
        need(p.parameter(json.loads(line), "TwofaReason") ==
             "unknown-outcome", "a send of unknown outcome", answer)
        need(sent in ([], [self.r.message]), "sent again, or another one",
             sent)
        return line if self.left else None

    def check_messages(self, sent, answered):
        by_driver = self.r.sender == p.OF_DRIVER
        if by_driver and answered:
            need(not sent, "sent again after the answer", sent)
            return
        if by_driver and self.left and not sent:
            return  # the ledger knows that it was taken
        need(len(sent) == 1, f"there are {len(sent)} messages")
        if self.left:
            need(sent[0] == self.r.message, "two different messages")

    def check_verifying(self, line):
        """Everything once more, then something new."""
        pin = self.r.pin
        if not self.left:
            pin = p.pin_of(self.messages()[0])
        for run in self.verdicts():
            # A file that is the new one no longer asks.
            if run.in_place and run not in self.answered:
                self.repeat_in_place(run)
        again = [run for run in self.verdicts() if not run.in_place]
        self.check_counts(line, pin, self.verdicts(), again)

    def repeat_in_place(self, run):
        answer = self.programs.run(self.folder, run.name, run.arguments)
        with open(self.path(p.TASK), "rb") as f:
            text = f.read()
        need((answer.status, text) == (run.answer.status, run.after),
             "another verdict for the same entry in place", answer)
