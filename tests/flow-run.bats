#!/usr/bin/env bats
# run: one call to its end, in lines; its triggers, its files, its exits. What
# a telephone system is for is in flow-agi.bats.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_folder
	make_customers
	export TWOFA_LEDGER=none
	printf '%s\n' 'directory = csv:customers.csv' 'sender = file:outbox' \
		'key = key' >twofa.conf
	RUN=()
}

# call [KEYS...]: a call in lines; RUN has more words of ours.
call() {
	"$FAKES/caller.py" "$@" -- twofa-flow run -F lines -c twofa.conf \
		--trace trace -o task.json "${RUN[@]}"
}

GOOD=(1 123456 @outbox)

# flow FILTER...: the built-in workflow, changed by jq; calls are under it.
flow() {
	twofa-flow show | jq "$*" >w.json
	RUN+=(-w w.json)
}

# program NAME: a trigger of our own, from stdin. It is tried without a task,
# and does nothing then.
program() {
	{
		printf '#!/bin/sh\nIFS= read -r task || exit 0\n'
		cat
	} >"$1"
	chmod +x "$1"
}

# The exits that were taken, in a row.
exits() {
	jq -rs 'map(.activity + (if .exit then "." + .exit else "" end)) |
		join(" ")' trace
}

# The beginning of every call that gets so far.
TO_LOOKUP="Accept.next AskCustomer.1 AskIdentifier.next"
TO_SEND="$TO_LOOKUP WaitRecognized.next CheckRecognized.Yes StartValidation.next"
TO_PIN="$TO_SEND WaitSent.next CheckSent.Yes AskPIN.next"

# --- whole calls -----------------------------------------------------------------

@test "a call that is verified, word for word" {
	run -0 --separate-stderr call "${GOOD[@]}"
	is "$stderr" ""
	is "$output" "ask AskCustomer If you are our customer, press 1. If you are new, press 2.
ask AskIdentifier Please enter your customer identifier.
ask AskPIN We sent a PIN to your telephone ending in 01. Please enter it.
say Verified Thank you, you are verified. Please hold for an agent.
end queued agents"
	is "$(exits)" "$TO_PIN WaitValidation.next CheckValidation.OK Verified.next Agents"
	# The trace has these members, and nothing of the caller.
	is "$(jq -c 'keys_unsorted' trace | sort -u)" '["time","taskId","activity","exit"]
["time","taskId","activity"]'
	is "$(jq -r .taskId trace task.json | sort -u | wc -l)" 1
	is "$(jq -r .time trace | grep -cvE '^20[0-9]{2}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z$' || true)" 0
	pin=$(pin_of outbox)
	hasnt "$(cat trace)" "$pin\""
	hasnt "$(cat trace)" 447700900001
	# The task at the end.
	is "$(value FlowOutcome task.json)" queued
	is "$(value FlowActivity task.json)" Agents
	is "$(value ValidationCheck task.json)" OK
	is "$(value PIN task.json)$(value GeneratedPIN task.json)" ""
	is "$(jq 'has("updatedParameterName")' task.json)" false
	is "$(stat -c %a task.json trace | tr '\n' ' ')" "600 600 "
}

# Each line: KEYS | the exits. After them all, every exit of the built-in
# workflow has been seen; those of programs that fail are below.
@test "every exit of every activity that the caller can take" {
	while IFS='|' read -r keys wanted; do
		rm -f trace outbox
		read -ra keys <<<"$keys"
		run --separate-stderr call "${keys[@]/empty/}"
		is "$stderr" ""
		is "$(exits)" "${wanted# }"
		cat trace >>traces
	done <<-END
		1 123456 @outbox | $TO_PIN WaitValidation.next CheckValidation.OK Verified.next Agents
		2 | Accept.next AskCustomer.2 NewCustomer
		empty empty | Accept.next AskCustomer.noResponse NotVerified
		3 12 | Accept.next AskCustomer.noResponse NotVerified
		9 1 empty empty | Accept.next AskCustomer.1 AskIdentifier.noInput NotVerified
		1 12345 1234567 | Accept.next AskCustomer.1 AskIdentifier.noInput NotVerified
		1 abcdef 123456# @outbox | $TO_PIN WaitValidation.next CheckValidation.OK Verified.next Agents
		1 999999 | $TO_LOOKUP WaitRecognized.next CheckRecognized.otherwise NotVerified
		1 222222 | $TO_LOOKUP WaitRecognized.next CheckRecognized.otherwise NotVerified
		1 333333 | $TO_LOOKUP WaitRecognized.next CheckRecognized.otherwise NotVerified
		1 123456 empty 123 | ${TO_PIN%next}noInput NotVerified
		1 123456 empty 0000 | $TO_PIN WaitValidation.next CheckValidation.otherwise NotVerified
	END
	# The number is refused for good: SMSSent is No.
	program refused <<-'END'
		printf '%s\n' "$task" | twofa-sendpin -s command:/bin/false
	END
	flow '.triggers.StartValidation.run = ["./refused"]'
	rm trace
	twofa-sendpin -k key -s file:outbox </dev/null
	run -1 --separate-stderr call 1 123456
	is "$(value SMSSent task.json)" No
	is "$(exits)" "$TO_SEND WaitSent.next CheckSent.otherwise NotVerified"
	cat trace >>traces
	# The trace knows the names of all of them.
	twofa-flow show | jq -r '.activities | to_entries[] |
		.key as $a | .value | (select(.next) | "next"),
		(select(.otherwise) | "otherwise"), (.choices // {} | keys[]),
		(.cases // {} | keys[]), (select(.noInput) | "noInput"),
		(select(.noResponse) | "noResponse") | $a + "." + .' |
		sort >wanted
	jq -r 'select(.exit) | .activity + "." + .exit' traces | sort -u >seen
	diff wanted seen
}

@test "a time-out at every prompt" {
	flow '.activities[].seconds |= (if . then 1 else empty end) |
		.activities[].retries |= (if . then 0 else empty end)'
	run -1 --separate-stderr call wait
	is "$stderr" ""
	is "$(exits)" "Accept.next AskCustomer.noResponse NotVerified"
	rm trace
	run -1 call 1 wait
	is "$(exits)" "Accept.next AskCustomer.1 AskIdentifier.noInput NotVerified"
	rm trace
	run -1 call 1 123456 wait
	is "$(exits)" "${TO_PIN%next}noInput NotVerified"
	is "$(value PIN task.json)" ""
}

# --- the caller hangs up -----------------------------------------------------------

@test "a hang-up at every prompt: end of input and SIGHUP" {
	for how in eof hup; do
		rm -f trace outbox
		run -1 --separate-stderr call $how
		is "$stderr" ""
		is "$(exits)" "Accept.next AskCustomer"
		is "${lines[1]}" "end disconnected"
		rm trace
		run -1 --separate-stderr call 1 $how
		is "$(exits)" "Accept.next AskCustomer.1 AskIdentifier"
		[ ! -e outbox ]
		rm trace
		run -1 --separate-stderr call 1 123456 $how
		is "$(exits)" "${TO_PIN%.next}"
		# After one answer that was none.
		rm trace
		run -1 --separate-stderr call 1 123456 12 $how
		is "$stderr" ""
		is "$(exits)" "${TO_PIN%.next}"
		is "${lines[4]}" "end disconnected"
		is "$(value FlowOutcome task.json)" disconnected
		is "$(value FlowActivity task.json)" AskPIN
	done
	# A line without an end is not keyed in.
	rm trace
	run -1 twofa-flow run -F lines -c twofa.conf --trace trace < <(printf 2)
	is "$(exits)" "Accept.next AskCustomer"
}

@test "a hang-up while a trigger runs: it finishes, and the call is over" {
	program slow <<-'END'
		kill -HUP $PPID
		printf '%s\n' "$task" | twofa-sendpin
	END
	twofa-sendpin -k key -s file:outbox </dev/null
	flow '.triggers.StartValidation.run = ["./slow"]'
	run -1 --separate-stderr call "${GOOD[@]}"
	is "$stderr" ""
	is "$(value SMSSent task.json)" Yes
	is "$(value FlowOutcome task.json)" disconnected
	is "$(grep -c . outbox)" 1
	is "${lines[-1]}" "end disconnected"
	hasnt "$output" AskPIN
}

@test "a hang-up that came before the call is one" {
	program hup <<<'exit 0'
	sed -i 's/^IFS=.*/kill -HUP $PPID/' hup
	flow '.triggers.PIN.run = ["./hup"]'
	run -1 --separate-stderr call "${GOOD[@]}"
	is "$stderr$output" "end disconnected"
}
