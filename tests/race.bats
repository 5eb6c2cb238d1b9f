#!/usr/bin/env bats
# Many at once on one PIN or one task. ROUNDS=100 for a figure to quote.
# shellcheck disable=SC2154 # run sets stderr

load common
load acs
load ledger

ROUNDS=${ROUNDS:-2}
VERIFIERS=64
SENDERS=16

setup_file() {
	acs_certificates
}

setup() {
	setup_ledger
	# Only the PIN's own limit is in question.
	export TWOFA_LIMIT_WRONG=none TWOFA_LIMIT_NUMBER=none \
		TWOFA_LIMIT_CUSTOMER=none
}

teardown() {
	acs_stop
}

# at_once COMMAND...: one for each line of tasks, to out, err and statuses.
at_once() {
	"$FAKES/at_once.py" tasks out err "$@" >statuses
}

# A PIN for round N: another customer and number each time.
send_round() {
	local n=$1
	customer "r$n" "+4477009$(printf %05d "$n")" \
		"$(printf %06d "$n")" >t.json
	sendpin 0 t.json
	printf '%s\n' "$output" >sent.json
	PIN=$(pin_of outbox)
	WRONG=$(other_pin "$PIN")
}

# tries PIN FROM TO: a line for each, with an entry of its own.
tries() {
	seq "$2" "$3" | jq -c --arg pin "$1" --slurpfile t sent.json '. as $n |
		$t[0] | .taskInformation.customContextParameters +=
		[{name: "PIN", value: $pin}, {name: "PINEntry", value: "\($n)"}]'
}

# How often each verdict: "61 exhausted,3 wrong,", by name.
verdicts() {
	jq -r '[.taskInformation.customContextParameters[] |
		select(.name == "TwofaReason" or .value == "OK") | .value][0]' out |
		sort | uniq -c | awk '{ printf "%s %s,", $1, $2 }'
}

# One is let in; the others come too late, or while as many are compared as there
# are attempts.
one_is_right() {
	[[ $(verdicts) =~ ^"1 OK,"(([0-9]+)" exhausted,")?(([0-9]+)" used,")?(([0-9]+)" wrong,")?$ ]] &&
		is $((BASH_REMATCH[2] + BASH_REMATCH[4] + BASH_REMATCH[6])) \
			$((VERIFIERS - 1)) &&
		[ $((BASH_REMATCH[6])) -le "$1" ] && ended '0 1' && return
	verdicts
	return 1
}

# How they ended, each status once. Nobody waited in vain, nobody complained.
ended() {
	is "$(sort -u statuses | tr '\n' ' ')" "$1 "
	is "$(grep -v 'allow_country is not set' err)" ""
}

@test "wrong PINs at once: as many are compared as were sealed" {
	for n in $(seq "$ROUNDS"); do
		send_round "$n"
		tries "$WRONG" 1 $VERIFIERS >tasks
		at_once twofa-verify -k key
		ended '1'
		is "$(verdicts)" "$((VERIFIERS - 3)) exhausted,3 wrong,"
	done
	is "$(sql "SELECT count(*) FROM pin WHERE attempts = 3")" "$ROUNDS"
	is "$(sql "SELECT count(*) FROM wrong")" $((3 * ROUNDS))
}

@test "right PINs at once: one is let in" {
	for n in $(seq "$ROUNDS"); do
		send_round "$n"
		tries "$PIN" 1 $VERIFIERS >tasks
		at_once twofa-verify -k key
		one_is_right 0
		is "$(grep -c '^0$' statuses)" 1
	done
}

@test "right and wrong PINs at once: never more than one, and three" {
	for n in $(seq "$ROUNDS"); do
		send_round "$n"
		half=$((VERIFIERS / 2))
		paste -d '\n' <(tries "$WRONG" 1 $half) \
			<(tries "$PIN" $((half + 1)) $VERIFIERS) >tasks
		at_once twofa-verify -k key
		case $(verdicts) in
		"$((VERIFIERS - 3)) exhausted,3 wrong,") ended '1' ;;
		*) one_is_right 2 ;;
		esac
	done
}

@test "the same entry at once is one try" {
	send_round 1
	for _ in $(seq $VERIFIERS); do
		keyed "$WRONG" 1
	done >tasks
	at_once twofa-verify -k key
	ended '1'
	is "$(verdicts)" "$VERIFIERS wrong,"
	is "$(sql 'SELECT attempts FROM pin')" 1
	for n in $(seq 2 $((ROUNDS + 1))); do
		send_round "$n"
		for _ in $(seq $VERIFIERS); do
			keyed "$PIN" 1
		done >tasks
		at_once twofa-verify -k key
		ended '0'
		is "$(verdicts)" "$VERIFIERS OK,"
	done
	is "$(sql 'SELECT sum(attempts) FROM pin')" $((ROUNDS + 1))
	is "$(sql 'SELECT count(*) FROM wrong')" 1
}

# --- the control: a race that is there is found ------------------------------

# Of ten rounds one shows other verdicts: is_found_out FIRST PIN|WRONG PATTERN.
is_found_out() {
	local n
	for n in $(seq "$1" $(($1 + 9))); do
		send_round "$n"
		tries "${!2}" 1 $VERIFIERS >tasks
		at_once ./racy-verify -k key
		[[ $(verdicts) =~ $3 ]] || return 0
	done
	return 1
}

# changed TO SED FROM: the source, which the script has to change.
changed() {
	sed "$2" "$3" >"$1"
	run -1 cmp -s "$1" "$3"
}

@test "control: found in one transaction, charged in another; used not looked at" {
	case $BUILD in
	*/build) ;;
	*) skip "built as this build is not" ;;
	esac
	# Long enough in between for others to come in.
	changed attempt.c 's/^\tverdict_compare(v);/\t(void)usleep(20000);\n&/' \
		"$ROOT/cmd/twofa-verify/attempt.c"
	cp attempt.c before.c
	changed attempt.c 's/^\treturn note(a, try, terms->ledger, f);/\tif (ledger_commit(terms->ledger, f) == -1)\n\t\treturn -1;\n\t(void)usleep(20000);\n\tif (ledger_begin(terms->ledger, NULL, f) == -1)\n\t\treturn -1;\n&/' \
		before.c
	changed mark.c 's/ AND used = 0 / /' "$ROOT/common/ledger/ledger_verify.c"
	packages="jansson libsodium sqlite3 inih"
	# shellcheck disable=SC2046,SC2086 # words
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -DTWOFA_VERSION='"0"' \
		-DTWOFA_LIBEXEC='"/"' -I"$ROOT" $(pkg-config --cflags $packages) \
		-include unistd.h -o racy-verify attempt.c mark.c \
		$(find "$ROOT/cmd/twofa-verify" -name '*.c' ! -name attempt.c) \
		"$BUILD/libtwofa.a" $(pkg-config --libs $packages)
	is_found_out 1 WRONG "^$((VERIFIERS - 3)) exhausted,3 wrong,$"
	is_found_out 11 PIN '^1 OK,'
}

# --- senders ----------------------------------------------------------------

# All of them say the same: sent, and the same sealed PIN.
one_answer() {
	is "$(lines out)" $SENDERS
	sort -u out >sent.json
	is "$(lines sent.json)" 1
	is "$(value SMSSent sent.json)" Yes
	has "$(value GeneratedPIN sent.json)" v1.
	ended '0'
}

@test "one task at once: one message, and all say the same" {
	for n in $(seq "$ROUNDS"); do
		rm -f outbox
		customer "r$n" "+4477009$(printf %05d "$n")" >t.json
		for _ in $(seq $SENDERS); do
			cat t.json
		done >tasks
		at_once twofa-sendpin -k key -s file:outbox
		one_answer
		is "$(lines outbox)" 1
		try OK "$(pin_of outbox)" 1
	done
}

@test "one task at once, over HTTPS: one message, and all say the same" {
	acs_start
	for n in $(seq $(((ROUNDS + 1) / 2))); do
		rm -f "$ACS_DIR/truth"
		customer "r$n" "+4477009$(printf %05d "$n")" >t.json
		for _ in $(seq $SENDERS); do
			cat t.json
		done >tasks
		at_once twofa-sendpin -k key -s "acs:$ADDRESS" -f Acme
		one_answer
		is "$(lines "$ACS_DIR/truth")" 1
		PIN=$(tail -n 1 "$ACS_DIR/texts.jsonl" | jq -r .text |
			grep -oE '[0-9]+$')
		try OK "$PIN" 1
	done
}

@test "tasks of one number at once: exactly as many as its limit" {
	unset TWOFA_LIMIT_NUMBER
	for n in $(seq "$ROUNDS"); do
		rm -f outbox
		for i in $(seq $SENDERS); do
			customer "r$n.$i" "+4477009$(printf %05d "$n")" \
				"$(printf %06d "$i")"
		done >tasks
		at_once twofa-sendpin -k key -s file:outbox
		is "$(lines outbox)" 5
		is "$(sort statuses | uniq -c | awk \
			'{ printf "%s %s,", $1, $2 }')" "5 0,11 75,"
		is "$(grep -c limit-number out)" 11
	done
}

@test "the first ones at once make one key and one ledger" {
	for n in $(seq "$ROUNDS"); do
		rm -f key ledger.db* outbox
		for i in $(seq $SENDERS); do
			customer "r$i" "+4477009$(printf %05d "$i")"
		done >tasks
		at_once twofa-sendpin -k key -s file:outbox
		ended '0'
		is "$(lines outbox)" $SENDERS
		is "$(grep -oE 'v1\.[0-9a-f]{8}' out | sort -u)" \
			"v1.$(sql 'SELECT key_id FROM meta')"
		is "$(sql 'SELECT count(*) FROM pin')" $SENDERS
	done
}
