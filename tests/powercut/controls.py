"""Builds that do not sync as they must, each a small change of the sources."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import wrong_build


class Control:
    def __init__(self, name, scenario, *changes):
        self.name = name
        self.scenario = scenario
        self.changes = changes  # (file, old, new)


LEDGER = "common/ledger/ledger.c"
EDIT = "common/file/edit.c"
NORMAL = ((LEDGER, "synchronous = FULL", "synchronous = NORMAL"),
          (LEDGER, "wal21", "wal11"))

CONTROLS = [
    Control("synchronous=NORMAL, sending", "driver-again", *NORMAL),
    Control("synchronous=NORMAL, verifying", "verify-wrong", *NORMAL),
    Control("in place without the sync of the file", "in-place-wrong",
            (EDIT, "if (fsync(fd) == -1)", "if (fd == -1)")),
    Control("in place without the sync of its directory", "in-place-wrong",
            (EDIT, "return dir_sync(e->path, f) == -1 ? -1 : r;",
             "return r;")),
    Control("a new key without the sync of its directory", "driver-first",
            (EDIT, "return dir_sync(e->path, f) == -1 ? -1 : r;",
             "return r;")),
    Control("new directories without a sync", "driver-first",
            ("common/file/dir.c", "r = dir_sync(dir, f);",
             "r = 0 * (f == NULL);")),
    Control("a new outbox without the sync of its directory", "send-first",
            ("cmd/twofa-sendpin/sms/sms_file.c",
             "return dir_sync(o->path, f);",
             "return 0 * (f == NULL);")),
    Control("an outbox without the sync of the file", "send-again",
            ("cmd/twofa-sendpin/sms/sms_file.c", "fdatasync(o->fd) == -1", "false")),
]


CHANGES = [control.changes for control in CONTROLS]


def build(control, built, work):
    """The directory of the build."""
    folder = os.path.join(work, "source")
    shutil.rmtree(folder, ignore_errors=True)
    return wrong_build.build(built, folder, control.changes)
