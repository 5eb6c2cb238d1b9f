#!/bin/sh
# The directory is the layer: an include names only rooms that stand below the
# room of the file, and a foreign header stands only where it may.

set -u
cd "$(dirname "$0")/../.." || exit 1
status=0

complain() {
	echo "$1"
	status=1
}

# only HEADER FILES: a regular expression of the files that may include it.
only() {
	for file in $(git grep -lE "^#include <$1" -- 'common' 'cmd'); do
		echo "$file" | grep -qE "^($2)\$" ||
			complain "$file: may not include <$1>"
	done
}

# From the ground up: a room may use what stands below it.
rooms="base text file process settings task customer ledger filter net"
below=
for room in $rooms; do
	below="$below $room"
	for line in $(grep -oH '^#include "common/[a-z]*/' \
		common/"$room"/*.[ch] | tr ' ' '~'); do
		used=$(echo "$line" | sed 's|.*"common/\(.*\)/|\1|')
		case "$below " in
		*" $used "*) ;;
		*) complain "${line%%:*}: may not include common/$used" ;;
		esac
	done
done
for room in common/*/; do
	case " $rooms " in
	*" $(basename "$room") "*) ;;
	*) complain "$room: is not in layers.sh" ;;
	esac
done

# A program's own files are no other's, and nothing in common is a program's.
for file in $(git grep -lE '^#include "cmd/' -- common); do
	complain "$file: common may not include cmd"
done
for program in cmd/*/; do
	for file in $(git grep -hoE '^#include "cmd/[^"]*' -- "$program" |
		sed 's/.*"//' | grep -v "^$program"); do
		complain "$program: may not include $file"
	done
done

only 'curl/' 'common/net/.*|cmd/sms-.*'
only 'sqlite3' 'common/customer/directory_sqlite.c|common/ledger/.*'
only 'sodium' 'common/task/.*|common/ledger/.*|common/net/.*|cmd/sms-.*'
only 'ini\.h' 'common/settings/config.c'

exit $status
