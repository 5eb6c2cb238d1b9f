#!/bin/sh
# Runs every test against a build and tells how many passed.
#
# usage: run.sh BUILD [TEST...]
#
# A test is a bats file or a program of BUILD/unit; without any, all of them.
# What each printed is kept in BUILD/tests/NAME.tap.

set -u

cd "$(dirname "$0")/.." || exit 1
out=$1
shift
log=$out/tests
TWOFA_BUILD=$out
export TWOFA_BUILD log

if [ $# = 0 ]; then
	set -- "$out"/unit/* "$out"/fuzz/* tests/*.bats
fi
rm -rf "$log"
mkdir -p "$log"

# One test: its TAP into a file, and a line about it.
# shellcheck disable=SC2016
run_one='
name=$(basename "$1" .bats)
seeds=tests/fuzz/seeds/$name
case $1 in
*.bats) ;;
*/fuzz/*) name=fuzz-$name ;;
esac
tap=$log/$name.tap
case $1 in
*.bats) bats --tap "$1" >"$tap" 2>&1 ;;
*/fuzz/*) "$1" "$seeds"/* >"$tap" 2>&1 ;;
*) "$1" >"$tap" 2>&1 ;;
esac
status=$?
passed=$(grep -c "^ok " "$tap")
failed=$(grep -c "^not ok " "$tap")
planned=$(sed -n "s/^1\.\.//p" "$tap" | head -n 1)
# A test that died, or ran less than it said, has failed.
if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ] ||
	[ "${planned:-0}" != "$passed" ]; }; then
	failed=1
	echo "not ok - $name ended with status $status" >>"$tap"
fi
skipped=$(grep -c "^ok .*# skip" "$tap")
echo "$((passed - skipped)) $failed $skipped" >"$log/$name.count"
if [ "$failed" = 0 ]; then
	printf "ok   %-28s %4d passed\n" "$name" "$((passed - skipped))"
else
	printf "FAIL %-28s %4d passed, %d failed\n" "$name" \
		"$((passed - skipped))" "$failed"
	sed -n "/^not ok/,/^ok/p" "$tap" | grep -v "^ok" | head -n 60
fi
'
printf '%s\n' "$@" |
	xargs -P "$(getconf _NPROCESSORS_ONLN)" -I '{}' sh -c "$run_one" sh '{}'

cat "$log"/*.count |
	awk '{ p += $1; f += $2; s += $3 }
	END {
		printf "%d passed, %d failed", p, f
		if (s > 0)
			printf ", %d skipped", s
		print ""
		exit f > 0 || p == 0
	}' >"$log/total"
status=$?
cat "$log/total"
exit $status
