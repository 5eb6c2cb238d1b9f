#!/usr/bin/env bats
# twofa-ledger: what was sent and tried, from the shell.
# shellcheck disable=SC2154 # run sets stderr

load common

NUMBER=+447700900001
CUSTOMER=123456

setup() {
	setup_dir
	export TWOFA_LEDGER=$BATS_TEST_TMPDIR/ledger.db TWOFA_KEY=key
	recognised call-one >t.json
}

sql() {
	sqlite3 ledger.db "$1"
}

send() { # FILE [OPTION...]
	twofa-sendpin -s file:outbox "${@:2}" "$1"
}

# A PIN was sent to the customer of call-one: sent.json, $PIN, $WRONG, $ID.
one_sent() {
	send t.json >sent.json
	PIN=$(pin_of outbox)
	WRONG=$(other_pin "$PIN")
	ID=$(jq -r .id outbox)
}

# Nobody knows whether the message went out: unknown.json, $ID.
one_unknown() {
	printf '#!/bin/sh\nexit 9\n' >lost
	chmod +x lost
	run -69 --separate-stderr twofa-sendpin -s command:./lost t.json
	printf '%s\n' "$output" >unknown.json
	ID=$(sql 'SELECT request FROM pin')
}

try() { # PIN [STATUS]
	run "-${2:-1}" twofa-verify <(enter "$1")
}

# Times and ids by their names.
plain() {
	sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' \
		-e "s/$ID/ID/g; s/PIN ${ID:0:8}/PIN SHORT/g" \
		-e 's/"(task|customer|number)Hash":"[0-9a-f]{32}"/"\1Hash":"HASH"/g' \
		-e "s/ by $(id -un)$/ by ME/; s/\"who\":\"$(id -un)\"/\"who\":\"ME\"/"
}

# Nothing of the caller is in it.
is_discreet() { # TEXT
	hasnt "$1" "${NUMBER#+}"
	hasnt "$1" "$CUSTOMER"
	hasnt "$1" call-one
}

@test "show: what happened, and what to do next" {
	one_sent
	try "$WRONG"
	for subject in call-one "$CUSTOMER" "$NUMBER"; do
		run -0 --separate-stderr twofa-ledger show "$subject"
		is "$stderr" ""
		is "$(plain <<<"$output")" "\
TIME  send     intent    PIN SHORT  to +**********01  by ME
TIME  send     sent      PIN SHORT  to +**********01  by ME
TIME  verify   wrong     2 attempts left  PIN SHORT  to +**********01  by ME
PIN SHORT: ask the caller for the PIN: 2 of 3 attempts left, until TIME"
		is_discreet "$output"
	done
	# Times are of today, in UTC.
	has "$output" "$(date -u +%Y-%m-)"
}

@test "show: where a PIN stands" {
	next() {
		twofa-ledger show call-one | tail -n 1 | plain
	}
	one_sent
	try "$WRONG"
	try "$WRONG"
	try "$WRONG"
	is "$(next)" "PIN SHORT: the PIN is exhausted: begin a new task"
	sql 'UPDATE pin SET attempts = 0, expires = sent + 1'
	sleep 1
	is "$(next)" "PIN SHORT: the PIN is expired: begin a new task"
	sql "UPDATE pin SET state = 'rejected'"
	is "$(next)" "PIN SHORT: the service does not take this number: correct it and begin a new task"
	sql "UPDATE pin SET state = 'retry'"
	is "$(next)" "PIN SHORT: not sent: run twofa-sendpin again"
	sql 'UPDATE pin SET used = 1, attempts = 1'
	is "$(next)" "PIN SHORT: verified: nothing is left to do"
}

@test "show: nothing about it is 1" {
	one_sent
	for subject in call-two 654321 +447700900002; do
		run -1 --separate-stderr twofa-ledger show "$subject"
		is "$output" ""
		is "$stderr" "twofa-ledger: the ledger has nothing about that; give a taskId, a customer's identifier or a +number"
	done
}

@test "show -: from standard input, and at a terminal with a question" {
	one_sent
	run -0 --separate-stderr twofa-ledger show - <<<"$NUMBER"
	is "$stderr" ""
	has "$output" "ask the caller for the PIN"
	run -0 twofa-ledger show - < <(printf '%s\r\n' "$NUMBER")
	run -64 --separate-stderr twofa-ledger show - </dev/null
	has "$stderr" "give a taskId, a customer's identifier or a +number"
	run -0 python3 - <<-'END'
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp("twofa-ledger", ["twofa-ledger", "show", "-"])
		seen = b""
		try:
		    while True:
		        chunk = os.read(fd, 4096)
		        if not chunk:
		            break
		        if b"+number: " in seen + chunk and b"+number: " not in seen:
		            os.write(fd, b"+447700900001\n")
		        seen += chunk
		except OSError:
		    pass
		sys.stdout.write(seen.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	has "$output" "task, customer or +number: "
	has "$output" "ask the caller for the PIN"
}

@test "list: one PIN a line, columns for pipes" {
	one_sent
	run -0 --separate-stderr twofa-ledger list
	is "$stderr" ""
	is "$(plain <<<"$output")" $'TIME\tID\tsent\tlive\t0/3\t+**********01'
	try "$PIN" 0
	recognised call-two >two.json
	printf '#!/bin/sh\nexit 75\n' >busy
	chmod +x busy
	run -75 twofa-sendpin -s command:./busy two.json
	run -0 twofa-ledger list
	is "$(wc -l <<<"$output")" 2
	is "$(cut -f 3-5 <<<"$output" | sort)" $'retry\tunsent\t0/3\nsent\tused\t1/3'
	is "$(awk -F'\t' '{ print NF }' <<<"$output" | sort -u)" 6
	# A reader that has seen enough is no bug.
	run bash -c 'set -o pipefail; twofa-ledger list | head -c 0'
	hasnt "$output" "bug"
}

@test "an empty ledger: nothing to list or export, and it is whole" {
	send /dev/null
	run -0 --separate-stderr twofa-ledger list
	is "$output$stderr" ""
	run -0 --separate-stderr twofa-ledger export
	is "$output$stderr" ""
	run -0 --separate-stderr twofa-ledger check
	is "$output" "whole: 0 PINs, 0 sends of unknown outcome, 0 events"
}

@test "export: each event is an object" {
	one_sent
	try "$WRONG"
	twofa-ledger revoke "$CUSTOMER" -m 'lost telephone'
	run -0 --separate-stderr twofa-ledger export
	is "$stderr" ""
	to='"pinId":"ID","number":"+**********01"'
	hashes='"taskHash":"HASH","customerHash":"HASH","numberHash":"HASH"'
	is "$(plain <<<"$output")" "\
{\"time\":\"TIME\",\"what\":\"send\",\"outcome\":\"intent\",$to,\"who\":\"ME\",$hashes}
{\"time\":\"TIME\",\"what\":\"send\",\"outcome\":\"sent\",$to,\"who\":\"ME\",$hashes}
{\"time\":\"TIME\",\"what\":\"verify\",\"outcome\":\"wrong\",$to,\"attemptsLeft\":2,\"who\":\"ME\",$hashes}
{\"time\":\"TIME\",\"what\":\"revoke\",\"outcome\":\"done\",\"reason\":\"lost telephone\",\"who\":\"ME\",\"customerHash\":\"HASH\"}"
	is_discreet "$output"
	# The same customer has the same hash, and is not the task.
	is "$(jq -r .customerHash <<<"$output" | sort -u | wc -l)" 1
	is "$(jq -r '.taskHash, .customerHash, .numberHash | select(.)' \
		<<<"$output" | sort -u | wc -l)" 3
}

@test "check: what is in it; planted damage is 1 and said" {
	one_sent
	run -0 --separate-stderr twofa-ledger check
	is "$stderr" ""
	is "$output" "whole: 1 PIN, 0 sends of unknown outcome, 2 events"
	damage() { # SQL MESSAGE
		cp ledger.db kept.db
		sql "$1"
		run -1 --separate-stderr twofa-ledger check
		is "$output" ""
		is "$stderr" "twofa-ledger: the ledger is damaged: $2"
		mv kept.db ledger.db
	}
	damage 'UPDATE pin SET attempts = max_attempts + 1' \
		"more attempts than a PIN had"
	damage 'UPDATE pin SET used = 1' "a PIN that was used without an attempt"
	damage 'UPDATE pin SET expires = sent' \
		"a PIN that expired before it was sent"
	damage "INSERT INTO verdict(pin, entry, keyed, ok)
		VALUES(1, 'e', x'00', 1), (1, 'f', x'00', 1)" \
		"a PIN that was right twice"
	damage 'UPDATE pin SET requested = requested + 3600' \
		"a message later than the latest time"
	run -0 twofa-ledger check
}

@test "check: a page that is overwritten is 1 or 74, and nothing else goes on" {
	one_sent
	size=$(stat -c %s ledger.db)
	for ((at = 4096; at < size; at += 4096)); do
		cp ledger.db broken.db
		dd if=/dev/urandom of=broken.db bs=4096 count=1 conv=notrunc \
			seek=$((at / 4096)) status=none
		run --separate-stderr twofa-ledger check -l broken.db
		case $status in
		1 | 74) ;;
		*)
			echo "page $((at / 4096)): status $status"
			return 1
			;;
		esac
		has "$stderr" damaged
	done
	head -c 4096 /dev/urandom >broken.db
	run --separate-stderr twofa-ledger check -l broken.db
	case $status in 74 | 78) ;; *) return 1 ;; esac
}

@test "resolve failed: it is sent anew, and the old PIN is nobody's" {
	one_unknown
	run -0 twofa-ledger show call-one
	has "$(plain <<<"$output")" \
		"ask the customer, then twofa-ledger resolve ID sent or failed"
	run -0 --separate-stderr twofa-ledger resolve "$ID" failed
	is "$output$stderr" ""
	# Once is enough.
	run -1 --separate-stderr twofa-ledger resolve "$ID" failed
	is "$stderr" "twofa-ledger: no send of unknown outcome has that id; see twofa-ledger list"
	run -0 twofa-ledger show call-one
	has "$output" "not sent: run twofa-sendpin again"
	send unknown.json >sent.json
	is "$(value SMSSent sent.json)" Yes
	[ "$(value GeneratedPIN sent.json)" != "$(value GeneratedPIN unknown.json)" ]
	is "$(wc -l <outbox)" 1
	run -1 twofa-verify <(enter "$(pin_of outbox)" unknown.json)
	is "$(value TwofaReason <<<"$output")" unknown-pin
	run -0 twofa-verify <(enter "$(pin_of outbox)" sent.json)
}

@test "resolve sent: SMSSent is Yes without another message" {
	one_unknown
	twofa-ledger resolve "$ID" sent
	send unknown.json >sent.json
	is "$(value SMSSent sent.json)" Yes
	is "$(value GeneratedPIN sent.json)" "$(value GeneratedPIN unknown.json)"
	[ ! -s outbox ]
	run -0 twofa-ledger show "$CUSTOMER"
	has "$(plain <<<"$output")" \
		"TIME  resolve  sent      PIN SHORT  to +**********01  by ME"
}

@test "resolve: not what is known, not what is not there" {
	one_sent
	run -1 twofa-ledger resolve "$ID" failed
	run -1 twofa-ledger resolve 00000000-0000-4000-8000-000000000000 sent
	run -64 twofa-ledger resolve "' OR 1=1 --" sent
	run -64 --separate-stderr twofa-ledger resolve "$ID" perhaps
	is "$stderr" "twofa-ledger: say sent or failed, not 'perhaps'"
	is "$(sql 'SELECT state FROM pin')" sent
}

@test "a customer who is locked by wrong PINs, until unlock" {
	export TWOFA_LIMIT_WRONG=1/1d
	one_sent
	try "$WRONG"
	try "$PIN"
	is "$(value TwofaReason <<<"$output")" locked
	run -0 --separate-stderr twofa-ledger unlock "$CUSTOMER" -m 'he called'
	is "$output$stderr" ""
	try "$PIN" 0
}

@test "unlock by the number forgets its customers' wrong PINs, too" {
	export TWOFA_LIMIT_WRONG=1/1d
	one_sent
	try "$WRONG"
	twofa-ledger unlock - -m 'she called' <<<"$NUMBER"
	try "$PIN" 0
}

@test "a number that is disabled by wrong PINs in a row, until unlock" {
	one_sent
	try "$WRONG"
	sql 'UPDATE subject SET wrong = 100'
	try "$PIN"
	is "$(value TwofaReason <<<"$output")" locked
	recognised call-two >two.json
	run -1 send two.json
	is "$(value TwofaReason <<<"$output")" locked
	run -0 twofa-ledger list
	has "$output" $'\tblocked\t'
	twofa-ledger unlock "$CUSTOMER" -m 'he called'
	try "$PIN" 0
}

@test "revoke: no message, no verification, until unlock of the same" {
	one_sent
	recognised call-two >two.json
	for subject in "$CUSTOMER" "$NUMBER"; do
		run -0 --separate-stderr twofa-ledger revoke "$subject" -m stolen
		is "$output$stderr" ""
		run -1 send two.json
		is "$(value SMSSent <<<"$output")" No
		is "$(value TwofaReason <<<"$output")" revoked
		try "$PIN"
		is "$(value TwofaReason <<<"$output")" locked
		run -0 twofa-ledger show call-one
		has "$output" "customer or number is revoked or disabled: twofa-ledger unlock, once that is right"
		run -0 twofa-ledger show "$subject"
		has "$(plain <<<"$output")" \
			"TIME  revoke   done      stolen"
		twofa-ledger unlock "$subject" -m found
	done
	# Not twice the same word for two things: the customer's is not the number's.
	twofa-ledger revoke "$CUSTOMER" -m stolen
	run -1 twofa-ledger unlock "$NUMBER" -m found
	run -1 send two.json
	is "$(value TwofaReason <<<"$output")" revoked
	twofa-ledger unlock "$CUSTOMER" -m found
	send two.json >/dev/null
	is "$(wc -l <outbox)" 2
	try "$PIN" 0
}

@test "revoke before anything was sent" {
	send /dev/null
	twofa-ledger revoke "$CUSTOMER" -m stolen
	run -1 send t.json
	is "$(value TwofaReason <<<"$output")" revoked
	[ ! -s outbox ]
}

@test "purge: what is old goes, what is revoked and counted stays" {
	one_sent
	try "$WRONG"
	twofa-ledger revoke +447700900009 -m stolen
	run -0 --separate-stderr twofa-ledger purge -v
	is "$output" ""
	is "$stderr" "twofa-ledger: 0 rows gone"
	sql 'UPDATE pin SET sent = sent - 8000000, requested = requested - 8000000,
		expires = expires - 8000000;
		UPDATE history SET at = at - 8000000;
		UPDATE request SET at = at - 3 * 86400'
	run -0 --separate-stderr twofa-ledger purge
	is "$output$stderr" ""
	run -0 twofa-ledger list
	is "$output" ""
	is "$(twofa-ledger export | jq -r .what)" purge
	is "$(sql 'SELECT count(*) FROM request')" 1
	is "$(sql 'SELECT sum(revoked) FROM subject')" 1
	sql 'UPDATE request SET at = at - 100 * 86400'
	TWOFA_KEEP=1d run -0 --separate-stderr twofa-ledger purge -v
	is "$(sql 'SELECT count(*) FROM request')" 0
	run -0 twofa-ledger check
	# A PIN that was forgotten is unknown.
	try "$PIN"
	is "$(value TwofaReason <<<"$output")" unknown-pin
}

@test "purge: the verdicts of all PINs that go, however many" {
	one_sent
	try "$PIN" 0
	# More PINs without one before it than go at a time.
	sql "WITH RECURSIVE i(n) AS (VALUES(-1) UNION ALL
			SELECT n - 1 FROM i WHERE n > -2500)
		INSERT INTO pin(n, id, party, task, customer, number, masked,
			request, state, before, requested, sent, expires,
			max_attempts, sender, sealed, sender_from, message)
		SELECT i.n, 'old' || i.n, randomblob(16), task, customer, number,
			masked, 'old' || i.n, state, before, requested, sent,
			expires, max_attempts, sender, sealed, sender_from, message
		FROM i, pin WHERE pin.n > 0;
		UPDATE pin SET sent = sent - 8000000,
			requested = requested - 8000000,
			expires = expires - 8000000;
		UPDATE history SET at = at - 8000000"
	twofa-ledger purge
	is "$(sql 'SELECT count(*) FROM pin')" 0
	is "$(sql 'SELECT count(*) FROM verdict')" 0
}

@test "clock: a jump forward stops everything until --reset" {
	one_sent
	sql 'UPDATE meta SET clock = clock + 86400'
	recognised call-two >two.json
	run -75 --separate-stderr send two.json
	has "$stderr" "the clock was set back"
	has "$stderr" "twofa-ledger clock --reset"
	try "$PIN" 75
	run -75 twofa-ledger purge
	# Looking needs no time.
	run -0 twofa-ledger show call-one
	run -0 --separate-stderr twofa-ledger clock --reset -v
	is "$output" ""
	is "$(plain <<<"$stderr")" \
		"twofa-ledger: the ledger's time was TIME and is TIME"
	send two.json >/dev/null
	try "$PIN" 0
	run -0 twofa-ledger check
	is "$(twofa-ledger export | jq -r 'select(.what == "clock") |
		.outcome + " " + .who')" "reset $(id -un)"
}

@test "clock: a PIN of the future has expired after --reset, and stays so" {
	needs_faketime
	faked +1d twofa-sendpin -s file:outbox t.json >sent.json
	PIN=$(pin_of outbox)
	try "$PIN" 75
	twofa-ledger clock --reset
	try "$PIN"
	is "$(value TwofaReason <<<"$output")" expired
	run -0 twofa-ledger list
	has "$output" $'\texpired\t'
	run -0 twofa-ledger check
	# Nor does it come back when that time comes.
	enter "$PIN" >again.json
	run -1 faked +1d twofa-verify again.json
	is "$(value TwofaReason <<<"$output")" expired
}

@test "wrong usage: 64, nothing done, and the message says what is right" {
	one_sent
	cp ledger.db before.db
	while IFS='|' read -r arguments message; do
		eval "set -- $arguments"
		run -64 --separate-stderr twofa-ledger "$@" </dev/null
		is "$output" ""
		is "$(wc -l <<<"$stderr")" 1
		has "$stderr" "twofa-ledger: $message"
	done <<-'END'
		|give a command: show, list, export, check, resolve, unlock, revoke, purge or clock; see twofa-ledger --help
		nonsense|unknown command 'nonsense'; see twofa-ledger --help
		show|usage: twofa-ledger show TASK|CUSTOMER|+NUMBER; see
		show a b|usage: twofa-ledger show
		show ''|give a taskId, a customer's identifier or a +number
		show +07700900001|a number has the form +447700900123
		show $'a\tb'|give a taskId
		list x|usage: twofa-ledger list; see twofa-ledger --help
		list -m why|usage: twofa-ledger list;
		export --reset|usage: twofa-ledger export;
		check x|usage: twofa-ledger check;
		purge x|usage: twofa-ledger purge;
		resolve x|usage: twofa-ledger resolve ID sent
		revoke 1|usage: twofa-ledger revoke CUSTOMER|+NUMBER -m REASON;
		unlock 1|usage: twofa-ledger unlock CUSTOMER|+NUMBER -m REASON;
		revoke 1 -m ''|--reason: may not be empty: give a text
		revoke 1 -m $'a\e[31m'|-m: give a text of 1 to 200 bytes of UTF-8 without control characters
		clock|usage: twofa-ledger clock --reset;
		list -i|unknown option: -i
	END
	run -64 twofa-ledger show "$(printf 'x%.0s' $(seq 129))"
	run -64 twofa-ledger revoke 1 -m "$(printf 'x%.0s' $(seq 201))"
	is "$(sqlite3 before.db .dump | cksum)" "$(sql .dump | cksum)"
}

@test "no ledger, another's, another key: 78 or 77, and the remedy" {
	run -78 --separate-stderr twofa-ledger list
	has "$stderr" "key"
	one_sent
	run -78 --separate-stderr twofa-ledger list -l none.db
	is "$stderr" "twofa-ledger: none.db: no ledger: twofa-sendpin makes it; or name another with -l"
	[ ! -e none.db ]
	run -78 --separate-stderr twofa-ledger list -l none
	is "$stderr" "twofa-ledger: no ledger: -l FILE"
	sqlite3 other.db 'CREATE TABLE t(a)'
	chmod 600 other.db
	run -78 --separate-stderr twofa-ledger list -l other.db
	is "$stderr" "twofa-ledger: other.db: not a ledger"
	(umask 077 && openssl rand -hex 32 >other.key)
	run -78 --separate-stderr twofa-ledger list -k other.key
	has "$stderr" "which is not in the key file"
	chmod 644 ledger.db
	run -77 --separate-stderr twofa-ledger list
	has "$stderr" "readable by everybody: chmod 600 it"
	chmod 600 ledger.db
	if [ "$(id -u)" = 0 ]; then
		chown 65534 ledger.db
		run -77 --separate-stderr twofa-ledger list
		has "$stderr" "belongs to another user: run this as that user"
	fi
}

@test "nothing in clear: not in the file, not in any output or message" {
	one_sent
	try "$WRONG"
	recognised call-one-more >more.json
	TWOFA_LIMIT_NUMBER=1/1d run -75 send more.json
	twofa-ledger revoke "$CUSTOMER" -m stolen
	twofa-ledger unlock "$NUMBER" -m found
	{
		twofa-ledger show "$CUSTOMER"
		twofa-ledger show "$NUMBER" -v
		twofa-ledger list -v -v
		twofa-ledger export -v
		twofa-ledger check -v
		twofa-ledger purge -v
		twofa-ledger show +447700900002 || true
		twofa-ledger resolve "$CUSTOMER" sent || true
		TWOFA_LEDGER=x twofa-ledger show "$NUMBER" || true
	} >all 2>&1
	[ -s all ]
	is_discreet "$(cat all)"
	for word in "${NUMBER#+}" "${NUMBER:3}" "$CUSTOMER" call-one \
		"code is: $PIN"; do
		run -1 grep -aF -- "$word" ledger.db
		if [ -e ledger.db-wal ]; then
			run -1 grep -aF -- "$word" ledger.db-wal
		fi
		run -1 grep -F -- "$word" < <(sql .dump)
	done
	# Positive control: what is in clear is found.
	grep -aqF 'Your PIN code is: {pin}' ledger.db
}

@test "a service's id cannot steer the terminal" {
	cat >driver <<-'END'
		#!/bin/sh
		echo '{"twofa":1,"kind":"sms","repeat":false}'
		while read -r line; do
			printf '%s\n' "$line" | jq -c \
				'{id, outcome: "accepted", messageId: "a\u001b[31mb\u0007c"}'
		done
	END
	chmod +x driver
	twofa-sendpin -s exec:./driver t.json >sent.json
	run -0 twofa-ledger show call-one
	has "$output" "id "
	is "$(tr -d '\n' <<<"$output" | tr -d ' -~' | wc -c)" 0
	run -0 twofa-ledger export
	is "$(tr -d '\n' <<<"$output" | tr -d ' -~' | wc -c)" 0
}

@test "options stand before or after the command, and in the environment" {
	one_sent
	unset TWOFA_LEDGER TWOFA_KEY
	run -0 twofa-ledger -l ledger.db -k key list
	run -0 twofa-ledger list -k key -l ledger.db
	printf '%s\n' 'key = key' 'ledger = ledger.db' >t.conf
	run -0 twofa-ledger list -c t.conf
	has "$output" $'\tlive\t'
	XDG_STATE_HOME=$PWD/state run -78 --separate-stderr twofa-ledger list -k key
	[ -w /var/lib/twofa ] ||
		has "$stderr" "$PWD/state/twofa/ledger.db: no ledger"
}
