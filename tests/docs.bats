#!/usr/bin/env bats
# The documents: every command in them works as it stands.

bats_require_minimum_version 1.5.0

load common
load acs
load docs

setup() {
	setup_folder
}

teardown() {
	acs_stop
}

@test "README.md: every block works" {
	run_file "$ROOT/README.md"
}

@test "manual pages: every example works" {
	local page
	for page in "$ROOT"/man/*.[1-9]; do
		run_file "$page"
	done
}
