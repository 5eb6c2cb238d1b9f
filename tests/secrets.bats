#!/usr/bin/env bats
# Where a PIN may be and where not. Every search for it is shown to find one
# that is planted. PINs have ten digits here, so that no time or process number
# looks like one.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
	# The leak checker cannot trace what is traced.
	export ASAN_OPTIONS=detect_leaks=0
}

# traced FILE COMMAND: all that it and its children execute, open and write.
traced() {
	strace -f -y -s 1000000 -v -o "$1" \
		-e trace=execve,openat,open,write,writev,pwrite64,sendto,sendmsg \
		bash -c "$2"
}

# lines FILE TEXT: how many lines of it have that text.
lines() {
	grep -cF -- "$2" "$1" || true
}

@test "the whole of a call: the PIN is written into the outbox, and nowhere else" {
	traced one 'twofa-task new --id t1 CustomerIdentifier=123456 |
		twofa-lookup -v -v -d csv:customers.csv |
		twofa-sendpin -v -v -n 10 -k key -s file:outbox >sent.json' \
		2>stderr1
	pin=$(pin_of outbox)
	[[ $pin =~ ^[1-9][0-9]{9}$ ]]
	# Once, and that is the outbox.
	is "$(lines one "$pin")" 1
	grep -F "$pin" one | grep -q 'write([0-9]*<[^>]*/outbox>'
	is "$(lines sent.json "$pin")" 0
	is "$(lines stderr1 "$pin")" 0

	printf '%s\n' "$pin" >entered
	traced two 'twofa-task event PIN=@entered sent.json |
		twofa-verify -v -v -k key >verified.json' 2>stderr2
	is "$(value ValidationCheck verified.json)" OK
	# Once: the pipe between the two.
	is "$(lines two "$pin")" 1
	grep -F "$pin" two | grep -q 'write(1<pipe:[^>]*>, "{'
	is "$(lines verified.json "$pin")" 0
	is "$(lines stderr2 "$pin")" 0
	# No file has it but these two.
	is "$(grep -rlF "$pin" . | sort | tr '\n' ' ')" \
		"./entered ./one ./outbox ./two "

	# The same search finds a PIN where it must not be.
	traced planted "PLANTED=$pin twofa-task set X=$pin sent.json >out"
	[ "$(grep -F "$pin" planted | grep -c execve)" -ge 1 ]
	grep -F "$pin" planted | grep execve | grep -q "PLANTED=$pin"
	grep -F "$pin" planted | grep -q 'write(1<'
}

@test "the key is written into its file, and nowhere else" {
	traced one 'twofa-task new --id t1 CustomerIdentifier=123456 |
		twofa-lookup -d csv:customers.csv |
		twofa-sendpin -v -v -k key -s file:outbox >sent.json' 2>stderr
	key=$(grep -E '^[0-9a-f]{64}$' key)
	is "$(lines one "$key")" 1
	is "$(lines stderr "$key")" 0
	enter "$(pin_of outbox)" >e.json
	traced two 'twofa-verify -v -v -k key e.json >out' 2>stderr
	is "$(lines two "$key")" 0
	is "$(lines stderr "$key")" 0
	(umask 077 && printf '%sx\n' "$key" >broken)
	run -78 --separate-stderr twofa-verify -v -v -k broken e.json
	hasnt "$stderr" "$key"
}

@test "a sender sees the PIN on its stdin only" {
	cat >snd <<-'END'
		#!/bin/sh
		cat >text
		cat /proc/$PPID/cmdline /proc/$PPID/environ /proc/$$/cmdline \
			/proc/$$/environ >seen 2>/dev/null
		cat /proc/$PPID/limits >limits
		ls -l /proc/$$/fd >fds
	END
	chmod +x snd
	recognised t1 >t.json
	PLANTED=9876543210 run -0 --separate-stderr twofa-sendpin -v -v -n 10 \
		-k key -s command:./snd t.json
	pin=$(grep -oE '[0-9]{10}' text)
	is "$(grep -caF "$pin" seen)" 0
	hasnt "$output$stderr" "$pin"
	# The search sees what stands there.
	[ "$(tr '\0' '\n' <seen | grep -c 'PLANTED=9876543210')" -ge 1 ]
	[ "$(tr '\0' '\n' <seen | grep -cF +447700900001)" = 1 ]
	# No core file of the one that knows PIN and key.
	grep -qE '^Max core file size +0 +0 ' limits
	# And none of its files is open in the child.
	hasnt "$(cat fds)" key
	hasnt "$(cat fds)" t.json
}

@test "nothing of ours is open in a driver, and the PIN not in its words" {
	cat >drv <<-'END'
		#!/bin/sh
		ls -l /proc/$$/fd >fds
		tr '\0' '\n' </proc/$$/cmdline >words
		tr '\0' '\n' </proc/$$/environ >>words
		echo '{"twofa":1,"kind":"sms","repeat":true}'
		while read -r line; do
			printf '%s\n' "$line" >>asked
			id=${line#*'"id":"'}
			printf '{"id":"%s","outcome":"accepted"}\n' "${id%%\"*}"
		done
	END
	chmod +x drv
	recognised t1 >t.json
	make_customers
	run -0 --separate-stderr twofa-sendpin -n 10 -k key \
		-d csv:customers.csv -s 'exec:./drv word' t.json
	pin=$(jq -r .message asked | grep -oE '[0-9]{10}')
	grep -q word words
	is "$(lines words "$pin")" 0
	hasnt "$(cat fds)" "/key"
	hasnt "$(cat fds)" customers.csv
	hasnt "$(cat fds)" t.json
}

@test "no message has a PIN or a whole number, whatever happened" {
	recognised t1 >t.json
	driver="exec:$FAKES/sms_driver.py --truth truth"
	for args in '--outcome rejected' '--outcome rejected --scope service' \
		'--outcome retry' '--outcome unknown' '--outcome x' \
		'--die-after 0 --take-before-dying' '--raw garbage' \
		'--raw {"id":"%s"' '--hello x' '--needs from'; do
		rm -f truth
		run --separate-stderr twofa-sendpin -v -v -n 10 -k key \
			-s "$driver --requests asked $args" t.json
		[ "$status" != 0 ]
		[ -n "$stderr" ]
		hasnt "$stderr" 7700900001
		hasnt "$stderr" "PIN code"
		if [ -s asked ]; then
			pin=$(tail -n 1 asked | jq -r .message | grep -oE '[0-9]{10}')
			hasnt "$stderr" "$pin"
			hasnt "$output" "$pin"
		fi
	done
	# The search finds them where they stand.
	has "$(cat asked)" 7700900001
	[[ $(cat asked) =~ "PIN code is: "[0-9]{10} ]]
}

@test "no message of verify has what was keyed in" {
	send_pin -n 10
	for entry in "$PIN" "$WRONG" "${PIN}1" "x$PIN" "$PIN "; do
		for extra in '' '| .taskId = "t2"' \
			'| .taskInformation.customContextParameters += [{name: "PINAttempts", value: "9"}]'; do
			enter "$entry" | jq -c ". $extra" >e.json
			run --separate-stderr twofa-verify -v -v -k key e.json
			hasnt "$stderr" "$PIN"
			hasnt "$stderr" "$WRONG"
			hasnt "$output" "$PIN"
			hasnt "$output" "$WRONG"
		done
	done
	(umask 077 && printf '%064d\n' 1 >other)
	run -78 --separate-stderr twofa-verify -v -v -k other e.json
	hasnt "$stderr$output" "$PIN"
	run -78 --separate-stderr twofa-verify -v -v -k other -l none e.json
	hasnt "$stderr" "$PIN"
	# Without an answer the task stays as it is: there the search finds it.
	has "$output" "$PIN"
}

@test "a PIN without a terminal's echo does not pass through argv" {
	send_pin -n 10
	traced one "twofa-verify -p -v -v -k key sent.json >out" <<<"$PIN"
	is "$(value ValidationCheck out)" OK
	is "$(lines one "$PIN")" 0
}

@test "a key in a directory that others can write is not used, nor made" {
	recognised t1 >t.json
	mkdir -m 755 directory
	for mode in 775 757 1777; do
		chmod "$mode" directory
		run -77 --separate-stderr twofa-sendpin -k directory/key \
			-s file:outbox t.json
		is "$output" ""
		is "$stderr" "twofa-sendpin: directory/key: its directory is writable by others: chmod go-w that"
		[ ! -e directory/key ]
	done
	chmod 755 directory
	run -0 twofa-sendpin -k directory/key -s file:outbox t.json
	chmod 775 directory
	run -77 --separate-stderr twofa-verify -k directory/key t.json
	has "$stderr" "directory/key: its directory is writable by others"
	[ "$(id -u)" = 0 ] || skip "only root can give a directory away"
	chmod 755 directory
	chown 65534 directory
	run -77 --separate-stderr twofa-verify -k directory/key t.json
	has "$stderr" "directory/key: its directory belongs to another user"
}

@test "a pipe as key or settings: the shell's is taken, others' is not" {
	recognised t1 >t.json
	twofa-sendpin -k key -l none -s file:outbox t.json >sent.json
	run -0 --separate-stderr bash -c \
		'twofa-sendpin -k <(cat key) -c <(echo "pin_digits = 6") -l none \
			-s file:outbox t.json'
	is "$(pin_of outbox | tr -d '\n' | wc -c)" 6
	for mode in 620 602 604; do
		mkfifo -m "$mode" fifo
		cat key >fifo 2>/dev/null 3>&- &
		run -77 --separate-stderr timeout 10 twofa-verify -k fifo -l none \
			sent.json
		has "$stderr" "twofa-verify: fifo: "
		wait $! || [ $? = 141 ]
		rm fifo
	done
	mkfifo -m 622 fifo
	echo "pin_digits = 4" >fifo 2>/dev/null 3>&- &
	run -77 --separate-stderr timeout 10 twofa-verify -c fifo sent.json
	has "$stderr" "twofa-verify: fifo: writable by others"
	wait $! || true
}

@test "the outbox, the key and rejects are private from the first moment" {
	recognised t1 >t.json
	umask 000
	traced one "twofa-sendpin -k key -s file:outbox --rejects r t.json - \
		>out <<<garbage" || [ $? = 65 ]
	is "$(stat -c %a key outbox r | tr '\n' ' ')" "600 600 600 "
	# Not made wide and narrowed afterwards.
	is "$(grep -cE 'O_CREAT.*"?, 0(6[0-7]*[1-7]|666|644)\)' \
		<(grep -E '"(outbox|r|key[^"]*)"' one))" 0
	[ "$(grep -E '"(outbox|r|key[^"]*)"' one | grep -c 'O_CREAT.*0600')" = 3 ]
}
