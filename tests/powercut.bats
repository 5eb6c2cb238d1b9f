#!/usr/bin/env bats
# What is left of the promises after a power cut. This looks at some states of
# two runs; `make powercut` looks at all of all, and at builds that are broken.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	if is_sanitized; then
		skip "the sanitizers are slow, and preload their own"
	fi
	if ! strace -o /dev/null true 2>/dev/null; then
		skip "no strace, or it may not trace"
	fi
}

@test "a power cut takes back no message and no verdict" {
	run -0 --separate-stderr python3 -B "$ROOT/tests/powercut/powercut.py" \
		"$BUILD" --quick --keep "$BATS_TEST_TMPDIR/broken"
	has "$output" " 0 violations"
	# Did it look at anything?
	[ "$(tail -n 1 <<<"$output" | cut -d' ' -f1)" -ge 200 ]
}
