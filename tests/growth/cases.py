"""What a stranger supplies, n, 2n and 4n of it: the files, and the command."""

import json

NUMBER = "+447700900001"
KEY = "0123456789abcdef" * 4


class Case:
    """make(n, write) writes files by write(name, text) and gives the command;
    memory is so many times n for the look at the memory, whose peak may not
    grow at all if it is flat. before: a command that is run first. ceiling:
    there cannot be more than 4n, and that may cost so many instructions."""

    def __init__(self, name, n, make, memory=8, flat=False, before=None,
                 ceiling=None):
        self.name, self.n, self.make = name, n, make
        self.memory, self.flat, self.before = memory, flat, before
        self.ceiling = ceiling


def task(task_id, parameters, members=""):
    listed = ",".join('{"name":%s,"value":%s}' % (json.dumps(n), json.dumps(v))
                      for n, v in parameters)
    return ('{"taskId":"%s"%s,"taskInformation":{"customContextParameters":[%s]'
            '}}\n' % (task_id, members, listed))


def customer(identifier):
    return [("CustomerIdentifier", identifier)]


def recognised(i, number=None):
    return customer("%06d" % i) + [
        ("CustomerRecognized", "Yes"),
        ("SMSNumber", number or "+4477%08d" % i)]


LOOKUP = ["twofa-lookup", "-d", "csv:c.csv", "in.json"]
SENDPIN = ["twofa-sendpin", "-k", "key", "-s", "file:outbox", "in.json", "-l"]
VERIFY = ["twofa-verify", "-k", "key", "-l", "none", "in.json"]


def rows(row, tasks=1):
    def make(n, write):
        write("c.csv", "Number,SMSNumber\n" + "".join(
            row % {"i": i} + "\n" for i in range(n)))
        write("in.json", "".join(task("t%d" % i, customer("%06d" % i))
                                 for i in range(tasks)))
        return LOOKUP
    return make


def one_task(argv, parameters, members=lambda n: ""):
    """A task with n of something in it."""
    def make(n, write):
        write("c.csv", "Number,SMSNumber\n123456,%s\n" % NUMBER)
        write("key", KEY + "\n")
        write("in.json", task("t", parameters(n), members(n)))
        return argv
    return make


def many_tasks(argv, line):
    def make(n, write):
        write("c.csv", "Number,SMSNumber\n123456,%s\n" % NUMBER)
        write("key", KEY + "\n")
        write("in.json", "".join(line(i) for i in range(n)))
        return argv
    return make


def distinct(n):
    return customer("123456") + [("N%d" % i, "v") for i in range(n)]


def pins(n):
    return customer("123456") + [("PIN", "1234")] * n


def identifiers(n):
    return customer("123456") * n


def activities(n, write):
    found = {"A%d" % i: {"type": "announcement", "text": "x",
                         "next": "A%d" % (i + 1)} for i in range(n - 1)}
    found["A%d" % (n - 1)] = {"type": "disconnect"}
    write("w.json", json.dumps({"start": "A0", "activities": found}))
    write("in.json", task("t", []))


def flow(*argv):
    def make(n, write):
        activities(n, write)
        return ["twofa-flow", argv[0], "-w", "w.json", *argv[1:]]
    return make


def large_in_each_slot(n, write):
    """Small tasks and one of 1 MB, which ends a window, in another slot each
    time."""
    large = '{"taskId":"l","a":"' + "x" * 1000000 + '"}\n'
    lines = []
    for i in range(n):
        lines.append('{"taskId":"s"}\n' * (i * 7 % 255))
        lines.append(large)
        lines.append('{"taskId":"s"}\n' * 256)
    write("c.csv", "Number,SMSNumber\n")
    write("in.json", "".join(lines))
    return LOOKUP


def keys(n, write):
    write("in.json", task("t", []))
    write("keys", "1" * n + "\n")
    return ["twofa-flow", "step", "-I", "@keys", "in.json"]


def key_lines(n, write):
    write("key", "# %s\n" % ("x" * 20) * n + KEY + "\n")
    write("in.json", task("t", [("PIN", "1234"), ("GeneratedPIN", "x")]))
    return VERIFY


def settings(n, write):
    write("twofa.conf", "# a comment\n" * n)
    write("c.csv", "Number,SMSNumber\n")
    write("in.json", task("t", []))
    return LOOKUP + ["-c", "twofa.conf"]


def table(n, write):
    write("set.csv", "taskId,A\n" + "".join("t%d,%d\n" % (i, i)
                                            for i in range(n)))
    write("in.json", "".join(task("t%d" % i, []) for i in range(n)))
    return ["twofa-task", "set", "--csv", "set.csv", "in.json"]


def new(n, write):
    write("set.csv", "A,B\n" + "x,y\n" * n)
    return ["twofa-task", "new", "--csv", "set.csv"]


def ledger(*command):
    def make(n, write):
        write("key", KEY + "\n")
        write("in.json", "".join(task("t%d" % i, recognised(i))
                                 for i in range(n)))
        return ["twofa-ledger", "-k", "key", "-l", "ledger.db", *command]
    return make


GET = ["twofa-task", "get", "A,B,CustomerIdentifier", "in.json"]
SHOW = ["twofa-task", "show", "in.json"]
SET = ["twofa-task", "set", "PIN=1", "in.json"]
STEP = ["twofa-flow", "step", "in.json"]
PARAMETERS = [("lookup", LOOKUP), ("sendpin", SENDPIN + ["none"]),
              ("verify", VERIFY), ("step", STEP), ("set", SET), ("get", GET),
              ("show", SHOW)]

CASES = [
    Case("rows", 2000, rows("%(i)06d,+447700900001"), 32),
    Case("rows, looked up", 200, lambda n, write: rows(
        "%(i)06d,+447700900001", n)(n, write), 8),
    Case("rows without identifier", 2000, rows(",+447700900001"), 32),
    Case("rows with one identifier", 2000, rows("000000,+447700900001"), 32),
    Case("bytes of a row", 20000, lambda n, write: rows(
        '"%s",' % ("x" * n) + "+447700900001")(1, write), 4),
    Case("rows of a table for set", 200, table, 32),
    Case("rows of a table for new", 400, new, 8, True),
    *[Case("parameters, " + name, 400, one_task(argv, distinct), 4)
      for name, argv in PARAMETERS],
    *[Case("parameters PIN, " + name, 400, one_task(argv, pins), 4)
      for name, argv in PARAMETERS if name in ("verify", "step", "set")],
    Case("parameters CustomerIdentifier", 400, one_task(LOOKUP, identifiers),
         4),
    Case("members", 400, one_task(LOOKUP, lambda n: customer("123456"), lambda
         n: "".join(',"m%d":1' % i for i in range(n))), 8),
    Case("members of one event", 400, one_task(SET, lambda n: [], lambda n: "".join(
        ',"%s":1' % "".join(c.upper() if i >> b & 1 else c for b, c in
                            enumerate("updatedparametervalue"))
        for i in range(n))), 8),
    Case("elements", 1000, one_task(LOOKUP, lambda n: [], lambda n: ',"a":[' +
         ",".join(["{}"] * n) + "]"), 8),
    Case("bytes of a value", 20000, one_task(LOOKUP, lambda n: customer(
        "1" * n)), 8),
    Case("bytes of a name, show", 500, one_task(SHOW, lambda n: [
        ("x" * (20 * n), "v")] + [("A", "v")] * n), 2),
    Case("tasks, lookup", 100, many_tasks(LOOKUP, lambda i: task(
        "t%d" % i, customer("123456"))), 48, True),
    Case("tasks, sendpin", 40, many_tasks(SENDPIN + ["none"], lambda i: task(
        "t%d" % i, recognised(i))), 60, True),
    Case("tasks, sendpin with a ledger", 32, many_tasks(
        SENDPIN + ["ledger.db"], lambda i: task("t%d" % i, recognised(i))), 4,
        True),
    Case("tasks, sendpin, of one customer", 32, many_tasks(
        SENDPIN + ["ledger.db"], lambda i: task(
            "t%d" % i, recognised(1, NUMBER))), 4, True),
    Case("tasks, verify", 100, many_tasks(VERIFY, lambda i: task(
        "t%d" % i, recognised(i) + [("GeneratedPIN", "x"), ("PIN", "1")])),
        16, True),
    Case("tasks, step", 200, many_tasks(STEP, lambda i: task(
        "t%d" % i, customer("123456"))), 16, True),
    Case("tasks, a large one in each slot", 1, large_in_each_slot, 8, True),
    Case("malformed lines", 500, many_tasks(
        ["twofa-task", "set", "A=1", "--rejects", "r", "in.json"],
        lambda i: "garbage 1234\n"), 16, True),
    Case("objects that are not closed", 500, many_tasks(
        LOOKUP, lambda i: '{"a":\n'), 16, True),
    Case("bytes of a malformed line", 20000, lambda n, write: many_tasks(
        LOOKUP, lambda i: "x" * n + "\n")(1, write), 16, True),
    Case("keys of a caller", 500, keys, 2),
    Case("lines of the key file", 200, key_lines, 3),
    Case("lines of the settings", 300, settings, 4),
    Case("activities, check", 64, flow("check"), 1, ceiling=20000000),
    Case("activities, step", 64, flow("step", "in.json"), 1, ceiling=20000000),
    Case("activities, graph", 64, flow("graph"), 1, ceiling=20000000),
    *[Case("messages sent, ledger " + command, 60, ledger(command), 4,
           before=SENDPIN + ["ledger.db", "-q"])
      for command in ("list", "export", "check")],
]
