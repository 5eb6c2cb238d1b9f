"""Programs made wrong on purpose: a test that finds nothing must first find
these. The sources are copied, one is altered, and points that the alteration
makes dangerous must give a violation."""

import os
import shutil
import subprocess

import sending
import verifying

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")

CONTROLS = [
    ("a commit whose failure is ignored", "common/ledger/ledger.c",
     "\tif (sql_exec(&l->sql, \"COMMIT\", f) == -1) {\n"
     "\t\tledger_rollback(l);\n"
     "\t\treturn -1;\n"
     "\t}\n",
     "\tstruct fault ignored = FAULT_INIT;\n\n"
     "\t(void)f;\n"
     "\tignored.status = sql_exec(&l->sql, \"COMMIT\", &ignored);\n",
     [(verifying.Verify, "fdatasync", "EIO"),
      (verifying.VerifyWrong, "fdatasync", "EIO")]),
    ("output whose failure is ignored", "common/io/out.c",
     "\tbuf_clear(&o->buf);\n\treturn r;\n",
     "\tbuf_clear(&o->buf);\n\treturn 0 * r;\n",
     [(verifying.Verify, "write", "ENOSPC"),
      (sending.SendOld, "write", "ENOSPC")]),
]


def build_wrong(build, work, number, file, old, new):
    """Copies with their times, so that only what was altered is compiled."""
    tree = f"{work}/wrong{number}"
    os.mkdir(tree)
    for name in ("cmd", "common", "Makefile"):
        source = f"{ROOT}/{name}"
        if os.path.isdir(source):
            shutil.copytree(source, f"{tree}/{name}")
        else:
            shutil.copy2(source, tree)
    shutil.copytree(f"{build}/obj", f"{tree}/build/obj")
    with open(f"{tree}/{file}", encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        raise SystemExit(f"faults: {file} has changed: its control does not "
                         "apply any more; see tests/faults/controls.py")
    with open(f"{tree}/{file}", "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))
    subprocess.run(["make", "-s", "-C", tree, "OUT=build",
                    "build/bin/twofa-verify", "build/bin/twofa-sendpin"],
                   check=True, stdout=subprocess.DEVNULL,
                   env={k: v for k, v in os.environ.items()
                        if not k.startswith(("MAKE", "MFLAGS"))})
    shutil.copytree(f"{build}/faults", f"{tree}/build/faults")
    return f"{tree}/build"


def run(build, work, runner_class):
    """True: every one of them was caught."""
    caught_all = True
    for number, (what, file, old, new, where) in enumerate(CONTROLS):
        wrong_build = build_wrong(build, work, number, file, old, new)
        for kind, name, error in where:
            runner = runner_class(wrong_build, work, False)
            s = kind(wrong_build, f"{work}/wrong{number}/{kind.name}")
            points = [p for p in runner.points(s)
                      if p.name == name and p.error == error]
            found = sum(runner.try_point(s, p) is not None for p in points)
            print(f"control: {what}: {kind.name}, {name} {error}: "
                  f"{found} of {len(points)} points "
                  f"{'caught' if found else 'NOT CAUGHT'}", flush=True)
            caught_all = caught_all and found > 0
    return caught_all


