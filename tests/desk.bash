# What the tests of twofa-flow desk share.
# shellcheck shell=bash disable=SC2034 # used by the tests

load common

setup() {
	setup_dir
	make_customers
	printf '%s\n' '444444,+447700900006,Fay' >>customers.csv
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox \
		TWOFA_KEY=key TWOFA_LOG=log
	ASK="Enter the caller's PIN; r sends it again, q ends. Tries left:"
	FILE=state/twofa/desk-123456.json
	unset SUDO_USER
	ME=$(id -un)
	# The leak checker cannot trace what is traced.
	export ASAN_OPTIONS=detect_leaks=0
}

# desk STATUS ARG... <SCRIPT: an agent at the desk; see at_terminal.
desk() {
	at_terminal "$1" twofa-flow desk "${@:2}"
}

# Times and ids by their names.
plain() {
	sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' \
		-e 's/call [0-9a-f]{8}/call ID/' \
		-e 's/task [0-9a-f-]{36}/task TASK/'
}

# ticket LINE: all of stdout, with TIME, ID and ME.
ticket() {
	is "$(plain <stdout)" "${1/ by ME/ by $ME}"
}

# How many messages reached somebody.
sent() {
	if [ -e outbox ]; then wc -l <outbox; else echo 0; fi
}

# Nothing is kept of a call that is over.
is_over() {
	is "$(ls -A state/twofa)" ""
}

sql() {
	sqlite3 ledger.db "$1"
}

# A call that is killed at the prompt for the PIN.
left_at_pin() {
	desk 137 123456 <<-'END'
		wait >
		type
		wait Tries left: 3.
		wait >
		signal KILL
	END
}

# A list of customers that takes its time, as slow_sender.
slow_directory() {
	cat >slow <<-'END'
		#!/bin/bash
		echo '{"twofa":1,"kind":"directory"}'
		while read -r line; do
			touch reached
			until [ -e go ]; do sleep 0.02; done
			jq -c '{id, matches: [{SMSNumber: "+447700900001"}]}' <<<"$line"
		done
	END
	chmod +x slow
	export TWOFA_DIRECTORY=exec:./slow
}

# The id of the call that is left in its file.
call_id() {
	jq -r .taskId "$FILE"
}

# goes_on ID: it is that call; taken_over ID: and so is the ticket.
goes_on() {
	has "$SCREEN" "call ${1:0:8} goes on where it was left"
}

taken_over() {
	goes_on "$1" && has "$STDOUT" " call ${1:0:8}"
}

# Once the ledger says so: ledger_says SQL ANSWER.
ledger_says() {
	[ "$(sql "$1")" = "$2" ]
}

# The directory of the state, empty.
make_state() {
	(umask 077 && mkdir -p state/twofa)
}
