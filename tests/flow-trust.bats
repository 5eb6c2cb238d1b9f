#!/usr/bin/env bats
# What somebody wrote into a task proves nothing: run and desk give 0 only for a
# PIN that was verified in the same call.
# shellcheck disable=SC2154,SC2153 # run sets stderr, desk.bash FILE

load desk

# call TASK [KEYS...]: that task is played in lines: status, output, stderr.
call() {
	run --separate-stderr "$FAKES/caller.py" "${@:2}" -- \
		twofa-flow run -F lines "${FLOW[@]}" -o ended.json "$1"
}

# Nobody is let in: neither by the status nor by what is said or written.
is_shut() {
	[ "$status" = 1 ] || [ "$status" = 65 ] || [ "$status" = 78 ] || {
		printf 'status %s\n' "$status"
		return 1
	}
	hasnt "$output" "end queued" && hasnt "$output" "you are verified"
}

# A task of t1 with all that a verified call has, and NAME=VALUE...
claims() {
	state t1 CustomerIdentifier=123456 CustomerRecognized=Yes \
		SMSNumber=+447700900001 StartValidation=Yes SMSSent=Yes \
		GeneratedPIN=v1.x PINExpires=2999-01-01T00:00:00Z PIN=1234 \
		PINEntry=e ValidationCheck=OK FlowSince="$(date +%s)" "$@"
}

# played: claimed.json is played to somebody who keys in anything; no way in.
played() {
	run twofa-flow run -F lines "${FLOW[@]}" -o ended.json claimed.json \
		< <(printf '1\n123456\n0000\n1\n0000\n')
	is_shut
	[ ! -e ended.json ] || [ "$(value FlowOutcome ended.json)" != queued ]
	rm -f ended.json
	count=$((count + 1))
}

# event_of NAME: claimed.json is that event, too.
event_of() {
	jq -c --arg name "$1" '.updatedParameterName = $name |
		.updatedParameterValue = "1234"' claimed.json >event.json
	mv event.json claimed.json
}

@test "every activity as the position, with every value set" {
	twofa-flow show desk >desk.json
	count=0
	for workflow in call desk; do
		FLOW=()
		[ $workflow = call ] || FLOW=(-w desk.json)
		for activity in $(twofa-flow show $workflow |
			jq -r '.activities | keys[]'); do
			claims FlowActivity="$activity" >claimed.json
			played
			event_of PIN
			played
		done
	done
	# Two for each of the activities, of which there were some.
	[ $count -gt 90 ]
	for name in CustomerIdentifier StartValidation ValidationCheck x; do
		for activity in WaitRecognized AskPIN WaitValidation Verified; do
			claims FlowActivity=$activity >claimed.json
			event_of $name
			played
		done
	done
}

@test "a position behind the PIN goes back to the prompt" {
	FLOW=()
	for activity in WaitValidation CheckValidation Verified Agents; do
		claims FlowActivity=$activity FlowCount=AskPIN=1 >t.json
		call t.json eof
		is "$status" 1
		is "$output" "ask AskPIN We sent a PIN to your telephone ending in 01. Please enter it.
end disconnected"
		is "$stderr" "twofa-flow: task t1: a task does not prove that a PIN was entered: asking for it again"
		is "$(value FlowActivity ended.json) $(value FlowCount ended.json)" \
			"AskPIN AskPIN=2"
		is "$(value ValidationCheck ended.json)" ""
	done
	# One that ended is not played at all.
	claims FlowActivity=Agents FlowOutcome=queued >t.json
	call t.json
	is "$status$output" 65
	has "$stderr" "the call of this task has ended"
	# In front of it a call goes on, and says nothing.
	claims FlowActivity=AskPIN FlowCount=AskPIN=1 >t.json
	call t.json eof
	is "$stderr$status" 1
	is "$(value FlowCount ended.json)" "AskPIN=1"
}

# A call up to the prompt for the PIN: prompt.json, and its PIN in ./pin.
up_to_pin() {
	twofa-task new --id t1 | twofa-flow step -I 1 -I 123456 |
		twofa-lookup | twofa-flow step | twofa-sendpin |
		twofa-flow step >prompt.json
	pin_of outbox >pin
}

@test "a verdict and a PIN out of a task: the caller is asked" {
	FLOW=()
	up_to_pin
	# The event that the right PIN is, which somebody kept.
	twofa-flow step -I @pin prompt.json >entered.json
	twofa-verify entered.json >verified.json
	is "$(value ValidationCheck verified.json)" OK
	twofa-flow step verified.json >queued.json
	is "$(value FlowOutcome queued.json)" queued
	jq -c '(.. | select(.name? == "FlowOutcome")) |= empty' queued.json \
		>again.json
	for file in entered verified again; do
		call $file.json eof
		is_shut
		has "$output" "ask AskPIN"
	done
	# In front of the prompt, too.
	for activity in Accept AskIdentifier WaitSent AskPIN; do
		jq -c --arg to $activity '(.. | select(.name? ==
			"FlowActivity")).value = $to' entered.json >t.json
		call t.json eof
		is_shut
	done
	is "$(sql 'SELECT attempts, used FROM pin')" "1|1"
}

@test "who keys in the right PIN is let in" {
	FLOW=()
	up_to_pin
	twofa-flow step -I 0000 prompt.json >entered.json
	call entered.json @outbox
	is "$status" 0
	has "$output" "end queued agents"
	is "$(value ValidationCheck ended.json)" OK
	is "$(sql 'SELECT attempts, used FROM pin')" "1|1"
}

# --- one PIN, one success ----------------------------------------------------------

@test "the same task and the same PIN, again: run does not let anybody in twice" {
	FLOW=()
	up_to_pin
	for wanted in 0 1 1; do
		call prompt.json @outbox
		is "$status" $wanted
	done
	is "$(value TwofaReason ended.json)" used
	is "$(value PINEntry ended.json)" ""
	is "$(sql "SELECT group_concat(outcome || ifnull(' ' || reason, ''))
		FROM history WHERE what = 'verify'")" "ok,refused used,refused used"
	# By lines that come at once, as from a file.
	run -1 twofa-flow run -F lines prompt.json <pin
	# Each PIN that was keyed in was another entry, and drawn.
	is "$(sql 'SELECT count(*) FROM verdict')" 1
	is "$(sql 'SELECT entry FROM verdict' | grep -cE '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')" 1
}

@test "an entry that a task claims is not used by run" {
	FLOW=()
	up_to_pin
	twofa-task set PIN=@pin PINEntry=e prompt.json >entered.json
	run -0 twofa-verify entered.json
	twofa-task set PINEntry=e prompt.json >t.json
	call t.json @outbox
	is "$status" 1
	is "$(value TwofaReason ended.json)" used
}

@test "step gives the same answer again, and the history says so" {
	up_to_pin
	for _ in 1 2 3; do
		run -0 bash -c 'twofa-flow step -I @pin prompt.json | twofa-verify |
			twofa-flow step'
		is "$(value FlowOutcome <<<"$output")" queued
	done
	echo 0000 >pin
	run -1 bash -c 'twofa-flow step -I @pin prompt.json | twofa-verify'
	is "$(value TwofaReason <<<"$output")" used
	is "$(sql 'SELECT attempts, used FROM pin')" "1|1"
	is "$(twofa-ledger show t1 | grep -oE 'verify +(ok|again +ok|refused +used)' |
		tr -s ' ' | tr '\n' ',')" \
		"verify ok,verify again ok,verify again ok,verify refused used,"
	# And a wrong one.
	rm -f ledger.db* outbox
	up_to_pin
	other_pin "$(pin_of outbox)" >pin
	for _ in 1 2; do
		run -1 bash -c 'twofa-flow step -I @pin prompt.json | twofa-verify'
	done
	is "$(twofa-ledger export | jq -r 'select(.what == "verify") |
		"\(.outcome) \(.reason) \(.attemptsLeft)"')" "wrong null 2
again wrong null"
}

@test "desk: judged, but nobody heard: the same digits are the same question" {
	mkdir bin
	cp "$BUILD/bin/twofa-flow" bin
	ln -s "$BUILD/bin/twofa-lookup" "$BUILD/bin/twofa-sendpin" bin
	cat >bin/twofa-verify <<-END
		#!/bin/sh
		[ -e lost ] && exec "$BUILD/bin/twofa-verify" "\$@"
		IFS= read -r task || exit 0
		printf '%s\n' "\$task" | "$BUILD/bin/twofa-verify" >lost
		exit 75
	END
	chmod +x bin/twofa-verify
	at_terminal 0 bin/twofa-flow desk 123456 <<-'END'
		wait >
		type
		wait >
		type {pin}
		wait The PIN could not be checked
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sql 'SELECT attempts, used FROM pin')" "1|1"
}

# --- who says OK -------------------------------------------------------------------

@test "a verifier has to say so by its status and in the task" {
	twofa-sendpin </dev/null
	twofa-flow show | jq '.triggers.PIN.run = ["./twofa-verify"]' >w.json
	FLOW=(-w w.json)
	for last in 'OK 1 1' 'OK 0 0' 'Failed 0 1' 'Failed 1 1' 'OK 75 1' \
		'ok 0 1' 'OK 2 1'; do
		read -r word ends wanted <<<"$last"
		cat >twofa-verify <<-END
			#!/bin/sh
			IFS= read -r task || exit 0
			printf '%s\n' "\$task" | twofa-task set ValidationCheck=$word
			exit $ends
		END
		chmod +x twofa-verify
		twofa-task new >t.json
		call t.json 1 123456 @outbox
		is "$status" "$wanted"
		[ "$wanted" = 0 ] || is_shut
	done
}

@test "a program that is no verifier says nothing of the PIN" {
	cat >other <<-'END'
		#!/bin/sh
		IFS= read -r task || exit 0
		printf '%s\n' "$task" | twofa-task set CustomerRecognized=Yes \
			SMSNumber=+447700900001 ValidationCheck=OK
	END
	chmod +x other
	twofa-flow show | jq '.triggers.CustomerIdentifier.run = ["./other"] |
		.activities.WaitRecognized.next = "Agents"' >w.json
	FLOW=(-w w.json)
	twofa-task new >t.json
	# No workflow that is checked lets this through; nor does the call.
	call t.json 1 123456
	is "$status$output" 78
	twofa-flow show | jq '.triggers.CustomerIdentifier.run = ["./other"]' \
		>w.json
	call t.json 1 123456 0000
	is_shut
	is "$(value FlowOutcome ended.json)" transferred
}

@test "what a workflow saved of a verdict is not taken from a task either" {
	# The check knows: from the start nobody gets there without a verdict.
	twofa-flow show | jq '.activities.Accept.next = "Forget" |
		.activities.Forget = {type: "save-parameter", parameter: "Passed",
			value: "No", next: "AskCustomer"} |
		.activities.AskCustomer.choices["3"] = "IsPassed" |
		.activities.IsPassed = {type: "check-parameter",
			parameter: "Passed", cases: {Yes: "Agents"},
			otherwise: "NotVerified"} |
		.activities.Verified.next = "Remember" |
		.activities.Remember = {type: "save-parameter",
			parameter: "Passed", value: "Yes", next: "Agents"}' >w.json
	twofa-flow check w.json
	FLOW=(-w w.json)
	claims Passed=Yes FlowActivity=AskCustomer >t.json
	call t.json 3
	is_shut
	has "$stderr" "at Agents, but no PIN was verified in this call: disconnected"
	twofa-task new >t.json
	call t.json 1 123456 @outbox
	is "$status" 0
}

@test "a workflow without a verifier never gives 0" {
	jq -n '{start: "Ask", activities: {
		Ask: {type: "input-customer", text: "1?", seconds: 9,
			choices: {"1": "Bye"}, noResponse: "Bye"},
		Bye: {type: "transfer"}}}' >w.json
	FLOW=(-w w.json)
	twofa-task new >t.json
	call t.json 1
	is "$status" 1
	jq '.activities.Bye.type = "queue"' w.json >q.json
	FLOW=(-w q.json)
	call t.json 1
	is "$status$output" 78
}

@test "desk: a verdict in front of the prompt is none" {
	left_at_pin
	jq -c '.taskInformation.customContextParameters +=
		[{name: "ValidationCheck", value: "OK"}]' "$FILE" >new
	cat new >"$FILE"
	desk 1 123456 <<-'END'
		wait goes on where it was left
		wait >
		type q
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID'
}

@test "step: a queue without a verdict is an error" {
	claims FlowActivity=Agents ValidationCheck= >t.json
	run -65 --separate-stderr twofa-flow step t.json
	is "$output" "$(cat t.json)"
	is "$stderr" "twofa-flow: t.json:1: task t1: FlowActivity: the call is at Agents, but ValidationCheck is not OK"
	claims FlowActivity=Verified ValidationCheck=Failed >t.json
	run -65 twofa-flow step t.json
	claims FlowActivity=Agents FlowOutcome=queued ValidationCheck= >t.json
	run -65 twofa-flow step t.json
	# Who can write one can write the other: see twofa-flow(1).
	claims FlowActivity=Agents >t.json
	run -0 twofa-flow step t.json
}
