# What every bats file needs: the programs under test in PATH, a folder of its
# own as the working directory, and no settings but the test's.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/${TWOFA_BUILD:-build}
PATH=$BUILD/bin:$PATH
DRIVERS=$BUILD/libexec/twofa

setup_folder() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	local name
	for name in $(compgen -e TWOFA_); do
		[ "$name" = TWOFA_BUILD ] || unset "$name"
	done
	unset COMMUNICATION_SERVICES_CONNECTION_STRING \
		AZURE_COMMUNICATION_CONNECTION_STRING CREDENTIALS_DIRECTORY
	umask 022
}

# A list with two customers, one doubled identifier and one bad number.
make_customers() {
	printf '%s\n' 'Number,SMSNumber,Name' \
		'123456,+447700900001,Ann' '012345,+447700900002,Ben' \
		'222222,+447700900003,Cy' '222222,+447700900004,Di' \
		'333333,07700900005,Ed' >customers.csv
}

# The PIN that stands in the last message of an outbox.
pin_of() {
	tail -n 1 "$1" | jq -r .message | grep -oE '[0-9]+$'
}
