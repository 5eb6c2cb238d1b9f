#!/usr/bin/env bats
# The driver sms-acs against a server of our own: what each answer of the
# service means, and that no message is sent twice.
# shellcheck disable=SC2154 # run sets stderr
# shellcheck disable=SC2030,SC2031 # each test is a process of its own
# shellcheck disable=SC2153 # acs.bash sets DRIVER

bats_require_minimum_version 1.5.0

load acs

setup_file() {
	acs_certificates
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	acs_stop
}

@test "202: the item for the recipient decides" {
	acs_table 2950 <<-'EOF'
		ok          accepted -         202 1 1
		item:400    rejected recipient 400 0 1
		item:401    rejected recipient 401 0 1
		item:404    rejected recipient 404 0 1
		item:429    retry    service   429 0 2
		item:429,ok accepted -         202 1 2
		item:500    retry    service   500 0 2
		item:503    retry    service   503 0 2
		item:503,ok accepted -         202 1 2
		item:409    unknown  service   409 0 2
		item:412    unknown  service   412 0 2
		item:408    unknown  service   408 0 2
	EOF
}

@test "202 that cannot be understood is repeated and then unknown" {
	acs_table 2950 <<-'EOF'
		wrong-to            unknown  service   202 1 2
		wrong-to,ok         accepted -         202 1 2
		empty               unknown  service   202 1 2
		empty,ok            accepted -         202 1 2
		no-value            unknown  service   202 1 2
		two                 unknown  service   202 1 2
		broken              unknown  service   202 1 2
		broken,ok           accepted -         202 1 2
		html                unknown  service   202 1 2
		nul                 unknown  service   202 1 2
		item-ok-rejected    unknown  service   202 1 2
		item-ok-rejected,ok accepted -         202 1 2
		item-bad-date       unknown  service   400 0 2
	EOF
}

@test "an answer that gets lost is repeated and then unknown" {
	acs_table 4500 <<-'EOF'
		hang               unknown  service   no-answer 0 2
		hang,ok            accepted -         202       1 2
		hang-accept        unknown  service   no-answer 1 2
		hang-accept,ok     accepted -         202       1 2
		drip:200           unknown  service   no-answer 1 2
	EOF
}

@test "a connection that breaks is repeated and then unknown" {
	# libcurl repeats a request at once when a kept connection is dead.
	acs_table 2950 <<-'EOF'
		reset              unknown  service   no-answer 0 2+
		reset,ok           accepted -         202       1 2+
		reset-accept       unknown  service   no-answer 1 2+
		reset-accept,ok    accepted -         202       1 2+
		close              unknown  service   no-answer 0 2+
		close-accept       unknown  service   no-answer 1 2+
		close-accept,ok    accepted -         202       1 2+
		cut                unknown  service   no-answer 1 2+
		cut,ok             accepted -         202       1 2+
		huge               unknown  service   no-answer 1 2+
		huge,ok            accepted -         202       1 2+
	EOF
}

@test "control: a service that knows no ids sends twice" {
	acs_table 2950 --no-dedup <<-'EOF'
		ok                 accepted -         202       1 1
		reset-accept,ok    accepted -         202       2 2
		cut,ok             accepted -         202       2 2
		reset,ok           accepted -         202       1 2
	EOF
}

@test "a request that is refused as a whole" {
	acs_table 2950 <<-'EOF'
		problem:SmsRecipients       rejected recipient 400       0 1
		problem:SmsRecipients[0].To rejected recipient 400       0 1
		problem:From                rejected service   400       0 1
		400                         rejected service   Status400 0 1
		401                         rejected service   Unauthorized 0 1
		403                         rejected service   Status403 0 1
		404                         rejected service   Status404 0 1
		413                         rejected service   Status413 0 1
		408                         unknown  service   Status408 0 2
		409                         unknown  service   Status409 0 2
		409,ok                      accepted -         202       1 2
		412                         unknown  service   Status412 0 2
		200                         unknown  service   Status200 0 2
		204                         unknown  service   204       0 2
	EOF
}

@test "429 and 503 wait, repeat and then are retry" {
	acs_table 2950 <<-'EOF'
		429           retry    service   TooManyRequests 0 2
		429,ok        accepted -         202             1 2
		429:1,ok      accepted -         202             1 2
		429:date:2,ok accepted -         202             1 2
		500,ok        accepted -         202             1 2
		503           retry    service   Status503       0 2
		503:1,503,ok  retry    service   Status503       0 2
	EOF
}

@test "what may have been taken is never retry" {
	acs_table 2950 <<-'EOF'
		reset-accept,503  unknown  service   Status503       1 2
		reset-accept,429  unknown  service   TooManyRequests 1 2
		broken,item:503   unknown  service   503             1 2
		reset-accept,401  unknown  service   Unauthorized    1 2
		500               unknown  service   Status500       0 2
		502               unknown  service   Status502       0 2
		504,429,ok        unknown  service   TooManyRequests 0 2
		409,429           unknown  service   TooManyRequests 0 2
		reset,item:400    rejected recipient 400             0 2
		503,429           retry    service   TooManyRequests 0 2
		503,401           rejected service   Unauthorized    0 2
	EOF
}

@test "slow, old and odd answers that are whole" {
	acs_table 9000 <<-'EOF'
		drip:2    accepted - 202 1 1
		http10    accepted - 202 1 1
		sleep:900 accepted - 202 1 1
	EOF
}

@test "a redirect is not followed" {
	acs_table 2950 <<-'EOF'
		redirect:301 rejected service 301 0 1
		redirect:302 rejected service 302 0 1
		redirect:307 rejected service 307 0 1
		redirect:308 rejected service 308 0 1
	EOF
	run ! grep elsewhere "$ACS_DIR/requests.jsonl"
}

# One request with number 1; its answer comes into $answer.
send() { # MS
	acs_request 1 "$1" | "$DRIVER" "$ADDRESS" >out 2>err
	answer=$(tail -n +2 out)
}

outcome() { # the outcome and code of $answer
	"$PYTHON" -c 'import json, sys
a = json.loads(sys.argv[1])
print(a["outcome"], a.get("scope", "-"), a.get("code", "-"))' "$answer"
}

@test "the request, byte for byte" {
	acs_start
	send 5000
	[[ $answer == '{"id":"00000000-0000-4000-8000-000000000001","outcome":"accepted","messageId":"Outgoing_20260123-1","code":"202"}' ]]
	printf '%s' '{"from":"Acme","smsRecipients":[{"to":"+447700900001","repeatabilityRequestId":"00000000-0000-4000-8000-000000000001","repeatabilityFirstSent":"Tue, 24 Nov 2026 10:02:49 GMT"}],"message":"Your PIN code is: 7301","smsSendOptions":{"enableDeliveryReport":false}}' >wanted
	cmp wanted "$ACS_DIR/1.body"
	tr -d '\r' <"$ACS_DIR/1.head" >request
	[[ $(head -n 1 request) == "POST /sms?api-version=2026-01-23 HTTP/1.1" ]]
	grep -qx "Host: 127.0.0.1:$ACS_PORT" request
	grep -qx "Content-Type: application/json" request
	grep -Eqx 'x-ms-date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT' request
	run ! grep -qi '^Expect:' request
	[[ $(cat "$ACS_DIR/truth") == "00000000-0000-4000-8000-000000000001 +447700900001 Acme" ]]
}

@test "delivery-report=yes sends the tag; api-version can be set" {
	acs_start
	ADDRESS="$ADDRESS&delivery-report=yes&api-version=2021-03-07"
	send 5000
	[[ $answer == *'"accepted"'* ]]
	grep -q '"smsSendOptions":{"enableDeliveryReport":true,"tag":"task 1"}}' "$ACS_DIR/1.body"
	head -n 1 "$ACS_DIR/1.head" | grep -q '^POST /sms?api-version=2021-03-07 '
}

@test "each repeat is signed anew" {
	acs_start --script 429:1,503:1,ok
	send 9000
	[[ $answer == *'"accepted"'* ]]
	[[ $(grep -c '"signature": "ok"' "$ACS_DIR/requests.jsonl") -eq 3 ]]
	[[ $(cat "$ACS_DIR"/?.head | grep -ci '^x-ms-date') -eq 3 ]]
	[[ $(cat "$ACS_DIR"/?.head | grep -i '^x-ms-date' | sort -u | wc -l) -eq 3 ]]
	[[ $(cat "$ACS_DIR"/?.head | grep -i '^authorization' | sort -u | wc -l) -eq 3 ]]
	cmp "$ACS_DIR/1.body" "$ACS_DIR/2.body"
	cmp "$ACS_DIR/1.body" "$ACS_DIR/3.body"
}

@test "Retry-After is waited for, but not beyond the time allowed" {
	acs_table 9000 <<-'EOF'
		429:2,ok      accepted - 202 1 2
		503:date:3,ok accepted - 202 1 2
		429,ok        accepted - 202 1 2
	EOF
	"$PYTHON" - "$ACS_DIR/requests.jsonl" <<-'EOF'
		import json, sys
		times = {}
		for line in open(sys.argv[1]):
		    r = json.loads(line)
		    times.setdefault(r["to"][-1], []).append(r["seconds"])
		gaps = {to: t[1] - t[0] for to, t in times.items()}
		assert 2.0 <= gaps["1"] <= 4.0, gaps
		assert 1.5 <= gaps["2"] <= 5.0, gaps
		assert 1.0 <= gaps["3"] <= 3.0, gaps
	EOF
	acs_stop
	before=$SECONDS
	acs_start --script 429:60,ok
	send 20000
	[[ $((SECONDS - before)) -lt 10 ]]
	[[ $(outcome) == "retry service TooManyRequests" ]]
	[[ $(count "$ACS_DIR/truth") -eq 0 ]]
}

@test "a request that libcurl repeats by itself counts as maybe taken" {
	# The second request goes over the kept connection of the first, is
	# accepted and reset; libcurl sends it again at once and gets a 503.
	acs_start --plan '{"+447700900002":"reset-accept,503"}'
	{
		acs_request 1 5000
		sleep 1
		acs_request 2 900
	} | "$DRIVER" "$ADDRESS" >out
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 3 ]]
	answer=$(grep 000000000002 out)
	[[ $(outcome) == "unknown service Status503" ]]
	[[ $(count "$ACS_DIR/truth") -eq 2 ]]
}

@test "a wrong key is 401 and nothing is sent; control: the right one" {
	acs_start
	acs_secret "https://127.0.0.1:$ACS_PORT" "d$(echo "$ACS_KEY" | cut -c2- | tr d e)"
	send 3000
	[[ $(outcome) == "rejected service Unauthorized" ]]
	grep -q '"signature": "signature"' "$ACS_DIR/requests.jsonl"
	[[ $(count "$ACS_DIR/truth") -eq 0 ]]
	acs_secret "https://127.0.0.1:$ACS_PORT"
	send 3000
	[[ $(outcome) == "accepted - 202" ]]
	[[ $(count "$ACS_DIR/truth") -eq 1 ]]
}

@test "TLS: wrong name, expired, unknown authority: not one request" {
	for cert in wrong expired unknown; do
		acs_start_with "$cert"
		send 5000
		[[ $(outcome) == "rejected service untrusted" ]]
		[[ $answer == *"certificate"* ]]
		[[ $(count "$ACS_DIR/requests.jsonl") -eq 0 ]]
		[[ $(count "$ACS_DIR/received") -eq 0 ]]
		[[ $(count "$ACS_DIR/truth") -eq 0 ]]
		eventually test -s "$ACS_DIR/connections"
	done
	# The system's authorities do not know ours.
	acs_start
	ADDRESS=file:$BATS_TEST_TMPDIR/acs
	send 5000
	[[ $(outcome) == "rejected service untrusted" ]]
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 0 ]]
	# Control: the same server, by both of its names.
	acs_secret "https://127.0.0.1:$ACS_PORT"
	send 5000
	[[ $(outcome) == "accepted - 202" ]]
	acs_secret "https://LocalHost:$ACS_PORT/"
	send 5000
	[[ $(outcome) == "accepted - 202" ]]
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 2 ]]
	[[ $(count "$ACS_DIR/received") -eq 2 ]]
}

@test "TLS 1.1 is refused; control: 1.2 is enough" {
	# The system's own settings would refuse it as well: loosen them.
	cat >openssl.cnf <<-'EOF'
		openssl_conf = all
		[all]
		ssl_conf = ssl
		[ssl]
		system_default = loose
		[loose]
		MinProtocol = TLSv1
		CipherString = ALL:@SECLEVEL=0
	EOF
	acs_start --tls-max TLSv1_1
	OPENSSL_CONF=$PWD/openssl.cnf send 900
	[[ $(outcome) == "retry service no-connection" ]]
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 0 ]]
	acs_start --tls-max TLSv1_2
	send 5000
	[[ $(outcome) == "accepted - 202" ]]
}

@test "no connection, no name, no TLS there: retry, nothing was sent" {
	acs_start_plain
	acs_secret "https://127.0.0.1:$ACS_PORT"
	send 900
	[[ $(outcome) == "retry service no-connection" ]]
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 0 ]]
	acs_stop
	send 900
	[[ $(outcome) == "retry service no-connection" ]]
	acs_start --silent
	send 900
	[[ $(outcome) == "retry service no-connection" ]]
	[[ $(cat "$ACS_DIR/connections") == "1 silent" ]]
	acs_secret "https://nohost.invalid"
	send 900
	[[ $(outcome) == "retry service no-connection" ]]
}

@test "a refused connection is tried again within the time" {
	acs_start
	port=$ACS_PORT
	acs_stop
	acs_request 1 9000 | "$DRIVER" "$ADDRESS" >out &
	driver=$!
	sleep 0.3
	acs_start --port "$port"
	wait "$driver"
	[[ $(tail -n 1 out) == *accepted* ]]
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 1 ]]
}

@test "the environment's proxies do not matter; control: proxy=" {
	acs_start
	export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
	export HTTPS_PROXY=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9
	send 5000
	[[ $(outcome) == "accepted - 202" ]]
	export NO_PROXY='*' no_proxy='*'
	ADDRESS="$ADDRESS&proxy=http://127.0.0.1:9"
	send 900
	[[ $(outcome) == "retry service no-connection" ]]
	[[ $(count "$ACS_DIR/requests.jsonl") -eq 1 ]]
	port=$ACS_PORT
	acs_spawn "$BATS_TEST_TMPDIR/proxy" "$PYTHON" \
		"$FAKES/connect_proxy.py" "$BATS_TEST_TMPDIR/proxy"
	ADDRESS="${ADDRESS%:9}:$ACS_PORT"
	send 5000
	[[ $(outcome) == "accepted - 202" ]]
	[[ $(cat proxy/tunnels) == "CONNECT 127.0.0.1:$port" ]]
}

@test "SSLKEYLOGFILE does not matter" {
	acs_start
	SSLKEYLOGFILE=$BATS_TEST_TMPDIR/keys send 5000
	[[ $(outcome) == "accepted - 202" ]]
	[[ ! -e keys ]]
}

@test "200 requests at once over few connections" {
	acs_start
	for n in $(seq 200); do
		acs_request "$n" 20000
	done | "$DRIVER" "$ADDRESS" >out
	[[ $(grep -c '"outcome":"accepted"' out) -eq 200 ]]
	[[ $(count out) -eq 201 ]]
	[[ $(sort out | uniq -d | wc -l) -eq 0 ]]
	[[ $(cut -d' ' -f1 "$ACS_DIR/truth" | sort -u | wc -l) -eq 200 ]]
	[[ $(count "$ACS_DIR/truth") -eq 200 ]]
	[[ $(count "$ACS_DIR/connections") -le 32 ]]
}

@test "an answer comes as soon as it is there, while stdin is open" {
	acs_start --plan '{"+447700900001":"sleep:1500"}'
	mkfifo requests
	"$DRIVER" "$ADDRESS" <requests >out &
	exec 7>requests
	acs_request 1 9000 >&7
	acs_request 2 9000 >&7
	for _ in $(seq 300); do
		[[ $(count out) -ge 2 ]] && break
		sleep 0.02
	done
	[[ $(sed -n 2p out) == *000000000002*accepted* ]]
	acs_request 3 9000 >&7
	exec 7>&-
	wait $!
	[[ $(count out) -eq 4 ]]
	[[ $(tail -n 1 out) == *000000000001*accepted* ]]
}

@test "the last line may lack its end; an empty stream is no fault" {
	acs_start
	acs_request 1 5000 | head -c -1 | "$DRIVER" "$ADDRESS" >out
	[[ $(count out) -eq 2 ]]
	[[ $(tail -n 1 out) == *accepted* ]]
	run -0 "$DRIVER" "$ADDRESS" </dev/null
	[[ $output == "$HELLO" ]]
}

# Whatever the line is: what came before it is answered, what follows is not.
malformed() { # WHAT LINE
	{
		acs_request 1 5000
		printf '%s\n' "$2"
		acs_request 2 5000
	} >in
	status=0
	"$DRIVER" "$ADDRESS" <in >out 2>err || status=$?
	[[ $status -eq 65 ]]
	[[ $(count out) -eq 2 ]]
	[[ $(cat err) == "sms-acs: "*"$1"* ]]
	[[ $(count err) -eq 1 ]]
	run ! grep -q -e 7301 -e 4477009 err
}

@test "a malformed line is named and ends the reading with 65" {
	acs_start
	good=$(acs_request 3 5000)
	malformed "malformed request" ''
	malformed "malformed request" '{"id":"7301"'
	malformed "not a JSON object" '["7301"]'
	malformed "malformed request" "$good$good"
	malformed '"id"' "${good/00000000-/0-}"
	malformed "its id is open already" "$(acs_request 1 5000)"
	malformed '"to"' "${good/+4477009/4477009}"
	malformed '"to"' "${good/+4477009/+44 77009}"
	malformed '"to"' "${good/+4477009/+447700912345678}"
	malformed '"from"' "${good/Acme/}"
	malformed '"from"' "${good/\"from\":\"Acme\",/}"
	malformed '"message"' "${good/\"message\"/\"Message\"}"
	malformed '"firstSent"' "${good/Tue, 24/24}"
	malformed '"timeoutMs"' "${good/5000/0}"
	malformed '"timeoutMs"' "${good/5000/\"5000\"}"
	malformed '"timeoutMs"' "${good/5000/3600001}"
	malformed "65536" "$(printf '%070000d' 7301)"
	[[ $(count "$ACS_DIR/truth") -eq 1 ]]
}

@test "a long line within the limit is read" {
	acs_start
	long=$(printf '%060000d' 0)
	acs_request 1 5000 | sed "s/Your/$long/" |
		"$DRIVER" "$ADDRESS" >out
	[[ $(tail -n 1 out) == *accepted* ]]
}

# Refused before the first line.
refused() { # STATUS TEXT ADDRESS...
	local wanted=$1 text=$2
	shift 2
	run "-$wanted" --separate-stderr "$DRIVER" "$@" </dev/null
	[[ -z $output ]]
	[[ ${#stderr_lines[@]} -eq 1 ]]
	[[ $stderr == "sms-acs: "*"$text"* ]]
	[[ $stderr != *"$ACS_KEY"* ]]
}

@test "a wrong configuration is refused before anything else" {
	unset COMMUNICATION_SERVICES_CONNECTION_STRING
	unset AZURE_COMMUNICATION_CONNECTION_STRING
	acs_secret https://127.0.0.1:1
	refused 78 "no connection string" ""
	refused 78 "no connection string"
	refused 78 "No such file" "file:/nonexistent"
	refused 78 "by reference" "endpoint=https://a.b;accesskey=$ACS_KEY"
	refused 78 "unknown parameter" "$ADDRESS&key=1"
	refused 78 "api-version" "$ADDRESS&api-version=2026%2F"
	refused 78 "api-version" "$ADDRESS&api-version="
	refused 78 "delivery-report" "$ADDRESS&delivery-report=true"
	refused 78 "proxy" "$ADDRESS&proxy=127.0.0.1:3128"
	refused 78 "proxy" "$ADDRESS&proxy=http://me:secret@127.0.0.1:3128"
	refused 78 "proxy" "$ADDRESS&proxy=socks5://127.0.0.1:3128"
	refused 78 "No such file" "file:acs?ca=/nonexistent"
	refused 78 "no certificate" "file:acs?ca=acs"
	refused 78 "no certificate" "file:acs?ca=$ACS_CERTS/ca.key"
	acs_secret http://sms.example.com
	refused 78 "plain http" "$ADDRESS"
	acs_secret http://127.0.0.1.example.com
	refused 78 "plain http" "$ADDRESS"
	acs_secret https://me@127.0.0.1
	refused 78 "endpoint" "$ADDRESS"
	acs_secret https://127.0.0.1 'no base64!'
	refused 78 "base64" "$ADDRESS"
	acs_secret https://127.0.0.1
	chmod 644 acs
	refused 77 "chmod 600" "$ADDRESS"
	chmod 600 acs
	cp "$ACS_CERTS/ca.pem" ca.pem
	chmod 666 ca.pem
	refused 77 "chmod go-w" "file:acs?ca=ca.pem"
	refused 64 "--help" one two
	refused 64 "--help" --insecure
	# Control.
	run -0 "$DRIVER" "$ADDRESS" </dev/null
}

@test "without a reference the environment is read, the first name first" {
	acs_start
	right=$(cat acs)
	ADDRESS="?ca=$ACS_CERTS/ca.pem"
	AZURE_COMMUNICATION_CONNECTION_STRING=$right send 5000
	[[ $(outcome) == "accepted - 202" ]]
	AZURE_COMMUNICATION_CONNECTION_STRING=wrong \
		COMMUNICATION_SERVICES_CONNECTION_STRING=$right send 5000
	[[ $(outcome) == "accepted - 202" ]]
	AZURE_COMMUNICATION_CONNECTION_STRING=$right \
		COMMUNICATION_SERVICES_CONNECTION_STRING=wrong \
		refused 78 "connection string" "$ADDRESS"
}

@test "stdin or stdout that is closed, full or gone: 74" {
	acs_start
	full() { "$DRIVER" "$ADDRESS" </dev/null >/dev/full; }
	closed() { "$DRIVER" "$ADDRESS" </dev/null >&-; }
	no_input() { "$DRIVER" "$ADDRESS" <&-; }
	gone() {
		{ sleep 0.3 && acs_request 1 900; } |
			{ "$DRIVER" "$ADDRESS" || echo $? >status; } | true
		return "$(cat status)"
	}
	run -74 full
	run -74 closed
	run -74 no_input
	run -74 gone
}

@test "a reader that does not read stops the driver, not the messages" {
	acs_start
	for n in $(seq 400); do
		acs_request "$n" 20000
	done >in
	"$DRIVER" "$ADDRESS" <in | { sleep 2; cat; } >out
	[[ $(grep -c '"outcome":"accepted"' out) -eq 400 ]]
}

# strace cannot trace everywhere; LeakSanitizer cannot be traced.
traced() { # ARG OF STRACE...
	strace -o /dev/null true 2>/dev/null || skip "strace does not work here"
	export ASAN_OPTIONS=detect_leaks=0
}

@test "the access key is nowhere to be seen; control: the PIN" {
	traced
	acs_start_plain --script 401,503,ok
	for n in 1 2; do
		acs_request "$n" 5000
	done | strace -f -s 100000 -o trace \
		-e trace=write,writev,sendto,sendmsg,execve \
		"$DRIVER" "$ADDRESS" >out 2>err
	grep -q accepted out
	cat trace out err >all
	# What goes out in clear is seen, so a key would be.
	grep -q 7301 all
	grep -q Signature= all
	run ! grep -qF "$ACS_KEY" all
	decoded=$(printf '%s' "$ACS_KEY" | base64 -d)
	run ! grep -qF "${decoded:0:20}" all
	run ! grep -qF "${ACS_KEY:0:20}" all
}

@test "no PIN and no number leaves by stderr or a detail" {
	acs_table 2950 <<-'EOF'
		400          rejected service   Status400 0 1
		item:400     rejected recipient 400       0 1
		html         unknown  service   202       1 2
	EOF
	run ! grep -q -e 'PIN code' -e 73[0-9][0-9] err
	run ! grep -q -e 73[0-9][0-9] -e 4477009 out
}

# Every fcntl(2) fails, so that the socket stays one that blocks. Where libcurl
# copes it answers; where it hangs, the watchdog bites.
hang() {
	before=$SECONDS
	status=0
	acs_request 1 1000 | timeout 20 strace -f -o /dev/null \
		-e inject=fcntl:error=EAGAIN "$DRIVER" "$ADDRESS" >out ||
		status=$?
	[[ $status -eq 75 || ($status -eq 0 && $(count out) -eq 2) ]]
	[[ $((SECONDS - before)) -le 6 ]]
}

@test "a library that hangs is ended by the watchdog" {
	traced
	acs_start --silent
	hang
	acs_start
	hang
	[[ $(count "$ACS_DIR/truth") -le 1 ]]
}

@test "--help and --version" {
	run -0 "$DRIVER" --help
	[[ ${#lines[@]} -le 24 ]]
	for line in "${lines[@]}"; do
		[[ ${#line} -le 79 ]]
	done
	[[ $output == *"ca=FILE"* ]]
	run -0 "$DRIVER" -h
	run -0 "$DRIVER" --version
	[[ $output == "sms-acs (twofa) "[0-9]* ]]
}
