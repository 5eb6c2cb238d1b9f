#!/usr/bin/env bats
# A part of what `make crash` does in full: killed before some of their system
# calls, the programs do everything once when they are run again.

load common

setup() {
	setup_dir
	is_sanitized && skip "a killed process with a sanitizer tells nothing new"
	CRASH=$ROOT/tests/crash/crash.sh
	# The calls with an effect, and of those that come often every ninth.
	CALLS=write,fdatasync,fsync,ftruncate,unlink,flock,exit_group
	SOME=(--calls "$CALLS,pwrite64" --sparse pwrite64 --every 9 --double 4)
}

# all_good NUMBER: at least so many points, and no violation.
all_good() {
	hasnt "$output" VIOLATION
	has "$output" " 0 violations, 0 controls missed"
	[[ $(tail -n 1 <<<"$output") =~ ^([0-9]+)" points, " ]]
	[ "${BASH_REMATCH[1]}" -ge "$1" ]
}

@test "killed at any write, and run again: one message, and its PIN verifies" {
	run -0 --separate-stderr sh "$CRASH" "${SOME[@]}" A2
	all_good 20
}

@test "killed at any write, and run again with another outbox: no second one" {
	run -0 --separate-stderr sh "$CRASH" "${SOME[@]}" A4 A5
	all_good 40
}

@test "killed at any write, and run again: the same verdict, and used once" {
	run -0 --separate-stderr sh "$CRASH" "${SOME[@]}" C1
	all_good 15
}

@test "what is done twice is found out" {
	run -0 --separate-stderr sh "$CRASH" --calls fdatasync --lost-ledger A2
	has "$output" " caught: "
	hasnt "$output" "NOT CAUGHT"
}

@test "one point can be repeated" {
	run -0 --separate-stderr sh "$CRASH" A2 fdatasync 3
	is "$output" "A2 fdatasync 3: good"
	run -0 --separate-stderr sh "$CRASH" C3 fdatasync 1 exit_group 1
	is "$output" "C3 fdatasync 1 exit_group 1: good"
}
