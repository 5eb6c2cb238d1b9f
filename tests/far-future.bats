#!/usr/bin/env bats
# Whole calls at times at which a time of 32 bits, signed or not, ends, on leap
# days and without one: each test goes over that moment in seconds.
# shellcheck disable=SC2154 # run sets stderr
# shellcheck disable=SC2030,SC2031,SC2153 # each test is a process of its own

load common
load ledger
load acs

# The last second before; and that 2100 is no leap year.
MOMENTS=('2037-12-31 23:59:59' '2038-01-19 03:14:07' '2040-02-28 23:59:59'
	'2040-02-29 23:59:59' '2100-02-28 23:59:59' '2106-02-07 06:28:15')

setup() {
	setup_ledger
	needs_clock
	HERE=$PWD
	export ACS_CERTS=. # there is no TLS
}

teardown() {
	acs_stop
}

# each FUNCTION: at each of the moments, in a directory of its own.
each() {
	local moment
	for moment in "${MOMENTS[@]}"; do
		# In a shell of its own "set -e" would not hold.
		cd "$HERE" || return
		mkdir "${moment%% *}"
		cd "${moment%% *}" || return
		T0=$(date -u -d "$moment" +%s)
		NOW=0
		export TWOFA_LEDGER=ledger.db XDG_STATE_HOME=$PWD/state
		export TWOFA_DIRECTORY=csv:customers.csv TWOFA_KEY=key \
			TWOFA_SENDER=file:outbox TWOFA_LOG=log
		make_customers
		"$1"
	done
}

# The second N of the test as a person reads it: time_of N.
time_of() {
	date -u -d "@$((T0 + $1))" +%FT%TZ
}

# step NOW [KEYS...]: call.json goes on.
step() {
	local keys=()
	NOW=$1
	for key in "${@:2}"; do
		keys+=(-I "$key")
	done
	runs "${WANTED:-0}" twofa-flow step "${keys[@]}" call.json
	printf '%s\n' "$output" >next.json
	mv next.json call.json
}

filter() { # NOW PROGRAM...
	NOW=$1
	timed "${@:2}" call.json >next.json
	mv next.json call.json
}

stands() { # NOW ACTIVITY
	is "$(value FlowSince call.json) $(value FlowActivity call.json)" \
		"$((T0 + $1)) $2"
}

by_step() {
	twofa-task new --id t1 >call.json
	step 0 1 123456
	stands 0 WaitRecognized
	filter 0 twofa-lookup
	step 1
	stands 1 WaitSent
	filter 1 twofa-sendpin
	is "$(value PINExpires call.json)" "$(time_of 601)"
	step 2
	stands 2 AskPIN
	pin_of outbox >pin
	step 600 @pin
	filter 600 twofa-verify
	step 600
	is "$(value FlowOutcome call.json)" queued
	is "$(jq -r .time log | tr '\n' ' ')" \
		"$(time_of 0) $(time_of 1) $(time_of 600) "
	is "$(jq -r .at outbox)" "$(time_of 1)"
	# A wait is as long as ever.
	twofa-task new --id t2 >call.json
	step 0 1 123456
	step 29
	stands 0 WaitRecognized
	WANTED=1 step 30
	stands 30 NotVerified
}

@test "a call by step" {
	each by_step
}

by_run() {
	TWOFA_LEDGER=ledger.db timed "$FAKES/caller.py" 1 123456 @outbox -- \
		twofa-flow run -F lines --trace trace -o call.json >said
	is "$(tail -n 1 said)" "end queued agents"
	stands 0 Agents
	is "$(jq -r .time trace | sort -u)" "$(time_of 0)"
	# It goes on where step left it.
	NOW=1
	twofa-task new --id t2 >call.json
	step 1 1 123456
	NOW=2
	timed "$FAKES/caller.py" @outbox -- \
		twofa-flow run -F lines -o call.json call.json >said
	is "$(tail -n 1 said)" "end queued agents"
	stands 2 Agents
}

@test "a call by run" {
	each by_run
}

# desk STATUS <SCRIPT: an agent whose clock stands still.
desk() {
	at_terminal "$1" env LD_PRELOAD="$FAKETIME_LIBRARY" \
		FAKETIME=$((T0 + NOW)) FAKETIME_FMT=%s \
		FAKETIME_DONT_FAKE_MONOTONIC=1 twofa-flow desk 123456
}

by_desk() {
	slow_sender true
	NOW=1
	desk 137 <<-'END'
		wait Enter sends it
		wait >
		type
		sh until [ -e reached ]; do sleep 0.02; done
		signal KILL
	END
	touch go
	NOW=2
	desk 0 <<<play
	is "$(lines outbox)" 1
	has "$SCREEN" "goes on where it was left"
	has "$STDOUT" "VERIFIED 123456 $(time_of 2) by "
	# A call without a PIN is kept for ten minutes, not longer.
	NOW=3
	desk 137 <<-'END'
		wait Enter sends it
		signal KILL
	END
	NOW=602
	desk 137 <<-'END'
		wait goes on where it was left
		wait Enter sends it
		signal KILL
	END
	NOW=603
	desk 1 <<-'END'
		wait Enter sends it
		wait >
		type q
	END
	hasnt "$SCREEN" "goes on"
}

@test "a call at the desk that is killed while it sends" {
	each by_desk
}

show() { # FIELD TIME WORDS: the lines of the history then
	is "$(timed twofa-ledger show t1 | grep "^$(time_of "$1") " |
		sed -E 's/^[^ ]* *//; s/ *  (PIN|to|by) .*//; s/ +/ /g' |
		tr '\n' ',')" "$2"
}

in_ledger() {
	SENDER=file:outbox
	send_first
	NOW=1
	try wrong "$WRONG" e1
	# Not before the minute is over; then the same PIN, and not longer.
	NOW=59
	timed twofa-sendpin -q -s "$SENDER" --resend sent.json >again.json || true
	is "$(lines outbox)" 1
	NOW=60
	sendpin 0 --resend sent.json
	is "$(lines outbox)" 2
	is "$(value PINExpires <<<"$output")" "$(time_of 600)"
	NOW=599
	try OK "$PIN" e2
	try OK "$PIN" e2
	try used "$PIN" e3
	show 0 'send intent,send sent,'
	show 60 'send intent,send sent,'
	has "$(timed twofa-ledger list)" "$(time_of 0)"
	is "$(timed twofa-ledger export | jq -r .time | head -n 1)" \
		"$(time_of 0)"
	# Expired to the second.
	customer t2 >t2.json
	NOW=600
	sendpin 0 t2.json
	printf '%s\n' "$output" >t2.json
	NOW=1200
	try expired "$(pin_of outbox)" e1 t2.json
	# Limits pass, and so does a lock.
	export TWOFA_LIMIT_CUSTOMER=3/1h TWOFA_LIMIT_WRONG=1/1h
	NOW=3601
	customer t3 >t3.json
	sendpin 0 t3.json
	printf '%s\n' "$output" >t3.json
	PIN=$(pin_of outbox)
	try wrong "$(other_pin "$PIN")" e1 t3.json
	try locked "$PIN" e2 t3.json
	unset TWOFA_LIMIT_CUSTOMER TWOFA_LIMIT_WRONG
	try OK "$PIN" e3 t3.json
	# Old entries go, the others stay.
	for day in 6 12 18; do
		NOW=$((day * 86400))
		customer "day$day" >day.json
		sendpin 0 day.json
	done
	TWOFA_KEEP=7d runs 0 twofa-ledger purge
	is "$(sql 'SELECT count(*) FROM pin')" 3
	is "$(sql 'SELECT clock FROM meta')" $((T0 + NOW))
	runs 0 twofa-ledger check
	# A clock that was set back by more than five seconds.
	NOW=$((NOW - 6))
	sendpin 75 t1.json
	has "$stderr" "$(time_of $((NOW + 6)))"
}

@test "the ledger: sent, tried, sent again, locked, expired, purged" {
	each in_ledger
}

signed() {
	# The service's stand-in has the same clock, and compares.
	ACS_DIR=$PWD/server
	acs_spawn "$ACS_DIR" env LD_PRELOAD="$FAKETIME_LIBRARY" \
		FAKETIME="$T0" FAKETIME_FMT=%s FAKETIME_DONT_FAKE_MONOTONIC=1 \
		"$PYTHON" "$FAKES/acs_server.py" \
		--dir "$ACS_DIR" --key "$ACS_KEY"
	acs_secret "http://127.0.0.1:$ACS_PORT"
	acs_request 1 5000 >request
	timed "$DRIVER" "file:$BATS_TEST_TMPDIR/acs" <request >out
	is "$(jq -r 'select(.id).outcome' out)" accepted
	has "$(cat "$ACS_DIR"/1.head)" \
		"$(LC_ALL=C date -u -d "@$T0" '+%a, %d %b %Y %T GMT')"
	acs_stop
}

@test "what is signed for the service has the right date" {
	each signed
}

@test "a build whose times end in 2038 is found out" {
	wrong=$(python3 -B "$ROOT/tests/far-future/controls.py" "$BUILD" \
		"$PWD/wrong")
	for name in "a call by step" "a call by run" "a call at the desk"; do
		run -1 env TWOFA_BUILD="$(realpath --relative-to="$ROOT" "$wrong")" \
			bats -f "$name" "$BATS_TEST_FILENAME"
		has "$output" "not ok 1 $name"
	done
}
