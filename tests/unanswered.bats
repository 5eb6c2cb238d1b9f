#!/usr/bin/env bats
# What could not be answered, in a pipe: the status of the program that failed
# is that of the programs behind it, too.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
	export TWOFA_LEDGER=none TWOFA_LOG=log
}

# A directory that answers nothing for now, by the driver's protocol.
away() {
	cat >away <<-'END'
		#!/bin/sh
		echo '{"twofa":1,"kind":"directory"}'
		while read -r line; do
			id=${line#*\"id\":\"}
			printf '{"id":"%s","error":"%s","detail":"away"}\n' \
				"${id%%\"*}" "$1"
		done
	END
	chmod +x away
}

# behind STATUS PROGRAM...: the task on stdin comes out as it came.
behind() {
	local wanted=$1 in
	shift
	in=$(cat)
	run --separate-stderr "$@" <<<"$in"
	is "$status" "$wanted" && is "$output" "$in"
}

send=(twofa-sendpin -k key -s file:outbox)
verify=(twofa-verify -k key)

@test "a look-up that failed for now: 75 also from the programs behind it" {
	away
	openssl rand -hex 32 >key
	chmod 600 key
	state t1 CustomerIdentifier=123456 >state.json
	event t1 CustomerIdentifier 123456 >event.json
	for in in state.json event.json; do
		for pair in temporary:75 permanent:69; do
			run "-${pair#*:}" twofa-lookup -d "exec:./away ${pair%:*}" "$in"
			twofa-lookup -q -d "exec:./away ${pair%:*}" "$in" >out || true
			: >log
			behind "${pair#*:}" "${send[@]}" <out
			is "$stderr" ""
			behind "${pair#*:}" "${verify[@]}" <out
			is "$stderr" ""
			# Nothing was decided about it.
			[ ! -s log ]
		done
	done
	[ ! -e outbox ]
}

@test "a message that was not sent for now: 75 also from twofa-verify" {
	printf '#!/bin/sh\ncat >text\nexit 75\n' >snd
	chmod +x snd
	recognised t1 >state.json
	twofa-task event StartValidation=Yes state.json >event.json
	for in in state.json event.json; do
		twofa-sendpin -k key -s command:./snd "$in" >out 2>err || true
		is "$(value TwofaReason out)" temporary
		behind 75 "${verify[@]}" <out
		# It is no look-up's: that answers as it did.
		if [ "$in" = state.json ]; then
			behind 0 twofa-lookup -d csv:customers.csv <out
		fi
		# The next run answers it, and all is well again.
		"${send[@]}" <out >sent
		is "$(value TwofaReason sent)" ""
		if [ "$in" = state.json ]; then
			behind 1 "${verify[@]}" <sent
		fi
	done
}

@test "each reason without an answer has its status, and no other has one" {
	openssl rand -hex 32 >key
	chmod 600 key
	while read -r status reasons; do
		for reason in $reasons; do
			state t1 CustomerIdentifier=1 "TwofaReason=$reason" \
				>t.json
			behind "$status" "${send[@]}" <t.json
			behind "$status" "${verify[@]}" <t.json
		done
	done <<-'END'
		75 temporary cool-down limit-number limit-customer limit-country limit-all
		69 service unknown-outcome
		78 configuration
		1 bad-identifier not-found rejected locked wrong nonsense
	END
}

@test "an answer that is there counts, whatever reason stands beside it" {
	openssl rand -hex 32 >key
	chmod 600 key
	recognised t1 | twofa-task set SMSSent=Yes TwofaReason=temporary >t.json
	behind 0 "${send[@]}" <t.json
	# Somebody else's event is nobody's failure.
	jq -c '. + {updatedParameterName: "Other", updatedParameterValue: "x"}' \
		t.json >e.json
	behind 0 "${send[@]}" <e.json
	behind 1 "${verify[@]}" <e.json
}

@test "-v says which, and the numbers add up" {
	openssl rand -hex 32 >key
	chmod 600 key
	state t1 CustomerIdentifier=1 TwofaReason=temporary >t.json
	run -75 --separate-stderr "${send[@]}" -v t.json
	is "$stderr" "twofa-sendpin: t.json:1: task t1: SMSSent not set, temporary (left as it was)
twofa-sendpin: 1 task: 0 yes, 0 no, 0 not for this program, 1 unanswered, 0 malformed"
}

@test "twofa-flow step: a call that could not go on, for one of these reasons" {
	away
	twofa-task new --id t1 | twofa-flow step -I 1 -I 123456 >asked.json
	twofa-lookup -q -d 'exec:./away temporary' asked.json >out 2>err || true
	is "$(value TwofaReason out)" temporary
	behind 75 twofa-flow step <out
	is "$stderr" ""
	# One that goes on has no such status.
	make_customers
	twofa-lookup -d csv:customers.csv out >found.json
	run -0 --separate-stderr twofa-flow step found.json
	is "$(jq -r .updatedParameterName <<<"$output")" StartValidation
}
