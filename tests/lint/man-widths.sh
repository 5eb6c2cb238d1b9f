#!/bin/sh
# Can every page be read in a narrow window?
#
#	sh tests/lint/man-widths.sh [MAN]
#
# Renders each page at 60 and at 80 columns: no line is longer, nothing is
# warned of. At 60, what stands in literal displays and is copied, not read, may
# be as long as at 80. Status 1 and the lines on stdout if not.
set -eu

man=${1:-man}

without_displays() {
	awk '/^\.Bd -literal/ { inside = 1; print ".Dl x" }
		/^\.Dl / { $0 = ".Dl x" }
		!inside { print }
		/^\.Ed/ { inside = 0 }' "$1"
}

# Characters, not bytes; underlined and bold ones are written over.
too_long() { # WIDTH
	LC_ALL=C.UTF-8 sed -n "s/.\x08//g; /^.\{$(($1 + 1))\}/p"
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0
for page in "$man"/*.[1-9]; do
	for width in 60 80; do
		case $width in
		60) without_displays "$page" >"$dir/${page##*/}" ;;
		*) cp "$page" "$dir/${page##*/}" ;;
		esac
		{
			mandoc -Wwarning -Tutf8 -Owidth=$width "$dir/${page##*/}" |
				too_long $width
			# What man(1) uses on many systems breaks lines itself.
			! command -v groff >/dev/null ||
				groff -mandoc -Tutf8 -rLL=${width}n -wall -z \
					"$dir/${page##*/}"
		} >"$dir/found" 2>&1 || true
		[ -s "$dir/found" ] || continue
		echo "$page: at $width columns:"
		cat "$dir/found"
		status=1
	done
done
exit $status
