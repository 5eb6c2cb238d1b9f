#!/usr/bin/env bats
# twofa-flow step: the call as a pipeline, every way through the built-in
# workflow, what is refused, and many calls at once.
# shellcheck disable=SC2154 # run sets stderr

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
	twofa-task new | tee 0 | twofa-flow step -I 1 -I 123456 | tee 1 |
		twofa-lookup | tee 2 | twofa-flow step | tee 3 |
		twofa-sendpin | tee 4 | twofa-flow step >call.json
	pin_of outbox >pin
	twofa-flow step -I @/dev/fd/3 <call.json 3<pin | tee 6 | twofa-verify |
		tee 7 | twofa-flow step >end.json
	is "$(raised 0)" none:none
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
	twofa-flow step -I 1 -I 123456 <0 >again
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
