#!/usr/bin/env bats
# run -F agi: whole calls with a scripted Asterisk, in both directions.
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

# call [OPTION OF THE FAKE...]: a call with Asterisk; RUN has more words of ours.
call() {
	"$FAKES/asterisk.py" "$@" twofa-flow run -F agi -c twofa.conf "${RUN[@]}"
}

# The caller that everything goes well with.
GOOD=(--keys 1 --keys 123456 --keys @outbox)

# What the channel is left with: left VALIDATIONCHECK FLOWOUTCOME FLOWTARGET.
left() {
	is "$(cat variables)" "FLOWOUTCOME=$2
FLOWTARGET=$3
VALIDATIONCHECK=$1"
}

# The lines of a dialogue in which the variables are set: set_to LIKE left.
set_to() {
	local value
	for value in "VALIDATIONCHECK ${1:-\"\"}" "FLOWOUTCOME ${2:-\"\"}" \
		"FLOWTARGET ${3:-\"\"}"; do
		printf '> SET VARIABLE %s\n< 200 result=1\n' "$value"
	done
}

# The lines of a dialogue in which the caller keys one digit after the other.
digits_after() {
	local i
	for ((i = 1; i < ${#1}; i++)); do
		printf '> WAIT FOR DIGIT 5000\n< 200 result=%d\n' "'${1:i:1}"
	done
}

# The commands that were sent, one a line.
commands() {
	sed -n 's/^> //p' dialogue
}

# --- whole calls -----------------------------------------------------------------

@test "a call that is verified, word for word" {
	RUN=(-o task.json)
	run -0 --separate-stderr call "${GOOD[@]}"
	is "$output$stderr" ""
	pin=$(pin_of outbox)
	is "$(cat dialogue)" "$(
		set_to '' '' ''
		cat <<-END
			> ANSWER
			< 200 result=0
			> GET DATA twofa/AskCustomer 10000 1
			< 200 result=1
			> GET DATA twofa/AskIdentifier 15000 1
			< 200 result=1
		END
		digits_after 123456
		cat <<-END
			> STREAM FILE twofa/AskPIN ""
			< 200 result=0 endpos=8000
			> SAY DIGITS 01 ""
			< 200 result=0
			> GET DATA beep 60000 1
			< 200 result=${pin:0:1}
		END
		digits_after "$pin"
		cat <<-END
			> STREAM FILE twofa/Verified ""
			< 200 result=0 endpos=8000
		END
		set_to OK queued agents
		echo '! ends with 0'
	)"
	left OK queued agents
	is "$(value FlowOutcome task.json)" queued
	is "$(value ValidationCheck task.json)" OK
	is "$(value PIN task.json)" ""
}

@test "the same with replies that come a byte at a time" {
	run -0 --separate-stderr call --pieces "${GOOD[@]}"
	is "$stderr" ""
	left OK queued agents
}

@test "a new customer, word for word" {
	run -1 --separate-stderr call --keys 2
	is "$stderr" ""
	is "$(cat dialogue)" "$(
		set_to '' '' ''
		cat <<-END
			> ANSWER
			< 200 result=0
			> GET DATA twofa/AskCustomer 10000 1
			< 200 result=2
		END
		set_to '' transferred new-customers
		echo '! ends with 1'
	)"
	left '' transferred new-customers
}

@test "a wrong PIN and an unknown customer" {
	run -1 --separate-stderr call --keys 1 --keys 123456 --keys 0000
	left Failed transferred not-verified
	run -1 --separate-stderr call --keys 1 --keys 999999
	left '' transferred not-verified
	is "$(grep -c . outbox)" 1
}
