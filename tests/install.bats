#!/usr/bin/env bats
# What install puts somewhere, uninstall takes away: that, and nothing else.
# shellcheck disable=SC2154 # run sets stderr

load common

setup() {
	setup_dir
}

# make_here TARGET PREFIX [DESTDIR]: never a build inside of the tests.
make_here() {
	env -u MAKEFLAGS -u MFLAGS make -s -C "$ROOT" -o all \
		"OUT=${BUILD#"$ROOT"/}" "PREFIX=$2" "DESTDIR=${3-}" "$1"
}

installed() { # DIR
	(cd "$1" && find . | sort)
}

@test "install: what is there, and that it works from where it is" {
	make_customers
	make_here install /usr/local "$PWD/dest"
	local at=dest/usr/local program page
	for program in "$BUILD"/bin/*; do
		cmp "$program" "$at/bin/${program##*/}"
		is "$(stat -c %a "$at/bin/${program##*/}")" 755
	done
	cmp "$DRIVERS/sms-acs" "$at/libexec/twofa/sms-acs"
	for page in "$ROOT"/man/*.[1-9]; do
		cmp "$page" "$at/share/man/man${page##*.}/${page##*/}"
	done
	cmp "$ROOT/man/examples/twofa.conf" \
		"$at/share/doc/twofa/examples/twofa.conf"
	is "$("$at/bin/twofa-task" new --id t1 CustomerIdentifier=123456 |
		"$at/bin/twofa-lookup" -d csv:customers.csv |
		value CustomerRecognized)" Yes
	# The driver beside it is found, also when PREFIX was another.
	run -78 --separate-stderr "$at/bin/twofa-sendpin" --dry-run -k key \
		-f A -s acs:file:none </dev/null
	has "$stderr" "none: No such file"
}

@test "install: whoever's umask it is, all can read and run it" {
	(umask 077 && make_here install "$PWD/opt/twofa")
	is "$(find opt -type d ! -perm 755)" ""
	is "$(find opt/twofa/bin opt/twofa/libexec -type f ! -perm 755)" ""
	is "$(find opt/twofa/share -type f ! -perm 644)" ""
}

@test "uninstall: nothing is left of DESTDIR and PREFIX, in any order" {
	mkdir dest
	make_here install /usr/local "$PWD/dest"
	make_here uninstall /usr/local "$PWD/dest"
	is "$(installed dest)" .
	# Twice each.
	make_here install "$PWD/opt/twofa"
	make_here install "$PWD/opt/twofa"
	make_here uninstall "$PWD/opt/twofa"
	[ ! -e opt ]
	run -0 --separate-stderr make_here uninstall "$PWD/opt/twofa"
	is "$stderr" ""
	[ ! -e opt ]
	# Another PREFIX is left alone.
	make_here install "$PWD/a"
	installed a >before
	make_here uninstall "$PWD/b"
	installed a | diff before -
}

@test "uninstall: what others put there stays, and so do directories from before" {
	mkdir -p p/bin p/share/man/man1 p/libexec p/etc/twofa p/var/lib/twofa
	: >p/bin/other
	: >p/share/man/man1/other.1
	: >p/var/lib/twofa/ledger.db
	: >p/etc/twofa/key
	installed p >before
	make_here install "$PWD/p"
	printf '#!/bin/sh\n' >p/libexec/twofa/sms-own
	: >p/share/doc/twofa/notes
	chmod +x p/libexec/twofa/sms-own
	make_here uninstall "$PWD/p"
	printf '%s\n' ./libexec/twofa ./libexec/twofa/sms-own ./share/doc \
		./share/doc/twofa ./share/doc/twofa/notes | sort - before |
		diff - <(installed p)
	# Installed again and taken away, with nobody else's in it.
	rm p/libexec/twofa/sms-own p/share/doc/twofa/notes
	make_here install "$PWD/p"
	make_here uninstall "$PWD/p"
	echo ./share/doc | sort - before | diff - <(installed p)
}

@test "uninstall: what an older version installed, and no directory is guessed" {
	make_here install "$PWD/p"
	rm p/share/doc/twofa/folders
	make_here uninstall "$PWD/p"
	is "$(find p ! -type d)" ""
	[ -d p/bin ]
	[ ! -e p/libexec/twofa ] && [ ! -e p/share/doc/twofa ]
}
