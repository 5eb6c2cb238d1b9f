#!/usr/bin/env bats
# What a stranger supplies costs no more than twice as much when it is twice as
# much: counted, not timed. "make growth" also shows that a build that grows is
# found out.
# shellcheck disable=SC2154 # run sets output

load common

setup() {
	case $BUILD in
	*/san | */cov) skip "valgrind counts in the plain build" ;;
	esac
	setup_dir
}

@test "n, 2n and 4n of everything: instructions and memory do not grow faster" {
	run -0 python3 -B "$ROOT/tests/growth/growth.py" "$BUILD"
	[[ $output =~ ^cases:\ ([0-9]+),\ 0\ grow$ ]]
	[ "${BASH_REMATCH[1]}" -ge 40 ]
}
