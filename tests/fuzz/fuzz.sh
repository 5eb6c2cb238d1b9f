#!/bin/sh
# libFuzzer over each target: fuzz.sh DIR SECONDS TARGET...
#
# Programs and what they found are left in DIR.run; a finding is kept there
# as TARGET-crash-…: put it into seeds/TARGET once it is understood.

set -eu
cd "$(dirname "$0")/../.."
out=$1.run
seconds=$2
shift 2
mkdir -p "$out"
packages='jansson libsodium sqlite3 inih'
sources=$(find common cmd/twofa-* -name '*.c' ! -path 'common/net/*' \
	! -name main.c | sort)

for target; do
	echo "building $target"
	# shellcheck disable=SC2046,SC2086 # words
	${FUZZ_CC:-clang} -std=c11 -g -O1 -I. -Ibuild/obj -D_GNU_SOURCE \
		-DTWOFA_VERSION='"fuzz"' -DTWOFA_LIBEXEC='"/nowhere"' \
		-DTWOFA_SANITIZED -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -fno-omit-frame-pointer \
		$(pkg-config --cflags $packages) \
		-o "$out/$target" "tests/fuzz/fuzz_$target.c" $sources \
		$(pkg-config --libs $packages)
done

status=0
for target; do
	mkdir -p "$out/corpus-$target"
	printf '%-8s' "$target"
	if "$out/$target" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix="$out/$target-" "$out/corpus-$target" \
		"tests/fuzz/seeds/$target" >"$out/$target.log" 2>&1; then
		sed -n 's/^stat::number_of_executed_units: */ ok, runs: /p' \
			"$out/$target.log"
	else
		echo " FAILED, see $out/$target.log"
		grep -E '^tests/fuzz|ERROR|SUMMARY|Test unit written' \
			"$out/$target.log" || true
		status=1
	fi
done
exit $status
