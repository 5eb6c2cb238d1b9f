#!/usr/bin/env bats
# Flow 3: did the caller enter the PIN that was sent? What is not in
# pipeline.bats.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	send_pin
}

@test "what comes out, to the letter" {
	head=$(sed 's/]}}$//' sent.json)
	run -0 --separate-stderr twofa-verify -k key < <(enter "$PIN")
	is "$output" "$(sed -E 's/,\{"name":"GeneratedPIN"[^}]*\}//' \
		<<<"$head"),{\"name\":\"ValidationCheck\",\"value\":\"OK\"}]}}"
	is "$stderr" ""
	TASK=t2 send_pin
	head=$(sed 's/]}}$//' sent.json)
	run -1 --separate-stderr twofa-verify -k key < <(enter "$WRONG")
	is "$output" "$head"',{"name":"PINAttempts","value":"1"},{"name":"ValidationCheck","value":"Failed"},{"name":"TwofaReason","value":"wrong"}]}}'
	is "$stderr" ""
}

@test "an event's PIN is the event's, whatever the parameters say" {
	twofa-task set "PIN=$WRONG" sent.json | jq -c --arg p "$PIN" \
		'. + {updatedParameterName: "PIN", updatedParameterValue: $p}' >e.json
	run -0 --separate-stderr twofa-verify -k key e.json
	is "$(jq -r .updatedParameterName <<<"$output")" PIN
	is "$(jq -r .updatedParameterValue <<<"$output")" ""
	is "$(value PIN <<<"$output")" ""
	TASK=t2 send_pin
	twofa-task set "PIN=$PIN" sent.json | jq -c --arg p "$WRONG" \
		'. + {updatedParameterName: "PIN", updatedParameterValue: $p}' >e.json
	run -1 --separate-stderr twofa-verify -k key e.json
	is "$(value TwofaReason <<<"$output")" wrong
	# A number, as some systems send it.
	jq -c --argjson p "$PIN" \
		'. + {updatedParameterName: "PIN", updatedParameterValue: $p}' \
		sent.json >e.json
	run -0 twofa-verify -k key e.json
}

# each_reason: lines of CHANGE ENTRY REASON; the PIN is that of sent.json.
each_reason() {
	while read -r change entry reason; do
		case $entry in
		right) entry=$PIN ;;
		wrong) entry=$WRONG ;;
		esac
		enter "$entry" >e.json
		case $change in
		-) cp e.json f.json ;;
		*) jq -c --arg n "${change%=*}" --arg v "${change#*=}" \
			'.taskInformation.customContextParameters |=
			map(select(.name != $n)) + [{name: $n, value: $v}]' \
			e.json >f.json ;;
		esac
		run -1 --separate-stderr twofa-verify -k key f.json
		is "$(value TwofaReason <<<"$output")" "$reason"
		is "$(value ValidationCheck <<<"$output")" Failed
		is "$(value PIN <<<"$output")" ""
	done
}

# Those that say the same with a ledger and without one.
common_reasons() {
	each_reason <<-'END'
		GeneratedPIN= right not-sent
		GeneratedPIN=v1. right forged
		GeneratedPIN=x right forged
		- 123 malformed
		- 12345 malformed
		- abcd malformed
		- １２３４ malformed
		PINAttempts=3 12 malformed
		SMSNumber=+447700900009 right forged
		SMSNumber= right forged
		- wrong wrong
	END
}

@test "each reason" {
	common_reasons
	each_reason <<-'END'
		PINAttempts=9 wrong wrong
		PINAttempts=x wrong wrong
		PINAttempts=0 right exhausted
		- right exhausted
		- 123 malformed
	END
	TASK=t2 send_pin
	run -0 twofa-verify -k key < <(enter "$PIN")
	each_reason <<-'END'
		- right used
		- wrong used
		PINAttempts=3 right used
	END
	TASK=t3 send_pin
	sqlite3 ledger.db 'DELETE FROM pin'
	each_reason <<<'- right unknown-pin'
	TASK=t4 send_pin
	TWOFA_LIMIT_WRONG=3/1d each_reason <<<'- right locked'
	run -0 twofa-verify -k key < <(enter "$PIN")
}

@test "each reason without a ledger: PINAttempts is what counts" {
	export TWOFA_LEDGER=none
	send_pin
	common_reasons
	each_reason <<-'END'
		PINAttempts=3 right exhausted
		PINAttempts=4 right exhausted
		PINAttempts=x right exhausted
		PINAttempts=-1 right exhausted
		PINAttempts=1.5 right exhausted
		PINAttempts=2 wrong wrong
	END
}

@test "an expired PIN" {
	recognised t2 | twofa-sendpin -t 1 -k key -s file:box >short.json
	pin=$(pin_of box)
	expires=$(date -d "$(value PINExpires short.json)" +%s)
	# It is expired when the clock says so; looked at until then.
	while [ "$(date +%s)" -lt "$expires" ]; do
		sleep 0.1
	done
	run -1 --separate-stderr twofa-verify -k key < <(enter "$pin" short.json)
	is "$(value TwofaReason <<<"$output")" expired
	is "$(value GeneratedPIN <<<"$output")" ""
	# PINExpires is for people: the seal is the authority.
	twofa-task set PINExpires=2099-01-01T00:00:00Z short.json >long.json
	run -1 --separate-stderr twofa-verify -k key < <(enter "$pin" long.json)
	is "$(value TwofaReason <<<"$output")" expired
	twofa-task set PINExpires=2001-01-01T00:00:00Z sent.json >late.json
	run -0 twofa-verify -k key < <(enter "$PIN" late.json)
}

@test "-a can lower the limit, not raise it" {
	run -1 twofa-verify -k key < <(enter "$WRONG")
	run -1 --separate-stderr twofa-verify -k key -a 1 < <(enter "$PIN")
	is "$(value TwofaReason <<<"$output")" exhausted
	run -0 twofa-verify -k key -a 2 < <(enter "$PIN")
	TASK=t2 send_pin -a 1
	run -1 --separate-stderr twofa-verify -k key -a 10 < <(enter "$WRONG")
	is "$(value TwofaReason <<<"$output")" wrong
	run -1 --separate-stderr twofa-verify -k key -a 10 < <(enter "$PIN")
	is "$(value TwofaReason <<<"$output")" exhausted
}

@test "-a can lower the limit, not raise it, without a ledger" {
	export TWOFA_LEDGER=none
	send_pin
	enter "$PIN" | twofa-task set PINAttempts=1 >right.json
	run -0 twofa-verify -k key right.json
	run -0 twofa-verify -k key -a 2 right.json
	run -1 --separate-stderr twofa-verify -k key -a 1 right.json
	is "$(value TwofaReason <<<"$output")" exhausted
	twofa-task set PINAttempts=3 right.json >three.json
	run -1 --separate-stderr twofa-verify -k key -a 10 three.json
	is "$(value TwofaReason <<<"$output")" exhausted
	send_pin -a 1
	run -1 --separate-stderr twofa-verify -k key < <(enter "$WRONG")
	printf '%s\n' "$output" >s2.json
	run -1 --separate-stderr twofa-verify -k key < <(enter "$PIN" s2.json)
	is "$(value TwofaReason <<<"$output")" exhausted
}

@test "-p reads the PIN from stdin when files are named" {
	run -1 --separate-stderr twofa-verify -p -k key sent.json <<<"$WRONG"
	is "$(value TwofaReason <<<"$output")" wrong
	run -1 --separate-stderr twofa-verify -p -k key sent.json </dev/null
	is "$(value TwofaReason <<<"$output")" no-pin
	run -1 --separate-stderr twofa-verify -p -k key sent.json <<<''
	is "$(value TwofaReason <<<"$output")" no-pin
	run -0 --separate-stderr twofa-verify -p -k key sent.json <<<"$PIN"
	is "$(value ValidationCheck <<<"$output")" OK
	is "$stderr" ""
	# One line a task, and no more.
	TASK=t2 send_pin
	mv sent.json two.json
	two=$PIN
	TASK=t3 send_pin
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 --separate-stderr bash -c 'printf "%s\r\n%s\nrest\n" "$0" "$1" |
		{ twofa-verify -p -k key two.json sent.json; cat >rest; }' \
		"$two" "$PIN"
	is "$(cat rest)" rest
	is "$(value ValidationCheck <<<"$output" | tr '\n' ' ')" "OK OK "
}

@test "-p without files and without a terminal: 64, and nobody is let in" {
	if ! command -v setsid >/dev/null; then
		skip "no setsid"
	fi
	run -64 --separate-stderr setsid -w twofa-verify -p -k key <sent.json
	is "$output" ""
	has "$stderr" "no terminal to ask on"
}

@test "-p asks on the terminal and shows nothing of it" {
	run -0 "$FAKES/terminal.py" "$PIN" out twofa-verify -p -k key sent.json
	has "$output" "PIN for task t1: "
	hasnt "$output" "$PIN"
	is "$(value ValidationCheck out)" OK
	run -1 "$FAKES/terminal.py" "$WRONG" out twofa-verify -p -k key sent.json
	is "$(value ValidationCheck out)" Failed
	# It shows what is keyed in where nobody hides it: the check can fail.
	run -0 "$FAKES/terminal.py" "$PIN" out head -n 1
	has "$output" "$PIN"
}

@test "-p with -i" {
	cp sent.json t.json
	run -1 --separate-stderr twofa-verify -i -p -k key t.json <<<"$WRONG"
	is "$output" ""
	is "$(value PINAttempts t.json)" 1
	run -0 --separate-stderr twofa-verify -i -p -k key t.json <<<"$PIN"
	is "$(value ValidationCheck t.json)" OK
}

@test "--dry-run never says that somebody was verified" {
	enter "$PIN" >e.json
	run -1 --separate-stderr twofa-verify --dry-run -k key e.json
	is "$output" "$(cat e.json)"
	run -0 twofa-verify -k key e.json
}

@test "a task of a thousand parameters named PIN" {
	enter "$PIN" | jq -c --arg p "$PIN" \
		'.taskInformation.customContextParameters +=
		[range(1000) | {name: "PIN", value: $p}]' >many.json
	run -0 --separate-stderr twofa-verify -k key many.json
	hasnt "$output" '"name":"PIN"'
	hasnt "$output" "\"$PIN\""
}
