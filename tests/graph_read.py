#!/usr/bin/env python3
"""Read a picture of a workflow, strictly, and say what it shows.

    graph_read.py dot|mermaid <PICTURE

A line of JSON for the start, for each activity and for each exit, in order:

    ["start", NAME]
    ["activity", NAME, SHAPE, [LINE...]]    SHAPE: step, end or missing
    ["exit", FROM, TO, LABEL, DASHED]

It knows less of either language than a program that draws, so that nothing but
what is meant to stand there passes. What is wrong is status 1 and a line.
"""

import json
import re
import sys

NAME = r"[A-Za-z][A-Za-z0-9_]*"

# A string of Graphviz: backslashes and & have no meaning but these.
DOT_TEXT = r'(?:[^"\\&\x00-\x1f\x7f]|\\["\\n]|&amp;)*'
DOT = {
    "head": ["digraph workflow {", "\tnode [shape=box];",
             '\t_start [shape=circle, label="start"];'],
    "node": re.compile(
        r'\t"(%s)" \[(shape=ellipse, |color=red, style=dashed, |)'
        r'label="(%s)"\];' % (NAME, DOT_TEXT)),
    "edge": re.compile(
        r'\t(?:"(%s)"|_start) -> "(%s)"(?: \[label="(%s)"\])?'
        r'( \[color=red, style=dashed\])?;' % (NAME, NAME, DOT_TEXT)),
    "tail": ["}"],
    "shapes": {"": "step", "shape=ellipse, ": "end",
               "color=red, style=dashed, ": "missing"},
}

# Between the quotes of Mermaid: what it, Markdown and HTML do not know.
PLAIN = r"[A-Za-z0-9 _.,/=+\-\u00a0-\U0010ffff]"
MERMAID_TEXT = r"(?:%s|: |#[0-9]{1,3};)*" % PLAIN
MERMAID_LINES = r"%s(?:<br>%s)*" % (MERMAID_TEXT, MERMAID_TEXT)
MERMAID = {
    "head": ["flowchart TD", "\tstart((start))"],
    "node": re.compile(
        r'\t_(%s)(\[|\(\[)"(%s)"(\]:::missing|\]\)|\])'
        % (NAME, MERMAID_LINES)),
    "edge": re.compile(
        r'\t(?:_(%s)|start) -(\.-|-)>(?:\|"(%s)"\|)? _(%s)'
        % (NAME, MERMAID_TEXT, NAME)),
    "tail": [],
    "shapes": {"[]": "step", "([])": "end", "[]:::missing": "missing"},
}


def fail(number, why):
    sys.exit("line %d: %s" % (number, why))


def dot_lines(text):
    """The lines of a label; in the pattern no other escape is left."""
    lines = [""]
    for part in re.findall(r"\\.|&amp;|.", text):
        if part == "\\n":
            lines.append("")
        else:
            lines[-1] += {"&amp;": "&"}.get(part, part[-1])
    return lines


def mermaid_lines(text):
    return [re.sub(r"#([0-9]+);", lambda m: chr(int(m[1])), line)
            for line in text.split("<br>")]


def read_dot(line):
    found = DOT["node"].fullmatch(line)
    if found:
        return ["activity", found[1], DOT["shapes"][found[2]],
                dot_lines(found[3])]
    found = DOT["edge"].fullmatch(line)
    if found:
        return ["exit", found[1], found[2],
                dot_lines(found[3])[0] if found[3] else "",
                found[4] is not None]
    return None


def read_mermaid(line):
    found = MERMAID["node"].fullmatch(line)
    if found:
        shape = MERMAID["shapes"].get(found[2] + found[4])
        return shape and ["activity", found[1], shape,
                          mermaid_lines(found[3])]
    found = MERMAID["edge"].fullmatch(line)
    if found:
        return ["exit", found[1], found[4],
                mermaid_lines(found[3])[0] if found[3] else "",
                found[2] == ".-"]
    return None


def main():
    is_dot = sys.argv[1] == "dot"
    language = DOT if is_dot else MERMAID
    text = sys.stdin.buffer.read().decode("utf-8", "strict")
    if not text.endswith("\n"):
        sys.exit("no new line at the end")
    lines = text[:-1].split("\n")
    head, tail = language["head"], list(language["tail"])
    if not is_dot and ":::missing" in text:
        tail = ["\tclassDef missing stroke:red,stroke-dasharray:5"]
    if lines[:len(head)] != head:
        fail(1, "not the head")
    end = len(lines) - len(tail)
    if lines[end:] != tail:
        fail(end + 1, "not the tail")
    names, edges = set(), False
    for number, line in enumerate(lines[len(head):end], len(head) + 1):
        item = (read_dot if is_dot else read_mermaid)(line)
        if item is None:
            fail(number, "cannot be read: " + line)
        if item[0] == "activity":
            if edges or item[1] in names:
                fail(number, "an activity twice, or behind an exit")
            names.add(item[1])
        else:
            if item[1] is None:
                if edges or item[3]:
                    fail(number, "another start")
                item = ["start", item[2]]
            elif not edges:
                fail(number, "no start")
            edges = True
            if not {item[1], item[2] if item[0] == "exit" else item[1]} <= names:
                fail(number, "to or from nowhere")
        print(json.dumps(item, ensure_ascii=False, separators=(",", ":")))


main()
