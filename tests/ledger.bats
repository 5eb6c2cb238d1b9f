#!/usr/bin/env bats
# What the ledger makes of the filters: nothing is sent twice, tried too often
# or used again, whatever copy of a task comes in.
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
}

# --- sent once --------------------------------------------------------------

@test "a task that comes again gets the same output, and nothing is sent" {
	for kind in state event; do
		rm -f outbox
		customer "$kind" >t.json
		if [ "$kind" = event ]; then
			twofa-task event StartValidation=Yes t.json >e.json
			mv e.json t.json
		fi
		sendpin 0 t.json
		first=$output
		is "$(lines outbox)" 1
		for _ in 1 2 3; do
			sendpin 0 t.json
			is "$output" "$first"
			is "$stderr" ""
		done
		# What came out is left as it is.
		printf '%s\n' "$first" >sent.json
		sendpin 0 sent.json
		is "$output" "$first"
		is "$(lines outbox)" 1
	done
}

@test "also after it was verified, and after it expired" {
	needs_clock
	send_first
	try OK "$PIN" 1
	sendpin 0 t1.json
	is "$output" "$(cat sent.json)"
	try used "$PIN" 2
	NOW=1000
	sendpin 0 t1.json
	is "$output" "$(cat sent.json)"
	try used "$PIN" 3
	is "$(lines outbox)" 1
}

@test "the same for a PIN that expired unused" {
	needs_clock
	send_first
	NOW=600
	sendpin 0 t1.json
	is "$output" "$(cat sent.json)"
	try expired "$PIN" 1
	is "$(lines outbox)" 1
}

@test "another task, customer or number is another send" {
	customer t1 >t.json
	customer t2 >>t.json
	customer t1 +447700900002 >>t.json
	customer t1 +447700900001 654321 >>t.json
	sendpin 0 t.json
	is "$(lines outbox)" 4
	is "$(jq -r .id outbox | sort -u | wc -l)" 4
	cp t.json twice.json
	sendpin 0 t.json twice.json
	is "$(lines outbox)" 4
}

@test "two copies of a task in one input get one message" {
	customer t1 >t.json
	for options in "" "-j 1" "-j 2"; do
		rm -f outbox ledger.db*
		# shellcheck disable=SC2086 # two words
		sendpin 0 $options t.json t.json t.json t.json
		is "$(lines outbox)" 1
		is "$(sort -u <<<"$output" | wc -l)" 1
		is "$(wc -l <<<"$output")" 4
		is "$(value SMSSent <<<"${output%%$'\n'*}")" Yes
	done
}

@test "in place: a crash before the file was replaced sends nothing again" {
	customer t1 >t.json
	cp t.json before.json
	sendpin 0 -i t.json
	cp t.json after.json
	cp before.json t.json
	sendpin 0 -i t.json
	cmp t.json after.json
	is "$(lines outbox)" 1
}

@test "a number that the service rejects is remembered" {
	customer t1 >t1.json
	driver --outcome rejected
	sendpin 1 t1.json
	first=$output
	is "$(value SMSSent <<<"$output")" No
	is "$(value TwofaReason <<<"$output")" rejected
	driver
	sendpin 1 t1.json
	is "$output" "$first"
	sendpin 1 --resend t1.json
	is "$output" "$first"
	is "$(lines requests)" 1
	[ ! -e truth ]
}

@test "a service that refuses may be asked again, with a new PIN" {
	customer t1 >t1.json
	driver --outcome rejected --scope service
	sendpin 69 t1.json
	is "$(value TwofaReason <<<"$output")" service
	is "$(value SMSSent <<<"$output")" ""
	driver
	printf '%s\n' "$output" >t2.json
	sendpin 0 t2.json
	is "$(value SMSSent <<<"$output")" Yes
	is "$(lines truth)" 1
}

# --- an outcome that nobody knows -------------------------------------------

@test "unknown, and the service knows its ids: repeated to the byte for 240 s" {
	needs_clock
	customer t1 >t1.json
	for after in 1 60 239; do
		rm -f truth requests ledger.db*
		NOW=0
		driver --repeat --die-after 0 --take-before-dying
		sendpin 75 t1.json
		is "$(value TwofaReason <<<"$output")" temporary
		printf '%s\n' "$output" >t2.json
		NOW=$after
		driver --repeat
		sendpin 0 t2.json
		# The id, the text and the date do not change, nor the PIN.
		is "$(lines requests)" 2
		is "$(sort -u requests | wc -l)" 1
		is "$(lines truth)" 1
		is "$(value GeneratedPIN <<<"$output")" "$(value GeneratedPIN t2.json)"
		first=$output
		sendpin 0 t1.json
		is "$(value GeneratedPIN <<<"$output")" \
			"$(value GeneratedPIN <<<"$first")"
		is "$(lines requests)" 2
		printf '%s\n' "$output" >sent.json
		try OK "$(pin_of truth)" 1
	done
	is "$(sql 'SELECT count(*) FROM request')" 1
}

@test "older than 240 s it is 69, and nothing is sent by itself any more" {
	needs_clock
	customer t1 >t1.json
	driver --repeat --die-after 0 --take-before-dying
	sendpin 75 t1.json
	driver --repeat
	for NOW in 240 241 3600 90000; do
		sendpin 69 t1.json
		is "$(value TwofaReason <<<"$output")" unknown-outcome
		is "$(value SMSSent <<<"$output")" ""
		has "$stderr" "twofa-ledger resolve $(jq -r .id truth) "
	done
	is "$(lines requests)" 1
	is "$(lines truth)" 1
}

@test "unknown, and the service does not know its ids: 69 at once" {
	customer t1 >t1.json
	driver --die-after 0 --take-before-dying
	sendpin 69 t1.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	printf '%s\n' "$output" >sent.json
	driver
	for task in t1.json sent.json t1.json; do
		sendpin 69 "$task"
		is "$(value TwofaReason <<<"$output")" unknown-outcome
	done
	is "$(lines requests)" 1
	# The caller may have it.
	try wrong "$(other_pin "$(pin_of truth)")" 1
	try OK "$(pin_of truth)" 2
	try used "$(pin_of truth)" 3
}

# killed ARG...: twofa-sendpin dies while the driver thinks.
killed() {
	driver --delay 3 "$@"
	twofa-sendpin -k key -s "$SENDER" t1.json >out 2>err 3>&- &
	local pid=$!
	eventually [ -s truth ]
	kill -9 "$pid"
	wait "$pid" || true
	[ ! -s out ]
	is "$(sql 'SELECT state FROM pin')" intent
}

@test "killed while a request was open: the intent is found" {
	customer t1 >t1.json
	killed --repeat
	driver --repeat
	sendpin 0 t1.json
	is "$(lines requests)" 2
	is "$(sort -u requests | wc -l)" 1
	is "$(lines truth)" 1
	printf '%s\n' "$output" >sent.json
	try OK "$(pin_of truth)" 1
	rm -f ledger.db* truth requests
	killed
	driver
	sendpin 69 t1.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	is "$(lines requests)" 1
	printf '%s\n' "$output" >sent.json
	try OK "$(pin_of truth)" 1
}

@test "not taken: the same request while it is young, a new PIN later" {
	needs_clock
	customer t1 >t1.json
	driver --repeat --outcome retry
	sendpin 75 t1.json
	is "$(value TwofaReason <<<"$output")" temporary
	is "$(sql 'SELECT count(*) FROM request')" 0
	NOW=239
	sendpin 75 t1.json
	is "$(lines requests)" 2
	is "$(sort -u requests | wc -l)" 1
	NOW=240
	sendpin 75 t1.json
	is "$(jq -r .id requests | sort -u | wc -l)" 2
	driver --repeat
	NOW=241
	sendpin 0 t1.json
	is "$(tail -n 2 requests | sort -u | wc -l)" 1
	is "$(lines truth)" 1
	is "$(sql 'SELECT count(*) FROM request')" 1
	printf '%s\n' "$output" >sent.json
	try OK "$(pin_of truth)" 1
}

@test "not taken by a service that does not know its ids: a new id each time" {
	customer t1 >t1.json
	driver --outcome retry
	sendpin 75 t1.json
	sendpin 75 t1.json
	is "$(jq -r .id requests | sort -u | wc -l)" 2
	is "$(sql 'SELECT count(*) FROM pin')" 1
}

@test "not taken, after it may have been taken: still unknown" {
	needs_clock
	customer t1 >t1.json
	driver --repeat --die-after 0 --take-before-dying
	sendpin 75 t1.json
	is "$(lines truth)" 1
	driver --repeat --outcome retry --code 429
	NOW=10
	sendpin 75 t1.json
	NOW=20
	sendpin 75 t1.json
	driver --repeat --outcome rejected --scope service --code 401
	NOW=30
	sendpin 69 t1.json
	# The task says what the ledger does, and the caller may have the PIN.
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	has "$stderr" "perhaps sent; it will not be sent again by itself: ask the customer, then twofa-ledger resolve $(sql 'SELECT request FROM pin') sent or failed: 401"
	is "$(sql 'SELECT state FROM pin')" unknown
	is "$(sql "SELECT reason FROM history ORDER BY n DESC LIMIT 1")" \
		unknown-outcome
	printf '%s\n' "$output" >sent.json
	driver --repeat
	NOW=300
	sendpin 69 t1.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	is "$(lines truth)" 1
	is "$(jq -r .id requests | sort -u | wc -l)" 1
	is "$(sql 'SELECT count(*) FROM request')" 1
	try OK "$(pin_of truth)" 1
}

@test "another sender cannot repeat: it does not know the id" {
	customer t1 >t1.json
	driver --repeat --die-after 0 --take-before-dying
	sendpin 75 t1.json
	driver --repeat
	cp snd other
	SENDER=exec:./other
	sendpin 69 t1.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	is "$(lines requests)" 1
	SENDER=file:outbox
	sendpin 69 t1.json
	[ ! -s outbox ]
	# What the one did not take another gets as something new.
	customer t2 >t2.json
	driver --repeat --outcome retry
	sendpin 75 t2.json
	SENDER=file:outbox
	sendpin 0 t2.json
	is "$(lines outbox)" 1
	[ "$(jq -r .id outbox)" != "$(tail -n 1 requests | jq -r .id)" ]
}

# --- once more --------------------------------------------------------------

# The wish as an event.
resend_event() {
	jq -c '. + {updatedParameterName: "StartValidation",
		updatedParameterValue: "Resend"}' sent.json
}

@test "resend: the same PIN under a new id; the expiry is the first one's" {
	needs_clock
	send_first -m 'PIN {pin}, {minutes} min'
	NOW=60
	sendpin 0 --resend -m 'PIN {pin}, {minutes} min' sent.json
	is "$output" "$(cat sent.json)"
	is "$stderr" "twofa-sendpin: task t1: sent again"
	is "$(lines outbox)" 2
	is "$(jq -r .id outbox | sort -u | wc -l)" 2
	is "$(head -n 1 outbox | jq -r .message)" "PIN $PIN, 10 min"
	is "$(tail -n 1 outbox | jq -r .message)" "PIN $PIN, 9 min"
	# The event is the same wish, and is spent.
	NOW=120
	resend_event >again.json
	sendpin 0 again.json
	is "$(lines outbox)" 3
	is "$(jq -r .updatedParameterName <<<"$output")" StartValidation
	is "$(jq -r .updatedParameterValue <<<"$output")" ""
	is "$(value GeneratedPIN <<<"$output")" "$(value GeneratedPIN sent.json)"
	is "$(value PINExpires <<<"$output")" "$(value PINExpires sent.json)"
	is "$(value StartValidation <<<"$output")" ""
	NOW=240
	printf '%s\n' "$output" >out.json
	sendpin 0 out.json
	is "$output" "$(cat out.json)"
	is "$(lines outbox)" 3
	NOW=599
	try OK "$PIN" 1 out.json
}

@test "resend: once a minute" {
	needs_clock
	send_first
	for NOW in 0 59; do
		sendpin 75 --resend sent.json
	done
	is "$(lines outbox)" 1
	NOW=60
	sendpin 0 --resend sent.json
	is "$(lines outbox)" 2
	NOW=119
	sendpin 75 --resend sent.json
	is "$(lines outbox)" 2
	NOW=120
	sendpin 0 --resend sent.json
	is "$(lines outbox)" 3
}

@test "resend: no attempt is given back, and the expiry stays" {
	needs_clock
	send_first
	try wrong "$WRONG" 1
	try wrong "$WRONG" 2
	NOW=60
	sendpin 0 --resend sent.json
	printf '%s\n' "$output" >again.json
	try wrong "$WRONG" 3 again.json
	is "$(value PINAttempts <<<"$output")" 3
	try exhausted "$PIN" 4 again.json
	NOW=120
	sendpin 1 --resend sent.json
	has "$stderr" "no attempt is left"
	is "$(lines outbox)" 2
}

@test "resend: not when it was used, nor when it has expired" {
	needs_clock
	send_first
	try OK "$PIN" 1
	NOW=100
	sendpin 1 --resend sent.json
	has "$stderr" "not sent again: its PIN was used: begin a new task"
	resend_event >again.json
	sendpin 1 again.json
	has "$stderr" "not sent again: its PIN was used: begin a new task"
	is "$(lines outbox)" 1
	try used "$PIN" 2
	NOW=0
	rm -f ledger.db* outbox
	send_first
	NOW=599
	sendpin 0 --resend sent.json
	is "$(lines outbox)" 2
	try OK "$PIN" 1
	NOW=0
	rm -f ledger.db* outbox
	send_first
	NOW=600
	sendpin 1 --resend sent.json
	has "$stderr" "has expired"
	is "$(lines outbox)" 1
	try expired "$PIN" 1
}

@test "resend: a message promises no minute that the PIN has not" {
	needs_clock
	send_first
	NOW=541
	sendpin 1 --resend -m 'PIN {pin}, {minutes} min' sent.json
	has "$stderr" "expires in less than a minute, and the message gives minutes"
	is "$(lines outbox)" 1
	sendpin 0 --resend sent.json
	is "$(lines outbox)" 2
	NOW=0
	rm -f ledger.db* outbox
	send_first
	NOW=540
	sendpin 0 --resend -m 'PIN {pin}, {minutes} min' sent.json
	is "$(tail -n 1 outbox | jq -r .message)" "PIN $PIN, 1 min"
}

@test "resend: it counts, and is refused, by the same limits" {
	needs_clock
	send_first
	for i in 1 2 3 4; do
		NOW=$((i * 60))
		sendpin 0 --resend sent.json
	done
	is "$(lines outbox)" 5
	NOW=300
	sendpin 75 --resend sent.json
	is "$(value TwofaReason <<<"$output")" limit-number
	is "$(lines outbox)" 5
	# The PIN is as good as before.
	try OK "$PIN" 1
}

@test "resend: one that is not taken leaves the first as it was" {
	needs_clock
	customer t1 >t1.json
	driver --repeat
	sendpin 0 t1.json
	printf '%s\n' "$output" >sent.json
	PIN=$(pin_of truth)
	for outcome in retry rejected; do
		NOW=$((NOW + 60))
		driver --repeat --outcome "$outcome"
		runs_any twofa-sendpin -k key -s "$SENDER" --resend sent.json
		driver --repeat
		sendpin 0 t1.json
		is "$(value SMSSent <<<"$output")" Yes
		is "$(value GeneratedPIN <<<"$output")" \
			"$(value GeneratedPIN sent.json)"
	done
	is "$(lines truth)" 1
	try OK "$PIN" 1
}

runs_any() {
	run --separate-stderr timed "$@"
}

@test "resend: of what was never sent it is a first message" {
	customer t1 >t1.json
	sendpin 0 --resend t1.json
	is "$(lines outbox)" 1
	is "$(value SMSSent <<<"$output")" Yes
	customer t2 | twofa-task event StartValidation=Resend >t2.json
	sendpin 0 t2.json
	is "$(lines outbox)" 2
}

@test "resend without a ledger: 78" {
	customer t1 >t1.json
	sendpin 78 -l none --resend t1.json
	is "$output" ""
	[ ! -s outbox ]
}
