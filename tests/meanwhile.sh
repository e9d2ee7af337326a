# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced: stops a program between what it wrote and the rename that puts it in place, for a test to change the file meanwhile.

can_stop() { strace -qq -o /dev/null true 2>/dev/null; }

# start_and_stop TRACE PROGRAM...: returns when PROGRAM has stopped after its first fsync(), or has ended. A traced process cannot look for leaks.
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
	kill -CONT "$stopped"
	wait "$stopped"
}
