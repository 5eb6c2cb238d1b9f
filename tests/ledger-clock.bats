#!/usr/bin/env bats
# A clock that jumped ahead must not make the ledger forget.
# shellcheck disable=SC2154,SC2034 # run sets stderr; NOW is for ledger.bash

load common
load ledger

YEAR=31536000

setup() {
	setup_ledger
	export TWOFA_KEY=key TWOFA_LIMIT_WRONG=3/1d
	needs_clock
}

# The customer is locked by wrong PINs, and a second PIN is out.
locked() {
	send_first
	for i in 1 2 3; do
		try wrong "$WRONG" "$i"
	done
	customer t2 >t2.json
	sendpin 1 t2.json
	is "$(value TwofaReason <<<"$output")" locked
}

# Nothing is gone: the lock holds, an old copy sends nothing.
nothing_is_gone() {
	try locked "$PIN" 9
	sendpin 0 t1.json
	is "$(lines outbox)" 1
	is "$(timed twofa-ledger check | cut -d, -f1)" "whole: 1 PIN"
}

says_jump() {
	is "$stderr" "twofa-ledger: $TWOFA_LEDGER: the clock went far ahead at once, from $(date -u -d @$((T0 + $1)) +%Y-%m-%dT%H:%M:%SZ): if it is right, say so with twofa-ledger clock --reset; until then nothing is forgotten"
}

@test "purge comes first: refused, and the ledger's time stays" {
	locked
	for NOW in $YEAR $((8 * 86400)); do
		runs 75 twofa-ledger purge
		says_jump 0
	done
	NOW=60
	nothing_is_gone
	runs 0 twofa-ledger purge
}

@test "another program came first: refused until the clock is put right" {
	locked
	NOW=$YEAR
	customer t3 +447700900003 333333 >t3.json
	sendpin 0 t3.json
	is "$(lines outbox)" 2
	sed -i '$d' outbox
	for NOW in $YEAR $((YEAR + 5)) $((YEAR + 6 * 86400)); do
		runs 75 twofa-ledger purge
		says_jump 0
	done
	NOW=60
	keyed "$PIN" 8 >k.json
	verify 75 k.json
	runs 0 twofa-ledger clock --reset
	try locked "$PIN" 9
	sendpin 0 t1.json
	is "$(lines outbox)" 1
	runs 0 twofa-ledger purge -v
	is "$stderr" "twofa-ledger: 0 rows gone"
}

@test "the machine was off for a year: somebody says so, once" {
	locked
	NOW=$YEAR
	runs 75 twofa-ledger purge
	runs 0 twofa-ledger clock --reset
	runs 0 twofa-ledger purge -v
	hasnt "$stderr" ": 0 rows"
	is "$(timed twofa-ledger check | cut -d, -f1)" "whole: 0 PINs"
	NOW=$((YEAR + 86400))
	runs 0 twofa-ledger purge
}

@test "a week is no jump, and what counts outlives it, whatever keep says" {
	export TWOFA_KEEP=1d TWOFA_LIMIT_WRONG=3/7d
	locked
	NOW=$((7 * 86400 - 100))
	runs 0 twofa-ledger purge
	NOW=60
	runs 0 twofa-ledger clock --reset
	nothing_is_gone
}

@test "clock --reset is one commit more" {
	NOW=
	send_first
	cp "$TWOFA_LEDGER-mark" before
	cp "$TWOFA_LEDGER" copy.db
	runs 0 twofa-ledger clock --reset
	# After a power cut the mark may be that of before.
	cp "$TWOFA_LEDGER-mark" after
	cat before >"$TWOFA_LEDGER-mark"
	runs 0 twofa-ledger check
	# Nor does it make an old copy a good one.
	cat after >"$TWOFA_LEDGER-mark"
	cat copy.db >"$TWOFA_LEDGER"
	runs 74 twofa-ledger check
	has "$stderr" "damaged: commits are missing (1): "
}
