#!/usr/bin/env bats
# A message of unknown outcome: what whoever reads standard error and "show" is
# told to do, and whether that can be done.
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
	export TWOFA_KEY=key
	customer t1 >t1.json
}

# The command that a line tells: its id goes to ID.
told() {
	ID=$(sed -n 's/.*then twofa-ledger resolve \([0-9a-f-]*\) sent or failed.*/\1/p' \
		<<<"$1")
	[ -n "$ID" ]
}

state_of() {
	sql "SELECT state FROM pin WHERE id LIKE '${1:-%}'"
}

@test "the first run says how to resolve it, and so does each later one" {
	driver --outcome unknown
	sendpin 69 t1.json
	told "$stderr"
	first=$ID
	sendpin 69 t1.json
	told "$stderr"
	is "$ID" "$first"
	runs 0 twofa-ledger resolve "$ID" failed
	driver
	sendpin 0 t1.json
	# One that is sent again has an id of its own.
	sql 'UPDATE pin SET requested = requested - 60'
	printf '%s\n' "$output" >sent.json
	driver --outcome unknown
	sendpin 69 --resend sent.json
	told "$stderr"
	[ "$ID" != "$first" ]
	runs 0 twofa-ledger resolve "$ID" sent
	is "$(state_of)" sent
}

@test "without a ledger there is nothing to resolve" {
	driver --outcome unknown
	sendpin 69 -l none t1.json
	hasnt "$stderr" "twofa-ledger"
}

@test "show advises a rerun only where the sender can repeat" {
	driver --outcome unknown
	sendpin 69 t1.json
	runs 0 twofa-ledger show t1
	hasnt "$output" "again within"
	told "$output"
	customer t2 +447700900002 654321 >t2.json
	driver --repeat --outcome unknown
	sendpin 75 t2.json
	runs 0 twofa-ledger show t2
	has "$output" "run twofa-sendpin again within 2"
	told "$output"
	# It is right, too.
	driver --repeat
	sendpin 0 t2.json
	# Nor after a crash in the middle of it.
	customer t3 +447700900003 111111 >t3.json
	for kind in --repeat ''; do
		driver $kind
		sendpin 0 t3.json
		sql "UPDATE pin SET state = 'intent' WHERE masked LIKE '%03'"
		runs 0 twofa-ledger show t3
		if [ -n "$kind" ]; then
			has "$output" "again within"
		else
			hasnt "$output" "again within"
		fi
		sql "DELETE FROM pin WHERE masked LIKE '%03'"
	done
}

@test "resolve takes the short id that show prints" {
	driver --outcome unknown
	sendpin 69 t1.json
	runs 0 twofa-ledger show t1
	short=$(sed -n 's/.* PIN \([0-9a-f]*\) .*/\1/p' <<<"$output" | head -n 1)
	is "${#short}" 8
	runs 0 twofa-ledger resolve "$short" sent
	is "$output$stderr" ""
	is "$(state_of "$short%")" sent
	runs 1 twofa-ledger resolve "$short" sent
}

@test "resolve: an id that fits several is refused, and one too short" {
	driver --outcome unknown
	for i in 1 2; do
		customer "t$i" "+44770090000$i" "12345$i" >"t$i.json"
		sendpin 69 "t$i.json"
	done
	sql "UPDATE pin SET id = '00000000-0000-4000-8000-00000000000' || n,
		request = '11111111-0000-4000-8000-00000000000' || n"
	for id in 00000000 11111111-0000 00000000-0000-4000-8000-00000000000; do
		runs 1 twofa-ledger resolve "$id" sent
		is "$stderr" "twofa-ledger: several sends begin with that id: give more of it; see twofa-ledger list"
	done
	for id in 0000000 1 '' % 00000000_ 0000000%; do
		runs 64 twofa-ledger resolve "$id" sent
		is "$stderr" "twofa-ledger: give an id, or its first 8 characters or more, as show and list print it"
	done
	is "$(state_of | sort -u)" unknown
	runs 0 twofa-ledger resolve 00000000-0000-4000-8000-000000000001 sent
	runs 0 twofa-ledger resolve 11111111-0000-4000-8000-000000000002 failed
	is "$(state_of | paste -sd ' ')" "sent retry"
	# Of what is known the short id is nobody's.
	runs 1 twofa-ledger resolve 00000000 sent
	is "$stderr" "twofa-ledger: no send of unknown outcome has that id; see twofa-ledger list"
}
