#!/usr/bin/env bats
# A wish to send the PIN again: what is said of one that is granted, and of one
# that is not.
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
}

# The wish as an event, as twofa-task makes it: it removes what was sent.
wish() {
	twofa-task event StartValidation=Resend sent.json
}

# The parameters of the task on stdin, in the order of their names, but for
# those named: params NAME...
params() {
	jq -c '[.taskInformation.customContextParameters[] |
		select(.name | IN($ARGS.positional[]) | not) |
		[.name, .value]] | sort' --args "$@"
}

# Was the task given what was sent, besides its reason?
is_as_sent() {
	is "$(value SMSSent <<<"$output")" Yes &&
		is "$(params TwofaReason StartValidation <<<"$output")" \
			"$(params <sent.json)"
}

@test "a wish within a minute: 75, cool-down, and in how many seconds" {
	needs_clock
	send_first
	wish >wish.json
	for NOW in 0 1 59; do
		sendpin 75 --resend sent.json
		is "$stderr" "twofa-sendpin: sent.json:1: task t1: not sent again: the last message is ${NOW}s old: again in $((60 - NOW))s"
		is "$(value TwofaReason <<<"$output")" cool-down
		is_as_sent
		sendpin 75 -q wish.json
		has "$stderr" "again in $((60 - NOW))s"
		is "$(value TwofaReason <<<"$output")" cool-down
		is_as_sent
	done
	is "$(lines outbox)" 1
	# What came out is the next input: it is still the wish.
	printf '%s\n' "$output" >again.json
	is "$(jq -r .updatedParameterValue again.json)" Resend
	NOW=60
	sendpin 0 again.json
	is "$stderr" "twofa-sendpin: task t1: sent again"
	is "$(lines outbox)" 2
	is_as_sent
	is "$(value TwofaReason <<<"$output")" ""
	is "$(jq -r .updatedParameterValue <<<"$output")" ""
}

@test "a wish that is granted says so, and one that nobody made says nothing" {
	needs_clock
	send_first
	NOW=60
	sendpin 0 --resend sent.json
	is "$stderr" "twofa-sendpin: task t1: sent again"
	NOW=120
	sendpin 0 -q --resend sent.json
	is "$stderr" ""
	sendpin 0 t1.json
	is "$stderr" ""
	is "$(lines outbox)" 3
}

@test "a wish that can never be granted: 1, why, and the task as it was" {
	needs_clock
	send_first
	wish >wish.json
	for NOW in 60 600; do
		if [ "$NOW" = 60 ]; then
			try OK "$PIN" 1
			reason=used
		else
			rm -f ledger.db* outbox
			NOW=0 send_first
			wish >wish.json
			reason=expired
		fi
		for arg in sent.json wish.json; do
			sendpin 1 --resend "$arg"
			has "$stderr" "task t1: not sent again: "
			is "$(value TwofaReason <<<"$output")" "$reason"
			is_as_sent
			is "$(jq -r '.updatedParameterValue // ""' \
				<<<"$output")" ""
		done
		is "$(lines outbox)" 1
	done
	NOW=0
	rm -f ledger.db* outbox
	send_first -a 1
	try wrong "$WRONG" 1
	NOW=60
	sendpin 1 --resend sent.json
	is "$(value TwofaReason <<<"$output")" exhausted
	is "$(value PINAttempts <<<"$output")" 1
	is "$(lines outbox)" 1
}

@test "a wish that a limit refuses: 75, and the task as it was" {
	needs_clock
	export TWOFA_LIMIT_NUMBER=1/1h
	send_first
	wish >wish.json
	NOW=60
	for arg in sent.json wish.json; do
		sendpin 75 --resend "$arg"
		has "$stderr" "allows were sent: again in 3540s"
		is "$(value TwofaReason <<<"$output")" limit-number
		is_as_sent
	done
	# The PIN is as good as before.
	printf '%s\n' "$output" >out.json
	try OK "$PIN" 1 out.json
}

@test "a wish that is not granted, in a pipe" {
	needs_clock
	send_first
	run -75 --separate-stderr timed bash -o pipefail -c \
		'twofa-sendpin -q -k key -s file:outbox --resend sent.json |
			twofa-verify -k key'
	is_as_sent
	# A PIN that comes behind it is verified all the same.
	printf '%s\n' "$output" >out.json
	try OK "$PIN" 1 out.json
}

@test "a wish that stands twice in the input is one" {
	needs_clock
	send_first
	{ wish && wish; } >wish.jsonl
	NOW=60
	sendpin 0 wish.jsonl
	is "$(lines outbox)" 2
	is "$(wc -l <<<"$output")" 2
	is "$(sort -u <<<"$output" | wc -l)" 1
	# They were not read together: the second one comes too soon.
	NOW=120
	sendpin 75 --resend sent.json sent.json
	has "$stderr" "the last message is 0s old: again in 60s"
	is "$(lines outbox)" 3
}
