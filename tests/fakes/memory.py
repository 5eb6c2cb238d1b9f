#!/usr/bin/env python3
"""memory.py PID TEXT: how often the text stands in the memory of a process.

Needs the right to trace it; without that, status 2.
"""

import sys


def regions(pid):
    with open("/proc/%s/maps" % pid, encoding="utf-8") as maps:
        for line in maps:
            span, mode = line.split()[:2]
            if "r" in mode and "[v" not in line:
                yield [int(x, 16) for x in span.split("-")]


def main():
    pid, text = sys.argv[1], sys.argv[2].encode()
    count = 0
    try:
        with open("/proc/%s/mem" % pid, "rb") as memory:
            for start, end in regions(pid):
                memory.seek(start)
                count += memory.read(end - start).count(text)
    except PermissionError:
        sys.exit(2)
    print(count)


if __name__ == "__main__":
    main()
