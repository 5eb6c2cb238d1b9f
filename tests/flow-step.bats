#!/usr/bin/env bats
# twofa-flow step: the call as a pipeline, every way through the built-in
# workflow, what is refused, and many calls at once.
# shellcheck disable=SC2030,SC2031,SC2154,SC2317 # run sets output and stderr

load common

setup() {
	setup_dir
	# Thousands of files are written and synced: not a test of the disk.
	if memory=$(mktemp -d -p /dev/shm); then
		cd "$memory" || return 1
		export TWOFA_LEDGER=$PWD/ledger.db
	fi
	make_customers
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox \
		TWOFA_KEY=key
}

teardown() {
	[ -z "$memory" ] || rm -r "$memory"
}

# What a stage put into FILE names as its event: raised FILE.
raised() {
	jq -r '"\(.updatedParameterName // "none"):\(.updatedParameterValue //
		"none")"' "$1"
}

# A task without the time, which goes on.
timeless() {
	sed -E 's/("name":"FlowSince","value":")[0-9]+/\1/' "$@"
}

# same IN OUT COMMAND...: it does nothing more with what it put out, and the
# same again with what it got.
same() {
	local in=$1 out=$2 status=0
	shift 2
	"$@" <"$out" >again || status=$?
	cmp again "$out"
	# A PIN is verified by the run that verified it, and by no other.
	is "$1 $status" "$1 $([ "$1" = twofa-verify ] && echo 1 || echo 0)"
	# Another second, so that all that is the same does not hang on time.
	"$@" <"$in" >again
	is "$(timeless again)" "$(timeless "$out")"
}

# --- the whole call ---------------------------------------------------------

@test "the call as a pipeline: its events, and every stage twice" {
	twofa-task new | tee new.json | twofa-flow step -I 1 -I 123456 | tee 1 |
		twofa-lookup | tee 2 | twofa-flow step | tee 3 |
		twofa-sendpin | tee 4 | twofa-flow step >call.json
	pin_of outbox >pin
	twofa-flow step -I @/dev/fd/3 <call.json 3<pin | tee 6 | twofa-verify |
		tee 7 | twofa-flow step >end.json
	is "$(raised new.json)" none:none
	is "$(raised 1)" CustomerIdentifier:123456
	is "$(raised 2)" CustomerIdentifier:123456
	is "$(raised 3)" StartValidation:Yes
	is "$(raised 4)" StartValidation:Yes
	is "$(raised call.json)" none:none
	is "$(raised 6)" "PIN:$(cat pin)"
	is "$(raised 7)" PIN:
	is "$(raised end.json)" none:none
	is "$(value FlowOutcome end.json)" queued
	is "$(value FlowActivity end.json)" Agents

	sleep 1.1
	same 1 2 twofa-lookup
	same 2 3 twofa-flow step
	same 3 4 twofa-sendpin
	same 4 call.json twofa-flow step
	same 6 7 twofa-verify
	same 7 end.json twofa-flow step
	# The two that were keyed in: again the same, and then nothing more.
	twofa-flow step -I 1 -I 123456 <new.json >again
	is "$(timeless again)" "$(timeless 1)"
	twofa-flow step -I @pin <call.json >again
	is "$(timeless again)" "$(timeless 6)"
	for stage in 1 6; do
		twofa-flow step <$stage >again
		cmp again $stage
	done
	is "$(wc -l <outbox)" 1
	is "$(value PINAttempts end.json)" ""
}

@test "the status: queued is 0, transferred 1, on its way 0" {
	twofa-task new | twofa-flow step -I 1 -I 123456 | twofa-lookup |
		twofa-flow step | twofa-sendpin | twofa-flow step >call.json
	pin_of outbox >right
	other_pin "$(cat right)" >wrong
	for entered in wrong right; do
		twofa-flow step -I @$entered call.json >p.json
		twofa-verify p.json >$entered.json || true
		# The attempt of a question is used once.
		twofa-verify p.json >again || true
		cmp again $entered.json
		is "$(value PINAttempts again)" 1
	done
	run -0 --separate-stderr twofa-flow step right.json
	is "$(value FlowOutcome <<<"$output")" queued
	run -1 --separate-stderr twofa-flow step wrong.json
	is "$(value FlowOutcome <<<"$output")" transferred
	# Many in one stream: the worst counts, and none of them is lost.
	twofa-task new --id other >other.json
	run -0 --separate-stderr twofa-flow step right.json other.json
	is "$(wc -l <<<"$output")" 2
	run -1 --separate-stderr twofa-flow step right.json wrong.json other.json
	is "$(value FlowActivity <<<"$output" | tr '\n' ' ')" \
		"Agents NotVerified AskCustomer "
	is "$stderr" ""
}

# --- every way through the built-in workflow --------------------------------
# A walk goes twice: through the workflow as it is, and through one in which an
# announcement of its own, which FlowCount counts, stands in every exit. So it
# is measured which exits were taken, not said.

EXITS='def exits: [.activities | paths(strings) | select(.[1] |
	IN("next", "noResponse", "noInput", "timeout", "failure", "otherwise",
		"exceeded", "choices", "cases"))];
	def name: .[0] + "_" + .[-1];'

make_marked() {
	twofa-flow show | jq "$EXITS"' reduce exits[] as $e (.;
		getpath(["activities"] + $e) as $to |
		setpath(["activities"] + $e; $e | name) |
		.activities[$e | name] = {type: "announcement", text: "On.",
			max: 2, next: $to, exceeded: $to})' >marked.json
}

# step STATUS [-I KEYS]...: t.json goes on.
step() {
	run "-$1" --separate-stderr twofa-flow step "${@:2}" t.json
	is "$stderr" ""
	printf '%s\n' "$output" >t.json
}

# through PROGRAM: t.json goes through it, whatever its answer is.
through() {
	"$1" t.json >next || true
	mv next t.json
}

# at ACTIVITY [EVENT]: where it stands, or at a mark in front of that.
at() {
	local activity
	activity=$(value FlowActivity t.json)
	case $activity in
	*_*) activity=$(jq -r --arg a "$activity" '.activities[$a].next' \
		../marked.json) ;;
	esac
	is "$activity $(raised t.json)" "$1 ${2:-none:none}"
}

# ends OUTCOME ACTIVITY: it has ended so, and nothing moves it.
ends() {
	at "$2"
	is "$(value FlowOutcome t.json)" "$1"
	cp t.json ended.json
	if [ "$1" = queued ]; then step 0; else step 1; fi
	cmp t.json ended.json
}

# waited SECONDS: it came where it is so long ago.
waited() {
	step 0
	twofa-task set -i "FlowSince=$(($(date +%s) - $1))" t.json
	cp t.json before.json
}

to_identifier() {
	step 0 -I 1
	at AskIdentifier
}

to_pin() {
	to_identifier
	step 0 -I 123456
	through twofa-lookup
	step 0
	through twofa-sendpin
	step 0
	at AskPIN
}

to_validation() {
	to_pin
	pin_of outbox >pin
	step 0 -I @pin
	at WaitValidation "PIN:$(cat pin)"
}

# walk NAME: the function walk_NAME both ways, to the same end.
walk() {
	[ -f marked.json ] || make_marked
	mkdir -p plain marked
	(cd plain && start_walk "$1")
	(cd marked && TWOFA_WORKFLOW=../marked.json && export TWOFA_WORKFLOW &&
		start_walk "$1")
	is "$(end_of plain/t.json)" "$(end_of marked/t.json)"
	value FlowCount marked/t.json | tr ' ' '\n' | sed -n 's/=.*//;/_/p' \
		>"$BATS_FILE_TMPDIR/walked.$1"
}

start_walk() {
	rm -f ./*
	cp ../customers.csv .
	export TWOFA_LEDGER=$PWD/ledger.db
	twofa-task new --id "$(basename "$PWD")" >t.json
	"walk_$1"
}

# What a walk led to, but for times, secrets and counts; at() knows where.
end_of() {
	jq -c '[.updatedParameterName, .updatedParameterValue,
		([.taskInformation.customContextParameters[] | select(.name |
			IN("FlowActivity", "FlowSince", "FlowCount", "GeneratedPIN",
				"PINExpires", "PIN") | not) | {(.name): .value}] | add)] |
		del(.[1] | select(. != null and test("^[0-9]+$")))' "$1"
}

walk_verified() {
	to_validation
	through twofa-verify
	step 0
	ends queued Agents
}

walk_new_customer() {
	step 0
	at AskCustomer
	step 1 -I 2
	ends transferred NewCustomer
}

# Any other key, or none, is asked again, once.
walk_no_choice() {
	step 0 -I 3
	at AskCustomer
	has "$(value FlowCount t.json)" '*=1'
	step 1 -I '#'
	ends transferred NotVerified
}

walk_no_response() {
	step 0 -I ''
	at AskCustomer
	step 1 -I ''
	ends transferred NotVerified
}

# The second answer counts, and the count of the first does not go along.
walk_second_answer() {
	step 0 -I x
	step 0 -I ' 1 '
	at AskIdentifier
	hasnt "$(value FlowCount t.json)" '*='
	step 0 -I 12345
	at AskIdentifier
	step 0 -I '123456#'
	at WaitRecognized CustomerIdentifier:123456
}

walk_no_identifier() {
	to_identifier
	step 1 -I '' -I ''
	ends transferred NotVerified
}

walk_wrong_identifiers() {
	to_identifier
	step 1 -I 1234567 -I abcdef
	ends transferred NotVerified
}

# Who is known to nobody.
walk_not_recognized() {
	to_identifier
	step 0 -I 999999
	through twofa-lookup
	is "$(value CustomerRecognized t.json)" No
	step 1
	ends transferred NotVerified
}

walk_not_looked_up() {
	to_identifier
	step 0 -I 123456
	waited 25
	step 0
	cmp t.json before.json
	waited 30
	step 1
	ends transferred NotVerified
}

# What is set counts, however late it comes.
walk_looked_up_late() {
	to_identifier
	step 0 -I 123456
	waited 30
	twofa-task set -i CustomerRecognized=Yes SMSNumber=+447700900001 t.json
	step 0
	at WaitSent StartValidation:Yes
}

walk_not_sent() {
	to_identifier
	step 0 -I 123456
	through twofa-lookup
	step 0
	TWOFA_ALLOW_COUNTRY=34 through twofa-sendpin
	is "$(value SMSSent t.json)" No
	step 1
	ends transferred NotVerified
}

walk_sent_too_late() {
	walk_looked_up_late
	waited 50
	step 0
	cmp t.json before.json
	waited 60
	step 1
	ends transferred NotVerified
}

walk_no_pin() {
	to_pin
	step 0 -I ''
	at AskPIN
	step 1 -I ''
	ends transferred NotVerified
}

# None of these is an attempt: the PIN behind them is the first.
walk_mistyped_pin() {
	to_pin
	pin=$(pin_of outbox)
	printf '%s0\n' "$pin" >long
	step 0 -I @long
	at AskPIN
	is "$(value PIN t.json)$(value PINEntry t.json)" ""
	has "$(value FlowCount t.json)" 'AskPIN=1'
	printf ' %s-%s %s# \n' "${pin:0:1}" "${pin:1:1}" "${pin:2}" >blanks
	step 0 -I @blanks
	at WaitValidation "PIN:$pin"
	through twofa-verify
	is "$(value ValidationCheck t.json)$(value PINAttempts t.json)" OK
	step 0
	ends queued Agents
}

walk_wrong_pin() {
	to_pin
	other_pin "$(pin_of outbox)" >wrong
	step 0 -I @wrong
	through twofa-verify
	is "$(value TwofaReason t.json)$(value PINAttempts t.json)" wrong1
	step 1
	ends transferred NotVerified
}

walk_not_checked() {
	to_validation
	waited 25
	step 0
	cmp t.json before.json
	waited 30
	step 1
	ends transferred NotVerified
}

WALKS='verified new_customer no_choice no_response second_answer no_identifier
	wrong_identifiers not_recognized not_looked_up looked_up_late not_sent
	sent_too_late no_pin mistyped_pin wrong_pin not_checked'

@test "the menu: 1, 2, another key, none, and the second time" {
	walk new_customer
	walk no_choice
	walk no_response
	walk second_answer
}

@test "the identifier: none, another length, letters, unknown" {
	walk no_identifier
	walk wrong_identifiers
	walk not_recognized
}

@test "time-outs, and what comes late" {
	walk not_looked_up
	walk looked_up_late
	walk sent_too_late
	walk not_checked
}

@test "no SMS: the call is transferred" {
	walk not_sent
}

@test "the PIN: right, wrong, none; a mistyped one costs nothing" {
	walk verified
	walk wrong_pin
	walk no_pin
	walk mistyped_pin
}

@test "these are all exits, but for the failures, which step cannot see" {
	# Those that the tests above did not walk, where this one runs alone.
	for walk in $WALKS; do
		[ -f "$BATS_FILE_TMPDIR/walked.$walk" ] || walk "$walk"
		cat "$BATS_FILE_TMPDIR/walked.$walk" >>walked
	done
	twofa-flow show | jq -r "$EXITS"' exits[] | name' | sort >all
	[ "$(wc -l <all)" -ge 20 ]
	is "$(sort -u walked | comm -3 - all | tr -d '\t' | tr '\n' ' ')" \
		"WaitRecognized_failure WaitSent_failure WaitValidation_failure "
	# A way that nobody goes is noticed.
	grep -vx CheckSent_otherwise walked | sort -u | comm -13 - all |
		grep -x CheckSent_otherwise
	# So is a walk that says it is one and is not.
	walk_new_customer() { step 0 -I 3; }
	walk new_customer
	hasnt "$(value FlowCount marked/t.json)" AskCustomer_2
}

# --- what is keyed in -------------------------------------------------------

# A task spelt as no program of ours would, and how it goes through one.
make_odd() {
	printf '{ "x":1.0,"taskId":"odd","y":"\\u00e9",%s}\n' \
		'"updatedParameterName":"Foreign","updatedParameterValue":7' >odd.json
	sed 's/{ /{/' odd.json >as-it-came
}

@test "input without a prompt is 64, and the task as it came" {
	make_odd
	run -64 --separate-stderr twofa-flow step -I 1 -I 123456 -I 7 odd.json
	is "$output" "$(cat as-it-came)"
	is "$stderr" "twofa-flow: odd.json:1: task odd: no prompt for input 3 of 3: the call is at WaitRecognized"
	run -64 --separate-stderr twofa-flow step -I 2 -I 1 odd.json
	is "$output" "$(cat as-it-came)"
	has "$stderr" "input 2 of 2: the call is at NewCustomer"
	# The others of the stream are served.
	twofa-task new --id sent | twofa-flow step -I 1 -I 123456 >sent.json
	twofa-task new --id start >start.json
	run -64 --separate-stderr twofa-flow step -I 1 -I 123456 \
		odd.json sent.json start.json
	is "$(raised <(echo "$output") | tr '\n' ' ')" \
		"$(yes CustomerIdentifier:123456 | head -n 3 | tr '\n' ' ')"
	is "$(sed -n 2p <<<"$output")" "$(cat sent.json)"
	has "$stderr" "sent.json:1: task sent: no prompt for input 1 of 2"
	# In place, too.
	run -64 --separate-stderr twofa-flow step -i -I 1 -I 1234567 -I 1 \
		-I 123456 odd.json
	cmp odd.json <(sed 's/{/{ /' as-it-came)
	# An ended call takes none.
	twofa-flow step -I 2 start.json >ended.json || true
	run -64 --separate-stderr twofa-flow step -I '' ended.json
	is "$output" "$(cat ended.json)"
	has "$stderr" "the call is at NewCustomer"
}

@test "input from a file, from stdin, from what is not there" {
	twofa-task new --id t1 >t.json
	printf '1\n' >menu
	run -0 --separate-stderr twofa-flow step -I @menu -I @- t.json <<<123456
	is "$(raised <(echo "$output"))" CustomerIdentifier:123456
	run -64 --separate-stderr twofa-flow step -I @- <t.json
	is "$output" ""
	has "$stderr" "-I @-: stdin cannot give what is keyed in and the tasks"
	run -64 --separate-stderr twofa-flow step -I @- -I @- t.json <<<1
	is "$output" ""
	run -74 --separate-stderr twofa-flow step -I @missing t.json
	is "$output" ""
	has "$stderr" "missing: No such file"
	# Nothing in it is no input; -I is for step alone.
	: >empty
	run -0 --separate-stderr twofa-flow step -I @empty t.json
	has "$(value FlowCount <<<"$output")" '*=1'
	run -64 --separate-stderr twofa-flow show -I 1
	has "$stderr" "show does not take -I"
}

@test "a PIN from a descriptor is on no command line" {
	export ASAN_OPTIONS=detect_leaks=0
	twofa-task new | twofa-flow step -I 1 -I 123456 | twofa-lookup |
		twofa-flow step | twofa-sendpin -n 10 |
		TWOFA_PIN_DIGITS=10 twofa-flow step >call.json
	pin_of outbox >pin
	# shellcheck disable=SC2016 # the inner shell's
	TWOFA_PIN_DIGITS=10 strace -f -s 1000000 -v -o trace \
		-e trace=execve,openat,write bash -c '
		twofa-flow step -v -v -I @/dev/fd/3 <call.json 3<pin >p.json
		PLANTED=$(cat pin) twofa-flow step -I "$(cat pin)" <call.json \
			>planted.json' 2>stderr
	cmp <(timeless p.json) <(timeless planted.json)
	is "$(raised p.json)" "PIN:$(cat pin)"
	hasnt "$(cat stderr)" "$(cat pin)"
	# Only that of the second, where the same search finds it.
	is "$(grep execve trace | grep -cF "$(cat pin)")" 1
	grep execve trace | grep -F "PLANTED=$(cat pin)" | grep -q '"-I"'
}

# --- positions that cannot be -----------------------------------------------

# refused STATUS MESSAGE NAME=VALUE...: a task with these comes out as it came,
# and those around it are served.
refused() {
	twofa-task new --id before >before.json
	twofa-task set "${@:3}" before.json |
		sed 's/"before"/ "forged"/' >forged.json
	run "-$1" --separate-stderr twofa-flow step before.json forged.json \
		before.json
	is "$(value FlowActivity <<<"$output" | sed -n '1p;$p')" \
		"$(printf 'AskCustomer\nAskCustomer')"
	is "$(sed -n 2p <<<"$output")" "$(sed 's/ //' forged.json)"
	is "$stderr" "twofa-flow: forged.json:1: task forged: $2"
	cp forged.json same.json
	run "-$1" twofa-flow step -i forged.json
	cmp forged.json same.json
}

@test "a position that is none of this workflow is refused" {
	now=$(date +%s)
	activity="FlowActivity: the workflow call has no activity"
	since="FlowSince: not a time in seconds since 1970"
	count="FlowCount: not ACTIVITY=N ..."
	for name in Nowhere askpin AskPIN_ "AskPIN " "$(printf 'A%.0s' {1..99})"; do
		refused 78 "$activity '$name'; -w FILE names another one" \
			"FlowActivity=$name" "FlowSince=$now"
	done
	refused 65 "$since" FlowActivity=AskPIN
	for time in x -1 1.5 1e9 " 1" +1 0x1 253402300800 99999999999999999999; do
		refused 65 "$since" FlowActivity=AskPIN "FlowSince=$time"
	done
	for text in AskPIN AskPIN= AskPIN=x =1 'AskPIN=1  *=1' 'AskPIN=-1' \
		'AskPIN=60001' '*=99999' "$(printf 'A%.0s' {1..99})=1"; do
		case $text in
		=1) message="FlowCount: the workflow call has no activity ''" ;;
		*) message=$count ;;
		esac
		case $text in =*) status=78 ;; *) status=65 ;; esac
		refused "$status" "$message" FlowActivity=AskPIN \
			"FlowSince=$now" "FlowCount=$text"
	done
	refused 78 "FlowCount: the workflow call has no activity 'Tries'" \
		FlowActivity=AskPIN "FlowSince=$now" FlowCount=Tries=1
	# Without FlowActivity it is the start, whatever the others are.
	twofa-task new FlowSince=x FlowCount=x >t.json
	run -0 twofa-flow step t.json
	is "$(value FlowActivity <<<"$output")" AskCustomer
}

@test "an outcome that the call has not come to is refused" {
	message="FlowOutcome: the call is not at an activity that ends it so"
	since=FlowSince=$(date +%s)
	refused 65 "$message" FlowOutcome=queued
	refused 65 "$message" FlowOutcome=transferred
	refused 65 "$message" FlowOutcome=disconnected
	for activity in Accept AskPIN WaitValidation Verified NotVerified; do
		refused 65 "$message" "FlowActivity=$activity" "$since" \
			FlowOutcome=queued
	done
	for outcome in transferred Queued x; do
		refused 65 "$message" FlowActivity=Agents "$since" \
			"FlowOutcome=$outcome"
	done
	# Who hangs up does so anywhere, and that is nobody's yes.
	for activity in AskPIN Agents NotVerified; do
		twofa-task new "FlowActivity=$activity" "$since" \
			FlowOutcome=disconnected >t.json
		run -1 --separate-stderr twofa-flow step t.json
		is "$output" "$(cat t.json)"
	done
}

@test "what a caller set beforehand does not stand in for an answer" {
	# All that a call ends with, at its start.
	twofa-task new CustomerRecognized=Yes SMSNumber=+447700900001 \
		SMSSent=Yes ValidationCheck=OK StartValidation=Yes >t.json
	twofa-flow step -I 1 -I 123456 t.json >2.json
	for name in CustomerRecognized SMSNumber StartValidation SMSSent \
		ValidationCheck; do
		is "$name=$(value $name 2.json)" "$name="
	done
	# An OK of the call before does not outlive the PIN that is keyed in.
	twofa-task set SMSSent=Yes ValidationCheck=OK FlowActivity=AskPIN \
		"FlowSince=$(date +%s)" 2.json >3.json
	twofa-flow step -I 1234 3.json >4.json
	is "$(value ValidationCheck 4.json)" ""
	run -0 twofa-flow step 4.json
	is "$output" "$(cat 4.json)"
}

# --- workflows that are none ------------------------------------------------

# A change of the built-in workflow, and what is said of it behind the file's
# name.
bad_workflows() {
	cat <<'END'
del(.start) | start: give a name:
.start = 1 | start: give a name:
.start = "" | start: give a name:
.start = "Two words" | start: give a name:
.begin = "Accept" | begin: a workflow has no such member
.maxSMS = -1 | maxSMS: give a whole number from 0 to 100
.maxSMS = 1.5 | maxSMS: give a whole number from 0 to 100
.maxSMS = "1" | maxSMS: give a whole number from 0 to 100
.maxSMS = 101 | maxSMS: give a whole number from 0 to 100
del(.activities) | give activities: an object of 1 to 256 of them
.activities = {} | give activities: an object of 1 to 256 of them
.activities = [1] | give activities: an object of 1 to 256 of them
.activities.Accept = 1 | activity 'Accept': give an object with a type
.activities.Accept = {} | activity 'Accept': give an object with a type
.activities.Accept.type = null | activity 'Accept': give an object with a type
.activities.Accept.type = "Accept" | activity 'Accept': type: there is no type 'Accept'
.activities."1st" = {type: "disconnect"} | activity '1st': give it a name of letters
.activities[""] = {type: "disconnect"} | activity '': give it a name of letters
.activities["A" * 65] = {type: "disconnect"} | AAA': give it a name of letters
.activities["a\nb"] = {type: "disconnect"} | activity 'a?b': give it a name of letters
.activities.Accept.text = "x" | activity 'Accept': text: an activity of type accept has no such member
.activities.Agents.next = "Agents" | activity 'Agents': next: an activity of type queue has no such member
.activities.Agents.max = 1 | activity 'Agents': max: an activity of type queue has no such member
.activities.CheckSent.seconds = 1 | activity 'CheckSent': seconds: an activity of type check-parameter has no such member
.activities.AskPIN.Digits = 4 | activity 'AskPIN': Digits: an activity of type collect-information has no such member
.activities.Accept.next = 1 | activity 'Accept': next: give a name:
.activities.Accept.next = "No way" | activity 'Accept': next: give a name:
del(.activities.AskPIN.parameter) | activity 'AskPIN': an activity of type collect-information needs parameter
del(.activities.AskPIN.digits) | activity 'AskPIN': an activity of type collect-information needs digits
del(.activities.AskPIN.text) | activity 'AskPIN': an activity of type collect-information needs text
del(.activities.StartValidation.value) | activity 'StartValidation': an activity of type save-parameter needs value
del(.activities.WaitSent.parameter) | activity 'WaitSent': an activity of type wait-for-parameter needs parameter
del(.activities.CheckSent.cases) | activity 'CheckSent': an activity of type check-parameter needs cases
del(.activities.AskCustomer.choices) | activity 'AskCustomer': an activity of type input-customer needs choices
.activities.AskPIN.parameter = "P I N" | activity 'AskPIN': parameter: give a name:
.activities.AskPIN.digits = 0 | activity 'AskPIN': digits: give a whole number from 1 to 32
.activities.AskPIN.digits = 33 | activity 'AskPIN': digits: give a whole number from 1 to 32
.activities.AskPIN.digits = 1e300 | activity 'AskPIN': digits: give a whole number from 1 to 32
.activities.AskPIN.digits = "max_attempts" | activity 'AskPIN': digits: give a number, pin_digits or identifier_digits
.activities.AskPIN.seconds = 0 | activity 'AskPIN': seconds: give a whole number from 1 to 3600
.activities.AskPIN.seconds = 3601 | activity 'AskPIN': seconds: give a whole number from 1 to 3600
.activities.AskPIN.seconds = "60" | activity 'AskPIN': seconds: give a whole number from 1 to 3600
.activities.AskPIN.digitSeconds = null | activity 'AskPIN': digitSeconds: give a whole number from 1 to 3600
.activities.AskPIN.retries = 101 | activity 'AskPIN': retries: give a whole number from 0 to 100
.activities.AskPIN.retries = "pin_digits" | activity 'AskPIN': retries: give a number or max_attempts
.activities.AskPIN.max = true | activity 'AskPIN': max: give a whole number from 0 to 100
.activities.AskPIN.exceeded = "Agents" | activity 'AskPIN': exceeded needs max
.activities.StartValidation.value = "" | activity 'StartValidation': value: give a text of 1 to 200 bytes
.activities.StartValidation.value = "NULL" | activity 'StartValidation': value: give another value: NULL means not set
.activities.StartValidation.value = "x" * 201 | activity 'StartValidation': value: give a text of 1 to 200 bytes
.activities.Agents.to = "a\tb" | activity 'Agents': to: give a text of 1 to 200 bytes without control characters
.activities.Verified.text = "" | activity 'Verified': text: give a text without control characters
.activities.Verified.text = {} | activity 'Verified': text: give a text, or an object of languages and texts
.activities.Verified.text = {en: 1} | activity 'Verified': text: give a text without control characters
.activities.Verified.text = {"": "x"} | activity 'Verified': text: give a language, such as en
.activities.Verified.text = "{PIN}" | activity 'Verified': text: {PIN}: a PIN is never said
.activities.Verified.text = "{GeneratedPIN:last1}" | activity 'Verified': text: {GeneratedPIN}: a PIN is never said
.activities.Verified.text = "{SMSNumber}" | activity 'Verified': text: {SMSNumber}: give {SMSNumber:last2}
.activities.Verified.text = "{SMSNumber:last5}" | activity 'Verified': text: {SMSNumber}: give {SMSNumber:last2}
.activities.Verified.text = "{Open" | activity 'Verified': text: after '{' comes the name
.activities.Verified.text = {de: "x", en: "{}"} | activity 'Verified': text: after '{' comes the name
.activities.Verified.audio = "a b" | activity 'Verified': audio: give a file's name without blanks
.activities.Verified.audio = "x\"&y" | activity 'Verified': audio: give a file's name without blanks
.activities.AskCustomer.choices = {} | activity 'AskCustomer': choices: give an object of keys and activities
.activities.AskCustomer.choices."10" = "Agents" | activity 'AskCustomer': choices: give keys of a telephone
.activities.AskCustomer.choices.a = "Agents" | activity 'AskCustomer': choices: give keys of a telephone
.activities.AskCustomer.choices."1" = 7 | activity 'AskCustomer': choices: give a name:
.activities.CheckSent.cases = {"NULL": "Agents"} | activity 'CheckSent': cases: give values that a parameter can have
.activities.CheckSent.cases = {"": "Agents"} | activity 'CheckSent': cases: give values that a parameter can have
.activities.CheckSent.cases = ([range(33) \| {"\(.)": "Agents"}] \| add) | activity 'CheckSent': cases: give at most 32 exits
.triggers = [] | give triggers: an object
.triggers = "PIN" | give triggers: an object
.triggers.PIN = {} | trigger 'PIN': give a parameter's name, with run and sets
.triggers.PIN.also = 1 | trigger 'PIN': give a parameter's name, with run and sets
.triggers."a b" = .triggers.PIN | trigger 'a b': give a parameter's name, with run and sets
.triggers.PIN.run = [] | trigger 'PIN': give run: an array of 1 to 32 texts
.triggers.PIN.run = "twofa-verify" | trigger 'PIN': give run: an array of 1 to 32 texts
.triggers.PIN.run = [""] | trigger 'PIN': give run: a program and its arguments
.triggers.PIN.run[1] = 1 | trigger 'PIN': give run: a program and its arguments
.triggers.PIN.sets = [] | trigger 'PIN': give sets: an array of 1 to 16 parameters
.triggers.PIN.sets = ["FlowActivity"] | trigger 'PIN': sets: give another parameter: that is where the call stands
.activities.StartValidation.parameter = "FlowOutcome" | activity 'StartValidation': parameter: give another parameter: that is where the call stands
.activities.CheckSent.parameter = "FlowCount" | activity 'CheckSent': parameter: give another parameter: that is where the call stands
.triggers.PIN.sets = ["A", "1"] | trigger 'PIN': sets: give a name:
[.] | give an object with start, activities and triggers
END
}

# no_workflow STATUS MESSAGE: bad.json is refused, and the call stays.
no_workflow() {
	run "-$1" --separate-stderr twofa-flow step -i -I 1 -w bad.json t.json
	is "$output" ""
	has "$stderr" "bad.json: $2"
	cmp t.json came.json
}

@test "workflows with something wrong: 78, and what and where it is" {
	twofa-task new >t.json
	cp t.json came.json
	twofa-flow show >good.json
	rows=0
	while IFS= read -r row; do
		filter=${row%% | *}
		jq "${filter//\\|/|}" good.json >bad.json
		part=${row#* | }
		case $part in
		AAA*) part="activity '$(printf 'A%.0s' {1..65})${part#AAA}" ;;
		esac
		no_workflow 78 "$part" || {
			printf 'with %s\n' "$row"
			return 1
		}
		rows=$((rows + 1))
	done < <(bad_workflows)
	[ "$rows" -ge 80 ]
	# What they were made from is good.
	run -0 twofa-flow step -i -I 1 -w good.json t.json
	is "$(value FlowActivity t.json)" AskIdentifier
}

@test "workflows that are no JSON, or no file of ours" {
	twofa-task new >t.json
	cp t.json came.json
	: >bad.json
	no_workflow 78 "line 1: unexpected token near end of file"
	twofa-flow show | head -c 500 >bad.json
	no_workflow 78 "line "
	printf '{"start":"A","start":"B"}' >bad.json
	no_workflow 78 "line 1: duplicate object key"
	twofa-flow show | sed 's/"type": "accept",/"type": "accept"/' >bad.json
	no_workflow 78 "line $(grep -n '"accept"' bad.json | cut -d : -f 1): '}' expected"
	{ printf '\xef\xbb\xbf' && twofa-flow show; } >bad.json
	no_workflow 78 "line 1: not JSON: a byte order mark, perhaps: save it as UTF-8 without one"
	twofa-flow show | sed 's/"seconds": *10/"seconds":10,"seconds":11/' \
		>bad.json
	no_workflow 78 "line "
	twofa-flow show | sed 's/press 1/press \xff/' >bad.json
	no_workflow 78 "line "
	printf 'null' >bad.json
	no_workflow 78 "give an object with start, activities and triggers"
	{ twofa-flow show && twofa-flow show; } >bad.json
	no_workflow 78 "line "
	twofa-flow show | jq '.activities += ([range(242) |
		{"X\(.)": {type: "disconnect"}}] | add)' >bad.json
	no_workflow 78 "give activities: an object of 1 to 256 of them"
	{ twofa-flow show && head -c 262144 /dev/zero | tr '\0' ' '; } >bad.json
	no_workflow 78 "longer than 262144 bytes"
	twofa-flow show >bad.json
	chmod 666 bad.json
	no_workflow 77 "writable by others: chmod go-w it"
	chmod 664 bad.json
	no_workflow 77 "writable by others: chmod go-w it"
	rm bad.json
	no_workflow 78 "No such file"
	mkdir bad.json
	no_workflow 78 "not a regular file"
	# As a setting: with the place where it stands.
	echo 'workflow = gone.json' >own.conf
	run -78 --separate-stderr twofa-flow step -c own.conf t.json
	is "$output" ""
	is "$stderr" \
		"twofa-flow: own.conf:1: gone.json: No such file or directory"
}

# --- many calls at once -----------------------------------------------------

# at_once N COMMAND...: N of them with every call; their statuses to statuses,
# their messages to messages.
at_once() {
	local pids=() pid n status
	: >statuses
	for n in $(seq "$1"); do
		"${@:2}" calls/*.json 2>"messages.$n" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		status=0
		wait "$pid" || status=$?
		echo "$status" >>statuses
	done
	cat messages.* >messages
	rm messages.*
}

# all WANTED: every call is there once and says this, where it is, by which
# event, and with which count.
all() {
	find calls -type f | wc -l | grep -qx "$calls"
	jq -rs '.[] | [.updatedParameterName // "none",
		([.taskInformation.customContextParameters[] |
			select(.name | IN("FlowActivity", "FlowCount")) |
			.value] | join(" "))] | join(" ")' calls/*.json |
		sort | uniq -c >said
	is "$(sed 's/^ *//' said)" "$calls $1"
	is "$(jq -r .taskId calls/*.json | sort -u | wc -l)" "$calls"
}

# The statuses of the last at_once are these.
statuses() {
	is "$(sort -u statuses | tr '\n' ' ')" "$1 "
}

@test "many calls, and many at work on each: once each" {
	calls=1000
	is_sanitized && calls=100
	export TWOFA_LIMIT_NUMBER=none TWOFA_LIMIT_CUSTOMER=none \
		TWOFA_LIMIT_COUNTRY=none
	mkdir calls
	numbered "$calls" |
		split -l 1 -a 4 --additional-suffix=.json - calls/t
	# Each is advanced by one, and refused by the three that come later.
	at_once 4 twofa-flow step -i -I 1 -I 123456
	all "CustomerIdentifier WaitRecognized"
	is "$(sort -u statuses | grep -vx 0 | tr '\n' ' ')" "64 "
	is "$(grep -c 'no prompt for input 1 of 2: the call is at WaitRecognized' \
		messages)" $((3 * calls))
	is "$(wc -l <messages)" $((3 * calls))
	at_once 2 twofa-lookup -i
	statuses 0
	is "$(cat calls/*.json | grep -c '"CustomerRecognized","value":"Yes"')" \
		"$calls"
	at_once 2 twofa-flow step -i
	statuses 0
	all "StartValidation WaitSent"
	at_once 2 twofa-sendpin -i
	statuses 0
	is "$(wc -l <outbox)" "$calls"
	is "$(jq -r .id outbox | sort -u | wc -l)" "$calls"
	is "$(cat calls/*.json | grep -o '"GeneratedPIN","value":"[^"]*' |
		sort -u | wc -l)" "$calls"
	at_once 2 twofa-flow step -i
	statuses 0
	all "none AskPIN AskPIN=1"
	is "$(cat messages)" ""
	# Two answers that are none: the first is asked again, the second ends it.
	at_once 1 twofa-flow step -i -I 12
	statuses 0
	all "none AskPIN AskPIN=1 *=1"
	at_once 2 twofa-flow step -i
	all "none AskPIN AskPIN=1 *=1"
	at_once 2 twofa-flow step -i -I ''
	all "none NotVerified AskPIN=1"
	is "$(grep -c 'input 1 of 1: the call is at NotVerified' messages)" \
		"$calls"
	# Nothing is left beside them.
	is "$(find calls -mindepth 1 | wc -l)" "$calls"
}
