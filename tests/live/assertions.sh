# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests under a real libvirtd say: a line for each assertion, and how many there were when the test ends.
passed=0
failed=0
current=	# what is under way, where a test is one of several
trap summary EXIT

summary()
{
	local status=$?
	if [ "$status" != 0 ]; then
		report 1 "${current:-the test} comes to its end"
	fi
	echo "$passed passed, $failed failed"
	exit $((failed > 0))
}

# report STATUS NAME [DETAIL]
report()
{
	local ok="not ok"
	if [ "$1" = 0 ]; then
		ok=ok
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	echo "$ok $((passed + failed)) - $2"
	if [ "$1" != 0 ] && [ "${3-}" ]; then
		printf '# %s\n' "${3//$'\n'/$'\n'# }"
	fi
}

# is NAME GOT WANTED
is()
{
	local status=0
	[ "$2" = "$3" ] || status=1
	report "$status" "$1" "got:    $2"$'\n'"wanted: $3"
}

# says NAME TEXT WORDS...: the text contains all of them
says()
{
	local name=$1 text=$2 words
	shift 2
	for words; do
		if [[ $text != *"$words"* ]]; then
			report 1 "$name" "missing: $words"$'\n'"$text"
			return
		fi
	done
	report 0 "$name"
}

# works NAME COMMAND...
works()
{
	local name=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	report "$status" "$name" "exit status $status"$'\n'"$output"
}

# fails NAME STATUS COMMAND -- WORDS...: it exits so, and says all of them
fails()
{
	local name=$1 wanted=$2 output status=0 command=()
	shift 2
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	output=$("${command[@]}" 2>&1) || status=$?
	if [ "$status" = "$wanted" ]; then
		says "$name" "$output" "$@"
	else
		report 1 "$name" "exit status $status instead of $wanted"$'\n'"$output"
	fi
}
