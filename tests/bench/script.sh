#!/bin/sh
# The job of twofa-lookup, twofa-sendpin and twofa-verify for one caller, as a
# shell script would do it with jq, sqlite3 and openssl: the yardstick of
# make bench. A PIN is drawn without bias, encrypted, authenticated together
# with task, customer and number, and opened again.
#
# usage: script.sh DIR	with task.json, customers.db and key in it

set -eu
cd "$1"
key=$(cat key)

# --- look-up
id=$(jq -r '.taskInformation.customContextParameters
	| map(select(.name == "CustomerIdentifier"))[0].value' task.json)
case $id in
[0-9][0-9][0-9][0-9][0-9][0-9]) ;;
*) exit 1 ;;
esac
number=$(sqlite3 -readonly customers.db \
	"select SMSNumber from Customers where Number = '$id'")
jq -c --arg number "$number" '.taskInformation.customContextParameters += [
	{name: "CustomerRecognized", value: "Yes"},
	{name: "SMSNumber", value: $number}]' task.json >recognised.json

# --- send
task=$(jq -r .taskId recognised.json)
while :; do
	draw=$(($(openssl rand -hex 4 | sed 's/^/0x/')))
	[ $draw -ge 4294962000 ] || break
done
pin=$((1000 + draw % 9000))
iv=$(openssl rand -hex 16)
expires=$(($(date +%s) + 600))
sealed=$(printf '%s %s' "$pin" "$expires" |
	openssl enc -aes-256-cbc -K "$key" -iv "$iv" -a -A)
tag=$(printf '%s|%s|%s|%s|%s' "$task" "$id" "$number" "$iv" "$sealed" |
	openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -r)
jq -nc --arg to "$number" --arg message "Your PIN code is: $pin" \
	'{to: $to, message: $message}' >>outbox.json
jq -c --arg pin "v0.$iv.$sealed.${tag%% *}" \
	'.taskInformation.customContextParameters += [
	{name: "SMSSent", value: "Yes"},
	{name: "GeneratedPIN", value: $pin}]' recognised.json >sent.json

# --- verify
generated=$(jq -r '.taskInformation.customContextParameters
	| map(select(.name == "GeneratedPIN"))[0].value' sent.json)
IFS=. read -r version iv sealed tag <<END
$generated
END
[ "$version" = v0 ]
expected=$(printf '%s|%s|%s|%s|%s' "$task" "$id" "$number" "$iv" "$sealed" |
	openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -r)
[ "$tag" = "${expected%% *}" ]
opened=$(printf '%s' "$sealed" |
	openssl enc -d -aes-256-cbc -K "$key" -iv "$iv" -a -A)
[ "${opened#* }" -gt "$(date +%s)" ]
if [ "$pin" = "${opened%% *}" ]; then check=OK; else check=Failed; fi
jq -c --arg check "$check" '.taskInformation.customContextParameters |=
	map(select(.name != "GeneratedPIN")) + [
	{name: "ValidationCheck", value: $check}]' sent.json
