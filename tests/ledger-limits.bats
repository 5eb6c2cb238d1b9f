#!/usr/bin/env bats
# What the ledger does not allow: too many messages, other countries, a clock
# that was set back, a file that others can write; and what is not in it.
# shellcheck disable=SC2030,SC2031 # a test exports for itself alone
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
}

# asks STATUS ID [NUMBER [IDENTIFIER]]: a message for a new task.
asks() {
	customer "${@:2}" >ask.json
	sendpin "$1" ask.json
}

# refused REASON AGAIN ID [NUMBER [IDENTIFIER]].
refused() {
	local before
	before=$(lines outbox)
	asks 75 "${@:3}"
	is "$(value TwofaReason <<<"$output")" "$1"
	is "$(value SMSSent <<<"$output")" ""
	is "$(value GeneratedPIN <<<"$output")" ""
	has "$stderr" "as many messages were sent as $1 allows: try again in ${2}s"
	is "$(lines outbox)" "$before"
}

# --- limits -----------------------------------------------------------------

@test "limit_number: 5 in 10 minutes, 10 in a day, to the second" {
	needs_clock
	NOW=0
	for i in a b c d e; do
		asks 0 "$i" +447700900001 "$(printf '%06d' "'$i")"
		NOW=$((NOW + 1))
	done
	refused limit-number 595 f +447700900001 777777
	# Another number is another matter.
	asks 0 other +447700900002 777777
	NOW=599
	refused limit-number 1 f +447700900001 777777
	# The first one counts until 600 s after it, not longer.
	NOW=600
	asks 0 f +447700900001 777777
	refused limit-number 1 g +447700900001 777777
	NOW=2000
	for i in g h j k; do
		asks 0 "$i" +447700900001 777778
	done
	NOW=4000
	refused limit-number $((86400 - 4000)) l +447700900001 777779
	NOW=86399
	refused limit-number 1 l +447700900001 777779
	NOW=86400
	asks 0 l +447700900001 777779
}

@test "limit_customer: 10 in a day, to whatever number" {
	needs_clock
	for i in $(seq 10 19); do
		customer "t$i" "+4477009000$i"
	done >t.json
	sendpin 0 t.json
	is "$(lines outbox)" 10
	refused limit-customer 86400 more +447700900099
	asks 0 other +447700900099 654321
	NOW=86399
	refused limit-customer 1 more +447700900099
	NOW=86400
	asks 0 more +447700900099
}

@test "limit_country and limit_all" {
	needs_clock
	export TWOFA_LIMIT_COUNTRY=2/1m
	asks 0 t1 +447700900001 100001
	asks 0 t2 +447700900002 100002
	refused limit-country 60 t3 +447700900003 100003
	asks 0 t4 +4915123456789 100004
	NOW=59
	refused limit-country 1 t3 +447700900003 100003
	NOW=60
	export TWOFA_LIMIT_ALL=4/1h
	asks 0 t3 +447700900003 100003
	refused limit-all 3540 t5 +4915123456780 100005
	NOW=3600
	asks 0 t5 +4915123456780 100005
}

@test "a limit holds within one input, and what is done again costs nothing" {
	for i in $(seq 7); do
		customer "t$i"
	done >t.json
	sendpin 75 t.json
	is "$(lines outbox)" 5
	is "$(grep -c '"SMSSent","value":"Yes"' <<<"$output")" 5
	is "$(grep -c limit-number <<<"$output")" 2
	first=$output
	sendpin 75 t.json
	is "$output" "$first"
	is "$(sql 'SELECT count(*) FROM request')" 5
}

@test "settings of limits" {
	customer t1 >t1.json
	for name in NUMBER CUSTOMER COUNTRY ALL; do
		for bad in x 5 0/1m 5/ /1m '5/10m,' 1/1m,1/1m,1/1m,1/1m,1/1m; do
			export "TWOFA_LIMIT_$name=$bad"
			sendpin 78 t1.json
			has "$stderr" "TWOFA_LIMIT_$name: give N/TIME"
			is "$output" ""
		done
		unset "TWOFA_LIMIT_$name"
	done
	[ ! -s outbox ]
}

# --- countries --------------------------------------------------------------

@test "where messages may go" {
	while read -r allowed number reason; do
		rm -f outbox ledger.db*
		export TWOFA_ALLOW_COUNTRY=${allowed//_/ }
		[ "$allowed" != - ] || unset TWOFA_ALLOW_COUNTRY
		customer t1 "$number" >t.json
		if [ "$reason" = sent ]; then
			sendpin 0 t.json
			is "$(lines outbox)" 1
			continue
		fi
		sendpin 1 t.json
		is "$(value SMSSent <<<"$output")" No
		is "$(value TwofaReason <<<"$output")" "$reason"
		[ ! -s outbox ]
		is "$(sql 'SELECT count(*) FROM request')" 0
	done <<-'END'
		- +447700900001 sent
		- +449001234567 premium
		- +883123456789 premium
		- +979123456789 premium
		- +999123456789 country
		44 +447700900001 sent
		44 +449001234567 premium
		44 +4915123456789 country
		44 +499001123456 country
		44 +883123456789 country
		44_49 +4915123456789 sent
		447 +447700900001 sent
		447 +441234567890 country
		4490 +449001234567 sent
		883 +883123456789 sent
		1,44 +12025550123 sent
		1,44 +19002345678 premium
	END
	export TWOFA_ALLOW_COUNTRY=+44
	sendpin 78 t.json
	has "$stderr" "allow_country"
}

@test "where messages may go, without a ledger" {
	while read -r allowed number reason; do
		export TWOFA_ALLOW_COUNTRY=$allowed
		[ "$allowed" != - ] || unset TWOFA_ALLOW_COUNTRY
		customer t1 "$number" >t.json
		sendpin 1 -l none t.json
		is "$(value TwofaReason <<<"$output")" "$reason"
	done <<-'END'
		- +449001234567 premium
		- +979123456789 premium
		44 +4915123456789 country
	END
	[ ! -s outbox ]
}

# --- locked -----------------------------------------------------------------

@test "a customer who is locked gets no message until the lock has passed" {
	needs_clock
	export TWOFA_LIMIT_WRONG=1/1h
	send_first
	try wrong "$WRONG" 1
	customer t2 +447700900002 >t2.json
	customer t3 +447700900001 654321 >t3.json
	sendpin 1 t2.json
	is "$(value SMSSent <<<"$output")" No
	is "$(value TwofaReason <<<"$output")" locked
	is "$(value GeneratedPIN <<<"$output")" ""
	is "$(lines outbox)" 1
	is "$(sql 'SELECT count(*) FROM request')" 1
	is "$(sql "SELECT reason FROM history WHERE outcome = 'refused'")" locked
	# Nor the same PIN once more, nor one that may have been sent.
	NOW=60
	sendpin 1 --resend sent.json
	is "$(value TwofaReason <<<"$output")" locked
	is "$(value SMSSent <<<"$output")" Yes
	is "$(lines outbox)" 1
	# What was sent is told as ever, and others are not locked.
	sendpin 0 t1.json
	sendpin 0 t3.json
	is "$(lines outbox)" 2
	NOW=3600
	sendpin 0 t2.json
	is "$(lines outbox)" 3
}

@test "a message that may have been sent is not repeated for a locked customer" {
	needs_clock
	export TWOFA_LIMIT_WRONG=1/1h
	customer t1 >t1.json
	driver --repeat --outcome unknown
	sendpin 75 t1.json
	customer t2 +447700900002 >t2.json
	driver --repeat
	sendpin 0 t2.json
	printf '%s\n' "$output" >sent.json
	try wrong "$(other_pin "$(pin_of truth)")" 1
	sendpin 1 t1.json
	is "$(value TwofaReason <<<"$output")" locked
	is "$(lines truth)" 1
}

# --- the clock --------------------------------------------------------------

@test "the clock set back: 75, nothing is opened again; set right, all is well" {
	needs_clock
	NOW=90000
	send_first
	NOW=90700
	try expired "$PIN" 1
	NOW=4300
	keyed "$PIN" 2 >k.json
	verify 75 k.json
	has "$stderr" "the clock was set back: it was $(date -u -d \
		"@$((T0 + 90700))" +%Y-%m-%dT%H:%M:%SZ) already"
	is "$(value TwofaReason <<<"$output")" temporary
	is "$(value ValidationCheck <<<"$output")" ""
	is "$(value PIN <<<"$output")" "$PIN"
	asks 75 t2
	is "$(value TwofaReason <<<"$output")" temporary
	is "$(lines outbox)" 1
	# A little is no harm: the ledger's time stands still meanwhile.
	NOW=90695
	try expired "$PIN" 2
	asks 0 t2
	is "$(value PINExpires <<<"$output")" \
		"$(date -u -d "@$((T0 + 91300))" +%Y-%m-%dT%H:%M:%SZ)"
	NOW=90694
	asks 75 t3
	NOW=90701
	asks 0 t3
	printf '%s\n' "$output" >t3.sent
	try OK "$(pin_of outbox)" 1 t3.sent
	try expired "$PIN" 3
}

# --- the file ---------------------------------------------------------------

@test "a ledger, or a directory of it, that others can write: 77" {
	mkdir place
	export TWOFA_LEDGER=$PWD/place/ledger.db
	send_first
	keyed "$PIN" 1 >k.json
	customer t2 >t2.json
	is "$(stat -c %a place/ledger.db)" 600
	for mode in 644 606 620 660 666 777; do
		chmod "$mode" place/ledger.db
		verify 77 k.json
		is "$output" ""
		has "$stderr" "place/ledger.db: "
		sendpin 77 t2.json
		is "$output" ""
	done
	chmod 600 place/ledger.db
	for mode in 777 1777 770 722; do
		chmod "$mode" place
		verify 77 k.json
		has "$stderr" "its directory is writable by others"
		sendpin 77 t2.json
	done
	chmod 700 place
	ln -s place/ledger.db link.db
	verify 77 -l link.db k.json
	has "$stderr" "a symbolic link"
	is "$(lines outbox)" 1
	verify 0 k.json
}

@test "a directory that is not there, a file that is none: 78" {
	customer t1 >t1.json
	mkfifo fifo
	chmod 600 fifo
	mkdir -m 700 directory
	for place in missing/ledger.db directory fifo /dev/null/x; do
		sendpin 78 -l "$place" t1.json
		is "$output" ""
		[ ! -s outbox ]
	done
}

@test "a ledger that another program holds: 75 after 5 s, not before" {
	send_first
	keyed "$PIN" 1 >k.json
	customer t2 >t2.json
	mkfifo hold
	sqlite3 ledger.db <hold >held 2>&1 3>&- &
	exec {HOLD}>hold
	echo "PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE; SELECT 'held';" >&$HOLD
	eventually grep -q held held
	timed twofa-sendpin -k key -s file:outbox t2.json >other.out \
		2>other.err 3>&- &
	other=$!
	began=$(date +%s%N)
	verify 75 k.json
	took=$((($(date +%s%N) - began) / 1000000))
	[ "$took" -ge 4500 ]
	has "$stderr" "in use by another program"
	is "$(value TwofaReason <<<"$output")" temporary
	is "$(value PIN <<<"$output")" "$PIN"
	wait "$other" && status=0 || status=$?
	is "$status" 75
	is "$(value TwofaReason other.out)" temporary
	is "$(lines outbox)" 1
	echo "ROLLBACK;" >&$HOLD
	exec {HOLD}>&-
	wait
	verify 0 k.json
	sendpin 0 t2.json
}

# --- what is not in it ------------------------------------------------------

@test "no number, identifier, task or PIN stands in the ledger" {
	id=task-7f3a9c
	customer "$id" +447700912345 918273 >t1.json
	# A reader keeps the write-ahead log from being folded in.
	sendpin 0 -n 10 t1.json
	mkfifo hold
	sqlite3 ledger.db <hold >held 2>&1 3>&- &
	exec {HOLD}>hold
	echo "BEGIN; SELECT count(*) || 'held' FROM pin;" >&$HOLD
	eventually grep -q held held
	customer "$id-2" +447700912345 918273 >t2.json
	sendpin 0 -n 10 t2.json
	printf '%s\n' "$output" >sent.json
	PIN=$(pin_of outbox)
	try wrong "$(other_pin "$PIN")" entry-1
	try OK "$PIN" entry-2
	[ -s ledger.db ]
	[ -s ledger.db-wal ]
	[ -s ledger.db-shm ]
	# The search finds what is there: the masked number, the entry.
	grep -qaF "$(sql 'SELECT masked FROM pin LIMIT 1')" ledger.db ledger.db-wal
	grep -qaF entry-2 ledger.db-wal
	for secret in 447700912345 7700912345 918273 "$id" "$PIN" \
		"$(other_pin "$PIN")" "$(head -n 1 outbox | pin_of /dev/stdin)" \
		"$(grep -m 1 -v '^#' key)"; do
		[ -n "$secret" ]
		run -1 grep -aFl "$secret" ledger.db ledger.db-wal ledger.db-shm
	done
	exec {HOLD}>&-
	wait
}
