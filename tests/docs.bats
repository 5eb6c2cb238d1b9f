#!/usr/bin/env bats
# The documents: every command in them works as it stands, and they agree with
# the programs.

bats_require_minimum_version 1.5.0

load common
load acs
load docs

setup() {
	setup_dir
}

teardown() {
	acs_stop
}

@test "README.md: every block works" {
	run_file "$ROOT/README.md"
}

@test "manual pages: every example works" {
	local page
	for page in "$ROOT"/man/*.[1-9]; do
		run_file "$page"
	done
}

@test "positive control: a broken command in the README is noticed" {
	sed 's/twofa-lookup -d csv:/&no/' "$ROOT/README.md" >README.md
	run run_file "$PWD/README.md"
	[ "$status" -ne 0 ]
	[[ $output == *"nocustomers.csv: No such file"* ]]
	sed 's/-s file:outbox >call.json/-s file:outbox -n 3 >call.json/' \
		"$ROOT/README.md" >README.md
	run run_file "$PWD/README.md"
	[ "$status" -ne 0 ]
	[[ $output == *"a number from 4 to 10"* ]]
}

@test "positive control: another picture in the README is noticed" {
	sed '/^flowchart/,/^$/s/key 1/key 3/' "$ROOT/README.md" >README.md
	run run_file "$PWD/README.md"
	[ "$status" -ne 0 ]
	[[ $output == *'-->|"key 3"| _AskIdentifier'* ]]
	sed 's/twofa-flow step -I 1/twofa-flow step -I 2/' "$ROOT/README.md" \
		>README.md
	run run_file "$PWD/README.md"
	[ "$status" -ne 0 ]
	[[ $output == *"no prompt for input 2 of 2"* ]]
}

@test "positive control: a command that does nothing is noticed" {
	sed 's/^twofa-verify -i -v tasks.json/true/' "$ROOT/man/twofa-verify.1" \
		>twofa-verify.1
	run run_file "$PWD/twofa-verify.1"
	[ "$status" -ne 0 ]
}

@test "positive control: a block that nobody planned is noticed" {
	{ cat "$ROOT/man/twofa-lookup.1" &&
		printf '%s\n' .Sh EXAMPLES '.Bd -literal' true .Ed; } >twofa-lookup.1
	sed -i 's/^\.Sh SEE ALSO/.Bd -literal\ntrue\n.Ed\n&/' twofa-lookup.1
	run run_file "$PWD/twofa-lookup.1"
	[ "$status" -ne 0 ]
	[[ $output == *"no plan"* ]]
	{ printf '\140\140\140\ntrue\n\140\140\140\n' && cat "$ROOT/README.md"; } >README.md
	run run_file "$PWD/README.md"
	[ "$status" -ne 0 ]
	[[ $output == *"no plan"*"(none)"* ]]
}

@test "positive control: a block that is gone is noticed" {
	awk '/^```bats/, /^```$/ { next } { print }' "$ROOT/README.md" >README.md
	PLAN_ONLY=1 run run_file "$PWD/README.md"
	[ "$status" -ne 0 ]
	[[ $output == *"no block with: @test"* ]]
}

@test "examples: twofa.conf holds, and says why six digits" {
	make_fixture
	cp customers.csv etc/twofa
	export TWOFA_LEDGER=$PWD/.local/state/twofa/ledger.db
	make_acs
	here "$ROOT/man/examples/twofa.conf" >twofa.conf
	twofa-lookup -c twofa.conf --dry-run </dev/null
	twofa-sendpin -c twofa.conf -k .config/twofa/key -s file:outbox </dev/null
	twofa-sendpin -c twofa.conf --dry-run </dev/null 2>settings
	twofa-verify -c twofa.conf --dry-run </dev/null || [ $? -eq 1 ]
	grep -q 'pin_digits = 6 (twofa.conf:' settings
	grep -q 'one PIN in 3,000' twofa.conf
	grep -q 300,000 twofa.conf
	# What stands there as a comment is a setting, too.
	sed -n 's/^;//p' twofa.conf >others
	[ "$(count others)" = 10 ]
	(umask 077 && mkdir -p var/lib/twofa)
	sed -i -E '/^(directory|sender) =/d; s/^;//' twofa.conf
	sed -i "s,:/[^ ]*/customers.db,:$PWD/customers.db,
		s,:/[^ ]*outbox,:$PWD/outbox," twofa.conf
	twofa-sendpin -c twofa.conf --dry-run </dev/null
}

@test "examples: customers.csv is a directory" {
	twofa-task new CustomerIdentifier=345678 |
		twofa-lookup -d "csv:$ROOT/man/examples/customers.csv" >out
	[ "$(twofa-task get SMSNumber out)" = +447700900345 ]
}

@test "examples: the crontab of cron.d verifies a batch" {
	make_fixture
	here "$ROOT/man/examples/twofa.cron" >twofa.cron
	grep -q '^\* \* \* \* \* twofa find' twofa.cron
	batch_settings
	crontab_commands twofa.cron 6 >commands
	[ "$(count commands)" = 1 ]
	run_commands commands
	batch_is_verified
}

# are_sound UNIT...: as far as systemd is here to say so.
are_sound() {
	command -v systemd-analyze >/dev/null || return 0
	run systemd-analyze verify --man=no "$@"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "examples: the systemd units verify a batch" {
	local units="$ROOT/man/examples"
	are_sound "$units/twofa-batch.service" \
		"$units/twofa-batch.timer"
	make_fixture
	batch_settings
	here "$units/twofa-batch.service" >service
	# The directory of the ledger is made and named by systemd.
	grep -qx StateDirectory=twofa service
	sed -i '/^ledger =/d' batch.conf
	(umask 077 && mkdir -p var/lib/twofa)
	export STATE_DIRECTORY=$PWD/var/lib/twofa
	# The secrets come as systemd gives them: files in a directory.
	mkdir credentials
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	export TWOFA_LEDGER=$PWD/units.db
	twofa-sendpin -s file:outbox -k credentials/key </dev/null
	sed -n 's/^LoadCredential=\([a-z]*\):.*/\1/p' service >loaded
	[ "$(tr '\n' ' ' <loaded)" = "acs key " ]
	[ "$(sed -n 's,^Environment=TWOFA_KEY=%d/,,p' service)" = key ]
	[ "$(sed -n 's,^Environment=TWOFA_SENDER=,,p' service)" = \
		acs:credential:acs ]
	sed -n 's/^ExecStart=-//p' service >commands
	[ "$(count commands)" = 3 ]
	echo "export TWOFA_KEY=$PWD/credentials/key" >settings
	sed -i "s,^,. $PWD/settings; ," commands
	run_commands commands
	batch_is_verified
	# And the sender of the unit reads its credential.
	make_acs
	cp etc/twofa/acs credentials/acs
	twofa-sendpin -s acs:credential:acs -k credentials/key \
		<recognised.json >sent.json
	[ "$(twofa-task get SMSSent sent.json)" = Yes ]
}

# dialplan FILE: what extension 100 does last with the variables of the channel.
dialplan() {
	local line condition label plan
	mapfile -t plan < <(sed -n "/^\[twofa\]/,/^\$/s/^ same => n//p" "$1" |
		sed '1,/,AGI(/d' |
		sed -e "s/[$]{VALIDATIONCHECK}/$VALIDATIONCHECK/" \
			-e "s/[$]{FLOWOUTCOME}/$FLOWOUTCOME/" \
			-e "s/[$]{FLOWTARGET}/$FLOWTARGET/")
	for line in "${plan[@]}"; do
		[[ $line == ",GotoIf("* ]] || break
		condition=${line#*[} && condition=${condition%]?*}
		# Its words are those of test(1), but for the "&".
		if eval "[ ${condition//&/] && [} ]"; then
			label=${line##*\?} && label=${label%)}
			line=$(printf '%s\n' "${plan[@]}" | grep "^($label)")
			break
		fi
	done
	printf '%s\n' "${line#*,}"
}

# called DIALPLAN WANTED [OPTION OF ASTERISK...]: a call, and where it goes.
called() {
	local agi
	agi=$(sed -n 's/^ same => n,AGI(\(.*\))$/\1/p' "$1" | tr , ' ')
	# shellcheck disable=SC2086 # its arguments
	"$FAKES/asterisk.py" "${@:3}" $agi 2>err || true
	# shellcheck source=/dev/null
	is "$(. ./variables && dialplan "$1")" "$2"
}

@test "examples: the dialplan goes where the call went" {
	make_fixture
	here "$ROOT/man/examples/extensions.conf" >plan
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox
	called plan 'Queue(agents)' --keys 1 --keys 123456 --keys @outbox
	called plan 'Goto(new-customers,s,1)' --keys 2
	called plan 'Goto(not-verified,s,1)' --keys 1 --keys 999999
	called plan 'Hangup()' --on 'GET DATA' hangup
	# Where it leads to is there.
	for context in new-customers not-verified; do
		grep -A 1 "^\[$context\]" plan | grep -q '^exten => s,1,'
	done
	twofa-flow show | grep -o '"to": *"[^"]*"' | cut -d '"' -f 4 | sort >to
	[ "$(tr '\n' ' ' <to)" = 'agents new-customers not-verified ' ]
	# What was there before is gone before the program runs.
	is "$(sed -n '/AGI(/q; s/.*Set(\(.*\)=)$/\1/p' plan | tr '\n' ' ')" \
		'FLOWOUTCOME VALIDATIONCHECK '
	# And its sounds are those of the prompts.
	for name in $(twofa-flow show | jq -r '.activities | to_entries[] |
		select(.value.text) | .key'); do
		tr '\n' ' ' <plan | grep -q "twofa/$name\b"
	done
	# Without a setting no call is taken, and nobody gets through.
	unset TWOFA_SENDER
	called plan 'Goto(not-verified,s,1)' --set FLOWOUTCOME=queued \
		--set VALIDATIONCHECK=OK --keys 1
	grep -q 'no sender' err
}

# What systemd does for a socket with Accept=yes: make ./accept, which takes one
# connection on a port in ./port, and runs its arguments on it.
make_accept() {
	cat >accept.py <<-'END'
		import os, socket, sys
		listening = socket.create_server(("127.0.0.1", 0))
		with open("port.new", "w") as f:
		    f.write("%d" % listening.getsockname()[1])
		os.rename("port.new", "port")
		for _ in range(int(sys.argv[1])):
		    connection = listening.accept()[0]
		    if os.fork() == 0:
		        os.dup2(connection.fileno(), 0)
		        os.dup2(connection.fileno(), 1)
		        os.execvp(sys.argv[2], sys.argv[2:])
		    connection.close()
		for _ in range(int(sys.argv[1])):
		    os.wait()
	END
}

@test "examples: the units for FastAGI take calls" {
	local units="$ROOT/man/examples"
	are_sound "$units/twofa-agi.socket" \
		"$units/twofa-agi@.service"
	make_fixture
	make_accept
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox
	# The port is that of agi:// without one; each connection is a program.
	grep -qx 'ListenStream=127.0.0.1:4573' "$units/twofa-agi.socket"
	grep -qx Accept=yes "$units/twofa-agi.socket"
	here "$units/twofa-agi@.service" >service
	grep -qx StandardInput=socket service
	IFS=' ' read -ra words < <(sed -n 's/^ExecStart=-//p' service)
	python3 accept.py 3 "${words[@]}" 2>err &
	eventually [ -e port ]
	for keys in "--keys 1 --keys 123456 --keys @outbox" "--keys 2" \
		"--on ANSWER hangup"; do
		rm -f variables
		# shellcheck disable=SC2086 # options
		"$FAKES/asterisk.py" --connect "$(cat port)" $keys
		sed -n 's/^FLOWOUTCOME=//p' variables >>outcomes
	done
	wait
	is "$(cat err)" ""
	# What is told on a channel that is gone may be lost.
	is "$(head -n 2 outcomes | tr '\n' ' ')" 'queued transferred '
	# The manual names them, and the dialplan what it calls.
	grep -qF twofa-agi@.service "$ROOT/man/twofa-flow.1"
	grep -qF 'AGI(agi://127.0.0.1/)' "$ROOT/man/twofa-flow.1"
	grep -qF 'agi://127.0.0.1/' "$units/extensions.conf"
}

@test "the manual names every sound that a call needs" {
	make_fixture
	export TWOFA_DIRECTORY=csv:customers.csv TWOFA_SENDER=file:outbox
	"$FAKES/asterisk.py" --keys 1 --keys 123456 --keys @outbox \
		twofa-flow run -F agi
	sed -n 's,^> \(STREAM FILE\|GET DATA\) \([a-z]*\)\b.*,\2,p' dialogue |
		sort -u >sounds
	is "$(tr '\n' ' ' <sounds)" 'beep digits twofa '
	for name in beep digits/0 digits/9 twofa/ACTIVITY; do
		grep -qx "\.Pa $name" "$ROOT/man/twofa-flow.1"
	done
}

@test "options: pages and --help agree, and a difference is noticed" {
	sh "$ROOT/tests/lint/options-in-man.sh" "$BUILD" "$ROOT/man"
	mkdir less more
	cp "$ROOT"/man/*.1 less
	cp "$ROOT"/man/*.1 more
	sed -i '/^\.It Fl t , Fl -pin-ttl/d' less/twofa-sendpin.1
	run -1 sh "$ROOT/tests/lint/options-in-man.sh" "$BUILD" less
	[[ $output == *"< -t --pin-ttl"* ]]
	sed -i 's/^\.It Fl p , Fl -ask/.It Fl x , Fl -xyzzy\n&/' \
		more/twofa-verify.1
	run -1 sh "$ROOT/tests/lint/options-in-man.sh" "$BUILD" more
	[[ $output == *"> -x --xyzzy"* ]]
}

@test "twofa.7 explains every reason, and no other" {
	sed -n 's/^#define REASON_[A-Z_]* "\(.*\)"/\1/p' \
		"$ROOT/common/task/names.h" | sort >wanted
	[ -s wanted ]
	sed -n '/^\.Ss Reasons/,/^\.Sh/s/^\.It Li //p' "$ROOT/man/twofa.7" |
		sort -u >explained
	diff wanted explained
}

@test "twofa.7 gives every reason the event and the kind of the table" {
	# One line a reason: its word in the place of REASON_…, then its members.
	sed -n 's/^#define REASON_\([A-Z_]*\) "\(.*\)"/s,REASON_\1\\b,\2,/p' \
		"$ROOT/common/task/names.h" >words
	sed -n '/ reasons\[\] = {/,/^};/p' "$ROOT/common/task/reason.c" |
		tr -d '\n' | sed 's/{\.word/\n&/g' | sed -f words >table
	[ "$(grep -c word table)" -ge 30 ]
	sed -n 's/.*word = \([a-z-]*\),.*status = .*/\1/p' table | sort >wanted
	sed -n '/^\.Em .*No answer/,/^\.El/s/^\.It Li //p' "$ROOT/man/twofa.7" |
		sort >explained
	diff wanted explained
	while read -r line; do
		word=$(sed 's/.*word = \([a-z-]*\),.*/\1/' <<<"$line")
		grep -o '[a-z_]*event = "[a-z_]*"' <<<"$line" |
			sed "s/.*\"\(.*\)\"/\1 $word/"
	done < <(grep word table) | grep -v '^sensitive_read ' | sort -u >wanted
	sed -n '/^Events are words/,/^\.El/p' "$ROOT/man/twofa.7" | awk '
		$1 == ".It" { event = $3; next }
		$1 == ".Li" { for (i = 2; i <= NF; i++)
			if ($i ~ /^[a-z-]+$/) print event, $i }' |
		sort -u >explained
	diff wanted explained
}

@test "twofa-ledger.1 names every place where a PIN can stand" {
	sed -n '/standings\[\] = {/,/^};/p' "$ROOT/cmd/twofa-ledger/report.c" |
		grep -o '{"[a-z]*"' | tr -d '{"' | sort -u >wanted
	[ "$(count wanted)" -ge 7 ]
	sed -n '/^where the PIN stands:/,/^\.It/p' "$ROOT/man/twofa-ledger.1" |
		sed -n 's/^\.Li //p' | tr -d ' .' | tr , '\n' | grep . | sort >named
	diff wanted named
}

@test "twofa.conf.5 explains every setting, and no other" {
	twofa-lookup -d "csv:$ROOT/man/examples/customers.csv" --dry-run \
		</dev/null 2>lookup
	twofa-sendpin -s file:outbox --dry-run </dev/null 2>sendpin
	twofa-verify --dry-run </dev/null 2>verify || [ $? -eq 1 ]
	twofa-ledger list --dry-run 2>ledger
	twofa-flow step --dry-run </dev/null 2>flow
	cat lookup sendpin verify ledger flow | sed -n -E \
		's/^[a-z-]*: ([a-z_]+)( = .*| is not set)$/\1/p' |
		grep -v '^config$' | sort -u >wanted
	sed -n 's/^\.It Ic \([a-z_]*\) Pq .*Ev.*/\1/p' "$ROOT/man/twofa.conf.5" |
		sort >explained
	diff wanted explained
	# The variable is TWOFA_ and the key in capitals.
	while read -r key; do
		grep -q "^\.It Ic $key Pq .*Ev TWOFA_${key^^}\$" \
			"$ROOT/man/twofa.conf.5"
	done <explained
}

@test "twofa-workflow.5 explains every type, member and exit, and no other" {
	cd "$ROOT/cmd/twofa-flow/workflow"
	{
		sed -n -E 's/^ *\[(MEMBER|EXIT)_[A-Z_]*\] = \{(.name = )?"([A-Za-z]*)".*/\3/p' \
			workflow_member.c
		sed -n 's/^ *{.name = "\([a-z-]*\)",.*/\1/p' engine.c
	} | sort >"$BATS_TEST_TMPDIR/wanted"
	cd "$BATS_TEST_TMPDIR"
	[ "$(count wanted)" -ge 29 ]
	# The words that stand for themselves, but for values and parameters.
	sed -n -E '/^\.Ss Activities/,/^\.Ss Saving/s/^\.(It |Op )?Li //p' \
		"$ROOT/man/twofa-workflow.5" | grep -v '[\{]' |
		sed -E 's/ No .*//' | tr -d ' .' | tr ',:;' '\n' |
		grep -v -e '^$' -e '^[A-Z]' -e '^en$' |
		sort -u >explained
	printf '%s\n' disconnected queued transferred type | sort >others
	comm -23 explained others >members
	diff wanted members
}

@test "numbers are those reserved for fiction, and no PIN is an argument" {
	local docs=("$ROOT/README.md" "$ROOT/NEWS.md" "$ROOT"/man/*.[1-9]
		"$ROOT"/man/examples/*)
	run -1 grep -nE '\+[0-9]{7,}' <(grep -vhE '\+447700900[0-9]{3}\b' \
		"${docs[@]}")
	run -1 grep -nE '(^|[^A-Za-z])PIN=[0-9]' "${docs[@]}"
}

@test "README.md: what it links to is there" {
	cd "$ROOT"
	grep -oE '\]\([^)]*\)' README.md | tr -d ']()' >"$BATS_TEST_TMPDIR/links"
	[ -s "$BATS_TEST_TMPDIR/links" ]
	while read -r link; do
		[ -e "$link" ]
	done <"$BATS_TEST_TMPDIR/links"
}

# --- make demo ---------------------------------------------------------------

demo() {
	sh "$ROOT/tests/demo/demo.sh" "$BUILD"
}

@test "demo: one screen, and the PIN of the SMS was verified" {
	mkdir tmp
	export TMPDIR=$PWD/tmp
	demo </dev/null >screen 2>err
	[ ! -s err ]
	[ "$(count screen)" -ge 24 ]
	[ "$(count screen)" -le 50 ]
	run -1 grep -E '.{80}' screen
	run -1 grep "$(printf '\033')" screen
	grep -q 'SMS to +447700900123 | Your PIN code is: [0-9]\{4\} |' screen
	grep -q '+ ValidationCheck     Failed' screen
	grep -q '\* ValidationCheck     OK, was Failed' screen
	grep -q 'Status 0: verified' screen
	[ -z "$(ls -A tmp)" ]
}

@test "demo: nothing of the user's is used or made" {
	export TWOFA_PIN_DIGITS=9 TWOFA_SENDER=acs: TWOFA_KEY=$PWD/no-key
	export TWOFA_CONF=$PWD/none
	demo </dev/null >screen
	grep -q 'Your PIN code is: [0-9]\{4\} |' screen
	[ ! -e config ]
	[ ! -e no-key ]
	rm screen
	[ ! -e ledger.db ] && [ ! -e state ]
	[ -z "$(ls -A)" ]
}

@test "demo: at a terminal the caller answers" {
	TERM=xterm "$ROOT/tests/docs_pty.py" 0000,right \
		sh "$ROOT/tests/demo/demo.sh" "$BUILD" >screen
	grep -q 'PINAttempts *2, was 1' screen
	grep -q 'Status 0: verified' screen
	grep -q "$(printf '\033')\[1m" screen
	NO_COLOR=1 TERM=xterm "$ROOT/tests/docs_pty.py" 0000,0000,right \
		sh "$ROOT/tests/demo/demo.sh" "$BUILD" >screen
	grep -q 'Status 1: not verified' screen
	run -1 grep "$(printf '\033')\[[0-9]*m" screen
}

@test "demo: it fails when a program does" {
	mkdir -p broken/bin
	cp "$BUILD"/bin/* broken/bin
	printf '#!/bin/sh\nexit 70\n' >broken/bin/twofa-lookup
	run -1 sh "$ROOT/tests/demo/demo.sh" broken </dev/null
	[[ $output == *"failed with status 70"* ]]
}
