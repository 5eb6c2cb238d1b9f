#!/usr/bin/env bats
# One hostile task stops or changes no other. "make poison" has all of it, each
# hostile task alone and in every program and store.
# shellcheck disable=SC2154 # run sets output

load common

setup() {
	setup_dir
}

@test "good tasks come out as if there were no hostile ones" {
	run -0 python3 -B "$ROOT/tests/poison/poison.py" "$BUILD"
	[[ $output =~ ^hostile\ tasks:\ ([0-9]+),\ 0\ violations$ ]]
	[ "${BASH_REMATCH[1]}" -ge 20000 ]
}
