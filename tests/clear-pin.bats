#!/usr/bin/env bats
# --clear-pin with a ledger: what stands in GeneratedPIN has to be the PIN that
# was sent, and whoever writes there finds out nothing for nothing.
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
	send_first --clear-pin
	is "$(value GeneratedPIN sent.json)" "$PIN"
}

# replaced PIN [FILE]: the task with another GeneratedPIN.
replaced() {
	jq -c --arg pin "$1" '(.taskInformation.customContextParameters[] |
		select(.name == "GeneratedPIN") | .value) = $pin' \
		"${2:-sent.json}"
}

attempts() {
	sql 'SELECT attempts FROM pin'
}

@test "a replaced GeneratedPIN is forged, also with the right PIN" {
	replaced "$WRONG" >r.json
	try forged "$PIN" 1 r.json --clear-pin
	is "$(value PINAttempts <<<"$output")" 1
	is "$(value GeneratedPIN <<<"$output")" "$WRONG"
	is "$(value PIN <<<"$output")" ""
	is "$(attempts)" 1
	# What was sent is as good as before.
	try OK "$PIN" 2 sent.json --clear-pin
	is "$(attempts)" 2
	is "$(sql 'SELECT used FROM pin')" 1
}

@test "forged says the same for every entry, and each costs an attempt" {
	replaced "$WRONG" >r.json
	try forged "$WRONG" 1 r.json --clear-pin
	mine=$output
	is "$(attempts)" 1
	sql 'UPDATE pin SET attempts = 0; DELETE FROM verdict; DELETE FROM wrong'
	try forged "$PIN" 1 r.json --clear-pin
	is "$output" "$mine"
	is "$(attempts)" 1
	try forged "$PIN" 2 r.json --clear-pin
	try wrong "$WRONG" 3 sent.json --clear-pin
	is "$(value PINAttempts <<<"$output")" 3
	# Four digits tried in GeneratedPIN and PIN, three attempts: that is all.
	try exhausted "$PIN" 4 r.json --clear-pin
	try exhausted "$PIN" 5 sent.json --clear-pin
	is "$(sql 'SELECT count(*) FROM wrong')" 3
}

@test "the same question with another GeneratedPIN is another question" {
	replaced "$WRONG" >r.json
	# A third one, whatever the two are: both differ in their last digit only.
	third=$((${PIN:0:1} % 9 + 1))${PIN:1}
	replaced "$third" >s.json
	try forged "$PIN" 1 r.json --clear-pin
	is "$(attempts)" 1
	# A rerun is given the same, for nothing.
	try forged "$PIN" 1 r.json --clear-pin
	is "$(attempts)" 1
	for file in s.json sent.json; do
		verify 1 --clear-pin <(keyed "$WRONG" 1 "$file")
	done
	is "$(attempts)" 3
	try exhausted "$PIN" 1 sent.json --clear-pin
}

@test "another length is forged as well, and costs as much" {
	for pin in "${PIN}0" "0$PIN"; do
		replaced "$pin" >r.json
		try forged "$PIN" "$pin" r.json --clear-pin
	done
	is "$(attempts)" 2
	# What can be no PIN at all says nothing, and costs nothing.
	for pin in 12 x "$PIN " v1.x; do
		replaced "$pin" >r.json
		try forged "$PIN" "$pin" r.json --clear-pin
	done
	is "$(attempts)" 2
	try OK "$PIN" 9 sent.json --clear-pin
}

@test "-p: what was keyed in is judged in the same way" {
	replaced "$WRONG" >r.json
	run -1 timed twofa-verify -k key --clear-pin -p r.json <<<"$PIN"
	is "$(value TwofaReason <<<"$output")" forged
	is "$(attempts)" 1
	run -0 timed twofa-verify -k key --clear-pin -p sent.json <<<"$PIN"
}

@test "without a ledger PINAttempts counts on, but what is no number stays" {
	verify_clear() {
		twofa-task set "PINAttempts=$1" "PIN=$WRONG" sent.json >c.json
		run -1 twofa-verify --clear-pin -q -l none c.json
	}
	verify_clear 7
	is "$(value PINAttempts <<<"$output")" 8
	verify_clear many
	is "$(value PINAttempts <<<"$output")" many
}
