#!/usr/bin/env bats
# The log of decisions: which lines, what is in them and what not, and what
# happens when there is no writing it.
# shellcheck disable=SC2030,SC2031 # a test exports for itself alone
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
	export TWOFA_LEDGER=none TWOFA_LOG=log
	unset SUDO_USER
	WHO=$(id -un)
}

# The lines of the log with T for the time, which has the right form.
lines() {
	sed -E 's/"time":"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z"/"time":"T"/' \
		log
}

# The last line is: last PROGRAM EVENT REASON ("" for none).
last() {
	is "$(tail -n 1 log | jq -r '[.program, .event, .reason // ""] | join(" ")')" \
		"twofa-$1 $2 $3"
}

# count FILE: its lines, 0 when there is none.
count() {
	cat "$1" 2>/dev/null | wc -l
}

# without NAME: a state without a parameter.
without() {
	jq -c --arg name "$1" '.taskInformation.customContextParameters |=
		map(select(.name != $name))'
}

# nobody COMMAND...: as a user that may do little, if we may do all.
nobody() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# Let nobody in, as far as we can: false, if that is not far enough.
let_nobody_in() {
	local d=$PWD
	while [ "$d" != / ]; do
		chmod o+x "$d" 2>/dev/null || true
		d=$(dirname "$d")
	done
	nobody test -x "$BUILD/bin/twofa-lookup" -a -x .
}

# --- lines ---------------------------------------------------------------------

@test "a call: a line each, exactly" {
	send_pin
	enter "$WRONG" >w.json
	run -1 twofa-verify -k key -i w.json
	enter "$PIN" w.json >e.json
	run -0 twofa-verify -k key --ref 'INC-4711 "é"' e.json
	printf '{"time":"T","program":"twofa-%s","taskId":"t1","event":"%s",%s"number":"+**********01"}\n' \
		lookup sensitive_read "\"who\":\"$WHO\"," \
		sendpin authn_token_created "\"who\":\"$WHO\"," \
		verify authn_login_fail "\"reason\":\"wrong\",\"who\":\"$WHO\"," \
		verify authn_login_successafterfail \
		"\"who\":\"$WHO\",\"ref\":\"INC-4711 \\\"é\\\"\"," >wanted
	diff wanted <(lines)
	is "$(stat -c %a log)" 600
}

@test "the time is that of the decision, in UTC" {
	before=$(date +%s)
	state t1 CustomerIdentifier=123456 |
		TZ=Asia/Tokyo twofa-lookup -d csv:customers.csv >out
	after=$(date +%s)
	time=$(date -d "$(jq -r .time log)" +%s)
	[ "$time" -ge "$before" ] && [ "$time" -le "$after" ]
}

@test "no number, no member" {
	run -1 twofa-lookup -d csv:customers.csv \
		<<<"$(state t1 CustomerIdentifier=999999)"
	is "$(lines)" '{"time":"T","program":"twofa-lookup","taskId":"t1","event":"authn_login_fail","reason":"not-found","who":"'"$WHO"'"}'
}

@test "a line for what was decided only" {
	{
		state t1 CustomerIdentifier=123456
		event t2 StartValidation Yes
		state t3
		recognised t4
		echo '{"taskId":'
	} >in.jsonl
	run -65 twofa-lookup -d csv:customers.csv in.jsonl
	is "$(jq -r .taskId log)" t1
	# A second time nothing is decided.
	state t1 CustomerIdentifier=123456 |
		twofa-lookup -d csv:customers.csv >once.json
	is "$(count log)" 2
	twofa-lookup -d csv:customers.csv once.json
	is "$(count log)" 2
	run -65 twofa-verify --clear-pin in.jsonl
	is "$(count log)" 2
}

@test "no setting, no log" {
	unset TWOFA_LOG
	state t1 CustomerIdentifier=123456 |
		twofa-lookup -d csv:customers.csv --ref x >out
	[ ! -e log ]
	is "$(find . -newer customers.csv -type f | sort | tr '\n' ' ')" "./out "
}

@test "the file sets it, the environment beats that" {
	printf 'log = %s/other\n' "$PWD" >t.conf
	state t1 CustomerIdentifier=123456 >t.json
	twofa-lookup -c t.conf -d csv:customers.csv t.json >out
	is "$(count log) $(count other)" "1 0"
	unset TWOFA_LOG
	twofa-lookup -c t.conf -d csv:customers.csv t.json >out
	is "$(count log) $(count other)" "1 1"
}

@test "twofa-task decides nothing" {
	export TWOFA_LOG=none/log
	state t1 >out
	run -64 --separate-stderr twofa-task show --ref x out
	has "$stderr" "unknown option: --ref"
}

# --- events --------------------------------------------------------------------

@test "the events of twofa-lookup" {
	while read -r identifier event reason; do
		state t1 "CustomerIdentifier=$identifier" |
			twofa-lookup -d csv:customers.csv >out || true
		last lookup "$event" "$reason"
	done <<-'END'
		123456 sensitive_read
		12345 input_validation_fail bad-identifier
		999999 authn_login_fail not-found
		222222 authn_login_fail not-unique
		333333 authn_login_fail bad-number
	END
	for error in temporary permanent; do
		cat >drv <<-END
			#!/bin/sh
			echo '{"twofa":1,"kind":"directory"}'
			while read -r line; do
				id=\${line#*'"id":"'}
				printf '{"id":"%s","error":"$error"}\n' "\${id%%\"*}"
			done
		END
		chmod +x drv
		state t1 CustomerIdentifier=123456 |
			twofa-lookup -d exec:./drv >out || true
		[ "$error" = temporary ] || error=service
		last lookup sys_crash "$error"
	done
}

@test "a directory that does not start: a line for each task all the same" {
	printf '#!/bin/sh\nexit 1\n' >drv
	chmod +x drv
	for id in t1 t2 t3; do
		state "$id" CustomerIdentifier=123456
	done >in.jsonl
	twofa-lookup -d exec:./drv in.jsonl >out || true
	is "$(count out)" 3
	is "$(jq -r '.taskId + " " + .event' log | tr '\n' ' ')" \
		"t1 sys_crash t2 sys_crash t3 sys_crash "
}

@test "the events of twofa-sendpin" {
	send() {
		twofa-sendpin -k key "$@" >out || true
	}
	recognised t1 >t.json
	send -s file:outbox t.json
	last sendpin authn_token_created ""
	event t1 StartValidation Yes | send -s file:outbox
	last sendpin authz_fail not-recognised
	recognised t1 07700900001 | send -s file:outbox
	last sendpin input_validation_fail bad-number
	is "$(tail -n 1 log | jq -r .number)" "(no number)"
	recognised t1 +447700900002 | send -s file:outbox -d csv:customers.csv
	last sendpin authz_fail number-changed
	while read -r status event reason; do
		printf '#!/bin/sh\ncat >text\nexit %s\n' "$status" >snd
		chmod +x snd
		send -s command:./snd t.json
		last sendpin "$event" "$reason"
	done <<-'END'
		1 input_validation_fail rejected
		69 sys_crash service
		75 sys_crash temporary
		2 authn_token_created unknown-outcome
	END
}

@test "the events of twofa-verify" {
	verify() {
		twofa-verify -k key "$@" >out || true
	}
	send_pin -a 1
	enter "$PIN" | verify
	last verify authn_login_success ""
	enter "$WRONG" | verify
	last verify authn_login_fail wrong
	enter "$WRONG" out >e.json
	verify e.json
	last verify authn_login_fail_max exhausted
	enter 12 | verify
	last verify input_validation_fail malformed
	verify -p sent.json <<<''
	last verify authn_login_fail no-pin
	enter "$PIN" | without GeneratedPIN | verify
	last verify authn_login_fail not-sent
	enter "$PIN" | jq -c '.taskId = "t2"' | verify
	last verify authn_login_fail forged
	enter "$PIN" >e.json
	openssl rand -hex 32 >other
	chmod 600 other
	run -78 twofa-verify -k other e.json
	last verify sys_crash configuration
	send_pin -t 1
	sleep 1.1
	enter "$PIN" | verify
	last verify authn_login_fail expired
}

@test "what is given again did not happen again" {
	export TWOFA_LEDGER=ledger.db
	send() {
		twofa-sendpin -q -k key "$@" >out || true
	}
	recognised t1 >t1.json
	recognised t2 +447700900002 >t2.json
	# Twice in one input, and an old copy, are one PIN.
	send -s file:outbox t1.json t1.json
	send -s file:outbox t1.json
	is "$(jq -r .event log | paste -sd ' ')" \
		"authn_token_created sensitive_read sensitive_read"
	cp out sent.json
	: >log
	# Of wishes the one that is granted.
	send -s file:outbox --resend sent.json
	last sendpin excess_rate_limit_exceeded cool-down
	sqlite3 ledger.db 'UPDATE pin SET requested = requested - 60'
	send -s file:outbox --resend sent.json
	last sendpin authn_token_created ""
	is "$(count log)" 2
	# A verdict, once and again.
	: >log
	for pin in "$(other_pin "$(pin_of outbox)")" "$(pin_of outbox)"; do
		enter "$pin" >e.json
		twofa-verify -k key e.json >out || true
		twofa-verify -k key e.json >out || true
	done
	is "$(jq -r '.event + " " + (.reason // "")' log | paste -sd '|')" \
		"authn_login_fail wrong|sensitive_read wrong|authn_login_successafterfail |sensitive_read "
	: >log
	send -s file:outbox --resend sent.json
	last sendpin authz_fail used
	# Nobody knows, once and again.
	: >log
	printf '#!/bin/sh\ncat >text\nexit 2\n' >snd
	chmod +x snd
	send -s command:./snd t2.json
	last sendpin authn_token_created unknown-outcome
	send -s command:./snd t2.json
	last sendpin sys_crash unknown-outcome
	is "$(count log)" 2
}

@test "a new PIN forgets the wrong ones before it" {
	send_pin
	enter "$WRONG" >w.json
	run -1 twofa-verify -i -k key w.json
	twofa-task event StartValidation=Yes w.json |
		twofa-sendpin -k key -s file:outbox >sent.json
	enter "$(pin_of outbox)" | jq -c 'del(.updatedParameterName,
		.updatedParameterValue, .event)' | twofa-verify -k key >out
	last verify authn_login_success ""
}

# --- who and what for ----------------------------------------------------------

@test "who: the real user, by sudo whoever called it" {
	state t1 CustomerIdentifier=123456 >t.json
	SUDO_USER=ann twofa-lookup -d csv:customers.csv t.json >out
	if [ "$(id -u)" = 0 ]; then
		is "$(tail -n 1 log | jq -r .who)" ann
		SUDO_USER=$'a\nb\e[mé' twofa-lookup -d csv:customers.csv t.json
		is "$(tail -n 1 log | jq -r .who)" 'a?b?[m??'
	else
		is "$(tail -n 1 log | jq -r .who)" "$WHO"
	fi
	let_nobody_in || skip "nobody cannot reach the programs"
	chmod o+r t.json customers.csv
	SUDO_USER=ann TWOFA_LOG=/dev/stderr run -0 --separate-stderr nobody \
		"$BUILD/bin/twofa-lookup" -d csv:customers.csv t.json
	is "$(jq -r .who <<<"$stderr")" "$(nobody id -un)"
}

@test "--ref: 1 to 64 characters that can be printed, else 64" {
	state t1 CustomerIdentifier=123456 >t.json
	long=$(printf 'é%.0s' $(seq 64))
	for ref in x "$long" 'a "b" \ {}' '日本 😀'; do
		run -0 twofa-lookup -d csv:customers.csv --ref "$ref" t.json
		is "$(tail -n 1 log | jq -r .ref)" "$ref"
	done
	is "$(count log)" 4
	for ref in '' "${long}x" $'a\tb' $'a\n' $'\e[m' $'\x7f' $'\xc2\x85' \
		$'\xff' $'\xc3' $'\xe2\x80\xa8'; do
		for program in lookup sendpin verify; do
			run -64 --separate-stderr "twofa-$program" --ref "$ref" \
				t.json
			is "$output" ""
			has "$stderr" "twofa-$program: --ref: "
			is "$(wc -l <<<"$stderr")" 1
		done
	done
	is "$(count log)" 4
}

# --- secrets -------------------------------------------------------------------

@test "no PIN, key, seal, number or identifier is in it" {
	send_pin -n 10
	enter "$WRONG" >w.json
	twofa-verify -i -k key w.json || true
	enter "$PIN" w.json | twofa-verify -k key >out
	twofa-task event PIN=@entered sent.json | twofa-verify -k key >out
	event t9 CustomerIdentifier 123456 |
		twofa-lookup -d csv:customers.csv >out
	event t9 CustomerIdentifier 1234567 |
		twofa-lookup -d csv:customers.csv >out || true
	is "$(count log)" 7
	{
		printf '%s\n' "$PIN" "$WRONG" 123456 447700900001
		value GeneratedPIN sent.json
		grep -E '^[0-9a-f]{64}$' key
	} >secrets
	is "$(count secrets)" 6
	run -1 grep -F -f secrets log
	# Each of them would be found.
	while read -r secret; do
		jq -c --arg x "$secret" '.reason = $x' log | head -n 1 |
			grep -qF -f secrets
	done <secrets
}

# --- writing -------------------------------------------------------------------

@test "one write a line, before the task comes out" {
	for id in t1 t2 t3 t4 t5; do
		state "$id" CustomerIdentifier=123456
	done >in.jsonl
	ASAN_OPTIONS=detect_leaks=0 strace -y -s 100000 -o trace \
		-e trace=write,openat twofa-lookup -d csv:customers.csv \
		in.jsonl >out
	is "$(count log)" 5
	is "$(grep -c '^write([0-9]*<[^>]*/log>, "{.*}\\n", [0-9]*) = ' trace)" 5
	is "$(grep -c '^write([0-9]*<[^>]*/log>' trace)" 5
	grep 'openat(.*"log", ' trace >opened
	is "$(count opened)" 1
	has "$(cat opened)" O_APPEND
	has "$(cat opened)" ", 0600) ="
	# The last line of the log, then the first of the tasks.
	is "$(grep -nE '^write\(([0-9]*<[^>]*/log>|1<)' trace |
		sed -E 's/.*write\(([0-9]*)<[^>]*\/([a-z]*)>.*/\2/' | uniq |
		tr '\n' ' ')" "log out "
}

@test "the user database is asked only for a log" {
	state t1 CustomerIdentifier=123456 >t.json
	for log in '' log; do
		TWOFA_LOG=$log ASAN_OPTIONS=detect_leaks=0 strace -o trace \
			-e trace=openat twofa-lookup -d csv:customers.csv \
			t.json >out
		printf '%s ' "$(grep -c /etc/passwd trace)"
	done >asked || true
	is "$(cat asked)" "0 1 "
}

@test "16 programs at a time: every line is whole" {
	for n in $(seq 16); do
		seq 100 | sed "s/.*/{\"taskId\":\"p$n-&\",\"taskInformation\":{\"customContextParameters\":[{\"name\":\"CustomerIdentifier\",\"value\":\"123456\"}]}}/" \
			>"in$n"
	done
	ref=$(printf 'x%.0s' $(seq 64))
	pids=()
	for n in $(seq 16); do
		twofa-lookup --ref "$ref" -d csv:customers.csv "in$n" >"out$n" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	is "$(count log)" 1600
	is "$(jq -R -r 'fromjson | select(.ref | length == 64) | .taskId' log |
		sort -u | wc -l)" 1600
	is "$(cat out* | wc -l)" 1600
}

@test "a full log: 74, and no task" {
	export TWOFA_LOG=/dev/full
	state t1 CustomerIdentifier=123456 >t.json
	run -74 --separate-stderr twofa-lookup -d csv:customers.csv t.json
	is "$output" ""
	is "$stderr" "twofa-lookup: log /dev/full: No space left on device"
	recognised t1 >t.json
	run -74 --separate-stderr twofa-sendpin -k key -s file:outbox t.json
	is "$output" ""
	enter 1234 t.json >e.json
	run -74 --separate-stderr twofa-verify -k key e.json
	is "$output" ""
	# What nobody decides about comes out.
	run -1 --separate-stderr twofa-verify -k key t.json
	is "$output" "$(cat t.json)"
}

@test "a log that fills up: out come the tasks that are in it" {
	for n in $(seq 30); do
		state "t$n" CustomerIdentifier=123456
	done >in.jsonl
	run -74 --separate-stderr bash -c 'ulimit -f 1
		twofa-lookup -d csv:customers.csv in.jsonl'
	is "$stderr" "twofa-lookup: log log: a line was written in part"
	whole=$(wc -l <log)
	[ "$whole" -ge 3 ] && [ "$whole" -le 20 ]
	is "$(jq -r .taskId <<<"$output")" \
		"$(head -n "$whole" log | jq -r .taskId)"
}

@test "the reader of the log goes away: 74" {
	state t1 CustomerIdentifier=123456 >t.json
	mkfifo pipe in
	exec 8<>pipe
	{
		status=0
		TWOFA_LOG=pipe twofa-lookup -d csv:customers.csv <in >out \
			2>err || status=$?
		echo "$status" >status
	} 8>&- 3>&- &
	exec 7>in
	cat t.json >&7
	eventually test -s out
	exec 8>&-
	cat t.json >&7
	wait $!
	exec 7>&-
	is "$(cat status)" 74
	is "$(cat err)" "twofa-lookup: log pipe: Broken pipe"
	is "$(count out)" 1
}

@test "in place without a log: the files stay, and nothing more is sent" {
	recognised t1 >1.json
	recognised t2 >2.json
	cp 1.json 1.was && cp 2.json 2.was
	TWOFA_LOG=/dev/full run -74 --separate-stderr twofa-sendpin -i -k key \
		-s file:outbox 1.json 2.json
	cmp 1.json 1.was
	cmp 2.json 2.was
	is "$(count outbox)" 1
	run -0 twofa-sendpin -i -k key -s file:outbox 1.json 2.json
	is "$(count log)" 2
}

# --- opening -------------------------------------------------------------------

@test "a log that cannot be opened: 78, and no task is read" {
	mkdir directory
	: >file
	state t1 CustomerIdentifier=123456 >t.json
	for log in none/log file/log directory /dev/stdin/x; do
		for dry in '' --dry-run; do
			# shellcheck disable=SC2086 # no word or one
			TWOFA_LOG=$log run -78 --separate-stderr twofa-lookup \
				$dry -d csv:customers.csv t.json
			is "$output" ""
			is "$(wc -l <<<"$stderr")" 1
			has "$stderr" "twofa-lookup: log: $log: "
		done
	done
	let_nobody_in || skip "nobody cannot reach the programs"
	chmod o+r t.json customers.csv
	chmod 700 directory
	for dry in '' --dry-run; do
		# shellcheck disable=SC2086
		TWOFA_LOG=directory/log run -78 --separate-stderr nobody \
			"$BUILD/bin/twofa-lookup" $dry -d csv:customers.csv t.json
		is "$output" ""
		has "$stderr" "log: directory/log: Permission denied"
		[ "$(id -u)" = 0 ] || chmod 0 directory
	done
}

@test "a log that others can write, or of another user: 77" {
	state t1 CustomerIdentifier=123456 >t.json
	for mode in 620 602 666; do
		: >log
		chmod "$mode" log
		for dry in '' --dry-run; do
			# shellcheck disable=SC2086 # no word or one
			run -77 --separate-stderr twofa-lookup $dry \
				-d csv:customers.csv t.json
			is "$output" ""
			has "$stderr" "log: writable by others"
		done
		[ ! -s log ]
	done
	chmod 644 log
	run -0 twofa-lookup -d csv:customers.csv t.json
	is "$(count log)" 1
	if [ "$(id -u)" = 0 ]; then
		chown 65534 log
		run -77 --separate-stderr twofa-lookup -d csv:customers.csv t.json
		has "$stderr" "log: belongs to another user"
	fi
}

@test "--dry-run: opened, not made, nothing in it" {
	state t1 CustomerIdentifier=123456 >t.json
	run -0 --separate-stderr twofa-lookup --dry-run -d csv:customers.csv t.json
	[ ! -e log ]
	has "$stderr" "twofa-lookup: log log: will be made"
	has "$stderr" "log = log (environment)"
	echo before >log
	run -0 --separate-stderr twofa-lookup --dry-run -d csv:customers.csv t.json
	is "$(cat log)" before
	hasnt "$stderr" "will be made"
}

@test "a pipe, the terminal's place, standard error" {
	state t1 CustomerIdentifier=123456 >t.json
	TWOFA_LOG=/dev/null run -0 twofa-lookup -d csv:customers.csv t.json
	export TWOFA_LOG=/dev/stderr
	run -0 --separate-stderr twofa-lookup -d csv:customers.csv t.json
	is "$(jq -r .event <<<"$stderr")" sensitive_read
	# A file: messages and lines stand behind each other.
	twofa-lookup -v -d csv:customers.csv t.json t.json >out 2>err
	is "$(grep -c '^{.*}$' err)" 2
	is "$(grep -c '^twofa-lookup: ' err)" 3
	is "$(count err)" 5
	# A socket, as a service's standard error is.
	python3 - >seen <<-'END'
		import socket, subprocess
		ours, theirs = socket.socketpair()
		subprocess.run(["twofa-lookup", "-d", "csv:customers.csv",
			"t.json"], stderr=theirs, stdout=subprocess.DEVNULL,
			check=True)
		print(ours.recv(10000).decode(), end="")
	END
	is "$(jq -r .event seen)" sensitive_read
	mkfifo pipe
	cat pipe >piped 3>&- &
	# It opens when the reader is there; until then it says so.
	eventually sh -c 'TWOFA_LOG=pipe twofa-lookup -d csv:customers.csv \
		t.json >out 2>err'
	wait $!
	is "$(jq -r .event piped)" sensitive_read
	TWOFA_LOG=pipe run -78 --separate-stderr twofa-lookup \
		-d csv:customers.csv t.json
	has "$stderr" "log: pipe: No such device or address"
}

@test "standard output carries tasks only: 78" {
	state t1 CustomerIdentifier=123456 >t.json
	for log in /dev/stdout /dev/fd/1; do
		TWOFA_LOG=$log run -78 --separate-stderr twofa-lookup \
			-d csv:customers.csv t.json
		is "$output" ""
		has "$stderr" "is standard output, which carries tasks"
	done
	run -78 --separate-stderr bash -c 'umask 077
		twofa-lookup -d csv:customers.csv t.json >>log'
	[ ! -s log ]
}
