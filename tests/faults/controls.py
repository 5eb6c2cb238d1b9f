"""Programs made wrong on purpose: a test that finds nothing must first find
these. The sources are copied, one is altered, and points that the alteration
makes dangerous must give a violation."""

import os
import sys

import sending
import verifying

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import wrong_build

CONTROLS = [
    ("a commit whose failure is ignored", "common/ledger/ledger.c",
     "\tif (ledger_meta_count(l, f) == -1 ||\n"
     "\t    sql_exec(&l->sql, \"COMMIT\", f) == -1) {\n"
     "\t\tledger_rollback(l);\n"
     "\t\treturn -1;\n"
     "\t}\n",
     "\tstruct fault ignored = FAULT_INIT;\n\n"
     "\tif (ledger_meta_count(l, f) == -1)\n\t\treturn -1;\n"
     "\tignored.status = sql_exec(&l->sql, \"COMMIT\", &ignored);\n",
     [(verifying.Verify, "fdatasync", "EIO"),
      (verifying.VerifyWrong, "fdatasync", "EIO")]),
    ("output whose failure is ignored", "common/file/file.c",
     "\tbuf_clear(&o->buf);\n\treturn r;\n",
     "\tbuf_clear(&o->buf);\n\treturn 0 * r;\n",
     [(verifying.Verify, "write", "ENOSPC"),
      (sending.SendOld, "write", "ENOSPC")]),
]


CHANGES = [[(file, old, new)] for _, file, old, new, _ in CONTROLS]


def run(build, work, runner_class):
    """True: every one of them was caught."""
    caught_all = True
    for number, (what, file, old, new, where) in enumerate(CONTROLS):
        wrong = wrong_build.build(
            build, f"{work}/wrong{number}", [(file, old, new)])
        for kind, name, error in where:
            runner = runner_class(wrong, work, False)
            s = kind(wrong, f"{work}/wrong{number}/{kind.name}")
            points = [p for p in runner.points(s)
                      if p.name == name and p.error == error]
            found = sum(runner.try_point(s, p) is not None for p in points)
            print(f"control: {what}: {kind.name}, {name} {error}: "
                  f"{found} of {len(points)} points "
                  f"{'caught' if found else 'NOT CAUGHT'}", flush=True)
            caught_all = caught_all and found > 0
    return caught_all


