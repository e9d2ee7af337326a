# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# How a test says what it found, one line each: for inside and fleet, whose lines run counts.

said=/run/said # what the last command said, for the next one

ok() { # NAME COMMAND...
	local name=$1 status=0
	shift
	"$@" >"$said.new" 2>&1 || status=$?
	mv "$said.new" "$said"
	if [ "$status" = 0 ]; then
		echo "ok - $name"
	else
		echo "not ok - $name (${BASH_SOURCE[1]##*/}, line ${BASH_LINENO[0]})"
		sed 's/^/	/' "$said"
	fi
}
not() { ! "$@"; }
is() { [ "$1" = "$2" ] || { echo "got $1, wanted $2"; return 1; }; }
