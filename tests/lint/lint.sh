#!/bin/sh
# All checks that read the source. One line a check; what it found before it.

# The checks are called by check().
# shellcheck disable=SC2317,SC2046

set -u
cd "$(dirname "$0")/../.." || exit 1

c_files=$(git ls-files '*.c')
all_c=$(git ls-files '*.c' '*.h')
shell=$(git ls-files '*.sh' '*.bash' '*.bats' .ci man/examples |
	grep -E '(\.(sh|bash|bats)|\.ci/.*)$')
status=0

# check NAME COMMAND...
check() {
	name=$1
	shift
	if "$@"; then
		echo "ok   $name"
	else
		echo "FAIL $name"
		status=1
	fi
}

# What each file is compiled with, but for what only gcc knows.
flags() {
	echo "-std=c11 -I. -Ibuild/lint-gcc/obj -D_GNU_SOURCE -DTWOFA_VERSION=\"0\"" \
		"-DTWOFA_LIBEXEC=\"/\"" \
		"$(pkg-config --cflags jansson libsodium libcurl sqlite3 inih)"
}

# shellcheck disable=SC2086
format() {
	clang-format --dry-run -Werror $all_c
}

# One file a process: the whole tree in one takes more memory than it needs.
# shellcheck disable=SC2086,SC2016
tidy() {
	git ls-files 'common/*.c' 'cmd/*.c' | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I '{}' \
		sh -c 'clang-tidy --quiet "$1" -- $2 2>/dev/null' sh '{}' "$(flags)"
}

# shellcheck disable=SC2086
cpp_check() {
	cppcheck --quiet --std=c11 -I. -Ibuild/lint-gcc/obj -D__GNUC__=12 \
		-DTWOFA_VERSION='"0"' -DTWOFA_LIBEXEC='"/"' \
		--enable=warning,portability,performance \
		--inline-suppr --suppress=missingIncludeSystem \
		--error-exitcode=1 $c_files
}

# A header is a manual: it can be read, and compiled, alone.
headers() {
	failed=0
	for h in $(git ls-files 'common/*.h' 'cmd/*.h'); do
		# shellcheck disable=SC2046
		cc $(flags) -Wall -Wextra -Werror -fsyntax-only -x c "$h" ||
			failed=1
	done
	return $failed
}

both_compilers() {
	failed=0
	for cc in gcc clang; do
		make -s CC=$cc CONF=release OUT="build/lint-$cc" \
			CFLAGS=-Werror all units >/dev/null || failed=1
	done
	return $failed
}

# Calls of them.
banned() {
	! grep -nE '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|atoi|atol|gets|sscanf|system|popen|mktemp|tmpnam|rand|localtime|gmtime|alloca)[[:space:]]*[(]' \
		$(git ls-files 'common/*.[ch]' 'cmd/*.c') |
		grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/?\*|//)'
}

manuals() {
	! mandoc -Tlint -Wwarning man/*.[157] | grep .
}

# shellcheck disable=SC2086
shells() {
	shellcheck -S warning -x -P SCRIPTDIR $shell
}

check clang-format format
check headers headers
check layers sh tests/lint/layers.sh
check cycles python3 -B tests/lint/cycles.py
check shape python3 -B tests/lint/shape.py
check banned banned
check compilers both_compilers
check clang-tidy tidy
check cppcheck cpp_check
check mandoc manuals
check man-widths sh tests/lint/man-widths.sh
check shellcheck shells
check controls python3 -B tests/wrong_build.py
check options-in-man sh tests/lint/options-in-man.sh build
exit $status
