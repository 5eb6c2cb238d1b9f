#!/usr/bin/env bats
# What the ledger makes of twofa-verify: verdicts, locks, keys, other ledgers.
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
}

# --- used once --------------------------------------------------------------

@test "the right PIN, once; the same entry again gets the same verdict" {
	send_first
	try OK "$PIN" 1
	cp keyed.json first.json
	before=$(counters)
	first=$output
	for _ in 1 2; do
		verify 0 first.json
		is "$output" "$first"
	done
	try used "$PIN" 2
	is "$(value GeneratedPIN <<<"$output")" ""
	try used "$WRONG" 3
	try used "$WRONG" 1
	is "$(counters)" "$before"
}

@test "a wrong PIN costs one attempt; the same entry again costs nothing" {
	send_first
	try wrong "$WRONG" 1
	first=$output
	is "$(value PINAttempts <<<"$output")" 1
	for _ in 1 2 3 4; do
		try wrong "$WRONG" 1
		is "$output" "$first"
	done
	is "$(sql 'SELECT attempts FROM pin')" 1
	# The same digits at another prompt are another try; so are others.
	try wrong "$WRONG" 2
	try wrong "$((PIN % 9000 + 1000))" 1
	is "$(value PINAttempts <<<"$output")" 3
	try exhausted "$PIN" 4
	# What was answered is still answered so.
	try wrong "$WRONG" 1
	is "$(sql 'SELECT attempts FROM pin')" 3
	is "$(sql 'SELECT count(*) FROM wrong')" 3
}

@test "without a PINEntry nothing is the same try" {
	send_first
	try wrong "$WRONG" ''
	try wrong "$WRONG" ''
	try OK "$PIN" ''
	try used "$PIN" ''
	is "$(sql 'SELECT count(*) FROM verdict')" 0
}

@test "a PINEntry too long to keep is as good as none" {
	send_first
	long=$(printf '%0129d' 0)
	try wrong "$WRONG" "$long"
	try wrong "$WRONG" "$long"
	is "$(sql 'SELECT attempts FROM pin')" 2
	is "$(sql 'SELECT count(*) FROM verdict')" 0
}

@test "the verdict is not given again after the PIN expired" {
	needs_clock
	send_first
	try OK "$PIN" 1
	NOW=599
	try OK "$PIN" 1
	NOW=600
	try used "$PIN" 1
}

@test "many tries in one input are judged one after the other" {
	send_first
	{
		keyed "$WRONG" 1
		keyed "$WRONG" 1
		keyed "$PIN" 2
		keyed "$PIN" 2
		keyed "$PIN" 3
	} >all.json
	verify 1 all.json
	is "$(jq -r '[.taskInformation.customContextParameters[] |
		select(.name == "TwofaReason" or .name == "ValidationCheck") |
		.value] | join(" ")' <<<"$output" | tr '\n' ,)" \
		"Failed wrong,Failed wrong,OK,OK,Failed used,"
}

@test "charged before it is compared: a mark that was lost is made good" {
	send_first
	try wrong "$WRONG" 1
	sql "CREATE TRIGGER t BEFORE UPDATE OF used ON pin
		BEGIN SELECT RAISE(ABORT, 'no room'); END"
	keyed "$PIN" 2 >k.json
	verify 74 k.json
	has "$stderr" "ledger.db: no room"
	is "$(value ValidationCheck <<<"$output")" ""
	is "$(value PIN <<<"$output")" "$PIN"
	charged='SELECT attempts, used, (SELECT count(*) FROM wrong),
		(SELECT wrong FROM subject), (SELECT sum(ok) FROM verdict) FROM pin'
	is "$(sql "$charged")" "2|0|2|2|0"
	try wrong "$WRONG" 1
	is "$(sql "$charged")" "2|0|2|2|0"
	sql 'DROP TRIGGER t'
	verify 0 k.json
	is "$(value PINAttempts <<<"$output")" 1
	is "$(sql "$charged")" "2|1|1||1"
	verify 0 k.json
	is "$(sql "$charged")" "2|1|1||1"
	is "$(sql "SELECT outcome || ' ' || coalesce(reason, '-') FROM history
		WHERE what = 'verify'" | tr '\n' ,)" \
		"wrong -,ok -,again wrong,again ok,again ok,"
}

@test "a ledger that cannot be charged compares nothing" {
	send_first
	for table in pin wrong subject verdict history; do
		sql "CREATE TRIGGER t BEFORE INSERT ON $table
			BEGIN SELECT RAISE(ABORT, 'no room'); END;
			CREATE TRIGGER u BEFORE UPDATE ON $table
			BEGIN SELECT RAISE(ABORT, 'no room'); END"
		for pin in "$PIN" "$WRONG"; do
			keyed "$pin" "$table" >k.json
			verify 74 k.json
			is "$(value PIN <<<"$output")" "$pin"
			is "${output//"$pin"/-}$stderr" "${first:=${output//"$pin"/-}$stderr}"
		done
		unset first
		sql 'DROP TRIGGER t; DROP TRIGGER u'
	done
	is "$(sql 'SELECT attempts, used FROM pin')" "0|0"
	is "$(sql "SELECT count(*) FROM history WHERE what = 'verify'")" 0
	try OK "$PIN" last
}

@test "a right PIN among wrong ones of other customers, in one input" {
	send_first
	cp sent.json a.json
	right=$PIN
	customer t2 +447700900002 654321 >t2.json
	sendpin 0 t2.json
	printf '%s\n' "$output" >b.json
	other=$(pin_of outbox)
	{
		keyed "$(other_pin "$other")" 1 b.json
		keyed "$right" 1 a.json
		keyed "$other" 2 b.json
		keyed "$(other_pin "$right")" 2 a.json
	} >all.json
	verify 1 all.json
	is "$(jq -r '[.taskInformation.customContextParameters[] |
		select(.name == "TwofaReason" or .name == "ValidationCheck" or
		.name == "PINAttempts") | .value] | join(" ")' <<<"$output" |
		tr '\n' ,)" "1 Failed wrong,OK,1 OK,Failed used,"
	is "$(sql 'SELECT attempts, used FROM pin ORDER BY n' | tr '\n' ,)" \
		"1|1,2|1,"
	is "$(sql 'SELECT count(*) FROM wrong')" 1
}

@test "what is malformed costs nothing" {
	send_first
	before=$(counters)
	for entry in 123 12345 abcd ''; do
		keyed "$entry" 1 >k.json
		verify 1 k.json
	done
	is "$(counters)" "$before"
	try OK "$PIN" 2
}

@test "PINAttempts of a task is written, never read" {
	send_first
	for forged in 0 2 3 99 x -1; do
		twofa-task set "PINAttempts=$forged" sent.json >forged.json
		keyed "$WRONG" same forged.json >k.json
		verify 1 k.json
		is "$(value TwofaReason <<<"$output")" wrong
		is "$(value PINAttempts <<<"$output")" 1
	done
	for n in 2 3; do
		twofa-task set PINAttempts=0 sent.json >forged.json
		try wrong "$WRONG" "$n" forged.json
		is "$(value PINAttempts <<<"$output")" "$n"
	done
	twofa-task set PINAttempts=0 sent.json >forged.json
	try exhausted "$PIN" 4 forged.json
}

# --- other ledgers ----------------------------------------------------------

@test "under another ledger: 78; under a lost one: 78" {
	send_first
	keyed "$PIN" 1 >k.json
	customer t2 >t2.json
	sendpin 0 -l other.db t2.json
	verify 78 -l other.db k.json
	has "$stderr" "its PIN was sent with ledger $(sql 'SELECT id FROM meta')"
	is "$(value TwofaReason <<<"$output")" configuration
	is "$(value ValidationCheck <<<"$output")" ""
	is "$(value PIN <<<"$output")" "$PIN"
	mkdir away
	mv ledger.db* away
	verify 78 k.json
	is "$output" ""
	has "$stderr" "no ledger: twofa-sendpin makes it"
	[ ! -e ledger.db ]
	: >ledger.db
	chmod 600 ledger.db
	verify 78 k.json
	has "$stderr" "nothing in it: twofa-sendpin makes the ledger"
	# A new one of the same name is another one.
	rm ledger.db*
	sendpin 0 t2.json
	verify 78 k.json
	rm ledger.db*
	cp away/* .
	verify 0 k.json
}

@test "an old copy of the ledger: it does not know the PIN" {
	customer t0 +447700900009 >t0.json
	sendpin 0 t0.json
	mkdir old
	cp ledger.db* old
	send_first
	mkdir new
	cp ledger.db* new
	rm ledger.db*
	cp old/* .
	before=$(counters)
	try unknown-pin "$PIN" 1
	is "$(value GeneratedPIN <<<"$output")" "$(value GeneratedPIN sent.json)"
	try unknown-pin "$WRONG" 2
	is "$(counters)" "$before"
	# It was not compared: the PIN is not used up.
	rm ledger.db*
	cp new/* .
	try OK "$PIN" 3
}

@test "sent without a ledger, verified with one: 78; and the reverse" {
	customer t0 >t0.json
	sendpin 0 t0.json
	customer t1 >t1.json
	sendpin 0 -l none t1.json
	printf '%s\n' "$output" >sent.json
	PIN=$(pin_of outbox)
	keyed "$PIN" 1 >k.json
	verify 78 k.json
	has "$stderr" "sent without a ledger"
	is "$(value PIN <<<"$output")" "$PIN"
	verify 0 -l none k.json
	rm outbox
	send_first
	keyed "$PIN" 1 >k.json
	verify 78 -l none k.json
	has "$stderr" "was sent with ledger"
	verify 0 k.json
}

@test "a file that is no ledger: 78, and it stays as it was" {
	customer t1 >t1.json
	sendpin 0 -l good.db t1.json
	printf 'no database, but long enough to be looked at %0200d' 0 >text
	sqlite3 foreign.db 'CREATE TABLE t(x)'
	cp good.db later.db
	sqlite3 later.db 'PRAGMA user_version = 99'
	chmod 600 text foreign.db later.db
	for file in text foreign.db later.db; do
		cp "$file" copy
		sendpin 78 -l "$file" t1.json
		is "$output" ""
		verify 78 -l "$file" t1.json
		cmp "$file" copy
	done
	is "$(lines outbox)" 1
}

# --- forged -----------------------------------------------------------------

@test "a forged task locks nobody out and leaves no trace" {
	send_first
	customer t2 +447700900002 654321 >t2.json
	sendpin 0 t2.json
	printf '%s\n' "$output" >other.json
	before=$(counters)
	history=$(sql 'SELECT count(*) FROM history')
	seal=$(value GeneratedPIN sent.json)
	other=$(value GeneratedPIN other.json)
	for i in $(seq 6); do
		case $i in
		1) change GeneratedPIN "$other" ;;
		2) change GeneratedPIN "${seal%?????}AAAAA" ;;
		3) change SMSNumber +447700900003 ;;
		4) change CustomerIdentifier 654321 ;;
		5) change GeneratedPIN 1234 ;;
		6) jq -c '.taskId = "t9"' sent.json >forged.json ;;
		esac
		for j in 1 2 3 4; do
			try forged "$WRONG" "$i.$j" forged.json
		done
	done
	is "$(counters)" "$before"
	is "$(sql 'SELECT count(*) FROM history')" "$history"
	try OK "$PIN" 1
	try OK "$(pin_of outbox)" 1 other.json
}

# change NAME VALUE: sent.json with that parameter as forged.json.
change() {
	jq -c --arg n "$1" --arg v "$2" \
		'(.taskInformation.customContextParameters[] |
		select(.name == $n) | .value) = $v' sent.json >forged.json
}

# --- keys -------------------------------------------------------------------

rotate() {
	{
		od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
		echo
		cat key
	} >key.new
	chmod 600 key.new
	mv key.new key
}

@test "a new key in front: counters stay, old PINs verify, the ledger follows" {
	send_first
	try wrong "$WRONG" 1
	before=$(counters)
	old=$(sql 'SELECT key_id FROM meta')
	rotate
	try wrong "$WRONG" 1
	is "$(counters)" "$before"
	# Nobody can tell anew for what was told already.
	sendpin 0 t1.json
	new=$(sql 'SELECT key_id FROM meta')
	[ "$old" != "$new" ]
	is "$(value PINAttempts <<<"$output")" 1
	is "$(twofa-task set PINAttempts= <<<"$output")" "$(cat sent.json)"
	is "$(lines outbox)" 1
	for i in 2 3 4 5; do
		customer "t$i" >t.json
		sendpin 0 t.json
	done
	customer t6 >t.json
	sendpin 75 t.json
	is "$(value TwofaReason <<<"$output")" limit-number
	try OK "$PIN" 2
}

@test "the old key taken away too early: 78 names it" {
	send_first
	id=$(sql 'SELECT key_id FROM meta')
	cp key old
	rotate
	cp key both
	head -n 1 both >key
	keyed "$PIN" 1 >k.json
	verify 78 k.json
	has "$stderr" "sealed with key $id, which is not in the key file"
	is "$output" ""
	sendpin 78 t1.json
	has "$stderr" "sealed with key $id"
	is "$output" ""
	# Once the ledger has followed, only the PIN wants it.
	cp both key
	sendpin 0 t1.json
	head -n 1 both >key
	verify 78 k.json
	has "$stderr" "its PIN is sealed with key $id"
	is "$(value TwofaReason <<<"$output")" configuration
	cp both key
	verify 0 k.json
	is "$(lines outbox)" 1
}

# --- locked -----------------------------------------------------------------

# wrong_ones N IDENTIFIER NUMBER FIRST: so many wrong PINs, each for a new
# task, from task FIRST on. Nothing limits sending here.
wrong_ones() {
	local i
	for i in $(seq "$4" $(($4 + $1 - 1))); do
		customer "w$i" "$3" "$2"
	done >w.json
	sendpin_freely w.json
	printf '%s\n' "$output" >w.sent
	jq -r '.id + " " + .message' outbox |
		tail -n "$1" | grep -oE '[0-9]+$' >w.pins
	paste -d ' ' w.pins w.sent | while read -r pin task; do
		jq -c --arg pin "$(other_pin "$pin")" \
			'.taskInformation.customContextParameters +=
			[{name: "PIN", value: $pin}]' <<<"$task"
	done >w.keyed
}

sendpin_freely() {
	TWOFA_LIMIT_NUMBER=none TWOFA_LIMIT_CUSTOMER=none \
		TWOFA_LIMIT_WRONG=none sendpin 0 -j 1 "$@"
}

@test "ten wrong PINs in a day lock a customer, over all tasks and numbers" {
	needs_clock
	wrong_ones 5 123456 +447700900001 1
	verify 1 w.keyed
	NOW=3600
	wrong_ones 4 123456 +447700900002 6
	verify 1 w.keyed
	customer r +447700900003 >r.json
	sendpin_freely r.json
	printf '%s\n' "$output" >r.sent
	right=$(pin_of outbox)
	customer s +447700900003 654321 >s.json
	sendpin_freely s.json
	printf '%s\n' "$output" >s.sent
	# Nine so far: the right one still is.
	customer q +447700900003 >q.json
	sendpin_freely q.json
	printf '%s\n' "$output" >q.sent
	try OK "$(pin_of outbox)" 1 q.sent
	try wrong "$(other_pin "$right")" 1 r.sent
	try locked "$right" 2 r.sent
	is "$(value GeneratedPIN <<<"$output")" "$(value GeneratedPIN r.sent)"
	is "$(sql 'SELECT attempts FROM pin ORDER BY attempts DESC LIMIT 1')" 1
	# Another customer, and the verdict that was given, are not.
	try wrong "$(other_pin "$right")" 1 r.sent
	# shellcheck disable=SC2016 # jq's
	try OK "$(jq -r .message outbox | tail -n 2 | head -n 1 |
		grep -oE '[0-9]+$')" 1 s.sent
	# The first five count until a day after: then there are five.
	NOW=86399
	customer u +447700900003 >u.json
	sendpin_freely u.json
	printf '%s\n' "$output" >u.sent
	right=$(pin_of outbox)
	try locked "$right" 1 u.sent
	# shellcheck disable=SC2034 # timed reads it
	NOW=86400
	try OK "$right" 1 u.sent
}

# One more customer, with a task of that name: NAME.sent and NAME.pin.
send_to() {
	customer "$1" "+4477009001$2" "8000$2" >t.json
	sendpin_freely t.json
	printf '%s\n' "$output" >"$1.sent"
	pin_of outbox >"$1.pin"
}

@test "limit_wrong_all: who gave a wrong one is not compared, others are" {
	needs_clock
	export TWOFA_LIMIT_WRONG_ALL=3/10m TWOFA_LOG=log
	send_to a 11
	send_to b 12
	send_to c 13
	send_to d 14
	try wrong "$(other_pin "$(cat a.pin)")" 1 a.sent
	try wrong "$(other_pin "$(cat b.pin)")" 1 b.sent
	try wrong "$(other_pin "$(cat b.pin)")" 2 b.sent
	before=$(counters)
	for pin in "$(cat a.pin)" "$(other_pin "$(cat a.pin)")"; do
		try limit-wrong-all "$pin" 2 a.sent
		is "$(value GeneratedPIN <<<"$output")" "$(value GeneratedPIN a.sent)"
		is "$(value PINAttempts <<<"$output")" 1
	done
	is "$(jq -r .event log | tail -n 1)" excess_rate_limit_exceeded
	is "$(counters)" "$before"
	# What was told before is told again.
	try wrong "$(other_pin "$(cat a.pin)")" 1 a.sent
	# Who gave none is compared: once.
	try OK "$(cat c.pin)" 1 c.sent
	try wrong "$(other_pin "$(cat d.pin)")" 1 d.sent
	try limit-wrong-all "$(cat d.pin)" 2 d.sent
	# No message is paid for that could not be compared.
	customer more +447700900111 800011 >more.json
	TWOFA_LOG='' sendpin 1 more.json
	is "$(value TwofaReason <<<"$output")" limit-wrong-all
	is "$(value SMSSent <<<"$output")" No
	customer more +447700900113 800013 >more.json
	TWOFA_LOG='' sendpin 0 more.json
	runs 0 twofa-ledger -k key list
	is "$(cut -f 4 <<<"$output" | tr '\n' ' ')" "limited limited used limited live "
	runs 0 twofa-ledger -k key show 800011
	has "$output" ": all customers together gave too many wrong PINs, and this one gave some: wait, or twofa-ledger unlock"
	runs 0 twofa-ledger -k key unlock 800014 -m asked
	try OK "$(cat d.pin)" 3 d.sent
	NOW=599
	try wrong "$(other_pin "$(cat b.pin)")" 2 b.sent
	# shellcheck disable=SC2034 # timed reads it
	NOW=600
	TWOFA_LIMIT_WRONG_ALL=1/10m,9/1h try expired "$(cat a.pin)" 2 a.sent
	TWOFA_LIMIT_WRONG_ALL=x verify 78 a.sent
	has "$stderr" TWOFA_LIMIT_WRONG_ALL
}

@test "limit_wrong is the site's to set" {
	send_first
	TWOFA_LIMIT_WRONG=1/1m try wrong "$WRONG" 1
	TWOFA_LIMIT_WRONG=1/1m try locked "$PIN" 2
	TWOFA_LIMIT_WRONG=2/1m try OK "$PIN" 2
	TWOFA_LIMIT_WRONG=x verify 78 sent.json
	has "$stderr" TWOFA_LIMIT_WRONG
}

@test "a hundred wrong PINs in a row disable a number; a right one ends a row" {
	export TWOFA_LIMIT_WRONG=none
	wrong_ones 99 123456 +447700900001 1
	verify 1 w.keyed
	is "$(sql 'SELECT max(wrong) FROM subject')" 99
	customer r >r.json
	sendpin_freely r.json
	printf '%s\n' "$output" >r.sent
	try OK "$(pin_of outbox)" 1 r.sent
	is "$(sql 'SELECT count(*) FROM subject')" 0
	# Whoever is asked for the number, whatever customer.
	wrong_ones 99 654321 +447700900001 100
	verify 1 w.keyed
	for i in 1 2; do
		customer "n$i" >"n$i.json"
		sendpin_freely "n$i.json"
		printf '%s\n' "$output" >"n$i.sent"
	done
	right=$(pin_of outbox)
	try wrong "$(other_pin "$right")" 1 n2.sent
	try locked "$right" 2 n2.sent
	customer m >m.json
	TWOFA_LIMIT_NUMBER=none TWOFA_LIMIT_CUSTOMER=none sendpin 1 m.json
	is "$(value TwofaReason <<<"$output")" locked
	is "$(value SMSSent <<<"$output")" No
	# The customer at another number is not.
	customer m +447700900002 >m.json
	sendpin_freely m.json
}
