#!/usr/bin/env bats
# The procedures of README.md and the manual pages, also in the order that a
# person gets wrong. Examples are run one by one by docs.bats; install.bats,
# ledger-keys.bats (another key), ledger-admin.bats (the commands of twofa-ledger),
# resolve.bats and clear-pin.bats walk the others.
# shellcheck disable=SC2154,SC2034 # run sets stderr; NOW is for ledger.bash

load common
load ledger
load docs

setup() {
	setup_ledger
	export TWOFA_SENDER=file:outbox TWOFA_KEY=key
	make_customers
	export TWOFA_DIRECTORY=csv:customers.csv
}

call() { # ID: looked up, into ID.json
	state "$1" CustomerIdentifier=123456 | twofa-lookup >"$1.json"
}

messages() { # COUNT
	is "$(cat outbox 2>/dev/null | wc -l)" "$1"
}

last_line() {
	tail -n 1 <<<"$stderr"
}

# As another user, where this one may become it.
needs_nobody() {
	local d=$PWD
	[ "$(id -u)" = 0 ] || skip "only root becomes another user"
	while [ "$d" != / ]; do
		chmod o+x "$d" 2>/dev/null || true
		d=$(dirname "$d")
	done
	nobody test -x "$BUILD/bin/twofa-lookup" -a -x . ||
		skip "another user cannot get here"
}

nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# --- set-up --------------------------------------------------------------------

@test "set-up: verified before anything was sent: 78 says what makes the key" {
	call t1
	enter 4711 t1.json >entered.json
	run -78 --separate-stderr twofa-verify entered.json
	is "$output" ""
	is "$stderr" "twofa-verify: key: no key: twofa-sendpin makes it; or \
name another with -k"
	run -78 --separate-stderr twofa-ledger list
	has "$stderr" "twofa-sendpin makes it"
	[ ! -e key ] && [ ! -e ledger.db ]
	# So does it, and then all goes well.
	twofa-sendpin -i t1.json
	enter "$(pin_of outbox)" t1.json >right.json
	run -0 twofa-verify right.json
	messages 1
}

@test "set-up: a key made with the wrong umask, and a ledger's open directory" {
	call t1
	(umask 022 && openssl rand -hex 32 >key)
	run -77 --separate-stderr twofa-sendpin -i t1.json
	has "$stderr" "chmod 600"
	messages 0
	chmod 600 key
	mkdir open && chmod 777 open
	run -77 --separate-stderr twofa-sendpin -l open/ledger.db -i t1.json
	has "$stderr" "chmod go-w"
	messages 0
	chmod go-w open
	run -0 twofa-sendpin -l open/ledger.db -i t1.json
	messages 1
}

@test "set-up: done again, it does not take the key away" {
	mkdir -p etc/twofa blocks
	readme_blocks "$ROOT/README.md" blocks
	sed -n '/openssl/s/^sudo //p' blocks/*.sh | here /dev/stdin >line
	[ "$(wc -l <line)" = 1 ]
	sh line
	is "$(stat -c %a etc/twofa/key)" 600
	cp etc/twofa/key before
	run ! sh line
	cmp etc/twofa/key before
}

@test "set-up: what is missing is named, one after the other" {
	cp "$ROOT/man/examples/twofa.conf" twofa.conf
	sed -i "s,/etc/twofa,$PWD/etc," twofa.conf
	unset TWOFA_SENDER TWOFA_DIRECTORY
	run -78 --separate-stderr twofa-lookup -c twofa.conf --dry-run </dev/null
	has "$stderr" "$PWD/etc/customers.csv: No such file"
	run -78 --separate-stderr twofa-sendpin -c twofa.conf --dry-run </dev/null
	mkdir etc && cp customers.csv etc
	run -0 twofa-lookup -c twofa.conf --dry-run </dev/null
	run -78 --separate-stderr twofa-sendpin -c twofa.conf --dry-run </dev/null
	has "$stderr" "$PWD/etc/acs"
	(umask 022 && echo 'endpoint=https://x.invalid/;accesskey=a2V5' >etc/acs)
	run -77 --separate-stderr twofa-sendpin -c twofa.conf --dry-run </dev/null
	has "$stderr" chmod
	chmod 600 etc/acs
	run -0 twofa-sendpin -c twofa.conf --dry-run </dev/null
	[ ! -e key ] && [ ! -e ledger.db ]
}

@test "set-up by root, run by another user: refused, until it is that user's" {
	needs_nobody
	mkdir -m 700 lib
	export TWOFA_LEDGER=lib/ledger.db TWOFA_KEY=lib/key
	call t1
	twofa-sendpin -i t1.json
	cp t1.json sent.json
	call t2
	chmod 644 t2.json
	run --separate-stderr nobody "$BUILD/bin/twofa-sendpin" -s file:/dev/null \
		t2.json
	[ "$status" = 77 ] || [ "$status" = 78 ] || [ "$status" = 74 ]
	is "$output" ""
	has "$stderr" lib
	# What README says: chown.
	chown -R 65534 lib
	: >lib/outbox && chmod 600 lib/outbox && chown 65534 lib/outbox
	run -0 nobody "$BUILD/bin/twofa-sendpin" -s file:lib/outbox t2.json
	# And the other way round: root is refused with a ledger of that user.
	run -77 --separate-stderr twofa-verify -p sent.json <<<4711
	has "$stderr" "another user"
}

@test "another key than the ledger's: named, and back again" {
	call t1
	twofa-sendpin -i t1.json
	mv key key.first
	# A person draws one anew, as in the set-up.
	(umask 077 && openssl rand -hex 32 >key)
	call t2
	run -78 --separate-stderr twofa-sendpin t2.json
	has "$stderr" "not in the key file"
	is "$output" ""
	run -78 --separate-stderr twofa-verify -p t1.json < <(pin_of outbox)
	messages 1
	# Both, the new one in front, as the page says.
	(umask 077 && cat key key.first >both) && mv both key
	run -0 twofa-sendpin -i t2.json
	run -0 twofa-verify -p t1.json < <(head -n 1 outbox >first && pin_of first)
	messages 2
}

@test "a new key at the end, not in front: nothing changes, and check says so" {
	call t1
	twofa-sendpin -i t1.json
	head -n 2 key >old
	(umask 077 && { cat old && openssl rand -hex 32; } >new) && mv new key
	call t2
	twofa-sendpin -i t2.json
	is "$(twofa-task get GeneratedPIN t2.json | cut -d . -f 2)" \
		"$(twofa-task get GeneratedPIN t1.json | cut -d . -f 2)"
	# Whoever takes the first one away now is told what is sealed with it.
	(umask 077 && tail -n 1 key >new) && mv new key
	run -78 --separate-stderr twofa-verify -p t1.json < <(pin_of outbox)
	has "$stderr" "$(twofa-task get GeneratedPIN t1.json | cut -d . -f 2)"
	(umask 077 && cat key old >new) && mv new key
	run -0 twofa-verify -p t1.json < <(head -n 1 outbox >first && pin_of first)
}

# --- the ledger ----------------------------------------------------------------

@test "an old copy of the ledger put back as the page says" {
	needs_clock
	cp customers.csv list.csv
	echo '654321,+447700900009,Eve' >>list.csv
	export TWOFA_DIRECTORY=csv:list.csv
	call t1
	timed twofa-sendpin -i t1.json
	mkdir copy && cp -p ledger.db copy
	NOW=60
	call t2
	timed twofa-sendpin -i t2.json
	timed twofa-ledger revoke 654321 -m stolen
	# Without the first line of the recipe: it is noticed.
	cp ledger.db now.db
	cp -p copy/ledger.db ledger.db
	enter "$(pin_of outbox)" t2.json >right.json
	run -74 --separate-stderr timed twofa-verify right.json
	has "$stderr" "damaged: "
	hasnt "$(value ValidationCheck <<<"$output")" OK
	cp now.db ledger.db
	run -0 timed twofa-ledger check
	# At once, which the page warns of: a PIN sent since is not known. It is
	# not compared, so nobody gets in.
	sed -n '/^\.Sh BACKUP/,/^\.Sh/{/^\.Bd/,/^\.Ed/p}' \
		"$ROOT/man/twofa-ledger.1" | sed '/^\./d' >recipe
	grep -qx 'cp -p copy/ledger.db ledger.db' recipe
	sh -e recipe
	run -1 timed twofa-verify right.json
	is "$(value TwofaReason <<<"$output")" unknown-pin
	# Ten minutes later, and revoked anew.
	NOW=700
	timed twofa-ledger revoke 654321 -m stolen
	run -1 timed twofa-verify right.json
	state t3 CustomerIdentifier=654321 | twofa-lookup >t3.json
	run -1 timed twofa-sendpin t3.json
	is "$(value TwofaReason <<<"$output")" revoked
	messages 2
	call t4
	run -0 timed twofa-sendpin -i t4.json
	run -0 timed twofa-verify -p t4.json < <(pin_of outbox)
	run -0 timed twofa-ledger check
}

@test "purge from cron: twice, and before there is a ledger" {
	run -78 --separate-stderr sh -c 'twofa-ledger purge && twofa-ledger check'
	has "$stderr" "twofa-sendpin makes it"
	call t1
	twofa-sendpin -i t1.json
	run -0 sh -c 'twofa-ledger purge && twofa-ledger check'
	run -0 sh -c 'twofa-ledger purge && twofa-ledger check'
	run -0 twofa-verify -p t1.json < <(pin_of outbox)
}

@test "changed to a ledger, and back: PINs from before are told, none goes out" {
	call t1
	twofa-sendpin -l none -i t1.json
	# For ten minutes after the change: 78, which is no verdict.
	run -78 --separate-stderr twofa-verify -p t1.json < <(pin_of outbox)
	has "$stderr" "ledger"
	is "$(value ValidationCheck <<<"$output")" ""
	# Sending again is not what helps: it was sent, and nobody knows here.
	run --separate-stderr twofa-sendpin t1.json
	messages 1
	# A new task does.
	call t2
	twofa-sendpin -i t2.json
	run -0 twofa-verify -p t2.json < <(pin_of outbox)
	call t3
	twofa-sendpin -i t3.json
	run -78 --separate-stderr twofa-verify -l none -p t3.json \
		< <(pin_of outbox)
	messages 3
}

@test "next steps: each one that show prints is on the page, and no other" {
	sed -n '/^\.Sh NEXT STEPS/,/^\.Sh FILES/s/^\.It //p' \
		"$ROOT/man/twofa-ledger.1" | grep -o '"[^"]*"' | tr -d '"' |
		sed 's/^the PIN is .*/the PIN is %s/' | sort -u >on_page
	[ "$(wc -l <on_page)" -ge 8 ]
	# What a step begins with: up to the first colon, in one piece or two.
	sed -n '/standings\[\] = {/,/^put_pin(/p' \
		"$ROOT/cmd/twofa-ledger/report.c" | tr -d '\n\t' |
		sed 's/" *"//g' | grep -oE '"[a-z]+[ :][^"]*"' | tr -d '"' |
		grep -v '^run twofa-sendpin again within' |
		sed -E 's/^the PIN is .*/the PIN is %s/
			s/: (correct|begin|wait|nothing|%u|%s|twofa).*//
			s/: $//; s/, and this .*//' |
		sort -u >told
	diff told on_page
}

@test "next steps: a number that the service does not take" {
	printf '#!/bin/sh\nexit 1\n' >reject && chmod +x reject
	call t1
	run -1 twofa-sendpin -s command:./reject -i t1.json
	is "$(value TwofaReason t1.json)" rejected
	run -0 twofa-ledger show t1
	has "$output" "the service does not take this number: correct it and \
begin a new task"
	# Run again, it stays so. With the number corrected, in a new task, not.
	run -1 twofa-sendpin -s command:./reject t1.json
	sed -i s/900001/900008/ customers.csv
	call t2
	run -0 twofa-sendpin -i t2.json
	is "$(jq -r .to outbox)" +447700900008
	run -0 twofa-verify -p t2.json < <(pin_of outbox)
}

@test "next steps: exhausted, and a new task" {
	call t1
	twofa-sendpin -i t1.json
	for _ in 1 2 3; do
		run -1 twofa-verify -p -i t1.json < <(other_pin "$(pin_of outbox)")
	done
	run -0 twofa-ledger show t1
	has "$output" "the PIN is exhausted: begin a new task"
	run -1 twofa-verify -p t1.json < <(pin_of outbox)
	# No new PIN for the same task, whatever is set.
	run twofa-task set -i StartValidation=Yes t1.json
	run twofa-sendpin t1.json
	messages 1
	call t2
	twofa-sendpin -i t2.json
	run -0 twofa-verify -p t2.json < <(pin_of outbox)
}

# --- reasons and their remedies --------------------------------------------------

@test "reasons of a look-up: the remedy of each" {
	state a CustomerIdentifier=12345 >a.json
	twofa-lookup -i a.json || true
	is "$(value TwofaReason a.json)" bad-identifier
	run -0 twofa-task set -i CustomerIdentifier=123456 a.json
	run -0 twofa-lookup a.json
	# Or the setting.
	printf 'Number,SMSNumber\n12345,+447700900001\n' >five.csv
	state a CustomerIdentifier=12345 >a.json
	run -0 twofa-lookup -n 5 -d csv:five.csv a.json
	state b CustomerIdentifier=222222 >b.json
	twofa-lookup -i b.json || true
	is "$(value TwofaReason b.json)" not-unique
	state c CustomerIdentifier=333333 >c.json
	twofa-lookup -i c.json || true
	is "$(value TwofaReason c.json)" bad-number
	# Correct the list: but an answer is not asked for again.
	sed -i '/Di$/d; s/,0770/,+44770/' customers.csv
	run -1 twofa-lookup b.json
	for task in b c; do
		id=$(value CustomerIdentifier "$task.json")
		twofa-task set -i "CustomerIdentifier=$id" "$task.json"
		run -0 twofa-lookup "$task.json"
	done
}

@test "number-changed: look up again" {
	call t1
	sed -i s/900001/900007/ customers.csv
	run -1 twofa-sendpin -d csv:customers.csv -i t1.json
	is "$(value TwofaReason t1.json)" number-changed
	messages 0
	twofa-task set -i CustomerIdentifier=123456 t1.json
	twofa-lookup -i t1.json
	run -0 twofa-sendpin -d csv:customers.csv -i t1.json
	is "$(jq -r .to outbox)" +447700900007
}

# --- other programs --------------------------------------------------------------

@test "outbox: taken away as the page says, while messages are written" {
	sed -n '/^\.Sh SENDERS/,/^\.Sh/{/^\.Bd/,/^\.Ed/p}' \
		"$ROOT/man/twofa-sendpin.1" | sed '/^\./d' >recipe
	is "$(cat recipe)" "mv outbox taken && flock taken cat taken"
	printf '%s\n' 'Number,SMSNumber' >customers.csv
	for i in $(seq 100 139); do
		echo "000$i,+447700900$i"
	done >>customers.csv
	for i in $(seq 100 139); do
		state "t$i" "CustomerIdentifier=000$i"
	done | twofa-lookup >in.json
	twofa-sendpin -j 4 in.json >out.json &
	for _ in $(seq 200); do
		[ ! -e outbox ] || sh recipe >>delivered
		kill -0 $! 2>/dev/null || break
	done
	wait $!
	[ ! -e outbox ] || sh recipe >>delivered
	is "$(jq -r .id delivered | sort -u | wc -l)" 40
	is "$(wc -l <delivered)" 40
	# Run again after that: nothing is sent a second time.
	run -0 twofa-sendpin out.json
	[ ! -e outbox ]
}

@test "README's test of a call reads nothing of the user's" {
	mkdir -p config/twofa
	printf '%s\n' 'pin_digits = 99' >config/twofa/twofa.conf
	mkdir blocks
	readme_blocks "$ROOT/README.md" blocks
	block=$(ls blocks/*.bats)
	env -i PATH="${PATH//"$BATS_LIBEXEC":/}" HOME="$PWD" \
		XDG_CONFIG_HOME="$PWD/config" TMPDIR="${TMPDIR:-/tmp}" \
		bats --tap "$block" >tap </dev/null
	grep -q '^ok 1 ' tap
	[ ! -e .local ]
	is "$(ls config/twofa)" twofa.conf
}

# --- completeness ----------------------------------------------------------------

# PAGE | first line of a literal display that is not among EXAMPLES: those are
# data, or walked here.
displays() {
	awk 'FNR == 1 { section = "" }
		/^\.Sh / { section = $0 }
		/^\.Bd -literal/ && section != ".Sh EXAMPLES" {
			getline line
			page = FILENAME
			sub(/.*\//, "", page)
			print page " | " line
		}' "$ROOT"/man/*.[1-9]
}

@test "a display of a page that is no example is known here" {
	displays >there
	diff there - <<-'END'
		sms-acs.1 | {"twofa":1,"kind":"sms","repeat":true,"needs":["from"]}
		sms-acs.1 | {"id":"UUID","to":"+447700900001","from":"Acme","message":"...",
		sms-acs.1 | {"id":"UUID","outcome":"...","scope":"...","messageId":"...",
		twofa-driver.7 | {"twofa":1,"kind":"sms","repeat":true,"needs":["from"]}
		twofa-driver.7 | {"id":"5d95b73b-1c34-4571-aebf-efe39de9328d","to":"+447700900123",
		twofa-driver.7 | {"id":"5d95b73b-1c34-4571-aebf-efe39de9328d","outcome":"accepted",
		twofa-driver.7 | {"id":"1","customer":"123456","timeoutMs":30000}
		twofa-flow.1 | say ACTIVITY TEXT
		twofa-ledger.1 | rm -f ledger.db-*
		twofa-sendpin.1 | mv outbox taken && flock taken cat taken
		twofa-task.5 | {"taskId":"3f0c7a52","callerTelNumber":"+447700900000",
		twofa-workflow.5 | {"start": "Accept",
	END
}

@test "each file of the examples has its test" {
	for file in "$ROOT"/man/examples/*; do
		grep -q -- "${file##*/}" "$ROOT"/tests/*.bats "$ROOT"/tests/*.bash
	done
}

@test "a task and a workflow that a page shows are what they say" {
	sed -n '/^\.Bd/,/^\.Ed/{/^\./d;p}' "$ROOT/man/twofa-task.5" |
		sed '/Value":"123456"}/q;/updatedParameterValue/q' >shown.json
	is "$(twofa-task get taskId,CustomerIdentifier shown.json)" \
		"3f0c7a52	123456"
	run -0 twofa-lookup shown.json
}
