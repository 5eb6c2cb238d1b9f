# Helpers for tests that speak to tests/fakes/acs_server.py. A file that starts
# servers calls acs_certificates in setup_file and acs_stop in teardown.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DRIVER="$ROOT/${TWOFA_BUILD:-build}/libexec/twofa/sms-acs"
FAKES="$ROOT/tests/fakes"
ACS_KEY=dHdvZmEgdGVzdHM6IGFuIGFjY2VzcyBrZXkgdGhhdCBvcGVucyBub3RoaW5nIGF0IGFsbA==
ACS_FDS=()
ACS_SERVERS=0

# A wrapper of that name, as version managers put into PATH, costs half a second
# a call.
PYTHON=$(PATH=/usr/bin:/bin command -v python3 || command -v python3)

# Keys and certificates, once a file, in $ACS_CERTS.
acs_certificates() {
	export ACS_CERTS=$BATS_FILE_TMPDIR/certs
	"$FAKES/make_certs.sh" "$ACS_CERTS"
}

# Start a program of ours that writes DIR/port and ends with its stdin; the
# port comes into $ACS_PORT.
acs_spawn() { # DIR PROGRAM [ARG...]
	local dir=$1 fd
	shift
	mkdir -p "$dir"
	mkfifo "$dir/live"
	"$@" <"$dir/live" >"$dir/messages" 2>&1 3>&- &
	exec {fd}>"$dir/live"
	ACS_FDS+=("$fd")
	for _ in $(seq 500); do
		[[ -e $dir/port ]] && break
		sleep 0.02
	done
	read -r ACS_PORT <"$dir/port"
}

# A server with TLS, and its connection string in the file "acs".
acs_start() { # [ARG...]
	acs_start_with good "$@"
}

acs_start_with() { # CERTIFICATE [ARG...]
	local cert=$1
	shift
	ACS_SERVERS=$((ACS_SERVERS + 1))
	ACS_DIR=$BATS_TEST_TMPDIR/server.$ACS_SERVERS
	acs_spawn "$ACS_DIR" "$PYTHON" "$FAKES/acs_server.py" --dir "$ACS_DIR" \
		--key "$ACS_KEY" --tls "$ACS_CERTS/$cert.pem" \
		"$ACS_CERTS/$cert.key" "$@"
	acs_secret "https://127.0.0.1:$ACS_PORT"
}

# A server without TLS.
acs_start_plain() { # [ARG...]
	ACS_SERVERS=$((ACS_SERVERS + 1))
	ACS_DIR=$BATS_TEST_TMPDIR/server.$ACS_SERVERS
	acs_spawn "$ACS_DIR" "$PYTHON" "$FAKES/acs_server.py" --dir "$ACS_DIR" \
		--key "$ACS_KEY" "$@"
	acs_secret "http://127.0.0.1:$ACS_PORT"
}

acs_secret() { # ENDPOINT [KEY]
	(umask 077 && printf 'endpoint=%s/;accesskey=%s\n' "$1" \
		"${2:-$ACS_KEY}" >"$BATS_TEST_TMPDIR/acs")
	ADDRESS="file:$BATS_TEST_TMPDIR/acs?ca=$ACS_CERTS/ca.pem"
}

acs_stop() {
	local fd
	for fd in "${ACS_FDS[@]}"; do
		exec {fd}>&-
	done
	ACS_FDS=()
	wait
}

# One request; the number is the last part of recipient, id and PIN.
acs_request() { # NUMBER MS
	printf '{"id":"00000000-0000-4000-8000-%012d",' "$1"
	printf '"to":"+4477009%05d","from":"Acme",' "$1"
	printf '"message":"Your PIN code is: %04d",' "$((7300 + $1))"
	printf '"firstSent":"Tue, 24 Nov 2026 10:02:49 GMT",'
	printf '"tag":"task %d","timeoutMs":%d}\n' "$1" "$2"
}

# Play a table (acs_table.py) from stdin: all its requests at once. In 2950 ms
# a second attempt after 1 to 1.5 s always fits, a third after 2 to 3 s never.
acs_table() { # MS [ARG OF THE SERVER...]
	local ms=$1
	shift
	cat >table
	acs_start --plan "$("$PYTHON" "$FAKES/acs_table.py" plan table)" "$@"
	"$PYTHON" "$FAKES/acs_table.py" requests table "$ms" |
		"$DRIVER" "$ADDRESS" >out 2>err
	[[ ! -s err ]]
	[[ $(head -n 1 out) == "$HELLO" ]]
	"$PYTHON" "$FAKES/acs_table.py" wanted table >expected
	"$PYTHON" "$FAKES/acs_table.py" actual table "$ACS_DIR" out >happened
	diff expected happened
}

HELLO='{"twofa":1,"kind":"sms","repeat":true,"needs":["from"]}'

count() { # FILE: its lines
	wc -l <"$1" | tr -d ' '
}

# Until it is so; the server may still be writing.
eventually() { # COMMAND...
	for _ in $(seq 200); do
		"$@" && return 0
		sleep 0.02
	done
	return 1
}
