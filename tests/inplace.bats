#!/usr/bin/env bats
# -i: all of a file or nothing, whoever else writes it, whatever goes wrong.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
	state t1 CustomerIdentifier=123456 >t.json
}

# only FILE...: the directory holds them, customers.csv and what bats made.
only() {
	local wanted
	wanted=$(printf '%s\n' "$@" customers.csv | sort)
	is "$(find . -mindepth 1 ! -name 'separate-stderr-*' -printf '%P\n' |
		sort)" "$wanted"
}

@test "each program writes back into the file, and nothing to stdout" {
	run -0 --separate-stderr twofa-lookup -i -d csv:customers.csv t.json
	is "$output$stderr" ""
	is "$(value CustomerRecognized t.json)" Yes
	run -0 --separate-stderr twofa-sendpin -i -k key -s file:outbox t.json
	is "$output$stderr" ""
	is "$(value SMSSent t.json)" Yes
	pin_of outbox >entered
	run -0 --separate-stderr twofa-task set -i PIN=@entered t.json
	is "$output$stderr" ""
	run -0 --separate-stderr twofa-verify -i -k key t.json
	is "$output$stderr" ""
	is "$(value ValidationCheck t.json)" OK
	only t.json key outbox entered ledger.db ledger.db-mark
}

@test "-i needs files, and is not for commands that only read" {
	run -64 --separate-stderr twofa-lookup -i -d csv:customers.csv <t.json
	is "$output" ""
	has "$stderr" "-i needs files to edit, not standard input; see twofa-lookup --help"
	for words in - "t.json -"; do
		# shellcheck disable=SC2086 # words
		run -64 --separate-stderr twofa-task set -i A=1 $words </dev/null
		has "$stderr" "-i needs files to edit, not standard input"
	done
	for command in 'get A' show; do
		# shellcheck disable=SC2086 # two words
		run -64 --separate-stderr twofa-task $command -i t.json
		has "$stderr" "-i"
	done
}

@test "mode and owner are kept" {
	for mode in 600 640 644 660 400 755; do
		chmod "$mode" t.json
		run -0 twofa-task set -i "A=$mode" t.json
		is "$(stat -c %a t.json)" "$mode"
		is "$(value A t.json)" "$mode"
	done
	if [ "$(id -u)" != 0 ]; then
		skip "only root can give files away"
	fi
	chown 65534:65533 t.json
	run -0 twofa-task set -i A=x t.json
	is "$(stat -c %u:%g t.json)" 65534:65533
}

@test "nothing changed: the same file, not touched" {
	touch -d '2001-02-03 04:05:06' t.json
	before=$(stat -c '%i %Y %Z %s' t.json)
	run -1 twofa-verify -i --clear-pin -q -l none t.json
	is "$(stat -c '%i %Y %Z %s' t.json)" "$before"
	run -0 twofa-task set -i CustomerIdentifier=123456 t.json
	is "$(stat -c '%i %Y %Z %s' t.json)" "$before"
	# A file that is spelt otherwise than we would spell it, too.
	printf '{ "taskId" : "x" }' >odd.json
	cp odd.json odd.before
	run -1 twofa-verify -i --clear-pin -q -l none odd.json
	cmp odd.json odd.before
	run -0 twofa-task set -i A=1 t.json
	[ "$(stat -c '%i' t.json)" != "${before%% *}" ]
}

@test "a malformed task anywhere: not a byte is changed, and nothing is done" {
	recognised t1 >good
	cat good - good >t.json <<<'{"taskId":"x",}'
	cp t.json before
	run -65 --separate-stderr twofa-sendpin -i -k key -s file:outbox t.json
	is "$output" ""
	cmp t.json before
	[ ! -s outbox ]
	has "$stderr" "twofa-sendpin: t.json:2: malformed task"
	has "$stderr" "t.json: left as it was"
	# All of its tasks are counted.
	run -65 --separate-stderr twofa-sendpin -v -i -k key -s file:outbox t.json
	is "$(tail -n 1 <<<"$stderr")" "twofa-sendpin: 3 tasks: 0 yes, 0 no, \
0 not for this program, 2 unanswered, 1 malformed"
	# The other files are done.
	cp good 1.json
	cp good 2.json
	run -65 twofa-sendpin -i -k key -s file:outbox 1.json t.json 2.json
	is "$(value SMSSent 1.json)$(value SMSSent 2.json)" YesYes
	cmp t.json before
	only t.json good before key outbox 1.json 2.json ledger.db ledger.db-mark
}

@test "a file that is missing or in a directory that cannot be written" {
	run -74 --separate-stderr twofa-task set -i A=1 none.json t.json
	is "$stderr" "twofa-task: none.json: No such file or directory"
	is "$(value A t.json)" 1
	if [ "$(id -u)" = 0 ]; then
		skip "root can write everywhere"
	fi
	mkdir directory
	cp t.json directory
	chmod 500 directory
	run -74 --separate-stderr twofa-task set -i A=2 directory/t.json
	has "$stderr" "directory/t.json: cannot write beside it"
	chmod 700 directory
}

@test "others may not write the file: 77" {
	for mode in 602 646 666; do
		chmod "$mode" t.json
		cp t.json before
		run -77 --separate-stderr twofa-task set -i A=1 t.json
		is "$stderr" "twofa-task: t.json: writable by others: chmod o-w it"
		cmp t.json before
	done
}

@test "a task that cannot be answered is written with its reason" {
	recognised t1 >t.json
	cat >snd <<-'END'
		#!/bin/sh
		exit 75
	END
	chmod +x snd
	for ledger in ledger.db none; do
		run -75 --separate-stderr twofa-sendpin -i -k key -l "$ledger" \
			-s command:./snd t.json
		is "$(value TwofaReason t.json)" temporary
		is "$(value SMSSent t.json)" ""
		has "$stderr" "t.json:1: task t1: not sent yet"
		# The PIN is kept by the one that remembers.
		case $ledger in
		none) [ -n "$(value GeneratedPIN t.json)" ] ;;
		*) is "$(value GeneratedPIN t.json)" "" ;;
		esac
	done
}

@test "many tasks in a file" {
	numbered 3000 >many.json
	run -0 twofa-task set -i A=1 many.json
	is "$(wc -l <many.json)" 3000
	is "$(grep -c '"name":"A","value":"1"' many.json)" 3000
	is "$(jq -r .taskId many.json | md5sum)" \
		"$(seq -f t%.0f 3000 | md5sum)"
}

# --- others at the same file -------------------------------------------------------

@test "a lock of another process is waited for" {
	mkfifo held go
	flock t.json sh -c 'echo >held; cat go' >/dev/null &
	read -r _ <held
	twofa-task set -i A=1 t.json &
	# It waits, and has not touched it.
	eventually grep -q twofa-task "/proc/$!/comm"
	is "$(value A t.json)" ""
	echo >go
	wait
	is "$(value A t.json)" 1
}

@test "the file that was put in its place is edited, not the locked one" {
	mkfifo held go
	flock t.json sh -c 'echo >held; cat go' >/dev/null &
	read -r _ <held
	twofa-task set -i A=1 t.json 2>err &
	eventually grep -q twofa-task "/proc/$!/comm"
	state t2 B=2 >new.json
	mv new.json t.json
	echo >go
	wait
	is "$(jq -r .taskId t.json)" t2
	is "$(value A t.json)$(value B t.json)" 12
}

@test "a file replaced as soon as it is open: the new one is edited" {
	state t2 B=2 >new.json
	ASAN_OPTIONS=detect_leaks=0 strace -o trace -P t.json \
		-e inject=openat:delay_exit=1s:when=1 \
		twofa-task set -i A=1 t.json &
	eventually test -s trace
	mv new.json t.json
	wait $!
	is "$(value A t.json)$(value B t.json)" 12
}

@test "twenty at once: nothing is lost" {
	for n in $(seq 20); do
		twofa-task set -i "N$n=$n" t.json &
	done
	wait
	for n in $(seq 20); do
		is "$(value "N$n" t.json)" "$n"
	done
	only t.json
}

@test "twenty verify one task at once: no attempt is free" {
	send_pin -a 10
	enter "$WRONG" >entered.json
	cp entered.json v.json
	for _ in $(seq 20); do
		(twofa-verify -i -q -k key v.json || true
			twofa-task set -i PIN=@entered v.json) 2>/dev/null &
	done
	wait
	# Between 1 and 10 wrong ones were counted, then it is gone.
	n=$(value PINAttempts v.json)
	[ "$n" -ge 1 ] && [ "$n" -le 10 ]
}

@test "SIGTERM, SIGINT, SIGHUP in the middle: no file left, the old one whole" {
	numbered 20000 >many.json
	cp many.json before
	echo '{"123456":["+447700900001"]}' >c
	state x CustomerIdentifier=123456 >>many.json
	cp many.json before
	# The driver never answers: the program stays inside the edit.
	printf '#!/bin/sh\n%s\ncat >asked\n' \
		"echo '{\"twofa\":1,\"kind\":\"directory\"}'" >stuck
	chmod +x stuck
	for signal in TERM INT HUP; do
		rm -f asked
		# An asynchronous command of a shell ignores SIGINT.
		env --default-signal="$signal" twofa-lookup -i \
			-d exec:./stuck many.json 2>err &
		pid=$!
		eventually [ -e asked ]
		is "$(find . -name '.many.json.*' | wc -l)" 1
		kill "-$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		is "$status" $((128 + $(kill -l "$signal")))
		is "$(find . -name '.many.json.*' | wc -l)" 0
		cmp many.json before
	done
}

# --- no room ---------------------------------------------------------------------

@test "a full file system: 74, the old file whole, nothing beside it" {
	mkdir small
	if ! mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
		skip "cannot mount a small file system"
	fi
	numbered 900 >small/t.json
	cp small/t.json before
	run --separate-stderr twofa-task set -i \
		"A=a value that makes it too large for the file system" small/t.json
	rest=$(ls -A small)
	cmp small/t.json before && same=yes
	umount small
	is "$status" 74
	has "$stderr" "No space left on device"
	is "$same" yes
	is "$rest" t.json
}

@test "a limit of file sizes: 74, not a signal" {
	numbered 900 >many.json
	cp many.json before
	run -74 --separate-stderr bash -c \
		'ulimit -f 8; twofa-task set -i A=1 many.json'
	has "$stderr" "File too large"
	cmp many.json before
	only t.json many.json before
}
