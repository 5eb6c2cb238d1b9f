# What every bats file needs: the programs under test in PATH, a directory of its
# own as the working directory, and no settings but the test's.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/${TWOFA_BUILD:-build}
# A shim in front of python3 would cost more than most tests.
PATH=$BUILD/bin:$ROOT/tests/fakes/bin:/usr/bin:/bin:$PATH
# shellcheck disable=SC2034 # used by the tests
FAKES=$ROOT/tests/fakes
# shellcheck disable=SC2034 # used by the tests
DRIVERS=$BUILD/libexec/twofa

setup_dir() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	local name
	for name in $(compgen -e TWOFA_); do
		[ "$name" = TWOFA_BUILD ] || unset "$name"
	done
	unset COMMUNICATION_SERVICES_CONNECTION_STRING \
		AZURE_COMMUNICATION_CONNECTION_STRING CREDENTIALS_DIRECTORY \
		STATE_DIRECTORY
	# Not the machine's own, which /var/lib/twofa would be.
	export TWOFA_LEDGER=$BATS_TEST_TMPDIR/ledger.db
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	umask 022
}

# Is this the sanitizer build, whose memory and tracing are its own?
is_sanitized() {
	case $BUILD in
	*/san) return 0 ;;
	esac
	return 1
}

# Say what differs: is GOT WANTED.
is() {
	[ "$1" = "$2" ] && return 0
	printf 'got    %q\nwanted %q\n' "$1" "$2"
	return 1
}

# has TEXT PART, and hasnt.
has() {
	case $1 in
	*"$2"*) return 0 ;;
	esac
	printf 'in     %q\nwanted %q\n' "$1" "$2"
	return 1
}

hasnt() {
	case $1 in
	*"$2"*)
		printf 'in      %q\nunwanted %q\n' "$1" "$2"
		return 1
		;;
	esac
	return 0
}

# A list with two customers, one doubled identifier and one bad number.
make_customers() {
	printf '%s\n' 'Number,SMSNumber,Name' \
		'123456,+447700900001,Ann' '012345,+447700900002,Ben' \
		'222222,+447700900003,Cy' '222222,+447700900004,Di' \
		'333333,07700900005,Ed' >customers.csv
}

# A state: state ID [NAME=VALUE...].
state() {
	local id=$1
	shift
	twofa-task new --id "$id" "$@"
}

# A recognised customer: recognised ID [NUMBER].
recognised() {
	state "$1" CustomerIdentifier=123456 CustomerRecognized=Yes \
		"SMSNumber=${2:-+447700900001}"
}

# Tasks t1 to tN that hold nothing, quickly: numbered N.
numbered() {
	seq "$1" | sed 's/.*/{"taskId":"t&"}/'
}

# An event as Nimbus makes it, with the parameter set: event ID NAME VALUE.
event() {
	twofa-task new --id "$1" | twofa-task event "$2=$3"
}

# The PIN that stands in the last message of an outbox.
pin_of() {
	tail -n 1 "$1" | jq -r .message | grep -oE '[0-9]+$'
}

# A PIN of the same length that is another one.
other_pin() {
	case $1 in
	*9) printf '%s' "${1%?}8" ;;
	*) printf '%s' "${1%?}9" ;;
	esac
}

# Send a PIN to the customer of t1, or of $TASK: sent.json, key, outbox, $PIN,
# $WRONG. Arguments are options of twofa-sendpin.
send_pin() {
	make_customers
	state "${TASK:-t1}" CustomerIdentifier=123456 |
		twofa-lookup -d csv:customers.csv |
		twofa-sendpin -k key -s file:outbox "$@" >sent.json
	PIN=$(pin_of outbox)
	# shellcheck disable=SC2034 # used by the tests
	WRONG=$(other_pin "$PIN")
}

# enter PIN [FILE]: the task with that PIN entered, on stdout. The PIN goes
# through a file, not through argv.
enter() {
	printf '%s\n' "$1" >entered
	twofa-task set PIN=@entered "${2:-sent.json}"
}

# A driver whose address stays the same while what it does changes: sender
# exec:./driver is the stand-in with those arguments.
driver_with() {
	printf '#!/bin/sh\nexec %s %s\n' "$FAKES/sms_driver.py" "$*" >driver
	chmod +x driver
}

# value NAME [FILE]: a parameter, empty when not set; seen by another program.
value() {
	jq -r --arg name "$1" '[.taskInformation.customContextParameters[]? |
		select((.name // .Name) == $name) | .value // .Value] |
		.[0] // ""' "${2:--}"
}

# Does not end before it is so: eventually COMMAND...
eventually() {
	local i
	for i in $(seq 500); do
		"$@" && return 0
		sleep 0.02
	done
	printf 'not so after %d looks: %s\n' "$i" "$*"
	return 1
}

# at_terminal STATUS PROGRAM... <SCRIPT: somebody at a terminal of their own; see
# fakes/agent.py. What is shown is $SCREEN, what stdout got is $STDOUT; both are
# also files of those names in small letters.
export AGENT=$FAKES/agent.py
at_terminal() {
	local got=0
	python3 "$AGENT" stdout "${@:2}" >screen || got=$?
	SCREEN=$(cat screen)
	# shellcheck disable=SC2034 # used by the tests
	STDOUT=$(cat stdout)
	[ "$got" = "$1" ] && return 0
	printf 'status %s, wanted %s, after:\n%s\n' "$got" "$1" "$SCREEN"
	return 1
}

# Make ./hold, which keeps ledger.db for itself until there is a file "go".
make_hold() {
	cat >hold.py <<-'END'
		import os, sqlite3, time
		db = sqlite3.connect("ledger.db", isolation_level=None, timeout=20)
		db.execute("BEGIN IMMEDIATE")
		open("held", "w").close()
		while not os.path.exists("go"):
		    time.sleep(0.02)
		db.execute("ROLLBACK")
	END
	cat >hold <<-'END'
		#!/bin/bash
		rm -f held go
		python3 hold.py </dev/null >/dev/null 2>&1 &
		until [ -e held ]; do sleep 0.02; done
	END
	chmod +x hold
}

# A sender that takes its time: it answers once there is a file "go". It makes a
# file "reached" when it is asked.
slow_sender() { # REPEAT
	cat >slow <<-END
		#!/bin/bash
		echo '{"twofa":1,"kind":"sms","repeat":$1}'
		while read -r line; do
			id=\$(jq -r .id <<<"\$line")
			grep -q "\$id" outbox || echo "\$line" >>outbox
			touch reached
			until [ -e go ]; do sleep 0.02; done
			echo "{\"id\":\"\$id\",\"outcome\":\"accepted\"}"
		done
	END
	chmod +x slow
	touch outbox
	export TWOFA_SENDER=exec:./slow
}

# A clock of the tests' own, for what follows needs_faketime. Programs that
# check their own memory do not get along with it.
needs_faketime() {
	local library
	if is_sanitized; then
		skip "no other clock under the sanitizers"
	fi
	for library in /usr/{,local/}lib{,64}{,/*}/faketime/libfaketime.so.1; do
		[ -e "$library" ] && FAKETIME_LIBRARY=$library && return 0
	done
	skip "libfaketime is not installed"
}

# faked TIME COMMAND...: TIME as libfaketime reads it, for instance +1d. The
# library alone: faketime(1) is another process, which signals do not get
# through, and which ends when the semaphore it wants to make is there from
# a process of the same number that was killed.
faked() {
	local time=$1
	shift
	env LD_PRELOAD="$FAKETIME_LIBRARY" FAKETIME="$time" \
		FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
}
