#!/usr/bin/env bats
# A full disk while a PIN is sent and verified. "make faults" has all of it:
# every system call and every allocation, made to fail in turn.
# shellcheck disable=SC2154 # run sets output

load common

setup() {
	case $BUILD in
	*/san | */cov) skip "strace and a preloaded allocator want the plain build" ;;
	esac
	setup_dir
}

@test "a full disk: nothing lost, doubled or claimed" {
	run -0 python3 "$ROOT/tests/faults/faults.py" \
		"$BUILD" --quick
	# Faults were met, and nothing was wrong after them.
	[[ $output =~ faults\ met:\ ([0-9]+)\ of\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -ge 40 ]
	is "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
	has "$output" " 0 violations"
}
