#!/usr/bin/env bats
# What all programs have in common on their command line.
# shellcheck disable=SC2154 # run sets stderr

load common

PROGRAMS=$(cd "$ROOT/cmd" && echo twofa-*)

setup() {
	setup_dir
}

@test "every program is in this test" {
	is "$(find "$BUILD/bin" -type f -executable -printf '%f\n' | sort |
		tr '\n' ' ')" "$(tr ' ' '\n' <<<"$PROGRAMS" | sort | tr '\n' ' ')"
}

@test "--help: stdout, 0, 24 lines of 79 columns" {
	for program in $PROGRAMS; do
		for option in --help -h; do
			run -0 --separate-stderr "$program" "$option"
			is "$stderr" ""
			is "$(head -n 1 <<<"$output" | cut -d' ' -f 1-2)" \
				"usage: $program"
			[ "$(wc -l <<<"$output")" -le 24 ]
			[ "$(wc -l <<<"$output")" -ge 5 ]
			is "$(LC_ALL=C awk 'length > 79' <<<"$output")" ""
			is "$(grep -c '[[:blank:]]$' <<<"$output")" 0
			has "$output" "See $program(1)"
		done
	done
	is "$(twofa-task set --help)" "$(twofa-task --help)"
	is "$(twofa-flow desk -h)" "$(twofa-flow --help)"
	is "$(twofa-ledger unlock --help)" "$(twofa-ledger --help)"
}

@test "--help before anything else that is wrong" {
	run -0 twofa-lookup --help -d none:x
	run -0 twofa-sendpin -c none.conf --help
	run -0 twofa-task new --help --csv none.csv
}

@test "a file named as --help or -V does not end in success: 64" {
	local program option command
	make_customers
	send_pin
	enter "$WRONG" >t.json
	for option in --help -h --version -V --vers; do
		cp t.json ./"$option"
		# shellcheck disable=SC2035 # the fault that is to be met
		run -64 --separate-stderr twofa-verify -k key -i *
		is "$output" ""
		[ "$(wc -l <<<"$stderr")" = 1 ]
		[[ $stderr == "twofa-verify: --"[hv]*" takes neither operands nor -i;\
 before a file of that name put --" ]]
		cmp t.json ./"$option"
		run -1 twofa-verify -k key -i -- "$option"
		is "$(value ValidationCheck "./$option")" Failed
		rm ./"$option"
	done
	for command in 'twofa-verify --help t.json' 'twofa-verify t.json -V' \
		'twofa-verify -i -h' 'twofa-lookup -V -i' \
		'twofa-task get PIN --help' 'twofa-task set -i A=1 -h' \
		'twofa-flow desk 123456 --help' 'twofa-flow check --help x' \
		'twofa-flow step -iV' 'twofa-ledger show t1 --help' \
		'twofa-ledger -h unlock 123456'; do
		# shellcheck disable=SC2086 # words
		run -64 --separate-stderr $command
		is "$output" ""
		has "$stderr" "takes neither operands nor -i"
	done
	run -64 --separate-stderr "$DRIVERS/sms-acs" --help x
	is "$output" ""
}

@test "--version" {
	for program in $PROGRAMS; do
		for option in --version -V; do
			run -0 --separate-stderr "$program" "$option"
			is "$stderr" ""
			[[ $output =~ ^"$program (twofa) "[0-9]+\.[0-9]+\.[0-9]+(-dev)?$ ]]
		done
	done
}

@test "the version is that of the tree, which NEWS.md is about" {
	local version first
	version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
	is "$(twofa-task -V)" "twofa-task (twofa) $version"
	is "$("$DRIVERS/sms-acs" -V)" "sms-acs (twofa) $version"
	# What is not released yet says so, in both.
	first=$(sed -n 's/^## //p' "$ROOT/NEWS.md" | head -n 1)
	case $version in
	*-dev) is "$first" Next ;;
	*) is "$first" "$version" ;;
	esac
	run -1 grep -qx "## ${version%-dev}" <(sed 1,/^##/d "$ROOT/NEWS.md")
}

@test "another version or PREFIX is built in, nothing else is built anew" {
	# shellcheck disable=SC2030 # for these
	plan() {
		env -u MAKEFLAGS -u MFLAGS make -n -C "$ROOT" "OUT=${BUILD#"$ROOT"/}" \
			"$@" all | sed -n 's/.* -c -o [^ ]* //p'
	}
	more() {
		plan "$1" | sort | comm -13 same -
	}
	plan | sort >same
	is "$(more VERSION=9.9.9 | tr '\n' ' ')" \
		"common/net/driver_program.c common/net/transfer.c common/settings/settings.c "
	is "$(more PREFIX=/elsewhere)" common/process/driver_find.c
}

@test "a wrong option: one line, see --help, 64, nothing read or done" {
	for program in $PROGRAMS; do
		for word in -Z --nonsense --nonsense=x -vZ; do
			run -64 --separate-stderr "$program" "$word" <<<'{"taskId":"x"}'
			is "$output" ""
			is "$(wc -l <<<"$stderr")" 1
			has "$stderr" "$program: unknown option: "
			has "$stderr" "see $program --help"
		done
	done
	for program in $PROGRAMS; do
		run -64 --separate-stderr "$program" --quiet=1
		is "$stderr" "$program: option takes no value: --quiet; see \
$program --help"
	done
	# Typed by mistake, it is not repeated.
	run -64 --separate-stderr twofa-task new --PIN=4711
	is "$stderr" "twofa-task: unknown option: --PIN; see twofa-task --help"
	run -64 --separate-stderr twofa-sendpin --re x
	is "$stderr" "twofa-sendpin: ambiguous option: --re is one of --resend, \
--ref, --rejects; see twofa-sendpin --help"
	run -64 --separate-stderr twofa-flow --ver=x
	is "$stderr" "twofa-flow: ambiguous option: --ver is one of --verbose, \
--version; see twofa-flow --help"
	for command in 'twofa-lookup -d' 'twofa-lookup --directory' \
		'twofa-sendpin -s' 'twofa-verify -k' 'twofa-task --csv' \
		'twofa-task --rejects'; do
		# shellcheck disable=SC2086 # two words
		run -64 --separate-stderr $command
		is "$(wc -l <<<"$stderr")" 1
		has "$stderr" "option needs a value: ${command#* }"
		has "$stderr" "see ${command% *} --help"
	done
}

@test "every option of --help is taken, every letter means one thing" {
	for program in $PROGRAMS; do
		"$program" --help |
			sed -n 's/^ *\(-[a-zA-Z]\)\{0,1\},\{0,1\} *--\([a-z-]*\)\( [A-Z/]*\)\{0,1\}  .*/\1 \2 \3/p' \
				>options
		[ "$(wc -l <options)" -ge 3 ]
		while read -r letter name argument; do
			case $letter in
			-*) printf '%s %s\n' "$letter" "$name" >>letters ;;
			*) argument=$name name=$letter ;;
			esac
			# Where it needs a value, it says so without one.
			run --separate-stderr "$program" "--$name" </dev/null
			hasnt "$stderr" "unknown option"
			case $argument in
			?*) has "$stderr" "option needs a value: --$name" ;;
			*) hasnt "$stderr" "option needs a value" ;;
			esac
		done <options
	done
	is "$(sort -u letters | grep -v '^-[mn] ' | cut -c 1-2 | uniq -d)" ""
	# But for -n, which is the number of digits that the program is about, and
	# -m, which is the text that it takes: of a message, or a reason.
	is "$(sort -u letters | grep -c '^-n ')" 2
	is "$(sort -u letters | grep -c '^-m ')" 2
}

@test "an option of another command is 64, and named" {
	while read -r program command option value; do
		# shellcheck disable=SC2086 # none, or one
		run -64 --separate-stderr "$program" "$command" "$option" $value \
			</dev/null
		is "$output" ""
		is "$stderr" "$program: $command does not take $option; see \
$program --help"
	done <<-'END'
		twofa-task new -i
		twofa-task show --id x
		twofa-task get --csv x
		twofa-flow step -o x
		twofa-flow step -F tty
		twofa-flow run -I 1
		twofa-flow run --mermaid
		twofa-flow desk -w x
		twofa-flow check --rejects x
		twofa-flow graph --trace x
		twofa-flow show --ref x
	END
}

@test "an odd value of every numeric option is 64" {
	recognised t1 >t.json
	while read -r program option good bad; do
		for value in $bad '' -1 1x 99999999999999999999; do
			run -64 --separate-stderr "$program" "$option" "$value" t.json
			is "$output" ""
			is "$(wc -l <<<"$stderr")" 1
			[ -z "$value" ] || has "$stderr" "'$value'"
		done
		run "$program" "$option" "$good" --help
		is "$status" 0
	done <<-'END'
		twofa-lookup -n 6 0
		twofa-lookup -j 16 257
		twofa-lookup -T 30s 241
		twofa-sendpin -n 6 3
		twofa-sendpin -n 10 11
		twofa-sendpin -t 600 601
		twofa-sendpin -t 10m 11m
		twofa-sendpin -a 1 0
		twofa-sendpin -a 10 11
		twofa-sendpin -T 240 241
		twofa-sendpin --rate 200/1m 0/1m
		twofa-sendpin --identifier-digits 32 33
		twofa-verify -a 3 11
	END
}

@test "-q, -v and -vv" {
	make_customers
	state t1 CustomerIdentifier=123456 >t.json
	run -0 --separate-stderr twofa-lookup -d csv:customers.csv t.json
	is "$stderr" ""
	run -0 --separate-stderr twofa-lookup -v -d csv:customers.csv t.json
	is "$(wc -l <<<"$stderr")" 2
	run -0 --separate-stderr twofa-lookup -v -v -d csv:customers.csv t.json
	[ "$(wc -l <<<"$stderr")" -ge 2 ]
	run -0 --separate-stderr twofa-sendpin -q --clear-pin -s file:box \
		< <(recognised t1)
	is "$stderr" ""
}

@test "a message never has a control character of the input in it" {
	run -74 --separate-stderr twofa-task get A $'a\e[31m\nb'
	hasnt "$stderr" $'\e'
	is "$(wc -l <<<"$stderr")" 1
	run -64 --separate-stderr twofa-task $'x\e[31m'
	hasnt "$stderr" $'\e'
	run -78 --separate-stderr twofa-lookup -d $'csv:a\e[31m'
	hasnt "$stderr" $'\e'
}
