#!/bin/sh
# Keys and certificates for the tests' servers, in DIR:
#   ca.pem       an authority of our own
#   good.pem     127.0.0.1 and localhost, signed by it
#   wrong.pem    another name, signed by it
#   expired.pem  127.0.0.1, signed by it, valid in the past only
#   unknown.pem  127.0.0.1, signed by an authority that nobody knows
# and for each NAME.pem its NAME.key.
set -eu

dir=${1:?usage: make_certs.sh DIR}
mkdir -p "$dir"
cd "$dir"
umask 077

authority() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -keyout "$1.key" -out "$1.pem" -days 30 \
		-subj "/CN=twofa test authority $1" \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign 2>/dev/null
}

certificate() { # NAME AUTHORITY ALTNAMES [OPTION...]
	name=$1 by=$2 alt=$3
	shift 3
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>/dev/null
	printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$alt" >"$name.ext"
	mkdir -p "$name.db"
	: >"$name.db/index.txt"
	echo 01 >"$name.db/serial"
	cat >"$name.cnf" <<-EOF
		[ca]
		default_ca = this
		[this]
		database = $name.db/index.txt
		serial = $name.db/serial
		new_certs_dir = $name.db
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
	EOF
	openssl ca -batch -config "$name.cnf" -cert "$by.pem" -keyfile "$by.key" \
		-in "$name.csr" -out "$name.pem" -notext -extfile "$name.ext" \
		-days 30 "$@" 2>/dev/null
	rm -rf "$name.db" "$name.cnf" "$name.ext" "$name.csr"
}

authority ca
authority stranger
certificate good ca IP:127.0.0.1,DNS:localhost
certificate wrong ca DNS:sms.example.com
certificate expired ca IP:127.0.0.1,DNS:localhost \
	-startdate 20200101000000Z -enddate 20210101000000Z
certificate unknown stranger IP:127.0.0.1,DNS:localhost
