#!/usr/bin/env bats
# A filter that runs for long outlives what is temporary: tasks that came
# meanwhile have no answer, the next ones have.
# shellcheck disable=SC2154,SC2034 # run sets stderr; NOW is for ledger.bash

load common
load ledger

setup() {
	setup_ledger
	export TWOFA_KEY=key
}

teardown() {
	touch go
	exec 7>&-
}

# filter COMMAND...: it runs, and gets what is written to descriptor 7.
filter() {
	mkfifo in
	"$@" <in >out 2>err 3>&- &
	FILTER=$!
	exec 7>in
}

# Its input ends: ends_with STATUS.
ends_with() {
	local got=0
	exec 7>&-
	wait "$FILTER" || got=$?
	is "$got" "$1"
}

has_lines() { # MORE THAN
	[ "$(lines out)" -gt "$1" ]
}

# ask FILE: hand it over, and wait for the line: $LINE.
ask() {
	local before
	before=$(lines out)
	cat "$1" >&7
	eventually has_lines "$before"
	LINE=$(tail -n 1 out)
}

# Is the last line without an answer, for that reason?
is_unanswered() {
	is "$(value TwofaReason <<<"$LINE")" "$1"
	is "$(value ValidationCheck <<<"$LINE")$(value SMSSent <<<"$LINE")" "$2"
}

@test "the ledger in use: 75 for the window, the next one is answered" {
	send_first
	keyed "$PIN" 1 >k.json
	make_hold
	filter twofa-verify
	./hold 3>&- 7>&-
	ask k.json
	is_unanswered temporary Yes
	touch go
	for _ in $(seq 100); do
		ask k.json
		[ "$(value ValidationCheck <<<"$LINE")" != OK ] || break
	done
	is "$(value ValidationCheck <<<"$LINE")" OK
	ends_with 75
	has "$(cat err)" "in use by another program: try again"
}

@test "a clock that is wrong for a while, and right again" {
	needs_clock
	NOW=
	customer t1 >t1.json
	customer t2 +447700900002 >t2.json
	sendpin 0 /dev/null
	filter twofa-sendpin -s file:outbox
	ask t1.json
	is "$(value SMSSent <<<"$LINE")" Yes
	faked +1d twofa-ledger clock --reset
	for i in 1 2 3; do
		ask t2.json
		is_unanswered temporary ""
	done
	twofa-ledger clock --reset
	for _ in $(seq 200); do
		ask t2.json
		[ "$(value SMSSent <<<"$LINE")" != Yes ] || break
		sleep 0.02
	done
	is "$(value SMSSent <<<"$LINE")" Yes
	is "$(lines outbox)" 2
	ends_with 75
	has "$(cat err)" "the clock was set back"
}

# The writes to FILE with these numbers fail: full FILE NUMBERS COMMAND...
full() {
	strace -f -qq -o /dev/null -P "$PWD/$1" -e trace=pwrite64 \
		-e inject=pwrite64:error=ENOSPC:when="$2" "${@:3}"
}

needs_strace() {
	if is_sanitized; then
		skip "strace does not get along with the sanitizers"
	fi
	strace -qq -o /dev/null true || skip "strace does not work here"
}

@test "a disk that was full: 74, then answers, and nothing was for free" {
	needs_strace
	send_first
	keyed "$WRONG" "" >k.json
	filter full ledger.db-wal 1..2 twofa-verify
	for i in 1 2; do
		ask k.json
		is_unanswered service Yes
	done
	for _ in $(seq 200); do
		ask k.json
		[ "$(value ValidationCheck <<<"$LINE")" != Failed ] || break
		sleep 0.02
	done
	is "$(value PINAttempts <<<"$LINE")" 1
	ends_with 74
	is "$(sql 'SELECT attempts FROM pin')" 1
}

@test "an outcome that cannot be written: no other message goes out" {
	needs_strace
	for i in 1 2 3 4; do
		customer "t$i" "+44770090000$i" "12345$i"
	done >t.json
	sendpin 0 /dev/null
	# The intent of the first can be written, what became of it cannot.
	filter full ledger.db-wal "$(intent_writes)" twofa-sendpin -j 1 \
		-s file:outbox
	cat t.json >&7
	ends_with 74
	is "$(lines outbox)" 1
	is "$(lines out)" 4
	is "$(jq -r '.taskInformation.customContextParameters[] |
		select(.name == "TwofaReason") | .value' out | sort | uniq -c |
		awk '{ print $1, $2 }')" "4 service"
}

# The number of the first write to the write-ahead log that is not an intent's.
intent_writes() {
	customer probe +447700900009 >probe.json
	cp ledger.db probe.db
	strace -f -qq -o probe.trace -P "$PWD/probe.db-wal" \
		-e trace=pwrite64,fdatasync,fsync \
		twofa-sendpin -l probe.db -s file:/dev/null probe.json >/dev/null
	awk '/pwrite64/ { n++ } /sync/ && n > 1 { print n + 1; exit }' probe.trace
}
