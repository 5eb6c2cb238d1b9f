#!/usr/bin/env bats
# Guesses that cost nothing: a part of what `make oracle` tries in full.
# shellcheck disable=SC2154 # run sets output

load common

setup() {
	setup_dir
	ORACLE=$ROOT/tests/oracle/oracle.sh
}

@test "nothing that fails tells a right PIN from a wrong one for nothing" {
	run -0 --separate-stderr sh "$ORACLE" --quick
	has "$(tail -n 1 <<<"$output")" " points, 0 guesses free, "
	# Did it look at anything?
	[ "$(tail -n 1 <<<"$output" | cut -d' ' -f1)" -ge 50 ]
}

@test "programs that compare before they charge are found out" {
	case $BUILD in
	*/build) ;;
	*) skip "built as this build is not" ;;
	esac
	run -0 --separate-stderr sh "$ORACLE" --controls --quick
	[[ $output =~ "control: compare, then charge: page: "[1-9] ]]
	hasnt "$output" "NOT FOUND OUT"
}
