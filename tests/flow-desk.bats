#!/usr/bin/env bats
# twofa-flow desk: an agent at a terminal, who is already talking to the caller.
# shellcheck disable=SC2154 # run sets stderr

load desk

# --- a call -----------------------------------------------------------------

@test "the right PIN" {
	desk 0 123456 <<-'END'
		wait A PIN goes to the telephone ending in 01. Enter sends it, q ends.
		wait >
		echo on
		type
		wait >
		echo off
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
	is_over
	# Not the line for the ticket, and nothing secret.
	is "$SCREEN" "\
A PIN goes to the telephone ending in 01. Enter sends it, q ends.
> 
Sent. Let the caller read it out.
$ASK 3.
> "
}

@test "wrong, then right" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait Tries left: 3.
		wait >
		type {wrong}
		wait That is not the PIN.
		wait Tries left: 2.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
	is_over
}

@test "the limit: three tries, and no fourth" {
	desk 1 123456 <<-'END'
		wait >
		type
		wait Tries left: 3.
		wait >
		type {wrong}
		wait Tries left: 2.
		wait >
		type {wrong}
		wait Tries left: 1.
		wait >
		type {wrong}
		wait That is not the PIN.
		wait No tries are left. Start a new call for another PIN.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason wrong'
	is_over
	is "$(sql 'SELECT attempts, max_attempts, used FROM pin')" '3|3|0'
}

@test "the limit is a setting" {
	printf 'max_attempts = 1\n' >one.conf
	desk 1 -c one.conf 123456 <<-'END'
		wait >
		type
		wait Tries left: 1.
		wait >
		type {wrong}
		wait No tries are left.
	END
	is "$(sql 'SELECT attempts, max_attempts FROM pin')" '1|1'
	TWOFA_MAX_ATTEMPTS=5 desk 0 123456 <<-'END'
		wait >
		type
		wait Tries left: 5.
		wait >
		type {wrong}
		wait Tries left: 4.
		wait >
		type {wrong}
		wait Tries left: 3.
		wait >
		type {wrong}
		wait Tries left: 2.
		wait >
		type {wrong}
		wait Tries left: 1.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

@test "the limit that was sealed holds when the setting grows" {
	export TWOFA_MAX_ATTEMPTS=1
	desk 137 123456 <<-'END'
		wait >
		type
		wait Tries left: 1.
		wait >
		signal KILL
	END
	export TWOFA_MAX_ATTEMPTS=3
	desk 1 123456 <<-'END'
		wait >
		type {wrong}
		wait That is not the PIN.
		wait >
		type {pin}
		wait The PIN was not accepted: no try was left.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason exhausted'
	is "$(sql 'SELECT attempts, max_attempts, used FROM pin')" '1|1|0'
}

@test "what is no PIN costs nothing, and says so" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		type {pin}0
		wait It has 4 digits. Nothing was checked, no try is used up.
		wait Tries left: 3.
		wait >
		type 123
		wait It has 4 digits.
		wait >
		type abcd
		wait It has 4 digits.
		wait >
		type
		wait It has 4 digits.
		wait >
		# The keys of a telephone that stand for q, r and Enter are none here.
		type 0
		wait It has 4 digits.
		wait >
		type *
		wait It has 4 digits.
		wait >
		type 1
		wait It has 4 digits.
		wait >
		type 12340000000000000000000000000000000000000000000000000000000000000
		wait It has 4 digits.
		wait Tries left: 3.
		wait >
		type {wrong}
		wait That is not the PIN.
		wait Tries left: 2.
		wait >
		type {pin}
	END
	is "$(sql 'SELECT attempts FROM pin')" 2
	is "$(sent)" 1
	# Digits as people write them are a PIN.
	rm ledger.db*
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		keys  {pin}
		type  # 
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

@test "a very long line is no PIN, and its rest is no answer" {
	long=$(printf '%0300d' 0)
	desk 0 123456 <<-END
		wait >
		type ${long}q
		wait Enter, or q.
		wait >
		type
		wait >
		type ${long}q
		wait It has 4 digits.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

@test "what is no answer to sending sends nothing" {
	desk 1 123456 <<-'END'
		wait >
		type yes
		wait Enter, or q.
		wait Enter sends it
		wait >
		type 1
		wait Enter, or q.
		wait >
		type r
		wait Enter, or q.
		wait >
		type Q
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 0
	is_over
}

@test "Enter before the question sends nothing" {
	slow_directory
	desk 1 123456 <<-'END'
		runs twofa-lookup
		type
		type
		sh touch go
		wait Enter sends it
		wait >
		idle 0.3
		type q
	END
	is "$(sent)" 0
}

@test "q at the PIN ends the call" {
	desk 1 123456 <<-'END'
		wait >
		type
		wait >
		type q
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
	is_over
	# Why is what was last: a new call.
	desk 1 --ref INC0012 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait Tries left: 2.
		wait >
		type q
	END
	ticket 'NOT VERIFIED 123456 TIME by ME ref INC0012 call ID reason wrong'
	is "$(sent)" 2
}

# --- r ----------------------------------------------------------------------

@test "r: the same PIN once more, and the tries stay" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait Tries left: 2.
		wait >
		sh sqlite3 ledger.db 'UPDATE pin SET requested = requested - 60'
		type r
		wait It was sent again.
		wait Tries left: 2.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 2
	is "$(jq -r .message outbox | sort -u | wc -l)" 1
	is "$(jq -r .id outbox | sort -u | wc -l)" 2
	hasnt "$SCREEN" "not sent again"
	# The wish has an entry: killed and begun again it is the same one.
	is "$(sqlite3 ledger.db \
		'SELECT count(*) FROM request WHERE wish IS NOT NULL')" 1
}

@test "r when the PIN is of no use any more: 1, and the agent reads why" {
	TWOFA_PIN_TTL=1s desk 1 123456 <<-'END'
		wait >
		type
		wait >
		idle 2
		type r
		wait It was not sent again: it is too old.
		wait >
		type {pin}
		wait The PIN was not accepted: it is too old.
	END
	is "$(sent)" 1
}

@test "r within a minute: nothing is sent, the agent reads why, the PIN counts" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait >
		type r
		wait not sent again: the last message is
		wait s old: try again in
		wait It was not sent again: the last message is less than a minute old. The PIN sent before stays valid.
		wait Tries left: 2.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
}

@test "r that a limit refuses: nothing is sent, the PIN counts" {
	export TWOFA_LIMIT_NUMBER=1/1h
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait >
		sh sqlite3 ledger.db 'UPDATE pin SET requested = requested - 60'
		type R
		wait It was not sent again: too many messages went to this number. The PIN sent before stays valid.
		wait Tries left: 2.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
}

@test "r that the service refuses: the PIN counts" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		sh sqlite3 ledger.db 'UPDATE pin SET requested = requested - 60'
		sh chmod 0 outbox; mv outbox kept; mkdir outbox
		type r
		wait It was not sent again
		wait >
		sh rmdir outbox; mv kept outbox; chmod 600 outbox
		type r
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(jq -r .message outbox | sort -u | wc -l)" 1
}

@test "r more often than a call allows: the PIN counts" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		type r
		wait It was not sent again
		wait >
		type r
		wait It was not sent again
		wait >
		type r
		wait It was not sent again
		wait >
		type r
		wait It cannot be sent again. The PIN sent before stays valid.
		wait >
		type r
		wait It cannot be sent again.
		wait Tries left: 3.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
}

@test "no call goes on for ever" {
	{
		printf '%s\n' 'wait >' type
		for _ in $(seq 16); do
			printf '%s\n' 'wait >' 'type x' 'wait >' 'type x' \
				'wait >' 'type x'
		done
		echo 'wait The limit of prompts is reached.'
	} >script
	desk 1 123456 <script
	ticket 'NOT VERIFIED 123456 TIME by ME call ID'
}

@test "the workflow is proven, also with other settings" {
	umask 077
	twofa-flow show desk >desk.json
	run -0 twofa-flow check desk.json
	is_sanitized || TWOFA_MAX_ATTEMPTS=10 run -0 twofa-flow check desk.json
	TWOFA_MAX_ATTEMPTS=1 TWOFA_PIN_DIGITS=10 run -0 twofa-flow check desk.json
}

# --- what goes wrong ----------------------------------------------------------

# refused REASON WORDS CUSTOMER: before anything was sent.
refused() {
	desk 1 "$3" <<<"wait No PIN can be sent: $2."
	ticket "NOT VERIFIED $3 TIME by ME call ID reason $1"
	is "$(sent)" 0
	is_over
}

@test "no customer, several, a bad number" {
	refused not-found "no customer has this identifier" 999999
	refused not-unique "several customers have this identifier" 222222
	refused bad-number "the telephone number on record is no valid one" 333333
}

# lookup_fails REASON WORDS: with the driver that is there.
lookup_fails() {
	TWOFA_DIRECTORY=exec:./slow desk 1 123456 <<-END
		wait twofa-lookup: standard input:1:
		wait The customer could not be looked up: $2. Nothing was sent.
	END
	ticket "NOT VERIFIED 123456 TIME by ME call ID reason $1"
	is "$(sent)" 0
	is_over
}

@test "the lookup fails: what it said is shown, nothing is sent" {
	touch slow
	chmod +x slow
	for error in temporary permanent; do
		cat >slow <<-END
			#!/bin/bash
			echo '{"twofa":1,"kind":"directory"}'
			while read -r line; do
				jq -c '{id, error: "$error", detail: "why"}' <<<"\$line"
			done
		END
		if [ "$error" = temporary ]; then
			lookup_fails temporary "it may work later"
		else
			lookup_fails service \
				"the service refuses, or a program does not work"
		fi
	done
}

@test "a wrong setting is told before there is a question, and nothing is left" {
	(
		# One that does not start: nobody is looked up with it.
		printf '#!/bin/sh\nexit 1\n' >slow
		chmod +x slow
		TWOFA_DIRECTORY=exec:./slow desk 78 123456 <<-'END'
			wait before its first line
			wait cannot work: see above
		END
	)
	(
		unset TWOFA_DIRECTORY
		desk 78 123456 <<<"wait no directory: -d csv:FILE"
	)
	(
		unset TWOFA_SENDER
		desk 78 123456 <<<"wait no sender: -s file:OUTBOX to try"
	)
	TWOFA_MAX_ATTEMPTS=99 desk 78 123456 <<<"wait TWOFA_MAX_ATTEMPTS: give a number"
	ticket ""
	is "$(sent)" 0
	[ ! -e state/twofa ] || is_over
}

@test "the sender rejects the number" {
	driver_with --truth truth --outcome rejected --code 21211
	TWOFA_SENDER=exec:./driver desk 1 123456 <<-'END'
		wait >
		type
		wait 21211
		wait No PIN was sent: this telephone number takes no messages.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason rejected'
	is_over
}

@test "the sender cannot now, or refuses for good" {
	driver_with --truth truth --outcome retry
	TWOFA_SENDER=exec:./driver desk 1 123456 <<-'END'
		wait >
		type
		wait No PIN was sent: it may work later.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason temporary'
	driver_with --truth truth --outcome rejected --scope service
	TWOFA_SENDER=exec:./driver desk 1 123456 <<-'END'
		wait >
		type
		wait No PIN was sent: the service refuses, or a program does not work.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason service'
	is_over
}

@test "nobody knows whether it was sent: the caller does" {
	cat >maybe <<-'END'
		#!/bin/sh
		printf '{"message":"%s"}\n' "$(cat)" >>outbox
		exit 9
	END
	chmod +x maybe
	TWOFA_SENDER=command:./maybe desk 0 123456 <<-'END'
		wait >
		type
		wait It is not known whether the PIN was sent. Ask the caller.
		wait Tries left: 3.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

@test "as many messages as the limit allows: no call sends more" {
	export TWOFA_LIMIT_CUSTOMER=1/1h
	desk 1 123456 <<-'END'
		wait >
		type
		wait >
		type q
	END
	desk 1 123456 <<-'END'
		wait >
		type
		wait No PIN was sent: too many messages went to this customer.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason limit-customer'
	is "$(sent)" 1
}

@test "the ledger is in use: the PIN is asked once more, no try is used up" {
	make_hold
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		sh ./hold
		type {pin}
		wait The PIN could not be checked: it may work later. Enter it again.
		wait Tries left: 3.
		wait >
		sh touch go
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

@test "the key is gone: asked once more, and verified when it is back" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		sh mv key away
		type {pin}
		wait The PIN could not be checked:
		wait >
		sh mv away key
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

@test "the PIN is too old" {
	TWOFA_PIN_TTL=1s desk 1 123456 <<-'END'
		wait >
		type
		wait >
		idle 1.1
		type {pin}
		wait The PIN was not accepted: it is too old.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason expired'
	is_over
}

@test "too many wrong PINs of one customer" {
	export TWOFA_LIMIT_WRONG=1/1h
	desk 1 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait >
		type {pin}
		wait The PIN was not accepted: this customer gave too many wrong ones or is blocked.
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason locked'
}

# --- the command ----------------------------------------------------------------

@test "wrong command lines: 64" {
	wrong() { # MESSAGE ARG...
		run -64 --separate-stderr twofa-flow desk "${@:2}"
		is "$output" ""
		has "$stderr" "twofa-flow: $1"
	}
	wrong "desk: give the customer's identifier; see twofa-flow --help"
	wrong "desk: give the customer's identifier" 123456 444444
	wrong "desk: a customer's identifier has 6 digits" 12345
	wrong "desk: a customer's identifier has 6 digits" 1234567
	wrong "desk: a customer's identifier has 6 digits" abcdef
	wrong "desk: a customer's identifier has 6 digits" ../../
	wrong "desk: a customer's identifier has 6 digits" ""
	wrong "desk: a customer's identifier has 6 digits" '12 456'
	TWOFA_IDENTIFIER_DIGITS=5 wrong "desk: a customer's identifier has 5 digits" 123456
	for option in '-w x' '-I 1' '-i' '-F tty' '-o x' '--trace x' '--rejects x' \
		'--mermaid'; do
		# shellcheck disable=SC2086
		wrong "desk does not take ${option%% *}; see twofa-flow --help" \
			$option 123456
	done
	wrong "" --ref $'a\nb' 123456
	[ ! -e state ]
}

@test "no terminal: 64, and nothing is begun" {
	run -64 --separate-stderr setsid -w twofa-flow desk 123456 </dev/null
	is "$output" ""
	is "$stderr" "twofa-flow: desk: no terminal: an agent has to be asked"
	[ ! -e state ]
	[ ! -e log ]
}

@test "--ref is in the ticket and in the decisions; another workflow is not" {
	TWOFA_WORKFLOW=none desk 0 --ref INC0012 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME ref INC0012 call ID'
	is "$(jq -r .ref log | sort | uniq -c | tr -s ' ')" " 4 INC0012"
	is "$(jq -r .program log | tr '\n' ' ')" \
		"twofa-lookup twofa-sendpin twofa-verify twofa-verify "
	is "$(jq -r .taskId log | sort -u | cut -c 1-8)" \
		"$(grep -oE '[0-9a-f]{8}$' stdout)"
}

@test "six digits, ten digits: what the settings say" {
	TWOFA_PIN_DIGITS=10 desk 0 123456 <<-'END'
		wait >
		type
		wait >
		type 1234
		wait It has 10 digits.
		wait >
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

# --- nothing secret -------------------------------------------------------------

@test "nothing secret on the screen, in files, or in what is called" {
	export TWOFA_PIN_DIGITS=10
	cat >script <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait >
		type {pin}0
		wait >
		keys {pin}\c
		wait the call is left
	END
	at_terminal 1 strace -f -y -s 1000000 -v -o one \
		-e trace=execve,openat,open,write,writev,pwrite64,sendto,sendmsg \
		twofa-flow desk --ref x 123456 <script
	at_terminal 0 strace -f -y -s 1000000 -v -o two \
		-e trace=execve,openat,open,write,writev,pwrite64,sendto,sendmsg \
		twofa-flow desk --ref x 123456 <<-'END'
		wait >
		type {pin}
	END
	pin=$(pin_of outbox)
	[[ $pin =~ ^[1-9][0-9]{9}$ ]]
	is "$(grep -cF "$pin" one)" 1
	grep -F "$pin" one | grep -q 'write([0-9]*<[^>]*/outbox>'
	# Once: the pipe to twofa-verify.
	is "$(grep -cF "$pin" two)" 1
	grep -F "$pin" two | grep -q 'write([0-9]*<pipe:[^>]*>, "{'
	is "$(grep -cF "$(other_pin "$pin")" one)" 1
	# No file has it but these.
	is "$(grep -rlF "$pin" . | sort | tr '\n' ' ')" "./one ./outbox ./two "
	is "$(grep -rlF "$(other_pin "$pin")" . | sort)" ./one
	# Nor is the number anywhere it need not be: what goes to the terminal or
	# is executed has not got it.
	is "$(grep -F 7700900001 one two | grep -c 'execve\|/dev/')" 0
	is "$(grep -lF 7700900001 stdout screen log state/twofa/* 2>/dev/null)" ""
	# The search finds what stands there.
	grep -q 'execve("[^"]*/twofa-verify", \[[^]]*"--ref", "x"' two
	grep -q 'write([0-9]*</dev/[^>]*>, "Enter the caller' two
}

@test "every reason has words for the agent" {
	is "$(grep -oE '\<REASON_[A-Z_]+' "$ROOT/common/task/reason.c" | sort -u)" \
		"$(grep -oE '\<REASON_[A-Z_]+' "$ROOT/common/task/names.h" | sort -u)"
}
