"""The programs under test, run in a folder of their own.

In that folder disk/ is what a power cut may change; world/ is what it does not
(settings, the driver), and requests is what the driver was asked for.
"""

import json
import os
import stat
import subprocess
import time

KEY = "disk/config/twofa/key"
LEDGER = "disk/state/twofa/ledger.db"
OUTBOX = "disk/outbox"
TASK = "disk/task.json"
OF_OUTBOX = "file:" + OUTBOX
OF_DRIVER = "driver"  # see Programs.sender()

# Its path does not change with the folder, which would make it another sender.
ANY_DRIVER = """#!/bin/sh
exec ./world/driver
"""

# A driver gets no variable of ours: what it is to say stands in a file.
QUICK_DRIVER = r"""#!/bin/sh
read -r REPEAT <repeat
printf '{"twofa":1,"kind":"sms","repeat":%s}\n' "$REPEAT"
while IFS= read -r line; do
	printf '%s\n' "$line" >>requests
	id=${line#*\"id\":\"}
	printf '{"id":"%s","outcome":"accepted","messageId":"m"}\n' "${id%%\"*}"
done
"""

FAKE_DRIVER = r"""#!/bin/sh
read -r REPEAT <repeat
[ "$REPEAT" = true ] && set -- --repeat
exec /usr/bin/env python3 FAKES/sms_driver.py --truth truth "$@"
"""


class Answer:
    def __init__(self, status, output, errors):
        self.status = status
        self.output = output
        self.errors = errors
        self.task = json.loads(output) if output.count(b"\n") == 1 else None

    def get(self, name):
        return parameter(self.task, name) if self.task else None

    def __str__(self):
        text = self.errors.decode(errors="replace").strip()
        if self.task is not None:
            text += " " + ", ".join(
                f"{n}={self.get(n)}" for n in
                ("SMSSent", "ValidationCheck", "PINAttempts", "TwofaReason")
                if self.get(n) is not None)
        return f"status {self.status}: {text}"


def parameters(task):
    return task["taskInformation"]["customContextParameters"]


def parameter(task, name):
    for p in parameters(task):
        if p["name"] == name:
            return p["value"]
    return None


def to_line(task):
    return json.dumps(task, separators=(",", ":")).encode() + b"\n"


def new_task(name, number):
    values = {"CustomerIdentifier": "123456", "CustomerRecognized": "Yes",
              "SMSNumber": number}
    return {"taskId": name, "taskInformation": {"customContextParameters": [
        {"name": n, "value": v} for n, v in values.items()]}}


def entered(line, pin, entry):
    """That task with a PIN keyed in."""
    task = json.loads(line)
    parameters(task).extend([{"name": "PIN", "value": pin},
                             {"name": "PINEntry", "value": entry}])
    return to_line(task)


def other_pin(pin):
    return pin[:-1] + ("8" if pin[-1] == "9" else "9")


class Programs:
    def __init__(self, build, scratch, clock):
        tests = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.build = os.path.abspath(build)
        self.scratch = scratch
        self.environment = {
            "PATH": "/usr/bin:/bin:" + os.environ.get("PATH", ""),
            "XDG_CONFIG_HOME": os.path.join(scratch, "world"),
            "LD_PRELOAD": clock, "STILL_CLOCK": str(int(time.time()))}
        make_driver(os.path.join(scratch, "driver"), ANY_DRIVER)
        make_world(os.path.join(scratch, "world"), QUICK_DRIVER)
        make_world(os.path.join(scratch, "recorded-world"),
                   FAKE_DRIVER.replace("FAKES", os.path.join(tests, "fakes")))

    def with_build(self, build):
        other = object.__new__(Programs)
        other.__dict__.update(self.__dict__, build=os.path.abspath(build))
        return other

    def command(self, folder, name, arguments, repeats=True):
        """argv and environment; the ledger is the default one."""
        argv = [os.path.join(self.build, "bin", name), "-k", KEY]
        # A system's own ledger would be the default.
        if os.access("/var/lib/twofa", os.W_OK):
            os.makedirs(os.path.join(folder, os.path.dirname(LEDGER)), 0o700,
                        exist_ok=True)
            argv += ["-l", LEDGER]
        with open(os.path.join(folder, "repeat"), "w", encoding="ascii") as f:
            f.write(str(repeats).lower() + "\n")
        environment = dict(self.environment,
                           XDG_STATE_HOME=os.path.join(folder, "disk/state"))
        return argv + arguments, environment

    def run(self, folder, name, arguments, text=b"", repeats=True,
            split=False):
        """split: an Answer for each line of the output."""
        argv, environment = self.command(folder, name, arguments, repeats)
        done = subprocess.run(argv, input=text, cwd=folder, env=environment,
                              capture_output=True, check=False,
                              close_fds=False)
        if not split:
            return Answer(done.returncode, done.stdout, done.stderr)
        lines = done.stdout.splitlines(True)
        if len(lines) != text.count(b"\n"):
            lines = [b""] * text.count(b"\n")
        return [Answer(done.returncode, line, done.stderr) for line in lines]

    def sender(self, name):
        """Its address; a driver gets the variables that it names."""
        if name != OF_DRIVER:
            return name
        return f"exec:{self.scratch}/driver env:REPEAT env:FAKES"

    def send(self, folder, sender, text, repeats=True):
        return self.run(folder, "twofa-sendpin", ["-s", self.sender(sender)],
                        text, repeats)


def make_driver(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, stat.S_IRWXU)


def make_world(folder, driver):
    os.makedirs(os.path.join(folder, "twofa"))
    make_driver(os.path.join(folder, "driver"), driver)
    # Settings of whoever runs this do not count.
    with open(os.path.join(folder, "twofa/twofa.conf"), "wb"):
        pass


def messages(path):
    """Whole lines of an outbox, or of what the driver was asked for."""
    found = []
    if not os.path.exists(path):
        return found
    with open(path, "rb") as f:
        for line in f.read().split(b"\n"):
            try:
                message = json.loads(line)
                found.append((message["id"], message["to"],
                              message["message"]))
            except (ValueError, KeyError, TypeError):
                pass  # torn, or empty
    return found


def pin_of(message):
    return message[2].rsplit(" ", 1)[1]
