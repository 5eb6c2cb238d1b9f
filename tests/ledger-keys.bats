#!/usr/bin/env bats
# A new key is brought in and the old one taken away, in the right order and in
# the wrong one.
# shellcheck disable=SC2154,SC2034 # run sets stderr; NOW is for ledger.bash

load common
load ledger

setup() {
	setup_ledger
	export TWOFA_KEY=key
}

# The recipe of twofa-sendpin(1): a new key in front.
new_in_front() {
	cp -p key key.before
	OLD=$(key_id)
	(umask 077 && { openssl rand -hex 32 && cat key; } >key.new)
	mv key.new key
}

# And once the old one may go: only the first stays.
first_alone() {
	(umask 077 && grep -v '^#' key | head -n 1 >key.new)
	mv key key.old
	mv key.new key
}

# Which key seals the ledger's own.
key_id() {
	sql 'SELECT key_id FROM meta'
}

# A PIN for task TASK: $PIN and sent.json.
send_to() {
	customer "$1" >t.json
	sendpin 0 t.json
	printf '%s\n' "$output" >sent.json
	PIN=$(pin_of outbox)
}


@test "any program that writes seals the ledger with the first key" {
	send_first
	for program in sendpin verify resolve revoke unlock purge clock; do
		new_in_front
		case $program in
		sendpin) sendpin 0 /dev/null ;;
		verify) verify 1 /dev/null ;;
		resolve) runs 1 twofa-ledger resolve 00000000 sent ;;
		revoke | unlock)
			runs 0 twofa-ledger "$program" 7 -m why
			;;
		purge) runs 0 twofa-ledger purge ;;
		clock) runs 0 twofa-ledger clock --reset ;;
		esac
		[ "$(key_id)" != "$OLD" ]
	done
	# Also the ledger's own key is the same still.
	try OK "$PIN" 1
}

@test "who only looks, and a dry run, change nothing" {
	send_first
	new_in_front
	for command in list export check "show t1"; do
		# shellcheck disable=SC2086 # two words
		runs 0 twofa-ledger $command
	done
	sendpin 0 --dry-run t1.json
	verify 1 --dry-run t1.json
	is "$(key_id)" "$OLD"
}

@test "rotation in the right order: check says when the old key may go" {
	needs_clock
	send_to t1
	first=$PIN
	cp sent.json first.json
	new_in_front
	until=$(date -u -d @$((T0 + 600)) +%Y-%m-%dT%H:%M:%SZ)
	NOW=1
	is "$(timed twofa-ledger check)" \
		"whole: 1 PIN, 0 sends of unknown outcome, 2 events
key $OLD: needed by 1 PIN until $until"
	# A PIN of the new key, and one of the old that was sent after it.
	send_to t2
	keyed "$PIN" 1 >k.json
	verify 0 k.json
	is "$(timed twofa-ledger check | tail -n 1)" \
		"key $OLD: needed by 1 PIN until $until"
	keyed "$first" 1 first.json >k.json
	NOW=599
	verify 0 k.json
	NOW=600
	is "$(timed twofa-ledger check | tail -n 1)" \
		"key $OLD: no longer needed"
	first_alone
	is "$(timed twofa-ledger check)" \
		"whole: 2 PINs, 0 sends of unknown outcome, 6 events"
	NOW=700
	send_to t3
	try OK "$PIN" 1
	# What is known of before is known still.
	customer t1 >t.json
	sendpin 0 t.json
	is "$(lines outbox)" 3
}

@test "no program was run since: check says what the old key is needed for" {
	needs_clock
	send_to t1
	new_in_front
	NOW=600
	is "$(timed twofa-ledger check | tail -n 1)" \
		"key $OLD: needed by the ledger until twofa-sendpin or twofa-verify is run"
	verify 1 /dev/null
	is "$(timed twofa-ledger check | tail -n 1)" \
		"key $OLD: no longer needed"
}

@test "taken away too early: each program says which key to put back" {
	send_first
	keyed "$PIN" 1 >k.json
	new_in_front
	cp key both
	first_alone
	for program in twofa-sendpin twofa-verify twofa-ledger; do
		case $program in
		twofa-sendpin) sendpin 78 t1.json ;;
		twofa-verify) verify 78 k.json ;;
		twofa-ledger) runs 78 twofa-ledger check ;;
		esac
		is "$output" ""
		is "$stderr" "$program: $TWOFA_LEDGER: sealed with key $OLD, which is not in the key file: put it back there, behind the first, or name the key file of twofa-sendpin with -k"
	done
	# The remedy: the line that is missing, at the end.
	cat key.old >>key
	verify 0 k.json
}

@test "taken away before its last PIN expired: that PIN says so" {
	send_first
	keyed "$PIN" 1 >k.json
	new_in_front
	verify 1 /dev/null
	first_alone
	verify 78 k.json
	is "$stderr" "twofa-verify: k.json:1: task t1: its PIN is sealed with key $OLD, which is not in the key file: put it back there, behind the first, or name the key file of twofa-sendpin with -k"
	cat key.before >>key
	verify 0 k.json
}
