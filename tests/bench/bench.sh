#!/bin/sh
# Measures twofa against scripts that do the same with jq, sqlite3 and openssl,
# in one run on one machine: the ratios count, not the seconds.
#
# usage: bench.sh BUILD

set -eu
cd "$(dirname "$0")/../.."
bench=$PWD/tests/bench
PATH=$PWD/$1/bin:$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
XDG_CONFIG_HOME=$dir
TWOFA_LEDGER=$dir/ledger.db
export XDG_CONFIG_HOME TWOFA_LEDGER

tasks=100000
customers=100000

# One of the tasks, and all of them; numbers reserved for fiction.
twofa-task new --id bench CustomerIdentifier=000001 >task.json
awk -v n="$tasks" 'BEGIN {
	srand(1)
	for (i = 0; i < n; i++)
		printf "{\"taskId\":\"task-%06d\",\"callerTelNumber\":" \
			"\"+447700900000\",\"serviceUPN\":\"help@example.com\"," \
			"\"taskInformation\":{\"customContextParameters\":[{" \
			"\"name\":\"CustomerIdentifier\",\"value\":\"%06d\"}]}}\n",
			i, int(rand() * 1000000)
}' >tasks.json
awk -v n="$customers" 'BEGIN {
	for (i = 0; i < n; i++)
		printf "%06d,+447700900%03d\n", i * 10 % 1000000 + i % 7, i % 1000
}' | sort -u -t, -k1,1 >customers.csv
echo '000001,+447700900001' >>customers.csv
sqlite3 customers.db \
	'create table Customers(Number text primary key, SMSNumber text)' \
	'.mode csv' '.import customers.csv Customers'
openssl rand -hex 32 >key

twofa-lookup -d sqlite:customers.db <task.json >recognised.json

# A send and an attempt that the ledger does not know yet, for each run.
export TWOFA_LIMIT_NUMBER=none TWOFA_LIMIT_CUSTOMER=none
cp recognised.json first.json
cat >anew <<'END'
id=$(date +%s%N)
sed "s/\"bench\"/\"a$id\"/" first.json >recognised.json
sed "s/\"bench\"/\"b$id\"/" first.json |
	twofa-sendpin -s file:one.json >sent.json
sed -n 's/.*"message":"[^"]* \([0-9]*\)".*/\1/p' one.json >pin
rm one.json
twofa-task set PIN=@pin sent.json >entered.json
END

# median FILE: of a run of hyperfine, in milliseconds
median() {
	jq '.results[0].median * 1000' "$1"
}

quietly() {
	hyperfine --style none "$@" >/dev/null 2>&1
}

one() {
	quietly -N -i --warmup 20 --runs 200 --prepare 'sh anew' \
		--export-json "$1.result" "$2"
}

echo "one caller (median of 200 runs, each program started alone):"
one lookup "twofa-lookup -d sqlite:customers.db task.json"
one sendpin "twofa-sendpin -s file:outbox.json recognised.json"
one verify "twofa-verify entered.json"
quietly -N --warmup 2 --runs 20 --export-json script.result \
	"sh $bench/script.sh $dir"
for program in lookup sendpin verify script; do
	printf '  %-10s %8.2f ms\n' $program "$(median $program.result)"
done
jq -n --argjson l "$(median lookup.result)" --argjson s "$(median sendpin.result)" \
	--argjson v "$(median verify.result)" --argjson script "$(median script.result)" \
	-r '"  the script takes \($script / ($l + $s + $v) * 10 | round / 10) times the sum of the three"'

echo "look-up of $tasks tasks among $customers customers in SQLite:"
quietly --warmup 1 --runs 5 --export-json many.result \
	"twofa-lookup -d sqlite:customers.db <tasks.json >looked-up.json; true"
quietly --warmup 1 --runs 3 --export-json stream.result \
	"sh $bench/stream.sh $dir"
printf '  %-14s %8.0f ms\n' twofa-lookup "$(median many.result)" \
	'jq, sqlite3' "$(median stream.result)"
jq -n --argjson t "$(median many.result)" --argjson s "$(median stream.result)" \
	-r '"  jq and sqlite3 take \($s / $t * 10 | round / 10) times as long"'
jq -c 'del(.taskInformation.customContextParameters[] |
	select(.name == "TwofaReason"))' looked-up.json | cmp - merged.json &&
	echo "  both say the same"

echo "peak memory:"
for n in 1000 10000 100000; do
	head -n "$n" tasks.json >some.json
	python3 - "$n" <<'END'
import resource, subprocess, sys
with open("some.json") as tasks, open("/dev/null", "w") as null:
    subprocess.run(["twofa-lookup", "-d", "sqlite:customers.db"],
                   stdin=tasks, stdout=null)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("  %8s tasks %6.1f MiB" % (sys.argv[1], peak / 1024))
END
done
