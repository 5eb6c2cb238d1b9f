"""The shape of the sources: no function over 40 lines, no file over 400, and
no name with a word that the field does not use for it.

    python3 tests/lint/shape.py [DIR]
"""

import os
import re
import sys

MAX_FUNCTION = 40
MAX_FILE = 400
# What each was called once, and what it is.
WORDS = {
    "tend": "admin", "shell": "the commands of twofa-task", "stage": "filter",
    "job": "item", "play": "session", "face": "channel", "moment": "state",
    "passage": "transition", "world": "model", "outside": "stimulus",
    "pool": "arena", "pace": "rate limiter", "span": "slice",
    "keyed": "keypad", "derived": "dependents", "folder": "directory",
    "recheck": "number check",
}
TEXT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """As many lines, without what they say."""
    return "\n" * match.group(0).count("\n") + " "


def look_at(path):
    """The complaints about one file."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    lines = text.split("\n")
    if len(lines) - 1 > MAX_FILE:
        yield f"{path}: {len(lines) - 1} lines, more than {MAX_FILE}"
    code = TEXT.sub(blank, re.sub(r"^#include.*", "", text, flags=re.M))
    name, start, inside = None, 0, False
    for i, line in enumerate(code.split("\n"), 1):
        head = re.match(r"(\w+)\(", line)
        if head and not inside:
            name, start = head.group(1), i
        elif line.startswith("{"):
            inside = True
        elif line.startswith("}"):
            if inside and name and i - start + 1 > MAX_FUNCTION:
                yield (f"{path}:{start}: {name}() has {i - start + 1} lines, "
                       f"more than {MAX_FUNCTION}")
            name, inside = None, False
    names = set(re.findall(r"[A-Za-z]\w*", code))
    names.add(os.path.basename(path).rsplit(".", 1)[0])
    for name in sorted(names):
        for word in set(re.split(r"_", name.lower())) & set(WORDS):
            yield f"{path}: {name}: the word is {WORDS[word]}"


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
    status = 0
    for room in ("cmd", "common"):
        for where, _, files in sorted(os.walk(room)):
            for file in sorted(files):
                if file.endswith((".c", ".h")):
                    for complaint in look_at(os.path.join(where, file)):
                        print(complaint)
                        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
