"""Which system calls a run makes, and how it is killed before one of them.

strace counts when=N for each name and each thread, so a point is a name and an
ordinal, and the process that makes the call:

    ""      the program: strace without -f follows nothing but it
    driver  the program under libexec: the wrapper that stands in its place
            (place.py) starts strace -D, whose tracee is the wrapper's own
            process, so that the program still has its driver as its child
    spawn   the child between clone and execve: strace -f, and only ordinals
            that the program itself does not reach

Left out: the execve of the program and of the driver that strace makes itself,
what the loader does before main, and futex, which is not called for its effect
but to wait for another thread.
"""

import collections
import re

LEFT_OUT = {"futex"}
CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")


class Point(collections.namedtuple("Point", "process call ordinal")):
    def __str__(self):
        name = "%s:%s" % (self.process, self.call) if self.process \
            else self.call
        return "%s %d" % (name, self.ordinal)


def parse_point(name, ordinal):
    process, colon, call = name.rpartition(":")
    if process not in ("", "driver", "spawn") or bool(colon) != bool(process):
        raise ValueError("no such process: " + name)
    return Point(process, call, int(ordinal))


def killing(point, log):
    """The words before the program that kill it there."""
    words = ["strace", "-s", "0", "-o", log, "-e", "trace=" + point.call,
             "-e", "inject=%s:signal=SIGKILL:when=%d"
             % (point.call, point.ordinal)]
    if point.process == "spawn":
        words.insert(1, "-f")
    if point.process == "driver":
        words.insert(1, "-D")
    return words


def was_killed(log):
    try:
        with open(log, encoding="utf-8", errors="replace") as lines:
            return "killed by SIGKILL" in lines.read()
    except FileNotFoundError:
        return False


def watching(process, log):
    """The words before a program that list its calls."""
    return ["strace", {"driver": "-D", "spawn": "-f"}.get(process, "-q"),
            "-s", "0", "-o", log]


def read_calls(log):
    """The names in their order, as (pid, name); pid "" without -f."""
    calls = []
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = CALL.match(line)
            if match:
                calls.append((line.split()[0] if line[0].isdigit() else "",
                              match.group(1)))
    return calls


def after_loading(calls):
    """Where main begins: behind the last munmap of the loader."""
    names = [name for _, name in calls]
    if "umask" not in names:
        raise RuntimeError("the trace shows no beginning of main")
    end = names.index("umask")
    return max((i for i in range(end) if names[i] == "munmap"), default=0) + 1


def points_of_process(process, calls):
    """Every call of one process after main began."""
    names = [name for _, name in calls]
    if process == "driver" and {"clone", "clone3", "fork", "vfork"} & \
            set(names):
        raise RuntimeError("the driver starts another thread or process: "
                           "nothing here follows it")
    start = after_loading(calls)
    before = collections.Counter(names[:start])
    total = collections.Counter(names)
    return [Point(process, name, n)
            for name in total if name not in LEFT_OUT
            for n in range(before[name] + 1, total[name] + 1)]


def points_of_spawn(calls):
    """The calls of the child before its execve, and that."""
    parent = calls[0][0]
    own = collections.Counter(name for pid, name in calls if pid == parent)
    own["execve"] = 0  # strace does not count the one that it makes itself
    child = collections.Counter()
    for pid, name in calls:
        if pid != parent and child["execve"] == 0:
            child[name] += 1
    return [Point("spawn", name, n) for name in child
            for n in range(own[name] + 1, child[name] + 1)]
