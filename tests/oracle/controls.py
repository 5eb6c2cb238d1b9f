"""Programs made wrong on purpose: a test that finds nothing must first find
these. The sources are copied, and a few lines of them altered."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import wrong_build

ATTEMPT = "cmd/twofa-verify/attempt.c"
VERIFY = "common/ledger/ledger_verify.c"

# The charge is not committed before the comparison, but with the mark.
ONE_TRANSACTION = [
    (ATTEMPT, "\t*n = i;\n\treturn end(terms->ledger, r, f);\n",
     "\t*n = i;\n\treturn r == 0 ? 0 : end(terms->ledger, r, f);\n"),
    (ATTEMPT, "\tint r = 0;\n\n"
     "\tif (ledger_begin(l, clock_now_s, f) == -1)\n"
     "\t\treturn -1;\n\tfor (i = 0; i < n && r == 0; i++)\n",
     "\tint r = 0;\n\n\tfor (i = 0; i < n && r == 0; i++)\n"),
    (ATTEMPT, "compare_all(attempts + done, some) > 0 &&",
     "compare_all(attempts + done, some) + 1 > 0 &&"),
]

# And what is right is not counted as wrong to begin with: compare, then charge.
COMPARED_FIRST = ONE_TRANSACTION + [
    (ATTEMPT, "static int\nnote(", "int is_right;\n\nstatic int\nnote("),
    (ATTEMPT, "\t\treturn ledger_charge(",
     "\t\treturn is_right = strcmp(v->entered, v->seal.pin) == 0, "
     "ledger_charge("),
    (VERIFY, "\treturn count_wrong(l, &party, f);\n",
     "\textern int is_right;\n\n"
     "\treturn is_right ? 0 : count_wrong(l, &party, f);\n"),
]

# Name, changes, and the kinds of failure that have to find it out.
CONTROLS = [
    ("compare, then charge", COMPARED_FIRST, ("space", "page", "order")),
    # The same pages are written for both, only memory tells them apart.
    ("charge and mark in one commit", ONE_TRANSACTION, ("memory",)),
]
CHANGES = [changes for _, changes, _ in CONTROLS]


def run(build, work, try_kinds, quick):
    """try_kinds(build, kinds): how many guesses each of them found free, None
    where it could not be tried. True: every control was found out."""
    good = True
    chosen = CONTROLS[:1] if quick else CONTROLS
    for number, (what, changes, kinds) in enumerate(chosen):
        wrong = wrong_build.build(build, f"{work}/wrong{number}", changes)
        found = try_kinds(wrong, f"{work}/control{number}", kinds)
        for kind, free in found.items():
            print(f"control: {what}: {kind}: "
                  + ("not tried" if free is None else
                     f"{free} guesses free" if free else "NOT FOUND OUT"),
                  flush=True)
            good = good and free != 0
    return good
