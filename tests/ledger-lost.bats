#!/usr/bin/env bats
# A ledger that lost something, or is not the one it was: its write-ahead log,
# itself, a bit of a page; put back from a copy; of an earlier version.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # run sets them; NOW is used

load common
load ledger

setup() {
	setup_ledger
	export TWOFA_KEY=key
	# Names in messages are as they are given.
	TWOFA_LEDGER=ledger.db
}

# A program that has the ledger open, and is killed: its log stays.
hold_open() {
	mkfifo held
	twofa-verify <held >held.out 2>held.err 3>&- &
	HOLDER=$!
	exec 7>held
	echo '{"taskId":"x"}' >&7
	eventually [ -s held.out ]
}

let_go() {
	kill -9 "$HOLDER"
	exec 7>&-
	wait "$HOLDER" || true
	rm -f held
}

# An attempt was charged and the log has it: k.json again would get it back.
charged_in_the_log() {
	send_first
	hold_open
	try wrong "$WRONG" 1
	try wrong "$WRONG" 2
	let_go
	[ -s ledger.db-wal ]
}

keep() { # the files as they are, in DIR
	rm -rf "$1"
	mkdir "$1"
	cp -p ledger.db* "$1"
}

# Each program refuses with that message, and changes nothing.
each_refuses() { # STATUS MESSAGE
	keyed "$WRONG" 9 >k.json
	keep before
	sendpin "$1" t1.json
	is "$stderr" "twofa-sendpin: ledger.db: $2"
	is "$output" ""
	verify "$1" k.json
	is "$stderr" "twofa-verify: ledger.db: $2"
	for command in check purge "clock --reset"; do
		# shellcheck disable=SC2086 # words
		runs "$1" twofa-ledger $command
		is "$stderr" "twofa-ledger: ledger.db: $2"
	done
	is "$(lines outbox)" 1
	for file in before/*; do
		case $file in
		*-shm) ;;
		*) cmp "$file" "${file##*/}" ;;
		esac
	done
}

@test "without its log: 74, nothing is changed, and put back it works" {
	charged_in_the_log
	mv ledger.db-wal kept
	each_refuses 74 "damaged: commits are missing (2): put its -wal file back, or see BACKUP in twofa-ledger(1)"
	mv kept ledger.db-wal
	try wrong "$WRONG" 3
	try exhausted "$PIN" 4
	[ ! -e ledger.db-wal ]
}

@test "a program that is running finds it, too" {
	send_first
	keep before
	try wrong "$WRONG" 1
	cp ledger.db-mark later
	rm ledger.db*
	cp -p before/* .
	hold_open
	cat later >ledger.db-mark
	keyed "$WRONG" 9 >k.json
	cat k.json >&7
	eventually has_lines held.out 2
	is "$(tail -n 1 held.out | value TwofaReason)" service
	let_go
	has "$(cat held.err)" "ledger.db: damaged: commits are missing (1): "
	cat before/ledger.db-mark >ledger.db-mark
	try wrong "$WRONG" 1
	is "$(value PINAttempts <<<"$output")" 1
}

has_lines() { # FILE N
	[ "$(lines "$1")" = "$2" ]
}

@test "a log that is another ledger's: 74, and without it all is well" {
	send_first
	keep ours
	rm ledger.db* outbox
	charged_in_the_log
	mkdir theirs
	mv ledger.db* theirs
	mv ours/* .
	cp theirs/ledger.db-wal .
	each_refuses 74 "damaged: ledger.db-mark speaks of another ledger: see BACKUP in twofa-ledger(1)"
	rm ledger.db-wal
	sendpin 0 t1.json
	runs 0 twofa-ledger check
}

@test "a log that is cut off or has a wrong bit" {
	charged_in_the_log
	keep whole
	size=$(stat -c %s ledger.db-wal)
	for at in 0 1 20 40 100 $((size / 2)) $((size - 1)); do
		for harm in flip cut_off; do
			cp -p whole/* .
			rm -f ledger.db-shm
			"$harm" ledger.db-wal "$at"
			is_right_or_refused
		done
	done
}

# Not all of a log counts any more.
is_right_or_refused() {
	keyed "$WRONG" 9 >k.json
	run --separate-stderr twofa-verify k.json
	if [ "$status" = 1 ]; then
		is "$(value PINAttempts <<<"$output")" 3
		return
	fi
	is "$status" 74
	has "$stderr" "twofa-verify: ledger.db: damaged: "
	has "$stderr" "see BACKUP in twofa-ledger(1)"
}

cut_off() {
	truncate -s "$2" "$1"
}

flip() { # FILE OFFSET
	python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]))
    b = f.read(1)[0] ^ 16
    f.seek(-1, 1)
    f.write(bytes([b]))' "$@"
}

@test "the ledger itself is gone: no new one in its place" {
	send_first
	try wrong "$WRONG" 1
	mv ledger.db kept.db
	customer t1 >t1.json
	sendpin 78 t1.json
	is "$stderr" "twofa-sendpin: ledger.db: it is gone: put it back, see BACKUP in twofa-ledger(1); or for a new one remove ledger.db-mark"
	is "$(lines outbox)" 1
	mv kept.db ledger.db
	try wrong "$WRONG" 2
	rm ledger.db ledger.db-mark
	sendpin 0 t1.json
	is "$(lines outbox)" 2
}

@test "the ledger is gone, its log is not: nothing is changed" {
	charged_in_the_log
	keyed "$WRONG" 9 >k.json
	mv ledger.db kept.db
	cp ledger.db-wal log
	for command in "twofa-sendpin -s file:outbox t1.json" \
		"twofa-sendpin -s file:outbox --dry-run t1.json" \
		"twofa-verify k.json" "twofa-ledger check"; do
		# shellcheck disable=SC2086 # words
		runs 78 $command
		has "$stderr" "ledger.db: it is gone: put it back, see BACKUP"
		cmp log ledger.db-wal
		[ ! -e ledger.db ]
	done
	# A file that somebody else has left there is no ledger.
	(umask 077 && : >ledger.db)
	sendpin 78 t1.json
	cmp log ledger.db-wal
	mv kept.db ledger.db
	try wrong "$WRONG" 3
	is "$(value PINAttempts <<<"$output")" 3
}

@test "a wrong bit in a page: 74, and check says so" {
	send_first
	size=$(stat -c %s ledger.db)
	cp ledger.db whole.db
	for ((at = 2000; at < size; at += 4096)); do
		cp whole.db ledger.db
		flip ledger.db "$at"
		run --separate-stderr twofa-ledger check
		case $status in
		1 | 74) ;;
		*) return 1 ;;
		esac
		has "$stderr" damaged
	done
	# What the mark says counts only if it is whole.
	cp whole.db ledger.db
	flip ledger.db-mark 40
	try wrong "$WRONG" 1
}

# --- the recipes of twofa-ledger(1) -----------------------------------------

@test "backed up and put back" {
	needs_clock
	send_first
	# No program runs: there is no log.
	[ ! -e ledger.db-wal ]
	cp -p ledger.db copy
	for i in 1 2 3; do
		try wrong "$WRONG" "$i"
	done
	NOW=1
	try exhausted "$PIN" 4
	# In a hurry: over it, and nothing else.
	cp -p copy ledger.db
	keyed "$PIN" 5 >k.json
	verify 74 k.json
	has "$stderr" "ledger.db: damaged: commits are missing ("
	is "$output" ""
	# As it is written: what was sent before has expired by then.
	rm -f ledger.db-*
	cp -p copy ledger.db
	NOW=600
	try expired "$PIN" 6
	runs 0 twofa-ledger check
	sendpin 0 t1.json
	is "$(lines outbox)" 1
}

# --- an earlier version -----------------------------------------------------

version_1() {
	cp "$ROOT/tests/data/ledger-1/key" "$ROOT/tests/data/ledger-1/sent.json" .
	chmod 600 key
	PIN=$(cat "$ROOT/tests/data/ledger-1/pin")
	WRONG=$(other_pin "$PIN")
	sqlite3 ledger.db <"$ROOT/tests/data/ledger-1/ledger.sql"
	sqlite3 ledger.db 'PRAGMA journal_mode = WAL' >mode
	chmod 600 ledger.db
	customer t1 >t1.json
	NOW=5
}

@test "version 1 becomes version 3, by whichever program comes first" {
	needs_clock
	for first in "twofa-ledger check" "twofa-sendpin -s file:outbox t1.json" \
		"twofa-verify /dev/null" "twofa-ledger list"; do
		rm -f ledger.db* key
		version_1
		# shellcheck disable=SC2086 # words
		run --separate-stderr timed $first
		case $status in
		0 | 1) ;;
		*) return 1 ;;
		esac
		is "$stderr" ""
		is "$(sql 'PRAGMA user_version')" 3
		is "$(od -An -tu1 -j20 -N1 ledger.db | tr -d ' ')" 16
		is "$(timed twofa-ledger check)" \
			"whole: 1 PIN, 0 sends of unknown outcome, 3 events"
		# What was known is known.
		sendpin 0 t1.json
		is "$(lines outbox)" 0
		is "$(value PINAttempts <<<"$output")" 1
		try wrong "$WRONG" 1
		try OK "$PIN" 2
	done
}

@test "version 1, many programs at once" {
	needs_clock
	version_1
	keyed "$WRONG" 9 >k.json
	for i in 1 2 3 4 5 6 7 8; do
		{ timed twofa-verify k.json >"out.$i" 2>"err.$i" 3>&- || true; } &
	done
	wait
	is "$(cat err.*)" ""
	is "$(cat out.* | value TwofaReason | sort | uniq -c | tr -d ' \n')" 8wrong
	is "$(sql 'SELECT attempts FROM pin')" 2
}

# A program of that version: it charges an attempt, and waits to be killed.
EARLIER='import sqlite3, sys
db = sqlite3.connect("ledger.db", isolation_level=None)
db.execute("UPDATE pin SET attempts = 2")
print("ready", flush=True)
sys.stdin.readline()
print(*db.execute("PRAGMA user_version").fetchone(), flush=True)
sys.stdin.readline()'

@test "version 1 that is in use by its own program: 75 until that ends" {
	needs_clock
	version_1
	mkfifo held
	python3 -c "$EARLIER" <held >held.out 3>&- &
	HOLDER=$!
	exec 7>held
	eventually has_lines held.out 1
	runs 75 twofa-ledger check
	is "$stderr" "twofa-ledger: ledger.db: of an earlier version, and in use: try again, or end programs that were started before this version was installed"
	echo >&7
	eventually has_lines held.out 2
	is "$(tail -n 1 held.out)" 1
	let_go
	# Its log stays.
	[ -s ledger.db-wal ]
	try wrong "$WRONG" 9
	is "$(value PINAttempts <<<"$output")" 3
	try exhausted "$PIN" 10
	runs 0 twofa-ledger check
}
