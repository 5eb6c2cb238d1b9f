"""Programs and a service that are wrong, each by a small change: a test that
does not find them out finds nothing."""

import copy
import os
import sys

import place
import server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import wrong_build

# Enough to hit the moments that count.
CALLS = ["write", "fdatasync", "fsync", "sendto", "recvfrom", "exit_group"]

# The commit of the intent goes behind the send.
BATCH = "cmd/twofa-sendpin/batch.c"
INTENT_LAST = [
    (BATCH, "\treturn end(b, r, f);\n}\n\nstatic bool\nis_for_sender(",
     "\treturn r;\n}\n\nstatic bool\nis_for_sender("),
    (BATCH, "\tif (note(b, orders, n, f) == -1) {\n",
     "\tif (end(b, 0, f) == -1 || note(b, orders, n, f) == -1) {\n"),
]

# The last commit waits until the answers are out.
VERIFY = "cmd/twofa-verify/main.c"
ATTEMPT = "cmd/twofa-verify/attempt.c"
COMMIT_LAST = [
    (VERIFY, "\tledger_close(v->terms.ledger);",
     "\tif (v->terms.ledger != NULL) {\n"
     "\t\tstruct fault late = FAULT_INIT;\n"
     "\t\tif (ledger_commit(v->terms.ledger, &late) == -1)\n"
     "\t\t\tfault_clear(&late);\n"
     "\t}\n"
     "\tledger_close(v->terms.ledger);"),
]
# That of the mark, or that of the charge of a wrong one.
MARK_LAST = COMMIT_LAST + [
    (ATTEMPT, "\t\t\tr = mark(attempts[i], l, f);\n"
     "\treturn end(l, r, f);",
     "\t\t\tr = mark(attempts[i], l, f);\n"
     "\treturn r == 0 ? 0 : end(l, r, f);"),
]
CHARGE_LAST = COMMIT_LAST + [
    (ATTEMPT, "\t*n = i;\n\treturn end(terms->ledger, r, f);",
     "\t*n = i;\n\treturn r == 0 ? 0 : end(terms->ledger, r, f);"),
]

CHANGES = [INTENT_LAST, MARK_LAST, CHARGE_LAST]


def stage_of(folder, build, changes):
    """The programs with those changes."""
    stage = os.path.join(folder, "stage")
    place.make_stage(stage, wrong_build.build(
        build, os.path.join(folder, "tree"), changes))
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
    intent.stage = stage_of(
        os.path.join(folder, "intent"), build, INTENT_LAST)
    mark = variant(by_name["C1"], "C1-mark-last")
    mark.stage = stage_of(os.path.join(folder, "mark"), build, MARK_LAST)
    charge = variant(by_name["C3"], "C3-charge-last")
    charge.stage = stage_of(
        os.path.join(folder, "charge"), build, CHARGE_LAST)
    deaf = variant(by_name["B2"], "B2-no-dedup")
    deaf.server = server.Server(
        os.path.join(folder, "deaf"), "--no-dedup")
    servers.append(deaf.server)
    return [intent, mark, charge, deaf]


def of(scenarios):
    """What is wrong, and where."""
    return [
        ("the intent is written after the send (A2)",
         scenarios["A2-intent-last"]),
        ("the answer is printed before the mark is committed (C1)",
         scenarios["C1-mark-last"]),
        ("the answer is printed before the charge is committed (C3)",
         scenarios["C3-charge-last"]),
        ("the service takes the same id twice (B2)",
         scenarios["B2-no-dedup"]),
    ]
