"""A twofa-flow that is wrong: its times end in 2038.

    controls.py BUILD FOLDER    make it, in FOLDER/build
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import wrong_build

CHANGES = [[("common/base/number.c", "value > TIME_MAX_S",
             "value > INT32_MAX")]]

if __name__ == "__main__":
    print(wrong_build.build(sys.argv[1], sys.argv[2], CHANGES[0],
                            wrong_build.PROGRAMS + ["build/bin/twofa-flow"]))
