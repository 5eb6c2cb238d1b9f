#!/bin/sh
# The directory is the layer: an include names only what stands below it, and a
# foreign header stands only in the rooms that are there for it.

set -u
cd "$(dirname "$0")/../.." || exit 1
status=0

# complain ABOUT, a line of stdin each.
complain() {
	while read -r line; do
		[ -n "$line" ] || continue
		echo "$line: $1"
		status=1
	done
}

# includes WHERE PREFIX: "FILE: WHAT" for each include of that in there.
includes() {
	git grep -oE "^#include [\"<]$2[^\">]*" -- "$1" |
		sed 's/:#include ["<]/: /'
}

# From the ground up: a room may use what stands below it.
rooms="base text file process settings task customer ledger filter net"
below=
for room in $rooms; do
	below="$below|$room"
	complain "not below common/$room" <<-END
	$(includes "common/$room" common/ | grep -vE ": common/(${below#|})/")
	END
done
complain "no such room in layers.sh" <<END
$(for room in common/*/; do
	case " $rooms " in
	*" $(basename "$room") "*) ;;
	*) echo "$room" ;;
	esac
done)
END

# A program's files are no other's, its parts know nothing of the whole, and
# only drivers have a network.
complain "common knows no program" <<END
$(includes common cmd/)
END
for program in cmd/*/; do
	complain "of another program" <<-END
	$(includes "$program" cmd/ | grep -v ": $program")
	END
	for part in "$program"*/; do
		[ -d "$part" ] || continue
		complain "of the whole, in a part of it" <<-END
		$(includes "$part" "$program" |
			grep -E ": ${program}[a-z_]*\.h\$")
		END
	done
done
complain "only drivers have a network" <<END
$(includes 'cmd/twofa-*' common/net/)
END

# foreign HEADER ROOM...
foreign() {
	header=$1
	shift
	complain "not in a room of $*" <<-END
	$(includes 'c*' "$header" | grep -vE "^($(echo "$*" | tr ' ' '|'))/")
	END
}

foreign curl/ common/net
foreign sqlite3 common/customer common/ledger
foreign sodium common/task common/ledger common/net cmd/sms-acs
foreign ini common/settings

exit $status
