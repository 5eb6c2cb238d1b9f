#!/usr/bin/env bats
# run: one call to its end, in lines; its triggers, its files, its exits. What
# a telephone system is for is in flow-agi.bats.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
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
	is "$(jq -r .time trace | grep -cvE '^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z$' || true)" 0
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

@test "a prompt that can be heard again, but not for ever" {
	flow '.activities.AskCustomer += {max: 2, exceeded: "Bye"} |
		.activities.AskCustomer.choices["3"] = "Note" |
		.activities.Note = {type: "save-parameter", parameter: "Heard",
			value: "again", next: "AskCustomer"} |
		.activities.Bye = {type: "disconnect"}'
	run -1 --separate-stderr call 3 3 3
	is "$stderr" ""
	is "$(exits)" "Accept.next AskCustomer.3 Note.next AskCustomer.3 Note.next AskCustomer.exceeded Bye"
	is "$(value Heard task.json)" again
	is "$(value FlowOutcome task.json)" disconnected
	is "${lines[-1]}" "end disconnected"
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
	flow '.triggers.CustomerIdentifier.run = ["./hup"]'
	run -1 --separate-stderr call "${GOOD[@]}"
	is "$stderr$output" "end disconnected"
}

# --- triggers ----------------------------------------------------------------------

# Every wait of the built-in workflow and its trigger: lines of TRIGGER KEYS
# WAIT BEFORE, in which BEFORE are the exits up to there.
waits() {
	cat <<-END
		CustomerIdentifier|1 123456|WaitRecognized|$TO_LOOKUP
		StartValidation|1 123456|WaitSent|$TO_SEND
		PIN|1 123456 @outbox|WaitValidation|$TO_PIN
	END
}

# fails EXIT [FILTER]: with ./stand_in as the trigger of every wait, or of the
# first WAITS, no other exit is taken. Only a twofa-verify proves a workflow.
fails() {
	ln -sf stand_in twofa-verify
	while IFS='|' read -r trigger keys wait before; do
		rm -f trace outbox
		RUN=()
		flow ".triggers.$trigger.run = [if \"$trigger\" == \"PIN\"
			then \"./twofa-verify\" else \"./stand_in\" end]${2:-}"
		read -ra keys <<<"$keys"
		run -1 --separate-stderr call "${keys[@]}"
		is "$(exits)" "$before $wait.$1 NotVerified"
		is "$(value PIN task.json)" ""
		is "$(value FlowOutcome task.json)" transferred
	done < <(waits | head -n "${WAITS:-3}")
}

@test "a program that fails takes the failure exit at once, at every wait" {
	twofa-sendpin -k key -s file:outbox </dev/null
	SECONDS=0
	for status in 64 255; do
		echo "exit $status" | program stand_in
		fails failure
	done
	for status in 65 69 70 74 75 77 78 127; do
		echo "exit $status" | program stand_in
		WAITS=1 fails failure
	done
	# No wait was waited for: each has 30 seconds at least.
	[ "$SECONDS" -lt 30 ]
}

@test "a program that failed has not answered, whatever it wrote" {
	twofa-sendpin -k key -s file:outbox </dev/null
	program stand_in <<-'END'
		printf '%s\n' "$task" | jq -c '.taskInformation
			.customContextParameters += [
			{name: "CustomerRecognized", value: "Yes"},
			{name: "SMSNumber", value: "+447700900001"},
			{name: "SMSSent", value: "Yes"},
			{name: "ValidationCheck", value: "OK"},
			{name: "TwofaReason", value: "seen"}]'
		exit 75
	END
	fails failure
	# But what it says of why is kept.
	is "$(value TwofaReason task.json)" seen
	is "$(value ValidationCheck task.json)" ""
}

@test "the same when the wait is behind a prompt" {
	program stand_in <<-'END'
		printf '%s\n' "$task" | twofa-task set CustomerRecognized=Yes
		exit 70
	END
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"] |
		.activities.AskIdentifier.next = "Sure" |
		.activities.Sure = (.activities.AskCustomer |
			.choices = {"1": "WaitRecognized"})'
	run -1 call 1 123456 1
	is "$(exits)" "$TO_LOOKUP Sure.1 WaitRecognized.failure NotVerified"
}

@test "started by one that ignores its children" {
	program stand_in <<-'END'
		printf '%s\n' "$task" | twofa-task set CustomerRecognized=Yes
		exit 70
	END
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"]'
	run -1 --separate-stderr "$FAKES/caller.py" 1 123456 -- bash -c \
		"trap '' CHLD; exec twofa-flow run -F lines -c twofa.conf \
		--trace trace -w w.json"
	is "$(exits)" "$TO_LOOKUP WaitRecognized.failure NotVerified"
	# A sender, too.
	program refuses <<<'exit 1'
	recognised t1 >t.json
	run -1 --separate-stderr bash -c "trap '' CHLD
		exec twofa-sendpin -k key -s command:./refuses t.json"
	is "$(value SMSSent <<<"$output")" No
}

@test "a program that dies by a signal" {
	twofa-sendpin -k key -s file:outbox </dev/null
	for signal in KILL SEGV ABRT; do
		echo "kill -$signal \$\$" | program stand_in
		WAITS=1 fails failure
		has "$stderr" "/stand_in: it ended with status"
	done
	fails failure
}

@test "a program that writes what is not the task" {
	twofa-sendpin -k key -s file:outbox </dev/null
	# Of another task: the answers that would open the door.
	jq -nc '{taskId: "another", taskInformation: {customContextParameters: [
		["CustomerRecognized", "SMSSent", "ValidationCheck"][] |
		{name: ., value: (if . == "ValidationCheck" then "OK" else "Yes" end)}]}}' \
		>another.json
	while IFS= read -r does; do
		program stand_in <<<"$does"
		WAITS=1 fails failure
		has "$stderr" "stand_in: "
		is "$(grep -c . <<<"$stderr")" 1
	done <<-'END'
		:
		echo
		echo garbage
		printf '%s\n%s\n' "$task" "$task"
		printf '%s' "$task" | tail -c +2
		printf '%s' "$task" | head -c 100
		sed 's/taskId/taskID/' another.json
		echo '[]'
		printf '%s\0' "$task"
		head -c 2097152 /dev/zero | tr '\0' x
		yes
		cat another.json
	END
	fails failure
}

@test "a program that never answers is killed with what it started" {
	twofa-sendpin -k key -s file:outbox </dev/null
	program stand_in <<-'END'
		sh -c 'echo $$ >>pids; sleep 1000; :' &
		setsid sh -c 'trap "" TERM HUP; echo $$ >>pids; sleep 1000; :' &
		echo $$ >>pids
		trap '' TERM HUP
		sleep 1000
		:
	END
	fails timeout ' | .activities[] |=
		if .type == "wait-for-parameter" and .seconds then .seconds = 1 else . end'
	is "$stderr" "twofa-flow: ./twofa-verify: no answer in time: killed"
	is "$(grep -c . pids)" 9
	while read -r pid; do
		run -1 kill -0 "$pid"
	done <pids
}

@test "a sender that never answers" {
	driver_with --truth "$PWD/truth" --delay 1000
	sed -i 's/^sender.*/sender = exec:.\/driver/' twofa.conf
	flow '.activities.WaitSent.seconds = 1'
	run -1 --separate-stderr call 1 123456
	has "$stderr" "twofa-sendpin: no answer in time: killed"
	is "$(exits)" "$TO_SEND WaitSent.timeout NotVerified"
	run -1 pgrep -f "$PWD/truth"
}

@test "a program that ended, but not what it started, is as late as that" {
	program stand_in <<-'END'
		printf '%s\n' "$task"
		sleep 1000 &
		echo $! >pid
	END
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"] |
		.activities.WaitRecognized.seconds = 1'
	run -1 --separate-stderr call 1 123456
	has "$stderr" "no answer in time"
	is "$(exits)" "$TO_LOOKUP WaitRecognized.timeout NotVerified"
	run -1 kill -0 "$(cat pid)"
}

@test "a program that does not read, and one that writes before it reads" {
	printf '{"taskId":"t1","x":"%0400000d"}\n' 0 >big.json
	printf '#!/bin/sh\nexec </dev/null\necho garbage\n' >stand_in
	chmod +x stand_in
	RUN=(big.json)
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"]'
	run -1 --separate-stderr call 1 123456
	has "$stderr" "is not the task"
	is "$(exits)" "$TO_LOOKUP WaitRecognized.failure NotVerified"
	# More than a pipe holds, in both directions at once.
	rm trace
	cat >stand_in <<-'END'
		#!/bin/sh
		printf '{"taskId":"t1","y":"%0300000d",' 0
		sed 's/^{"taskId":"t1",//'
	END
	run -1 --separate-stderr call 1 123456
	is "$stderr" ""
	is "$(exits)" "$TO_LOOKUP WaitRecognized.failure NotVerified"
	is "$(jq '.x + .y | length' task.json)" 700000
}

@test "where the call stands is not the program's to say" {
	program stand_in <<-'END'
		printf '%s\n' "$task" | jq -c '.updatedParameterName = "PIN" |
			.taskInformation.customContextParameters |= (
			map(select(.name | startswith("Flow") | not)) + [
			{name: "CustomerRecognized", value: "No"},
			{name: "FlowActivity", value: "Agents"},
			{name: "FlowOutcome", value: "queued"},
			{name: "FlowCount", value: "AskPIN=99"},
			{name: "FlowSince", value: "x"}])'
	END
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"]'
	run -1 --separate-stderr call 1 123456
	is "$stderr" ""
	is "$(exits)" "$TO_LOOKUP WaitRecognized.next CheckRecognized.otherwise NotVerified"
	is "$(value FlowActivity task.json)" NotVerified
	is "$(value FlowOutcome task.json)" transferred
	is "$(value FlowCount task.json)" ""
	is "$(jq 'has("updatedParameterName")' task.json)" false
}

@test "a program without a wait, and a wait behind announcements" {
	program stand_in <<-'END'
		printf '%s\n' "$task" | twofa-task set CustomerRecognized=No
	END
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"] |
		.activities.AskIdentifier.next = "Hold" |
		.activities.Hold = {type: "announcement", text: "Hold on.", next: "Hold2"} |
		.activities.Hold2 = {type: "announcement", text: "Still.", next: "WaitRecognized"}'
	run -1 --separate-stderr call 1 123456
	is "$stderr" ""
	has "$(exits)" "Hold.next Hold2.next WaitRecognized.next CheckRecognized.otherwise"
	program stand_in <<<'exit 75'
	rm trace
	run -1 call 1 123456
	has "$(exits)" "Hold2.next WaitRecognized.failure NotVerified"
}

@test "a program that cannot be run is found out before the call" {
	: >plain
	printf '#!/nowhere/sh\n' >script
	chmod +x script
	mkdir directory
	while IFS='|' read -r program why; do
		RUN=()
		flow ".triggers.CustomerIdentifier.run = [\"$program\"]"
		run -78 --separate-stderr call "${GOOD[@]}"
		is "$output" ""
		has "$stderr" "twofa-flow: the trigger of CustomerIdentifier: "
		has "$stderr" "$why"
		is "$(find . -name 'task.json*')" ""
	done <<-END
		no-such-program|/no-such-program: cannot be run: No such file
		sh|/sh: cannot be run: No such file
		./plain|./plain: cannot be run: Permission denied
		./script|./script: cannot be run: No such file
		./directory|./directory: cannot be run: Permission denied
		$(printf 'x%.0s' $(seq 5000))|: too long a path
		$(printf './x%.0s' $(seq 3000))|: too long a path
	END
}

@test "what a dry run finds stops run before the call, and nothing was sent" {
	# None of these is looked at before there is something to send or look up.
	for setting in TWOFA_SENDER=acs:file:./nowhere TWOFA_SENDER=exec:./nowhere \
		TWOFA_DIRECTORY=exec:./nowhere; do
		export "${setting?}"
		run -78 --separate-stderr call "${GOOD[@]}"
		is "$output" ""
		has "$stderr" "./nowhere"
		has "$stderr" "cannot work: see above"
		unset "${setting%%=*}"
		[ ! -e outbox ] && [ ! -e task.json ]
	done
	# A wrong argument in the workflow.
	flow '.triggers.PIN.run = ["twofa-verify", "--nonsense"]'
	run -64 --separate-stderr call "${GOOD[@]}"
	is "$output" ""
	has "$stderr" "unknown option: --nonsense"
}

@test "no terminal, and no other channel: a wrong command line" {
	run -64 --separate-stderr setsid -w twofa-flow run </dev/null
	is "$output" ""
	is "$stderr" "twofa-flow: no terminal to ask on: -F lines asks on standard output"
	[ ! -e outbox ]
}

@test "a program is tried with --dry-run, behind its own arguments" {
	printf '%s\n' '#!/bin/sh' 'echo "$*,$(wc -c)" >>words' >stand_in
	chmod +x stand_in
	flow '.triggers.CustomerIdentifier.run = ["./stand_in", "a", "b c"]'
	run -1 call 2
	is "$(cat words)" "a b c --dry-run,0"
}

@test "77 and 78 of a program stop run before the call, others do not" {
	flow '.triggers.CustomerIdentifier.run = ["./stand_in"]'
	for status in 77 78; do
		printf '#!/bin/sh\necho "stand_in: wrong" >&2\nexit %d\n' $status >stand_in
		chmod +x stand_in
		run "-$status" --separate-stderr call "${GOOD[@]}"
		is "$output" ""
		is "$stderr" "stand_in: wrong
twofa-flow: not accepting calls: the trigger of CustomerIdentifier cannot work: see above"
	done
	for does in 'exit 0' 'exit 1' 'exit 64' 'exit 65' 'exit 75' 'kill -9 $$' 'echo x' \
		'yes | head -c 3000000'; do
		printf '#!/bin/sh\n%s\n' "$does" >stand_in
		run -1 call 2
	done
}

@test "the first call of all: the sender makes the key before it is looked for" {
	# In whatever order the triggers stand.
	flow '.triggers |= {PIN, CustomerIdentifier, StartValidation}'
	[ ! -e key ]
	run -0 --separate-stderr call "${GOOD[@]}"
	is "$stderr" ""
}

@test "settings, and what it is for, reach the programs" {
	mkdir elsewhere
	sed 's/outbox/elsewhere\/out/' twofa.conf >other.conf
	echo 'log = log' >>other.conf
	RUN=(-c other.conf --ref INC0012)
	run -0 --separate-stderr call 1 123456 @elsewhere/out
	is "$stderr" ""
	[ ! -e outbox ]
	is "$(jq -r .ref log | sort | uniq -c | tr -s ' ')" " 3 INC0012"
	# By its path it is the same program.
	RUN=(-c other.conf --ref INC0013)
	flow ".triggers.CustomerIdentifier.run = [\"$BUILD/bin/twofa-lookup\"]"
	run -0 call 1 123456 @elsewhere/out
	is "$(grep -c INC0013 log)" 3
	# The environment, and the arguments of the workflow.
	RUN=()
	flow ".triggers.CustomerIdentifier.run += [\"-d\", \"csv:/nowhere\"]"
	run -78 --separate-stderr call 2
	has "$stderr" "/nowhere"
	RUN=()
	TWOFA_DIRECTORY=csv:/nowhere run -78 --separate-stderr call 2
	has "$stderr" "/nowhere"
	TWOFA_PIN_DIGITS=8 run -0 call "${GOOD[@]}"
	is "$(pin_of outbox | wc -c)" 9
}

# --- the task, the output and the trace --------------------------------------------

# refuses STATUS TEXT: no call is taken, and that is why.
refuses() {
	run "-$1" --separate-stderr call "${GOOD[@]}"
	is "$output" ""
	has "$stderr" "$2"
	is "$(grep -c . <<<"$stderr")" 1
}

@test "a call that step began goes on" {
	twofa-task new --id t1 | twofa-flow step -I 1 -I 123456 |
		twofa-lookup -d csv:customers.csv >t1.json
	RUN=(t1.json)
	run -0 --separate-stderr call @outbox
	is "$stderr" ""
	is "${lines[0]}" "ask AskPIN We sent a PIN to your telephone ending in 01. Please enter it."
	is "$(exits)" "WaitRecognized.next CheckRecognized.Yes StartValidation.next WaitSent.next CheckSent.Yes AskPIN.next WaitValidation.next CheckValidation.OK Verified.next Agents"
	is "$(jq -r .taskId task.json)" t1
	# At a prompt, with a try that was none.
	rm trace
	twofa-task new --id t2 | twofa-flow step -I 3 >t2.json
	RUN=(t2.json)
	run -1 call ''
	is "$(exits)" "AskCustomer.noResponse NotVerified"
}

@test "a task that is an event gets its program first" {
	twofa-task new --id t1 | twofa-flow step -I 1 -I 123456 >t1.json
	is "$(jq -r .updatedParameterName t1.json)" CustomerIdentifier
	RUN=(t1.json)
	run -0 --separate-stderr call @outbox
	is "$stderr" ""
	is "$(value FlowOutcome task.json)" queued
	# Of nobody: it is an event no more.
	jq -c '.updatedParameterName = "Nobody"' t1.json >t2.json
	RUN=(t2.json)
	rm trace
	run -1 call
	is "$(exits)" "WaitRecognized.failure NotVerified"
	is "$(jq 'has("updatedParameterName")' task.json)" false
}

@test "a wait that nobody serves" {
	twofa-task new --id t1 | twofa-flow step -I 1 -I 123456 |
		jq -c 'del(.updatedParameterName, .updatedParameterValue)' >t1.json
	RUN=(t1.json)
	run -1 --separate-stderr call
	is "$(exits)" "WaitRecognized.failure NotVerified"
	# One that was over long ago.
	rm trace
	twofa-task set FlowSince=1000000000 t1.json >t2.json
	RUN=(t2.json)
	run -1 call
	is "$(exits)" "WaitRecognized.timeout NotVerified"
	# The answer is there already.
	rm trace
	twofa-task set CustomerRecognized=No t2.json >t3.json
	RUN=(t3.json)
	run -1 call
	is "$(exits)" "WaitRecognized.next CheckRecognized.otherwise NotVerified"
}

@test "a call that has ended is not played again" {
	run -0 call "${GOOD[@]}"
	mv task.json ended.json
	sum=$(md5sum ended.json)
	RUN=(ended.json)
	refuses 65 "twofa-flow: ended.json: FlowOutcome: the call of this task has ended"
	[ ! -e task.json ]
	is "$(md5sum ended.json)" "$sum"
	# Nor one that says so alone.
	twofa-task set FlowOutcome=queued <(twofa-task new) >forged.json
	RUN=(forged.json)
	refuses 65 "forged.json: FlowOutcome: the call is not at an activity that ends it so"
}

@test "tasks that are none, or are elsewhere" {
	twofa-task new --id t1 >good.json
	mkdir directory
	while IFS='|' read -r status text why; do
		printf '%b' "$text" >t.json
		RUN=(t.json)
		refuses "$status" "twofa-flow: t.json: $why"
	done <<-'END'
		65||not one task
		65|garbage|not one task
		65|{}|not one task
		65|{"taskId":"t1"}{"taskId":"t2"}|not one task
		65|{"taskId":"t1"|not one task
		65|{"taskId":"\0377"}|not one task
		65|[]|not one task
		78|{"taskId":"t1","taskInformation":{"customContextParameters":[{"name":"FlowActivity","value":"X"},{"name":"FlowSince","value":"1"}]}}|FlowActivity: the workflow call has no activity 'X'
		65|{"taskId":"t1","taskInformation":{"customContextParameters":[{"name":"FlowActivity","value":"AskPIN"}]}}|FlowSince: not a time
		65|{"taskId":"t1","taskInformation":{"customContextParameters":[{"name":"FlowActivity","value":"AskPIN"},{"name":"FlowSince","value":"1"},{"name":"FlowCount","value":"x"}]}}|FlowCount: not ACTIVITY=N
	END
	RUN=(nowhere.json)
	refuses 74 "twofa-flow: nowhere.json: No such file"
	RUN=(directory)
	refuses 74 "twofa-flow: directory: Is a directory"
	printf '{"taskId":"t1","x":"%02000000d"}' 0 >t.json
	RUN=(t.json)
	refuses 65 "t.json: longer than 1048576 bytes"
	RUN=(good.json good.json)
	refuses 64 "give one task at most"
	[ ! -e task.json ]
}

@test "-o: in the place of what was there, or where a pipe leads" {
	echo old >task.json
	chmod 644 task.json
	run -1 --separate-stderr call 2
	is "$(value FlowOutcome task.json)" transferred
	is "$(stat -c %a task.json)" 600
	is "$(ls task.json*)" task.json
	mkfifo pipe
	cat pipe >piped &
	RUN=(-o pipe)
	run -1 --separate-stderr call 2
	wait
	is "$(value FlowOutcome piped)" transferred
	[ -p pipe ]
	run -1 bash -c 'echo 2 | twofa-flow run -F lines -c twofa.conf \
		-o /dev/fd/9 9> >(cat >through)'
	eventually grep -q transferred through
	# The input file: read before, written after.
	twofa-task new --id t1 >same.json
	RUN=(-o same.json same.json)
	run -1 call 2
	is "$(value FlowOutcome same.json)" transferred
	is "$(jq -r .taskId same.json)" t1
	# Standard output, where it is not the caller's.
	run "$FAKES/terminal.py" 2 out twofa-flow run -F tty -c twofa.conf \
		-o /dev/stdout
	is "$status" 1
	is "$(value FlowOutcome out)" transferred
	[ -L /dev/stdout ]
}

@test "-o: what cannot be written is found out before the call" {
	mkdir directory
	ln -s task.json link
	ln -s nowhere dangling
	RUN=(-o directory)
	refuses 74 "twofa-flow: directory: it is a directory"
	RUN=(-o nowhere/task.json)
	refuses 74 "twofa-flow: nowhere/task.json: cannot write beside it: No such file"
	echo x >file
	RUN=(-o file/task.json)
	refuses 74 "Not a directory"
	echo kept >task.json
	for link in link dangling; do
		RUN=(-o "$link")
		refuses 77 "twofa-flow: $link: a symbolic link: name the file itself"
		[ -L $link ]
	done
	is "$(cat task.json)" kept
	RUN=(-o /dev/stdout)
	refuses 64 "-o /dev/stdout: that is standard output, where the caller is"
	RUN=(-o "$(printf 'x%.0s' $(seq 300))")
	refuses 74 "File name too long"
	is "$(find . -name '*twofa-new*')" ""
	[ ! -e outbox ]
}

@test "-o: a full disk at the end is said" {
	RUN=(-o /dev/full)
	run -74 --separate-stderr call 2
	is "${lines[-1]}" "end transferred new-customers"
	is "$stderr" "twofa-flow: /dev/full: No space left on device"
}

@test "two calls that end in one file" {
	for i in 1 2 3 4; do
		call 2 >"out$i" &
	done
	wait
	is "$(grep -c . task.json)" 1
	is "$(value FlowOutcome task.json)" transferred
	is "$(cat out? | grep -c '^end transferred new-customers$')" 4
	is "$(ls task.json*)" task.json
	is "$(jq -rs 'map(select(.activity == "NewCustomer")) | length' trace)" 4
}

@test "--trace: where it cannot be, before the call, and a full disk after it" {
	RUN=(--trace nowhere/trace)
	refuses 78 "twofa-flow: --trace: nowhere/trace: No such file"
	mkdir directory
	RUN=(--trace directory)
	refuses 78 "--trace: directory: Is a directory"
	: >wide
	chmod 666 wide
	RUN=(--trace wide)
	refuses 77 "wide: writable by others"
	# The caller does not wait for somebody to tidy up.
	RUN=(--trace /dev/full)
	run -74 --separate-stderr call "${GOOD[@]}"
	is "${lines[-1]}" "end queued agents"
	is "$stderr" "twofa-flow: --trace /dev/full: No space left on device"
	is "$(value FlowOutcome task.json)" queued
	# It is appended to.
	RUN=()
	run -1 call 2
	run -1 call 2
	is "$(grep -c . trace)" 6
}

# --- what the caller says and hears --------------------------------------------------

@test "answers that are no keys" {
	while IFS= read -r keys; do
		rm -f trace
		run -1 --separate-stderr call "$keys" "$keys"
		is "$stderr" ""
		is "$(exits)" "Accept.next AskCustomer.noResponse NotVerified"
	done <<-END
		12
		1 2
		1x
		-1
		+1
		1#
		?
		é
		$(printf '%0255d' 1)
		$(printf '%0256d' 1)
		$(printf '%0100000d' 1)
	END
	# Carriage returns and blanks around it are the terminal's.
	run -1 call $' 2\t\r'
	has "$output" "end transferred new-customers"
	# A NUL is no end of a key.
	rm trace
	run -1 twofa-flow run -F lines -c twofa.conf --trace trace \
		< <(printf '2\0\n\0\n')
	is "$(exits)" "Accept.next AskCustomer.noResponse NotVerified"
}

@test "a parameter cannot make lines of its own, nor move the terminal" {
	jq -nc '{taskId: "t1", taskInformation: {customContextParameters: [
		{name: "Name", value: "Ann\nend queued agents\r\u001b[2J\u0085\u2028é"},
		{name: "Long", value: ("é" * 70 + "x" * 100000)}]}}' >t.json
	RUN=(t.json)
	flow '.activities.AskCustomer.text = "Hello {Name}, {Long}{Name:last1}."'
	run -1 --separate-stderr call eof
	is "$stderr" ""
	is "${lines[0]}" "ask AskCustomer Hello Ann?end queued agents??[2J??é, $(printf 'é%.0s' $(seq 64))é."
	is "${lines[1]}" "end disconnected"
	is "${#lines[@]}" 2
	# As much as there can be.
	flow '.activities.AskCustomer.text = "{Long}" * 333'
	run -1 --separate-stderr call eof
	is "$stderr" ""
	is "${#lines[0]}" $((16 + 333 * 64))
}

@test "the setting picks the language" {
	flow '.activities.AskCustomer.text = {"en": "Hello", "de": "Hallo", "fr": "Bonjour"}'
	while read -r language text; do
		[ "$language" = - ] && unset TWOFA_LANGUAGE ||
			export TWOFA_LANGUAGE=$language
		run -1 call eof
		is "${lines[0]}" "ask AskCustomer $text"
	done <<-'END'
		- Hello
		de Hallo
		fr_CA Bonjour
		xx Hello
	END
}

@test "a standard output that is gone, and one that is full" {
	run -74 --separate-stderr bash -c \
		'twofa-flow run -F lines -c twofa.conf -o task.json </dev/null >/dev/full'
	has "$stderr" "standard output: No space left on device"
	is "$(value FlowActivity task.json)" AskCustomer
	is "$(value FlowOutcome task.json)" ""
	run -74 --separate-stderr bash -c \
		'twofa-flow run -F lines -c twofa.conf </dev/null >&-'
	has "$stderr" "standard output"
	# It can be gone on with.
	mv task.json t.json
	RUN=(t.json)
	run -1 call 2
	is "$(value FlowOutcome task.json)" transferred
}

@test "the PIN is on stdin and in the outbox, and nowhere else" {
	export ASAN_OPTIONS=detect_leaks=0
	export TWOFA_PIN_DIGITS=10
	strace -f -y -s 1000000 -v -o all \
		-e trace=execve,openat,open,write,writev,pwrite64,sendto,sendmsg \
		"$FAKES/caller.py" "${GOOD[@]}" -- twofa-flow run -v -v -F lines \
		-c twofa.conf --trace trace -o task.json >out 2>stderr
	pin=$(pin_of outbox)
	is "${#pin}" 10
	is "$(value FlowOutcome task.json)" queued
	# The outbox, the caller, and the task on its way to twofa-verify.
	is "$(grep -cF "$pin" all)" 3
	grep -F "$pin" all | grep -q 'write([0-9]*<[^>]*/outbox>'
	is "$(grep -F "$pin" all | grep -c 'write([0-9]*<pipe:[^>]*>, "{')" 1
	is "$(grep -F "$pin" all | grep -c "write([0-9]*<pipe:[^>]*>, \"$pin")" 1
	is "$(grep -lF "$pin" task.json trace stderr out || true)" ""
	is "$(grep -lF 447700900001 trace stderr out || true)" ""
}

@test "a PIN in a task that came is not kept" {
	send_pin -k key
	twofa-task new --id t1 | twofa-flow step -I 1 -I 123456 |
		twofa-lookup -d csv:customers.csv | twofa-flow step |
		twofa-sendpin -k key -s file:outbox |
		twofa-flow step | twofa-task set PIN=1234 >t.json
	RUN=(t.json)
	run -1 call eof
	is "$(value FlowActivity task.json)" AskPIN
	is "$(value PIN task.json)" ""
	hasnt "$(cat task.json)" 1234\"
}

@test "channels, and options of other commands" {
	RUN=(-F nobody)
	refuses 64 "twofa-flow: -F: give tty, lines or agi, not 'nobody'"
	for option in '-I 1' '-i' '--rejects x' '--mermaid'; do
		read -ra RUN <<<"$option"
		refuses 64 "twofa-flow: run does not take ${RUN[0]}"
	done
}
