#!/usr/bin/env bats
# Flow 1: is the identifier that of exactly one customer?
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
	make_customers
}

# make_database [TYPE OF THE IDENTIFIER]: the customers in SQLite.
make_database() {
	sqlite3 customers.db "CREATE TABLE Customers(Number ${1-TEXT},
		SMSNumber TEXT, Name TEXT)" \
		".import --csv --skip 1 customers.csv Customers"
}

# looked_up IDENTIFIER ADDRESS: "answer number reason" and the status.
looked_up() {
	state t1 "CustomerIdentifier=$1" >t.json
	run --separate-stderr twofa-lookup -d "$2" <t.json
	printf '%s %s %s %s' "$(value CustomerRecognized <<<"$output")" \
		"$(value SMSNumber <<<"$output")" \
		"$(value TwofaReason <<<"$output")" "$status"
}

# The contract of every directory.
directory_contract() {
	is "$(looked_up 123456 "$1")" "Yes +447700900001  0"
	is "$(looked_up 012345 "$1")" "Yes +447700900002  0"
	is "$(looked_up 999999 "$1")" "No  not-found 1"
	is "$(looked_up 222222 "$1")" "No  not-unique 1"
	is "$(looked_up 333333 "$1")" "No  bad-number 1"
}

@test "a CSV file" {
	directory_contract csv:customers.csv
}

@test "a SQLite database" {
	make_database
	directory_contract sqlite:customers.db
}

@test "a driver" {
	cat >c <<-'END'
		{"123456":["+447700900001"],"012345":["+447700900002"],
		"222222":["+447700900003","+447700900004"],
		"333333":["07700900005"]}
	END
	directory_contract \
		"exec:$FAKES/directory_driver.py --customers c --requests asked"
	is "$(head -n 1 asked)" \
		'{"id":"1","customer":"123456","timeoutMs":30000}'
}

@test "what comes out, to the letter" {
	state t1 CustomerIdentifier=123456 >t.json
	run -0 --separate-stderr twofa-lookup -d csv:customers.csv t.json
	is "$output" '{"taskId":"t1","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"123456"},{"name":"CustomerRecognized","value":"Yes"},{"name":"SMSNumber","value":"+447700900001"}]}}'
	is "$stderr" ""
	state t1 CustomerIdentifier=999999 >t.json
	run -1 --separate-stderr twofa-lookup -d csv:customers.csv t.json
	is "$output" '{"taskId":"t1","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"999999"},{"name":"CustomerRecognized","value":"No"},{"name":"TwofaReason","value":"not-found"}]}}'
	is "$stderr" ""
}

@test "an identifier that is none never reaches the directory" {
	echo '{"123456":["+447700900001"]}' >c
	driver="exec:$FAKES/directory_driver.py --customers c --requests asked"
	for identifier in 12345 1234567 ' 123456' '123456 ' 12345a \
		"' or 1=1--" "1' OR '" '123456;--' '%27' '*' '/etc/passwd' \
		'１２３４５６' '١٢٣٤٥٦' 123.56 -12345 +12345 1e1000 0x1234 \
		$'123456\n' '123456,x' '=cmd()'; do
		state t1 "CustomerIdentifier=$identifier" >t.json
		run -1 --separate-stderr twofa-lookup -d "$driver" <t.json
		is "$(value CustomerRecognized <<<"$output")" No
		is "$(value TwofaReason <<<"$output")" bad-identifier
	done
	[ ! -e asked ]
	is "$(looked_up 123456 "$driver")" "Yes +447700900001  0"
	[ -s asked ]
}

@test "identifiers of another length, and numbers as JSON has them" {
	printf 'Number,SMSNumber\n0001,+447700900001\n12345678,+447700900002\n' \
		>c.csv
	state t1 CustomerIdentifier=0001 >t.json
	run -0 twofa-lookup -n 4 -d csv:c.csv t.json
	run -1 twofa-lookup -d csv:c.csv t.json
	state t1 CustomerIdentifier=12345678 >t.json
	run -0 twofa-lookup --identifier-digits=8 -d csv:c.csv t.json
	printf '{"taskId":"x","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":%s}]}}\n' \
		123456 >number.json
	run -0 --separate-stderr twofa-lookup -d csv:customers.csv number.json
	has "$output" '{"name":"CustomerIdentifier","value":123456}'
	sed s/123456/123456.0/ number.json >real.json
	run -1 --separate-stderr twofa-lookup -d csv:customers.csv real.json
	is "$(value TwofaReason <<<"$output")" bad-identifier
}

@test "an INTEGER column does not make 012345 match 12345" {
	printf 'Number,SMSNumber,Name\n12345,+447700900009,x\n123456,+447700900001,y\n' \
		>customers.csv
	for type in INTEGER NUMERIC REAL TEXT BLOB ''; do
		rm -f customers.db
		make_database "$type"
		state t1 CustomerIdentifier=012345 >t.json
		run -1 --separate-stderr twofa-lookup -d sqlite:customers.db t.json
		is "$(value TwofaReason <<<"$output")" not-found
		state t1 CustomerIdentifier=12345 >t.json
		case $type in
		REAL | BLOB) ;;
		*) run -0 twofa-lookup -n 5 -d sqlite:customers.db t.json ;;
		esac
	done
	# The trap is there: SQL alone would find it.
	rm customers.db
	make_database INTEGER
	is "$(sqlite3 customers.db \
		"SELECT SMSNumber FROM Customers WHERE Number = '012345'")" \
		+447700900009
}

@test "other names of tables and columns" {
	sqlite3 c.db 'CREATE TABLE "a ""b"" c"("my id" TEXT, "n,o" TEXT)' \
		"INSERT INTO \"a \"\"b\"\" c\" VALUES('123456','+447700900001')"
	is "$(looked_up 123456 \
		'sqlite:c.db?table=a%20"b"%20c&identifier=my%20id&number=n,o')" \
		"Yes +447700900001  0"
	printf 'my id,"n,o"\n123456,+447700900001\n' >c.csv
	is "$(looked_up 123456 'csv:c.csv?identifier=my%20id&number=n,o')" \
		"Yes +447700900001  0"
	is "$(looked_up 123456 'csv:c.csv?number=n,o&identifier=my%20id')" \
		"Yes +447700900001  0"
}

@test "a name in an address is no SQL" {
	make_database
	state t1 CustomerIdentifier=123456 >t.json
	for name in 'Customers"; DROP TABLE Customers; --' \
		"Customers' OR '1'='1" 'Customers WHERE 1; --' 'none'; do
		encoded=$(jq -rn --arg n "$name" '$n | @uri')
		for key in table identifier number; do
			run -78 --separate-stderr twofa-lookup \
				-d "sqlite:customers.db?$key=$encoded" <t.json
			is "$output" ""
			has "$stderr" customers.db
			has "$stderr" "?table="
		done
	done
	is "$(sqlite3 customers.db 'SELECT count(*) FROM Customers')" 5
	run -0 twofa-lookup -d sqlite:customers.db <t.json
}

@test "a directory that is not right is 78, before any task" {
	state t1 CustomerIdentifier=123456 >t.json
	: >empty.csv
	printf 'a,b\n1,2\n' >columns.csv
	printf 'Number,SMSNumber\n123456\n' >fields.csv
	printf 'Number,SMSNumber\n"123456,+1\n' >quote.csv
	printf 'Number,Number\n' >twice.csv
	printf 'Number,SMSNumber\n123456,+447700900001\0\n' >nul.csv
	printf 'no database, but longer than a header of one %0200d' 1 >text.db
	sqlite3 no-table.db 'CREATE TABLE Other(Number, SMSNumber)'
	sqlite3 no-column.db 'CREATE TABLE Customers(Number, Phone)'
	mkdir directory
	for address in csv:none.csv csv:empty.csv csv:columns.csv \
		csv:fields.csv csv:quote.csv csv:twice.csv csv:nul.csv \
		'csv:customers.csv?number=none' 'csv:customers.csv?table=x' \
		'csv:customers.csv?number' 'csv:customers.csv?number=%zz' \
		sqlite:none.db sqlite:text.db sqlite:no-table.db \
		sqlite:no-column.db 'sqlite:no-table.db?tabel=Other' csv: sqlite: \
		sqlite:directory; do
		run -78 --separate-stderr twofa-lookup -d "$address" t.json
		is "$output" ""
		is "$(wc -l <<<"$stderr")" 1
		has "$stderr" "twofa-lookup: directory: "
	done
	has "$stderr" directory
	run -78 --separate-stderr twofa-lookup -d csv:fields.csv t.json
	has "$stderr" "fields.csv:2: 1 field where the header has 2"
	# Nothing was made on the way.
	[ ! -e none.db ] && [ ! -e none.csv ]
	# These differ from them by what was wrong.
	run -0 twofa-lookup -d 'csv:customers.csv?number=SMSNumber' t.json
}

@test "the byte order mark, CRLF, quotes and a comma in a CSV file" {
	printf '\xef\xbb\xbf"Number",SMSNumber,"a, ""b"""\r\n"123456",+447700900001,"x\r\ny"\r\n\r\n654321,"+447700900002",' \
		>c.csv
	is "$(looked_up 123456 csv:c.csv)" "Yes +447700900001  0"
	is "$(looked_up 654321 csv:c.csv)" "Yes +447700900002  0"
}

@test "numbers that are no telephone numbers are not used" {
	for number in 447700900001 00447700900001 '+44 7700 900001' \
		+0447700900001 +123456 +1234567890123456 '+44770090000１' \
		'tel:+447700900001' '' '+447700900001;+447700900002'; do
		printf 'Number,SMSNumber\n123456,%s\n' "$number" >c.csv
		is "$(looked_up 123456 csv:c.csv)" "No  bad-number 1"
	done
	printf 'Number,SMSNumber\n123456, +447700900001\n' >c.csv
	is "$(looked_up 123456 csv:c.csv)" "No  bad-number 1"
	sqlite3 c.db 'CREATE TABLE Customers(Number, SMSNumber)' \
		"INSERT INTO Customers VALUES('123456', NULL),('123457', x'ff'),
		('123458', '+447700900001' || char(0) || 'x')"
	for identifier in 123456 123457 123458; do
		is "$(looked_up "$identifier" sqlite:c.db)" "No  bad-number 1"
	done
}

@test "a new identifier removes what was found for the old one" {
	send_pin
	twofa-task set StartValidation=Yes sent.json | jq -c \
		'.updatedParameterName = "CustomerIdentifier" |
		.updatedParameterValue = "999999"' >e.json
	run -1 --separate-stderr twofa-lookup -d csv:customers.csv e.json
	is "$(value CustomerIdentifier <<<"$output")" 999999
	is "$(value CustomerRecognized <<<"$output")" No
	for name in SMSNumber StartValidation SMSSent GeneratedPIN PINExpires; do
		is "$(value "$name" <<<"$output")" ""
	done
}

# --- while it runs ---------------------------------------------------------------

@test "a CSV file that is replaced is read anew" {
	printf 'Number,SMSNumber\n123456,+447700900001\n' >c.csv
	coproc twofa-lookup -d csv:c.csv 2>err
	to=${COPROC[1]} from=${COPROC[0]} pid=$COPROC_PID
	ask() {
		state t1 "CustomerIdentifier=$1" >&"$to"
		IFS= read -r -t 20 line <&"$from"
	}
	ask 123456
	is "$(value SMSNumber <<<"$line")" +447700900001
	printf 'Number,SMSNumber\n123456,+447700900099\n654321,+447700900002\n' \
		>new.csv
	mv new.csv c.csv
	ask 123456
	is "$(value SMSNumber <<<"$line")" +447700900099
	ask 654321
	is "$(value SMSNumber <<<"$line")" +447700900002
	# Half written: no answer, and no "not found".
	printf 'Number,SMSNumber\n123456,+447700900001\n6543' >new.csv
	mv new.csv c.csv
	ask 654321
	is "$(value CustomerRecognized <<<"$line")" ""
	is "$(value TwofaReason <<<"$line")" temporary
	printf 'Number,SMSNumber\n654321,+447700900003\n' >new.csv
	mv new.csv c.csv
	ask 654321
	is "$(value SMSNumber <<<"$line")" +447700900003
	# Gone: what was read still answers.
	rm c.csv
	ask 654321
	is "$(value SMSNumber <<<"$line")" +447700900003
	exec {to}>&-
	wait "$pid" || status=$?
	is "$status" 75
	has "$(cat err)" "c.csv:3: 1 field where the header has 2"
}

@test "a database that is locked is 75, and an answer when it no longer is" {
	make_database
	state t1 CustomerIdentifier=123456 >t.json
	mkfifo hold
	sqlite3 customers.db <hold &
	exec {held}>hold
	echo 'BEGIN EXCLUSIVE; CREATE TABLE Locked(x);
.shell touch locked' >&"$held"
	eventually [ -e locked ]
	run -75 --separate-stderr twofa-lookup -T 1 -d sqlite:customers.db t.json
	is "$(value TwofaReason <<<"$output")" temporary
	is "$(value CustomerRecognized <<<"$output")" ""
	has "$stderr" "t.json:1: task t1: directory: database is locked"
	echo 'ROLLBACK;' >&"$held"
	exec {held}>&-
	wait
	printf '%s\n' "$output" >again.json
	run -0 twofa-lookup -d sqlite:customers.db again.json
	is "$(value TwofaReason <<<"$output")" ""
}

@test "a table or column that is not there: which there are" {
	state t1 CustomerIdentifier=123456 >t.json
	printf 'Nr,Phone,%s\n' "$(seq -s , 100)" >c.csv
	sqlite3 c.db 'CREATE TABLE Customers(Number TEXT, Phone TEXT);
		CREATE VIEW People AS SELECT Phone, Number FROM Customers'
	told() { # ADDRESS MESSAGE
		run -78 --separate-stderr twofa-lookup -d "$1" t.json
		is "$stderr" "twofa-lookup: directory: $2"
		is "$output" ""
	}
	local columns others
	columns="Nr, Phone, $(seq -s ', ' 38), ..."
	others='name others with ?table=T&identifier=COLUMN&number=COLUMN'
	told csv:c.csv "c.csv: no column 'Number' among $columns; \
name another with ?identifier=COLUMN"
	told 'csv:c.csv?identifier=Nr&number=phone' "c.csv: no column 'phone' \
among $columns; name another with ?number=COLUMN"
	told sqlite:c.db "c.db: no column 'SMSNumber' in table 'Customers' \
among Number, Phone; $others"
	told 'sqlite:c.db?table=People&identifier=x' "c.db: no column 'x' in \
table 'People' among Phone, Number; $others"
	told 'sqlite:c.db?table=x' \
		"c.db: no table 'x' among Customers, People; $others"
	: >empty.db
	told sqlite:empty.db "empty.db: no table 'Customers' among none; $others"
	run -1 twofa-lookup -d 'sqlite:c.db?table=People&number=PHONE' t.json
	is "$(value TwofaReason <<<"$output")" not-found
}

@test "a database that goes bad while it runs" {
	make_database
	coproc twofa-lookup -T 1 -d sqlite:customers.db 2>err
	to=${COPROC[1]} from=${COPROC[0]} pid=$COPROC_PID
	state t1 CustomerIdentifier=123456 >&"$to"
	IFS= read -r -t 20 line <&"$from"
	is "$(value CustomerRecognized <<<"$line")" Yes
	sqlite3 customers.db 'DROP TABLE Customers'
	state t2 CustomerIdentifier=123456 >&"$to"
	IFS= read -r -t 20 line <&"$from"
	is "$(value CustomerRecognized <<<"$line")" ""
	exec {to}>&-
	wait "$pid" || status=$?
	[ "$status" = 69 ] || [ "$status" = 75 ] || [ "$status" = 78 ]
	has "$(cat err)" "no such table"
}

@test "a directory is opened for reading only" {
	make_database
	export ASAN_OPTIONS=detect_leaks=0
	cp customers.db before.db
	state t1 CustomerIdentifier=123456 >t.json
	strace -f -e trace=openat,open,creat,unlink,rename -o trace \
		twofa-lookup -d sqlite:customers.db t.json >/dev/null
	strace -f -e trace=openat,open,creat,unlink,rename -o trace2 \
		twofa-lookup -d csv:customers.csv t.json >/dev/null
	# The trace shows the opening, and it is not for writing.
	is "$(grep -c '"[^"]*customers\.db"' trace)" 1
	is "$(grep -c '"customers\.csv"' trace2)" 1
	grep -h customers trace trace2 | grep O_RDONLY
	run -1 grep -hE 'O_RDWR|O_WRONLY|O_CREAT|unlink|rename' \
		<(grep -h customers trace trace2)
	cmp customers.db before.db
	chmod 444 customers.db
	is "$(looked_up 123456 sqlite:customers.db)" "Yes +447700900001  0"
}

# --- drivers -----------------------------------------------------------------------

@test "a driver's error: temporary is 75, permanent 69, and the task stays" {
	echo '{}' >c
	driver="exec:$FAKES/directory_driver.py --customers c"
	state t1 CustomerIdentifier=123456 >t.json
	run -75 --separate-stderr twofa-lookup \
		-d "$driver --error temporary --detail busy" t.json
	is "$(value TwofaReason <<<"$output")" temporary
	is "$(value CustomerRecognized <<<"$output")" ""
	has "$stderr" "t.json:1: task t1: directory: busy: try again later"
	run -69 --separate-stderr twofa-lookup \
		-d "$driver --error permanent --detail denied" t.json
	is "$(value TwofaReason <<<"$output")" service
	has "$stderr" "t.json:1: task t1: directory: denied"
	# A word that is neither is not taken for "never".
	run -75 twofa-lookup -d "$driver --error banana" t.json
}

@test "a driver's answer that is none is 75, never a match" {
	echo '{"123456":["+447700900001"]}' >c
	driver="exec:$FAKES/directory_driver.py --customers c"
	state t1 CustomerIdentifier=123456 >t.json
	for raw in garbage '[]' '{"id":"%s"}' '{"id":"%s","matches":{}}' \
		'{"id":"other","matches":[{"SMSNumber":"+447700900001"}]}' \
		'{"matches":[{"SMSNumber":"+447700900001"}]}'; do
		run -75 --separate-stderr twofa-lookup -d "$driver --raw $raw" t.json
		is "$(value CustomerRecognized <<<"$output")" ""
	done
	for raw in '{"id":"%s","matches":[{}]}' \
		'{"id":"%s","matches":[{"SMSNumber":447700900001}]}' \
		'{"id":"%s","matches":[1]}'; do
		run -1 --separate-stderr twofa-lookup -d "$driver --raw $raw" t.json
		is "$(value TwofaReason <<<"$output")" bad-number
	done
	run -1 twofa-lookup -d "$driver --raw {\"id\":\"%s\",\"matches\":[]}" \
		t.json
	is "$(value TwofaReason <<<"$output")" not-found
	run -0 twofa-lookup -d "$driver" t.json
}

@test "a driver that dies fails only what was open" {
	seq -f '%06.0f' 1 600 >ids
	sed 's/.*/{"taskId":"t&","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"&"}]}}/' \
		ids >many.json
	jq -Rn '[inputs | {(.): ["+44770" + .]}] | add' ids >c
	driver="exec:$FAKES/directory_driver.py --customers c"
	run -75 --separate-stderr twofa-lookup \
		-d "$driver --die-after 100 --die-once died" many.json
	printf '%s\n' "$output" >first.json
	is "$(jq -r .taskId first.json | sed s/t//)" "$(cat ids)"
	open=$(grep -c '"TwofaReason","value":"temporary"' first.json)
	echo "open: $open"
	[ "$open" -ge 1 ] && [ "$open" -le 16 ]
	is "$(grep -c '"CustomerRecognized","value":"Yes"' first.json)" \
		$((600 - open))
	run -0 --separate-stderr twofa-lookup -d "$driver" first.json
	is "$(grep -c '"CustomerRecognized","value":"Yes"' <<<"$output")" 600
	hasnt "$output" TwofaReason
}

@test "answers of a driver in another order go to the right tasks" {
	seq -f '%06.0f' 1 40 >ids
	sed 's/.*/{"taskId":"t&","taskInformation":{"customContextParameters":[{"name":"CustomerIdentifier","value":"&"}]}}/' \
		ids >many.json
	jq -Rn '[inputs | {(.): ["+44770" + .]}] | add' ids >c
	run -0 --separate-stderr twofa-lookup -j 10 -d \
		"exec:$FAKES/directory_driver.py --customers c --batch 10 --reverse" \
		many.json
	is "$(value SMSNumber <<<"$output" | sed 's/+44770//')" "$(cat ids)"
}

@test "a driver that does not start: 78, or its own status; later tasks too" {
	echo '{}' >c
	state t1 CustomerIdentifier=123456 >t.json
	state t2 CustomerIdentifier=123457 >>t.json
	driver="exec:$FAKES/directory_driver.py --customers c"
	for args in '--exit 0' '--exit 3' '--hello x' '--hello {"twofa":1}' \
		'--hello {"twofa":1,"kind":"sms"}'; do
		run -78 --separate-stderr twofa-lookup -d "$driver $args" t.json
		has "$stderr" directory_driver.py
		is "$(wc -l <<<"$output")" 2
		is "$(value CustomerRecognized <<<"$output" | tr -d '\n')" ""
	done
	run -75 --separate-stderr twofa-lookup -d "$driver --exit 75" t.json
	is "$(value TwofaReason <<<"$output" | tr '\n' ' ')" \
		"temporary temporary "
	# Not started at all when no task needs it.
	run -1 twofa-lookup -d "$driver --exit 3" < <(state t3)
}
