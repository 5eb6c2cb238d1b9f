"""Builds of the programs that are wrong, each by a small change of the sources:
a test that does not find them out finds nothing.

    python3 tests/wrong_build.py    do all changes still apply?

A change is (file, old, new); old stands in the file exactly once.
"""

import importlib.util
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = ["obj", "bin", "libexec", "libtwofa.a", "libtwofa-net.a", "faults"]
PROGRAMS = ["build/bin/twofa-sendpin", "build/bin/twofa-verify"]


def changed(root, change):
    """The text of the file with the change."""
    name, old, new = change
    with open(os.path.join(root, name), encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        raise SystemExit(f"{name}: a control no longer applies: it wants, "
                         f"once:\n{old}")
    return text.replace(old, new)


def build(built, folder, changes, programs=PROGRAMS):
    """Copy the sources and the build into folder, which is new, change the one
    and renew the other. The folder of the build."""
    os.makedirs(folder)
    for name in ("cmd", "common"):
        shutil.copytree(os.path.join(ROOT, name), os.path.join(folder, name))
    shutil.copy2(os.path.join(ROOT, "Makefile"), folder)
    # With their times: what is not changed need not be compiled again.
    os.mkdir(os.path.join(folder, "build"))
    for name in PARTS:
        if os.path.exists(os.path.join(built, name)):
            subprocess.run(["cp", "-a", os.path.join(built, name),
                            os.path.join(folder, "build")], check=True)
    for change in changes:
        text = changed(folder, change)
        with open(os.path.join(folder, change[0]), "w", encoding="utf-8") as f:
            f.write(text)
    subprocess.run(
        ["make", "-s", f"-j{os.cpu_count()}", "-C", folder, "OUT=build",
         *programs],
        check=True, stdout=subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items()
             if not k.startswith(("MAKE", "MFLAGS"))})
    return os.path.join(folder, "build")


def load(name):
    """tests/NAME/controls.py, which has CHANGES: lists of changes."""
    folder = os.path.join(ROOT, "tests", name)
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(
        "controls_of_" + name, os.path.join(folder, "controls.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(folder)
    for other in os.listdir(folder):
        sys.modules.pop(other.removesuffix(".py"), None)
    return module


def main():
    count = 0
    for name in ("crash", "powercut", "faults", "far-future",
                 "oracle", "growth"):
        for changes in load(name).CHANGES:
            for change in changes:
                changed(ROOT, change)
                count += 1
    print(f"{count} changes apply")


if __name__ == "__main__":
    main()
