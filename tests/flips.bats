#!/usr/bin/env bats
# One bit of the ledger is wrong: no message too many, no PIN that is right but
# should not be. make flips tries many more bits.

load common

@test "of a ledger at rest, and of one with a log" {
	setup_dir
	run -0 python3 "$ROOT/tests/flips/flips.py" "$BUILD" --every 9973
	is "$(grep -c ' 0 wrong$' <<<"$output")" 2
}
