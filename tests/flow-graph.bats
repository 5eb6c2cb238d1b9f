#!/usr/bin/env bats
# twofa-flow graph and show: a picture of a workflow, and a start for one's own.

load common

setup() {
	setup_dir
}

# A workflow of every kind of exit, with one that leads nowhere.
make_small() {
	cat >small.json <<'END'
{"start":"Hello","activities":{
 "Hello":{"type":"accept","next":"Menu"},
 "Menu":{"type":"input-customer","text":"?","seconds":5,"retries":1,
  "choices":{"1":"Ask","*":"Menu"},"noResponse":"Bye","max":3,"exceeded":"Bye"},
 "Ask":{"type":"collect-information","text":"?","parameter":"PIN","digits":4,
  "next":"Say","noInput":"Nowhere"},
 "Say":{"type":"announcement","text":"!","next":"Save"},
 "Save":{"type":"save-parameter","parameter":"Other","value":"1","next":"Wait"},
 "Wait":{"type":"wait-for-parameter","parameter":"ValidationCheck","seconds":9,
  "next":"Check","timeout":"Nowhere","failure":"Bye"},
 "Check":{"type":"check-parameter","parameter":"ValidationCheck",
  "cases":{"OK":"Agents"},"otherwise":"Elsewhere"},
 "Agents":{"type":"queue","to":"agents"},
 "Elsewhere":{"type":"transfer","to":"+44 20 7946 0000"},
 "Bye":{"type":"disconnect"}},
 "triggers":{"PIN":{"run":["twofa-verify","-q"],"sets":["ValidationCheck"]},
  "ValidationCheck":{"run":["never"],"sets":["X"]}}}
END
}

# Words of both languages for names, and texts that say something in them.
make_hard() {
	cat >hard.json <<'END'
{"start":"start","activities":{
 "start":{"type":"accept","next":"end"},
 "end":{"type":"save-parameter","parameter":"style",
  "value":"a:\"b\" \\N\\l <b>&amp;&#34;|{x}[y](z)`#35;#quot; %%{ é€😀",
  "next":"graph"},
 "graph":{"type":"input-customer","text":"?","seconds":1,
  "choices":{"#":"end","*":"o","1":"click"},"noResponse":"default"},
 "click":{"type":"check-parameter","parameter":"subgraph",
  "cases":{"a|b\"]; x --> y":"style","style:\"#x":"class",
   "<script>alert(1)</script>":"linkStyle","<br>":"o","\\":"o","\\n":"o",
   "\\\"":"o","&lt;":"o","1. a":"o","- a":"o","**a** _b_":"o"},
  "otherwise":"nowhere"},
 "style":{"type":"collect-information","text":"?","parameter":"flowchart",
  "digits":3,"next":"class","noInput":"linkStyle"},
 "class":{"type":"announcement","text":"\"]","next":"direction"},
 "linkStyle":{"type":"announcement","text":"?","next":"TD"},
 "direction":{"type":"announcement","text":"?","next":"classDef"},
 "TD":{"type":"announcement","text":"?","next":"x"},
 "classDef":{"type":"announcement","text":"?","next":"o"},
 "o":{"type":"announcement","text":"?","next":"x"},
 "digraph":{"type":"announcement","text":"?","next":"node"},
 "strict":{"type":"queue","to":"`**x**`"},
 "node":{"type":"queue"},
 "edge":{"type":"announcement","text":"?"},
 "default":{"type":"transfer","to":"\"\\n<&>"},
 "x":{"type":"disconnect"}},
 "triggers":{"flowchart":{"run":["/a b/\u001b[31m\n\t\"x\u0085\u2028\\","y"],
  "sets":["Z"]}}}
END
}

# What a picture has to show, in the words of graph_read.py.
wanted() { # WORKFLOW
	jq -c '
	. as $w | .activities as $all | def ends: IN("queue", "transfer",
		"disconnect");
	def shown: gsub("[\u0000-\u001f\u007f-\u009f\u2028\u2029]"; "?");
	[$all | to_entries[] | .key as $from | .value | to_entries[] |
		if IN(.key; "next", "noResponse", "noInput", "timeout",
			"failure", "otherwise", "exceeded") then
			[$from, .value, (if .key == "next" then "" else .key end)]
		elif .key == "choices" then .value | to_entries[] |
			[$from, .value, "key " + .key]
		elif .key == "cases" then .value | to_entries[] |
			[$from, .value, "= " + .key]
		else empty end] as $exits |
	($all | to_entries[] | .key as $name | .value |
		["activity", $name, if .type | ends then "end" else "step" end,
		[$name, .type + ([.to // .parameter | values | ": " + .] |
			join("")) + ([.value | values | " = " + .] | join("")),
		(select(.type | IN("save-parameter", "collect-information")) |
			$w.triggers[.parameter] | values |
			"runs " + (.run[0] | shown))]]),
	(reduce (.start, $exits[][1]) as $to ([];
		if $all[$to] == null and (index($to) | not)
		then . + [$to] else . end) | .[] |
		["activity", ., "missing", [., "no such activity"]]),
	["start", .start],
	($exits[] | ["exit", .[], $all[.[1]] == null])' "$1"
}

# The picture of a workflow shows the whole of it in both languages.
shows() { # WORKFLOW
	wanted "$1" >wanted
	[ -s wanted ]
	twofa-flow graph "$1" >picture.dot
	read_graph dot <picture.dot | diff wanted -
	twofa-flow graph --mermaid "$1" >picture.mermaid
	read_graph mermaid <picture.mermaid | diff wanted -
	if command -v dot >/dev/null; then
		dot -Tcanon <picture.dot >/dev/null 2>err
		[ ! -s err ]
	fi
}

read_graph() { # LANGUAGE
	python3 -B "$ROOT/tests/graph_read.py" "$1"
}

@test "graph: a small workflow for Graphviz" {
	make_small
	twofa-flow graph small.json >picture
	diff - picture <<'END'
digraph workflow {
	node [shape=box];
	_start [shape=circle, label="start"];
	"Hello" [label="Hello\naccept"];
	"Menu" [label="Menu\ninput-customer"];
	"Ask" [label="Ask\ncollect-information: PIN\nruns twofa-verify"];
	"Say" [label="Say\nannouncement"];
	"Save" [label="Save\nsave-parameter: Other = 1"];
	"Wait" [label="Wait\nwait-for-parameter: ValidationCheck"];
	"Check" [label="Check\ncheck-parameter: ValidationCheck"];
	"Agents" [shape=ellipse, label="Agents\nqueue: agents"];
	"Elsewhere" [shape=ellipse, label="Elsewhere\ntransfer: +44 20 7946 0000"];
	"Bye" [shape=ellipse, label="Bye\ndisconnect"];
	"Nowhere" [color=red, style=dashed, label="Nowhere\nno such activity"];
	_start -> "Hello";
	"Hello" -> "Menu";
	"Menu" -> "Ask" [label="key 1"];
	"Menu" -> "Menu" [label="key *"];
	"Menu" -> "Bye" [label="noResponse"];
	"Menu" -> "Bye" [label="exceeded"];
	"Ask" -> "Say";
	"Ask" -> "Nowhere" [label="noInput"] [color=red, style=dashed];
	"Say" -> "Save";
	"Save" -> "Wait";
	"Wait" -> "Check";
	"Wait" -> "Nowhere" [label="timeout"] [color=red, style=dashed];
	"Wait" -> "Bye" [label="failure"];
	"Check" -> "Agents" [label="= OK"];
	"Check" -> "Elsewhere" [label="otherwise"];
}
END
}

@test "graph: a small workflow for Mermaid" {
	make_small
	twofa-flow graph --mermaid small.json >picture
	diff - picture <<'END'
flowchart TD
	start((start))
	_Hello["Hello<br>accept"]
	_Menu["Menu<br>input-customer"]
	_Ask["Ask<br>collect-information: PIN<br>runs twofa-verify"]
	_Say["Say<br>announcement"]
	_Save["Save<br>save-parameter: Other = 1"]
	_Wait["Wait<br>wait-for-parameter: ValidationCheck"]
	_Check["Check<br>check-parameter: ValidationCheck"]
	_Agents(["Agents<br>queue: agents"])
	_Elsewhere(["Elsewhere<br>transfer: +44 20 7946 0000"])
	_Bye(["Bye<br>disconnect"])
	_Nowhere["Nowhere<br>no such activity"]:::missing
	start --> _Hello
	_Hello --> _Menu
	_Menu -->|"key 1"| _Ask
	_Menu -->|"key #42;"| _Menu
	_Menu -->|"noResponse"| _Bye
	_Menu -->|"exceeded"| _Bye
	_Ask --> _Say
	_Ask -.->|"noInput"| _Nowhere
	_Say --> _Save
	_Save --> _Wait
	_Wait --> _Check
	_Wait -.->|"timeout"| _Nowhere
	_Wait -->|"failure"| _Bye
	_Check -->|"= OK"| _Agents
	_Check -->|"otherwise"| _Elsewhere
	classDef missing stroke:red,stroke-dasharray:5
END
}

@test "graph: every activity and every exit of the built-in ones, once" {
	local name
	for name in call desk; do
		twofa-flow show "$name" >"$name.json"
		shows "$name.json"
	done
	[ "$(grep -c '^\["activity"' wanted)" -ge 25 ]
	twofa-flow graph call.json | diff - <(twofa-flow graph)
	twofa-flow graph --mermaid call.json |
		diff - <(twofa-flow graph --mermaid)
}

@test "graph: what a workflow says says nothing to the program that draws" {
	make_small
	shows small.json
	make_hard
	shows hard.json
	# And nothing to the terminal.
	LC_ALL=C run -1 grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' picture.*
	grep -qF 'runs /a b/?[31m??\"x??\\"' picture.dot
	grep -qF '<b>&amp;amp;&amp;#34;|{x}[y](z)`#35;#quot;' picture.dot
	grep -qF '"= style#58;#34;#35;x"' picture.mermaid
	grep -qF '"= #60;script#62;alert#40;1#41;#60;/script#62;"' picture.mermaid
}

@test "graph: a start that is not there is drawn, once" {
	make_small
	jq -c '.start = "Nowhere"' small.json >broken.json
	shows broken.json
	is "$(grep -c no.such.activity picture.* | tr '\n' ' ')" \
		'picture.dot:1 picture.mermaid:1 '
	grep -qxF $'\t_start -> "Nowhere" [color=red, style=dashed];' picture.dot
	grep -qxF $'\tstart -.-> _Nowhere' picture.mermaid
	jq -c '.start = "Bye" | .activities = {Bye: {type: "disconnect"}}' \
		small.json >tiny.json
	shows tiny.json
}

@test "positive control: the reader of pictures is strict" {
	local line bad
	make_small
	twofa-flow graph small.json >picture.dot
	twofa-flow graph --mermaid small.json >picture.mermaid
	read_graph dot <picture.dot >/dev/null
	read_graph mermaid <picture.mermaid >/dev/null
	while IFS='~' read -r language line bad; do
		LINE=$line BAD=$bad awk '$0 == "\t" ENVIRON["LINE"] {
			$0 = "\t" ENVIRON["BAD"] } { print }' "picture.$language" >broken
		run -1 cmp -s "picture.$language" broken
		run -1 read_graph "$language" <broken
	done <<'END'
dot~"Bye" [shape=ellipse, label="Bye\ndisconnect"];~"Bye" [shape=ellipse, label="Bye"\ndisconnect"];
dot~"Bye" [shape=ellipse, label="Bye\ndisconnect"];~"Bye" [shape=ellipse, label="Bye\ldisconnect"];
dot~"Bye" [shape=ellipse, label="Bye\ndisconnect"];~"Bye" [shape=ellipse, label="Bye & \ndisconnect"];
dot~"Bye" [shape=ellipse, label="Bye\ndisconnect"];~"Bye" [shape=ellipse, label="Bye\ndisconnect"]
dot~"Bye" [shape=ellipse, label="Bye\ndisconnect"];~"Say" [shape=ellipse, label="Bye\ndisconnect"];
dot~"Hello" -> "Menu";~"Hello" -> "Manu";
dot~"Hello" -> "Menu";~Hello -> Menu;
dot~_start -> "Hello";~_start -> "Bye" [label="x"];
mermaid~_Bye(["Bye<br>disconnect"])~_Bye(["Bye<br>dis"connect"])
mermaid~_Bye(["Bye<br>disconnect"])~_Bye(["Bye<b>disconnect"])
mermaid~_Bye(["Bye<br>disconnect"])~_Bye(["Bye<br>#quot;"])
mermaid~_Bye(["Bye<br>disconnect"])~_Bye(["Bye<br>style:#35;"])
mermaid~_Bye(["Bye<br>disconnect"])~_Bye(["Bye<br>disconnect"]
mermaid~_Hello["Hello<br>accept"]~_Hello["`Hello<br>accept`"]
mermaid~_Hello --> _Menu~_Hello -->|"a|b"| _Menu
mermaid~_Hello --> _Menu~_Hello --> Menu
mermaid~_Hello --> _Menu~end --> _Menu
END
}

@test "graph: the file, else the setting, else the built-in one" {
	make_small
	twofa-flow graph small.json >wanted
	twofa-flow graph -w small.json | cmp - wanted
	TWOFA_WORKFLOW=small.json twofa-flow graph | cmp - wanted
	echo 'workflow = small.json' >twofa.conf
	twofa-flow graph -c twofa.conf | cmp - wanted
	twofa-flow show >call.json
	twofa-flow graph -c twofa.conf call.json | cmp - <(twofa-flow graph)
	twofa-flow show desk | twofa-flow graph /dev/stdin >desk
	grep -q ' -> "NoMore" \[label="exceeded"\]' desk
	twofa-flow graph <(cat small.json) | cmp - wanted
}

@test "graph: what is no workflow is status 78, with its fault" {
	echo '{"start":"A","activities":{"A":{"type":"accept","mext":"A"}}}' >bad
	run -78 --separate-stderr twofa-flow graph bad
	is "$output" ''
	# shellcheck disable=SC2154 # set by run
	is "$stderr" "twofa-flow: bad: activity 'A': mext: an activity of type \
accept has no such member"
	echo '{"start":' >bad
	run -78 --separate-stderr twofa-flow graph --mermaid bad
	has "$stderr" 'twofa-flow: bad: line '
	is "$output" ''
	echo 'workflow = bad' >twofa.conf
	run -78 --separate-stderr twofa-flow graph -c twofa.conf
	has "$stderr" 'twofa.conf:1'
	run -78 twofa-flow graph none
	has "$output" 'none: No such file'
	make_small
	chmod g+w small.json
	run -77 twofa-flow graph small.json
	has "$output" 'writable by others'
}

@test "graph and show: wrong use, and output that is lost" {
	make_small
	run -64 twofa-flow graph small.json small.json
	has "$output" 'give one workflow'
	run -64 twofa-flow show --mermaid
	has "$output" 'show does not take --mermaid'
	run -64 twofa-flow graph -I 1
	run -64 twofa-flow show nothing
	run -64 twofa-flow show call desk
	run -74 bash -c 'twofa-flow graph >/dev/full'
	run -74 bash -c 'twofa-flow graph --mermaid >/dev/full'
	run -74 bash -c 'twofa-flow show >/dev/full'
}

# --- show --------------------------------------------------------------------

@test "show: lines that a person goes on from" {
	twofa-flow show >call.json
	head -n 9 call.json | diff - <(
		cat <<'END'
{
  "start": "Accept",
  "maxSMS": 1,
  "activities": {
    "Accept": {"type": "accept", "next": "AskCustomer"},
    "AskCustomer": {"type": "input-customer",
      "text": "If you are our customer, press 1. If you are new, press 2.",
      "seconds": 10, "retries": 1,
      "choices": {"1": "AskIdentifier", "2": "NewCustomer"},
END
	)
	tail -n 1 call.json | grep -qx '}'
	twofa-flow show call | cmp - call.json
	# Only a text that is alone on its line may be longer.
	{ cat call.json && twofa-flow show desk; } >both
	run -1 grep -E '.{81}' <(grep -vE '^ +"text": "[^"]*",$' both)
	# An activity begins on each line of that depth, and nowhere else.
	jq -r '.activities, .triggers | keys_unsorted[]' call.json |
		diff - <(sed -n 's/^    "\([^"]*\)": {.*/\1/p' call.json)
}

@test "show: what comes out is the workflow that is compiled in" {
	local name
	for name in call desk; do
		twofa-flow show "$name" >"$name.json"
		cmp "$name.json" "$ROOT/cmd/twofa-flow/workflow/$name.json"
		jq . "$name.json" >again.json
		[ "$(jq -S . again.json)" = "$(jq -S . "$name.json")" ]
		twofa-flow graph again.json | cmp - <(twofa-flow graph "$name.json")
	done
	[ "$(jq -c '[.. | numbers] | unique' call.json)" = \
		'[1,5,10,15,30,60]' ]
	run -1 grep -E '[0-9]\.0' call.json desk.json
}

# The call as far as the PIN and behind it; the time does not matter.
call_to_the_end() { # OPTIONS
	rm -f outbox
	twofa-task new --id t | twofa-flow step "$@" -I 1 -I 123456 >1.json
	twofa-lookup -d csv:customers.csv 1.json | twofa-flow step "$@" >2.json
	twofa-sendpin -k key -s file:outbox 2.json | twofa-flow step "$@" >3.json
	pin_of outbox >pin
	twofa-flow step "$@" -I @pin 3.json | twofa-verify -k key |
		twofa-flow step "$@" >4.json
	jq -c 'del(.. | objects | select((.name // .Name) | IN("FlowSince",
		"GeneratedPIN", "PINExpires")))' [1-4].json
}

@test "show: a call through it is a call through the one compiled in" {
	make_customers
	twofa-flow show >call.json
	chmod 644 call.json
	call_to_the_end >wanted
	is "$(value FlowOutcome 4.json)" queued
	TWOFA_LEDGER=$PWD/other.db call_to_the_end -w call.json >got
	is "$(value FlowOutcome 4.json)" queued
	diff wanted got
}
