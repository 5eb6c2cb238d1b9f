#!/usr/bin/env bats
# What each kind of child gets of the program that starts it equals a written
# list, which stands in twofa-driver(7) too.
# shellcheck disable=SC2154 # run sets stderr

load common

setup_file() {
	export PROBE=$BATS_FILE_TMPDIR/probe
	cc -D_GNU_SOURCE -o "$PROBE" "$FAKES/inherited.c"
}

setup() {
	setup_dir
	# The programs as they are installed, with a driver of our own.
	mkdir -p installed/bin installed/libexec/twofa
	cp "$BUILD"/bin/twofa-* installed/bin/
	cp "$BUILD"/libexec/twofa/sms-acs installed/libexec/twofa/
	PATH=$PWD/installed/bin:$PATH
	local name
	for name in command exec-driver exec-directory secret trigger \
		installed/libexec/twofa/sms-driver \
		installed/libexec/twofa/directory-directory; do
		cp "$PROBE" "$name"
	done
	make_customers
	recognised t1 >t.json
	state t1 CustomerIdentifier=123456 >new.json
}

# --- the written list --------------------------------------------------------------

FOR_ALL="HOME LANG LANGUAGE LC_ALL LC_CTYPE PATH TMPDIR TZ"
FOR_SETTINGS="CREDENTIALS_DIRECTORY STATE_DIRECTORY SUDO_USER TWOFA_CONF
	TWOFA_DIRECTORY TWOFA_KEY TWOFA_LEDGER TWOFA_SENDER TWOFA_PIN_TTL
	XDG_CONFIG_HOME XDG_STATE_HOME"
FOR_SECRETS="DBUS_SESSION_BUS_ADDRESS DISPLAY GNUPGHOME GPG_TTY LOGNAME
	PASSWORD_STORE_DIR SSH_AUTH_SOCK USER WAYLAND_DISPLAY XAUTHORITY
	XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR"
FOR_ACS="AZURE_COMMUNICATION_CONNECTION_STRING
	COMMUNICATION_SERVICES_CONNECTION_STRING"
FOR_NOBODY="ALL_PROXY BASH_ENV CURL_CA_BUNDLE ENV HTTPS_PROXY NO_PROXY OTHER
	OTHER_TOKEN PYTHONPATH RES_OPTIONS SSLKEYLOGFILE SSL_CERT_FILE TOKEN
	TOKEN_2 XTOKEN all_proxy http_proxy https_proxy"

# Every name of them, once each, sorted as the probe does.
sorted() {
	printf '%s\n' "$@" | tr -s ' \t' '\n' | grep . | LC_ALL=C sort -u |
		tr '\n' ' '
}

# got [VARIABLES...]: what the last child told of is the list with those.
got() {
	local told
	told=$(grep -aoE '^(environment|descriptors|blocked|ignored|umask|directory|session|terminal|core):.*' report)
	is "$told" "environment: $(sorted "$@" | sed 's/ $//')
descriptors: 0 1 2
blocked:
ignored:
core: 0/0
umask: 077
directory: $PWD
session: own
terminal: none"
	# The limits are those that there were, but for core files.
	is "$(grep '^limits:' report)" "$(grep '^limits:' as_given)"
}

# with [VARIABLE=VALUE...] -- PROGRAM...: run it with all there is, its stderr in
# report.
with() {
	local all=() own=()
	while [ "$1" != -- ]; do
		own+=("$1")
		shift
	done
	: >>twofa.conf
	chmod 600 twofa.conf
	mapfile -t all < <(sorted "$FOR_ALL" "$FOR_SETTINGS" "$FOR_SECRETS" \
		"$FOR_ACS" "$FOR_NOBODY" | tr ' ' '\n' | grep -vxE 'PATH|')
	all+=("HOME=$HOME" "TMPDIR=$PWD" LC_ALL=C LANG=C SUDO_USER=ann
		TWOFA_PIN_TTL=300 "TWOFA_DIRECTORY=csv:$PWD/customers.csv"
		TWOFA_SENDER=file:outbox
		"TWOFA_CONF=$PWD/twofa.conf" "TWOFA_KEY=$PWD/key"
		"TWOFA_LEDGER=$PWD/ledger.db" "${own[@]}")
	"$FAKES/hand_down.py" "${all[@]}" -- "$PROBE" 2>as_given
	"$FAKES/hand_down.py" "${all[@]}" "$@" 2>report
}

# sends ADDRESS: twofa-sendpin sends by it.
sends() {
	with -- twofa-sendpin -s "$1" t.json >sent.json ||
		{ cat report; return 1; }
	rm -f ledger.db*
}

# --- what is handed down -------------------------------------------------------------

@test "control: without the suite in between all of it is there" {
	with -- "$PROBE"
	has "$(grep ^descriptors: report)" " 7 8 9"
	has "$(grep ^blocked: report)" " 12"
	has "$(grep ^ignored: report)" " 10"
	for name in $FOR_NOBODY $FOR_ACS TWOFA_KEY; do
		has "$(grep ^environment: report) " " $name "
	done
}

@test "command: a program that sends" {
	sends command:./command
	got "$FOR_ALL"
	sends 'command:./command env:TOKEN x'
	got "$FOR_ALL" TOKEN
}

@test "exec: a driver of one's own" {
	sends exec:./exec-driver
	got "$FOR_ALL"
	# What its address names, and nothing that is only like it.
	sends 'exec:./exec-driver --token=env:TOKEN myenv:OTHER env:NOT_SET'
	got "$FOR_ALL" TOKEN
	sends 'exec:./exec-driver env:https_proxy credential:x'
	got "$FOR_ALL" https_proxy CREDENTIALS_DIRECTORY
	with -- twofa-lookup -d 'exec:./exec-directory env:TOKEN_2' new.json >out
	got "$FOR_ALL" TOKEN_2
}

@test "a driver of the suite" {
	sends driver:
	got "$FOR_ALL"
	sends driver:env:TOKEN
	got "$FOR_ALL" TOKEN
	sends 'driver:credential:acs?proxy=http://127.0.0.1:9'
	got "$FOR_ALL" CREDENTIALS_DIRECTORY
	sends driver:command:/bin/true
	got "$FOR_ALL" "$FOR_SECRETS"
	with -- twofa-lookup -d directory:env:OTHER new.json >out
	got "$FOR_ALL" OTHER
	# The one that has a standard of its own, and only for that.
	cp "$PROBE" installed/libexec/twofa/sms-acs
	for reference in '' '?proxy=http://127.0.0.1:9'; do
		with -- twofa-sendpin -s "acs:$reference" t.json >out || true
		got "$FOR_ALL" "$FOR_ACS"
	done
	with -- twofa-sendpin -s acs:env:TOKEN t.json >out || true
	got "$FOR_ALL" TOKEN
}

@test "command: a program that prints a secret" {
	with -- twofa-sendpin --dry-run -f Acme -s acs:command:./secret \
		t.json >out
	grep -v ^twofa-sendpin: report >told
	mv told report
	got "$FOR_ALL" "$FOR_SECRETS"
}

@test "a trigger of the workflow" {
	twofa-flow show | jq '.triggers.CustomerIdentifier.run =
		["./trigger", "env:TOKEN"]' >w.json
	# It is tried before the call, and runs in it.
	printf '%s\n' 1 123456 >keys
	with -- twofa-flow run -F lines \
		-w w.json <keys >out || true
	is "$(grep -c ^environment: report)" 2
	awk '!seen[$0]++' report >once
	mv once report
	got "$FOR_ALL" "$FOR_SETTINGS" TOKEN
}

@test "a trigger that is a program of the suite" {
	rm installed/bin/twofa-verify
	cp trigger installed/bin/twofa-verify
	with -- twofa-flow run -F lines \
		<<<2 >out || true
	is "$(grep -c ^environment: report)" 1
	got "$FOR_ALL" "$FOR_SETTINGS" "$FOR_SECRETS" "$FOR_ACS" "$FOR_NOBODY"
}

@test "twofa-driver(7) has the same list" {
	# listed HEADING: the variables of that entry.
	listed() {
		awk -v heading=".It $1" '/^\.(It|El)/ { there = $0 == heading }
			there && $1 == ".Ev" { print $2 }' \
			"$ROOT/man/twofa-driver.7"
	}
	is "$(sorted "$(listed 'every program')")" \
		"$(sorted HOME LANG LANGUAGE 'LC_*' PATH TMPDIR TZ)"
	is "$(sorted "$(listed 'a program that prints a secret')")" \
		"$(sorted "$FOR_SECRETS")"
	is "$(sorted "$(listed 'a trigger of the workflow')")" \
		"$(sorted CREDENTIALS_DIRECTORY STATE_DIRECTORY SUDO_USER \
			'TWOFA_*' XDG_CONFIG_HOME XDG_STATE_HOME)"
	is "$(sorted "$(listed 'acs: without a reference')")" \
		"$(sorted "$FOR_ACS")"
}

# --- which files a driver of the suite can reach ------------------------------------

# A driver that tries to READ, WRITE and list, and says which of it worked.
make_reach() {
	cat >installed/libexec/twofa/sms-reach <<-END
		#!/bin/sh
		for file in $READ; do
		    (exec <"\$file") 2>/dev/null && echo "read \$file"
		done >&2
		for file in $READ new $PWD/new /dev/null; do
		    (: >>"\$file") 2>/dev/null && echo "write \$file"
		done >&2
		for dir in . $PWD $HOME / /etc /tmp; do
		    ls "\$dir" >/dev/null 2>&1 && echo "list \$dir"
		done >&2
		/bin/true && echo 'run /bin/true' >&2
		ln key link 2>/dev/null && echo link >&2
		rm t.json 2>/dev/null && echo remove >&2
		kill -0 \$PPID 2>/dev/null && echo "sees who started it" >&2
		echo '{"twofa":1,"kind":"sms"}'
		read -r request
		printf %s "\$request" | sed 's/^{"id":"\([^"]*\)".*/{"id":"\1","outcome":"accepted"}/'
		echo
	END
	chmod +x installed/libexec/twofa/sms-reach
}

# reach SENDER: what it could reach, in $output.
reach() {
	rm -f ledger.db* new
	recognised t1 >t.json
	twofa-sendpin -k key -s "$1" <t.json >sent 2>err || { cat err; return 1; }
	output=$(grep -v ^twofa-sendpin: err | grep -v '^sees' || true)
}

needs_landlock() {
	is_sanitized && skip "a sanitizer reads and writes what it needs"
	python3 -c 'import ctypes
if ctypes.CDLL(None).syscall(444, None, 0, 1) < 1: raise SystemExit(1)' ||
		skip "this kernel has no Landlock"
}

@test "a driver of the suite: no key, no ledger, no task" {
	needs_landlock
	twofa-sendpin -k key -s file:outbox </dev/null
	: >>twofa.conf
	echo secret >connection
	echo certificate >'c a.pem'
	mkdir -p .ssh credentials
	cp connection .ssh/id
	cp connection credentials/acs
	# What everybody can read otherwise.
	READ="key ledger.db ledger.db-wal t.json customers.csv twofa.conf outbox
		$PWD/key .ssh/id connection credentials/acs /etc/machine-id
		/etc/shadow /proc/self/environ /proc/1/cmdline"
	READ=$(tr -s ' \t\n' ' ' <<<"$READ")
	make_reach
	reach reach:
	is "$output" "write /dev/null
run /bin/true"
	# And the files that its address names, to be read.
	reach reach:file:connection
	is "$output" "read connection
write /dev/null
run /bin/true"
	mkdir -p no && cp connection no/in
	reach "reach:file:$PWD/connection?ca=customers.csv&x=no&y=."
	is "$output" "read customers.csv
read connection
write /dev/null
run /bin/true"
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	reach reach:credential:acs
	is "$output" "read credentials/acs
write /dev/null
run /bin/true"
}

@test "a driver of the suite has what the network needs" {
	needs_landlock
	READ=
	for file in /etc/hosts /etc/resolv.conf /etc/nsswitch.conf /etc/passwd \
		/etc/localtime /etc/ssl/certs/ca-certificates.crt; do
		[ ! -r "$file" ] || READ="$READ $file"
	done
	make_reach
	reach reach:
	for file in $READ; do
		grep -qxF "read $file" <<<"$output"
	done
}

@test "control: a driver of one's own, and one that runs a program, reach all" {
	needs_landlock
	twofa-sendpin -k key -s file:outbox </dev/null
	READ="key ledger.db"
	make_reach
	for sender in exec:./installed/libexec/twofa/sms-reach \
		reach:command:/bin/true; do
		reach "$sender"
		has "$output" "read key
read ledger.db"
		has "$output" "write key"
		has "$output" remove
		rm -f link
	done
}

# --- how it ends -----------------------------------------------------------------------

# A program NAME, in the shell, from stdin.
program() {
	{
		echo '#!/bin/sh'
		cat
	} >"$1"
	chmod +x "$1"
}

# Has the process whose number is in that file ended?
gone() {
	case $(ps -o stat= -p "$(cat "$1")") in
	'' | Z*) return 0 ;;
	esac
	return 1
}

# What a program leaves running: its number in pid.
LEFT='sleep 1000 & echo $! >pid'

@test "command: one that is late ends with what it started" {
	program late <<<"cat >text; $LEFT; sleep 1000; :"
	run -69 --separate-stderr twofa-sendpin -k key -T 1 -s command:./late t.json
	has "$stderr" "the command ended by signal 9"
	eventually gone pid
}

@test "command: what says that it failed leaves nothing that could send" {
	for status in 1 69 75 3; do
		program fails <<<"$LEFT; exit $status"
		rm -f ledger.db*
		run --separate-stderr twofa-sendpin -k key -s command:./fails t.json
		eventually gone pid
	done
	# What was taken may still be on its way.
	program works <<<"$LEFT; exit 0"
	rm -f ledger.db*
	run -0 --separate-stderr twofa-sendpin -k key -s command:./works t.json
	run ! gone pid
	kill "$(cat pid)"
}

@test "a driver that died is noticed, whoever has its pipe" {
	program dies <<-END
		echo '{"twofa":1,"kind":"sms"}'
		read -r request
		$LEFT
		exit 9
	END
	run -69 --separate-stderr timeout 25 \
		twofa-sendpin -k key -T 60 -s exec:./dies t.json
	has "$stderr" "./dies: the driver died with 1 request open"
	eventually gone pid
	# Before its first line, and what it said last is read.
	program dies <<<"$LEFT; exit 78"
	rm -f ledger.db*
	run -78 --separate-stderr timeout 25 \
		twofa-sendpin -k key -s exec:./dies t.json
	has "$stderr" "./dies: the driver refused to start (status 78)"
	eventually gone pid
	program dies <<-END
		echo '{"twofa":1,"kind":"sms"}'
		read -r request
		printf %s "\$request" | jq -c '{id, outcome: "accepted"}'
		$LEFT
		exit 9
	END
	rm -f ledger.db*
	run -0 --separate-stderr timeout 25 \
		twofa-sendpin -k key -T 60 -s exec:./dies t.json
	eventually gone pid
}

@test "a secret is read when its program ends, whoever has its pipe" {
	program secret <<-END
		echo 'endpoint=http://127.0.0.1:9/;accesskey=c2VjcmV0'
		$LEFT
	END
	run -0 --separate-stderr timeout 20 twofa-sendpin -k key --dry-run \
		-f Acme -s acs:command:./secret t.json
	kill "$(cat pid)"
}

@test "a signal that ends the program ends what it started" {
	# A shell has children in the background ignore SIGINT and SIGQUIT.
	program asks <<-'END'
		exec python3 -c 'import os, signal, sys
		for s in "INT", "QUIT":
		    signal.signal(getattr(signal, "SIG" + s), signal.SIG_DFL)
		os.execvp(sys.argv[1], sys.argv[1:])' "$@"
	END
	program hangs <<<'echo $$ >pid.new; mv pid.new pid; exec sleep 1000'
	for signal in INT TERM HUP QUIT; do
		for sender in command exec; do
			rm -f pid ledger.db*
			./asks "$BUILD"/bin/twofa-sendpin -k key \
				-s "$sender:./hangs" t.json >out 2>err &
			eventually test -e pid
			kill "-$signal" $!
			wait $! || true
			eventually gone pid
		done
	done
}
