#!/usr/bin/env bats
# Tasks as a stream: how they may be spelt, what comes out, what is kept of
# malformed ones, and when it comes.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
}

# same TEXT: it comes out as it is, from a filter that leaves it alone and
# from one that changes it, but for what was changed.
same() {
	printf '%s\n' "$1" >in.json
	case $1 in
	*taskInformation*) ;;
	*)
		run -0 --separate-stderr twofa-task set A=1 in.json
		is "$output" "${1%\}},\"taskInformation\":{\"customContextParameters\
\":[{\"name\":\"A\",\"value\":\"1\"}]}}"
		;;
	esac
	run -1 --separate-stderr twofa-verify --clear-pin -l none -q <in.json
	is "$output" "$1"
}

@test "one a line, several on a line, over many lines" {
	printf '%s' '{"taskId":"1"}{"taskId":"2"}	{"taskId":"3"}
		{"taskId":"4"}

		{
		  "taskId" : "5",
		  "a" : [ 1 ,
		    2 ]
		}{"taskId"
		:"6"}
		{"taskId":"7"}' >in.json
	run -1 --separate-stderr twofa-verify -q --clear-pin -l none <in.json
	is "$stderr" ""
	is "$output" '{"taskId":"1"}
{"taskId":"2"}
{"taskId":"3"}
{"taskId":"4"}
{"taskId":"5","a":[1,2]}
{"taskId":"6"}
{"taskId":"7"}'
}

@test "CRLF, tabs, blank lines and no end of line at the end" {
	printf '\r\n\t {"taskId":"1",\r\n"a":\t1}\r\n\r\n \n{"taskId":"2"}' >in.json
	run -1 --separate-stderr twofa-verify -q --clear-pin -l none <in.json
	is "$stderr" ""
	is "$output" '{"taskId":"1","a":1}
{"taskId":"2"}'
	is "$(twofa-verify -q --clear-pin -l none <in.json | tail -c 1 | xxd -p)" 0a
}

@test "what is not ours comes out as it was spelt" {
	for number in 12345678901234567890 1.0 0.1 -0 -0.0 1E5 1e-999 \
		9007199254740993.0 0.1000000000000000055511151231257827; do
		same '{"taskId":"x","a":'"$number"'}'
	done
	# shellcheck disable=SC1003 # a backslash, not a quote, is escaped
	for string in '\u00e9' é '\/' / '\u0041' '\ud83d\ude00' '\n' '\u000a' \
		'\"' '\\' '\b\f\t' '  two  blanks  ' '{}[],:' '\u007f'; do
		same '{"taskId":"x","a":"'"$string"'","'"$string"'":1}'
	done
	same '{"z":1,"taskId":"x","a":{},"b":[],"c":null,"d":true,"e":false}'
	same '{"\u0074askId":"x","\u0061":1}'
	same '{"TASKID":"x","":""}'
}

@test "what is ours and not changed comes out as it was spelt" {
	same '{"taskId":"\u0078","taskInformation":{"x":1.0,"customContextParameters":[{"b":0.1,"value":123456,"name":"\u0043ustomerIdentifier","a":"\/"},{"Name":"Foreign","Value":null}],"y":[]}}'
}

@test "a change touches nothing but what is changed" {
	printf '%s' '{"z":1.0,"taskInformation":{"x":12345678901234567890,
		"customContextParameters":[{"k":"\/","value":"\u0061","name":"A",
		"l":[ ]},{"name":"B","value":0.1}],"y":1e2},"taskId":"\u0078"}' >in.json
	run -0 --separate-stderr twofa-task set A=é C=3 in.json
	is "$output" '{"z":1.0,"taskInformation":{"x":12345678901234567890,"customContextParameters":[{"k":"\/","value":"é","name":"A","l":[]},{"name":"B","value":0.1},{"name":"C","value":"3"}],"y":1e2},"taskId":"\u0078"}'
}

@test "large numbers and any text go through unharmed, as jq sees them" {
	printf '{"taskId":"x","a":%s}\n' '"\u2028\u2029 \u00ff"' \
		'[1,[2,[3,[{"b":[{}]}]]]]' '{"a":{"a":{"a":"a"}}}' >in.json
	twofa-task set B=2 in.json >out.json
	jq -c 'del(.taskInformation)' out.json >seen
	jq -c . in.json | cmp - seen
}

# --- order, files, statuses ------------------------------------------------------

@test "files one after the other, and - for stdin" {
	for n in 1 2 3; do
		printf '{"taskId":"%d"}' "$n" >"$n.json"
	done
	run -1 --separate-stderr twofa-verify -q --clear-pin -l none 3.json - 1.json <2.json
	is "$output" '{"taskId":"3"}
{"taskId":"2"}
{"taskId":"1"}'
	cp 1.json ./-x.json
	run -1 twofa-verify -q --clear-pin -l none -- -x.json
	is "$output" '{"taskId":"1"}'
	# An object does not go on in the next file.
	printf '{"taskId":' >a.json
	printf '"x"}' >b.json
	run -65 --separate-stderr twofa-verify -q --clear-pin -l none a.json b.json 1.json
	is "$output" '{"taskId":"1"}'
	is "$(wc -l <<<"$stderr")" 2
}

@test "lines are counted as an editor counts them, in each file anew" {
	printf '{"taskId":"1"}\n\n{"taskId":\n"2"}\nbad\n{"taskId":"3"}\n{"x"}\n' \
		>a.json
	printf 'bad\n' >b.json
	run -65 --separate-stderr twofa-task set A=1 a.json b.json
	is "$(cut -d: -f 2-3 <<<"$stderr")" ' a.json:5
 a.json:7
 b.json:1'
	twofa-task set PIN=1 a.json >s.json 2>/dev/null || true
	run -1 --separate-stderr twofa-verify -v --clear-pin -l none s.json
	has "$stderr" "s.json:1: task 1: ValidationCheck Failed, not-sent"
	has "$stderr" "s.json:3: task 3: ValidationCheck Failed, not-sent"
}

@test "reading goes on at the next line that begins with a brace" {
	cat >in.json <<-'END'
		{"taskId":"1"}
		{"taskId":"bad" oops {"taskId":"not seen"}
		 {"taskId":"not seen either"}
		[{"taskId":"nor this"}]
		{"taskId":"2"}
		garbage
		more garbage
		{"taskId":"3"} trailing {"taskId":"no"}
		{"taskId":"4"}{"taskId":"4","taskId":"4"}{"taskId":"5"}
	END
	run -65 --separate-stderr twofa-verify -q --clear-pin -l none --rejects r in.json
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "1 2 3 4 5 "
	is "$(cut -d: -f 3 <<<"$stderr" | tr '\n' ' ')" "2 6 8 9 "
	is "$(cat r)" '{"taskId":"bad" oops {"taskId":"not seen"}
 {"taskId":"not seen either"}
[{"taskId":"nor this"}]
garbage
more garbage
trailing {"taskId":"no"}
{"taskId":"4","taskId":"4"}'
}

@test "an object cut off by the next one costs only itself" {
	cat >in.json <<-'END'
		{"taskId":"1","a":{"b":[
		{"taskId":"2"}
		{"taskId":"3"}
	END
	run -65 --separate-stderr twofa-verify -q --clear-pin -l none in.json
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "2 3 "
}

@test "rejects: raw, appended, private" {
	printf '{"taskId":"1"}\nb\xff\x00d\n{"taskId":"2"}\n{"cut":"' >in.json
	run -65 twofa-task set A=1 --rejects r in.json
	is "$(stat -c %a r)" 600
	printf 'b\xff\x00d\n{"cut":"\n' >wanted
	cmp r wanted
	run -65 twofa-task set A=1 --rejects r in.json
	cat wanted wanted | cmp - r
	# Nothing malformed: nothing is made, nothing is touched.
	echo '{"taskId":"1"}' >good.json
	run -0 twofa-task set A=1 --rejects other good.json
	[ ! -e other ]
	# Where nothing can be kept, nothing is done.
	run -78 --separate-stderr twofa-task set A=1 --rejects no/r in.json
	is "$output" ""
	is "$stderr" "twofa-task: rejects: no/r: No such file or directory"
	run -74 --separate-stderr twofa-task set A=1 --rejects /dev/full in.json
	has "$stderr" "/dev/full: No space left on device"
}

@test "a file that is read is not written to, which would have no end" {
	printf '{"taskId":"1"}\nbad\n' >in.json
	chmod 600 in.json
	cp in.json before
	ulimit -f 2000
	for words in in.json "- in.json" -; do
		# shellcheck disable=SC2086 # words
		run -78 --separate-stderr timeout 60 twofa-task set A=1 \
			--rejects in.json $words <in.json
		is "$output" ""
		is "$stderr" "twofa-task: rejects: in.json: is read, too: name another file"
		cmp in.json before
	done
	run -78 --separate-stderr twofa-task set -i A=1 --rejects in.json in.json
	is "$stderr" "twofa-task: rejects: in.json: is read, too: name another file"
	cmp in.json before
	# One that was made on the way.
	run -78 --separate-stderr timeout 60 twofa-task set -q A=1 --rejects r in.json r
	has "$stderr" "twofa-task: rejects: r: is read, too"
	is "$(cat r)" bad
	# The decision log has lines that could be taken for tasks.
	printf 'Number,SMSNumber\n' >none.csv
	run -78 --separate-stderr env TWOFA_LOG=in.json \
		twofa-lookup -d csv:none.csv in.json
	is "$output" ""
	is "$stderr" "twofa-lookup: log: in.json: is read, too: name another file"
	cmp in.json before
	# Standard output that is appended to.
	timeout 60 twofa-task set A=1 in.json >>in.json 2>err && false
	is "$?" 78
	is "$(cat err)" "twofa-task: in.json: is standard output, too: -i writes a file back"
	timeout 60 twofa-task set A=1 <in.json >>in.json 2>err && false
	is "$?" 78
	has "$(cat err)" "twofa-task: standard input: is standard output, too"
	cmp in.json before
}

@test "rejects: refused where others can read, write or lead it: 77" {
	printf '{"taskId":"1"}\ngarbage\n' >in.json
	for mode in 666 644 620 604; do
		: >r
		chmod "$mode" r
		run -77 --separate-stderr twofa-task set A=1 --rejects r in.json
		is "$output" ""
		has "$stderr" "twofa-task: rejects: r: "
		[ ! -s r ]
	done
	chmod 640 r
	run -65 twofa-task set A=1 --rejects r in.json
	is "$(cat r)" garbage
	# A pipe is not waited for, and others cannot read from it.
	mkfifo -m 600 fifo
	run -78 --separate-stderr timeout 10 twofa-task set A=1 --rejects fifo in.json
	is "$stderr" "twofa-task: rejects: fifo: No such device or address"
	chmod 644 fifo
	cat fifo >piped 3>&- &
	eventually sh -c '! timeout 10 twofa-task set A=1 --rejects fifo in.json \
		2>err >out && grep -q "readable by everybody" err'
	wait $!
	[ ! -s piped ]
	# Standard output carries tasks.
	: >out
	chmod 600 out
	run -78 --separate-stderr bash -c \
		'twofa-task set A=1 --rejects out in.json >>out'
	has "$stderr" "is standard output, which carries tasks"
	# One's own link is followed, as those of /dev/fd are.
	ln -s r link
	run -65 twofa-task set A=1 --rejects link in.json
	is "$(cat r)" "garbage
garbage"
	run -65 bash -c 'twofa-task set A=1 --rejects /dev/fd/9 in.json 9>r'
	is "$(cat r)" garbage
	[ "$(id -u)" = 0 ] || skip "only root can make a link of another user"
	chown -h 65534 link
	run -77 --separate-stderr twofa-task set A=1 --rejects link in.json
	has "$stderr" "rejects: link: a symbolic link of another user"
	chown 65534 r
	run -77 --separate-stderr twofa-task set A=1 --rejects r in.json
	has "$stderr" "rejects: r: belongs to another user"
	is "$(cat r)" garbage
}

# kept TEXT: what rejects keep of it, the same in one piece and byte by byte.
kept() {
	rm -f r whole
	printf '%b' "$1" | twofa-task set A=1 --rejects r >out 2>err
	mv r whole
	python3 -c 'import os, sys
for b in sys.stdin.buffer.read():
    os.write(1, bytes([b]))' < <(printf '%b' "$1") |
		twofa-task set A=1 --rejects r >out 2>err
	cmp r whole && cat r
}

@test "rejects: what may be a PIN is blanked, wherever it stands" {
	while IFS='|' read -r text wanted; do
		is "$(kept "$text")" "$wanted"
	done <<-'END'
		{"name":"PIN","value":"1234"}|{"name":"PIN","value":"****"}
		{"value":1234,"name":"PIN"}|{"value":****,"name":"PIN"}
		{"updatedParameterValue": "123456"|{"updatedParameterValue": "******"
		{"PIN":"12 34-5#"}|{"PIN":"** **-*#"}
		{"PIN":"1234567890"}|{"PIN":"**********"}
		{"PIN":"12345678901"}|{"PIN":"12345678901"}
		{"PIN":"123"}|{"PIN":"123"}
		{"PIN":"1234|{"PIN":"****
		1234|****
		{"a":"\\t1234\\n"}|{"a":"\t****\n"}
		{"a":"+447700900001"}|{"a":"+447700900001"}
		{"a":"x1234","b":"1234x"}|{"a":"x1234","b":"1234x"}
		{"a":"2026-11-24T10:02:49Z"}|{"a":"2026-11-24T10:02:49Z"}
		{"a":"3f0c1234-1234-1234-8123-123456789012"}|{"a":"3f0c1234-1234-1234-8123-123456789012"}
		{"a":"v1.01234567.1234"}|{"a":"v1.01234567.1234"}
		[1234,1234,-1234]|[****,****,-****]
		{"a":"é1234é"}|{"a":"é****é"}
	END
	# Of two malformed tasks neither joins the other.
	printf '{"taskId":1}1234' >in.json
	rm r
	run -65 twofa-task set A=1 --rejects r in.json
	is "$(cat r)" '{"taskId":1}
****'
	# What is too long to be held back is not let through.
	is "$(kept "{\"a\":\"1234$(printf '%300s' '')1234" | tr -d ' \n')" \
		'{"a":"********'
}

@test "rejects of a task longer than 1 MiB are whole" {
	{
		printf '{"a":"'
		head -c 3000000 /dev/zero | tr '\0' x
		printf '"}\n'
	} >big
	cat big - >in.json <<<'{"taskId":"2"}'
	run -65 --separate-stderr twofa-task set A=1 --rejects r in.json
	cmp big r
	is "$(jq -r .taskId <<<"$output")" 2
}

@test "the counts add up" {
	make_customers
	{
		state 1 CustomerIdentifier=123456
		state 2 CustomerIdentifier=999999
		state 3 CustomerIdentifier=123456
		event 4 PIN 1
		echo garbage
		state 5
	} >in.json
	run -65 --separate-stderr twofa-lookup -v -d csv:customers.csv <in.json
	is "$(tail -n 1 <<<"$stderr")" "twofa-lookup: 6 tasks: 2 yes, 2 no, \
1 not for this program, 0 unanswered, 1 malformed"
	has "$stderr" "task 2: CustomerRecognized No, not-found"
	has "$stderr" "task 1: CustomerRecognized Yes"
	run -65 --separate-stderr twofa-lookup -d csv:customers.csv <in.json
	is "$(wc -l <<<"$stderr")" 1
	run -65 --separate-stderr twofa-lookup -q -d csv:customers.csv <in.json
	is "$(wc -l <<<"$stderr")" 1
	run -65 --separate-stderr twofa-sendpin -v -k key \
		-s 'command:/bin/false' <in.json
	is "$(tail -n 1 <<<"$stderr")" "twofa-sendpin: 6 tasks: 0 yes, 4 no, \
1 not for this program, 0 unanswered, 1 malformed"
	run -0 --separate-stderr twofa-task set -v A=1 </dev/null
	is "$stderr" "twofa-task: 0 tasks: 0 yes, 0 no, \
0 not for this program, 0 unanswered, 0 malformed"
}

@test "of several statuses the first of 70 74 78 77 75 69 65 1 wins" {
	make_customers
	{
		state 1 CustomerIdentifier=123456
		state 2 CustomerIdentifier=999999
	} >no.json
	echo garbage >bad.json
	lookup() {
		local status=$1
		shift
		run "-$status" twofa-lookup -q "$@"
	}
	d=csv:customers.csv
	lookup 0 -d $d < <(head -n 1 no.json)
	lookup 1 -d $d no.json
	lookup 65 -d $d no.json bad.json
	lookup 65 -d $d bad.json no.json
	lookup 74 -d $d bad.json none.json no.json
	echo '{}' >none
	p="exec:$FAKES/directory_driver.py --customers none --error"
	lookup 69 -d "$p permanent" no.json bad.json
	lookup 75 -d "$p temporary" bad.json no.json
	lookup 74 -d "$p temporary" none.json no.json
}

# --- when it comes ---------------------------------------------------------------

# answered STATUS PROGRAM...: the answer to one task comes while the input stays
# open, also when $HALF of the next task is there already; $REST is the rest.
answered() {
	local status=$1 line from to pid got=0
	shift
	coproc "$@" 2>err
	# bash forgets these when the program ends.
	from=${COPROC[0]} to=${COPROC[1]} pid=$COPROC_PID
	printf '%s\n%s' "$(cat one.json)" "${HALF-}" >&"$to"
	IFS= read -r -t 20 line <&"$from" || return 1
	has "$line" '{"taskId":' || return 1
	if [ -n "${REST-}" ]; then
		printf '%s\n' "$REST" >&"$to"
		IFS= read -r -t 20 line <&"$from" || return 1
		has "$line" '"second"' || return 1
	fi
	exec {to}>&-
	wait "$pid" || got=$?
	is "$got" "$status"
}

@test "an answer comes before the program waits for input" {
	send_pin
	enter "$PIN" >one.json
	answered 0 twofa-task set A=1
	answered 0 twofa-task event A=1
	answered 0 twofa-lookup -d csv:customers.csv
	answered 0 twofa-sendpin -k key -s file:box
	answered 0 twofa-verify -k key
	sqlite3 c.db 'create table Customers(Number, SMSNumber)'
	state t1 CustomerIdentifier=123456 >one.json
	answered 1 twofa-lookup -d sqlite:c.db
	echo '{"123456":["+447700900001"]}' >c
	answered 0 twofa-lookup -d \
		"exec:$FAKES/directory_driver.py --customers c"
	recognised t1 >one.json
	answered 0 twofa-sendpin -k key -s \
		"exec:$FAKES/sms_driver.py --truth truth"
}

@test "half of a task does not hold back the one before" {
	echo '{"taskId":"first"}' >one.json
	HALF='{"taskId":' REST='"second"}'
	answered 0 twofa-task set A=1
	HALF='   ' REST='{"taskId":"second"}'
	answered 0 twofa-task set A=1
	HALF='garbage' REST=$'\n{"taskId":"second"}'
	answered 65 twofa-task set A=1
}

@test "the three filters in a pipe answer one task at a time" {
	send_pin
	mkfifo in out
	(
		got=0
		twofa-lookup -d csv:customers.csv <in |
			twofa-sendpin -k key -s file:outbox |
			twofa-verify -k key >out || got=$?
		echo "$got" >status
	) 3>&- &
	exec 5>in 6<out
	for n in 1 2 3; do
		state "n$n" CustomerIdentifier=123456 >&5
		IFS= read -r -t 20 line <&6
		is "$(jq -r .taskId <<<"$line")" "n$n"
		is "$(value SMSSent <<<"$line")" Yes
	done
	exec 5>&-
	wait
	exec 6<&-
	is "$(cat status)" 1
}

@test "bytes that come one at a time make the same task" {
	printf '%s' '{"taskId":"e","a":[1,{"b":"\u00e9\\"}],"taskInformation":
		{"customContextParameters":[]}}bad
{"taskId":"2"}' >in.json
	twofa-task set A=1 in.json >all.json 2>/dev/null || [ $? = 65 ]
	dd if=in.json bs=1 status=none | twofa-task set A=1 >one.json 2>err ||
		[ $? = 65 ]
	cmp all.json one.json
	is "$(wc -l <one.json)" 2
}
