"""Builds that do not sync as they must, each a small change of the sources."""

import os
import shutil
import subprocess


class Control:
    def __init__(self, name, scenario, *changes):
        self.name = name
        self.scenario = scenario
        self.changes = changes  # (file, old, new)


LEDGER = "common/ledger/ledger.c"
EDIT = "common/io/edit.c"
NORMAL = ((LEDGER, "synchronous = FULL", "synchronous = NORMAL"),
          (LEDGER, "wal21", "wal11"))

CONTROLS = [
    Control("synchronous=NORMAL, sending", "driver-again", *NORMAL),
    Control("synchronous=NORMAL, verifying", "verify-wrong", *NORMAL),
    Control("in place without the sync of the file", "in-place-wrong",
            (EDIT, "if (fsync(fd) == -1) {", "if (fd == -1) {")),
    Control("in place without the sync of its folder", "in-place-wrong",
            (EDIT, "if (file_sync_folder(e->path, f) == -1)",
             "if (false)")),
    Control("a new key without the sync of its folder", "driver-first",
            ("common/task/keyring.c", "r = file_sync_folder(path, f);",
             "r = 0;")),
    Control("new folders without a sync", "driver-first",
            ("common/io/file.c",
             "mkdir(path, 0700) == 0 ? file_sync_folder(path, f) : 0",
             "mkdir(path, 0700) == 0 ? 0 * (f == NULL) : 0")),
    Control("a new outbox without the sync of its folder", "send-first",
            ("common/sms/sms_file.c",
             "file_sync_folder(o->address.rest, f) == -1", "false")),
    Control("an outbox without the sync of the file", "send-again",
            ("common/sms/sms_file.c", "fdatasync(o->fd) == -1", "false")),
]


def build(control, built, work):
    """Only what changed is compiled. The folder of the build."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    folder = os.path.join(work, "source")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    os.mkdir(os.path.join(folder, "build"))
    for name in ("Makefile", "cmd", "common"):
        subprocess.run(["cp", "-a", os.path.join(root, name), folder],
                       check=True)
    for name in ("obj", "bin", "libtwofa.a"):
        subprocess.run(["cp", "-a", os.path.join(built, name),
                        os.path.join(folder, "build")], check=True)
    for name, old, new in control.changes:
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if text.count(old) != 1:
            raise ValueError(f"{name}: no single {old!r}: change controls.py")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))
    programs = ["bin/twofa-sendpin", "bin/twofa-verify"]
    subprocess.run(["make", "-s", f"-j{os.cpu_count()}", "-C", folder,
                    "OUT=build", *("build/" + name for name in programs)],
                   check=True, env={k: v for k, v in os.environ.items()
                                    if k not in ("MAKEFLAGS", "MAKELEVEL")})
    return os.path.join(folder, "build")
