#!/usr/bin/env bats
# Bad input of every kind: a message that names the thing, the right status,
# and nothing else harmed.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
	state t1 CustomerIdentifier=123456 >first.json
	state t3 CustomerIdentifier=012345 >last.json
	wanted=$(twofa-lookup -d csv:customers.csv first.json last.json)
}

# bad WHAT TEXT MESSAGE [LINE]: between two good tasks; those are answered, TEXT
# is reported once, with its line. TEXT may hold what printf %b writes.
bad() {
	printf '%b\n' "$2" | cat first.json - last.json >in.json
	run --separate-stderr twofa-lookup -d csv:customers.csv <in.json
	printf '%s\n' "$1"
	is "$status" 65
	is "$output" "$wanted"
	is "$(wc -l <<<"$stderr")" 1
	has "$stderr" \
		"twofa-lookup: standard input:${4:-2}: malformed task: $3"
}

# good WHAT TEXT: TEXT comes out as it came.
good() {
	printf '%s\n' "$2" >in.json
	run --separate-stderr twofa-task set A=1 in.json
	printf '%s\n' "$1"
	is "$status" 0
	is "$stderr" ""
}

# nested N: N levels, the outer object being the first.
nested() {
	printf '{"taskId":"x","a":'
	printf '[%.0s' $(seq 2 "$1")
	printf ']%.0s' $(seq 2 "$1")
	printf '}'
}

# sized N: a task of N bytes.
sized() {
	printf '{"taskId":"x","a":"%s"}' \
		"$(head -c $(($1 - 21)) /dev/zero | tr '\0' x)"
}

@test "not JSON" {
	bad word hello 'not JSON'
	bad array '[1]' ''
	bad string '"x"' ''
	bad number 42 'not JSON'
	bad 'name without quotes' '{taskId:"x"}' 'not JSON'
	bad 'single quotes' "{'taskId':'x'}" 'not JSON'
	bad 'comma at the end' '{"taskId":"x",}' ''
	bad 'comma at the end of an array' '{"taskId":"x","a":[1,]}' ''
	bad 'two commas' '{"taskId":"x",,"a":1}' 'comma in the wrong place'
	bad 'no colon' '{"taskId" "x"}' ''
	bad 'two colons' '{"taskId"::"x"}' 'colon in the wrong place'
	bad 'no comma' '{"taskId":"x" "a":1}' ''
	bad 'wrong bracket' '{"taskId":"x"]' 'closing bracket'
	bad comment '{"taskId":"x"/*c*/}' 'not JSON'
	bad hash '# comment' 'not JSON'
	bad NaN '{"taskId":"x","a":NaN}' 'line 1'
	bad Infinity '{"taskId":"x","a":-Infinity}' 'line 1'
	bad True '{"taskId":"x","a":True}' 'line 1'
	bad 'leading zero' '{"taskId":"x","a":01}' 'line 1'
	bad plus '{"taskId":"x","a":+1}' 'line 1'
	bad 'no digit before the point' '{"taskId":"x","a":.5}' 'line 1'
	bad 'unknown escape' '{"taskId":"x","a":"\\x41"}' 'line 1'
	bad 'short escape' '{"taskId":"x","a":"\\u12"}' 'line 1'
	bad 'byte order mark' '\xef\xbb\xbf{"taskId":"x"}' \
		'not JSON: a byte order mark, perhaps: save it as UTF-8 without one'
	bad 'UTF-16' '\xff\xfe{\0"\0}\0' 'not JSON: UTF-16, perhaps: save it as UTF-8'
	bad 'UTF-16, big end first' '\xfe\xff\0{\0"\0}' 'not JSON: UTF-16'
	bad 'UTF-16' '\xff\xfe{\x00' 'not JSON'
}

@test "truncated" {
	bad 'in a string' '{"taskId":"x' 'a string is not closed on its line'
	bad 'in a name' '{"taskId":"x","tas' 'a string is not closed'
	bad 'behind a comma' '{"taskId":"x",' '' 3
	bad 'in an array' '{"taskId":"x","a":[1,{"b":2' '' 3
	bad 'in an object' '{"taskId":"x","a":{' '' 3
	bad 'the brace alone' '{' '' 3
	# The whole of the rest would fit in as a value.
	{
		state t1 CustomerIdentifier=123456
		printf '{"taskId":"x","a":\n'
		state t3 CustomerIdentifier=012345
	} >in.json
	run -65 --separate-stderr twofa-lookup -d csv:customers.csv <in.json
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "t1 t3 "
	# At the end of the input.
	{
		state t1 CustomerIdentifier=123456
		printf '{"taskId":"x","a":1'
	} >in.json
	run -65 --separate-stderr twofa-lookup -d csv:customers.csv <in.json
	is "$(jq -r .taskId <<<"$output")" t1
	has "$stderr" "standard input:2: malformed task: the input ends inside"
}

@test "duplicate members" {
	bad outside '{"taskId":"x","a":1,"a":2}' 'line 1: duplicate object key'
	bad inside '{"taskId":"x","a":{"b":1,"b":1}}' 'line 1: duplicate'
	bad taskId '{"taskId":"x","taskId":"y"}' 'line 1: duplicate'
	bad escaped '{"taskId":"x","a":1,"\\u0061":2}' 'line 1: duplicate'
	good 'by case they are two' '{"taskId":"x","a":1,"A":2}'
}

@test "64 levels, not 65" {
	bad 'depth 65' "$(nested 65)" 'nested deeper than 64 levels'
	good 'depth 64' "$(nested 64)"
	bad 'depth 100000' '{"a":'"$(head -c 100000 /dev/zero | tr '\0' '[')" \
		'nested deeper than 64 levels'
}

@test "1 MiB, not a byte more" {
	bad '1 MiB + 1' "$(sized 1048577)" 'longer than 1 MiB'
	sized 1048576 >in.json
	is "$(wc -c <in.json)" 1048576
	run -0 --separate-stderr twofa-task set A=1 in.json
	is "$stderr" ""
	is "$(jq -r .taskId <<<"$output")" x
	# Without an end, and as one line of 20 MiB.
	{
		state t1
		printf '{"a":"'
		head -c 20000000 /dev/zero | tr '\0' x
		printf '\n'
		state t3
	} >in.json
	run -65 --separate-stderr twofa-task set A=1 in.json
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "t1 t3 "
	is "$stderr" \
		"twofa-task: in.json:2: malformed task: longer than 1 MiB"
}

@test "not UTF-8" {
	bad 'a lone byte' '{"taskId":"x","a":"\xff"}' 'line 1'
	bad 'in a name' '{"taskId":"x","a\xff":1}' 'line 1'
	bad 'cut' '{"taskId":"x","a":"\xc3"}' 'line 1'
	bad 'overlong' '{"taskId":"x","a":"\xc0\xaf"}' 'line 1'
	bad 'surrogate' '{"taskId":"x","a":"\xed\xa0\x80"}' 'line 1'
	bad 'too large' '{"taskId":"x","a":"\xf4\x90\x80\x80"}' 'line 1'
	bad 'latin 1' '{"taskId":"x","a":"caf\xe9"}' 'line 1'
	good 'four bytes' '{"taskId":"x","a":"😀é","é":"￿"}'
}

@test "NUL bytes" {
	bad 'in a string' '{"taskId":"x","a":"\0000"}' \
		'control character in a string'
	bad 'between tokens' '{"taskId":"x",\0000"a":1}' 'not JSON'
	bad 'alone' '\0000' 'not JSON'
	bad 'escaped' '{"taskId":"x","a":"\\u0000"}' 'line 1'
	bad 'escaped in a name' '{"taskId":"x","a\\u0000b":1}' 'line 1'
	bad 'in a value' '{"taskId":"x","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"123456\\u0000"}]}}' 'line 1'
	bad 'a tab in a string' '{"taskId":"x","a":"\t"}' \
		'control character in a string'
}

@test "lone surrogates, and numbers that no double holds" {
	bad high '{"taskId":"x","a":"\\ud800"}' 'line 1'
	bad low '{"taskId":"x","a":"\\udc00"}' 'line 1'
	bad reversed '{"taskId":"x","a":"\\udc00\\ud800"}' 'line 1'
	bad 'in a name' '{"taskId":"x","\\ud800":1}' 'line 1'
	bad 1e999 '{"taskId":"x","a":1e999}' 'line 1'
	bad '400 digits' '{"taskId":"x","a":1'"$(printf '0%.0s' $(seq 400))"'}' \
		'line 1'
	good 'a pair' '{"taskId":"x","a":"\ud83d\ude00"}'
	good '20 digits' '{"taskId":"x","a":12345678901234567890}'
}

@test "taskId missing, empty, overlong, of another kind" {
	m='no taskId of 1 to 128 printable ASCII characters, other than NULL'
	bad missing '{"a":1}' "$m"
	bad 'empty object' '{}' "$m"
	bad empty '{"taskId":""}' "$m"
	bad 'not set' '{"taskId":"NULL"}' "$m"
	bad '129 characters' '{"taskId":"'"$(printf 'x%.0s' $(seq 129))"'"}' "$m"
	bad number '{"taskId":1}' "$m"
	bad null '{"taskId":null}' "$m"
	bad object '{"taskId":{}}' "$m"
	bad 'line end' '{"taskId":"a\\nb"}' "$m"
	bad escape '{"taskId":"a\\u001b[31m"}' "$m"
	bad DEL '{"taskId":"a\\u007f"}' "$m"
	bad 'not ASCII' '{"taskId":"é"}' "$m"
	good '128 characters' '{"taskId":"'"$(printf 'x%.0s' $(seq 128))"'"}'
	good 'all of ASCII' '{"taskId":" !~\"\\"}'
}

@test "parameters of another type" {
	for type in null '[]' '"x"' 1 true; do
		bad "taskInformation $type" \
			'{"taskId":"x","taskInformation":'"$type"'}' \
			'taskInformation is not an object'
	done
	for type in null '{}' '"x"' 1 true; do
		bad "customContextParameters $type" \
			'{"taskId":"x","taskInformation":{"customContextParameters":'"$type"'}}' \
			'customContextParameters is not an array'
	done
	for type in null '[]' '"x"' 1 '{}' '{"value":"1"}' '{"name":null}' \
		'{"name":1,"value":"x"}'; do
		bad "an element $type" \
			'{"taskId":"x","taskInformation":{"customContextParameters":[{"name":"A","value":"1"},'"$type"']}}' \
			'customContextParameters[1] is not an object with a name'
	done
	good 'none at all' '{"taskId":"x"}'
	good 'no array' '{"taskId":"x","taskInformation":{}}'
	good 'no value' '{"taskId":"x","taskInformation":{"customContextParameters":[{"name":"A"}]}}'
}

@test "a message about a malformed task does not quote it" {
	for text in '{"taskId":"x","PIN":"4711","PIN":"4711"}' '4711' \
		'{"taskId":"x","a":"4711' '{"taskId":"x","a":"4711","b":4711x}' \
		'{"taskId":"x" "4711"}' '{"taskId":"x","a":"\ud8004711"}'; do
		printf '%s\n' "$text" >in.json
		run -65 --separate-stderr twofa-verify -v -v --clear-pin \
			-l none <in.json
		has "$stderr" "standard input:1: malformed task"
		hasnt "$stderr" 4711
	done
}

@test "a malformed task in each program is 65 and the others go on" {
	send_pin
	{
		enter "$PIN"
		echo garbage
		enter "$PIN"
	} >in.json
	run -65 twofa-lookup -d csv:customers.csv in.json
	run -65 twofa-sendpin -k key -s file:other in.json
	run -65 --separate-stderr twofa-verify -k key in.json
	is "$(wc -l <<<"$output")" 2
	# The second is as good as the first, but a PIN works once.
	is "$(value ValidationCheck <<<"$output" | tr '\n' ' ')" "OK Failed "
	run -65 twofa-task show in.json
	run -65 twofa-task get PIN in.json
	run -65 twofa-task set A=1 in.json
	run -65 twofa-task event A=1 in.json
}

# --- files ---------------------------------------------------------------------

# nobody COMMAND...: as a user that may do little, if we may do all.
nobody() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

@test "a file that cannot be read: 74, and the others are" {
	state t1 >1.json
	state t2 >2.json
	chmod 644 ./*.json
	run -74 --separate-stderr twofa-task set A=1 1.json none.json 2.json
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "t1 t2 "
	is "$stderr" "twofa-task: none.json: No such file or directory"
	mkdir directory
	run -74 --separate-stderr twofa-task set A=1 directory
	has "$stderr" "directory: Is a directory"
	chmod 000 2.json
	p=$PWD
	for d in "$p" "$(dirname "$p")" "$(dirname "$(dirname "$p")")"; do
		chmod o+rx "$d"
	done
	if ! nobody test -x "$BUILD/bin/twofa-task" -a -r 1.json; then
		skip "nobody cannot reach the programs"
	fi
	run -74 --separate-stderr nobody "$BUILD/bin/twofa-task" set A=1 \
		2.json 1.json
	is "$(jq -r .taskId <<<"$output")" t1
	is "$stderr" "twofa-task: 2.json: Permission denied"
}

@test "FIFO, symbolic link, hard link, directory, device with -i: refused" {
	state t1 >t.json
	cp t.json before
	mkfifo fifo
	ln -s t.json link
	mkdir directory
	for file in fifo link directory /dev/null; do
		run --separate-stderr timeout 10 twofa-task set -i A=1 "$file"
		is "$status" 77
		has "$stderr" "twofa-task: $file: "
	done
	has "$stderr" "not a regular file"
	run -77 --separate-stderr twofa-task set -i A=1 link
	has "$stderr" "symbolic link"
	[ -L link ] && [ -p fifo ]
	cmp t.json before
	ln t.json hard
	run -77 --separate-stderr twofa-task set -i A=1 t.json
	has "$stderr" "hard links"
	rm hard
	cmp t.json before
	run -0 twofa-task set -i A=1 t.json
	run -1 cmp -s t.json before
}

@test "full disk: 74 from every program, on --help and -V too" {
	send_pin
	enter "$PIN" >in.json
	for command in 'twofa-task new' 'twofa-task set A=1 in.json' \
		'twofa-task get PIN in.json' 'twofa-task show in.json' \
		'twofa-lookup -d csv:customers.csv in.json' \
		'twofa-sendpin -k key -s file:outbox in.json' \
		'twofa-verify -k key in.json' \
		'twofa-task --help' 'twofa-lookup --help' 'twofa-sendpin --help' \
		'twofa-verify --help' 'twofa-task -V' 'twofa-lookup -V' \
		'twofa-sendpin -V' 'twofa-verify -V'; do
		run -74 --separate-stderr bash -c "$command >/dev/full"
		is "$stderr" "${command%% *}: standard output: \
No space left on device"
		run -74 --separate-stderr bash -c "$command >&-"
		is "$stderr" "${command%% *}: standard output: Bad file descriptor"
		# The same with somewhere to write to.
		run -0 bash -c "$command"
	done
}

@test "full disk: nothing was sent that the task does not know of" {
	recognised t1 >t.json
	run -69 --separate-stderr twofa-sendpin -k key -s file:/dev/full <t.json
	has "$stderr" "No space left on device"
	is "$(value TwofaReason <<<"$output")" unknown-outcome
	is "$(value SMSSent <<<"$output")" ""
}

@test "closed stdin: 74, and verify does not say 0" {
	send_pin
	for command in 'twofa-task set A=1' 'twofa-task get A' 'twofa-task show' \
		'twofa-lookup -d csv:customers.csv' \
		'twofa-sendpin -k key -s file:outbox' 'twofa-verify -k key'; do
		run -74 --separate-stderr bash -c "$command <&-"
		is "$output" ""
		is "$stderr" \
			"${command%% *}: standard input: Bad file descriptor"
	done
	run -74 --separate-stderr bash -c 'twofa-verify -p -k key sent.json <&-'
	is "$output" ""
	# Opened for writing only.
	run -74 bash -c 'twofa-verify -k key <&- 0>x'
}

@test "closed descriptors are not taken by our own files" {
	send_pin
	cp key key.before
	export TWOFA_LIMIT_NUMBER=none
	for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' \
		'<&- >&- 2>&-'; do
		rm -f box
		recognised "for $closed" >two.json
		bash -c "twofa-sendpin -v -k key -s file:box two.json $closed" \
			>out 2>err || true
		cmp key key.before
		# One message, and nothing of ours in the outbox.
		is "$(jq -r .to box)" +447700900001
		is "$(wc -l <box)" 1
		run bash -c "twofa-verify -k key sent.json $closed"
		[ "$status" = 1 ] || [ "$status" = 74 ]
	done
}

@test "a reader that goes away: 74, not a signal" {
	numbered 5000 >many.json
	run bash -c 'twofa-task set A=1 many.json 2>err | head -n 1 >/dev/null
		echo "${PIPESTATUS[0]}"'
	is "$output" 74
	is "$(cat err)" "twofa-task: standard output: Broken pipe"
}

# limited LIMIT PROGRAM...: its status in $got; out and err. 127: the loader
# could not even begin.
limited() {
	got=0
	prlimit "$1" "$BUILD/bin/$2" "${@:3}" >out 2>err || got=$?
}

@test "few descriptors, little memory: a status and no answer, never a crash" {
	send_pin -a 10
	enter "$WRONG" >wrong.json
	export TWOFA_LIMIT_NUMBER=none TWOFA_LIMIT_CUSTOMER=none
	export TWOFA_LIMIT_WRONG=none
	for n in 3 4 5 6 7 8 9 10 12 16 64; do
		limited --nofile="$n" twofa-verify -k key wrong.json
		case $got in
		1) [[ $(value TwofaReason out) =~ ^(wrong|exhausted)$ ]] ;;
		74 | 75 | 78) [ -s err ] ;;
		*) is "$got" 127 ;;
		esac
		rm -f box
		recognised "with $n" >t.json
		limited --nofile="$n" twofa-sendpin -k key -s file:box t.json
		case $got in
		0) is "$(wc -l <box)" 1 ;;
		74 | 75 | 78) [ -s err ] && [ ! -s box ] ;;
		*) is "$got" 127 ;;
		esac
	done
	is "$got" 0
	if is_sanitized; then
		skip "the sanitizer needs more memory"
	fi
	for mib in 4 5 6 7 8 9 10 12 16 64; do
		limited --as=$((mib * 1048576)) twofa-verify -k key wrong.json
		case $got in
		1) [[ $(value TwofaReason out) =~ ^(wrong|exhausted)$ ]] ;;
		70 | 74 | 75 | 78) [ -s err ] ;;
		*) is "$got" 127 ;;
		esac
	done
	is "$got" 1
}

# --- settings ------------------------------------------------------------------

@test "missing, world-readable, broken key" {
	send_pin
	enter "$PIN" >t.json
	run -78 --separate-stderr twofa-verify -k none <t.json
	is "$stderr" "twofa-verify: none: no key: twofa-sendpin makes it; or \
name another with -k"
	is "$output" ""
	[ ! -e none ]
	for mode in 604 644 666 602 620; do
		chmod "$mode" key
		run -77 --separate-stderr twofa-verify -k key <t.json
		has "$stderr" "twofa-verify: key: "
		has "$stderr" chmod
		run -77 --separate-stderr twofa-sendpin -k key -s file:box <t.json
		[ ! -e box ]
	done
	for mode in 600 400 640; do
		chmod "$mode" key
		run -0 twofa-verify -k key <t.json
	done
	for text in '' '#' abc "$(printf '%063d' 1)" "$(printf '%065d' 1)" \
		"$(printf '%064d' 1 | tr 0 g)" "x$(printf '%063d' 1)"; do
		(umask 077 && printf '%s\n' "$text" >broken)
		run -78 --separate-stderr twofa-verify -k broken <t.json
		has "$stderr" "twofa-verify: broken"
		[ "$text" = "" ] || [ "$text" = "#" ] || hasnt "$stderr" "$text"
	done
	mkdir directory
	run -78 --separate-stderr twofa-verify -k directory <t.json
	has "$stderr" directory
}

@test "unknown scheme, no scheme, missing driver: 78, and what there is" {
	recognised t1 >t.json
	for address in nosuch:x file acs 'File:x' ':x' '' 'twilio:file:x' \
		'1x:y' '../acs:x'; do
		run --separate-stderr twofa-sendpin -k key -s "$address" <t.json
		case $address in
		'') is "$status" 64 ;;
		*) is "$status" 78 ;;
		esac
		is "$output" ""
		has "$stderr" "twofa-sendpin: "
		[ "$address" = "" ] || has "$stderr" "${address%%:*}"
		run --separate-stderr twofa-lookup -d "$address" <t.json
		is "$output" ""
		[ "$status" = 78 ] || [ "$status" = 64 ]
	done
	run -78 --separate-stderr twofa-sendpin -k key -s nosuch:x <t.json
	has "$stderr" "no driver sms-nosuch is installed"
	has "$stderr" "file: command: exec:"
	run -78 --separate-stderr twofa-lookup -d nosuch:x <t.json
	has "$stderr" "no driver directory-nosuch is installed"
	has "$stderr" "csv: sqlite: exec:"
}

@test "programs with more words than there is room for: 78, none is dropped" {
	recognised t1 >t.json
	for scheme in exec command; do
		# shellcheck disable=SC2046 # words
		run -78 --separate-stderr twofa-sendpin -k key \
			-s "$scheme:/bin/true $(echo $(seq 32))" <t.json
		is "$(value SMSSent <<<"$output")" ""
		has "$stderr" "$scheme: more than 32 words: put them into a script"
	done
}

@test "programs that are not there: 78" {
	recognised t1 >t.json
	printf 'no program\n' >text
	mkdir directory
	for address in exec:none exec: exec:./none exec:./text exec:./directory \
		command:none command: command:./none command:./text; do
		run -78 --separate-stderr twofa-sendpin -k key -s "$address" <t.json
		has "$stderr" "twofa-sendpin: "
		case $address in
		*/*) has "$stderr" "${address#*:}: " ;;
		*) has "$stderr" "${address%%:*}: give the program by its path" ;;
		esac
		is "$(value SMSSent <<<"$output")" ""
		is "$(value GeneratedPIN <<<"$output")" ""
	done
	state t1 CustomerIdentifier=123456 >t.json
	for address in exec:none exec: exec:./none exec:./text; do
		run -78 --separate-stderr twofa-lookup -d "$address" <t.json
		is "$(value CustomerRecognized <<<"$output")" ""
	done
}

@test "no sender, no directory: 78 and how to give it" {
	recognised t1 >t.json
	run -78 --separate-stderr twofa-sendpin -k key <t.json
	is "$output" ""
	is "$stderr" "twofa-sendpin: no sender: -s file:OUTBOX to try, -s acs: \
to send"
	run -78 --separate-stderr twofa-lookup <t.json
	is "$output" ""
	has "$stderr" "no directory: -d csv:FILE or -d sqlite:FILE"
}

@test "an outbox that others can read: 77; one that is none: 78" {
	recognised t1 >t.json
	touch box
	chmod 644 box
	run -77 --separate-stderr twofa-sendpin -k key -s file:box <t.json
	has "$stderr" "box: readable by everybody: chmod 600 it"
	[ ! -s box ]
	mkdir directory
	mkfifo fifo
	for path in directory fifo none/box ''; do
		run -78 --separate-stderr timeout 10 twofa-sendpin -k key \
			-s "file:$path" <t.json
		has "$stderr" "${path:-file:OUTBOX}"
	done
	chmod 600 box
	run -0 twofa-sendpin -k key -s file:box <t.json
	is "$(wc -l <box)" 1
	rm box
	recognised t2 >t.json
	run -0 twofa-sendpin -k key -s file:box <t.json
	is "$(stat -c %a box)" 600
}
