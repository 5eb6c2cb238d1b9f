"""Builds that grow, each by a small change of the sources."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import wrong_build


class Control:
    def __init__(self, name, case, *changes):
        self.name, self.case = name, case
        self.changes = changes  # (file, old, new)


EACH = "for (size_t j = 0; j < %s; j++)\n\t\t"

CONTROLS = [
    Control("every row is compared with all before it",
            "rows without identifier",
            ("common/customer/csv_index.c", "x->slots[x->rows++] = slot;",
             EACH % "x->rows" + "slot.found |= x->slots[j].offset == "
             "slot.offset;\n\tx->slots[x->rows++] = slot;")),
    Control("parameters are removed one by one", "parameters PIN, verify",
            ("common/task/task.c", "remove_from(t, 0, name);",
             EACH % "t->parameter_count" + "remove_from(t, 0, name);")),
    Control("a slot keeps its largest task", "tasks, a large one in each slot",
            ("common/filter/loop.c",
             "if (loop->items[i].task.text.size > KEPT_BYTES)", "if (false)")),
]
CHANGES = [control.changes for control in CONTROLS]
