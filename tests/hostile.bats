#!/usr/bin/env bats
# What a hostile caller, an unlucky hour or a hasty hand tries with the ledger.
# shellcheck disable=SC2154,SC2034 # run sets stderr; NOW is for the helpers

load common
load ledger

setup() {
	setup_ledger
}

# --- a guess more ------------------------------------------------------------

@test "a clear PIN in the task is no oracle: a guess there costs an attempt" {
	send_first --clear-pin
	for n in 1 2 3 4 5; do
		guess=$(printf '12%d%d' "$n" "$n")
		[ "$guess" = "$PIN" ] && guess=1300
		state t1 CustomerIdentifier=123456 CustomerRecognized=Yes \
			SMSNumber=+447700900001 "GeneratedPIN=$guess" SMSSent=Yes |
			twofa-task set "PIN=$guess"
	done >guesses.json
	verify 1 --clear-pin guesses.json
	is "$(for n in 1 2 3 4 5; do
		sed -n ${n}p <<<"$output" | value TwofaReason
	done | uniq -c | tr -s ' \n' ' ')" " 3 forged 2 exhausted "
	is "$(sql 'SELECT attempts FROM pin')" 3
}

@test "what -p asks for is not the task's own entry: right once, then used" {
	send_first
	printf '0000' | twofa-task set PIN=@- sent.json >call.json
	printf '%s\n' "$PIN" >pin
	run -0 --separate-stderr twofa-verify -k key -p call.json <pin
	for n in 1 2; do
		run -1 --separate-stderr twofa-verify -k key -p call.json <pin
		is "$(value TwofaReason <<<"$output")" used
	done
}

@test "revoked: a verdict is not given again, and nothing is repeated" {
	send_first
	try OK "$PIN" 1
	twofa-ledger -k key revoke 123456 -m stolen
	try locked "$PIN" 1
	# Under way when it was revoked.
	driver --repeat --outcome unknown
	customer u1 +447700900002 234567 >u1.json
	sendpin 75 u1.json
	twofa-ledger -k key revoke 234567 -m stolen
	driver --repeat
	sendpin 1 u1.json
	is "$(value TwofaReason <<<"$output")" revoked
	is "$(lines truth)" 0
}

# --- a message more ------------------------------------------------------------

@test "an intent is made when the rate allows its message, not before" {
	for n in 1 2 3; do
		customer "t$n" "+4477009000$n$n"
	done >t.json
	sendpin 0 --rate 1/2s t.json
	is "$(lines outbox)" 3
	# Each is as old as its message: two seconds and more between them.
	is "$(sql 'SELECT count(*) FROM pin AS a JOIN pin AS b ON b.n = a.n + 1
		WHERE b.sent - a.sent >= 1')" 2
}

@test "what was sent already does not wait for the rate" {
	send_first
	customer t2 +447700900002 >new.json
	cat t1.json t1.json t1.json >old.json
	SECONDS=0
	sendpin 0 --rate 1/1h new.json old.json
	[ "$SECONDS" -lt 60 ]
	is "$(lines outbox)" 2
}

@test "a resend that failed leaves the first request to no sender" {
	needs_clock
	driver --repeat --outcome unknown
	customer b1 >b1.json
	sendpin 75 -f AAA b1.json
	NOW=70
	cp snd other
	SENDER=exec:./other
	sed 's/--outcome unknown/--outcome retry/' snd >other
	sendpin 75 -f BBB --resend b1.json
	NOW=80
	sed 's/--outcome unknown//' snd >other
	sendpin 69 -f BBB b1.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	is "$(lines truth)" 0
	is "$(lines requests)" 2
}

@test "of several resends the best that is known stays" {
	needs_clock
	driver
	customer r1 >r1.json
	sendpin 0 r1.json
	NOW=100
	driver --outcome unknown
	sendpin 69 --resend r1.json
	NOW=200
	driver --outcome retry
	sendpin 75 --resend r1.json
	driver
	# The first was taken: there is nothing to resolve, and nothing to send.
	sendpin 0 r1.json
	is "$(value SMSSent <<<"$output")" Yes
	is "$(lines truth)" 1
	runs 1 twofa-ledger -k key resolve "$(sql 'SELECT id FROM pin')" failed
}

@test "a ledger at rest is one file and its mark, and the file can be copied" {
	send_first
	is "$(ls ledger.db* | tr '\n' ' ')" "ledger.db ledger.db-mark "
	mkdir -m 700 moved
	cp ledger.db moved/ledger.db
	TWOFA_LEDGER=moved/ledger.db sendpin 0 t1.json
	is "$output" "$(cat sent.json)"
	is "$(lines outbox)" 1
}

@test "a memory under a key that is gone: 78, and nothing is sent" {
	driver --outcome unknown
	customer u1 >u1.json
	sendpin 69 u1.json
	printf '%s\n' "$output" >u2.json
	is "$(lines requests)" 1
	runs 78 twofa-sendpin -k newer -l newer.db -s "$SENDER" u2.json
	has "$stderr" "its PIN is sealed with key"
	is "$(lines requests)" 1
}

@test "a sender that cannot be opened leaves nothing open" {
	needs_clock
	customer f1 >f1.json
	SENDER=file:none/outbox
	sendpin 78 f1.json
	is "$(sql 'SELECT count(*) FROM request')" 0
	NOW=400
	SENDER=file:outbox
	sendpin 0 f1.json
	is "$(lines outbox)" 1
}

# --- an unlucky hour -----------------------------------------------------------

@test "an outcome waits for a ledger that is in use" {
	driver --delay 1
	mkfifo commands
	customer w1 >w1.json
	sendpin 0 </dev/null
	sqlite3 ledger.db <commands >/dev/null &
	exec 9>commands
	timed twofa-sendpin -k key -s "$SENDER" w1.json >out 9>&- &
	pid=$!
	eventually test -s requests
	echo 'BEGIN IMMEDIATE;' >&9
	# Longer than one wait of the program.
	sleep 7
	exec 9>&-
	wait "$pid"
	is "$(value SMSSent out)" Yes
	is "$(sql 'SELECT state FROM pin')" sent
}

@test "a dry run changes nothing: not the key that the ledger is sealed with" {
	send_first
	before=$(md5sum <ledger.db)
	{
		openssl rand -hex 32
		cat key
	} >new
	chmod 600 new && mv new key
	sendpin 0 --dry-run </dev/null
	runs 0 twofa-ledger -k key list
	is "$(md5sum <ledger.db)" "$before"
}

@test "a row's number is not given out again while something tells of it" {
	needs_clock
	send_first
	NOW=172800
	try expired "$PIN" 1
	NOW=180000
	TWOFA_KEEP=1d runs 0 twofa-ledger -k key purge
	customer t2 +447700900002 654321 >t2.json
	sendpin 0 t2.json
	runs 0 twofa-ledger -k key show t2
	hasnt "$output" expired
	runs 0 twofa-ledger -k key show t1
	has "$output" expired
}

@test "a service's id that is no text does not break the export" {
	driver --raw "'{\"id\":\"%s\",\"outcome\":\"accepted\",\"messageId\":\"$(
		printf 'é%.0s' $(seq 200))\"}'"
	customer e1 >e1.json
	sendpin 0 e1.json
	runs 0 twofa-ledger -k key export
	is "$(jq -s length <<<"$output")" 2
	runs 64 twofa-ledger -k key revoke 123456 -m $'M\374ller'
}

@test "a directory of somebody else's: 77" {
	[ "$(id -u)" = 0 ] || skip "only root can give a directory away"
	send_first
	mkdir theirs
	cp ledger.db theirs
	chown nobody theirs
	TWOFA_LEDGER=theirs/ledger.db sendpin 77 t1.json
	has "$stderr" "its directory belongs to another user"
}
