#!/bin/sh
# The directory is the layer: an include names only directories that the directory of the
# file may know, and a foreign header stands only where it may.

set -u
cd "$(dirname "$0")/../.." || exit 1
status=0

complain() {
	echo "$1"
	status=1
}

# may DIR ALLOWED...: what files of common/DIR include from common.
may() {
	dir=$1
	shift
	for line in $(grep -oH '^#include "common/[a-z]*/' \
		common/"$dir"/*.[ch] | tr ' ' '~'); do
		used=$(echo "$line" | sed 's|.*"common/\(.*\)/|\1|')
		case " $dir $* " in
		*" $used "*) ;;
		*) complain "${line%%:*}: may not include common/$used" ;;
		esac
	done
}

# only HEADER FILES: a regular expression of the files that may include it.
only() {
	for file in $(git grep -lE "^#include <$1" -- 'common' 'cmd'); do
		echo "$file" | grep -qE "^($2)\$" ||
			complain "$file: may not include <$1>"
	done
}

may base
may io base
may task base io
may ledger base io task
may directory base io task
may sms base io task
may stage base io task
may tend base io task sms ledger
may sendpin base io task sms ledger directory
may verify base io task ledger
may shell base io task stage
may flow base io task
may call base io task stage flow
may net base io

only 'curl/' 'common/net/.*'
only 'sqlite3' 'common/customer/directory_sqlite.c|common/ledger/(sql|ledger_inside)\.h|common/ledger/pages\.c'
only 'sodium' 'common/task/(pin|seal|keyring|uuid).c|common/ledger/(ledger|ledger_hash|ledger_meta|ledger_schema|mark|page_sum|pages|tend_look).c|common/net/.*'
only 'ini\.h' 'common/settings/config.c'
only 'jansson' 'common/(io|task|net|sms|directory|tend|flow)/.*|cmd/sms-.*'

# Every directory has its line here.
for dir in common/*/; do
	grep -q "^may $(basename "$dir")\b" tests/lint/layers.sh ||
		complain "$dir: no line in layers.sh"
done
exit $status
