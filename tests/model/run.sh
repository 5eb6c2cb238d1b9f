#!/bin/sh
# Checks the models of sending and verifying with spin: the protocols as they
# are have to hold in every order of steps, each variant that breaks a rule has
# to break the property it is there for, and what must be possible has to be
# reached.
#
# usage: run.sh
#	 run.sh KIND WHAT PROPERTY MODEL MACRO...	one of them

set -u
here=$(cd "$(dirname "$0")" && pwd)

# KIND	WHAT				PROPERTY		MODEL MACROS
# A limit is something that is not promised, so that somebody else has to see
# to it: the counter-example shows that it does have to.
list() {
	cat <<-'LIST'
	good 2-senders-3-crashes - send SENDERS=2 CRASHES=3 AGAIN=1
	good 3-senders-2-crashes - send SENDERS=3 CRASHES=2 AGAIN=0
	good never-repeats - send REPEATS=0 SENDERS=3 CRASHES=2 AGAIN=1
	good two-services - send SERVICES=2 REPEATS=3 CRASHES=1 AGAIN=1
	good two-services-one-repeats - send SERVICES=2 REPEATS=1 CRASHES=1 AGAIN=1
	good resend - send SENDERS=1 RESENDERS=1 CRASHES=1 AGAIN=0
	good resend-beside-2-senders - send SENDERS=2 RESENDERS=1 CRASHES=0 AGAIN=0
	good resend-never-repeats - send REPEATS=0 SENDERS=1 RESENDERS=1 CRASHES=2 AGAIN=0
	good 4-verifiers-3-attempts - verify VERIFIERS=4 ATTEMPTS=3 CRASHES=2 AGAIN=0
	good 3-verifiers-4-crashes - verify VERIFIERS=3 ATTEMPTS=2 CRASHES=4 AGAIN=2
	good 4-verifiers-1-attempt - verify VERIFIERS=4 ATTEMPTS=1 CRASHES=2 AGAIN=0
	broken intent-after-the-send intent_before_request send INTENT_LATE
	broken new-id-for-a-repeat at_most_one_message send NEW_ID
	broken new-PIN-for-a-repeat same_id_same_message send NEW_PIN
	broken other-PIN-in-the-task sent_task_was_delivered send PIN_NOT_SEALED
	broken unknown-repeated-without-ids at_most_one_message send UNKNOWN_REPEATED REPEATS=0
	broken repeat-after-the-window at_most_one_message send REPEATED_LATE
	broken repeat-to-another-service at_most_one_message send ANY_SENDER SERVICES=2 REPEATS=3 CRASHES=1
	broken not-taken-always-believed delivered_pin_is_in_ledger send RETRY_BELIEVED SENDERS=1
	broken not-taken-over-sent delivered_pin_is_in_ledger send OUTCOME_OVERWRITES
	broken new-PIN-after-a-resend delivered_pin_is_in_ledger send RESENT_PIN_REPLACED SENDERS=1 RESENDERS=1 CRASHES=1 AGAIN=0
	broken repeat-once-used never_once_used send USED_REPEATED SENDERS=1 RESENDERS=1 CRASHES=1 AGAIN=0
	broken read-compare-write comparisons_are_limited verify READ_COMPARE_WRITE ALL_WRONG=1 EXPIRES=0
	broken compare-then-charge compared_is_charged verify CHARGE_LATE EXPIRES=0
	broken compare-and-charge-in-one compared_is_charged verify COMPARE_FIRST EXPIRES=0
	broken answer-before-mark ok_is_marked verify ANSWER_FIRST
	broken mark-without-looking-for-used one_entry_gets_ok verify USED_UNCHECKED EXPIRES=0
	broken mark-of-the-same-try-refused same_try_same_answer verify MARKED_UNCHECKED EXPIRES=0
	broken no-verdict-store same_try_same_answer verify NO_VERDICT_STORE
	broken no-verdict-store-crash right_pin_gets_ok verify NO_VERDICT_STORE AGAIN=0 VERIFIERS=1
	broken verdict-by-entry-alone compared_is_charged verify VERDICT_BY_ENTRY EXPIRES=0
	broken expiry-not-checked nothing_after_expiry verify EXPIRY_UNCHECKED
	limit request-leaves-after-the-window at_most_one_message send LATE_HANDOVER
	limit resend-run-again at_most_one_message send RESEND_ONCE SENDERS=1 RESENDERS=1 CRASHES=1 AGAIN=0
	limit clock-read-before-the-lock nothing_after_expiry verify CLOCK_READ_EARLY
	reach sent-after-crashes not_reached send REACH_SENT_AFTER_CRASHES
	reach new-PIN-when-not-taken not_reached send REACH_RENEWED
	reach resent not_reached send REACH_RESENT SENDERS=1 RESENDERS=1 CRASHES=1 AGAIN=0
	reach OK-after-crashes not_reached verify REACH_OK_AFTER_CRASHES
	reach exhausted not_reached verify REACH_EXHAUSTED
	reach used not_reached verify REACH_USED
	reach used-after-the-comparison not_reached verify REACH_LOST_RACE
	reach expired not_reached verify REACH_EXPIRED
	LIST
}

# build KIND MODEL MACRO...: pan, in the directory that this is run in. Only what
# is searched to the end is worth the compiler's time.
build() {
	optimise=-O0
	[ "$1" != good ] || optimise=-O2
	source=$here/$2.pml
	shift 2
	for macro in "$@"; do
		set -- "$@" "-D$macro"
		shift
	done
	spin -a "$@" "$source" >spin.out 2>&1 &&
		gcc -w "$optimise" -DSAFETY -DVECTORSZ=1024 \
			-DMEMLIM=1500 -o pan pan.c 2>gcc.out
}

# passes KIND PROPERTY: is what pan said what it has to say?
passes() {
	! grep -qE 'too small|out of memory|memory limit|VECTORSZ|truncated' pan.out ||
		return 1
	if [ "$1" = good ]; then
		grep -q 'errors: 0$' pan.out &&
			! grep -q 'not completed' pan.out
	else
		grep -q "assertion violated $2 (" pan.out
	fi
}

# one KIND WHAT PROPERTY MODEL MACRO...
one() {
	kind=$1 what=$2 property=$3 model=$4
	shift 3
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	cd "$dir" || exit 1
	if ! build "$kind" "$@" || ! ./pan -m100000 -w21 >pan.out 2>&1; then
		echo "FAIL $kind $model $what: no run"
		cat ./*.out
		return 1
	fi
	states=$(awk '/states, stored/ { print $1; exit }' pan.out)
	errors=$(sed -n 's/.*errors: //p' pan.out)
	if passes "$kind" "$property"; then
		found=$property
		[ "$kind" != good ] || found='all properties hold'
		printf 'ok   %-6s %-6s %-30s %9s states, errors: %s  %s\n' \
			"$kind" "$model" "$what" "$states" "$errors" "$found"
	else
		echo "FAIL $kind $model $what: $states states, errors: $errors," \
			"wanted: $property"
		grep -E 'pan:|arning' pan.out
		return 1
	fi
}

properties() {
	echo "$1: $(sed -n 's/^hidden byte \(.*_.*\);$/\1/p' "$here/$1.pml" |
		grep -v not_reached | tr '\n' ' ')"
}

if [ $# -gt 0 ]; then
	one "$@"
	exit
fi

results=$(mktemp) || exit 1
trap 'rm -f "$results"' EXIT
properties send
properties verify
# Each writes its lines at once.
list | xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 \
	sh -c 'out=$(sh "$0" "$@"); printf "%s\n" "$out"' "$here/run.sh" |
	tee "$results"
awk -v all="$(list | grep -c .)" '
	/^ok / { ok[$2]++; n++; if ($2 == "good") states += $5 }
	END {
		printf "models: %d good (%d states), %d broken, %d limits, " \
			"%d reached; %d of %d as they have to be\n", ok["good"],
			states, ok["broken"], ok["limit"], ok["reach"], n, all
		exit n != all
	}' "$results"
