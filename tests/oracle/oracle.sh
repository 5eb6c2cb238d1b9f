#!/bin/sh
# Looks whether a right PIN can be told from a wrong one without that being
# charged, whatever fails and however little room there is.
#
# usage: oracle.sh			all of it, and the controls
#	 oracle.sh OPTION...		see --help

set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../${TWOFA_BUILD:-build}

# A wrapper of that name, as version managers put into PATH, costs time.
python=$(PATH=/usr/bin:/bin command -v python3 || command -v python3)
# In a world of its own a file system can be mounted, often by anybody.
alone=
! unshare --map-root-user --mount true 2>/dev/null ||
	alone='unshare --map-root-user --mount'
oracle="$alone $python -B $here/oracle.py $build"
if [ $# -gt 0 ]; then
	# shellcheck disable=SC2086 # words
	exec $oracle "$@"
fi
$oracle --controls
exec $oracle
