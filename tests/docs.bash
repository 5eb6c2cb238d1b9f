# The examples of README.md and the manual pages, taken out of the text and run
# in a directory that has the files which the text speaks of.

# Fenced blocks of a Markdown file into DIR/NN.LANGUAGE.
readme_blocks() { # FILE DIR
	awk -v dir="$2" '
	/^```/ && !inside {
		inside = 1
		language = substr($0, 4)
		if (language == "") language = "none"
		out = sprintf("%s/%02d.%s", dir, ++n, language)
		printf "" >out
		next
	}
	/^```/ { inside = 0; close(out); next }
	inside { print >out }' "$1"
}

# Literal displays in the section EXAMPLES of a page into DIR/NN.sh.
man_blocks() { # FILE DIR
	awk -v dir="$2" '
	/^\.Sh / { examples = ($0 == ".Sh EXAMPLES"); next }
	/^\.Bd -literal/ && examples {
		inside = 1
		out = sprintf("%s/%02d.sh", dir, ++n)
		printf "" >out
		next
	}
	/^\.Ed/ { if (inside) close(out); inside = 0; next }
	inside {
		gsub(/\\\(aq/, "\047")
		gsub(/\\\(dq/, "\"")
		gsub(/\\&/, "")
		gsub(/\\e/, "\\")
		print >out
	}' "$1"
}

# The directory, once for all blocks: one caller who has got a PIN (call.json, pin,
# outbox), two tasks in a file (tasks.json, pins.csv), one to be sent to
# (recognised.json), two for a batch (spool). Each block has its own copy of the
# ledger, too.
fill_fixture() {
	local address=csv:customers.csv
	mkdir -p .config etc/twofa spool stubs
	ln -s "$ROOT/man" man
	ln -s "$BUILD" build
	cp "$ROOT/man/examples/customers.csv" .
	sqlite3 customers.db 'CREATE TABLE Customers (Number TEXT,
		SMSNumber TEXT); INSERT INTO Customers VALUES
		("123456", "+447700900123"), ("234567", "+447700900234");'
	export TWOFA_KEY=.config/twofa/key
	export TWOFA_LEDGER=.local/state/twofa/ledger.db
	mkdir .config/twofa
	(umask 077 && mkdir -p .local/state/twofa)
	twofa-task new CustomerIdentifier=123456 |
		twofa-lookup -d "$address" >recognised.json
	twofa-task new CustomerIdentifier=123456 | twofa-lookup -d "$address" |
		twofa-sendpin -s file:outbox >call.json
	pin_of outbox >pin
	printf 'taskId,CustomerIdentifier\ncall-1,123456\ncall-2,234567\n' |
		twofa-task new --csv /dev/stdin | twofa-lookup -d "$address" |
		twofa-sendpin -s file:outbox >tasks.json
	unset TWOFA_KEY TWOFA_LEDGER
	tail -n 2 outbox | jq -r '.message | ltrimstr("Your PIN code is: ")' |
		awk '{ print "call-" NR "," $0 }' >pins
	{ echo taskId,PIN && cat pins; } >pins.csv
	twofa-task new CustomerIdentifier=123456 >spool/a.json
	twofa-task new CustomerIdentifier=234567 >spool/b.json
	printf '#!/bin/sh\nexec "$@"\n' >stubs/sudo
	# Never a build inside of the tests: are the targets there?
	printf '#!/bin/sh\nexec %s -n -C %s "$@" >/dev/null\n' \
		"$(command -v make)" "$ROOT" >stubs/make
	chmod +x stubs/*
}

make_fixture() {
	local fixture=$BATS_FILE_TMPDIR/fixture
	[ -e "$fixture" ] || (mkdir "$fixture" && cd "$fixture" &&
		fill_fixture) || return 1
	cp -a "$fixture/." .
	export HOME=$PWD XDG_CONFIG_HOME=$PWD/.config
	unset TWOFA_KEY TWOFA_LEDGER XDG_STATE_HOME STATE_DIRECTORY
	printf '%s\n' "key = $PWD/.config/twofa/key" \
		"ledger = $PWD/.local/state/twofa/ledger.db" \
		>.config/twofa/twofa.conf
	PATH=$PWD/stubs:$PATH
}

# The service's stand-in, whose connection string is etc/twofa/acs.
make_acs() {
	acs_start_plain
	cp acs etc/twofa/acs
}

# What the text says of the machine's directories is true of the test's.
here() { # FILE
	sed -e "s,/etc/twofa,$PWD/etc/twofa,g" \
		-e "s,/var/spool/twofa,$PWD/spool,g" \
		-e "s,/var/lib/twofa,$PWD/var/lib/twofa,g" \
		-e "s,/usr/local/bin,$BUILD/bin,g" \
		-e "s,/usr/local/libexec,$BUILD/libexec,g" "$1"
}

# Each block that there is has one line here, and each line one block:
#
#	plan FILE HOW WORDS [CHECK]
#
# WORDS stand in that block and in no other of the file. HOW: see run_block().
# CHECK is run afterwards; the output is in the file out.
# shellcheck disable=SC2016 # a check is expanded when it runs
plans() {
	plan README.md sh 'make demo'
	plan README.md pty 'cp man/examples' 'grep -q welcome out &&
		verdict call.json OK'
	plan README.md sh '-p -i call.json <pin &&' 'verdict call.json OK'
	plan README.md sh 'PIN=@-' '[ "$(cat out)" = OK ]'
	plan README.md caller 'twofa-flow step' \
		'[ "$(twofa-task get FlowOutcome ended.json)" = queued ] &&
		grep -q "^The call is queued: agents" out && [ "$(count outbox)" = 5 ]'
	plan README.md mermaid 'flowchart'
	plan README.md sh 'twofa-ledger show' '[ "$(count outbox)" = 3 ] &&
		grep -q "ask the caller for the PIN: 3 of 3 attempts" out'
	plan README.md set-up 'sudo make install' \
		'[ "$(stat -c %a etc/twofa/acs)" = 600 ] &&
		[ "$(stat -c %a var/lib/twofa)" = 700 ] &&
		here etc/twofa/twofa.conf >conf && twofa-sendpin -c conf \
			-k etc/twofa/key -l var/lib/twofa/ledger.db \
			-s file:other <recognised.json'
	plan README.md ini 'directory ='
	plan README.md installed '--dry-run' 'grep -q "sender = acs:file:" out'
	plan README.md crontab 'find /var' 'batch_is_verified'
	plan README.md bats '@test' 'grep -q "^ok 1 a caller" out'

	plan sms-acs.1 session 'sendpin' '[ "$(count "$ACS_DIR/truth")" = 1 ] &&
		[ "$(stat -c %a etc/twofa/acs)" = 600 ]'
	plan sms-acs.1 session 'sms-acs file'

	plan twofa-task.1 sh 'show call.json' 'grep -q "^task call-1" out'
	plan twofa-task.1 sh 'CustomerIdentifier\n' \
		'[ "$(count tasks.json)" = 2 ]'
	plan twofa-task.1 sh 'PIN=@pin' '[ "$(cat out)" = OK ]'
	plan twofa-task.1 sh '--csv pins.csv' \
		'[ "$(twofa-task get taskId,PIN tasks.json | tr "\t" ,)" = \
			"$(cat pins)" ]'
	plan twofa-task.1 later 'StartValidation=Resend' \
		'[ "$(count outbox)" = 4 ] &&
		[ "$(pin_of outbox)" = "$(cat pin)" ]'

	plan twofa-lookup.1 sh 'twofa-lookup -d csv:customers.csv' \
		'recognised out'
	plan twofa-lookup.1 sh 'crm.db' 'recognised out'
	plan twofa-lookup.1 sh '--dry-run' 'grep -q "identifier_digits = 6" out'
	plan twofa-lookup.1 sh 'tasks.json' 'grep -q "2 tasks: 2 yes" out'

	plan twofa-sendpin.1 sh 'twofa-lookup -d' '[ "$(count outbox)" = 4 ]'
	plan twofa-sendpin.1 acs '-f +447700900000 \' \
		'[ "$(count "$ACS_DIR/truth")" = 1 ]'
	plan twofa-sendpin.1 sh '-n 6' 'tail -n 1 outbox | jq -r .message |
		grep -qE "is [0-9]{6}\. It is valid for 5 minutes\.$"'
	plan twofa-sendpin.1 sh '--rate' '[ "$(count outbox)" = 4 ]'
	plan twofa-sendpin.1 acs '--dry-run' \
		'[ "$(count "$ACS_DIR/truth")" = 0 ]'
	plan twofa-sendpin.1 sh 'openssl' \
		'twofa-verify -p call.json <pin >/dev/null &&
		twofa-sendpin -s file:outbox <recognised.json >new.json &&
		[ "$(key_id new.json)" != "$(key_id call.json)" ]'

	plan twofa-sendpin.1 sh 'key.old' 'grep -q "^whole: " out &&
		[ "$(grep -c . .config/twofa/key)" = 1 ] &&
		twofa-verify -p call.json <pin >/dev/null'
	plan twofa-sendpin.1 later '--resend' '[ "$(count outbox)" = 4 ] &&
		[ "$(pin_of outbox)" = "$(cat pin)" ]'

	plan twofa-ledger.1 sh 'taskId call.json' \
		'grep -q "ask the caller for the PIN: 3 of 3 attempts" out'
	plan twofa-ledger.1 sh 'show -' 'grep -q "send  *sent  *PIN" out &&
		run -1 grep 7700900 out'
	plan twofa-ledger.1 unresolved 'resolve' '[ "$(count open)" = 1 ] &&
		twofa-sendpin -s file:outbox lost.json >sent.json &&
		[ "$(count outbox)" = 4 ]'
	plan twofa-ledger.1 sh 'revoke 123456' 'twofa-sendpin -s file:outbox \
		recognised.json >sent.json && [ "$(count outbox)" = 4 ]'
	plan twofa-ledger.1 sh 'uniq -c' 'grep -qE "^ +3 20..-..-..$" out'
	plan twofa-ledger.1 sh 'purge' '[ ! -s out ]'

	plan twofa-flow.1 sh '| twofa-sendpin |' \
		'[ "$(cat out)" = "queued	OK" ]'
	plan twofa-flow.1 sh '-F lines' 'grep -qx "end transferred new-customers" out'
	plan twofa-flow.1 sh 'twofa-flow check my.json' \
		'tail -n 1 out | grep -q "\"AskCustomer\""'

	plan twofa-workflow.5 sh 'again.json' '[ "$(tail -n 1 out)" = queued ]'

	plan twofa-verify.1 pty '-p -i -v' 'grep -q "^verified" out &&
		verdict call.json OK'
	plan twofa-verify.1 sh '<pin' 'grep -q "^verified" out &&
		verdict call.json OK'
	plan twofa-verify.1 sh 'event PIN=@pin' '[ "$(cat out)" = OK ]'
	plan twofa-verify.1 sh 'pins.csv' 'grep -q "2 tasks: 2 yes" out'

	plan twofa.7 sh '>call.json' '[ "$(twofa-task get SMSSent call.json)" = Yes ]'
	plan twofa.7 sh '-p -i call.json' 'verdict call.json OK'
	plan twofa.7 events 'events.jsonl' 'recognised lookup.answer &&
		[ "$(twofa-task get SMSSent sendpin.answer)" = Yes ] &&
		verdict verify.answer OK'
	plan twofa.7 sh 'TWOFA_LOG' 'verdict verified.json OK &&
		grep -qx " *1 authn_login_success" out &&
		[ "$(jq -r .ref decisions.log)" = INC-4711 ]'

	plan twofa-task.5 sh '12345678901234567890' 'recognised out &&
		grep -qF "\"ticket\":12345678901234567890," out'
	plan twofa-task.5 sh '--rejects' \
		'[ "$(grep -v : out | tr "\n" .)" = a.b. ] &&
		[ "$(count rejects)" = 1 ]'

	plan twofa.conf.5 sh '-c twofa.conf' \
		'grep -q "pin_digits = 6 (twofa.conf:" out &&
		grep -q "pin_ttl = 5m (environment)" out'

	plan twofa-driver.7 sh 'sms-notebook' \
		'grep -qE "^\+447700900123 Your PIN code is: [0-9]{4}$" out &&
		[ "$(twofa-task get SMSSent sent.json)" = Yes ]'
	plan twofa-driver.7 sh 'directory-one' 'recognised out'
	plan twofa-driver.7 sh 'command:./send' \
		'grep -q "^Your PIN" message-to-+447700900123 &&
		[ "$(twofa-task get SMSSent sent.json)" = Yes ]'
}

# --- checks ------------------------------------------------------------------

recognised() { # FILE
	[ "$(twofa-task get CustomerRecognized,SMSNumber "$1")" = \
		"Yes	+447700900123" ]
}

verdict() { # FILE VALUE
	[ "$(twofa-task get ValidationCheck "$1")" = "$2" ]
}

key_id() { # FILE
	twofa-task get GeneratedPIN "$1" | cut -d . -f 2
}

# The batch ran once, without PINs: messages are out. Run it with them.
batch_is_verified() {
	local n name
	[ "$(count outbox)" = 5 ] || return 1
	for n in 4 5; do
		name=spool/a.json
		[ "$(sed -n ${n}p outbox | jq -r .to)" = +447700900123 ] ||
			name=spool/b.json
		sed -n ${n}p outbox | jq -r .message | grep -oE '[0-9]{6}' |
			twofa-task set -i PIN=@- "$name"
	done
	run_commands commands && verdict spool/a.json OK &&
		verdict spool/b.json OK && [ "$(count outbox)" = 5 ]
}

has_messages() { # COUNT
	[ "$(count outbox)" -ge "$1" ]
}

make_events() {
	twofa-task new --id 1 | twofa-task event CustomerIdentifier=123456
	twofa-task event StartValidation=Yes <recognised.json
	twofa-task event PIN=@pin call.json
}

# --- running -----------------------------------------------------------------

# One line each, by sh as cron does.
run_commands() { # FILE
	local line
	while read -r line; do
		(cd / && sh -c "$line") </dev/null || true
	done <"$1"
}

batch_settings() {
	here man/examples/twofa.conf |
		sed -e "s,^sender =.*,sender = file:$PWD/outbox," \
			-e "\$akey = $PWD/.config/twofa/key" \
			-e "\$aledger = $PWD/.local/state/twofa/ledger.db" \
			>batch.conf
	cp customers.csv etc/twofa
	export TWOFA_CONF=$PWD/batch.conf
}

# Every line of a crontab is a setting, a comment or a command. With a sixth
# field, the user, in cron.d.
crontab_commands() { # FILE FIELDS
	awk -v fields="$2" '
	/^[ \t]*(#|$)/ { next }
	/^[A-Z]+=/ { settings = settings $0 "; "; next }
	/^[0-9*]/ {
		for (i = 0; i < fields; i++) sub(/^[^ ]+ +/, "")
		print settings $0
		next
	}
	{ print "crontab: cannot read: " $0 >"/dev/stderr"; exit 1 }' "$1"
}

as_it_stands() {
	bash -eu -o pipefail block
}

run_as() { # HOW
	local conf=.config/twofa/twofa.conf status=0 writer n
	here text >block
	case $1 in
	sh)
		as_it_stands </dev/null
		;;
	pty)
		"$ROOT/tests/docs_pty.py" right bash -eu -o pipefail block
		;;
	caller) # the file pin holds the PIN of the fourth, then fifth message
		rm pin && mkfifo pin || return 1
		{ for n in 4 5; do
			eventually has_messages "$n" && pin_of outbox >pin
		done; } &
		writer=$!
		"$ROOT/tests/docs_pty.py" 1,123456,right \
			bash -eu -o pipefail block || status=$?
		kill "$writer" 2>/dev/null
		return "$status"
		;;
	mermaid) # the picture of the built-in workflow
		twofa-flow graph --mermaid | diff block -
		;;
	later) # two minutes after what was sent
		sqlite3 .local/state/twofa/ledger.db 'UPDATE pin SET
			requested = requested - 120, sent = sent - 120' &&
			as_it_stands </dev/null
		;;
	unresolved) # nobody knows what became of a message
		printf '#!/bin/sh\nexit 9\n' >stubs/lost
		chmod +x stubs/lost
		twofa-task new CustomerIdentifier=123456 |
			twofa-lookup -d csv:customers.csv >lost.json
		twofa-sendpin -s command:stubs/lost lost.json >unknown.json ||
			[ $? -eq 69 ] || return 1
		as_it_stands </dev/null
		;;
	acs)
		make_acs && as_it_stands </dev/null
		;;
	session) # commands behind "$ ", and what they print
		sed -n 's/^\$ //p' block >commands
		grep -v '^\$ ' block >wanted || true
		make_acs && cp etc/twofa/acs pasted && rm etc/twofa/acs &&
			cp recognised.json task.json && mv commands block &&
			{ grep -q 'cat >' block || (umask 077 &&
				cp pasted etc/twofa/acs); } &&
			as_it_stands <pasted >printed &&
			{ [ ! -s wanted ] || diff wanted printed; }
		;;
	set-up) # the connection string is pasted
		as_it_stands < <(echo 'endpoint=https://x.invalid;accesskey=a2V5')
		;;
	installed) # what set-up leaves
		make_acs && cp customers.csv etc/twofa &&
			here man/examples/twofa.conf >etc/twofa/twofa.conf &&
			TWOFA_CONF=etc/twofa/twofa.conf as_it_stands </dev/null
		;;
	ini) # every line of it is in force
		make_acs && cp customers.csv etc/twofa && cat block >>"$conf" &&
			{ twofa-lookup --dry-run && twofa-sendpin --dry-run; } \
				</dev/null 2>settings &&
			while read -r line; do
				grep -qF ": $line (" settings || return 1
			done <block
		;;
	events) # one for each program; a line each in the answers
		make_events >events.jsonl && as_it_stands </dev/null &&
			sed -n 1p answers.jsonl >lookup.answer &&
			sed -n 2p answers.jsonl >sendpin.answer &&
			sed -n 3p answers.jsonl >verify.answer
		;;
	crontab)
		batch_settings && crontab_commands block 5 >commands &&
			[ -s commands ] && run_commands commands
		;;
	bats)
		# Not the inner half of the bats that runs us, which is in front.
		env -i PATH="${PATH//"$BATS_LIBEXEC":/}" HOME="$HOME" \
			TWOFA_LEDGER="$PWD/bats.db" TMPDIR="${TMPDIR:-/tmp}" \
			bats --tap block </dev/null
		;;
	*)
		return 1
		;;
	esac
}

# Run one block in a directory of its own.
run_block() { # FILE HOW TEXT CHECK
	local dir
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/block.XXXXXX")
	printf '# --- %s\n%s\n' "$1" "$3"
	(
		cd "$dir" || exit 1
		# shellcheck disable=SC2030,SC2034 # for acs.bash, here alone
		BATS_TEST_TMPDIR=$dir ACS_FDS=()
		make_fixture && printf '%s\n' "$3" >text || exit 1
		status=0
		run_as "$2" >out 2>&1 3>&- || status=$?
		cat out
		printf '# status %s\n' "$status"
		[ "$status" -eq 0 ] && eval "${4:-true}"
		status=$?
		acs_stop
		exit "$status"
	)
}

# The plan for each block of one file.
plan() { # FILE HOW WORDS [CHECK]
	[ "$1" = "$PLAN_FILE" ] || return 0
	PLAN_HOW+=("$2") PLAN_WORDS+=("$3") PLAN_CHECK+=("${4-}")
	PLAN_USED+=("")
}

# 0: INDEX is the plan for a text; 1: none, or used before.
find_plan() { # TEXT LANGUAGE
	local i
	for i in "${!PLAN_WORDS[@]}"; do
		case $1 in
		*"${PLAN_WORDS[i]}"*) ;;
		*) continue ;;
		esac
		[ -z "${PLAN_USED[i]}" ] || continue
		PLAN_USED[i]=yes
		INDEX=$i
		return 0
	done
	printf 'no plan in tests/docs.bash for this block of %s (%s):\n%s\n' \
		"$PLAN_FILE" "$2" "$1"
	return 1
}

# Run all blocks of a file; fails with the first that does not work, that nobody
# planned, or that is missing. With PLAN_ONLY set none is run.
run_file() { # PATH
	local dir block text i
	PLAN_FILE=$(basename "$1")
	PLAN_HOW=() PLAN_WORDS=() PLAN_CHECK=() PLAN_USED=()
	plans
	# shellcheck disable=SC2031
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/blocks.XXXXXX")
	case $PLAN_FILE in
	*.md) readme_blocks "$1" "$dir" ;;
	*) man_blocks "$1" "$dir" ;;
	esac
	for block in "$dir"/*; do
		[ -e "$block" ] || break
		text=$(cat "$block")
		find_plan "$text" "${block##*.}" || return 1
		[ -z "${PLAN_ONLY-}" ] || continue
		run_block "$PLAN_FILE" "${PLAN_HOW[INDEX]}" "$text" \
			"${PLAN_CHECK[INDEX]}" || return 1
	done
	for i in "${!PLAN_WORDS[@]}"; do
		[ -n "${PLAN_USED[i]}" ] && continue
		printf '%s: no block with: %s\n' "$PLAN_FILE" "${PLAN_WORDS[i]}"
		return 1
	done
}
