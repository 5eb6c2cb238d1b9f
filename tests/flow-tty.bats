#!/usr/bin/env bats
# twofa-flow run -F tty: a caller's part, played at a terminal.

load common

setup() {
	setup_dir
	make_customers
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox \
		TWOFA_KEY=key
}

# call STATUS ARG... <SCRIPT
call() {
	at_terminal "$1" twofa-flow run "${@:2}"
}

# Seconds of every prompt are 1.
hurry() {
	(umask 077 && twofa-flow show | jq \
		'(.activities[] | select(.seconds?)).seconds = 1' >hurried.json)
	export TWOFA_WORKFLOW=hurried.json
}

@test "the whole call; the PIN is not echoed, the rest is" {
	call 0 -o final.json <<-'END'
		wait If you are our customer, press 1.
		wait >
		echo on
		type 1
		wait Please enter your customer identifier.
		wait >
		type 123456
		wait We sent a PIN to your telephone ending in 01. Please enter it.
		wait >
		echo off
		type {pin}
		wait Thank you, you are verified.
		wait The call is queued: agents.
	END
	is "$STDOUT" ""
	has "$SCREEN" "> 123456"
	hasnt "$SCREEN" "$(pin_of outbox)"
	hasnt "$SCREEN" 7700900001
	is "$(value FlowOutcome final.json)" queued
	is "$(value ValidationCheck final.json)" OK
	is "$(stat -c %a final.json)" 600
	hasnt "$(cat final.json)" "$(pin_of outbox)"
}

@test "a wrong PIN is not verified" {
	call 1 -o final.json <<-'END'
		wait >
		type 1
		wait >
		type 123456
		wait >
		type {wrong}
		wait The call is transferred: not-verified.
	END
	is "$(value FlowOutcome final.json)" transferred
}

@test "no answer in time: the prompt again, then not verified" {
	hurry
	call 1 <<-'END'
		wait If you are our customer, press 1.
		wait If you are our customer, press 1.
		wait The call is transferred: not-verified.
	END
	# What was begun is no answer, nor a part of the next one.
	call 1 <<-'END'
		wait >
		keys 1
		wait If you are our customer, press 1.
		wait >
		type 1
		wait >
		type 123456
		wait >
		keys 12
		wait We sent a PIN
		wait >
		echo off
		keys 34
		wait The call is transferred: not-verified.
	END
}

@test "^D is a hang-up, at every prompt" {
	call 1 -o final.json <<-'END'
		wait >
		keys \d
		wait The call is disconnected.
	END
	is "$(value FlowOutcome final.json)" disconnected
	call 1 <<-'END'
		wait >
		type 1
		wait >
		keys \d
		wait The call is disconnected.
	END
	call 1 -o final.json <<-'END'
		wait >
		type 1
		wait >
		type 123456
		wait >
		echo off
		keys \d
		wait The call is disconnected.
	END
	is "$(value FlowOutcome final.json)" disconnected
	is "$(value FlowActivity final.json)" AskPIN
}

@test "^C ends the program, and the terminal echoes" {
	call 130 <<-'END'
		wait >
		type 1
		wait >
		type 123456
		wait >
		echo off
		keys 12\c
	END
	call 131 <<-'END'
		wait >
		type 1
		wait >
		type 123456
		wait >
		echo off
		signal QUIT
	END
}

@test "a terminal that is closed is a hang-up" {
	call 1 -o final.json <<-'END'
		wait >
		type 1
		wait >
		type 123456
		wait >
		hangup
	END
	is "$(value FlowOutcome final.json)" disconnected
}

@test "a hang-up behind the last question is no queued call" {
	make_hold
	call 1 -o final.json <<-'END'
		wait >
		type 1
		wait >
		type 123456
		wait >
		sh ./hold
		type {pin}
		runs twofa-verify
		signal HUP
		sh touch go
		wait The call is disconnected.
	END
	is "$(value ValidationCheck final.json)" OK
	is "$(value FlowOutcome final.json)" disconnected
}

@test "what is in a task does not steer the terminal" {
	(umask 077 && cat >w.json) <<-'END'
		{"start": "Ask", "activities": {
		  "Ask": {"type": "input-customer", "text": "Is it {Name}? Say so.",
		    "seconds": 5, "choices": {"1": "End"}, "noResponse": "End"},
		  "End": {"type": "disconnect"}},
		 "triggers": {}}
	END
	state t1 "Name=$(printf 'a\033]0;b\007c\302\233d\302\240')" >t.json
	call 1 -w w.json t.json <<-'END'
		wait Say so.
		wait >
		type 1
		wait The call is disconnected.
	END
	has "$SCREEN" $'Is it a?]0;b?c?d\u00a0? Say so.'
}
