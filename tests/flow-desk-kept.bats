#!/usr/bin/env bats
# twofa-flow desk: a call that is left, killed, taken over or in the way of
# another one, and the directory in which it is kept.
# shellcheck disable=SC2154 # run sets stderr

load desk

# --- killed, and taken over ------------------------------------------------------

@test "killed before it was sent, and taken over" {
	desk 137 123456 <<-'END'
		wait Enter sends it
		wait >
		signal KILL
	END
	is "$(stat -c %a "$FILE" state/twofa | tr '\n' ' ')" "600 700 "
	id=$(call_id)
	desk 0 123456 <<-'END'
		wait Enter sends it
		wait >
		type
		wait >
		type {pin}
	END
	taken_over "$id"
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
	is_over
}

@test "killed at the PIN, and taken over: nothing is sent, tries are kept" {
	desk 137 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait Tries left: 2.
		wait >
		type 12
		wait It has 4 digits
		wait >
		signal KILL
	END
	id=$(call_id)
	desk 137 123456 <<-'END'
		wait Tries left: 2.
		wait >
		type {wrong}
		wait Tries left: 1.
		wait >
		signal KILL
	END
	hasnt "$SCREEN" "Enter sends it"
	goes_on "$id"
	desk 0 123456 <<-'END'
		wait Tries left: 1.
		wait >
		type {pin}
	END
	taken_over "$id"
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
	is_over
}

@test "killed while the customer is looked up, and taken over" {
	slow_directory
	desk 137 123456 <<-'END'
		runs twofa-lookup
		sh until [ -e reached ]; do sleep 0.02; done
		signal KILL
	END
	id=$(call_id)
	touch go
	desk 0 123456 <<-'END'
		wait Enter sends it
		wait >
		type
		wait >
		type {pin}
	END
	taken_over "$id"
	is "$(sent)" 1
}

@test "killed while it is sent, and taken over: one message" {
	slow_sender true
	desk 137 123456 <<-'END'
		wait >
		type
		sh until [ -e reached ]; do sleep 0.02; done
		signal KILL
	END
	id=$(call_id)
	touch go
	desk 0 123456 <<-'END'
		wait Sent.
		wait >
		type {pin}
	END
	taken_over "$id"
	hasnt "$SCREEN" "Enter sends it"
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
}

@test "killed while a service sends that cannot repeat: one message, the caller has it" {
	slow_sender false
	desk 137 123456 <<-'END'
		wait >
		type
		sh until [ -e reached ]; do sleep 0.02; done
		signal KILL
	END
	id=$(call_id)
	desk 0 123456 <<-'END'
		wait It is not known whether the PIN was sent. Ask the caller.
		wait >
		sh touch go
		type {pin}
	END
	taken_over "$id"
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
}

@test "killed while the PIN is checked: the verdict is not lost, nor paid twice" {
	make_hold
	desk 137 123456 <<-'END'
		wait >
		type
		wait >
		sh ./hold
		type {wrong}
		runs twofa-verify
		signal KILL
	END
	touch go
	id=$(call_id)
	hasnt "$(cat "$FILE")" '"PIN"'
	eventually ledger_says 'SELECT attempts FROM pin' 1
	desk 137 123456 <<-'END'
		wait Tries left:
		wait >
		type {wrong}
		wait That is not the PIN.
		wait Tries left: 2.
		wait >
		sh ./hold
		type {pin}
		runs twofa-verify
		signal KILL
	END
	touch go
	eventually ledger_says 'SELECT used FROM pin' 1
	desk 0 123456 <<-'END'
		wait Tries left: 2.
		wait >
		type {pin}
	END
	taken_over "$id"
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(sql 'SELECT attempts FROM pin')" 2
	is "$(sent)" 1
}

@test "killed while it is sent again, and taken over" {
	slow_sender true
	touch go
	desk 137 123456 <<-'END'
		wait >
		type
		wait >
		type {wrong}
		wait >
		sh sqlite3 ledger.db 'UPDATE pin SET requested = requested - 60'; rm -f go reached
		type r
		sh until [ -e reached ]; do sleep 0.02; done
		signal KILL
	END
	id=$(call_id)
	touch go
	desk 0 123456 <<-'END'
		wait Tries left: 2.
		wait >
		type {pin}
	END
	taken_over "$id"
	is "$(sent)" 2
	is "$(jq -r .message outbox | sort -u | wc -l)" 1
}

@test "killed at any step, and again at the next: one call, one message" {
	if is_sanitized; then
		skip "what is traced cannot be checked for leaks"
	fi
	steps=0
	for step in $(seq 30); do
		rm -f outbox ledger.db* key
		(umask 077 && touch outbox)
		# Each start gets as far as the step allows, then a whole one ends it.
		got=0
		python3 "$AGENT" stdout strace -o trace -e trace=rename,unlink \
			-e inject=rename,unlink:signal=KILL:when="$step" \
			twofa-flow desk 123456 <<<play >screen || got=$?
		[ "$got" != 0 ] || break
		is "$got" 137
		steps=$step
		id=
		[ ! -e "$FILE" ] || id=$(call_id)
		# Its ticket is written and its file is gone: only the lock is left.
		if [ ! -s stdout ] || [ -n "$id" ]; then
			desk 0 123456 <<<play
			is_over
		fi
		ticket 'VERIFIED 123456 TIME by ME call ID'
		has "$(cat stdout)" " call ${id:0:8}"
		is "$(sent)" 1
	done
	# There were some of either kind.
	[ "$steps" -ge 8 ]
}

@test "after the PIN's life it is a new call" {
	left_at_pin
	id=$(call_id)
	jq -c '(.. | select(.name? == "PINExpires")).value =
		"2026-01-01T00:00:00Z"' "$FILE" >new
	cat new >"$FILE"
	desk 1 123456 <<-'END'
		wait Enter sends it
		wait >
		type q
	END
	hasnt "$(cat stdout)" "${id:0:8}"
	hasnt "$SCREEN" "goes on"
	# Without a PIN it lives as long.
	desk 137 123456 <<-'END'
		wait Enter sends it
		signal KILL
	END
	id=$(call_id)
	jq -c '(.. | select(.name? == "FlowSince")).value |=
		(tonumber - 601 | tostring)' "$FILE" >new
	cat new >"$FILE"
	desk 1 123456 <<-'END'
		wait >
		type q
	END
	hasnt "$(cat stdout)" "${id:0:8}"
}

@test "^D and ^C leave the call, with echo; it goes on" {
	for keys in '\d' '12\c' '12\d\c'; do
		desk 1 123456 <<-END
			wait Enter sends it
			wait >
			type
			wait >
			echo off
			keys $keys
			wait the call is left: start again before
			wait Z to go on with it
		END
		ticket ""
		id=$(call_id)
		desk 0 123456 <<-'END'
			wait Tries left: 3.
			wait >
			type {pin}
		END
		taken_over "$id"
	done
	is "$(sent)" 3
	# Before anything was sent.
	desk 1 123456 <<-'END'
		wait Enter sends it
		wait >
		keys \c
		wait the call is left: start again to go on with it
	END
	is "$(sent)" 3
}

@test "SIGTERM and SIGHUP leave the call, at either prompt" {
	for name in TERM HUP INT; do
		desk 1 123456 <<-END
			wait Enter sends it
			wait >
			signal $name
			wait the call is left
		END
		desk 1 123456 <<-END
			wait Enter sends it
			wait >
			type
			wait >
			echo off
			signal $name
			wait the call is left
		END
		desk 0 123456 <<-'END'
			wait >
			type {pin}
		END
	done
	is "$(sent)" 3
}

@test "the terminal is closed: the call is left, and goes on elsewhere" {
	desk 1 123456 <<-'END'
		wait Enter sends it
		wait >
		hangup
	END
	desk 1 123456 <<-'END'
		wait Enter sends it
		wait >
		type
		wait >
		hangup
	END
	id=$(call_id)
	desk 0 123456 <<-'END'
		wait >
		type {pin}
	END
	taken_over "$id"
	is "$(sent)" 1
}

@test "^C and a closed terminal do not end what sends" {
	slow_sender false
	desk 1 123456 <<-'END'
		wait >
		type
		sh until [ -e reached ]; do sleep 0.02; done
		keys \c
		idle 0.3
		sh touch go
		wait the call is left
	END
	is "$(sql 'SELECT state FROM pin')" sent
	desk 0 123456 <<-'END'
		wait Sent.
		wait >
		type {pin}
	END
	rm -f go reached
	desk 1 123456 <<-'END'
		wait >
		type
		sh until [ -e reached ]; do sleep 0.02; done
		hangup
		idle 0.3
		sh touch go
	END
	is "$(sql 'SELECT group_concat(state) FROM pin')" sent,sent
	desk 0 123456 <<-'END'
		wait Sent.
		wait >
		type {pin}
	END
	is "$(sent)" 2
}

@test "^Z does not end the call" {
	cat >job <<-'END'
		#!/bin/bash
		set -m
		twofa-flow desk 123456
		echo "stopped: $?" >&2
		fg >/dev/null
	END
	chmod +x job
	at_terminal 0 ./job <<-'END'
		wait Enter sends it
		wait >
		type
		wait >
		echo off
		keys \z
		wait stopped: 148
		wait >
		echo off
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
}

# --- two at once ----------------------------------------------------------------

@test "a second desk for the same customer: 75, and the first goes on" {
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		sh python3 $AGENT stdout2 twofa-flow desk 123456 </dev/null >screen2; echo $? >status2
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	is "$(cat status2 stdout2)" 75
	is "$(cat screen2)" "twofa-flow: the call with customer 123456 is open at another desk: end it there"
	is "$(sent)" 1
	is_over
}

@test "two customers at once" {
	cat >second <<-'END'
		wait telephone ending in 06
		wait >
		type
		wait >
		type {pin}
	END
	desk 0 123456 <<-'END'
		wait >
		type
		wait >
		sh tail -n 1 outbox >mine; python3 $AGENT stdout2 twofa-flow desk 444444 <second >screen2; cp mine outbox
		type {pin}
	END
	ticket 'VERIFIED 123456 TIME by ME call ID'
	has "$(cat stdout2)" "VERIFIED 444444 "
	is_over
}

@test "many desks at once for one customer: one has it, time and again" {
	for _ in 1 2 3; do
		for i in 1 2 3 4 5 6; do
			{
				got=0
				python3 "$AGENT" "t$i" twofa-flow desk 123456 \
					< <(printf 'wait sends it\nidle 1\ntype q\n') \
					>"s$i" 2>&1 || got=$?
				echo "$got" >"status$i"
			} &
		done
		wait
		is "$(cat s? | grep -c 'Enter sends it')" 1
		is "$(cat t? | grep -c 'NOT VERIFIED')" 1
		is "$(cat s? | grep -c 'open at another desk')" 5
		is_over
	done
}

# --- the state directory -----------------------------------------------------------

@test "where the call is kept: STATE_DIRECTORY, XDG_STATE_HOME, HOME" {
	kept_in() { # DIR
		desk 137 123456 <<-'END'
			wait Enter sends it
			signal KILL
		END
		is "$(stat -c %a "$1" "$1/desk-123456.json" | tr '\n' ' ')" \
			"700 600 "
		# Who sends it again goes on there.
		desk 1 123456 <<-'END'
			wait goes on where it was left
			wait >
			type q
		END
		is "$(ls -A "$1")" ""
	}
	export XDG_STATE_HOME=$PWD/xdg HOME=$PWD/home
	mkdir -m 700 home service
	STATE_DIRECTORY=$PWD/service:$PWD/other kept_in service
	kept_in xdg/twofa
	unset XDG_STATE_HOME
	kept_in home/.local/state/twofa
	unset HOME
	TWOFA_LEDGER=$PWD/ledger.db desk 78 123456 \
		<<<"wait neither XDG_STATE_HOME nor HOME is set"
}

@test "a call that others can read or write is not gone on with: 77" {
	left_at_pin
	chmod 644 "$FILE"
	desk 77 123456 <<<"wait desk-123456.json: readable by everybody: chmod 600 it"
	chmod 620 "$FILE"
	desk 77 123456 <<<"wait desk-123456.json: writable by others"
	chmod 600 "$FILE"
	chmod 777 state/twofa
	desk 77 123456 <<<"wait its directory is writable by others: chmod go-w that"
	chmod 700 state/twofa
	if [ "$(id -u)" = 0 ]; then
		chown 65534 "$FILE"
		desk 77 123456 <<<"wait belongs to another user"
		chown 0 "$FILE"
	fi
	desk 0 123456 <<-'END'
		wait goes on where it was left
		wait >
		type {pin}
	END
}

# put_aside: what is in the file is no call, and is not lost.
put_aside() {
	desk 1 123456 <<-'END'
		wait desk-123456.json: not a call with this customer: it is 
		wait Enter sends it
		wait >
		type q
	END
	[ -e "$FILE.bad" ] || [ -L "$FILE.bad" ]
	is "$(sent)" 0
	is "$(ls -A state/twofa)" desk-123456.json.bad
}

@test "what is no call of this customer is put aside" {
	make_state
	umask 077
	for text in 'not json' '' '{}' '[]' '{"taskId":"t1"}' \
		"$(numbered 2)" "$(printf '%70000s' x)" \
		"$(recognised t1 | jq -c '.taskInformation
			.customContextParameters[0].value = "444444" | .')"; do
		printf '%s\n' "$text" >"$FILE"
		put_aside
		is "$(cat "$FILE.bad")" "$text"
	done
	head -c 2000000 /dev/zero | tr '\0' ' ' >"$FILE"
	put_aside
	# Not even what another customer has proven.
	state t1 CustomerIdentifier=444444 CustomerRecognized=Yes \
		SMSNumber=+447700900006 ValidationCheck=OK FlowActivity=Verified \
		FlowSince="$(date +%s)" >"$FILE"
	put_aside
}

@test "what is no file is put aside" {
	make_state
	mkfifo "$FILE"
	put_aside
	rm -f "$FILE.bad"
	recognised t1 >elsewhere
	chmod 600 elsewhere
	ln -s "$PWD/elsewhere" "$FILE"
	put_aside
	is "$(cat elsewhere)" "$(recognised t1)"
	rm -f "$FILE.bad"
	mkdir "$FILE"
	put_aside
	# There is a directory of that name, with something in it.
	touch "$FILE.bad/x"
	mkdir "$FILE"
	desk 74 123456 <<<"wait not a call with this customer: move it away"
	[ -d "$FILE" ]
}

@test "a lock that leads elsewhere is not followed" {
	make_state
	ln -s "$PWD/victim" state/twofa/desk-123456.lock
	desk 74 123456 <<<"wait desk-123456.lock: "
	[ ! -e victim ]
	# Nor is there a directory where a file is.
	XDG_STATE_HOME=$PWD/customers.csv desk 74 123456 \
		<<<"wait customers.csv/twofa: Not a directory"
}

@test "a call of another version starts over with what was sent" {
	for change in '(.. | select(.name? == "FlowActivity")).value = "Gone"' \
		'(.. | select(.name? == "FlowCount")).value = "Gone=3"' \
		'(.. | select(.name? == "FlowSince")).value = "x"'; do
		desk 137 123456 <<-'END'
			wait >
			type
			wait >
			type {wrong}
			wait >
			signal KILL
		END
		before=$(sent)
		id=$(call_id)
		jq -c "$change" "$FILE" >new
		cat new >"$FILE"
		desk 0 123456 <<-'END'
			wait was left by another version of this program: it starts over
			wait Enter sends it
			wait >
			type
			wait Tries left: 2.
			wait >
			type {pin}
		END
		ticket 'VERIFIED 123456 TIME by ME call ID'
		has "$STDOUT" "${id:0:8}"
		is "$(sent)" "$before"
		is_over
	done
}

@test "a ticket that could not be written is written by the next start" {
	run -74 python3 "$AGENT" /dev/full twofa-flow desk 123456 <<-'END'
		wait >
		type
		wait >
		type {pin}
		wait standard output: No space left on device
	END
	id=$(call_id)
	ended=$(date -u -d "@$(value FlowSince "$FILE")" +%FT%TZ)
	cp -p "$FILE" kept.json
	sleep 1.1
	desk 0 123456 <<<"wait call ${id:0:8} had ended: its line for the ticket"
	is "$STDOUT" "VERIFIED 123456 $ended by $ME call ${id:0:8}"
	is_over
	# It is of no use later, nor where the verdict is another one.
	jq -c '(.. | select(.name? == "PINExpires")).value =
		"2026-01-01T00:00:00Z"' kept.json >"$FILE"
	chmod 600 "$FILE"
	desk 1 123456 <<-'END'
		wait Enter sends it
		wait >
		type q
	END
	jq -c '(.. | select(.name? == "ValidationCheck")).value = "Failed"' \
		kept.json >"$FILE"
	chmod 600 "$FILE"
	desk 1 123456 <<<"wait had ended"
	ticket 'NOT VERIFIED 123456 TIME by ME call ID'
	is "$(sent)" 1
}

@test "a clock that was set back: the call can be ended" {
	needs_faketime
	left_at_pin
	faked -1h python3 "$AGENT" stdout twofa-flow desk 123456 >screen <<-'END' || true
		wait >
		type {pin}
		wait The PIN could not be checked: it may work later.
		wait >
		type q
	END
	ticket 'NOT VERIFIED 123456 TIME by ME call ID reason temporary'
}
