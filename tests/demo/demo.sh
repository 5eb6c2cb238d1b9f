#!/bin/sh
# make demo: one call from end to end, on one screen.
#
#	sh tests/demo/demo.sh BUILD
#
# BUILD is the directory with bin/ and libexec/. Everything happens in a scratch
# directory that is removed at the end, with settings, key and ledger of its own.
# At a terminal it asks for the PIN, else it goes on by itself.
set -eu

build=$(cd "${1:?usage: demo.sh BUILD}" && pwd)
PATH=$build/bin:$PATH
umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/twofa-demo.XXXXXX")
trap 'stty echo 2>/dev/null || :; rm -rf "$dir"' EXIT
trap 'exit 130' HUP INT TERM
cd "$dir"

# Nothing of the user's settings counts here, nor of the machine's.
for name in $(env | sed -n 's/^\(TWOFA_[A-Za-z0-9_]*\)=.*/\1/p'); do
	unset "$name"
done
XDG_CONFIG_HOME=$dir/config
export PATH XDG_CONFIG_HOME
mkdir -p config/twofa
printf '%s\n' "key = $dir/config/twofa/key" "ledger = $dir/ledger.db" \
	>config/twofa/twofa.conf

bold='' green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
	bold=$(printf '\033[1m') green=$(printf '\033[32m')
	red=$(printf '\033[31m') plain=$(printf '\033[0m')
fi

say() { printf '\n%s\n' "$1"; }

# What has changed in call.json since the last time, by parameter.
echo task >before
changes() {
	twofa-task show call.json >after
	awk -v green="$green" -v red="$red" -v plain="$plain" '
	FNR == 1 { file++; next }
	{ name = $1; sub(/^ *[^ ]+ +/, "") }
	file == 1 { old[name] = $0; order[++n] = name; next }
	{ new[name] = $0 }
	!(name in old) {
		printf "    %s+ %-19s %s%s\n", green, name, $0, plain
	}
	name in old && old[name] != $0 {
		printf "    %s* %-19s %s, was %s%s\n", green, name, $0, \
		    old[name], plain
	}
	END {
		for (i = 1; i <= n; i++)
			if (!(order[i] in new))
				printf "    %s- %s%s\n", red, order[i], plain
	}' before after
	mv after before
}

# Show a command as one would type it, run it, show what came of it.
status=0
try() {
	printf '%s$ %s%s\n' "$bold" "$1" "$plain"
	status=0
	sh -c "$1" || status=$?
	if [ "$status" -gt 1 ]; then
		echo "demo: that failed with status $status" >&2
		exit 1
	fi
	changes
}

printf 'Number,SMSNumber\n123456,+447700900123\n' >customers.csv
echo 'One call from end to end. Nothing is sent, and nothing is kept.'

say 'The caller keys in a customer number. It becomes a task:'
try 'twofa-task new --id call-1 CustomerIdentifier=123456 >call.json'
try 'twofa-lookup -i -d csv:customers.csv call.json'
try 'twofa-sendpin -i -s file:outbox call.json'

sms=$(sed -n 's/.*"message":"\([^"]*\)".*/\1/p' outbox)
to=$(sed -n 's/.*"to":"\([^"]*\)".*/\1/p' outbox)
pin=${sms##* }
last=${pin#"${pin%?}"}
printf '%s\n' "$pin" >pin
printf '%s\n' "${pin%?}$(((last + 1) % 10))" >wrong
line=$(printf '%s' "$sms" | sed 's/./-/g')
printf '\n%20s .-%s-.\n' '' "$line"
printf '%20s | %s%s%s |\n' "SMS to $to" "$bold" "$sms" "$plain"
printf "%20s '-%s-'\n" '' "$line"

say 'A mistyped PIN costs one of three attempts:'
try 'twofa-verify -p -i call.json <wrong'

if [ -t 0 ] && [ -t 1 ]; then
	say 'You are the caller. What does the SMS say? (You will not see it.)'
	tries=0
	while
		try 'twofa-verify -p -i call.json'
		[ "$status" -ne 0 ] && [ "$tries" -lt 4 ]
	do
		tries=$((tries + 1))
		grep -q GeneratedPIN before || break # no attempt is left
	done
else
	say 'The right one:'
	try 'twofa-verify -p -i call.json <pin'
fi
if [ "$status" -eq 0 ]; then
	say 'Status 0: verified. The sealed PIN is gone; it works once.'
else
	say 'Status 1: not verified, and this PIN is of no use any more.'
fi
echo 'Next: your customers and SMS service; see "Set-up" in README.md.'
