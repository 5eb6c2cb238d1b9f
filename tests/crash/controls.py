"""Programs and a service that are wrong, each by a small change: a test that
does not find them out finds nothing."""

import copy
import os
import shutil
import subprocess

import place
import server

# Enough to hit the moments that count.
CALLS = ["write", "fdatasync", "fsync", "sendto", "recvfrom", "exit_group"]

# The commit of the intent goes behind the send.
INTENT_LAST = ("cmd/twofa-sendpin.c", (
    ("o->plan == ORDER_SEND)\n"
     "\t\t\tr = order_plan(o, &jobs[i]->task, &s->terms,\n"
     "\t\t\t    sender_repeats(s->sender), f);\n"
     "\t}\n"
     "\treturn commit(s, r, f);",
     "o->plan == ORDER_SEND)\n"
     "\t\t\tr = order_plan(o, &jobs[i]->task, &s->terms,\n"
     "\t\t\t    sender_repeats(s->sender), f);\n"
     "\t}\n"
     "\treturn r;"),
    ("\treturn note(s, jobs, n, f);",
     "\treturn commit(s, 0, f) == -1 ? -1 : note(s, jobs, n, f);")))

# The commit of the verdict waits until the answers are out.
ANSWER_FIRST = ("cmd/twofa-verify.c", (
    ("\tif (r == 0)\n\t\treturn ledger_commit(l, f);",
     "\tif (r == 0)\n\t\treturn 0;"),
    ("\tledger_close(v->memory.ledger);",
     "\tif (v->memory.ledger != NULL) {\n"
     "\t\tstruct fault late = FAULT_INIT;\n"
     "\t\tif (ledger_commit(v->memory.ledger, &late) == -1)\n"
     "\t\t\tfault_clear(&late);\n"
     "\t}\n"
     "\tledger_close(v->memory.ledger);")))


def build_wrong(folder, build, change):
    """The programs with that change: their stage."""
    path, edits = change
    root = os.path.abspath(os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    tree = os.path.join(folder, "tree")
    os.makedirs(tree)
    for name in ("cmd", "common"):
        shutil.copytree(os.path.join(root, name), os.path.join(tree, name))
    shutil.copy2(os.path.join(root, "Makefile"), tree)
    # What is not changed need not be compiled again.
    shutil.copytree(os.path.join(build, "obj"),
                    os.path.join(tree, "build", "obj"))
    with open(os.path.join(tree, path), encoding="utf-8") as source:
        text = source.read()
    for old, new in edits:
        if text.count(old) != 1:
            raise RuntimeError("%s is not what the control changes" % path)
        text = text.replace(old, new)
    with open(os.path.join(tree, path), "w", encoding="utf-8") as source:
        source.write(text)
    subprocess.run(
        ["make", "-s", "-C", tree, "OUT=build",
         "build/bin/twofa-sendpin", "build/bin/twofa-verify"],
        check=True, stdout=subprocess.DEVNULL)
    # The driver is the right one.
    os.makedirs(os.path.join(tree, "build", "libexec"))
    shutil.copytree(os.path.join(build, "libexec", "twofa"),
                    os.path.join(tree, "build", "libexec", "twofa"))
    stage = os.path.join(folder, "stage")
    place.make_stage(stage, os.path.join(tree, "build"))
    return stage


def variant(original, name):
    s = copy.copy(original)
    s.name = name
    s.template = None
    return s


def make(folder, build, scenarios, servers):
    """The scenarios with what is wrong in them."""
    by_name = {s.name: s for s in scenarios}
    intent = variant(by_name["A2"], "A2-intent-last")
    intent.stage = build_wrong(
        os.path.join(folder, "intent"), build, INTENT_LAST)
    answer = variant(by_name["C1"], "C1-answer-first")
    answer.stage = build_wrong(
        os.path.join(folder, "answer"), build, ANSWER_FIRST)
    deaf = variant(by_name["B2"], "B2-no-dedup")
    deaf.server = server.Server(
        os.path.join(folder, "deaf"), "--no-dedup")
    servers.append(deaf.server)
    return [intent, answer, deaf]


def of(scenarios):
    """What is wrong, and where."""
    return [
        ("the intent is written after the send (A2)",
         scenarios["A2-intent-last"]),
        ("the answer is printed before the commit (C1)",
         scenarios["C1-answer-first"]),
        ("the service takes the same id twice (B2)",
         scenarios["B2-no-dedup"]),
    ]
