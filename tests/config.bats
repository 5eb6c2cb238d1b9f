#!/usr/bin/env bats
# Settings: command line over environment over file over default.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	recognised t1 >t.json
}

# setting KEY: how --dry-run tells it.
setting() {
	sed -n "s/^twofa-[a-z]*: \($1 .*\)/\1/p" <<<"$stderr"
}

dry() {
	run -0 --separate-stderr twofa-sendpin --dry-run "$@" t.json
}

# config FILE LINE...
config() {
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$@" >"$file"
}

@test "command line over environment over file over default" {
	dry -k key -s file:box
	is "$(setting pin_digits)" "pin_digits = 4 (default)"
	is "$(setting sender)" "sender = file:box (command line)"
	is "$(setting directory)" "directory is not set"
	is "$(setting send_rate)" "send_rate is not set"
	config config/twofa/twofa.conf 'pin_digits = 5' 'sender = file:box' \
		'key = key'
	dry
	is "$(setting pin_digits)" \
		"pin_digits = 5 ($PWD/config/twofa/twofa.conf:1)"
	is "$(setting sender)" \
		"sender = file:box ($PWD/config/twofa/twofa.conf:2)"
	TWOFA_PIN_DIGITS=6 dry
	is "$(setting pin_digits)" "pin_digits = 6 (environment)"
	TWOFA_PIN_DIGITS=6 dry -n 7
	is "$(setting pin_digits)" "pin_digits = 7 (command line)"
	# And so it is done.
	TWOFA_PIN_DIGITS=6 run -0 twofa-sendpin t.json
	is "$(pin_of box | tr -d '\n' | wc -c)" 6
	recognised t2 >t.json
	run -0 twofa-sendpin t.json
	is "$(pin_of box | tr -d '\n' | wc -c)" 5
	# An empty variable is none.
	TWOFA_PIN_DIGITS='' dry
	is "$(setting pin_digits)" \
		"pin_digits = 5 ($PWD/config/twofa/twofa.conf:1)"
}

@test "which file: -c, TWOFA_CONF, the user's" {
	config config/twofa/twofa.conf 'pin_digits = 5'
	config a.conf 'pin_digits = 6' 'sender = file:box' 'key = key'
	config b.conf 'pin_digits = 7' 'sender = file:box' 'key = key'
	TWOFA_CONF=a.conf dry
	is "$(setting pin_digits)" "pin_digits = 6 (a.conf:1)"
	TWOFA_CONF=a.conf dry -c b.conf
	is "$(setting pin_digits)" "pin_digits = 7 (b.conf:1)"
	is "$(setting config)" "config = b.conf (command line)"
	TWOFA_CONF=a.conf dry
	is "$(setting config)" "config = a.conf (environment)"
	unset XDG_CONFIG_HOME
	config .config/twofa/twofa.conf 'pin_digits = 8' 'sender = file:box'
	dry
	is "$(setting pin_digits)" \
		"pin_digits = 8 ($HOME/.config/twofa/twofa.conf:1)"
}

@test "a file that was named must be there: 78" {
	for file in none.conf none/x.conf; do
		run -78 --separate-stderr twofa-sendpin -c "$file" -k key \
			-s file:box t.json
		is "$stderr" "twofa-sendpin: $file: No such file or directory"
		is "$output" ""
		TWOFA_CONF=$file run -78 --separate-stderr twofa-sendpin -k key \
			-s file:box t.json
		is "$stderr" "twofa-sendpin: $file: No such file or directory"
	done
	[ ! -e key ] && [ ! -e box ]
	TWOFA_CONF='' run -0 twofa-sendpin -k key -s file:box t.json
}

@test "unknown, twice, in a section, too long, wrong: 78 with the place" {
	conf() {
		config t.conf "${@:2}"
		run -78 --separate-stderr twofa-sendpin -c t.conf -k key \
			-s file:box t.json
		is "$output" ""
		is "$(wc -l <<<"$stderr")" 1
		has "$stderr" "twofa-sendpin: t.conf:$1"
	}
	conf "2: unknown setting 'pin_digit'; see twofa.conf(5)" '#' 'pin_digit = 4'
	conf "1: unknown setting 'Pin_digits'" 'Pin_digits = 4'
	conf "3: pin_digits is set twice" 'pin_digits = 4' '' 'pin_digits = 4'
	conf "1: sections are not used" '[sendpin]' 'pin_digits = 4'
	conf "2: sections are not used" 'pin_digits = 4' '[sendpin]'
	conf "1: line too long" "from = $(printf 'x%.0s' $(seq 192))"
	conf "2: a line may not begin with a blank" 'from = a' '  b'
	conf "1: give KEY = VALUE" 'pin_digits'
	conf "1: ';' behind a blank" 'from = a ; b'
	conf "1: give KEY = VALUE, with '=' and not ':'" 'directory: csv:c.csv'
	conf "2: give KEY = VALUE, with '=' and not ':'" '# a: b' 'from : a = b'
	conf "1: pin_digits: give a number from 4 to 10, not '3'" 'pin_digits = 3'
	conf "1: pin_digits: give a number from 4 to 10, not '4.0'" \
		'pin_digits = 4.0'
	conf "1: pin_ttl: give a time from 1s to 600s" 'pin_ttl = 11m'
	conf "1: send_rate: give N/TIME, as 200/1m" 'send_rate = 5'
	conf "1: sender: may not be empty" 'sender ='
	conf "1: unknown setting 'clear_pin'" 'clear_pin = yes'
	conf "1: unknown setting 'in_place'" 'in_place = yes'
	[ ! -e key ] && [ ! -e box ]
	# A setting of another program is none of ours, and no fault.
	config t.conf 'identifier_digits = 8' '# and no more'
	run -1 twofa-verify -c t.conf --dry-run -k key t.json
	config t.conf 'sender = file:box' 'key = key'
	run -0 twofa-sendpin -c t.conf t.json
}

@test "a byte order mark in front is passed over, and hides nothing" {
	printf '\xef\xbb\xbfsender = file:box\nkey = key\n' >t.conf
	dry -c t.conf
	is "$(setting sender)" "sender = file:box (t.conf:1)"
	printf '\xef\xbb\xbf[sendpin]\n' >t.conf
	run -78 --separate-stderr twofa-sendpin -c t.conf t.json
	has "$stderr" "t.conf:1: sections are not used"
	printf '\xef\xbb\xbffrom: a\n' >t.conf
	run -78 --separate-stderr twofa-sendpin -c t.conf t.json
	has "$stderr" "t.conf:1: give KEY = VALUE"
}

@test "/dev/null is a file without settings: the user's is not read" {
	config config/twofa/twofa.conf 'pin_digits = 5'
	TWOFA_CONF=/dev/null dry -k key -s file:box
	is "$(setting pin_digits)" "pin_digits = 4 (default)"
	is "$(setting config)" "config = /dev/null (environment)"
	dry -c /dev/null -k key -s file:box
	is "$(setting pin_digits)" "pin_digits = 4 (default)"
	is "$(setting config)" "config = /dev/null (command line)"
	# No other thing that is no file.
	run -78 twofa-sendpin -c /dev/zero -k key -s file:box t.json
	run -78 twofa-sendpin -c . -k key -s file:box t.json
}

@test "a wrong value in the environment: 78 and its name" {
	TWOFA_PIN_DIGITS=x run -78 --separate-stderr twofa-sendpin -k key \
		-s file:box t.json
	is "$stderr" "twofa-sendpin: TWOFA_PIN_DIGITS: give a number from 4 to 10, not 'x'"
	TWOFA_CLEAR_PIN=yes TWOFA_DRY_RUN=yes TWOFA_IN_PLACE=yes \
		run -0 --separate-stderr twofa-sendpin -k key -s file:box t.json
	has "$(value GeneratedPIN <<<"$output")" v1.
}

@test "a file that others can write: 77, before anything is done" {
	config t.conf 'sender = file:box' 'key = key'
	for mode in 602 620 666 646; do
		chmod "$mode" t.conf
		run -77 --separate-stderr twofa-sendpin -c t.conf t.json
		is "$output" ""
		is "$stderr" \
			"twofa-sendpin: t.conf: writable by others: chmod go-w it"
	done
	[ ! -e key ] && [ ! -e box ]
	chmod 644 t.conf
	run -0 twofa-sendpin -c t.conf t.json
	if [ "$(id -u)" = 0 ]; then
		chown 65534 t.conf
		run -77 --separate-stderr twofa-sendpin -c t.conf t.json
		has "$stderr" "t.conf: belongs to another user"
	fi
}

@test "--dry-run: opens everything, changes nothing, passes tasks on" {
	make_customers
	dry -k key -s file:box -d csv:customers.csv
	is "$output" "$(cat t.json)"
	[ ! -s box ]
	[ ! -e key ]
	has "$stderr" "key: will be made"
	run -78 --separate-stderr twofa-sendpin --dry-run -k key -s file:box \
		-d csv:none.csv t.json
	has "$stderr" none.csv
	run -78 --separate-stderr twofa-sendpin --dry-run -k key \
		-s "exec:$FAKES/sms_driver.py --truth x --needs from" t.json
	has "$stderr" "no from"
	run -0 --separate-stderr twofa-lookup --dry-run -d csv:customers.csv t.json
	is "$output" "$(cat t.json)"
	is "$(setting directory)" "directory = csv:customers.csv (command line)"
	cp t.json before
	run -0 --separate-stderr twofa-lookup --dry-run -i -d csv:customers.csv \
		t.json
	cmp t.json before
	# Malformed input is still said.
	run -65 twofa-lookup --dry-run -d csv:customers.csv - <<<garbage
}

# all_told KEY...: standard error tells these settings, each with an origin.
all_told() {
	is "$(grep -E '^[a-z-]+: [a-z_]+ (=|is not set)' <<<"$stderr" |
		grep -vE ' is not set$|\((default|environment|command line|[^ ]+:[0-9]+)\)$')" ""
	sed -nE 's/^[a-z-]+: ([a-z_]+) (=|is not set).*/\1/p' <<<"$stderr" |
		sort >told
	printf '%s\n' "$@" | sort | comm -23 - told | sed 's/^/not told: /' |
		tee missing
	[ ! -s missing ] && cat told >>told.all && rm told missing
}

@test "--dry-run: a default stands there in the form of a setting" {
	make_customers
	run -0 --separate-stderr twofa-sendpin -s file:box --dry-run t.json
	is "$(setting pin_ttl)" "pin_ttl = 600s (default)"
	is "$(setting time_allowed)" "time_allowed = 30s (default)"
	# And one that the program looks for.
	unset TWOFA_LEDGER
	dry -s file:box
	[[ $(setting ledger) == "ledger = /"*/ledger.db\ \(default\) ]]
	[[ $(setting key) == "key = /"*/key\ \(default\) ]]
}

@test "--dry-run of every program, without a key: all settings, nothing made" {
	local files
	make_customers
	config t.conf '# settings' 'directory = csv:customers.csv' \
		'sender = file:box' 'limit_wrong = 9/1d'
	export TWOFA_CONF=t.conf TWOFA_KEY=none/key
	files=$(ls)
	run -0 --separate-stderr twofa-lookup --dry-run t.json
	all_told directory identifier_digits open_requests \
		time_allowed log config
	run -0 --separate-stderr twofa-sendpin --dry-run t.json
	all_told directory sender from message pin_digits pin_ttl max_attempts \
		identifier_digits key ledger limit_number limit_customer \
		limit_country limit_all limit_wrong limit_wrong_all \
		allow_country open_requests send_rate \
		time_allowed log config
	run -1 --separate-stderr twofa-verify --dry-run t.json
	is "$output" "$(cat t.json)"
	has "$stderr" "twofa-verify: none/key: will be made by twofa-sendpin"
	has "$stderr" "$TWOFA_LEDGER: will be made by twofa-sendpin"
	all_told max_attempts key ledger limit_wrong limit_wrong_all log config
	is "$(setting limit_wrong)" "limit_wrong = 9/1d (t.conf:4)"
	for command in list export check purge 'show 123456' 'resolve x sent' \
		'unlock 123456 -m x' 'revoke 123456 -m x' 'clock --reset'; do
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr twofa-ledger --dry-run $command
		is "$output" ""
		all_told key ledger limit_wrong limit_wrong_all keep config
		is "$(setting key)" "key = none/key (environment)"
	done
	for command in run desk step check graph show; do
		run -0 --separate-stderr twofa-flow "$command" --dry-run </dev/null
		is "$output" ""
		all_told identifier_digits pin_digits max_attempts \
		workflow language config
	done
	# Together they tell all that twofa.conf(5) has.
	is "$(sort -u told.all)" "$( (echo config; sed -n \
		's/^\.It Ic \([a-z_]*\) Pq .*/\1/p' "$ROOT/man/twofa.conf.5") | sort)"
	rm told.all
	run -0 --separate-stderr twofa-flow step --dry-run t.json
	is "$output" "$(cat t.json)"
	printf 'taskId,A\nt1,1\n' >rows.csv
	run -0 --separate-stderr twofa-task new --dry-run --csv rows.csv
	is "$output$stderr" ""
	cp t.json before
	run -0 --separate-stderr twofa-task set -i --dry-run A=1 t.json
	cmp t.json before
	rm before rows.csv
	is "$(ls -I "separate-*")" "$files"
	[ ! -e config ] && [ ! -e state ]
}

@test "--dry-run of a call finds what is wrong, and of a ledger its key" {
	make_customers
	export TWOFA_SENDER=file:box TWOFA_KEY=key
	TWOFA_DIRECTORY=csv:none.csv run -78 --separate-stderr \
		twofa-flow run --dry-run
	has "$stderr" "none.csv: No such file"
	TWOFA_WORKFLOW=t.json run -78 twofa-flow run --dry-run
	TWOFA_WORKFLOW=none.json run -78 twofa-flow graph --dry-run
	run -78 twofa-flow step -w none.json --dry-run t.json
	# With no argument but the command, as for the other errors.
	run -64 twofa-ledger show --dry-run
	run -65 twofa-task new --dry-run --csv <(printf 'A\n1,2\n')
	# A ledger that is there, and not its key.
	twofa-sendpin t.json >sent.json
	mv key elsewhere
	run -78 --separate-stderr twofa-verify --dry-run t.json
	has "$stderr" "not in the key file"
	run -78 --separate-stderr twofa-ledger list --dry-run
	has "$stderr" "not in the key file"
	run -78 --separate-stderr twofa-sendpin --dry-run t.json
	[ ! -e key ]
}

@test "--dry-run of the driver: a secret by its reference alone" {
	(umask 077 && printf '%s\n' \
		'endpoint=https://x.invalid/;accesskey=c2VjcmV0' >acs)
	run -0 --separate-stderr "$DRIVERS/sms-acs" --dry-run \
		'file:acs?delivery-report=yes' </dev/null
	is "$output" ""
	is "$stderr" "$(printf 'sms-acs: %s\n' \
		'endpoint = https://x.invalid (file:acs)' \
		'api-version = 2026-01-23 (default)' \
		'delivery-report = yes (address)' \
		'ca is not set' 'proxy is not set')"
	COMMUNICATION_SERVICES_CONNECTION_STRING=$(cat acs) run -0 \
		--separate-stderr "$DRIVERS/sms-acs" --dry-run </dev/null
	has "$stderr" "endpoint = https://x.invalid (environment)"
	run -78 "$DRIVERS/sms-acs" --dry-run file:none </dev/null
	run -64 "$DRIVERS/sms-acs" --dry-run file:acs x </dev/null
}

@test "--dry-run shows no secret" {
	(umask 077 && printf '%064d\n' 4711 >key)
	dry -k key -s file:box
	hasnt "$stderr" 000004711
	is "$(setting key)" "key = key (command line)"
}

@test "no HOME, no XDG_CONFIG_HOME, a relative one, an empty environment" {
	make_customers
	state t2 CustomerIdentifier=123456 >two.json
	run -0 env -i "$BUILD/bin/twofa-lookup" -d csv:customers.csv two.json
	is "$(value CustomerRecognized <<<"$output")" Yes
	run -0 env -i TWOFA_LEDGER=none "$BUILD/bin/twofa-sendpin" -k key \
		-s file:box t.json
	# Where the machine has a ledger, that is the default.
	if [ ! -e /var/lib/twofa ]; then
		run -78 --separate-stderr env -i "$BUILD/bin/twofa-sendpin" \
			-k key -s file:box t.json
		has "$stderr" "no ledger: -l FILE, or -l none to do without"
	fi
	run -78 --separate-stderr env -i "$BUILD/bin/twofa-sendpin" -s file:box \
		t.json
	has "$stderr" "-k FILE"
	XDG_CONFIG_HOME=relative run -0 twofa-sendpin -s file:box t.json
	[ ! -e relative ]
	[ -e .config/twofa/key ]
}

@test "language, place and umask of the caller change nothing" {
	make_customers
	state t2 CustomerIdentifier=123456 >two.json
	twofa-lookup -d csv:customers.csv two.json >wanted
	for locale in C tr_TR.UTF-8 de_DE.UTF-8 ja_JP.SJIS nonsense; do
		LC_ALL=$locale LANG=$locale TZ=Asia/Kolkata \
			twofa-lookup -d csv:customers.csv two.json | cmp - wanted
	done
	for mask in 000 777 022; do
		rm -rf box key ledger.db*
		(umask "$mask" && twofa-sendpin -k key -s file:box t.json >/dev/null)
		is "$(stat -c %a box key ledger.db | tr '\n' ' ')" \
			"600 600 600 "
	done
}
