#!/bin/sh
# compile_commands.json for editors. usage: compile-commands.sh COMMAND

cd "$(dirname "$0")/../.." || exit 1
git ls-files '*.c' | jq -Rn --arg dir "$PWD" --arg command "$1" \
	'[inputs | {directory: $dir, file: ., command: "\($command) -c \(.)"}]'
