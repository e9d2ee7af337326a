# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced: stops a program after it has written a file and before it renames that into place, so that a test can change the file meanwhile.

can_stop() { strace -qq -o /dev/null true 2>/dev/null; }

# start_and_stop TRACE PROGRAM...: returns when PROGRAM has stopped after its first fsync(), or has ended. LeakSanitizer does not work
# under strace.
start_and_stop() {
	local trace=$1
	shift
	: >"$trace"
	ASAN_OPTIONS=detect_leaks=0 strace -D -qq -o "$trace" -e trace=fsync -e inject=fsync:signal=STOP:when=1 "$@" &
	stopped=$!
	until grep -q 'stopped by SIGSTOP' "$trace" || ! kill -0 "$stopped" 2>/dev/null; do sleep 0.02; done
}

# Returns PROGRAM's exit status.
resume() {
	kill -CONT "$stopped" 2>/dev/null
	wait "$stopped"
}
