#!/usr/bin/env bats
# Whatever words come from tasks, files, drivers and settings, what people read
# is plain text: printable, each line the program's own.
# shellcheck disable=SC2154 # run sets output

load common

setup() {
	setup_dir
}

@test "no control, format or broken character, and no forged line, from any source" {
	run -0 python3 -B "$ROOT/tests/words/words.py" "$BUILD"
	[[ $output =~ ^texts:\ ([0-9]+),\ 0\ violations$ ]]
	[ "${BASH_REMATCH[1]}" -ge 300 ]
}
