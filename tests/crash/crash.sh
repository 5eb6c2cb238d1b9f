#!/bin/sh
# Kills the programs before each of their system calls in turn, runs them again
# and looks whether everything was sent, tried and used exactly once.
#
# usage: crash.sh				all of it, and the controls
#        crash.sh SCENARIO...			these; controls is one, too
#        crash.sh SCENARIO CALL N [CALL N]	one point, as it was reported
#        crash.sh --help			options
#
# A CALL is the name of a system call; with driver: before it that of the
# driver, with spawn: that of the child that is about to become the driver.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../${TWOFA_BUILD:-build}

# A wrapper of that name, as version managers put into PATH, costs half a second
# a call.
python=$(PATH=/usr/bin:/bin command -v python3 || command -v python3)
exec "$python" -B "$here/crash.py" --build "$build" "$@"
