#!/bin/sh
# Measures what the ledger costs: the same work with and without it, in one run
# on one machine. The ratios count, not the seconds.
#
# usage: ledger.sh BUILD

set -eu
cd "$(dirname "$0")/../.."
PATH=$PWD/$1/bin:$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
XDG_CONFIG_HOME=$dir
TWOFA_LIMIT_ALL=none
export XDG_CONFIG_HOME TWOFA_LIMIT_ALL

tasks=100000

# Customers that were recognised, each with a number of its own.
awk -v n="$tasks" 'BEGIN {
	for (i = 0; i < n; i++)
		printf "{\"taskId\":\"task-%06d\",\"taskInformation\":{" \
			"\"customContextParameters\":[{\"name\":" \
			"\"CustomerIdentifier\",\"value\":\"%06d\"},{\"name\":" \
			"\"CustomerRecognized\",\"value\":\"Yes\"},{\"name\":" \
			"\"SMSNumber\",\"value\":\"+4477%08d\"}]}}\n", i, i, i
}' >recognised.json
head -n 1 recognised.json >one.json
sed s/task-000000/task-other/ one.json >other.json
# No PIN begins with 0: each is wrong.
echo 0000 >wrong

# Each with the PIN of its message: right TASKS OUTBOX.
right() {
	awk 'NR == FNR {
		match($0, /"to":"[^"]*"/); to = substr($0, RSTART + 6, RLENGTH - 7)
		match($0, /[0-9]+","at"/); pin[to] = substr($0, RSTART, 4)
		next
	} {
		match($0, /"SMSNumber","value":"[^"]*"/)
		to = substr($0, RSTART + 21, RLENGTH - 22)
		sub(/\]\}\}$/, ",{\"name\":\"PIN\",\"value\":\"" pin[to] "\"}]}}")
		print
	}' "$2" "$1"
}

# Kept as they are: a run begins with copies of them.
twofa-sendpin -l with.db -s file:outbox <recognised.json >sent.json
twofa-task set PIN=@wrong <sent.json >with.json
right sent.json outbox >with-right.json
rm outbox
twofa-sendpin -l none -s file:/dev/null <recognised.json |
	twofa-task set PIN=@wrong >without.json
twofa-sendpin -l few.db -s file:outbox <one.json >sent.json
twofa-task set PIN=@wrong <sent.json >one-with.json
right sent.json outbox >one-right.json
rm outbox
head -n 1 without.json >one-without.json

cat >fresh.sh <<'END'
rm -f ledger.db ledger.db-*
[ -z "${1-}" ] || for end in '' -wal; do
	[ ! -e "$1$end" ] || cp "$1$end" "ledger.db$end"
done
END

median() {
	jq '.results[0].median * 1000' "$1.result"
}

# measure NAME RUNS LEDGER COMMAND: each run begins with a copy of the ledger.
measure() {
	hyperfine --style none -i --warmup 1 --runs "$2" \
		--prepare "sh fresh.sh $3" --export-json "$1.result" "$4" \
		>/dev/null 2>&1
}

# compare TEXT RUNS LEDGER WITHOUT WITH
compare() {
	measure without "$2" '' "$4"
	measure with "$2" "$3" "$5"
	jq -n -r --argjson a "$(median without)" --argjson b "$(median with)" \
		--arg text "$1" '"  \($text): \($a * 100 | round / 100) ms without, \($b * 100 | round / 100) ms with: \($b / $a * 100 | round / 100) times"'
}

echo "the ledger, against the same without it (medians):"
compare "one caller verified" 50 few.db \
	"twofa-verify -l none one-without.json" \
	"twofa-verify -l ledger.db one-with.json"
compare "the same with the right PIN" 50 few.db \
	"twofa-verify -l none one-without.json" \
	"twofa-verify -l ledger.db one-right.json"
compare "one message to an outbox" 50 few.db \
	"twofa-sendpin -l none -s file:outbox one.json" \
	"twofa-sendpin -l ledger.db -s file:outbox other.json"
compare "$tasks verified as a stream" 3 with.db \
	"twofa-verify -l none <without.json >out; true" \
	"twofa-verify -l ledger.db <with.json >out; true"
compare "the same with the right PINs" 3 with.db \
	"twofa-verify -l none <without.json >out; true" \
	"twofa-verify -l ledger.db <with-right.json >out; true"
compare "$tasks sends as a stream" 3 '' \
	"twofa-sendpin -l none -s file:/dev/null <recognised.json >out" \
	"twofa-sendpin -l ledger.db -s file:/dev/null <recognised.json >out"
