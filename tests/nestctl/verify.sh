# shellcheck shell=bash
# shellcheck disable=SC2034	# with and without are for those who source this
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of `nestctl verify` share; for the inside of the sandbox. $nestctl is the program.
# shellcheck source-path=SCRIPTDIR source=../live/guests.sh disable=SC1091
. "${BASH_SOURCE[0]%/*}/../live/guests.sh"
nestctl=${nestctl-nestctl}
passed=0
failed=0
skipped=0
cd /run || exit 1
with="<cpu mode='custom' match='exact'><model>qemu64</model><feature policy='require' name='svm'/></cpu>"
without="<cpu mode='custom' match='exact'><model>qemu64</model><feature policy='disable' name='svm'/></cpu>"

ok() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok - $name (line ${BASH_LINENO[-2]}, exit status $status)"
		sed 's/^/	/' out err
	fi
}
skip() { # REASON
	skipped=$((skipped + 1))
	echo "skipped - $1"
}
run() { # ARGUMENT...: leaves $status, out, err
	"$nestctl" verify "$@" >out 2>err </dev/null
	status=$?
}
answers() { # STATUS FIRST LAST: the exit status, words of the first line, words of the last
	[ "$status" = "$1" ] && [ ! -s err ] && head -n 1 out | grep -qF -- "$2" && tail -n 1 out | grep -qF -- "$3"
}
row() { grep -qE -- "^$1 +$2" out; } # NAME EXPRESSION
fails() { # STATUS WORDS
	[ "$status" = "$1" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qF -- "$2" err
}
is_json() {
	perl -MJSON::PP -e '
		my $json = decode_json(do { local $/; <STDIN> });
		for (qw(nested guest uuid running persistent policy stored_cpu live_cpu qemu host log agent warnings verdict advice)) {
			exists $json->{$_} or die "no $_\n";
		}' <out 2>err
}
json() { # KEY...: its value, as JSON has it
	perl -MJSON::PP -e '
		my $json = decode_json(do { local $/; <STDIN> });
		$json = $json->{$_} for @ARGV;
		print JSON::PP->new->allow_nonref->encode($json)' "$@" <out
}
is() { [ "$1" = "$2" ] || { echo "got: $1, wanted: $2" >err && false; }; }
start() { # NAME
	virsh -q start --domain="$1" >out 2>err || ok "guest $1 starts" false
}

# judge NAME GUEST STATUS FIRST LAST: both forms of the answer about a running guest
judge() {
	local nested
	case $3 in 0) nested=true ;; 1) nested=false ;; *) nested=null ;; esac
	run "$2"
	ok "$1" answers "$3" "$4" "$5"
	run --json "$2"
	ok "$1: JSON" is_json
	ok "$1: JSON's status" is "$status $(json nested)" "$3 $nested"
}

summary() {
	[ "$skipped" = 0 ] || echo "$skipped skipped"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
