#!/usr/bin/env bats
# twofa-flow check: what it says of workflows, and that calls do not run under
# those that are not proven. Which faults it finds: unit/checker_test.c.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
}

# The built-in workflow, changed: changed FILTER FILE.
changed() {
	twofa-flow show call | jq "$1" >"$2"
}

@test "the built-in workflows are good" {
	run -0 --separate-stderr twofa-flow check
	is "$stderr" ""
	is "${#lines[@]}" 2
	is "${lines[0]}" "call: in 31 states every call ends, and is queued only with a verified PIN"
	has "${lines[1]}" "desk: in "
	# As a file, and whatever the settings are: it takes its digits from there.
	twofa-flow show call >own.json
	run -0 --separate-stderr twofa-flow check own.json
	is "$output" "own.json: in 31 states every call ends, and is queued only with a verified PIN"
	run -0 --separate-stderr twofa-flow check -w own.json
	has "$output" "own.json: in 31 states"
	printf 'pin_digits = 8\nidentifier_digits = 9\nmax_attempts = 10\n' >conf
	run -0 --separate-stderr twofa-flow check -c conf
	has "$output" "desk: in "
	printf 'workflow = own.json\n' >conf
	run -0 --separate-stderr twofa-flow check -c conf
	has "$output" "own.json: in 31 states"
}

@test "a command behind its options is told where it stands" {
	local command
	twofa-flow show >a.json
	for command in step run desk check graph show; do
		run -64 --separate-stderr twofa-flow -w a.json $command
		is "$output" ""
		is "$stderr" "twofa-flow: the command comes before the options: twofa-flow $command ...; see twofa-flow --help"
	done
	run -64 --separate-stderr twofa-flow -w a.json nonsense
	is "$stderr" "twofa-flow: unknown command 'nonsense'; see twofa-flow --help"
	run -0 twofa-flow --help
	has "$output" "twofa-flow check [FILE]"
	has "$output" "twofa-flow show [call | desk]"
}

@test "one workflow, by -w or as a file" {
	twofa-flow show >a.json
	changed '.activities.WaitValidation.next = "Verified"' b.json
	for command in check graph; do
		for words in "-w a.json b.json" "b.json -w a.json" "a.json b.json" \
			"-w a.json a.json"; do
			# shellcheck disable=SC2086 # words
			run -64 --separate-stderr twofa-flow $command $words
			is "$output" ""
			is "$stderr" "twofa-flow: $command: give one workflow, by -w or as a file; see twofa-flow --help"
		done
		# A file is more than a setting.
		TWOFA_WORKFLOW=b.json run -0 --separate-stderr \
			twofa-flow $command a.json
		is "$stderr" ""
		hasnt "$output" b.json
	done
}

@test "a check that is skipped is shown by a call" {
	changed '.activities.WaitValidation.next = "Verified"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	is "$stderr" ""
	is "$output" "bad.json: Agents: the queue is reached without a verified PIN
    Accept
    AskCustomer: the caller enters 1
    AskIdentifier: the caller enters 000001
    WaitRecognized: twofa-lookup sets CustomerRecognized = Yes
    CheckRecognized
    StartValidation
    WaitSent: twofa-sendpin sets SMSSent = Yes
    CheckSent
    AskPIN: the caller enters a PIN
    WaitValidation: twofa-verify sets ValidationCheck = other
    Verified
    Agents
bad.json: CheckValidation: no call reaches it"
}

@test "an old OK, a loop, a wait without end, a place that is not there" {
	changed '.activities.Accept.next = "Known" | .activities.Known =
		{type: "check-parameter", parameter: "ValidationCheck",
			cases: {OK: "Agents"}, otherwise: "AskCustomer"}' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	is "$output" "bad.json: Agents: the queue is reached without a verified PIN
    at the start: ValidationCheck = OK
    Accept
    Known
    Agents"
	changed '.activities.AskCustomer.noResponse = "Accept"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	is "$output" "bad.json: Accept: a call can loop here forever, without a max
    from here on, forever:
    Accept
    AskCustomer: the caller enters nothing
    AskCustomer: the caller enters nothing"
	changed 'del(.activities.WaitRecognized.seconds)' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	is "$output" "bad.json: WaitRecognized: waits without a time-out: seconds is missing
    Accept
    AskCustomer: the caller enters 1
    AskIdentifier: the caller enters 000001"
	changed '.activities.WaitRecognized.timeout = "Nowhere"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	is "$output" "bad.json: WaitRecognized: timeout leads to 'Nowhere', which does not exist
    Accept
    AskCustomer: the caller enters 1
    AskIdentifier: the caller enters 000001
    WaitRecognized: the time-out expires"
}

@test "what else comes from outside" {
	changed '.activities.WaitRecognized.failure = "Agents"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	has "$output" "WaitRecognized: twofa-lookup fails"
	changed '.triggers.PIN.run[0] = "/opt/\u001b[1mmine"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	has "$output" "WaitValidation: its trigger sets ValidationCheck = OK"
	changed 'del(.triggers.PIN)' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	has "$output" "WaitValidation: another program sets ValidationCheck = OK"
	changed '.activities.AskCustomer.retries = 7 |
		.activities.AskCustomer.noResponse = "Agents"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	has "$output" "AskCustomer: the caller enters nothing, 7 times"
}

@test "a PIN is never printed, a wrong number of digits is said" {
	changed '.activities.AskPIN.digits = 6' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	has "$output" "bad.json: AskPIN: asks for 6 digits, pin_digits is 4"
	has "$output" "AskPIN: the caller enters a PIN"
	hasnt "$output" "AskPIN: the caller enters 0"
	changed '.activities.Known = {type: "check-parameter", parameter: "PIN",
		cases: {"4711": "Agents"}, otherwise: "AskCustomer"} |
		.activities.Accept.next = "Known"' bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	has "$output" "at the start: PIN = a PIN"
	hasnt "$output" 4711
	# It depends on the settings.
	changed '.activities.AskPIN.digits = 6' own.json
	TWOFA_PIN_DIGITS=6 run -0 --separate-stderr twofa-flow check own.json
}

@test "more than can be looked at is not proven" {
	# Six counters up to a hundred, each of which can be anything.
	changed '.activities += ([range(6) | {"C\(.)": {type: "input-customer",
		text: "?", seconds: 9, max: 100, exceeded: "NotVerified",
		noResponse: "NotVerified", choices: ([range(6) |
		{"\(.)": "C\(.)"}] | add)}}] | add) |
		.activities.AskCustomer.choices["3"] = "C0"' bad.json
	run -78 --separate-stderr twofa-flow check bad.json
	is "$output" ""
	is "$stderr" "twofa-flow: bad.json: more than 1000000 states: too many to check every call"
	twofa-task new >t.json
	cp t.json came.json
	run -78 --separate-stderr twofa-flow step -i -w bad.json t.json
	cmp t.json came.json
}

@test "wrong use, and what is no workflow" {
	run -64 --separate-stderr twofa-flow check a b
	is "$output" ""
	is "$stderr" \
		"twofa-flow: check: give one workflow, by -w or as a file; see twofa-flow --help"
	run -64 --separate-stderr twofa-flow check -I 1
	has "$stderr" "check does not take -I"
	run -78 --separate-stderr twofa-flow check gone.json
	has "$stderr" "gone.json: No such file"
	printf '{' >bad.json
	run -78 --separate-stderr twofa-flow check bad.json
	is "$output" ""
	has "$stderr" "bad.json: line 1"
	printf '{"start":"A","activities":{"B":{"type":"disconnect"}}}' >bad.json
	run -1 --separate-stderr twofa-flow check bad.json
	is "$output" "bad.json: start: there is no activity 'A'"
}

@test "no call under a workflow with a fault, and no task is lost" {
	changed '.activities.CheckValidation.otherwise = "Verified"' bad.json
	twofa-task new --id t1 >t.json
	cp t.json came.json
	message="bad.json: Agents: the queue is reached without a verified PIN; see twofa-flow check bad.json"
	run -78 --separate-stderr twofa-flow step -i -w bad.json -I 1 t.json
	is "$output" ""
	is "$stderr" "twofa-flow: $message"
	cmp t.json came.json
	# What it was given on stdin is still there for the next one.
	{
		twofa-flow step -w bad.json || true
		twofa-flow step -I 1
	} <t.json >out.json 2>/dev/null
	is "$(value FlowActivity out.json)" AskIdentifier
	run -78 --separate-stderr twofa-flow run -F lines -w bad.json t.json
	has "$stderr" "$message"
	cmp t.json came.json
	printf 'workflow = bad.json\n' >conf
	run -78 --separate-stderr twofa-flow step -c conf t.json
	is "$stderr" "twofa-flow: conf:1: $message"
}
