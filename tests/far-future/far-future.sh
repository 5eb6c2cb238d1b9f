#!/bin/sh
# Runs the tests with the clock at each of the moments at which a time of 32
# bits, signed or not, ends, and on a leap day.
#
# usage: far-future.sh BUILD [TEST...]
#
# Without a TEST: all but those that set their clocks so or preload something
# else, take long, or have a service look at the clock of a driver, which is
# given no LD_PRELOAD.

set -u

cd "$(dirname "$0")/../.." || exit 1
out=$1
shift
clock=$PWD/$out/far-future/clock.so
if [ $# = 0 ]; then
	for test in tests/*.bats; do
		case $test in
		*/crash.bats | */docs.bats | */faults.bats) ;;
		*/far-future.bats | */powercut.bats | */race.bats) ;;
		*) set -- "$@" "$test" ;;
		esac
	done
fi
status=0
for moment in '2037-12-31 23:59:50' '2038-01-19 03:14:00' \
	'2040-02-29 12:00:00' '2106-02-07 06:28:10'; do
	echo "$moment"
	ahead=$(($(date -u -d "$moment" +%s) - $(date +%s)))
	LD_PRELOAD=$clock AHEAD=$ahead sh tests/run.sh "$out" "$@" || status=1
done
exit $status
