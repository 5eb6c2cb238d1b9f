"""No two files of the programs call each other, also not through others.

    python3 tests/lint/cycles.py [DIR]
"""

import os
import re
import sys

TEXT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*',
                  re.S)
# The house's style has the name of a function at the start of its line.
DEFINED = re.compile(r"^((?:static )?[^\n;{}#]*)\n(\w+)\([^;{}]*\)\n\{", re.M)


def sources(root):
    """The C files, without their comments and strings."""
    found = {}
    for room in ("cmd", "common"):
        for where, _, names in os.walk(os.path.join(root, room)):
            for name in names:
                if name.endswith(".c"):
                    path = os.path.join(where, name)
                    with open(path, encoding="utf-8") as f:
                        found[os.path.relpath(path, root)] = TEXT.sub(
                            " ", f.read())
    return found


def calls(files):
    """File to {file it calls: one function of that}."""
    own = {f: {} for f in files}
    for f, text in files.items():
        for kind, name in DEFINED.findall(text):
            own[f][name] = "static" in kind
    shared = {}
    for f, names in own.items():
        for name, is_static in names.items():
            if not is_static and name != "main":
                shared[name] = f
    found = {}
    for f, text in files.items():
        found[f] = {shared[w]: w for w in sorted(set(re.findall(r"\w+", text)))
                    if w in shared and w not in own[f]}
    return found


def circles(graph):
    """The strongly connected parts of more than one file (Tarjan)."""
    number, low, stack, parts = {}, {}, [], []

    def visit(f):
        number[f] = low[f] = len(number)
        stack.append(f)
        for g in graph[f]:
            if g not in number:
                visit(g)
                low[f] = min(low[f], low[g])
            elif g in stack:
                low[f] = min(low[f], number[g])
        if low[f] == number[f]:
            part = stack[stack.index(f):]
            del stack[stack.index(f):]
            if len(part) > 1:
                parts.append(part)

    for f in sorted(graph):
        if f not in number:
            visit(f)
    return parts


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    graph = calls(sources(root))
    parts = circles(graph)
    for part in parts:
        print("files that call each other:")
        for f in part:
            for g, name in sorted(graph[f].items()):
                if g in part:
                    print(f"  {f}: {name}() of {g}")
    return 1 if parts else 0


if __name__ == "__main__":
    sys.exit(main())
