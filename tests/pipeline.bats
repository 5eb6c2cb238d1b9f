#!/usr/bin/env bats
# One caller, many callers, and every way in which "twofa-verify && grant"
# could grant without a PIN that was sent and entered.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
}

# verify STATUS ARG...: twofa-verify with the key of send_pin, from stdin.
verify() {
	local status=$1
	shift
	run "-$status" --separate-stderr twofa-verify -k key "$@"
}

# --- one caller ----------------------------------------------------------------

@test "one caller: a wrong PIN is Failed, the right one OK, once" {
	send_pin
	is "$(value SMSSent sent.json)" Yes
	is "$(jq -r .to outbox)" +447700900001
	is "$(jq -r .message outbox)" "Your PIN code is: $PIN"
	[[ $PIN =~ ^[1-9][0-9]{3}$ ]]
	[[ $(value GeneratedPIN sent.json) =~ ^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$ ]]
	hasnt "$(value GeneratedPIN sent.json | cut -d. -f3 | tr -- -_ +/ |
		base64 -d 2>/dev/null | xxd -p)" "$(printf %s "$PIN" | xxd -p)"

	verify 1 < <(enter "$WRONG")
	is "$(value ValidationCheck <<<"$output")" Failed
	is "$(value TwofaReason <<<"$output")" wrong
	is "$(value PINAttempts <<<"$output")" 1
	is "$(value PIN <<<"$output")" ""
	is "$stderr" ""
	printf '%s\n' "$output" >failed.json

	verify 0 < <(enter "$PIN" failed.json)
	is "$(value ValidationCheck <<<"$output")" OK
	is "$(value GeneratedPIN <<<"$output")" ""
	is "$(value PIN <<<"$output")" ""
	is "$(value TwofaReason <<<"$output")" ""
	is "$stderr" ""
	printf '%s\n' "$output" >ok.json

	verify 1 < <(enter "$PIN" ok.json)
	is "$(value ValidationCheck <<<"$output")" Failed
	is "$(value TwofaReason <<<"$output")" not-sent
}

@test "one caller in one pipe, as the use case names things" {
	send_pin # makes the key: who verifies cannot
	run -1 --separate-stderr bash -c 'set -o pipefail
		twofa-task new --id t1 CustomerIdentifier=123456 |
		twofa-lookup -d csv:customers.csv |
		twofa-sendpin -k key -s file:outbox |
		twofa-verify -k key'
	is "$stderr" ""
	is "$(jq -r '.taskInformation.customContextParameters[].name' \
		<<<"$output" | tr '\n' ' ')" "CustomerIdentifier \
CustomerRecognized SMSNumber SMSSent GeneratedPIN PINExpires "
	is "$(value CustomerRecognized <<<"$output")" Yes
	is "$(value SMSNumber <<<"$output")" +447700900001
}

@test "the key that is made is private and made once" {
	send_pin
	is "$(stat -c %a key)" 600
	cp key key.before
	recognised t2 | twofa-sendpin -k key -s file:outbox >two.json
	cmp key key.before
	verify 0 < <(enter "$(pin_of outbox)" two.json)
}

@test "a key in front seals, the old one still opens" {
	send_pin
	old=$(value GeneratedPIN sent.json | cut -d. -f2)
	(umask 077 && printf '%064d\n' 7 | cat - key >both && mv both key)
	verify 0 < <(enter "$PIN")
	recognised t2 | twofa-sendpin -k key -s file:outbox >two.json
	new=$(value GeneratedPIN two.json | cut -d. -f2)
	[ "$new" != "$old" ]
	verify 0 < <(enter "$(pin_of outbox)" two.json)
}

# The right PIN after three wrong ones; two.json is the task after two.
three_wrong() {
	send_pin
	cp sent.json t.json
	for n in 1 2 3; do
		verify 1 < <(enter "$WRONG" t.json)
		is "$(value TwofaReason <<<"$output")" wrong
		is "$(value PINAttempts <<<"$output")" "$n"
		printf '%s\n' "$output" >t.json
		if [ "$n" = 2 ]; then
			cp t.json two.json
		fi
	done
	verify 1 < <(enter "$PIN" t.json)
	is "$(value TwofaReason <<<"$output")" exhausted
	is "$(value GeneratedPIN <<<"$output")" ""
}

@test "three wrong PINs and the right one is too late, also in an old copy" {
	three_wrong
	verify 1 < <(enter "$PIN" two.json)
	is "$(value TwofaReason <<<"$output")" exhausted
	verify 1 < <(enter "$PIN")
	is "$(value TwofaReason <<<"$output")" exhausted
	# One fewer and it is not.
	TASK=t2 send_pin
	verify 1 < <(enter "$WRONG")
	verify 1 < <(enter "$WRONG")
	verify 0 < <(enter "$PIN")
	is "$(value PINAttempts <<<"$output")" 2
}

@test "without a ledger the task alone counts" {
	export TWOFA_LEDGER=none
	three_wrong
	verify 0 < <(enter "$PIN" two.json)
}

# --- nine ways to 0 without a verification, all closed -------------------------

@test "way 1: empty input" {
	send_pin
	verify 1 </dev/null
	is "$output$stderr" ""
	verify 1 < <(printf '\n \n')
	is "$output$stderr" ""
	verify 0 < <(enter "$PIN")
}

@test "way 2: another program's event" {
	send_pin
	for name in CustomerIdentifier StartValidation SMSSent pin Pin "PIN "; do
		enter "$PIN" | jq -c --arg n "$name" --arg p "$PIN" \
			'. + {updatedParameterName: $n, updatedParameterValue: $p}' >e.json
		verify 1 <e.json
		is "$output" "$(cat e.json)"
	done
	enter "$PIN" | jq -c '. + {event: "Updated"}' >e.json
	verify 1 <e.json
	is "$output" "$(cat e.json)"
	enter "$PIN" | jq -c '. + {updatedParameterName: null}' >e.json
	verify 1 <e.json
	is "$output" "$(cat e.json)"
	# The event that is its own.
	twofa-task event PIN=@entered sent.json >e.json
	verify 0 <e.json
}

@test "way 3: no PIN was entered" {
	send_pin
	verify 1 <sent.json
	is "$output" "$(cat sent.json)"
	verify 0 < <(enter "$PIN")
}

@test "way 4: an empty PIN" {
	send_pin
	for empty in '""' null '"NULL"'; do
		jq -c ".taskInformation.customContextParameters +=
			[{name: \"PIN\", value: $empty}]" sent.json >t.json
		verify 1 <t.json
		is "$output" "$(cat t.json)"
		jq -c ". + {updatedParameterName: \"PIN\",
			updatedParameterValue: $empty}" sent.json >t.json
		verify 1 <t.json
		is "$output" "$(cat t.json)"
	done
	for nothing in ' ' '-' '#' '--'; do
		verify 1 < <(enter "$nothing")
		is "$(value TwofaReason <<<"$output")" malformed
		is "$(value PINAttempts <<<"$output")" ""
	done
	verify 0 < <(enter "$PIN")
}

@test "way 5: OK stands in the task already" {
	send_pin
	twofa-task set ValidationCheck=OK sent.json >t.json
	verify 1 <t.json
	is "$output" "$(cat t.json)"
	# Forged beside a wrong PIN: it does not survive.
	jq -c '.taskInformation.customContextParameters +=
		[{name: "ValidationCheck", value: "OK"},
		 {name: "ValidationCheck", value: "OK"}]' \
		< <(enter "$WRONG") >t.json
	verify 1 <t.json
	is "$(jq -c '[.taskInformation.customContextParameters[] |
		select(.name == "ValidationCheck") | .value]' <<<"$output")" \
		'["Failed"]'
	# A real one, fed in again.
	verify 0 < <(enter "$PIN")
	printf '%s\n' "$output" >ok.json
	is "$(value ValidationCheck ok.json)" OK
	verify 1 <ok.json
	is "$output" "$(cat ok.json)"
}

@test "way 6: an old Failed" {
	send_pin
	verify 1 < <(enter "$WRONG")
	printf '%s\n' "$output" >failed.json
	verify 1 <failed.json
	is "$output" "$(cat failed.json)"
	is "$(value PINAttempts failed.json)" 1
	verify 0 < <(enter "$PIN" failed.json)
}

@test "way 7: the customer was swapped after the SMS" {
	send_pin
	for swap in 'CustomerIdentifier 012345' 'SMSNumber +447700900002'; do
		enter "$PIN" | jq -c --arg n "${swap% *}" --arg v "${swap#* }" \
			'(.taskInformation.customContextParameters[] |
			select(.name == $n) | .value) = $v' >t.json
		is "$(value "${swap% *}" t.json)" "${swap#* }"
		verify 1 <t.json
		is "$(value TwofaReason <<<"$output")" forged
		is "$(value ValidationCheck <<<"$output")" Failed
		is "$(value PINAttempts <<<"$output")" ""
	done
	enter "$PIN" | jq -c '.taskId = "t2"' >t.json
	verify 1 <t.json
	is "$(value TwofaReason <<<"$output")" forged
	verify 0 < <(enter "$PIN")
}

@test "way 8: another key" {
	send_pin
	(umask 077 && printf '%064d\n' 1 >other)
	enter "$PIN" >t.json
	id=$(value GeneratedPIN sent.json | cut -d. -f2)
	# The ledger is kept with the key.
	run -78 --separate-stderr twofa-verify -k other <t.json
	has "$stderr" "ledger.db: sealed with key $id"
	is "$output" ""
	run -78 --separate-stderr twofa-verify -k other -l none <t.json
	has "$stderr" "$id"
	has "$stderr" "standard input:1: task t1:"
	is "$(value PIN <<<"$output")" "$PIN"
	is "$(value ValidationCheck <<<"$output")" ""
	is "$(value TwofaReason <<<"$output")" configuration
	# What came out is the next input.
	printf '%s\n' "$output" >again.json
	verify 0 <again.json
}

@test "way 9: no configuration" {
	send_pin
	enter "$PIN" >t.json
	run -78 --separate-stderr twofa-verify <t.json
	is "$output" ""
	has "$stderr" "config/twofa/key: no key"
	has "$stderr" "-k"
	[ ! -e config/twofa/key ]
	unset XDG_CONFIG_HOME HOME
	run -78 --separate-stderr twofa-verify <t.json
	is "$output" ""
	has "$stderr" "no key: -k FILE"
	verify 0 <t.json
}

@test "a PIN in clear, or one that anybody could make, is forged" {
	send_pin
	for generated in "$PIN" "v1.$PIN" "v1.00000000.$PIN" "v2.$PIN"; do
		enter "$PIN" | jq -c --arg v "$generated" \
			'(.taskInformation.customContextParameters[] |
			select(.name == "GeneratedPIN") | .value) = $v' >t.json
		run --separate-stderr twofa-verify -k key <t.json
		case $generated in
		v1.0*) is "$status" 78 ;;
		*)
			is "$status" 1
			is "$(value TwofaReason <<<"$output")" forged
			;;
		esac
	done
	verify 0 < <(enter "$PIN")
}

@test "one verified and one not is not verified" {
	send_pin
	enter "$WRONG" >wrong.json
	enter "$PIN" >ok.json
	verify 1 wrong.json ok.json
	is "$(value ValidationCheck <<<"$output" | tr '\n' ' ')" "Failed OK "
	TASK=t2 send_pin
	enter "$PIN" >three.json
	verify 1 three.json wrong.json
	is "$(value ValidationCheck <<<"$output" | tr '\n' ' ')" "OK Failed "
	TASK=t3 send_pin
	enter "$PIN" >four.json
	verify 1 four.json sent.json
	is "$(value ValidationCheck <<<"$output" | tr '\n' ' ')" "OK  "
	TASK=t4 send_pin
	enter "$PIN" >five.json
	# Run again, each gets the answer that it had.
	verify 0 five.json four.json ok.json five.json
}

@test "what callers key around the digits does not matter" {
	send_pin
	verify 0 < <(enter "${PIN}#")
	TASK=t2 send_pin
	verify 0 < <(enter " ${PIN:0:2}-${PIN:2} # ")
	TASK=t3 send_pin
	verify 1 < <(enter "#$PIN")
	is "$(value TwofaReason <<<"$output")" malformed
	verify 1 < <(enter "${PIN}0")
	is "$(value TwofaReason <<<"$output")" malformed
	is "$(value PINAttempts <<<"$output")" ""
}

# --- events --------------------------------------------------------------------

# dispatch FILE: it goes through all three filters; one file each.
dispatch() {
	twofa-lookup -d csv:customers.csv <"$1" >1.json || [ $? = 1 ]
	twofa-sendpin -k key -s file:outbox <1.json >2.json || [ $? = 1 ]
	twofa-verify -k key <2.json >3.json || [ $? = 1 ]
}

@test "an event is changed by the one program whose trigger it is" {
	make_customers
	event t1 CustomerIdentifier 123456 >e.json
	dispatch e.json
	is "$(value CustomerRecognized 1.json)" Yes
	cmp 1.json 2.json
	cmp 2.json 3.json

	twofa-task event StartValidation=Yes 1.json >e.json
	dispatch e.json
	cmp e.json 1.json
	is "$(value SMSSent 2.json)" Yes
	cmp 2.json 3.json

	pin_of outbox >entered
	twofa-task event PIN=@entered 2.json >e.json
	dispatch e.json
	cmp e.json 1.json
	cmp 1.json 2.json
	is "$(value ValidationCheck 3.json)" OK
	is "$(wc -l <outbox)" 1
}

@test "the answers to an event: another program's is none" {
	make_customers
	event t1 SMSSent Yes >e.json
	twofa-lookup -d csv:customers.csv <e.json >out.json
	cmp e.json out.json
	twofa-sendpin -k key -s file:outbox <e.json >out.json
	cmp e.json out.json
	run -1 --separate-stderr twofa-verify -k key <e.json
	is "$output" "$(cat e.json)"
	[ ! -s outbox ]
	# Its own: an answer.
	event t1 CustomerIdentifier 999999 >e.json
	run -1 twofa-lookup -d csv:customers.csv <e.json
}

@test "events with a null, missing or strange name are nobody's" {
	send_pin
	rm outbox
	for extra in '{updatedParameterName: null}' \
		'{updatedParameterName: null, updatedParameterValue: "1"}' \
		'{event: "x"}' '{event: null, updatedParameterValue: "1"}' \
		'{updatedParameterName: 1, updatedParameterValue: "1"}' \
		'{updatedParameterName: "", updatedParameterValue: "1"}' \
		'{updatedParameterName: "pin", updatedParameterValue: "1"}' \
		'{updatedParameterName: "customeridentifier"}' \
		'{UpdatedParameterName: null}' '{EVENT: {}}'; do
		enter "$PIN" | jq -c "del(.taskInformation.customContextParameters[] |
			select(.name | test(\"Recog|Sent\"))) + $extra" >e.json
		dispatch e.json
		cmp e.json 1.json
		cmp e.json 2.json
		cmp e.json 3.json
	done
	[ ! -s outbox ]
	# Without it they are states and all of them act.
	enter "$PIN" | jq -c 'del(.taskInformation.customContextParameters[] |
		select(.name | test("Recog|Sent")))' >e.json
	dispatch e.json
	is "$(value CustomerRecognized 1.json)" Yes
}

@test "an event takes its value from the event, not from the parameters" {
	make_customers
	printf '%s' '{"taskId":"t1","taskInformation":{"customContextParameters":[
		{"name":"CustomerIdentifier","value":"999999"}]},
		"updatedParameterName":"CustomerIdentifier",
		"updatedParameterValue":"012345"}' >e.json
	run -0 --separate-stderr twofa-lookup -d csv:customers.csv <e.json
	is "$(value SMSNumber <<<"$output")" +447700900002
	is "$(value CustomerIdentifier <<<"$output")" 012345
	is "$(jq -r .updatedParameterName <<<"$output")" CustomerIdentifier
	is "$(jq -r .updatedParameterValue <<<"$output")" 012345
}

@test "after verify the PIN stands nowhere in the object" {
	send_pin
	for entry in "$PIN" "$WRONG"; do
		enter "$entry" | jq -c --arg p "$entry" \
			'.taskInformation.customContextParameters +=
			[{name: "PIN", value: $p}, {Name: "PIN", Value: $p}] |
			. + {updatedParameterName: "PIN", updatedParameterValue: $p,
			UpdatedParameterValue: $p}' >e.json
		# The search finds it before.
		is "$(grep -o "\"$entry\"" e.json | wc -l)" 5
		run --separate-stderr twofa-verify -k key <e.json
		[ "$status" -le 1 ]
		is "$(jq -r .updatedParameterName <<<"$output")" PIN
		is "$(jq -r .updatedParameterValue <<<"$output")" ""
		hasnt "$output" "\"$entry\""
		hasnt "$stderr" "$entry"
	done
}

@test "a filter that ran already does nothing again" {
	make_customers
	state t1 CustomerIdentifier=123456 >t.json
	twofa-lookup -d csv:customers.csv <t.json >1.json
	twofa-lookup -d csv:customers.csv <1.json >2.json
	cmp 1.json 2.json
	# Without a ledger it does not know an old copy again.
	for ledger in 'ledger.db 1' 'none 2'; do
		export TWOFA_LEDGER=${ledger% *}
		rm -f outbox
		twofa-sendpin -k key -s file:outbox <1.json >3.json
		twofa-sendpin -k key -s file:outbox <3.json >4.json
		cmp 3.json 4.json
		twofa-task event StartValidation=Yes 1.json |
			twofa-sendpin -k key -s file:outbox >5.json
		is "$(value SMSSent 5.json)" Yes
		twofa-sendpin -k key -s file:outbox <5.json >6.json
		cmp 5.json 6.json
		is "$(wc -l <outbox)" "${ledger#* }"
	done
}

# --- many callers --------------------------------------------------------------

# make_many N: N states with an identifier and, for it, a number of its own.
make_many() {
	seq -f '%06.0f' 1 "$1" >ids
	sed 's/.*/{"taskId":"t&","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"&"}]}}/' \
		ids >many.json
	(echo Number,SMSNumber && sed 's/.*/&,+44770&/' ids) >many.csv
}

# ids_of FILE: task ids in their order.
ids_of() {
	jq -r .taskId "$1" | sed 's/^t//'
}

# enter_all FILE OUTBOX: every task with its PIN, found by its number.
enter_all() {
	(echo taskId,PIN && jq -r '[.to, .message] | @tsv' "$2" |
		sed -E 's/^\+44770([0-9]{6})\t.* ([0-9]+)$/t\1,\2/') >pins.csv
	twofa-task set --csv pins.csv "$1"
}

@test "10,000 callers in one stream: order kept, none lost, each his own PIN" {
	make_many 10000
	twofa-lookup -d csv:many.csv <many.json |
		twofa-sendpin -k key -s file:outbox >sent.json
	ids_of sent.json | cmp - ids
	jq -r .to outbox | sed 's/^+44770//' | cmp - ids
	is "$(jq -r .id outbox | sort -u | wc -l)" 10000
	enter_all sent.json outbox >entered.json
	twofa-verify -v -k key <entered.json >verified.json 2>err
	ids_of verified.json | cmp - ids
	is "$(grep -c '"ValidationCheck","value":"OK"' verified.json)" 10000
	is "$(tail -n 1 err)" "twofa-verify: 10000 tasks: 10000 yes, 0 no, \
0 not for this program, 0 unanswered, 0 malformed"
}

# peak PROGRAM...: KiB at most, of a run whose output does not matter.
peak() {
	"$FAKES/peak_memory.py" "$@" 3>&1 >/dev/null
}

@test "memory does not grow with the number of tasks" {
	if is_sanitized; then
		skip "the sanitizer keeps freed memory"
	fi
	make_many 1000
	cp many.csv few.csv
	few=$(peak twofa-lookup -d csv:few.csv <many.json)
	for _ in $(seq 100); do
		cat many.json
	done >more.json
	is "$(wc -l <more.json)" 100000
	more=$(peak twofa-lookup -d csv:few.csv <more.json)
	echo "lookup: $few KiB, $more KiB"
	[ "$more" -lt $((few + 512)) ]
	[ "$more" -lt 16384 ]

	twofa-lookup -d csv:few.csv <many.json >found.json
	few=$(peak twofa-sendpin -k key -s file:outbox <found.json)
	for _ in $(seq 10); do
		cat found.json
	done >more.json
	more=$(peak twofa-sendpin -k key -s file:outbox <more.json)
	echo "sendpin: $few KiB, $more KiB"
	[ "$more" -lt $((few + 512)) ]
	[ "$more" -lt 16384 ]
	# The measure tells: a program that keeps it all.
	keeps=$(peak python3 -c 'import sys; x = sys.stdin.read() * 4' <more.json)
	[ "$keeps" -gt 16384 ]
}

# --- a driver that dies ----------------------------------------------------------

@test "a driver dies: only what was open is 75, and a second run finishes" {
	make_many 200
	twofa-lookup -d csv:many.csv <many.json >found.json
	driver="exec:$FAKES/sms_driver.py --repeat --truth truth --die-after 71 \
--die-once died --take-before-dying"
	run -75 --separate-stderr twofa-sendpin -v -k key -s "$driver" <found.json
	[ -e died ]
	printf '%s\n' "$output" >first.json
	ids_of first.json | cmp - ids
	open=$(grep -c '"TwofaReason","value":"temporary"' first.json)
	# The 72nd was taken and never answered; at most 16 were open.
	[ "$open" -ge 1 ] && [ "$open" -le 16 ]
	is "$(grep -c '"SMSSent","value":"Yes"' first.json)" $((200 - open))
	has "$(tail -n 1 <<<"$stderr")" \
		"200 tasks: $((200 - open)) yes, 0 no, 0 not for this program, $open unanswered, 0 malformed"
	is "$(grep -c 'task t.*: perhaps sent\|task t.*: not sent yet' \
		<<<"$stderr")" "$open"

	run -0 --separate-stderr twofa-sendpin -k key -s "$driver" <first.json
	is "$stderr" ""
	printf '%s\n' "$output" >second.json
	ids_of second.json | cmp - ids
	is "$(grep -c '"SMSSent","value":"Yes"' second.json)" 200
	hasnt "$output" TwofaReason
	# One message a customer, and it has the PIN that counts.
	is "$(jq -r .to truth | sort -u | wc -l)" 200
	is "$(wc -l <truth)" 200
	enter_all second.json truth >entered.json
	twofa-verify -k key <entered.json >/dev/null
}

@test "a driver that does not know its ids: what was open is never sent again" {
	make_many 40
	twofa-lookup -d csv:many.csv <many.json >found.json
	driver="exec:$FAKES/sms_driver.py --truth truth --die-after 10 \
--die-once died --take-before-dying"
	run -69 --separate-stderr twofa-sendpin -k key -s "$driver" <found.json
	printf '%s\n' "$output" >first.json
	open=$(grep -c '"TwofaReason","value":"unknown-outcome"' first.json)
	[ "$open" -ge 1 ] && [ "$open" -le 16 ]
	sent=$(wc -l <truth)
	run -69 --separate-stderr twofa-sendpin -k key -s "$driver" <first.json
	is "$output" "$(cat first.json)"
	is "$(wc -l <truth)" "$sent"
	is "$(jq -r .to truth | sort | uniq -d)" ""
	# Neither is the same send from an old copy, nor if it is begun anew.
	run -69 twofa-sendpin -k key -s "$driver" <found.json
	twofa-task set StartValidation=again first.json >again.json
	run -69 twofa-sendpin -k key -s "$driver" <again.json
	is "$(wc -l <truth)" "$sent"
	# Without a ledger only the task knows, and begun anew it does not.
	rm truth died
	run -69 --separate-stderr twofa-sendpin -l none -k key -s "$driver" \
		<found.json
	printf '%s\n' "$output" >first.json
	run -69 twofa-sendpin -l none -k key -s "$driver" <first.json
	twofa-task set StartValidation=again first.json >again.json
	run -0 twofa-sendpin -l none -k key -s "$driver" <again.json
}

@test "a driver dies in a second run: what it remembers is still repeated" {
	make_many 40
	twofa-lookup -d csv:many.csv <many.json >found.json
	driver_with --repeat --truth truth --outcome unknown --code X1 \
		--detail nobody
	run -75 --separate-stderr twofa-sendpin -k key -s exec:./driver \
		<found.json
	printf '%s\n' "$output" >first.json
	is "$(grep -c '"TwofaReason","value":"temporary"' first.json)" 40
	has "$stderr" "X1: nobody"
	driver_with --repeat --truth truth --requests asked --die-after 3 \
		--die-once died
	run -75 --separate-stderr twofa-sendpin -k key -s exec:./driver \
		<first.json
	printf '%s\n' "$output" >second.json
	hasnt "$output" unknown-outcome
	open=$(grep -c '"TwofaReason","value":"temporary"' second.json)
	[ "$open" -ge 1 ] && [ "$open" -le 16 ]
	is "$(grep -c '"SMSSent","value":"Yes"' second.json)" $((40 - open))
	run -0 --separate-stderr twofa-sendpin -k key -s exec:./driver \
		<second.json
	printf '%s\n' "$output" >third.json
	is "$(wc -l <truth)" 40
	is "$(jq -r .to truth | sort -u | wc -l)" 40
	enter_all third.json truth >entered.json
	twofa-verify -k key <entered.json >/dev/null
}

@test "answers in another order go to the right tasks" {
	make_many 50
	twofa-lookup -d csv:many.csv <many.json >found.json
	driver="exec:$FAKES/sms_driver.py --truth truth --batch 10 --reverse"
	twofa-sendpin -j 10 -k key -s "$driver" <found.json >sent.json
	ids_of sent.json | cmp - ids
	run -1 cmp -s <(jq -r .to truth | sed 's/^+44770//') ids
	enter_all sent.json truth >entered.json
	twofa-verify -k key <entered.json >/dev/null
}

@test "a driver that never lives long enough gives up with 75" {
	make_many 100
	twofa-lookup -d csv:many.csv <many.json >found.json
	driver_with --repeat --truth truth --die-after 0
	run -75 --separate-stderr twofa-sendpin -k key -s exec:./driver \
		<found.json
	is "$(wc -l <<<"$output")" 100
	is "$(grep -c TwofaReason <<<"$output")" 100
	is "$(grep -c '"TwofaReason","value":"temporary"' <<<"$output")" 100
	has "$stderr" "died 3 times in a row"
	[ ! -e truth ]
	printf '%s\n' "$output" >first.json
	driver_with --repeat --truth truth
	run -0 --separate-stderr twofa-sendpin -k key -s exec:./driver \
		<first.json
	is "$(wc -l <truth)" 100
}

@test "what a driver said that died holds for what it was asked" {
	make_many 260
	twofa-lookup -d csv:many.csv <many.json >found.json
	driver_with --repeat --truth truth --die-after 0
	# Three full pipes do not hold a window of these.
	run -75 --separate-stderr twofa-sendpin -j 256 -k key -s exec:./driver \
		-m "$(printf 'x%.0s' {1..900}) {pin}" <found.json
	is "$(grep -c '"TwofaReason","value":"temporary"' <<<"$output")" 260
	has "$stderr" "the driver died before it was asked"
	driver_with --repeat --truth truth
	run -0 twofa-sendpin -k key -s exec:./driver <<<"$output"
	is "$(wc -l <truth)" 260
}

@test "what a driver answers decides" {
	local n=0
	export TWOFA_ALLOW_COUNTRY=44 # said without it
	while read -r outcome scope status sent reason; do
		n=$((n + 1))
		recognised "t$n" "+44770090001$n" >t.json
		run "-$status" --separate-stderr twofa-sendpin -k key -s \
			"exec:$FAKES/sms_driver.py --repeat --truth truth \
--outcome $outcome --scope $scope --code 4711 --detail text" <t.json
		is "$(value SMSSent <<<"$output")" "${sent#-}"
		is "$(value TwofaReason <<<"$output")" "${reason#-}"
		case $reason in
		-) is "$stderr" "" ;;
		*) has "$stderr" "4711: text" ;;
		esac
		hasnt "$stderr" 770090001
	done <<-'END'
		accepted recipient 0  Yes -
		rejected recipient 1  No  rejected
		rejected service   69 -   service
		retry    service   75 -   temporary
		unknown  service   75 -   temporary
		banana   service   75 -   temporary
	END
	while read -r outcome status reason; do
		n=$((n + 1))
		recognised "t$n" "+44770090001$n" >t.json
		run "-$status" --separate-stderr twofa-sendpin -k key -s \
			"exec:$FAKES/sms_driver.py --truth truth \
--outcome $outcome" <t.json
		is "$(value SMSSent <<<"$output")" ""
		is "$(value TwofaReason <<<"$output")" "$reason"
	done <<-'END'
		retry   75 temporary
		unknown 69 unknown-outcome
		banana  69 unknown-outcome
	END
}

@test "a driver that writes garbage is killed; what it may have sent is unknown" {
	local n=0
	for raw in garbage '[]' '{"id":"other","outcome":"accepted"}' \
		'{"outcome":"accepted"}' '{"id":"%s"' '"%s"'; do
		rm -f truth
		n=$((n + 1))
		recognised "t$n" "+44770090001$n" >t.json
		driver_with --repeat --truth truth --raw "'$raw'"
		run -75 --separate-stderr twofa-sendpin -k key \
			-s exec:./driver <t.json
		is "$(value SMSSent <<<"$output")" ""
		is "$(value TwofaReason <<<"$output")" temporary
		has "$stderr" "./driver: "
		hasnt "$stderr" "Your PIN"
		# It had taken the message; nobody sends another one.
		is "$(wc -l <truth)" 1
		printf '%s\n' "$output" >again.json
		driver_with --repeat --truth truth
		twofa-sendpin -k key -s exec:./driver <again.json >sent.json
		is "$(wc -l <truth)" 1
		twofa-verify -k key < <(enter "$(pin_of truth)" sent.json) >/dev/null
	done
}

@test "a driver that does not start: 78, or its own status, and nothing sent" {
	recognised t1 >t.json
	while read -r args; do
		run -78 --separate-stderr bash -c "twofa-sendpin -k key -s \
			'exec:$FAKES/sms_driver.py --truth truth $args' <t.json"
		has "$stderr" sms_driver.py
		is "$(value SMSSent <<<"$output")" ""
		is "$(value GeneratedPIN <<<"$output")" ""
	done <<-'END'
		--exit 0
		--exit 1
		--exit 78
		--hello garbage
		--hello []
		--hello {"twofa":2,"kind":"sms"}
		--hello {"twofa":1,"kind":"directory"}
		--hello {"kind":"sms"}
	END
	run -77 --separate-stderr twofa-sendpin -k key \
		-s "exec:$FAKES/sms_driver.py --truth truth --exit 77" <t.json
	has "$stderr" "status 77"
	run -78 --separate-stderr twofa-sendpin -k key \
		-s "exec:$FAKES/sms_driver.py --truth truth --needs from" <t.json
	has "$stderr" "no from: -f NUMBER"
	[ ! -e truth ]
	run -0 --separate-stderr twofa-sendpin -k key -f Acme \
		-s "exec:$FAKES/sms_driver.py --truth truth --needs from" <t.json
	is "$(jq -r .from truth)" Acme
}

@test "a driver that never answers is killed, and its requests are open" {
	recognised t1 >t.json
	cat >driver <<-'END'
		#!/bin/sh
		echo $$ >pid
		echo '{"twofa":1,"kind":"sms","repeat":true}'
		trap '' TERM
		exec sleep 1000
	END
	chmod +x driver
	run -75 --separate-stderr twofa-sendpin -T 1 -k key -s exec:./driver t.json
	is "$(value TwofaReason <<<"$output")" temporary
	has "$stderr" "driver: the driver died with 1 request open"
	printf '%s\n' "$output" >again.json
	run -1 kill -0 "$(cat pid)"
	# Another service would not know the request again.
	run -69 twofa-sendpin -k key -s file:outbox again.json
	[ ! -s outbox ]
	driver_with --repeat --truth truth
	run -0 twofa-sendpin -k key -s exec:./driver again.json
	is "$(wc -l <truth)" 1
}

@test "what a driver is asked" {
	recognised t1 >t.json
	twofa-sendpin -k key -f Acme -T 7 -m 'Code {pin}, {minutes} min' -t 90 \
		-s "exec:$FAKES/sms_driver.py --truth truth --requests asked" \
		<t.json >sent.json
	is "$(jq -c keys asked)" \
		'["firstSent","from","id","message","tag","timeoutMs","to"]'
	is "$(jq -r .to asked)" +447700900001
	is "$(jq -r .from asked)" Acme
	is "$(jq .timeoutMs asked)" 7000
	is "$(jq -r '.id == .tag' asked)" true
	[[ $(jq -r .id asked) =~ ^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab] ]]
	[[ $(jq -r .message asked) =~ ^Code\ [1-9][0-9]{3},\ 1\ min$ ]]
	[[ $(jq -r .firstSent asked) =~ ^[A-Z][a-z]{2},\ [0-9]{2}\ .*\ GMT$ ]]
	hasnt "$(cat asked)" t1
	hasnt "$(cat asked)" 123456
}
