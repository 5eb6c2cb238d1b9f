#!/usr/bin/env bats
# twofa-task: tasks from the shell.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
}

P='"taskInformation":{"customContextParameters":'

# --- new ---------------------------------------------------------------------------

@test "new: with an id, with assignments" {
	run -0 --separate-stderr twofa-task new --id t1
	is "$output" '{"taskId":"t1",'"$P"'[]}}'
	is "$stderr" ""
	run -0 twofa-task new --id t1 CustomerIdentifier=123456 B_2=x=y C=
	is "$output" '{"taskId":"t1",'"$P"'[{"name":"CustomerIdentifier","value":"123456"},{"name":"B_2","value":"x=y"}]}}'
	# shellcheck disable=SC1003 # a backslash, not a quote, is escaped
	run -0 twofa-task new --id $'"\\/' 'A="é\'
	is "$output" '{"taskId":"\"\\/",'"$P"'[{"name":"A","value":"\"é\\"}]}}'
}

@test "new: a random id, another one each time" {
	for _ in 1 2 3 4 5; do
		twofa-task new
	done >many.json
	is "$(jq -r .taskId many.json | sort -u | wc -l)" 5
	is "$(jq -r .taskId many.json | grep -cE \
		'^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')" 5
}

@test "new: what is refused" {
	run -64 --separate-stderr twofa-task new --id ''
	has "$stderr" "--id: may not be empty"
	for id in é $'a\nb' "$(printf 'x%.0s' $(seq 129))"; do
		run -64 --separate-stderr twofa-task new --id "$id"
		is "$output" ""
		has "$stderr" "taskId has 1 to 128 printable ASCII characters"
	done
	for word in A-B=1 1A=1 =1 A file.json 'A B=1' é=1; do
		run -64 --separate-stderr twofa-task new "$word"
		is "$output" ""
		has "$stderr" "'$word' is no NAME=VALUE; see twofa-task --help"
	done
	run -64 --separate-stderr twofa-task new taskId=x
	has "$stderr" "taskId is no parameter"
	run -65 --separate-stderr twofa-task new A=$'\xff'
	is "$output" ""
	has "$stderr" "A"
	has "$stderr" "UTF-8"
}

@test "new --csv: a task a row" {
	printf '\xef\xbb\xbftaskId,CustomerIdentifier,A\r\nt1,123456,"x,\n""y"""\r\n\r\n,654321,\r\n' \
		>c.csv
	run -0 --separate-stderr twofa-task new --csv c.csv B=2
	is "$stderr" ""
	is "$(wc -l <<<"$output")" 2
	is "$(head -n 1 <<<"$output")" '{"taskId":"t1",'"$P"'[{"name":"B","value":"2"},{"name":"CustomerIdentifier","value":"123456"},{"name":"A","value":"x,\n\"y\""}]}}'
	is "$(tail -n 1 <<<"$output" | jq -r '.taskId | length')" 36
	is "$(tail -n 1 <<<"$output" | value A)" ""
	printf 'A\n1\n2\n' >c.csv
	run -0 twofa-task new --csv c.csv
	is "$(value A <<<"$output" | tr '\n' ' ')" "1 2 "
	printf 'A\n' >c.csv
	run -0 twofa-task new --csv c.csv
	is "$output" ""
}

@test "new --csv: a row whose columns are in any order loses nothing" {
	printf 'SMSNumber,CustomerRecognized,CustomerIdentifier,taskId\n+447700900001,Yes,123456,t1\n' \
		>c.csv
	run -0 --separate-stderr twofa-task new --csv c.csv
	is "$(value SMSNumber <<<"$output")" +447700900001
	is "$(value CustomerRecognized <<<"$output")" Yes
	run -0 --separate-stderr twofa-task new SMSNumber=+447700900001 \
		CustomerIdentifier=123456
	is "$(value SMSNumber <<<"$output")" +447700900001
}

@test "new --csv: what is refused" {
	printf 'A,B\n1\n' >fields.csv
	printf 'A,A\n' >twice.csv
	printf 'A-B\n1\n' >name.csv
	printf '"a\n' >quote.csv
	printf 'taskId\nt1\n%0129d\n' 1 >id.csv
	: >empty.csv
	for file in fields twice name quote id empty; do
		run -65 --separate-stderr twofa-task new --csv "$file.csv"
		has "$stderr" "twofa-task: $file.csv"
	done
	run -74 --separate-stderr twofa-task new --csv none.csv
	is "$stderr" "twofa-task: none.csv: No such file or directory"
	run -64 --separate-stderr twofa-task new --csv id.csv --id x
	has "$stderr" "--id"
}

@test "new --csv -: from standard input; set wants a name" {
	printf 'taskId,A\nt1,1\nt2,2\n' >c.csv
	run -0 --separate-stderr twofa-task new --csv - < <(cat c.csv)
	is "$stderr" ""
	is "$output" "$(twofa-task new --csv c.csv)"
	run -65 --separate-stderr twofa-task new --csv - < <(printf 'A,B\n1\n')
	is "$stderr" "twofa-task: standard input:2: 1 field where the header has 2"
	run -65 --separate-stderr twofa-task new --csv - </dev/null
	has "$stderr" "standard input: "
	for command in set event; do
		run -64 --separate-stderr twofa-task "$command" --csv - c.csv <c.csv
		is "$stderr" \
			"twofa-task: --csv -: the file is read twice: give its name"
	done
}

@test "new --csv: a row without a customer makes no task, and is told" {
	printf 'taskId,CustomerIdentifier,A\nt1,123456,\nt2,,x\n,,\nt4,234567,\n' \
		>c.csv
	run -65 --separate-stderr twofa-task new --csv c.csv B=1
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "t1 t4 "
	is "$stderr" "twofa-task: c.csv: rows left out: 2, the first in line 3, \
without CustomerIdentifier"
	# Without that column, what is empty altogether.
	printf 'taskId,A\nt1,\n,\n,2\n' >c.csv
	run -65 --separate-stderr twofa-task new --csv c.csv B=1
	is "$(wc -l <<<"$output")" 2
	is "$stderr" "twofa-task: c.csv: rows left out: 1, the first in line 3, \
without a value"
}

@test "new --csv: what stands before a bad row comes out" {
	printf 'taskId,A\nt1,1\nt2,2\nt3\nt4,4\n' >c.csv
	run -65 --separate-stderr twofa-task new --csv c.csv
	is "$(jq -r .taskId <<<"$output" | tr '\n' ' ')" "t1 t2 "
	has "$stderr" "c.csv:4: 1 field where the header has 2"
}

@test "values from files and stdin" {
	printf 'from file\n' >v
	printf 'two\nlines\n\n' >w
	printf 'crlf\r\n' >x
	: >empty
	run -0 twofa-task new --id t A=@v B=@w C=@x D=@empty E=@- F=a@b < \
		<(printf 'from stdin')
	is "$output" '{"taskId":"t",'"$P"'[{"name":"A","value":"from file"},{"name":"B","value":"two\nlines\n"},{"name":"C","value":"crlf"},{"name":"E","value":"from stdin"},{"name":"F","value":"a@b"}]}}'
	run -64 --separate-stderr twofa-task new A=@- B=@- </dev/null
	has "$stderr" "@-: two values cannot both come from stdin"
	run -74 --separate-stderr twofa-task new A=@none
	has "$stderr" "none: No such file or directory"
	run -74 --separate-stderr twofa-task new A=@/
	printf 'a\0b' >nul
	run -65 --separate-stderr twofa-task new A=@nul
	has "$stderr" "nul: a NUL byte in the value"
	head -c 65536 /dev/zero | tr '\0' x >large
	run -0 twofa-task new A=@large
	is "$(value A <<<"$output" | tr -d '\n' | wc -c)" 65536
	printf x >>large
	run -65 --separate-stderr twofa-task new A=@large
	has "$stderr" large
}

# --- get ---------------------------------------------------------------------------

@test "get: one line a task, tabs between" {
	{
		state t1 A=1 B=2
		state t2 A=1
		state t3 $'A=a\tb\\c\nd\re'
	} >t.json
	run -1 --separate-stderr twofa-task get taskId,A,B t.json
	is "$output" $'t1\t1\t2\nt2\t1\t\nt3\ta\\tb\\\\c\\nd\\re\t'
	is "$stderr" ""
	run -0 twofa-task get A,taskId t.json
	run -1 twofa-task get B t.json
	is "$output" 2
	is "$(twofa-task get B t.json | wc -l)" 3
	run -0 twofa-task get A <t.json
	# Each value alone, as jq sees it.
	is "$(twofa-task get A t.json)" "$(jq -r '[.taskInformation.customContextParameters[0].value] | @tsv' t.json)"
}

@test "get: set means what it means everywhere" {
	printf '%s\n' '{"taskId":"t","taskInformation":{"customContextParameters":[{"Name":"A","Value":12345678901234567890},{"name":"B","value":"NULL"},{"name":"C","value":null},{"name":"D","value":""},{"name":"E","value":"first"},{"name":"E","value":"second"}]}}' \
		>t.json
	run -1 twofa-task get A,B,C,D,E,F t.json
	is "$output" $'12345678901234567890\t\t\t\tfirst\t'
}

@test "get: what is refused" {
	for names in '' 'A,' ',A' 'A,,B' A-B 'A B' "A,$(printf 'B,%.0s' $(seq 64))C"; do
		run -64 --separate-stderr twofa-task get "$names" </dev/null
		has "$stderr" "get: '"
	done
	run -64 --separate-stderr twofa-task get </dev/null
	has "$stderr" "get: give NAME[,NAME...]; see twofa-task --help"
	run -74 --separate-stderr twofa-task get A none.json
}

# --- set and event ----------------------------------------------------------------

@test "set: a state; what was derived goes" {
	send_pin
	twofa-task event "PIN=$PIN" sent.json | jq -c '. + {event: "x"}' >e.json
	run -0 --separate-stderr twofa-task set CustomerIdentifier=654321 e.json
	is "$output" '{"taskId":"t1",'"$P"'[{"name":"CustomerIdentifier","value":"654321"}]}}'
	run -0 twofa-task set StartValidation=Yes sent.json
	is "$(twofa-task get SMSNumber,SMSSent,GeneratedPIN <<<"$output")" \
		$'+447700900001\t\t'
	run -0 twofa-task set A=1 sent.json
	is "$output" "$(sed 's/]}}$/,{"name":"A","value":"1"}]}}/' sent.json)"
	# An empty value removes.
	run -0 twofa-task set SMSSent= sent.json
	is "$(value SMSSent <<<"$output")" ""
	hasnt "$output" '"SMSSent"'
}

@test "event: the last assignment is what it says" {
	state t1 A=0 >t.json
	run -0 --separate-stderr twofa-task event A=1 B=2 t.json
	is "$output" '{"taskId":"t1",'"$P"'[{"name":"A","value":"1"},{"name":"B","value":"2"}]},"updatedParameterName":"B","updatedParameterValue":"2"}'
	run -0 twofa-task event A=3 <<<"$output"
	is "$output" '{"taskId":"t1",'"$P"'[{"name":"A","value":"3"},{"name":"B","value":"2"}]},"updatedParameterName":"A","updatedParameterValue":"3"}'
}

@test "set and event: what is refused" {
	state t1 >t.json
	for command in set event; do
		run -64 --separate-stderr twofa-task $command t.json
		has "$stderr" "give NAME=VALUE or --csv FILE; see twofa-task --help"
		run -64 --separate-stderr twofa-task $command A=@- <t.json
		has "$stderr" "name the task files"
		run -64 --separate-stderr twofa-task $command taskId=x t.json
		has "$stderr" "taskId is no parameter"
		# shellcheck disable=SC2046 # many words
		run -64 --separate-stderr twofa-task $command \
			$(seq -f 'A%.0f=1' 65) t.json
		has "$stderr" "more than 64 assignments"
		run -64 --separate-stderr twofa-task $command --id x A=1 t.json
		has "$stderr" "--id"
	done
	run -0 twofa-task set A=@- t.json <<<x
	is "$(value A <<<"$output")" x
	# A word behind the first file is a file.
	run -74 --separate-stderr twofa-task set A=1 t.json B=2
	has "$stderr" "B=2: No such file or directory"
	run -65 --separate-stderr twofa-task set A=$'\xff' t.json
	is "$output" ""
	has "$stderr" "A"
}

@test "set --csv joins on taskId" {
	for n in 1 2 3; do
		state "t$n" A=0
	done >t.json
	printf 'A,taskId,B\n30,t3,x\n10,t1,\n' >c.csv
	run -0 --separate-stderr twofa-task set --csv c.csv t.json
	is "$(twofa-task get taskId,A,B <<<"$output" 2>/dev/null)" \
		$'t1\t10\t\nt2\t0\t\nt3\t30\tx'
	is "$stderr" ""
	# A task without a row stays as it is, byte for byte.
	is "$(sed -n 2p <<<"$output")" "$(sed -n 2p t.json)"
	run -0 --separate-stderr twofa-task event --csv c.csv t.json
	is "$(jq -r '[.taskId, .updatedParameterName, .updatedParameterValue] |
		@tsv' <<<"$output")" $'t1\tA\t10\nt2\t\t\nt3\tB\tx'
	# A row without a task is most likely a mistake: said, and 1.
	printf 'taskId,A\nt1,1\nt9,9\n' >c.csv
	run -1 --separate-stderr twofa-task set --csv c.csv t.json
	is "$stderr" "twofa-task: c.csv: 1 of 2 rows met no task with their taskId"
	is "$(wc -l <<<"$output")" 3
}

@test "set --csv: what is refused before any task" {
	state t1 >t.json
	printf 'A\n1\n' >no-id.csv
	printf 'taskId,A\nt1,1\nt1,2\n' >twice.csv
	printf 'taskId,A\nt1\n' >fields.csv
	for file in no-id twice fields; do
		run -65 --separate-stderr twofa-task set --csv "$file.csv" t.json
		is "$output" ""
		has "$stderr" "$file.csv"
	done
	has "$(twofa-task set --csv twice.csv t.json 2>&1 || true)" \
		"taskId 't1' appears twice"
	run -74 --separate-stderr twofa-task set --csv none.csv t.json
	is "$output" ""
}

# --- PINEntry ----------------------------------------------------------------------

UUID='[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

@test "a PIN gets a new PINEntry each time: set, event, new" {
	state t1 A=1 >t.json
	{
		twofa-task set PIN=4711 t.json
		twofa-task set PIN=4711 t.json
		twofa-task set PIN=4711 t.json | twofa-task set PIN=4711
		twofa-task event PIN=4711 t.json
		twofa-task new PIN=4711
		# One command, several tasks: each its own.
		cat t.json t.json | twofa-task set PIN=4711
	} >all.json
	is "$(value PINEntry all.json | grep -cxE "$UUID")" 7
	is "$(value PINEntry all.json | sort -u | wc -l)" 7
	# One of them a task, and beside what was there.
	is "$(head -n 3 all.json | sed -E "s/$UUID/UUID/" | sort -u)" '{"taskId":"t1",'"$P"'[{"name":"A","value":"1"},{"name":"PIN","value":"4711"},{"name":"PINEntry","value":"UUID"}]}}'
	# No PIN, no PINEntry.
	run -0 twofa-task set B=1 pin=4711 PINX=1 GeneratedPIN=x t.json
	hasnt "$output" PINEntry
}

@test "an event is about PIN, not its PINEntry" {
	state t1 >t.json
	run -0 twofa-task event PIN=4711 t.json
	is "$(sed -E "s/$UUID/UUID/" <<<"$output")" '{"taskId":"t1",'"$P"'[{"name":"PIN","value":"4711"},{"name":"PINEntry","value":"UUID"}]},"updatedParameterName":"PIN","updatedParameterValue":"4711"}'
	for words in 'PIN=4711 PINEntry=e' 'PINEntry=e PIN=4711'; do
		# shellcheck disable=SC2086 # two words
		run -0 twofa-task event $words t.json
		is "$(twofa-task get PIN,PINEntry <<<"$output")" $'4711\te'
		is "$(jq -r '.updatedParameterName + "=" +
			.updatedParameterValue' <<<"$output")" PIN=4711
	done
	run -0 twofa-task event PINEntry=e t.json
	is "$(jq -r .updatedParameterName <<<"$output")" PINEntry
}

@test "a PINEntry that the command sets itself is kept" {
	for words in 'PIN=4711 PINEntry=e' 'PINEntry=e PIN=4711'; do
		# shellcheck disable=SC2086 # two words
		run -0 twofa-task new --id t1 $words
		is "$(value PINEntry <<<"$output")" e
		# shellcheck disable=SC2086 # two words
		run -0 twofa-task set $words < <(state t1 PIN=1)
		is "$(value PINEntry <<<"$output")" e
	done
	# Also alone, and none at all.
	run -0 twofa-task set PINEntry=f <<<"$output"
	is "$(twofa-task get PIN,PINEntry <<<"$output")" $'4711\tf'
	run -0 twofa-task set PIN=4711 PINEntry= <<<"$output"
	hasnt "$output" PINEntry
	# One from before is not.
	run -0 twofa-task set PIN=4711 < <(state t1 PINEntry=old)
	is "$(value PINEntry <<<"$output" | grep -cxE "$UUID")" 1
	is "$(grep -o PINEntry <<<"$output" | wc -l)" 1
}

@test "a PINEntry goes with its PIN" {
	state t1 StartValidation=Yes PIN=4711 >t.json
	: >empty
	for word in PIN= PIN=@empty StartValidation=Again \
		CustomerIdentifier=1; do
		run -0 twofa-task set "$word" t.json
		hasnt "$output" PINEntry
	done
	run -0 twofa-task event PIN= t.json
	hasnt "$output" PINEntry
	run -0 twofa-task set A=1 t.json
	is "$(value PINEntry <<<"$output")" "$(value PINEntry t.json)"
}

@test "--csv: a row that has a PIN gives a PINEntry" {
	printf 'taskId,PIN,PINEntry\nt1,1111,\nt2,2222,e\nt3,,\nt4,,f\n' >c.csv
	twofa-task new --csv c.csv >new.json
	for id in t1 t2 t3 t4; do
		state "$id" PINEntry=old
	done >t.json
	twofa-task set --csv c.csv t.json >set.json
	twofa-task event --csv c.csv t.json >event.json
	for file in new set event; do
		is "$(sed -n 1p $file.json | value PINEntry | grep -cxE "$UUID")" 1
		is "$(sed -n 2p $file.json | value PINEntry)" e
	done
	is "$(sed -n 3,4p new.json | value PINEntry)" $'\nf'
	is "$(sed -n 3,4p set.json | value PINEntry)" $'old\nf'
	is "$(jq -r .updatedParameterName event.json | tr '\n' ' ')" \
		"PIN PIN null PINEntry "
	# Assignments and rows together are one command.
	run -0 twofa-task set PIN=4711 --csv c.csv t.json
	is "$(value PINEntry <<<"$output" | sed -E "s/$UUID/UUID/" | tr '\n' ' ')" \
		"UUID e UUID f "
	is "$(value PIN <<<"$output" | tr '\n' ' ')" "1111 2222 4711 4711 "
}

@test "verify: a verdict leaves no PINEntry" {
	send_pin
	for pin in "$WRONG" "$PIN"; do
		enter "$pin" >e.json
		is "$(value PINEntry e.json | grep -cxE "$UUID")" 1
		run twofa-verify -k key e.json
		has "$output" ValidationCheck
		hasnt "$output" PINEntry
	done
}

@test "a PIN from a file is nowhere in the words of the command" {
	send_pin
	enter "$PIN" >e.json
	is "$(value PIN e.json)" "$PIN"
}

# --- show --------------------------------------------------------------------------

@test "show: for people, without what they should not see" {
	send_pin
	enter "$PIN" | twofa-task event A=$'x\e[31m\ny' >e.json
	run -0 --separate-stderr twofa-task show e.json
	is "$stderr" ""
	hasnt "$output" "$PIN"
	hasnt "$output" 7700900001
	hasnt "$output" "$(value GeneratedPIN sent.json)"
	hasnt "$output" $'\e'
	is "$(head -n 1 <<<"$output")" "task t1, event A"
	has "$output" "CustomerIdentifier  123456"
	has "$output" "SMSNumber           +**********01"
	has "$output" "(sealed)"
	has "$output" "PIN                 (hidden)"
	run -0 twofa-task show < <(state t2)
	is "$output" "task t2"
	# In clear it is hidden too.
	run -0 twofa-task show < <(state t3 GeneratedPIN=4711 PIN=4711)
	hasnt "$output" 4711
}

@test "a command that is none, or none at all" {
	run -64 --separate-stderr twofa-task
	has "$stderr" "give a command: new, get, set, event or show; see twofa-task --help"
	is "$(wc -l <<<"$stderr")" 1
	run -64 --separate-stderr twofa-task nonsense
	has "$stderr" "unknown command 'nonsense'; see twofa-task --help"
	run -64 --separate-stderr twofa-task -i set A=1 t.json
	is "$stderr" "twofa-task: the command comes before the options: twofa-task set ...; see twofa-task --help"
	run -64 --separate-stderr twofa-task --dry-run nonsense
	has "$stderr" "unknown command 'nonsense'"
	run -64 twofa-task -q
}
