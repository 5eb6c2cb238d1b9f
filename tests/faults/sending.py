"""twofa-sendpin, to an outbox and through sms-acs: one message, whatever
fails, and its PIN verifies once."""

import json
import os

from scenario import LEDGER, UNANSWERED, Scenario, demand, lines_of, \
    messages, parameters, read, task_text, write

HTTPS_S = 30


class Send(Scenario):
    name = "send-new"
    program = "twofa-sendpin"
    files = LEDGER + ("key", "outbox")
    number = "+447700900001"
    options = ["-n", "10", "-k", "key", "-l", "ledger.db"]

    def make(self, folder):
        self.write_task(folder, self.number)

    def write_task(self, folder, number):
        write(f"{folder}/task.json", task_text(
            "t" + number[1:], CustomerIdentifier=number[-6:],
            CustomerRecognized="Yes", SMSNumber=number))

    def sender(self):
        return ["-s", "file:outbox"]

    def arguments(self):
        return self.options + self.sender()

    def truth(self, folder):
        return messages(f"{folder}/outbox", self.number_of(folder))

    def number_of(self, folder):
        return parameters(json.loads(read(f"{folder}/task.json")))["SMSNumber"]

    def state(self, folder):
        """What the ledger says of that number, which it keeps masked."""
        row = self.ledger(folder, "SELECT state FROM pin WHERE masked LIKE "
                          f"'%{self.number_of(folder)[-2:]}' "
                          "ORDER BY requested DESC LIMIT 1")
        return row[0] if row else None

    def answer_of(self, result):
        """Yes, or None: no answer."""
        tasks = lines_of(result.out)
        demand(len(tasks) <= 1, "more tasks than came")
        if not tasks:
            return None
        p = parameters(tasks[0])
        if p.get("SMSSent") == "Yes":
            demand(p["GeneratedPIN"].startswith("v1.") and "PINExpires" in p,
                   "SMSSent without what belongs to it")
            return "Yes"
        demand("SMSSent" not in p and p.get("TwofaReason") in UNANSWERED,
               f"answered {p.get('SMSSent')}, {p.get('TwofaReason')}")
        return None

    def judge(self, folder, result, point):
        said = self.answer_of(result)
        sent = self.truth(folder)
        demand(len(sent) <= 1, f"{len(sent)} messages")
        state = self.state(folder)
        if result.status == 0:
            demand(said == "Yes", "status 0 without the answer")
        if said == "Yes":
            demand(len(sent) == 1, "SMSSent = Yes, and nothing was sent")
            demand(state == "sent", f"SMSSent = Yes, the ledger says {state}")
        # Either the task as it came, or as it came out: both are an input.
        task = read(f"{folder}/task.json")
        if result.out and not said and point.ordinal % 2 == 0:
            write(f"{folder}/task.json", result.out.decode())
        self.finish(folder, sent, task)

    def finish(self, folder, sent, task):
        result = self.again(folder)
        demand(result.status == 0, "the run after it: status "
               f"{result.status}: {result.err.strip()}")
        demand(self.answer_of(result) == "Yes", "the run after it: no answer")
        truth = self.truth(folder)
        demand(len(truth) == 1, f"after a second run {len(truth)} messages")
        demand(all(truth.get(i) == sent[i] for i in sent), "another message")
        write(f"{folder}/task.json", task)
        repeated = self.again(folder)
        demand(repeated.status == 0 and repeated.out == result.out,
               "the third run says something else")
        demand(self.truth(folder) == truth, "the third run sent again")
        self.verify(folder, result.out, next(iter(truth.values())))

    def verify(self, folder, sent, pin):
        task = json.loads(sent)
        task["taskInformation"]["customContextParameters"].append(
            {"name": "PIN", "value": pin})
        self.no_leak(folder, pin, ("outbox",))
        write(f"{folder}/entered", json.dumps(task))
        for status in (0, 1):
            result = self.call(folder, "twofa-verify",
                               ["-k", "key", "-l", "ledger.db"],
                               f"{folder}/entered")
            demand(result.status == status, f"its PIN: verify {status} gave "
                   f"{result.status}: {result.err.strip()}")
        self.no_leak(folder, pin, ("outbox", "entered"))


class SendOld(Send):
    """With a key, a ledger and an outbox that hold another customer."""
    name = "send-old"

    def make(self, folder):
        self.write_task(folder, "+447700900099")
        result = self.again(folder)
        assert result.status == 0, result.err
        self.write_task(folder, self.number)


class SendHttps(Send):
    """Through sms-acs and TLS, from a ledger that is there."""
    name = "send-https"
    deadline_s = HTTPS_S
    files = Send.files + ("driver", "driver.status", "prefix")
    server = None  # what the caller started: folder, connection string, CA
    next_number = 10000

    def sender(self):
        return ["-f", "Acme", "-T", "3", "-s", "exec:./driver"]

    def make(self, folder):
        write(f"{folder}/acs", self.server.secret)
        os.chmod(f"{folder}/acs", 0o600)
        # What the file "prefix" holds stands before the driver.
        write(f"{folder}/driver", f"""#!/bin/sh
if [ -e prefix ]; then prefix=$(cat prefix); fi
$prefix {self.build}/libexec/twofa/sms-acs "file:acs?ca={self.server.ca}"
status=$?
echo $status >driver.status
exit $status
""")
        os.chmod(f"{folder}/driver", 0o700)
        SendOld.make(self, folder)

    def fresh(self, work):
        folder = super().fresh(work)
        SendHttps.next_number += 1
        self.write_task(folder, f"+4477009{SendHttps.next_number}")
        return folder

    def truth(self, folder):
        return self.server.messages(self.number_of(folder))

    def judge(self, folder, result, point):
        path = f"{folder}/driver.status"
        if self.in_driver and os.path.exists(path):
            status = int(read(path))
            # OpenSSL's first use crashes where it has no memory for a lock:
            # only the driver dies, and what follows must hold all the same.
            known = point.name == "oom" and status == 139
            demand(status < 128 or status == 137 or known,
                   f"the driver was killed by signal {status - 128}")
            demand(status != 70, "the driver ended with 70")
        for name in ("prefix", "driver.status"):
            if os.path.exists(f"{folder}/{name}"):
                os.unlink(f"{folder}/{name}")
        super().judge(folder, result, point)


class DriverHttps(SendHttps):
    """The fault is in the driver."""
    name = "driver-https"
    in_driver = True
