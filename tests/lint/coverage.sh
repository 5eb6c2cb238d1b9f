#!/bin/sh
# How much of each file of a coverage build the tests have run.
# usage: coverage.sh BUILD

cd "$(dirname "$0")/../.." || exit 1
find "$1/obj/common" "$1/obj/cmd" -name '*.gcno' | while read -r note; do
	gcov -n -o "$(dirname "$note")" "$note" 2>/dev/null
done | awk -v q="'" '
	/^File/ { file = $2; gsub(q, "", file) }
	/^Lines executed/ && file ~ /^(common|cmd)\/.*\.c$/ {
		split($0, part, /[:% ]+/)
		lines[file] = part[3]; of[file] = part[5]
	}
	END {
		for (file in lines) {
			printf "%6.2f%% of %4d  %s\n", lines[file], of[file], file
			hit += lines[file] * of[file]; all += of[file]
		}
		if (all > 0)
			printf "%6.2f%% of %4d  all\n", hit / all, all
	}' | sort -k1n
