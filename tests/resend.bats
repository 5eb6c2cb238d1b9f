#!/usr/bin/env bats
# A wish to send the PIN again: what is said of one that is granted, and of one
# that is not.
# shellcheck disable=SC2030,SC2031 # NOW is each test's own
# shellcheck disable=SC2154 # run sets stderr

load common
load ledger

setup() {
	setup_ledger
}

# The wish as an event, as twofa-task makes it: it removes what was sent.
wish() {
	twofa-task event StartValidation=Resend sent.json
}

# The parameters of the task on stdin, in the order of their names, but for
# those named: params NAME...
params() {
	jq -c '[.taskInformation.customContextParameters[] |
		select(.name | IN($ARGS.positional[]) | not) |
		[.name, .value]] | sort' --args "$@"
}

# Was the task given what was sent, besides its reason?
is_as_sent() {
	is "$(value SMSSent <<<"$output")" Yes &&
		is "$(params TwofaReason StartValidation StartValidationEntry \
			<<<"$output")" \
			"$(params <sent.json)"
}

@test "a wish beside the same send in a window is judged as by itself" {
	needs_clock
	recognised t1 >before.json
	twofa-task event StartValidation=Resend before.json >wish.json
	# outcomes STATUS REASONS VALUES FILE...
	outcomes() {
		cat "${@:4}" >window.json
		sendpin "$1" window.json
		is "$(while read -r task; do value TwofaReason <<<"$task"
		done <<<"$output" | tr '\n' ' ')" "$2"
		is "$(jq -r '.updatedParameterValue // "-"' <<<"$output" |
			tr '\n' ' ')" "$3"
	}
	NOW=0
	outcomes 75 ' cool-down  ' '- Resend - ' before.json wish.json before.json
	is "$(lines outbox)" 1
	outcomes 75 'cool-down  ' 'Resend - ' wish.json before.json
	NOW=60
	outcomes 0 '  ' '-  ' before.json wish.json
	is "$(lines outbox)" 2
	# Granted already.
	NOW=120
	outcomes 0 '  ' ' - ' wish.json before.json
	is "$(lines outbox)" 2
}

@test "a wish within a minute: 75, cool-down, and in how many seconds" {
	needs_clock
	send_first
	wish >wish.json
	for NOW in 0 1 59; do
		sendpin 75 --resend sent.json
		is "$stderr" "twofa-sendpin: sent.json:1: task t1: not sent again: the last message is ${NOW}s old: try again in $((60 - NOW))s"
		is "$(value TwofaReason <<<"$output")" cool-down
		is_as_sent
		sendpin 75 -q wish.json
		has "$stderr" "again in $((60 - NOW))s"
		is "$(value TwofaReason <<<"$output")" cool-down
		is_as_sent
	done
	is "$(lines outbox)" 1
	# What came out is the next input: it is still the wish.
	printf '%s\n' "$output" >again.json
	is "$(jq -r .updatedParameterValue again.json)" Resend
	NOW=60
	sendpin 0 again.json
	is "$stderr" "twofa-sendpin: task t1: sent again"
	is "$(lines outbox)" 2
	is_as_sent
	is "$(value TwofaReason <<<"$output")" ""
	is "$(jq -r .updatedParameterValue <<<"$output")" ""
}

@test "a wish that is granted says so, and one that nobody made says nothing" {
	needs_clock
	send_first
	NOW=60
	sendpin 0 --resend sent.json
	is "$stderr" "twofa-sendpin: task t1: sent again"
	NOW=120
	sendpin 0 -q --resend sent.json
	is "$stderr" ""
	sendpin 0 t1.json
	is "$stderr" ""
	is "$(lines outbox)" 3
}

@test "a wish that can never be granted: 1, why, and the task as it was" {
	needs_clock
	send_first
	wish >wish.json
	for NOW in 60 600; do
		if [ "$NOW" = 60 ]; then
			try OK "$PIN" 1
			reason=used
		else
			rm -f ledger.db* outbox
			NOW=0 send_first
			wish >wish.json
			reason=expired
		fi
		for arg in sent.json wish.json; do
			sendpin 1 --resend "$arg"
			has "$stderr" "task t1: not sent again: "
			is "$(value TwofaReason <<<"$output")" "$reason"
			is_as_sent
			is "$(jq -r '.updatedParameterValue // ""' \
				<<<"$output")" ""
		done
		is "$(lines outbox)" 1
	done
	NOW=0
	rm -f ledger.db* outbox
	send_first -a 1
	try wrong "$WRONG" 1
	NOW=60
	sendpin 1 --resend sent.json
	is "$(value TwofaReason <<<"$output")" exhausted
	is "$(value PINAttempts <<<"$output")" 1
	is "$(lines outbox)" 1
}

@test "a wish that a limit refuses: 75, and the task as it was" {
	needs_clock
	export TWOFA_LIMIT_NUMBER=1/1h
	send_first
	wish >wish.json
	NOW=60
	for arg in sent.json wish.json; do
		sendpin 75 --resend "$arg"
		has "$stderr" "allows: try again in 3540s"
		is "$(value TwofaReason <<<"$output")" limit-number
		is_as_sent
	done
	# The PIN is as good as before.
	printf '%s\n' "$output" >out.json
	try OK "$PIN" 1 out.json
}

@test "a wish that is not granted, in a pipe" {
	needs_clock
	send_first
	run -75 --separate-stderr timed bash -o pipefail -c \
		'twofa-sendpin -q -k key -s file:outbox --resend sent.json |
			twofa-verify -k key'
	is_as_sent
	# A PIN that comes behind it is verified all the same.
	printf '%s\n' "$output" >out.json
	try OK "$PIN" 1 out.json
}

@test "a wish that stands twice in the input is one" {
	needs_clock
	send_first
	{ wish && wish; } >wish.jsonl
	NOW=60
	sendpin 0 wish.jsonl
	is "$(lines outbox)" 2
	is "$(wc -l <<<"$output")" 2
	is "$(sort -u <<<"$output" | wc -l)" 1
	# They were not read together: the second one comes too soon.
	NOW=120
	sendpin 75 --resend sent.json sent.json
	has "$stderr" "the last message is 0s old: try again in 60s"
	is "$(lines outbox)" 3
}

# --- the entry of a wish ----------------------------------------------------

@test "twofa-task writes another entry beside each wish, and only there" {
	send_first
	wish >a.json
	wish >b.json
	entry=$(value StartValidationEntry a.json)
	[[ $entry =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]]
	[ "$entry" != "$(value StartValidationEntry b.json)" ]
	is "$(jq -r .updatedParameterName a.json)" StartValidation
	# The given one stays; a new start has none.
	twofa-task event StartValidation=Resend StartValidationEntry=x \
		sent.json >c.json
	is "$(value StartValidationEntry c.json)" x
	is "$(jq -r .updatedParameterValue c.json)" Resend
	twofa-task event StartValidation=Yes c.json >d.json
	is "$(value StartValidationEntry d.json)" ""
	twofa-task set CustomerIdentifier=1 c.json >d.json
	is "$(value StartValidationEntry d.json)" ""
}

@test "a wish that was granted is not granted again, at any time" {
	needs_clock
	send_first
	wish >wish.json
	NOW=60
	sendpin 0 wish.json
	is "$(lines outbox)" 2
	is "$(value StartValidationEntry <<<"$output")" ""
	first=$output
	# Killed before the file was replaced: the same file again.
	for NOW in 61 121 299; do
		sendpin 0 wish.json
		is "$output" "$first"
		is "$stderr" ""
		is "$(lines outbox)" 2
	done
	# Another wish is another one, and the old one stays what it was.
	NOW=300
	wish >other.json
	sendpin 0 other.json
	is "$(lines outbox)" 3
	NOW=400
	sendpin 0 wish.json
	sendpin 0 other.json
	is "$(lines outbox)" 3
	# So does one in the same words without an entry, which is new each time.
	jq -c 'del(.taskInformation.customContextParameters[] |
		select(.name == "StartValidationEntry"))' wish.json >bare.json
	for NOW in 460 520; do
		sendpin 0 bare.json
	done
	is "$(lines outbox)" 5
	# Also when it is of no more use.
	for NOW in 599 600 90000; do
		sendpin 0 wish.json
		is "$(value SMSSent <<<"$output")" Yes
	done
	is "$(lines outbox)" 5
}

@test "a wish that came too soon is still open" {
	needs_clock
	send_first
	wish >wish.json
	NOW=30
	sendpin 75 wish.json
	printf '%s\n' "$output" >open.json
	is "$(value StartValidationEntry open.json)" \
		"$(value StartValidationEntry wish.json)"
	NOW=90
	sendpin 0 open.json
	is "$(lines outbox)" 2
	NOW=150
	sendpin 0 open.json
	sendpin 0 wish.json
	is "$(lines outbox)" 2
}

@test "a wish that the service did not take is still open" {
	needs_clock
	customer t1 >t1.json
	driver
	sendpin 0 t1.json
	printf '%s\n' "$output" >sent.json
	wish >wish.json
	for outcome in retry rejected; do
		NOW=$((NOW + 60))
		driver --outcome "$outcome"
		runs 75 twofa-sendpin -k key -s "$SENDER" wish.json ||
			is "$status $outcome" "1 rejected"
		# Asked again, the service is asked again.
		runs 75 twofa-sendpin -k key -s "$SENDER" wish.json ||
			is "$status $outcome" "1 rejected"
	done
	is "$(lines truth)" 1
	NOW=$((NOW + 60))
	driver
	sendpin 0 wish.json
	sendpin 0 wish.json
	is "$(lines truth)" 2
}

@test "a wish of unknown outcome stays that, until it is resolved" {
	needs_clock
	customer t1 >t1.json
	driver
	sendpin 0 t1.json
	printf '%s\n' "$output" >sent.json
	wish >wish.json
	NOW=60
	driver --outcome unknown
	sendpin 69 wish.json
	driver
	for NOW in 61 121 500; do
		sendpin 69 wish.json
		is "$(value TwofaReason <<<"$output")" unknown-outcome
		has "$stderr" "twofa-ledger resolve"
	done
	is "$(lines truth)" 1
	request=$(sql 'SELECT request FROM pin')
	runs 0 twofa-ledger -k key resolve "$request" failed
	sendpin 0 wish.json
	is "$(lines truth)" 2
	sendpin 0 wish.json
	is "$(lines truth)" 2
}

@test "killed while a wish is sent: a service that knows its ids gets it once" {
	needs_clock
	customer t1 >t1.json
	driver --repeat
	sendpin 0 t1.json
	printf '%s\n' "$output" >sent.json
	wish >wish.json
	NOW=60
	sendpin 0 wish.json
	is "$(lines truth)" 2
	# As if the outcome had not been noted.
	sql "UPDATE pin SET state = 'intent'"
	NOW=200
	sendpin 0 wish.json
	is "$(lines truth)" 2
	is "$(tail -n 2 requests | jq -r .id | sort -u | wc -l)" 1
	NOW=400
	sendpin 0 wish.json
	is "$(lines truth)" 2
}

@test "a wish in a file, killed at the rename: a minute later nothing is sent" {
	needs_clock
	send_first
	wish >wish.json
	NOW=60
	cp wish.json before.json
	sendpin 0 -i wish.json
	cp before.json wish.json
	NOW=125
	sendpin 0 -i wish.json
	is "$(lines outbox)" 2
	is "$(value SMSSent wish.json)" Yes
}

@test "an entry of one PIN says nothing about another" {
	needs_clock
	send_first
	twofa-task event StartValidation=Resend StartValidationEntry=x \
		sent.json >a.json
	customer t2 +447700900002 654321 >t2.json
	sendpin 0 t2.json
	twofa-task event StartValidation=Resend StartValidationEntry=x \
		<<<"$output" >b.json
	# One that is too long to be kept is as good as none.
	twofa-task event StartValidation=Resend \
		StartValidationEntry="$(printf '%0129d' 0)" sent.json >c.json
	NOW=60
	sendpin 0 a.json b.json
	is "$(lines outbox)" 4
	for NOW in 120 180; do
		sendpin 0 c.json
	done
	is "$(lines outbox)" 6
}

@test "--resend has no entry: each run is a wish" {
	needs_clock
	send_first
	wish >wish.json
	for NOW in 60 120; do
		sendpin 0 --resend wish.json
	done
	is "$(lines outbox)" 3
}

@test "a ledger of an earlier version learns of wishes" {
	needs_clock
	send_first
	wish >wish.json
	sql 'DROP INDEX request_wish; ALTER TABLE request DROP COLUMN wish;
		ALTER TABLE pin DROP COLUMN repeats'
	# What later versions brought.
	for column in at event; do
		sql "ALTER TABLE verdict DROP COLUMN $column" 2>/dev/null || true
	done
	for column in commits jumped; do
		sql "ALTER TABLE meta DROP COLUMN $column"
	done
	rm ledger.db-mark
	sql 'PRAGMA user_version = 1'
	for NOW in 60 120; do
		sendpin 0 wish.json
		is "$(lines outbox)" 2
	done
	try OK "$PIN" 1
}

@test "a wish, where no other clock can be had" {
	send_first
	wish >wish.json
	sendpin 75 wish.json
	is "$(value TwofaReason <<<"$output")" cool-down
	printf '%s\n' "$output" >open.json
	sql 'UPDATE pin SET requested = requested - 60'
	sendpin 0 open.json
	first=$output
	sql 'UPDATE pin SET requested = requested - 60'
	sendpin 0 wish.json
	is "$(params <<<"$output")" "$(params <<<"$first")"
	is "$(lines outbox)" 2
	try OK "$PIN" 1
	sendpin 1 --resend sent.json
	is "$(value TwofaReason <<<"$output")" used
}
