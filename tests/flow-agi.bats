#!/usr/bin/env bats
# run -F agi: whole calls with a scripted Asterisk, in both directions.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
	export TWOFA_LEDGER=none
	setting ''
	RUN=()
}

# setting 'KEY = VALUE': the settings of these tests, but for that one.
setting() {
	printf '%s\n' 'directory = csv:customers.csv' 'sender = file:outbox' \
		'key = key' | grep -v "^${1%% *} " >twofa.conf || true
	printf '%s\n' "$1" >>twofa.conf
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

# The lines of a dialogue in which the caller keys all digits but the first.
more_of() {
	printf '> GET DATA "" 5000 %d\n< 200 result=%s\n' $((${#1} - 1)) "${1:1}"
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
		more_of 123456
		cat <<-END
			> STREAM FILE twofa/AskPIN 0123456789*#
			< 200 result=0 endpos=8000
			> STREAM FILE digits/0 0123456789*#
			< 200 result=0 endpos=8000
			> STREAM FILE digits/1 0123456789*#
			< 200 result=0 endpos=8000
			> GET DATA beep 60000 1
			< 200 result=${pin:0:1}
		END
		more_of "$pin"
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

@test "a call in another order of things: PINs of six digits, the audio's name" {
	printf '%s\n' 'pin_digits = 6' >>twofa.conf
	twofa-flow show | jq '.activities.AskPIN.audio = "pbx/pin" |
		.activities.AskPIN.text = "The PIN, please." |
		.activities.Verified.text = "You have {TriesLeft} of {CustomerIdentifier}."' \
		>w.json
	RUN=(-w w.json)
	run -0 --separate-stderr call "${GOOD[@]}"
	is "$stderr" ""
	pin=$(pin_of outbox)
	is "${#pin}" 6
	has "$(cat dialogue)" "> GET DATA pbx/pin 60000 1
< 200 result=${pin:0:1}
$(more_of "$pin")
> STREAM FILE twofa/Verified \"\"
< 200 result=0 endpos=8000
$(for digit in 3 1 2 3 4 5 6; do
		printf '> STREAM FILE digits/%d ""\n< 200 result=0 endpos=8000\n' $digit
	done)
> SET"
	left OK queued agents
}

# --- the caller hangs up -----------------------------------------------------------

# every_place ACTION: a call that would go well, and the action at one command.
every_place() {
	local command activity validation sent
	while IFS=: read -r command activity validation sent; do
		rm -f task.json outbox
		run -1 --separate-stderr call "${GOOD[@]}" \
			--on "${command/@/:}" "$1"
		is "$command $output$stderr" "$command "
		is "$command $(value FlowActivity task.json)" "$command $activity"
		is "$(value FlowOutcome task.json)" disconnected
		is "$(value PIN task.json)" ""
		[ "$1" = gone ] || left "$validation" disconnected ''
		# Nothing is sent or asked any more, but whether the caller is gone.
		is "$(cat outbox 2>/dev/null | wc -l)" "${sent:-0}"
		is "$(sed '1,/^! now/d' dialogue | grep '^>' |
			grep -cvE 'SET VARIABLE|WAIT FOR DIGIT 1$' || true)" 0
	done <<-END
		ANSWER:AskCustomer::
		GET DATA twofa/AskCustomer:AskCustomer::
		GET DATA twofa/AskIdentifier:AskIdentifier::
		GET DATA "":AskIdentifier::
		STREAM FILE twofa/AskPIN:AskPIN::1
		STREAM FILE digits/1:AskPIN::1
		GET DATA beep:AskPIN::1
		2@GET DATA "":AskPIN::1
		STREAM FILE twofa/Verified:Agents:OK:1
	END
}

@test "a hang-up at every command: SIGHUP and -1" {
	RUN=(-o task.json)
	every_place hangup
}

@test "a hang-up at every command: SIGHUP and no reply" {
	RUN=(-o task.json)
	every_place hup
}

@test "a hang-up at every command: -1 alone" {
	RUN=(-o task.json)
	every_place dead
}

@test "a hang-up at every command: the end of stdin, and of both pipes" {
	RUN=(-o task.json)
	every_place eof
	every_place gone
}

@test "a hang-up at every command: a bare line HANGUP" {
	RUN=(-o task.json)
	every_place reply:HANGUP
}

@test "a hang-up while a trigger runs lets it finish" {
	# It is the parent that is told, as by Asterisk.
	cat >slow <<-END
		#!/bin/sh
		task=\$(cat)
		[ -z "\$task" ] || kill -HUP \$PPID
		printf '%s\n' "\$task" | twofa-sendpin
	END
	chmod +x slow
	twofa-flow show | jq '.triggers.StartValidation.run = ["./slow"]' >w.json
	RUN=(-w w.json -o task.json)
	run --separate-stderr call "${GOOD[@]}"
	is "$status $stderr" "1 "
	is "$(value SMSSent task.json)" Yes
	is "$(value FlowOutcome task.json)" disconnected
	is "$(grep -c . outbox)" 1
	hasnt "$(cat dialogue)" AskPIN
	left '' disconnected ''
}

@test "SIGHUP at the very end, and again, loses nothing" {
	RUN=(-o task.json)
	run -0 call "${GOOD[@]}" --on "6:SET VARIABLE" hup
	is "$(value FlowOutcome task.json)" queued
	left OK queued agents
	# While the task is written.
	rm task.json
	run strace -qq -o trace -e trace=fsync,rename -e inject=fsync:signal=HUP \
		twofa-flow run -F agi -c twofa.conf -o task.json < <(
		printf 'agi_request: x\nagi_language: en\n\n'
		yes '200 result=0' | head -n 3
		echo '200 result=-1'
	)
	is "$status" 1
	grep -q 'SIGHUP' trace
	is "$(value FlowOutcome task.json)" disconnected
	is "$(ls task.json*)" task.json
}

@test "a workflow that hangs up" {
	twofa-flow show | jq '.activities.NewCustomer = {type: "disconnect"}' >w.json
	RUN=(-w w.json -o task.json)
	run -1 --separate-stderr call --keys 2
	is "$stderr" ""
	is "$(tail -n 3 dialogue)" "> HANGUP
< 200 result=1
! ends with 1"
	left '' disconnected ''
	run -1 --separate-stderr call --keys 2 --on HANGUP hup
	is "$stderr" ""
	is "$(value FlowOutcome task.json)" disconnected
}

# --- what the caller keys ----------------------------------------------------------

# The exits that were taken, in a row.
exits() {
	jq -rs 'map(.activity + (if .exit then "." + .exit else "" end)) |
		join(" ")' trace
}

# Waits are the lookup's and not timed: the caller's side alone.
NOT_VERIFIED="NotVerified"

@test "no input at every prompt: again, and then its exit" {
	RUN=(--trace trace)
	run -1 --separate-stderr call
	is "$stderr" ""
	is "$(commands | grep -c AskCustomer)" 2
	has "$(cat dialogue)" "< 200 result= (timeout)"
	is "$(exits)" "Accept.next AskCustomer.noResponse $NOT_VERIFIED"
	left '' transferred not-verified

	rm trace
	run -1 --separate-stderr call --keys 1
	is "$(commands | grep -c AskIdentifier)" 2
	is "$(exits)" "Accept.next AskCustomer.1 AskIdentifier.noInput $NOT_VERIFIED"

	rm trace
	run -1 --separate-stderr call --keys 1 --keys 123456
	is "$(commands | grep -c 'GET DATA beep')" 2
	has "$(exits)" "CheckSent.Yes AskPIN.noInput $NOT_VERIFIED"
	is "$stderr" ""
}

@test "another key, too few digits, '#' too early: the second try counts" {
	run -0 call --keys 7 --keys 1 --keys 123 --keys 123456 \
		--keys 1. --keys @outbox
	left OK queued agents
	rm outbox
	run -0 call --keys '*' --keys 1 --keys '12#' --keys '123456#' \
		--keys '#' --keys @outbox
	left OK queued agents
	# A pause between two digits ends them.
	run -1 call --keys 1 --keys 123.456 --keys 4.
	left '' transferred not-verified
}

@test "'*' is no digit, and digits that come too late count for nothing" {
	run -1 --separate-stderr call --keys 1 --keys '12*456' --keys '*12345'
	is "$stderr" ""
	left '' transferred not-verified
}

@test "one time for all digits: GET DATA alone, and what it says at the time-out" {
	twofa-flow show | jq 'del(.activities[].digitSeconds)' >w.json
	RUN=(-w w.json)
	run -0 call "${GOOD[@]}"
	has "$(cat dialogue)" "> GET DATA twofa/AskIdentifier 15000 6
< 200 result=123456"
	hasnt "$(cat dialogue)" WAIT
	run -1 call --keys 1 --keys 123 --keys '12#'
	has "$(cat dialogue)" "> GET DATA twofa/AskIdentifier 15000 6
< 200 result=123 (timeout)
> GET DATA twofa/AskIdentifier 15000 6
< 200 result=12
> SET"
	left '' transferred not-verified
}

@test "'#' and '*' can be chosen, also where digits are collected" {
	twofa-flow show | jq '.activities.AskCustomer.choices =
			{"#": "AskIdentifier", "*": "NewCustomer"} |
		.activities.AskIdentifier.choices =
			{"#": "NotVerified", "0": "NewCustomer"}' >w.json
	RUN=(-w w.json)
	run -1 call --keys '#' --keys '#'
	left '' transferred not-verified
	run -1 call --keys '#' --keys 0
	left '' transferred new-customers
	hasnt "$(cat dialogue)" WAIT
	run -1 call --keys '*'
	left '' transferred new-customers
	# Nothing is not '#'.
	run -1 call --keys '' --keys ''
	is "$(commands | grep -c AskCustomer)" 2
}

# --- what Asterisk says ------------------------------------------------------------

# breaks_off STATUS REPLY WHAT: a call that ends at AskIdentifier with that
# reply, and a message that has WHAT.
breaks_off() {
	rm -f task.json
	run "-$1" --separate-stderr call "${GOOD[@]}" \
		--on "GET DATA twofa/AskIdentifier" "reply:$2"
	has "$stderr" "$3"
	is "$output" ""
	# The call stands where it broke off, and the dialplan does not go on.
	is "$(value FlowActivity task.json)" AskIdentifier
	left '' '' ''
	[ ! -e outbox ]
}

@test "a command that is refused ends the program, not Asterisk's patience" {
	RUN=(-o task.json)
	breaks_off 74 '510 Invalid or unknown command' \
		'twofa-flow: Asterisk refused GET DATA: 510 Invalid or unknown command'
	breaks_off 74 '520-Invalid command syntax.  Proper usage follows:\n Usage: GET DATA\n\tx\n520 End of proper usage.' \
		'GET DATA: 520-Invalid command syntax.'
	breaks_off 74 '520 Invalid command syntax.  Proper usage not available.' \
		'520 Invalid command syntax.'
	breaks_off 74 '503 result=-2 Memory allocation failure' '503 result=-2'
}

@test "replies that are none" {
	RUN=(-o task.json)
	breaks_off 74 'garbage' 'GET DATA: garbage'
	breaks_off 74 '' 'GET DATA:'
	breaks_off 74 '200 OK' '200 OK'
	breaks_off 74 '200 result' '200 result'
	breaks_off 74 '200 \x00result=1' 'GET DATA: ?'
	breaks_off 74 "200 result=$(printf '%05000d' 1)" 'GET DATA: ?'
	breaks_off 74 "$(printf '%0100000d' 1)" 'GET DATA: ?'
	breaks_off 74 'x\x1b[31m\x07y' 'GET DATA: x?[31m?y'
	# A usage without an end, of many lines.
	breaks_off 74 "520-Usage$(printf '\\nx%.0s' $(seq 300))" 520-Usage
}

@test "results that no caller can key are no answer" {
	for result in 12345678901234567890 -5 12x456 '' ABCD é; do
		run -1 --separate-stderr call --keys 1 \
			--on "GET DATA twofa/AskIdentifier" "reply:200 result=$result"
		is "$stderr" ""
		left '' transferred not-verified
	done
	for result in 300 x '' 7890123 '2345 (timeout)' 99999999999999999999; do
		run -1 --separate-stderr call --keys 1 --keys 123456 \
			--on 'GET DATA ""' "reply:200 result=$result"
		is "$stderr" ""
		left '' transferred not-verified
	done
	# And the code of none: the prompt goes on.
	for result in 300 x '' 2147483648 99999999999999999999 7 65 -5; do
		run -0 --separate-stderr call "${GOOD[@]}" \
			--on "STREAM FILE twofa/AskPIN" "reply:200 result=$result endpos=1"
		is "$stderr" ""
		left OK queued agents
	done
}

@test "a dead channel is a hang-up" {
	RUN=(-o task.json)
	run -1 --separate-stderr call "${GOOD[@]}" --on ANSWER \
		'reply:511 Command Not Permitted on a dead channel'
	is "$stderr" ""
	is "$(value FlowOutcome task.json)" disconnected
	left '' disconnected ''
}

@test "a call that cannot be answered does nothing" {
	printf '#!/bin/sh\ngrep . >>asked\n' >ticket
	chmod +x ticket
	twofa-flow show | jq '.triggers.Ticket = {run: ["./ticket"], sets: ["TicketIs"]} |
		.activities.Accept.next = "Open" |
		.activities.Open = {type: "save-parameter", parameter: "Ticket",
			value: "new", next: "AskCustomer"}' >w.json
	RUN=(-w w.json)
	run -1 --separate-stderr call --on ANSWER 'reply:200 result=-1'
	is "$stderr" ""
	left '' disconnected ''
	[ ! -s asked ]
	run -1 call --keys 2
	[ -s asked ]
}

@test "audio that is missing is a warning, and a beep in the place of a prompt" {
	run -0 --separate-stderr call "${GOOD[@]}" --missing twofa/AskCustomer \
		--missing twofa/AskPIN --missing twofa/Verified
	is "$stderr" "$(for name in AskCustomer AskPIN Verified; do
		echo "twofa-flow: twofa/$name: cannot be played: is the audio file there?"
	done)"
	has "$(cat dialogue)" '> GET DATA twofa/AskCustomer 10000 1
< 200 result=-1
> WAIT FOR DIGIT 1
< 200 result=0
> VERBOSE "twofa-flow: twofa/AskCustomer: cannot be played: is the audio file there?" 1
< 200 result=1
> GET DATA beep 10000 1
< 200 result=1'
	has "$(cat dialogue)" '> STREAM FILE twofa/Verified ""
< 200 result=-1 endpos=0
> WAIT FOR DIGIT 1
< 200 result=0
> VERBOSE "twofa-flow: twofa/Verified: cannot be played: is the audio file there?" 1
< 200 result=1
> SET VARIABLE VALIDATIONCHECK OK'
}

@test "without a beep, silence in its place; a digit that cannot be said is told" {
	run -0 --separate-stderr call "${GOOD[@]}" --missing twofa/AskCustomer \
		--missing beep --missing digits/0
	is "$stderr" "$(for name in twofa/AskCustomer beep digits/0 beep; do
		echo "twofa-flow: $name: cannot be played: is the audio file there?"
	done)"
	left OK queued agents
	pin=$(pin_of outbox)
	is "$(commands | grep -v -e VERBOSE -e VARIABLE)" "ANSWER
GET DATA twofa/AskCustomer 10000 1
WAIT FOR DIGIT 1
GET DATA beep 10000 1
WAIT FOR DIGIT 1
GET DATA \"\" 10000 1
GET DATA twofa/AskIdentifier 15000 1
GET DATA \"\" 5000 5
STREAM FILE twofa/AskPIN 0123456789*#
STREAM FILE digits/0 0123456789*#
WAIT FOR DIGIT 1
STREAM FILE digits/1 0123456789*#
GET DATA beep 60000 1
WAIT FOR DIGIT 1
GET DATA \"\" 60000 1
GET DATA \"\" 5000 3
STREAM FILE twofa/Verified \"\""
	has "$(commands)" 'VERBOSE "twofa-flow: digits/0: cannot be played: is the audio file there?" 1'
	# A key that comes while it is found out that there is no sound is a key.
	for missing in twofa/AskPIN beep; do
		rm -f outbox
		run -0 call --keys 1 --keys 123456 --keys-at 'WAIT FOR DIGIT' @outbox \
			--missing "$missing"
		left OK queued agents
	done
	# Where all digits have one time, too.
	twofa-flow show | jq 'del(.activities[].digitSeconds)' >w.json
	RUN=(-w w.json)
	run -0 call --keys 1 --keys 123456 --keys-at 'WAIT FOR DIGIT' @outbox \
		--missing beep
	left OK queued agents
	run -0 call --keys 1 --keys-at 'WAIT FOR DIGIT' 123456 --keys @outbox \
		--missing twofa/AskIdentifier
	left OK queued agents
	# Nothing of ours can be played, and nobody is there.
	run -1 --separate-stderr call --missing twofa/AskCustomer --missing beep
	left '' transferred not-verified
}

# The commands of a prompt for a PIN of four digits, whose first key comes at
# one of them: spoken_to N [COMMAND OF THE REST].
spoken_to() {
	printf '%s\n' 'STREAM FILE twofa/AskPIN 0123456789*#' \
		'STREAM FILE digits/0 0123456789*#' \
		'STREAM FILE digits/1 0123456789*#' 'GET DATA beep 60000 1' |
		head -n "$1"
	echo "${2:-GET DATA \"\" 5000 3}"
}

# The commands from the prompt for the PIN to what is said behind it.
prompt() {
	commands | sed -n '/twofa\/AskPIN/,/twofa\/Verified/p' | sed '$d'
}

@test "keyed while the prompt is spoken, a PIN arrives whole" {
	for place in 'STREAM FILE twofa/AskPIN' 'STREAM FILE digits/0' \
		'STREAM FILE digits/1' 'GET DATA beep'; do
		n=$((n + 1))
		rm -f outbox
		run -0 --separate-stderr call --keys 1 --keys 123456 \
			--keys-at "$place" @outbox
		is "$output$stderr" ""
		left OK queued agents
		is "$(prompt)" "$(spoken_to $n)"
	done
	has "$(cat dialogue)" "< 200 result=$(pin_of outbox | cut -c 2-)"
	# With one time for all digits.
	twofa-flow show | jq 'del(.activities[].digitSeconds)' >w.json
	RUN=(-w w.json)
	run -0 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/0' @outbox
	left OK queued agents
	is "$(prompt)" "$(spoken_to 2 'GET DATA "" 60000 3')"
	# And at the beep all at once.
	run -0 call "${GOOD[@]}"
	is "$(prompt)" "$(spoken_to 3 'GET DATA beep 60000 4')"
}

@test "keyed while the prompt is spoken: what ends it, and what is asked again" {
	# One digit is let go between two commands, and dropped: the second try.
	for place in 'STREAM FILE twofa/AskPIN' 'STREAM FILE digits/1'; do
		rm -f outbox
		run -0 --separate-stderr call --keys 1 --keys 123456 \
			--keys-at "$place" '.!@outbox' \
			--keys-at '2:STREAM FILE twofa/AskPIN' @outbox
		is "$stderr" ""
		left OK queued agents
		is "$(commands | grep -c twofa/AskPIN)" 2
	done
	# Too few, and '#'; the rest of what was keyed is for nobody.
	rm outbox
	run -0 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/0' 12# \
		--keys-at '2:STREAM FILE twofa/AskPIN' @outbox
	left OK queued agents
	is "$(prompt)" "$(spoken_to 2 && spoken_to 1)"
	# '*' is no digit, but it is a key.
	run -1 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/0' '*123' \
		--keys '*123'
	left '' transferred not-verified
	# Another number of digits is none, a wrong PIN is one.
	run -1 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/1' 12 \
		--keys-at '2:STREAM FILE digits/1' 123.
	left '' transferred not-verified
	run -1 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/1' 0000
	left Failed transferred not-verified
}

@test "'#' behind the digits of an earlier prompt costs no try" {
	for keys in 123456# 123456##; do
		rm -f outbox
		run -0 --separate-stderr call --keys 1 --keys $keys --keys @outbox
		is "$stderr" ""
		is "$(commands | grep -c twofa/AskPIN)" 1
		left OK queued agents
	done
	# Nor behind the key of a menu; what it interrupts is not said again.
	for workflow in slow at_once; do
		rm -f outbox
		run -0 --separate-stderr call --keys '1#' --keys '' --keys 123456 \
			--keys @outbox
		is "$stderr" ""
		is "$(commands | grep -A 1 AskIdentifier | cut -d ' ' -f 1-3)" \
			"GET DATA twofa/AskIdentifier
GET DATA beep"
		left OK queued agents
		twofa-flow show | jq 'del(.activities[].digitSeconds)' >w.json
		RUN=(-w w.json)
	done
	# Again and again, it is no input. A menu is said again.
	run -1 call --keys '1###########'
	is "$(commands | grep -c AskIdentifier)" 2
	left '' transferred not-verified
	run -1 call --keys '#' --keys '#'
	is "$(commands | grep -c AskCustomer)" 2
	# Where it can be chosen, it is.
	twofa-flow show | jq '.activities.AskPIN.choices = {"#": "NewCustomer"}' \
		>w.json
	RUN=(-w w.json)
	run -1 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/1' '#'
	left '' transferred new-customers
}

@test "keyed while it is spoken: a choice is one key, an announcement hears none" {
	twofa-flow show | jq '.activities.AskCustomer.text = "Call {Line}: 1 or 2?" |
		.activities.Accept.next = "Line" |
		.activities.Line = {type: "save-parameter", parameter: "Line",
			value: "7", next: "AskCustomer"} |
		.activities.AskPIN.choices = {"0": "NewCustomer"}' >w.json
	RUN=(-w w.json)
	for place in 'STREAM FILE twofa/AskCustomer' 'STREAM FILE digits/7'; do
		run -1 --separate-stderr call --keys-at "$place" 2
		is "$stderr" ""
		left '' transferred new-customers
		is "$(commands | sed -n '/AskCustomer/,/SET/p' | grep -c DATA || true)" 0
	done
	# Also the key of a choice among digits.
	run -1 call --keys 1 --keys 123456 --keys-at 'STREAM FILE digits/0' 0
	left '' transferred new-customers
	is "$(prompt | grep -c DATA || true)" 0
	# What is keyed meanwhile is for nobody.
	jq '.activities.Accept.next = "Hello" | .activities.Hello = {
		type: "announcement", text: "Hello {PINAttempts}.",
		next: "AskCustomer"}' <(twofa-flow show) >w.json
	run -1 call --keys-at 'STREAM FILE twofa/Hello' 1123456 --keys 2
	left '' transferred new-customers
}

@test "not started by Asterisk" {
	for block in '' 'x' 'agi_request: x' '\n' '{"taskId":"t1"}\n' \
		'agi_request: x\nx\n\n' 'agi_request: x\nagi_language: en'; do
		run -65 --separate-stderr twofa-flow run -F agi -c twofa.conf \
			< <(printf "$block")
		is "$output" ""
		is "$stderr" "twofa-flow: -F agi is for Asterisk: standard input does not begin with its agi_ lines"
	done
	run -65 --separate-stderr twofa-flow run -F agi -c twofa.conf \
		< <(yes 'agi_x: y')
	is "$output" ""
}

@test "a block with long, strange and many lines" {
	run -0 --separate-stderr call "${GOOD[@]}" \
		--agi "calleridname=$(printf '%09000d' 1)" \
		--agi 'language=' --agi 'accountcode=200 result=1' \
		--agi "channel=$(printf '\xff\xfe')" --agi arg_9=
	is "$stderr" ""
	left OK queued agents
}

# --- languages ---------------------------------------------------------------------

@test "the channel's language picks the wording and its audio" {
	twofa-flow show | jq '.activities.AskCustomer.audio =
		{"en": "en/menu", "de": "de/menu", "de_CH": "ch/menu"}' >w.json
	RUN=(-w w.json)
	while read -r language audio; do
		run -1 call --agi "language=$language" --keys 2
		has "$(cat dialogue)" "> GET DATA $audio/menu 10000 1"
	done <<-'END'
		en en
		de de
		de_CH ch
		de_AT de
		de-DE de
		fr en
		DE en
		unknown en
		d en
		deu en
		"\x en
	END
	run -1 call --agi "language=" --keys 2
	has "$(cat dialogue)" "> GET DATA en/menu "
	# A setting is more than the channel's.
	TWOFA_LANGUAGE=de run -1 call --agi "language=en" --keys 2
	has "$(cat dialogue)" "> GET DATA de/menu "
	# A text's parameters are those of its language.
	twofa-flow show | jq '.activities.Verified.text =
		{"en": "Thank you.", "de": "Danke {CustomerIdentifier}."}' >w.json
	run -0 call "${GOOD[@]}" --agi language=de
	has "$(commands)" 'STREAM FILE digits/5 ""'
	run -0 call "${GOOD[@]}" --agi language=en
	hasnt "$(commands)" 'STREAM FILE digits/5'
}

# --- what must not go wrong --------------------------------------------------------

@test "what an earlier call left on the channel is cleared before all else" {
	STALE=(--set VALIDATIONCHECK=OK --set FLOWOUTCOME=queued
		--set FLOWTARGET=agents)
	run -1 call "${STALE[@]}" --on ANSWER hup
	left '' disconnected ''
	run -74 call "${STALE[@]}" --on ANSWER 'reply:510 x'
	left '' '' ''
	# Also by a program that then refuses to take a call.
	for broken in 'sender = nobody:x' 'workflow = /nowhere'; do
		setting "$broken"
		run -78 --separate-stderr call "${STALE[@]}" --keys 2
		left '' '' ''
		is "$(commands | grep -v -e VARIABLE -e '^VERBOSE "twofa-' || true)" ""
	done
}

# emptied STATUS WORD...: those words of a command line end with that status,
# but first the variables are emptied.
emptied() {
	run "-$1" --separate-stderr "$FAKES/asterisk.py" "${STALE[@]}" \
		twofa-flow "${@:2}"
	is "$output" ""
	left '' '' ''
	# All else is the message.
	is "$(commands | head -n 3)" "$(set_to '' '' '' | sed -n 's/^> //p')"
	is "$(commands | tail -n +4)" "VERBOSE \"$stderr\" 1"
}

@test "settings that cannot be read open no door either" {
	STALE=(--set VALIDATIONCHECK=OK --set FLOWOUTCOME=queued
		--set FLOWTARGET=agents)
	emptied 64 run -F agi --nonsense
	emptied 64 run --nonsense -F agi -c twofa.conf
	emptied 64 run -d csv:x --face=agi
	emptied 64 run -F agi -w
	emptied 64 run -F agi task.json task.json
	emptied 64 -F agi
	emptied 64 runn -F agi
	emptied 64 show -Fagi
	TWOFA_PIN_DIGITS=x emptied 78 run -F agi -c twofa.conf
	emptied 78 run -F agi -c /nowhere.conf
	emptied 65 run -F agi -c twofa.conf /dev/null
	echo 'pin_digits = 99' >twofa.conf
	emptied 78 run -F agi -c twofa.conf
	echo 'nonsense' >twofa.conf
	emptied 78 run -F agi -c twofa.conf
	setting ''
	chmod 666 twofa.conf
	emptied 77 run -F agi -c twofa.conf
	chmod 600 twofa.conf
	printf '{}' >w.json
	emptied 78 run -F agi -c twofa.conf -w w.json
	# Settings are read when the variables are empty, and not before.
	rm twofa.conf && mkfifo twofa.conf
	run -78 call "${STALE[@]}" --on '3:SET' 'run:rm twofa.conf'
	left '' '' ''
}

@test "what a daemon's stderr would swallow is in Asterisk's log" {
	for n in 2 ''; do
		RUN=(-v -v)
		run -0 --separate-stderr call "${GOOD[@]}" --missing twofa/AskCustomer \
			--on "${n:+$n:}STREAM FILE" "reply:200 result=0"
		is "$(grep 'twofa-flow: ' <<<"$stderr")" \
			"$(commands | sed -n 's/^VERBOSE "\(.*\)" 1$/\1/p')"
	done
	RUN=(-q)
	run -0 --separate-stderr call "${GOOD[@]}" --missing twofa/AskCustomer
	is "$stderr$(commands | grep VERBOSE || true)" ""
	# An error is told also then, and after a hang-up.
	RUN=(-q -o none/task.json)
	run -74 --separate-stderr call "${GOOD[@]}"
	is "$(commands | tail -n 1)" "VERBOSE \"$stderr\" 1"
	RUN=(-o task.json)
	run -74 --separate-stderr call "${GOOD[@]}" --on 'GET DATA' \
		'run:rm -rf task.json*; mkdir task.json; kill -HUP $PROGRAM'
	is "$(commands | tail -n 1)" "VERBOSE \"$stderr\" 1"
	# Nobody listens: neither is it waited for, nor is it an error of its own.
	rm -d task.json
	run -74 --separate-stderr call --on ANSWER 'reply:510 x' --on VERBOSE gone
	is "$(wc -l <<<"$stderr")" 1
	run -74 --separate-stderr call --on ANSWER 'reply:510 x' --on VERBOSE hup
	run -74 --separate-stderr call --on ANSWER 'reply:510 x' \
		--on VERBOSE 'reply:510 Invalid or unknown command'
	is "$(wc -l <<<"$stderr")" 1
	left '' '' ''
}

@test "what triggers say is in Asterisk's log, too" {
	printf '%064d\n' 1 >key
	chmod 644 key
	run -77 --separate-stderr call "${GOOD[@]}"
	is "$(commands | sed -n 's/^VERBOSE "\(.*\)" 1$/\1/p')" "$stderr"
	has "$stderr" "twofa-sendpin: key: readable by everybody"
	is "$(wc -l <<<"$stderr")" 2
	rm key
	# In a call, whatever it is and however much; and stdout is its own.
	cat >noisy <<-'END'
		#!/bin/sh
		jq -c . && [ -z "$1" ] || exit 0
		echo 'a "b"' >&2
		{ printf 'c\001d\n\n' && printf e; } >&2
		[ ! -e flood ] || yes flood | head -c 1000000 >&2
		exit 75
	END
	chmod +x noisy
	twofa-flow show | jq '.triggers.CustomerIdentifier.run = ["./noisy"]' \
		>w.json
	RUN=(-w w.json)
	run -1 --separate-stderr call --keys 1 --keys 123456
	is "$stderr" "$(printf 'a "b"\nc?d\n\ne')"
	is "$(commands | grep VERBOSE)" 'VERBOSE "a \"b\"" 1
VERBOSE c?d 1
VERBOSE "" 1
VERBOSE e 1'
	left '' transferred not-verified
	touch flood
	run -1 --separate-stderr call --keys 1 --keys 123456
	left '' transferred not-verified
	[ "${#stderr}" -le 65536 ]
	# On a terminal it has ours, and nobody else is told.
	rm flood
	run -1 --separate-stderr twofa-flow run -F lines -w w.json -c twofa.conf \
		<<<$'1\n123456'
	has "$stderr" 'a "b"'
}

@test "a message in Asterisk's log is one word of a command, and not too long" {
	long=$(printf '\\"%.0s' $(seq 1000))
	for name in 'a "b" \c' $'x\ny\e[31m\tz' ü "$long"; do
		export TWOFA_WORKFLOW=$name/no
		run -78 --separate-stderr call --keys 2
		hasnt "$(cat dialogue)" '! no command'
		is "$(grep -c '^< 5' dialogue || true)" 0
		is "$(commands | grep -c VERBOSE)" 1
		is "$stderr" "$(commands |
			sed -n 's/^VERBOSE "\(.*\)" 1$/\1/p' | sed 's/\\\(.\)/\1/g')"
	done
}

@test "a wrong setting stops it before the call is answered" {
	while read -r status setting; do
		setting "$setting"
		run "-$status" --separate-stderr call "${GOOD[@]}"
		has "$stderr" "twofa-flow: not accepting calls: the trigger of"
		hasnt "$(cat dialogue)" ANSWER
		left '' '' ''
	done <<-'END'
		78 directory = csv:/nowhere.csv
		78 sender = nobody:x
		78 message = without it
	END
	printf '%064d\n' 1 >key
	chmod 644 key
	setting 'key = key'
	run -77 --separate-stderr call "${GOOD[@]}"
	has "$stderr" "key: readable by everybody"
	hasnt "$(cat dialogue)" ANSWER
}

@test "stdout carries nothing but commands, whatever happens" {
	cat >noisy <<-'END'
		#!/bin/sh
		echo noise >&2
		echo garbage
		exit 75
	END
	chmod +x noisy
	twofa-flow show | jq '.triggers.CustomerIdentifier.run = ["./noisy"]' \
		>w.json
	RUN=(-v -v -w w.json)
	run -1 --separate-stderr call "${GOOD[@]}" --missing twofa/AskCustomer
	has "$stderr" noise
	RUN=(-v -v)
	run -0 --separate-stderr call "${GOOD[@]}"
	is "$(commands | grep -vE '^(SET VARIABLE|ANSWER$|GET DATA |WAIT FOR DIGIT |STREAM FILE |VERBOSE )' || true)" ""
	hasnt "$(cat dialogue)" '! no command'
}

@test "a task is not written where the commands go" {
	for path in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		RUN=(-o "$path")
		run -64 --separate-stderr call "${GOOD[@]}"
		is "$stderr" "twofa-flow: -o $path: that is standard output, where the caller is"
		is "$(commands | grep -v -e VARIABLE -e '^VERBOSE "twofa-' || true)" ""
	done
}

@test "a verdict that triggers made up cannot end the quotes of a dialplan" {
	# Only a program of that name proves the workflow.
	cat >twofa-verify <<-'END'
		#!/bin/sh
		jq -c --rawfile v value '.taskInformation.customContextParameters +=
			[{name: "ValidationCheck", value: $v}]'
	END
	chmod +x twofa-verify
	twofa-flow show | jq '.triggers.PIN.run = ["./twofa-verify"] |
		.activities.NotVerified.to = "a \"b\" \\c"' >w.json
	RUN=(-w w.json)
	while IFS= read -r text; do
		printf "$text" >value
		run -1 --separate-stderr call --keys 1 --keys 123456 --keys 1234
		is "$stderr" ""
		hasnt "$(cat dialogue)" '! no command'
		is "$(grep -c '^< 5' dialogue || true)" 0
		is "$(grep -c '^> SET' dialogue)" 6
		# As $["${VALIDATIONCHECK}" = "OK"] reads it, any other byte may do so.
		is "$(sed -n 's/^VALIDATIONCHECK=//p' variables)" \
			"$(printf "$text" | LC_ALL=C tr -c A-Za-z0-9_- '?' | head -c 200)"
		is "$(sed -n 's/^FLOWTARGET=//p' variables)" 'a "b" \c'
	done <<-END
		two words
		x" | "1" = "1" | "0
		\${FLOWTARGET}
		"OK"
		O\\\\"K
		OK\\nANSWER
		OK\\r\\t\\033
		\\\\
		ü é
		$(printf '%01000d' 0)
		$(printf '%0900000d' 0)
	END
}

@test "the PIN is on the channel and in the outbox, and nowhere else" {
	export ASAN_OPTIONS=detect_leaks=0
	printf '%s\n' 'pin_digits = 10' >>twofa.conf
	RUN=(-v -v -o task.json --trace trace)
	strace -f -y -s 1000000 -v -o all \
		-e trace=execve,openat,open,write,writev,pwrite64,sendto,sendmsg \
		"$FAKES/asterisk.py" "${GOOD[@]}" twofa-flow run -F agi \
		-c twofa.conf "${RUN[@]}" 2>stderr
	pin=$(pin_of outbox)
	is "${#pin}" 10
	left OK queued agents
	# The outbox's line, and the task on its way to twofa-verify.
	is "$(grep -cF "$pin" all)" 2
	grep -F "$pin" all | grep -q 'write([0-9]*<[^>]*/outbox>'
	is "$(grep -F "$pin" all | grep -c 'write([0-9]*<pipe:[^>]*>, "{')" 1
	is "$(grep -lF "$pin" task.json trace stderr dialogue twofa.conf || true)" ""
	# Nor a whole number, but in the task.
	is "$(grep -lF 447700900001 trace stderr dialogue || true)" ""
	grep -qF 447700900001 task.json
	grep -qF 'execve("' all
}

# scanned TEXT WANTED OPTION...: how often the text is in the memory of a call
# as the caller hears what comes after it.
scanned() {
	rm -f seen
	call "${@:3}" --on "3:GET DATA beep" 'run:true' \
		--on 'STREAM FILE twofa/NotVerified' \
		"run:$FAKES/memory.py \$PROGRAM $1 >seen" || true
	is "$(cat seen)" "$2"
}

@test "what was keyed in is not in the memory any more" {
	is_sanitized && skip "a sanitizer keeps what was freed"
	"$FAKES/memory.py" $$ x >/dev/null || skip "no right to trace"
	# Said behind each way in which a PIN goes.
	twofa-flow show | jq '.activities[] |= (
			if .failure == "NotVerified" then .failure = "Sorry" else . end |
			if .noInput == "NotVerified" then .noInput = "Sorry" else . end |
			if .otherwise == "NotVerified" then .otherwise = "Sorry" else . end) |
		.activities.Sorry = {type: "announcement", text: "Sorry.",
			audio: "twofa/NotVerified", next: "NotVerified"}' >slow.json
	jq 'del(.activities[].digitSeconds)' slow.json >at_once.json
	setting 'pin_digits = 10'
	for workflow in slow at_once; do
		RUN=(-w "$workflow.json")
		# It is seen where it is.
		run scanned 123456 0 --keys 1 --keys 123456 --keys 7319428650
		[[ $output =~ "got    "[1-9] ]]
		scanned 7319428650 0 --keys 1 --keys 123456 --keys 7319428650
		is "$(sed -n 's/^VALIDATIONCHECK=//p' variables)" Failed
		# Too few, and at a time-out.
		scanned 731942865 0 --keys 1 --keys 123456 --keys 731942865# \
			--keys 731942865.
		# Of a program that dies with it.
		printf '#!/bin/sh\nread -r task && kill -9 $$\n' >twofa-verify
		chmod +x twofa-verify
		jq '.triggers.PIN.run = ["./twofa-verify"]' $workflow.json >w.json
		RUN=(-w w.json)
		scanned 7319428650 0 --keys 1 --keys 123456 --keys 7319428650
	done
}

# --- the dialplan ------------------------------------------------------------------

@test "the dialplan of the examples starts it as Asterisk does" {
	plan=$ROOT/man/examples/extensions.conf
	# Arguments of AGI() are separated by commas, and are argv.
	IFS=, read -ra words < <(sed -n 's/^[^;]*,AGI(\(.*\))$/\1/p' "$plan")
	is "${words[0]}" "$(make -s -C "$ROOT" \
		--eval 'where: ; @echo $(bindir)/twofa-flow' where)"
	mkdir -p config/twofa
	cp twofa.conf config/twofa/twofa.conf
	run -0 --separate-stderr "$FAKES/asterisk.py" "${GOOD[@]}" \
		twofa-flow "${words[@]:1}"
	is "$stderr" ""
	left OK queued agents
	# What it looks at is what is set.
	is "$(grep -oE '\$\{[A-Z]+\}' "$plan" | tr -d '${}' | sort -u)" \
		"$(cut -d= -f1 variables)"
}
