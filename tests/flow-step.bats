#!/usr/bin/env bats
# twofa-flow step: the call as a pipeline, every way through the built-in
# workflow, what is refused, and many calls at once.
# shellcheck disable=SC2030,SC2031,SC2154,SC2317 # run sets output and stderr

load common

setup() {
	setup_folder
	make_customers
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox \
		TWOFA_KEY=key
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
