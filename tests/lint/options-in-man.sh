#!/bin/sh
# Is every option of a program in its manual page, and no other?
#
#	sh tests/lint/options-in-man.sh [BUILD [MAN]]
#
# Compares PROGRAM --help with the option lists of man/PROGRAM.1. Status 1 and
# the difference on stdout if not.
set -eu

build=${1:-build}
man=${2:-man}

# -q, -v, -h and -V share a line of --help that has no room for long names.
from_help() {
	"$1" --help | sed -n -E \
		-e 's/^  (-[A-Za-z]), (--[a-z-]+).*/\1 \2/p' \
		-e 's/^      ?(--[a-z-]+).*/\1/p' \
		-e '/^  -q quiet, -v more, -h this help, -V version$/ {
			s/.*/-q --quiet,-v --verbose,-h --help,-V --version/
			p
		}' | tr , '\n' | sort
}

# ".It Fl d , Fl -directory Ar address" is "-d --directory".
from_page() {
	sed -n 's/^\.It \(Fl .*\)/\1/p' "$1" |
		sed -e 's/ Ar .*//' -e 's/ Cm .*//' -e 's/Fl /-/g' \
			-e 's/ ,//g' | sort
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0
for program in "$build"/bin/twofa-* "$build"/libexec/twofa/*; do
	name=${program##*/}
	if [ ! -e "$man/$name.1" ]; then
		echo "$name: no page $man/$name.1"
		status=1
		continue
	fi
	from_help "$program" >"$dir/help"
	from_page "$man/$name.1" >"$dir/page"
	if [ ! -s "$dir/help" ]; then
		echo "$name: --help shows no options"
		status=1
	fi
	if ! diff "$dir/help" "$dir/page" >"$dir/difference"; then
		echo "$name: < in --help, > in $man/$name.1"
		grep '^[<>]' "$dir/difference"
		status=1
	fi
done
exit "$status"
