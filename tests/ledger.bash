# Helpers for tests of the ledger. They need common.bash.

# Where the clock of the tests begins, if they set it; AHEAD is what make
# far-future puts all clocks forward by.
T0=$((1900000000 + ${AHEAD:-0}))
NOW=
SENDER=file:outbox

setup_ledger() {
	setup_dir
	export TWOFA_LEDGER=$BATS_TEST_TMPDIR/ledger.db
}

needs_clock() {
	needs_faketime
	if [ "$(NOW=7 timed date +%s 2>/dev/null)" != $((T0 + 7)) ]; then
		skip "faketime does not work here"
	fi
	NOW=0
}

# The command, at second NOW of the tests' own time, which stands still.
timed() {
	[ -n "$NOW" ] || { "$@" && return 0 || return "$?"; }
	FAKETIME_FMT=%s faked $((T0 + NOW - ${AHEAD:-0})) "$@"
}

# A recognised customer: customer ID [NUMBER [IDENTIFIER]].
customer() {
	state "$1" "CustomerIdentifier=${3:-123456}" CustomerRecognized=Yes \
		"SMSNumber=${2:-+447700900001}"
}

# runs STATUS COMMAND...: status, output and stderr as run leaves them.
# shellcheck disable=SC2154 # run sets stderr
runs() {
	local wanted=$1
	shift
	run --separate-stderr timed "$@"
	[ "$status" = "$wanted" ] && return 0
	printf '%s: status %d, wanted %d\n%s\n%s\n' "$1" "$status" "$wanted" \
		"$output" "$stderr"
	return 1
}

# sendpin STATUS [ARG...] and verify STATUS [ARG...].
sendpin() {
	local wanted=$1
	shift
	runs "$wanted" twofa-sendpin -k key -s "$SENDER" "$@"
}

verify() {
	local wanted=$1
	shift
	runs "$wanted" twofa-verify -k key "$@"
}

# A state with a PIN keyed in, and its PINEntry; "" for none:
# keyed PIN ENTRY [FILE].
keyed() {
	jq -c --arg pin "$1" --arg entry "$2" '
		del(.updatedParameterName, .updatedParameterValue) |
		.taskInformation.customContextParameters |= (map(select(.name |
			IN("PIN", "PINEntry", "ValidationCheck", "TwofaReason") |
			not)) + [{name: "PIN", value: $pin}] +
			if $entry == "" then []
			else [{name: "PINEntry", value: $entry}] end)' \
		"${3:-sent.json}"
}

# The verdict on that: OK or a reason. try WANTED PIN ENTRY [FILE [ARG...]].
try() {
	local wanted=$1 file=${4:-sent.json}
	keyed "$2" "$3" "$file" >keyed.json
	if [ "$wanted" = OK ]; then
		verify 0 "${@:5}" keyed.json
		is "$(value ValidationCheck <<<"$output")" OK
		return
	fi
	verify 1 "${@:5}" keyed.json
	is "$(value ValidationCheck <<<"$output")" Failed &&
		is "$(value TwofaReason <<<"$output")" "$wanted"
}

# Send to the customer of t1: t1.json, sent.json, $PIN, $WRONG.
send_first() {
	customer t1 >t1.json
	sendpin 0 "$@" t1.json
	printf '%s\n' "$output" >sent.json
	PIN=$(tail -n 1 outbox | jq -r .message | grep -oE '[0-9]{4,}' |
		head -n 1)
	# shellcheck disable=SC2034 # used by the tests
	WRONG=$(other_pin "$PIN")
}

# An SMS driver that does as told, always under the same address; what customers
# got stands in truth, what it was asked in requests. Its own clock is the true
# one: nothing waits long where time stands still.
driver() {
	SENDER=exec:./snd
	printf '#!/bin/sh\nunset LD_PRELOAD\nexec %s --truth truth --requests requests %s\n' \
		"$FAKES/sms_driver.py" "$*" >snd
	chmod +x snd
}

# How many lines FILE has; none when it is not there.
lines() {
	if [ -e "$1" ]; then
		wc -l <"$1" | tr -d ' '
	else
		echo 0
	fi
}

sql() {
	sqlite3 "$TWOFA_LEDGER" "$@"
}

# All that limits and locks go by.
counters() {
	sql 'SELECT id, attempts, used FROM pin ORDER BY 1;
		SELECT hex(who), wrong, revoked FROM subject ORDER BY 1;
		SELECT id, at FROM request ORDER BY 1;
		SELECT hex(customer), at FROM wrong ORDER BY 1, 2;
		SELECT pin, entry FROM verdict ORDER BY 1, 2'
}
