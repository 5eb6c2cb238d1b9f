#!/usr/bin/env bats
# Flow 2: a PIN for each customer who was recognised.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	recognised t1 >t.json
}

# sendpin STATUS ARG...: to the outbox, from t.json.
sendpin() {
	local status=$1
	shift
	run "-$status" --separate-stderr twofa-sendpin -k key -s file:outbox \
		"$@" t.json
}

@test "what comes out, to the letter" {
	sendpin 0 -f Acme
	sealed=$(value GeneratedPIN <<<"$output")
	expires=$(value PINExpires <<<"$output")
	is "$output" '{"taskId":"t1","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"123456"},{"name":"CustomerRecognized","value":"Yes"},{"name":"SMSNumber","value":"+447700900001"},{"name":"SMSSent","value":"Yes"},{"name":"GeneratedPIN","value":"'"$sealed"'"},{"name":"PINExpires","value":"'"$expires"'"}]}}'
	is "$stderr" ""
	[[ $expires =~ ^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-9:]{8}Z$ ]]
	is "$(jq -c keys outbox)" '["at","from","id","message","to"]'
	is "$(jq -r .from outbox)" Acme
	is "$(jq -r .to outbox)" +447700900001
	[[ $(jq -r .message outbox) =~ ^Your\ PIN\ code\ is:\ [1-9][0-9]{3}$ ]]
	[[ $(jq -r .id outbox) =~ ^[0-9a-f-]{36}$ ]]
	[[ $(jq -r .at outbox) =~ Z$ ]]
	is "$(stat -c %a outbox)" 600
}

@test "who is not sent anything" {
	while read -r name value reason; do
		recognised t1 >t.json
		twofa-task set "$name=${value#-}" t.json | jq -c \
			'.taskInformation.customContextParameters |= map(.)' >u.json
		case $name in
		CustomerIdentifier)
			# Taking it away takes what follows; put that back.
			jq -c 'del(.taskInformation.customContextParameters[] |
				select(.name == "CustomerIdentifier"))' t.json >u.json
			;;
		esac
		twofa-task event StartValidation=Yes u.json >e.json
		run -1 --separate-stderr twofa-sendpin -k key -s file:outbox e.json
		is "$(value SMSSent <<<"$output")" No
		is "$(value TwofaReason <<<"$output")" "$reason"
		is "$(value GeneratedPIN <<<"$output")" ""
	done <<-'END'
		CustomerRecognized No not-recognised
		CustomerRecognized - not-recognised
		CustomerRecognized yes not-recognised
		CustomerIdentifier - not-recognised
		SMSNumber - not-recognised
		SMSNumber 07700900001 bad-number
		SMSNumber +44770090000x bad-number
		SMSNumber +123456 bad-number
	END
	[ ! -s outbox ]
	twofa-task event StartValidation=Yes t.json >e.json
	run -0 twofa-sendpin -k key -s file:outbox e.json
	is "$(wc -l <outbox)" 1
}

@test "an identifier that is too long is refused; its neighbours get theirs" {
	for n in 256 257 9000; do
		for id in t1 t2 t3; do
			state "$id" CustomerIdentifier=123456 CustomerRecognized=Yes \
				"SMSNumber=+44770090000${id#t}"
		done | sed "2s/123456/$(printf "%0${n}d" 1)/" >in.json
		for ledger in none "ledger.$n"; do
			rm -f outbox
			status=$((n == 256 ? 0 : 1))
			run "-$status" --separate-stderr twofa-sendpin -k key -l "$ledger" \
				-s file:outbox in.json
			is "$(value SMSSent <<<"${lines[0]}")" Yes
			is "$(value TwofaReason <<<"${lines[1]}")" \
				"$([ "$n" = 256 ] || echo bad-identifier)"
			is "$(value SMSSent <<<"${lines[1]}")" \
				"$([ "$n" = 256 ] && echo Yes || echo No)"
			is "$(value SMSSent <<<"${lines[2]}")" Yes
			is "$(wc -l <outbox)" "$((n == 256 ? 3 : 2))"
		done
	done
}

@test "a state is acted on only when it is recognised and nothing was sent" {
	for set in CustomerRecognized=No CustomerRecognized=yes SMSSent=No \
		SMSSent=Yes SMSSent=x; do
		recognised t1 >t.json
		twofa-task set "$set" t.json >s.json
		run --separate-stderr twofa-sendpin -k key -s file:outbox s.json
		is "$output" "$(cat s.json)"
		case $set in
		SMSSent=Yes) is "$status" 0 ;;
		*) is "$status" 1 ;;
		esac
	done
	[ ! -s outbox ]
}

@test "any value of StartValidation starts it" {
	local n=0
	for value in Yes No 0 ' ' ''; do
		rm -f outbox
		n=$((n + 1))
		recognised "t$n" >t.json
		twofa-task event "StartValidation=$value" t.json >e.json
		run -0 twofa-sendpin -k key -s file:outbox e.json
		is "$(wc -l <outbox)" 1
	done
}

@test "digits, message, minutes" {
	for n in 4 5 6 10; do
		rm -f outbox
		recognised "t$n" >t.json
		sendpin 0 -n "$n" -t 90 -m 'PIN {pin} ({minutes} min) é'
		[[ $(jq -r .message outbox) =~ ^PIN\ [1-9][0-9]{$((n - 1))}\ \(1\ min\)\ é$ ]]
		pin=$(jq -r .message outbox | grep -oE '[0-9]{4,}')
		printf '%s\n' "$output" >s.json
		run -0 twofa-verify -k key < <(enter "$pin" s.json)
	done
	# The message in any other way: nothing is sent.
	rm outbox
	recognised t1 >t.json
	for message in 'no place' '{pin}{pin}' '{pin} {name}' '{pin' '{{pin}}' \
		"{pin}$(head -c 2045 /dev/zero | tr '\0' x)" $'{pin}\xff'; do
		run -78 --separate-stderr twofa-sendpin -k key -s file:outbox \
			-m "$message" t.json
		is "$output" ""
		has "$stderr" "twofa-sendpin: message: "
		[ ! -s outbox ]
	done
	run -78 --separate-stderr twofa-sendpin -k key -s file:outbox -t 30s \
		-m '{pin}, valid for {minutes} minutes' t.json
	is "$stderr" "twofa-sendpin: message: {minutes}: pin_ttl is 30 \
seconds, less than a minute: write seconds"
	[ ! -s outbox ]
	sendpin 0 -m "{pin}$(head -c 2044 /dev/zero | tr '\0' x)"
	is "$(jq -r .message outbox | tr -d '\n' | wc -m)" 2048
}

@test "text that a shell or JSON would take for something else" {
	# shellcheck disable=SC2016 # nothing is to be expanded
	m='"{pin}" \ $(x) `y` %s %n '"'"'é€😀'
	sendpin 0 -m "$m"
	is "$(jq -r .message outbox | sed 's/[1-9][0-9][0-9][0-9]/{pin}/')" "$m"
}

@test "the clear PIN of the use case, without a ledger" {
	export TWOFA_LEDGER=none
	run -0 --separate-stderr twofa-sendpin --clear-pin -s file:outbox t.json
	is "$(value GeneratedPIN <<<"$output")" "$(pin_of outbox)"
	is "$(value PINExpires <<<"$output")" ""
	has "$stderr" "--clear-pin: the PIN can be read in the task"
	[ ! -e config/twofa/key ]
	printf '%s\n' "$output" >s.json
	enter "$(pin_of outbox)" s.json >e.json
	run -0 --separate-stderr twofa-verify --clear-pin e.json
	has "$stderr" "--clear-pin"
	# Given on one side only it is forged.
	recognised k | twofa-sendpin -k key -s file:o2 >k.json
	run -1 --separate-stderr twofa-verify -k key e.json
	is "$(value TwofaReason <<<"$output")" forged
	run -1 --separate-stderr twofa-verify --clear-pin \
		< <(enter "$(pin_of o2)" k.json)
	is "$(value TwofaReason <<<"$output")" forged
}

@test "the clear PIN, with a ledger: expiry, attempts and single use hold" {
	sendpin 0 --clear-pin
	pin=$(pin_of outbox)
	is "$stderr" \
		"twofa-sendpin: --clear-pin: the PIN can be read in the task"
	is "$(value GeneratedPIN <<<"$output")" "$pin"
	[ -n "$(value PINExpires <<<"$output")" ]
	printf '%s\n' "$output" >s.json
	# An old copy gets the same PIN, and no second message.
	sendpin 0 --clear-pin
	is "$output" "$(cat s.json)"
	is "$(wc -l <outbox)" 1
	run -1 --separate-stderr twofa-verify --clear-pin -k key \
		< <(enter "$(other_pin "$pin")" s.json)
	is "$(value TwofaReason <<<"$output")" wrong
	is "$(value PINAttempts <<<"$output")" 1
	# Digits that anybody could write there are not what was sent, and to try
	# them costs an attempt.
	jq -c --arg v "$(other_pin "$pin")" \
		'(.taskInformation.customContextParameters[] |
		select(.name == "GeneratedPIN") | .value) = $v' s.json >forged.json
	run -1 --separate-stderr twofa-verify --clear-pin -k key \
		< <(enter "$(other_pin "$pin")" forged.json)
	is "$(value TwofaReason <<<"$output")" forged
	is "$(value PINAttempts <<<"$output")" 2
	jq -c '.taskId = "t9"' s.json >moved.json
	run -1 --separate-stderr twofa-verify --clear-pin -k key \
		< <(enter "$pin" moved.json)
	is "$(value TwofaReason <<<"$output")" unknown-pin
	run -0 --separate-stderr twofa-verify --clear-pin -k key \
		< <(enter "$pin" s.json)
	run -1 --separate-stderr twofa-verify --clear-pin -k key \
		< <(enter "$pin" s.json)
	is "$(value TwofaReason <<<"$output")" used
}

@test "-d: the number is looked up again" {
	make_customers
	export TWOFA_LIMIT_NUMBER=none
	sendpin 0 -d csv:customers.csv
	rm outbox
	while read -r change reason; do
		recognised t1 >t.json
		case $change in
		SMSNumber=*) twofa-task set "$change" t.json >u.json ;;
		*) jq -c --arg v "${change#*=}" \
			'(.taskInformation.customContextParameters[] |
			select(.name == "CustomerIdentifier") | .value) = $v' \
			t.json >u.json ;;
		esac
		run -1 --separate-stderr twofa-sendpin -k key -s file:outbox \
			-d csv:customers.csv u.json
		is "$(value SMSSent <<<"$output")" No
		is "$(value TwofaReason <<<"$output")" "$reason"
		# Without -d the task is trusted.
		rm -f other
		run twofa-sendpin -k key -s file:other u.json
		is "$status" 0
		is "$(wc -l <other)" 1
	done <<-'END'
		SMSNumber=+447700900099 number-changed
		SMSNumber=+447700900002 number-changed
		CustomerIdentifier=012345 number-changed
		CustomerIdentifier=999999 not-recognised
		CustomerIdentifier=222222 not-recognised
		CustomerIdentifier=12345 not-recognised
		CustomerIdentifier=' not-recognised
	END
	[ ! -s outbox ]
	echo '{}' >c
	run -75 --separate-stderr twofa-sendpin -k key -s file:outbox -d \
		"exec:$FAKES/directory_driver.py --customers c --error temporary" \
		t.json
	is "$(value SMSSent <<<"$output")" ""
	[ ! -s outbox ]
}

# --- command: ---------------------------------------------------------------------

# command_with STATUS: a sender that ends so.
command_with() {
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >args\ncat >text\necho out\nexit %s\n' \
		"$1" >snd
	chmod +x snd
}

@test "command: the number is the last argument, the text on stdin" {
	command_with 0
	TWOFA_ALLOW_COUNTRY=44 run -0 --separate-stderr twofa-sendpin -k key \
		-s 'command:./snd -a  b' t.json
	is "$stderr" ""
	is "$(cat args)" "-a
b
+447700900001"
	[[ $(cat text) =~ ^Your\ PIN\ code\ is:\ [0-9]{4}$ ]]
	is "$(value SMSSent <<<"$output")" Yes
	printf '%s\n' "$output" >s.json
	run -0 twofa-verify -k key < <(enter "$(grep -oE '[0-9]+' text)" s.json)
}

@test "command: what its status means" {
	while read -r ends status sent reason; do
		command_with "$ends"
		recognised t1 "+4477009$((10000 + ends))" |
			jq -c ".taskId = \"t$ends\"" >t.json
		run "-$status" --separate-stderr twofa-sendpin -k key \
			-s command:./snd t.json
		is "$(value SMSSent <<<"$output")" "${sent#-}"
		is "$(value TwofaReason <<<"$output")" "${reason#-}"
		[ "$ends" = 0 ] || has "$stderr" "task t$ends: "
		hasnt "$stderr" 77009100
	done <<-'END'
		0   0  Yes -
		1   1  No  rejected
		2   69 -   unknown-outcome
		64  69 -   unknown-outcome
		69  69 -   service
		75  75 -   temporary
		127 69 -   unknown-outcome
	END
	printf '#!/bin/sh\nkill -9 $$\n' >snd
	recognised t1 >t.json
	run -69 --separate-stderr twofa-sendpin -k key -s command:./snd t.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	has "$stderr" "signal 9"
}

@test "command: one that prints much, reads nothing, or hangs" {
	printf '#!/bin/sh\nhead -c 300000 /dev/zero\n' >snd
	chmod +x snd
	run -0 twofa-sendpin -k key -s command:./snd t.json
	printf '#!/bin/sh\nexit 0\n' >snd
	recognised t2 >t.json
	run -0 twofa-sendpin -k key -s command:./snd t.json
	printf '#!/bin/sh\nexec sleep 100\n' >snd
	recognised t3 >t.json
	run -69 --separate-stderr twofa-sendpin -T 1 -k key -s command:./snd t.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
}

@test "command: an unknown outcome is never sent again by itself" {
	command_with 2
	run -69 --separate-stderr twofa-sendpin -k key -s command:./snd t.json
	printf '%s\n' "$output" >first.json
	rm args
	command_with 0
	# Not from what came out, nor from an old copy, nor begun anew.
	twofa-task set StartValidation=again first.json >again.json
	for file in first.json t.json again.json; do
		run -69 --separate-stderr twofa-sendpin -k key \
			-s command:./snd "$file"
		[ ! -e args ]
		is "$(value TwofaReason <<<"$output")" unknown-outcome
		has "$stderr" "twofa-ledger resolve $(sqlite3 ledger.db \
			'SELECT request FROM pin')"
	done
	# The caller may have it: it can be verified, also from what came out
	# of an old copy.
	printf '%s\n' "$output" >old.json
	run -0 twofa-verify -k key \
		< <(enter "$(grep -oE '[0-9]+' text)" old.json)
	# Another call is another send.
	recognised t2 >t.json
	run -0 twofa-sendpin -k key -s command:./snd t.json
	[ -e args ]
}

@test "command: an unknown outcome without a ledger: the task remembers" {
	export TWOFA_LEDGER=none
	command_with 2
	run -69 --separate-stderr twofa-sendpin -k key -s command:./snd t.json
	printf '%s\n' "$output" >first.json
	rm args
	command_with 0
	run -69 --separate-stderr twofa-sendpin -k key -s command:./snd first.json
	[ ! -e args ]
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	has "$stderr" "set StartValidation anew"
	# The caller may have it: it can be verified.
	run -0 twofa-verify -k key \
		< <(enter "$(grep -oE '[0-9]+' text)" first.json)
	# Asked for anew it is another PIN.
	twofa-task set StartValidation=again first.json >again.json
	run -0 twofa-sendpin -k key -s command:./snd again.json
	[ -e args ]
}

@test "what was not sent is sent anew, and only the last PIN counts" {
	command_with 75
	run -75 --separate-stderr twofa-sendpin -k key -s command:./snd t.json
	printf '%s\n' "$output" >first.json
	old=$(grep -oE '[0-9]+' text)
	command_with 0
	run -0 --separate-stderr twofa-sendpin -k key -s command:./snd first.json
	printf '%s\n' "$output" >s.json
	new=$(grep -oE '[0-9]+' text)
	run -0 twofa-verify -k key < <(enter "$new" s.json)
	[ "$new" = "$old" ] || run -1 twofa-verify -k key < <(enter "$old" s.json)
}

# --- the outbox ----------------------------------------------------------------------

@test "the outbox takes an id once, also after a crash" {
	sendpin 0
	cp outbox before
	# It was written there, and that was not noted any more.
	sqlite3 ledger.db "UPDATE pin SET state = 'intent'"
	sent=$output
	sendpin 0
	is "$output" "$sent"
	cmp outbox before
}

@test "an outbox that was taken away may have had the message" {
	sendpin 0
	# With the number of the file, which the next one gets.
	sqlite3 ledger.db "UPDATE pin SET state = 'intent'"
	rm outbox
	sendpin 69
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	[ ! -s outbox ]
	# The caller has it.
	printf '%s\n' "$output" >sent.json
	mv outbox next
	sendpin 69
	[ ! -s outbox ]
}

@test "an outbox of the same name in another directory is another one" {
	sendpin 0
	mkdir elsewhere
	ln -s . link
	for dir in elsewhere link; do
		sqlite3 ledger.db "UPDATE pin SET state = 'intent'"
		run --separate-stderr env -C $dir twofa-sendpin -k "$PWD/key" \
			-l "$PWD/ledger.db" -s file:outbox "$PWD/t.json"
		is "$dir $status" \
			"$dir $([ $dir = link ] && echo 0 || echo 69)"
		[ ! -s elsewhere/outbox ]
		is "$(wc -l <outbox)" 1
	done
	# One that knows its ids: its program, and what its words mean, depend on
	# the directory.
	rm -f ledger.db*
	cp "$FAKES/sms_driver.py" driver
	cp driver elsewhere
	run -75 --separate-stderr twofa-sendpin -k key -l ledger.db -s \
		"exec:./driver --repeat --truth=truth --die-after=0 \
--take-before-dying" t.json
	run -69 --separate-stderr env -C elsewhere twofa-sendpin -k ../key \
		-l ../ledger.db -s "exec:./driver --repeat --truth=truth \
--die-after=0 --take-before-dying" ../t.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	is "$(wc -l <truth)" 1
	[ ! -e elsewhere/truth ]
}

@test "an outbox that is taken away while messages come" {
	mkfifo tasks
	twofa-sendpin -k key -s file:outbox <tasks >sent 2>err &
	exec 5>tasks
	cat t.json >&5
	eventually test -s sent
	mv outbox taken
	recognised t2 >&5
	exec 5>&-
	wait $!
	is "$(wc -l <taken)" 1
	is "$(wc -l <outbox)" 1
	[ "$(jq -r .id taken)" != "$(jq -r .id outbox)" ]
}

@test "an outbox that is renamed while it is identified" {
	if is_sanitized; then
		skip "strace and the sanitizers do not get along"
	fi
	strace -f -P "$PWD/outbox" -e trace=readlink,readlinkat \
		-e inject=readlink,readlinkat:error=ENOENT:when=1 -o trace \
		twofa-sendpin -k key -s file:outbox t.json >sent.json
	is "$(grep -c INJECTED trace)" 1
	is "$(value SMSSent <sent.json)" Yes
	is "$(wc -l <outbox)" 1
}

@test "an outbox that is locked is waited for as long as -T says" {
	(umask 077 && : >outbox)
	cat >lock.py <<-'END'
		import fcntl, os, time
		f = open("outbox", "r+")
		fcntl.flock(f, fcntl.LOCK_EX)
		open("locked", "w").close()
		while not os.path.exists("go"):
		    time.sleep(0.02)
	END
	python3 lock.py </dev/null >/dev/null 2>&1 3>&- &
	eventually test -e locked
	run --separate-stderr timeout 20 \
		twofa-sendpin -k key -T 1 -s file:outbox t.json
	[ "$status" = 75 ] || : >go
	is "$status" 75
	has "$stderr" "another program has locked the outbox"
	is "$(value TwofaReason <<<"$output")" temporary
	[ ! -s outbox ]
	# As soon as it is free.
	twofa-sendpin -k key -s file:outbox t.json >sent 2>err &
	: >go
	wait $!
	is "$(wc -l <outbox)" 1
}

# Without a ledger: a part of the line may stand there; the task in unknown.json.
disk_is_full() {
	twofa-sendpin -k key -l none -s file:outbox </dev/null
	run -75 --separate-stderr bash -c '(ulimit -f 0
		exec twofa-sendpin -k key -l none -s file:outbox t.json) | cat
		exit "${PIPESTATUS[0]}"'
	printf '%s\n' "$output" >unknown.json
}

@test "the outbox takes an id once, without a ledger" {
	export TWOFA_LEDGER=none
	disk_is_full
	run -0 twofa-sendpin -k key -s file:outbox unknown.json
	id=$(jq -r .id outbox)
	run -0 --separate-stderr twofa-sendpin -k key -s file:outbox unknown.json
	is "$(value SMSSent <<<"$output")" Yes
	is "$(wc -l <outbox)" 1
	is "$(jq -r .id outbox)" "$id"
	# A line that only has the id in its text is not that message.
	jq -c --arg id "$id" '.id = "other" | .message = $id' outbox >new
	cat new >outbox
	run -0 twofa-sendpin -k key -s file:outbox unknown.json
	is "$(wc -l <outbox)" 2
}

@test "a line that a crash cut off does not swallow the next" {
	(umask 077 && printf '{"id":"cut' >outbox)
	sendpin 0
	is "$(wc -l <outbox)" 2
	is "$(tail -n 1 outbox | jq -r .to)" +447700900001
}

@test "twenty at once into one outbox" {
	export TWOFA_LIMIT_CUSTOMER=none
	recognised k | twofa-sendpin -k key -s file:none >k.json
	recognised tID +44770000NM >one
	for n in $(seq 20); do
		for m in $(seq 10 19); do
			sed "s/tID/t$n.$m/; s/NM/$((100 + n))$m/" one
		done >"many.$n"
	done
	for n in $(seq 20); do
		twofa-sendpin -k key -s file:outbox "many.$n" >"sent.$n" &
	done
	wait
	is "$(jq -r .to outbox | sort -u | wc -l)" 200
	is "$(wc -l <outbox)" 200
	is "$(cat sent.* | grep -c '"SMSSent","value":"Yes"')" 200
}

@test "starters at once make one key and one ledger" {
	export TWOFA_LIMIT_CUSTOMER=none
	for n in $(seq 12); do
		recognised "t$n" "+4477009000$((10 + n))" |
			twofa-sendpin -k new -s file:outbox >"sent.$n" &
	done
	wait
	is "$(cat sent.* | value GeneratedPIN | cut -d. -f2 | sort -u | wc -l)" 1
	is "$(grep -c '^[0-9a-f]' new)" 1
	is "$(find . -name 'new.*')" ""
	is "$(cat sent.* | grep -c '"SMSSent","value":"Yes"')" 12
	is "$(sqlite3 ledger.db 'SELECT count(*) FROM pin')" 12
}

@test "--rate: so many at once, then one waits" {
	export TWOFA_LIMIT_CUSTOMER=none
	for n in $(seq 6); do
		recognised "t$n" "+4477009000$((10 + n))"
	done >many.json
	sed 's/"taskId":"t/&u/' many.json >others.json
	# The waiting is seen in what the program asks of the clock, not timed.
	export ASAN_OPTIONS=detect_leaks=0
	strace -f -e trace=clock_nanosleep,write -o trace twofa-sendpin -k key \
		-s file:outbox --rate 3/1s many.json >sent.json
	is "$(wc -l <outbox)" 6
	is "$(grep -c 'clock_nanosleep' trace)" 1
	strace -f -e trace=clock_nanosleep -o trace twofa-sendpin -k key \
		-s file:outbox --rate 6/1s others.json >sent.json
	is "$(wc -l <outbox)" 12
	is "$(grep -c 'clock_nanosleep' trace)" 0
}

@test "-l: a file, none, or the user's own" {
	sendpin 0 -l none
	[ ! -e ledger.db ] && [ ! -e state ]
	sendpin 0 -l own.db
	[ ! -e ledger.db ] && [ ! -e state ]
	is "$(stat -c %a own.db)" 600
	printf '%s\n' "$output" >own.json
	# Where the machine has a ledger, that is the default.
	if [ ! -e /var/lib/twofa ]; then
		unset TWOFA_LEDGER
		sendpin 0
		is "$(find state -type f | sort | tr '\n' ' ')" \
		"state/twofa/ledger.db state/twofa/ledger.db-mark "
		is "$(stat -c %a state/twofa)" 700
		mkdir service
		STATE_DIRECTORY=$PWD/service:$PWD/other sendpin 0
		[ -e service/ledger.db ] && [ ! -e other ]
	fi
	# It belongs to the PIN.
	id=$(sqlite3 own.db 'SELECT id FROM meta')
	for ledger in none other.db; do
		recognised t2 | twofa-sendpin -k key -s file:box -l "$ledger" \
			>two.json
		run -78 --separate-stderr twofa-verify -k key -l "$ledger" \
			< <(enter "$(pin_of outbox)" own.json)
		has "$stderr" "its PIN was sent with ledger $id: give that with -l"
		is "$(value TwofaReason <<<"$output")" configuration
	done
	recognised t3 | twofa-sendpin -k key -s file:box -l none >three.json
	run -78 --separate-stderr twofa-verify -k key -l own.db \
		< <(enter "$(pin_of box)" three.json)
	has "$stderr" "its PIN was sent without a ledger"
}

@test "-l none: repeated to the same sender, else not at all" {
	DRIVER='#!/usr/bin/env python3
import json, sys
print("""{"twofa":1,"kind":"sms","repeat":true}""", flush=True)
for line in sys.stdin:
    open(sys.argv[1], "a").write(line)
    print(json.dumps({"id": json.loads(line)["id"], "outcome": sys.argv[2]}),
        flush=True)'
	for word in accepted unknown; do
		printf '%s\n' "$DRIVER" | sed "s/sys.argv\[2\]/\"$word\"/" >"$word"
		chmod +x "$word"
	done
	cp unknown drv
	run -75 --separate-stderr twofa-sendpin -k key -l none -s 'exec:./drv one' t.json
	has "$stderr" "running it again within 4 minutes is safe"
	printf '%s\n' "$output" >unknown.json
	for other in 'exec:./drv two' 'exec:./accepted one' file:outbox; do
		run -69 --separate-stderr twofa-sendpin -k key -l none -s "$other" \
			unknown.json
		has "$stderr" "may have been sent and cannot be repeated safely"
		is "$(value TwofaReason <<<"$output")" unknown-outcome
	done
	[ ! -s outbox ] && [ ! -e two ] && is "$(wc -l <one)" 1
	# The same one knows the id, and verifies what arrived.
	cp accepted drv
	twofa-sendpin -k key -l none -s 'exec:./drv one' unknown.json >sent.json
	is "$(wc -l <one)" 2
	is "$(jq -r .id one | sort -u | wc -l)" 1
	for task in unknown sent; do
		twofa-verify -k key -l none \
			< <(enter "$(jq -r .message one | grep -oE '[0-9]+$' | head -n 1)" $task.json)
	done
}

@test "-l none: an outbox that was taken away is another one" {
	disk_is_full
	mv outbox taken
	run -69 --separate-stderr twofa-sendpin -k key -l none -s file:outbox \
		unknown.json
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	[ ! -s outbox ]
	mv taken outbox
	twofa-sendpin -k key -l none -s file:outbox unknown.json >sent.json
	is "$(wc -l <outbox)" 1
}

@test "a task that stands twice is sent for once, whatever becomes of it" {
	cat t.json t.json >two.json
	while read -r ends status; do
		command_with "$ends"
		sed "s/\"t1\"/\"t$ends\"/" two.json >in.json
		run "-$status" --separate-stderr twofa-sendpin -k key \
			-s command:./snd in.json
		is "$(wc -l <<<"$output")" 2
		is "$(sed -n 1p <<<"$output")" "$(sed -n 2p <<<"$output")"
		is "$(jq -r .taskId <<<"$output" | sort -u)" "t$ends"
		hasnt "$stderr" 7700900001
	done <<-'END'
		0 0
		1 1
		69 69
		75 75
		2 69
	END
}

@test "a seal under a key that is gone is 78, not a second message" {
	driver="exec:$FAKES/sms_driver.py --repeat --truth truth"
	run -75 --separate-stderr twofa-sendpin -k key \
		-s "$driver --outcome unknown" t.json
	printf '%s\n' "$output" >first.json
	# A ledger without its key is not given another one.
	run -78 --separate-stderr twofa-sendpin -k other -s file:outbox first.json
	has "$stderr" "a ledger needs the key that it was made with"
	[ ! -e other ]
	is "$output" ""
	(umask 077 && printf '%064d\n' 1 >other)
	id=$(value GeneratedPIN first.json | cut -d. -f2)
	run -78 --separate-stderr twofa-sendpin -k other -s file:outbox first.json
	has "$stderr" "ledger.db: sealed with key $id"
	is "$output" ""
	run -78 --separate-stderr twofa-sendpin -l none -k other \
		-s file:outbox first.json
	has "$stderr" "$id"
	[ ! -s outbox ]
	is "$(value SMSSent <<<"$output")" ""
}
