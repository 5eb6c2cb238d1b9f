"""twofa-verify: what it said is charged, and charged once; nothing else is."""

import json

from scenario import LEDGER, UNANSWERED, Scenario, demand, lines_of, \
    messages, parameters, read, task_text, write
from sending import Send

WRONG = "1000000000"


class Verify(Scenario):
    name = "verify-right"
    program = "twofa-verify"
    files = LEDGER + ("key", "outbox", "sent")
    right = True

    def make(self, folder):
        write(f"{folder}/task.json", task_text(
            "t1", CustomerIdentifier="900001", CustomerRecognized="Yes",
            SMSNumber=Send.number))
        result = self.call(folder, "twofa-sendpin",
                           Send.options + ["-s", "file:outbox"],
                           f"{folder}/task.json")
        assert result.status == 0, result.err
        write(f"{folder}/sent", result.out.decode())
        self.pin, = messages(f"{folder}/outbox", Send.number).values()
        self.enter(folder, self.pin if self.right else WRONG, "first")

    def enter(self, folder, pin, entry):
        task = json.loads(read(f"{folder}/sent"))
        task["taskInformation"]["customContextParameters"] += [
            {"name": "PIN", "value": pin}, {"name": "PINEntry", "value": entry}]
        write(f"{folder}/task.json", json.dumps(task, separators=(",", ":")) +
              "\n")

    def arguments(self):
        return ["-k", "key", "-l", "ledger.db"]

    def output(self, folder, result):
        return result.out

    def answer_of(self, folder, result):
        tasks = lines_of(self.output(folder, result))
        demand(len(tasks) <= 1, "more tasks than came")
        if not tasks:
            return None
        p = parameters(tasks[0])
        check = p.get("ValidationCheck")
        if check is None:
            demand(p.get("TwofaReason") in UNANSWERED + (None,),
                   f"no verdict, {p.get('TwofaReason')}")
            return None
        demand("PIN" not in p, "the PIN stayed in the task")
        if check == "OK":
            return "OK"
        return p.get("TwofaReason")

    def again(self, folder):
        result = super().again(folder)
        return result, self.answer_of(folder, result)

    def judge(self, folder, result, point):
        said = self.answer_of(folder, result)
        wanted = "OK" if self.right else "wrong"
        demand(said in (None, wanted), f"the verdict was {said}")
        if result.status in (0, 1):
            demand(result.status == (0 if self.right else 1) and said == wanted,
                   f"status {result.status} and the verdict {said}")
        attempts, used, = self.ledger(folder, "SELECT attempts, used FROM pin")
        if said:
            demand((attempts, used) == (1, int(self.right)),
                   f"said {said}; attempts {attempts}, used {used}")
        demand(attempts <= 1, f"{attempts} attempts for one")
        self.rerun(folder, wanted, result)

    def rerun(self, folder, wanted, result):
        again, said = self.again(folder)
        demand(said == wanted, f"the run after it: {said}, status "
               f"{again.status}: {again.err.strip()}")
        demand(self.ledger(folder, "SELECT attempts, used FROM pin") ==
               (1, int(self.right)), "the run after it: charged wrongly")
        self.no_leak(folder, self.pin,
                     ("outbox",) + (("task.json",) if self.right else ()))
        self.guess(folder)

    def guess(self, folder):
        """Of three comparisons one is used up."""
        if self.right:
            self.enter(folder, self.pin, "second")
            demand(self.again(folder)[1] == "used", "it verified twice")
            return
        for n in range(2):
            self.enter(folder, WRONG, f"more{n}")
            demand(self.again(folder)[1] == "wrong", "a guess was lost")
        self.enter(folder, self.pin, "last")
        demand(self.again(folder)[1] == "exhausted", "a guess was free")


class VerifyWrong(Verify):
    name = "verify-wrong"
    right = False


class VerifyInPlace(Verify):
    name = "verify-in-place"

    def arguments(self):
        return super().arguments() + ["-i", "task.json"]

    def stdin(self, folder):
        return None

    def output(self, folder, result):
        demand(result.out == b"", "tasks on stdout")
        with open(f"{folder}/task.json", "rb") as f:
            return f.read()

    def rerun(self, folder, wanted, result):
        with open(f"{folder}/task.json", "rb") as f:
            text = f.read()
        if b"ValidationCheck" in text:
            # The new file: the answer is not given again, nor is it needed.
            self.no_leak(folder, self.pin, ("outbox",))
            self.enter(folder, self.pin, "second")
            demand(self.again(folder)[1] == "used", "it verified twice")
        else:
            super().rerun(folder, wanted, result)
