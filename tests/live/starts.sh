# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What becomes of guests whose stored CPU does not state their policy: at `virsh start`, with the watcher and without, on any way to a running
# guest. The same under the sandbox's libvirtd with emulated guests (tests/live/starts) and in the lab with KVM's (tests/lab/tests/starts), which set
#
#   type FEATURE with without    the guests' type; the feature in capitals; a <cpu> that has it, and one that has not
#
# The guests' own CPUID is the judge. What a test leaves is undefined by the next.
ours=/usr/bin/nestctl

# run_starts [TEST...]: these, or all; run_starts --but TEST...: the others
run_starts()
{
	local all tests=("$@")
	readarray -t all < <(declare -F | awk '/ starts_/ {print $3}')
	if [ $# = 0 ]; then
		tests=("${all[@]}")
	elif [ "$1" = --but ]; then
		readarray -t tests < <(printf '%s\n' "${all[@]}" | grep -vxF "$(printf '%s\n' "${@:2}")")
	fi
	for current in "${tests[@]}"; do
		clear_guests
		policy </dev/null
		"$current"
	done
}

# ---- words of these tests ----

clear_guests()
{
	local guest
	virsh list --uuid | while read -r guest; do
		[ -z "$guest" ] || virsh -q destroy "$guest" </dev/null
	done
	virsh list --all --uuid | while read -r guest; do
		[ -z "$guest" ] || virsh -q undefine "$guest" --managed-save --snapshots-metadata </dev/null
	done
	rm -f /run/guests/*.serial
}

# require GUEST [KEY...]: its policy
require_nesting()
{
	local guest=$1
	shift
	{ printf '[guest %s]\nnested = require\n' "$guest"; printf '%s\n' "$@"; } | policy
}

# has NAME GUEST 0|1: what its CPUID says when it has started
has()
{
	is "$1" "$(said "$2" | grep -o "$FEATURE=.")" "$FEATURE=$3"
}

# comes_up GUEST: within some seconds it runs. What asks again and again is connected for reading alone, or the helper would yield to it.
comes_up()
{
	for _ in {1..300}; do
		[ "$(virsh -r domstate "$1" 2>/dev/null)" = running ] && return
		sleep 0.1
	done
	tail -n 5 /run/syslog
	return 1
}

# helpers: the processes that work on a guest, by their locks; one that has started its guest and only watches it has none any more
helpers()
{
	local file
	for file in /proc/[0-9]*/fd/3; do
		if [[ $(readlink "$file" 2>/dev/null) = /run/nestxml/lock-* ]]; then
			echo "$file"
		fi
	done
}

# settles: every helper has ended
settles()
{
	for _ in {1..300}; do
		[ "$(helpers)" ] || return 0
		sleep 0.1
	done
	return 1
}

# states GUEST: what its stored CPU says of the feature
states()
{
	virsh -r dumpxml --inactive --domain="$1" | grep -o "<feature policy='[a-z]*' name='${FEATURE,,}'/>" | cut -d "'" -f 2
}

# outside_cpu GUEST: its definition but for its <cpu>
outside_cpu()
{
	inactive "$1" | tr '\n' '\001' | sed "s,<cpu.*</cpu>,," | tr '\001' '\n'
}

start_watch()
{
	: >/run/watch.log	# not the words of one before
	nestctl watch 2>/run/watch.log &
	watch=$!
	for _ in {1..300}; do
		grep -q 'watching the guests' /run/watch.log && return
		sleep 0.1
	done
	cat /run/watch.log
	return 1
}

end_watch()
{
	local start=${EPOCHREALTIME/./} status=0
	kill "$watch"
	wait "$watch" || status=$?
	is "the watcher ends on SIGTERM" "$status" 0
	works "within a second" [ $((${EPOCHREALTIME/./} - start)) -lt 1000000 ]
}

# rewritten GUEST POLICY: within some seconds its stored CPU states it
rewritten()
{
	for _ in {1..300}; do
		[ "$(states "$1")" = "$2" ] && return
		sleep 0.1
	done
	states "$1"
	return 1
}

# hold_helper: it answers the hook, is told that the answer was taken, and then waits until release_helper
hold_helper()
{
	rm -f /run/go
	printf '#!/bin/bash\nexec 4<&0\nexec /run/nestctl "$@" < <(exec 3>&-; head -c 1 <&4; until [ -e /run/go ]; do sleep 0.1; done) 4<&-\n' >/run/held
	cp "$ours" /run/nestctl
	chmod 755 /run/held
	mount --bind /run/held "$ours"
}

release_helper()
{
	touch /run/go
	umount -l "$ours"
}

# ---- the hook on a stale guest ----

starts_restart()
{
	local before
	define stale "$type" "$without" "<other:thing xmlns:other='urn:other'>of others</other:thing>" \
		"<graphics type='vnc' passwd='geheim'><listen type='socket'/></graphics><video><model type='none'/></video>"
	before=$(outside_cpu stale)
	require_nesting stale '[default]' 'managers = !urn:other'
	fails "a stale guest is refused, and the user reads what happens" 1 virsh start stale -- \
		"guest 'stale'" "does not state nested=require" "it will be started again if virsh (process " "has disconnected within 5 s"
	works "it is started again" comes_up stale
	has "and has the feature" stale 1
	is "nothing else of it has changed" "$(outside_cpu stale)" "$before"
	says "a password and others' metadata among it" "$(inactive stale)" "passwd='geheim'" "of others"
	works "the helper's work ends" settles
	is "and leaves nothing" "$(ls /run/nestxml)" ""
	is "its own rewrite is no reason to look again" \
		"$(grep -o "guest 'stale': \(rewritten\|unchanged\|started again\)" /run/syslog | tail -n 2 | cut -d ' ' -f 3-)" $'rewritten\nstarted again'
	stop stale
	works "the next start passes" virsh -q start stale
	stop stale
	printf '[default]\nmanagers = !urn:other\n[guest stale]\nnested = disable\n' | policy
	fails "the same where it is to have none" 1 virsh start stale -- "it will be started again if virsh"
	works "it is started again" comes_up stale
	has "and has none" stale 0
}

# ---- nobody else's work: DESIGN 3.5 ----

# left NAME WORDS...: the guest `stale` was rewritten and left stopped, and the log says why
left()
{
	local name=$1
	shift
	works "$name: the helper's work ends" settles
	is "$name: it is rewritten" "$(states stale)" require
	is "$name: and left stopped" "$(virsh domstate stale)" "shut off"
	says "$name: the log says why" "$(grep "guest 'stale': left stopped" /run/syslog | tail -n 1)" "$@"
}

starts_not_while_another_is_connected()
{
	define stale "$type" "$without"
	require_nesting stale
	mkfifo /run/open
	virsh </run/open >/run/open.log 2>&1 &
	exec 8>/run/open
	echo list >&8
	sleep 0.5
	fails "who is connected is named" 1 virsh start stale -- "virsh (process $!)" "and virsh (process" "have disconnected within 5 s" \
		"otherwise start it again"
	left "while one stays connected" "another program is still connected"
	exec 8>&-
	wait $! || true
	rm /run/open
	works "and the user starts it" virsh -q start stale
	has "with the feature" stale 1
}

starts_not_if_the_caller_comes_back()
{
	define stale "$type" "$without"
	require_nesting stale
	virsh start stale >/dev/null 2>&1 || virsh -q undefine stale
	works "start || undefine is not overtaken: the helper's work ends" settles
	is "and no guest is there" "$(virsh list --all --name | tr -d '\n')" ""
}

# libvirt stores white space next to CDATA, and each section, as they were set; once the guest has run, what the hook gets has neither (9.0).
starts_of_metadata_that_libvirt_reads_differently()
{
	define stale "$type" "$without"
	virsh -q metadata stale urn:a --key a --config --set '<a> <![CDATA[b]]> <![CDATA[c]]> </a>'
	virsh -q start stale
	stop stale
	says "libvirt stores metadata as it was set" "$(</etc/libvirt/qemu/stale.xml)" '> <![CDATA[b]]> <![CDATA[c]]> <'
	require_nesting stale '[default]' 'managers = !urn:a'
	fails "a stale start from that is refused" 1 virsh start stale -- "it will be started again if virsh"
	works "and is known to be one from it: it is started again" comes_up stale
	works "the helper's work ends" settles
}

# no_guest: within some seconds there is none
no_guest()
{
	for _ in {1..300}; do
		[ "$(virsh -r list --all --name | tr -d '\n')" ] || return 0
		sleep 0.1
	done
	virsh -r list --all
	tail -n 5 /run/syslog
	return 1
}

# logged WORDS: within some seconds the log has them
logged()
{
	for _ in {1..300}; do
		grep -qF "$1" /run/syslog && return
		sleep 0.1
	done
	tail -n 5 /run/syslog
	return 1
}

starts_and_its_owner_undefines_it()
{
	define stale "$type" "$without"
	require_nesting stale
	virsh start stale >/dev/null 2>&1 || true
	works "a guest is started by the helper" comes_up stale
	virsh -q undefine stale
	works "its owner undefines it, and it does not run on" no_guest
	works "which the log says" logged "guest 'stale': destroyed: it was undefined"
}

# signal_helpers SIGNAL: sends it to all helpers; one may end meanwhile
signal_helpers()
{
	grep -l 'hook-helpe[r]' /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3 | xargs -r kill "$1" || true
}

# The helper is paused, so that it does not matter how long libvirt takes to come back.
starts_and_its_owner_undefines_it_while_libvirt_restarts()
{
	define restarted "$type" "$without"
	require_nesting restarted
	virsh start restarted >/dev/null 2>&1 || true
	works "a guest is started by the helper" logged "guest 'restarted': started again"
	signal_helpers -STOP
	restart_libvirtd -TERM
	virsh -q undefine restarted
	signal_helpers -CONT
	works "libvirt restarts, its owner undefines it, and it does not run on" no_guest
	works "which the log says" logged "guest 'restarted': destroyed: it was undefined"
}

# ending_hook CALL COMMAND...: a second hook, which at that call of the helper's start ends libvirt's daemon, waits until it has hung up, pauses the
# helper and runs the command, once. The hook ignores the refused start, whose CPU still lacks the feature.
ending_hook()
{
	local hook=/etc/libvirt/hooks/qemu.d/ending call=$1
	shift
	mkdir -p "${hook%/*}"
	cat >"$hook" <<-END
		#!/bin/bash
		[ "\$2" = $call ] && grep -q "policy='require' name='${FEATURE,,}'" || exit 0
		rm "\$0"
		kill \$(cat /run/$daemon.pid)
		for _ in \$(seq 100); do
			virsh -r -c qemu:///system uri >/dev/null 2>&1 || break
			sleep 0.1
		done
		$(declare -f signal_helpers)
		signal_helpers -STOP
		$*
	END
	chmod +x "$hook"
	restart_libvirtd -TERM
	ending=$(<"/run/$daemon.pid")
}

# libvirt runs a hook once QEMU runs ("started"), and only then answers the caller that asked for the start.
starts_and_libvirt_ends_before_it_answers()
{
	local ending
	ending_hook started true
	define unanswered "$type" "$without"
	require_nesting unanswered
	virsh start unanswered >/dev/null 2>&1 || true
	works "libvirt exits before it answers the helper, and comes back" restarted "$ending"
	works "the guest runs all the same" comes_up unanswered
	virsh -q undefine unanswered
	signal_helpers -CONT
	works "the guest's owner undefines it, and it does not run on" no_guest
	works "which the log says" logged "guest 'unanswered': destroyed: it was undefined"
	works "and that the helper's start had succeeded" logged "guest 'unanswered': started again; libvirt was not able to confirm it"
}

# The helper is paused until another program has started the guest.
starts_and_another_program_starts_it_when_libvirt_is_back()
{
	local ending
	ending_hook prepare exit 1
	define overtaken "$type" "$without"
	require_nesting overtaken
	virsh start overtaken >/dev/null 2>&1 || true
	works "libvirt exits during the helper's start, and comes back" restarted "$ending"
	works "the guest's owner starts it" virsh -q start overtaken
	signal_helpers -CONT
	virsh -q undefine overtaken
	works "the helper knows that it may not have started this run" logged "guest 'overtaken': running, but perhaps started by another program"
	works "and its work ends" settles
	is "it runs on, though its owner undefines it" "$(virsh domstate overtaken)" running
	stop overtaken
}

# A restarted libvirt counts the runs from the highest number of a guest that runs.
starts_and_its_number_is_given_to_another_run()
{
	local number
	define renumbered "$type" "$without"
	require_nesting renumbered
	virsh start renumbered >/dev/null 2>&1 || true
	works "a guest is started by the helper" logged "guest 'renumbered': started again"
	signal_helpers -STOP
	number=$(virsh -q domid renumbered)
	virsh -q destroy renumbered
	restart_libvirtd -TERM
	for _ in {1..100}; do
		virsh -q start renumbered
		[ "$(virsh -q domid renumbered)" != "$number" ] || break
		virsh -q destroy renumbered
	done
	is "libvirt restarts, and a start by the guest's owner has the same number" "$(virsh -q domid renumbered)" "$number"
	virsh -q undefine renumbered
	signal_helpers -CONT
	works "the helper knows that it has not started this run" logged "guest 'renumbered': what this helper started has ended"
	is "it runs on, though its owner undefines it" "$(virsh domstate renumbered)" running
	stop renumbered
}

starts_and_its_owner_replaces_its_definition()
{
	define stale "$type" "$without"
	require_nesting stale
	virsh start stale >/dev/null 2>&1 || true
	works "a guest is started by the helper" comes_up stale
	virsh dumpxml --inactive --security-info stale >/run/replaced.xml
	virsh -q "undefine stale; define /run/replaced.xml" # on one connection: a busy machine takes 300 ms for another virsh
	sleep 2
	is "its owner undefines and defines it: it keeps running" "$(virsh domstate stale 2>&1 | head -n 1)" running
	virsh -q destroy stale
	virsh -q undefine stale
}

starts_and_its_owner_undefines_another_run()
{
	define stale "$type" "$without"
	require_nesting stale
	virsh start stale >/dev/null 2>&1 || true
	works "a guest is started by the helper" comes_up stale
	works "the helper's work ends" settles
	virsh -q destroy stale
	virsh -q start stale
	virsh -q undefine stale
	sleep 1
	is "its owner's own start runs on" "$(virsh domstate stale)" running
	stop stale
}

starts_not_a_managers_guest()
{
	define stale "$type" "$without" "<ovirt-vm:vm xmlns:ovirt-vm='http://ovirt.org/vm/1.0'/>"
	require_nesting stale
	start_watch
	fails "a manager's guest is judged" 1 virsh start stale -- "does not state nested=require" "another program manages it (http://ovirt.org/vm/1.0)" \
		"nestctl apply stale"
	works "no helper is there" settles
	sleep 0.5
	is "nor is it rewritten" "$(states stale)" disable
	says "the watcher says so" "$(</run/watch.log)" "guest 'stale': left alone" "(http://ovirt.org/vm/1.0)"
	says "so does apply --all" "$(nestctl apply --all)" "guest 'stale': left alone" "1 guests: 0 rewritten, 0 unchanged, 0 failed, 1 managed elsewhere"
	is "and does so" "$(states stale)" disable
	says "and with --dry-run" "$(nestctl apply --all --dry-run)" "guest 'stale': left alone"
	says "apply does as it is told" "$(nestctl apply stale)" "guest 'stale': rewritten"
	works "then it starts" virsh -q start stale
	has "with the feature" stale 1
	end_watch
}

starts_without_the_admin_api()
{
	define stale "$type" "$without"
	require_nesting stale
	mv "$(socket admin-sock)" /run/libvirt/away
	fails "where nobody can say who is connected, nothing is started" 1 virsh start stale -- "it is unknown which programs are connected to libvirt" \
		"start it again in a second"
	left "without the admin API" "it is unknown which programs are connected to libvirt"
	start_watch
	define new "$type" "$without"
	require_nesting '*'
	works "the watcher rewrites all the same" rewritten new require
	says "and says that it waits" "$(</run/watch.log)" "libvirt does not say who is connected"
	end_watch
	mv /run/libvirt/away "$(socket admin-sock)"
}

# As on a host that has been changed over from one daemon to the other, of which that one was killed.
starts_next_to_the_pid_file_of_a_daemon_that_has_gone()
{
	local gone=virtqemud
	[ "$daemon" = libvirtd ] || gone=libvirtd
	echo 4194304 >"/run/$gone.pid"
	define stale "$type" "$without"
	require_nesting stale
	fails "the daemon that runs is asked who is connected" 1 virsh start stale -- "it will be started again if virsh (process"
	works "and the guest comes" comes_up stale
	works "the helper's work ends" settles
	rm "/run/$gone.pid"
}

# Of its admin API the daemon takes no more clients than it is told to; the next one waits until one of these has gone.
starts_while_the_admin_api_is_busy()
{
	local fd fds=()
	define stale "$type" "$without"
	require_nesting stale
	virt-admin -q -c "$daemon:///system" srv-clients-set admin --max-clients 5
	for _ in {1..5}; do
		exec {fd}> >(exec virt-admin -c "$daemon:///system" >>/run/busy.log 2>&1)
		echo srv-list >&"$fd"
		fds+=("$fd")
	done
	sleep 1
	fails "while libvirt answers others, it is waited for" 1 virsh start stale -- \
		"it will be started again if libvirt says within 60 s who is connected, and no other program is at work on it; otherwise start it again"
	works "meanwhile it is rewritten" rewritten stale require
	sleep 1
	is "and not started" "$(virsh domstate stale)" "shut off"
	for fd in "${fds[@]}"; do exec {fd}>&-; done
	works "once libvirt answers it is started again" comes_up stale
	virt-admin -q -c "$daemon:///system" srv-clients-set admin --max-clients 5000
	has "and has the feature" stale 1
	works "the helper's work ends" settles
}

# hold_locks NAME COUNT: /run/nestxml/NAME0 and on are locked until the process holder ends
hold_locks()
{
	python3 -c 'if True:
		import fcntl, sys, time
		files = [open(f"/run/nestxml/{sys.argv[1]}{i}", "w") for i in range(int(sys.argv[2]))]
		for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
		open("/run/locked", "w"); time.sleep(600)' "$@" &
	holder=$!
	until [ -e /run/locked ]; do sleep 0.1; done
	rm /run/locked
}

starts_more_than_there_are_helpers_for()
{
	define stale "$type" "$without"
	require_nesting stale
	mkdir -p /run/nestxml
	touch /run/nestxml/lock-killed{1..256} # of helpers that were killed
	hold_locks lock-other 256
	fails "the 257th at once is told to be started by hand" 1 virsh start stale -- \
		"its definition is being rewritten: start it again in a second"
	works "it is rewritten" rewritten stale require
	kill $holder
	rm /run/nestxml/lock-other*
	works "the helper's work ends" settles
	is "it is left stopped" "$(virsh domstate stale)" "shut off"
	define killed "$type" "$without"
	require_nesting killed
	fails "what killed helpers have left is no helper" 1 virsh start killed -- "it will be started again"
	works "so that guest is started" comes_up killed
	rm /run/nestxml/lock-killed*
	works "and the user starts it" virsh -q start stale
}

starts_that_wait_for_their_turn()
{
	define queued "$type" "$without"
	define ended "$type" "$without"
	printf '[guest queued]\nnested = require\n[guest ended]\nnested = require\n' | policy
	mkdir -p /run/nestxml
	hold_locks slot- 4
	fails "while as many as there may be are at work, one is told of three minutes" 1 virsh start queued -- \
		"many guests are being started at once: its definition is being rewritten, and it will be started again within 180 s if no other program is at work on it"
	works "it is rewritten at once" rewritten queued require
	fails "so is another one" 1 virsh start ended -- "many guests are being started at once"
	works "which is rewritten too" rewritten ended require
	sleep 1
	is "they wait" "$(virsh domstate queued) $(virsh domstate ended)" "shut off shut off"
	works "its user starts that one, and ends it" virsh -q start ended
	works "before its turn" virsh -q destroy ended
	kill $holder
	works "when its turn comes the first is started again" comes_up queued
	has "with the feature" queued 1
	works "the helpers' work ends" settles
	is "the one that its user has ended is not" "$(virsh domstate ended)" "shut off"
	says "which the log says" "$(grep "guest 'ended'" /run/syslog | tail -n 1)" "left stopped: another program has since started it, and it has ended"
	rm -f /run/nestxml/slot-*
}

starts_refuse()
{
	define stale "$type" "$without"
	require_nesting stale 'on-stale = refuse'
	fails "on-stale = refuse: refused" 1 virsh start stale -- "its definition is being rewritten: start it again in a second"
	works "the definition is rewritten" rewritten stale require
	works "the helper ends" settles
	is "the guest is not started" "$(virsh domstate stale)" "shut off"
	works "the second start passes" virsh -q start stale
	has "and it has the feature" stale 1
}

starts_allow()
{
	define stale "$type" "$without"
	require_nesting stale 'on-stale = allow'
	works "on-stale = allow: it starts" virsh -q start stale
	has "as it is" stale 0
	works "its definition is rewritten" rewritten stale require
	works "the helper ends" settles
	stop stale
	works "the second start passes" virsh -q start stale
	has "and it has the feature" stale 1
}

starts_transient()
{
	local said
	require_nesting 'passing*'
	fails "a stale transient guest is refused, with the pipeline that makes it" 1 virsh create <(guest passing "$type" "$without") -- \
		"guest 'passing'" "nestxml -n require FILE | virsh create /dev/stdin"
	works "no helper is left" settles
	is "and no guest" "$(virsh list --all --name | tr -d '\n')" ""
	works "that pipeline makes it" bash -o pipefail -c 'nestxml -n require | virsh -q create /dev/stdin' < <(guest passing2 "$type" "$without")
	has "and it has the feature" passing2 1
	said=$(virsh create <(guest passing3 "$type" "${without/<feature*<\/cpu>/</cpu>}") 2>&1) || true
	works "or its caller puts the line that the refusal names into its <cpu>" virsh -q create \
		<(guest passing3 "$type" "${without/<feature*<\/cpu>/$(grep -o "<feature [^>]*/>" <<<"$said" | head -n 1)</cpu>}")
	has "and it has the feature" passing3 1
	says "apply finds nothing to do for it" "$(nestctl apply passing2)" "passing2" "unchanged: its CPU states nested=require"
	policy <<<$'[guest passing2]\nnested = disable\nmode = maximum'
	fails "apply leaves a stale transient guest alone, and names its policy" 1 nestctl apply passing2 -- "guest 'passing2'" "no stored definition" \
		"nestxml -n disable -m maximum -i FILE"
	policy <<<$'[guest passing2]\nnested = leave'
	says "nor is there anything to do where nesting is left alone" "$(nestctl apply passing2)" "unchanged: nesting is left alone"
	is "list tells no next start of it" "$(nestctl list | sed -n 's/.*  \(.*\)/\1/p' | tail -n 1)" -
	is "nor does its JSON" "$(nestctl list --json | grep -c '"verdict": *"')" 0
	is "it does not become a stored one" "$(virsh list --all --persistent --name | tr -d '\n')" ""
}

# make_guest NAME OPTION...: as virt-install makes a guest, in two phases: the first creates it, the second defines it
make_guest()
{
	virt-install --name "$1" --memory 64 --osinfo detect=off,require=off --virt-type "$type" --graphics none --noautoconsole --network none \
		--serial "file,path=/run/guests/$1.serial" --check all=off "${@:2}"
}

starts_virt_install()
{
	local said option
	printf '[guest *]\nnested = disable\n' | policy
	cp /run/guests/boot.img /run/guests/installed.img
	truncate -s 2M /run/guests/media.iso
	said=$(make_guest image --import --disk /run/guests/installed.img,format=raw --cpu host-model 2>&1 || true)
	says "virt-install is refused, with what its caller can do" "$said" "guest 'image'" "it has no stored definition that could be rewritten: create it with" \
		"<feature policy='disable' name='${FEATURE,,}'/>"
	option=$(grep -o -- "--cpu [a-z-]*,disable=${FEATURE,,}" <<<"$said" | head -n 1)
	# shellcheck disable=SC2086	# an option and its value
	works "with the option that the refusal names it imports an image" make_guest image --import --disk /run/guests/installed.img,format=raw $option
	has "which runs without the feature" image 0
	is "and is stored so" "$(states image)" disable
	stop image
	works "and starts again" virsh -q start image
	stop image
	# shellcheck disable=SC2086
	works "it installs from media, too" make_guest media --cdrom /run/guests/media.iso --disk /run/guests/installed.img,format=raw $option
	is "which runs" "$(virsh domstate media)" running
	is "and is stored so" "$(states media)" disable
	stop media
	# cockpit's "Create and edit", and then "Install" (its install_machine.py)
	make_guest edited --disk /run/guests/installed.img,format=raw --print-xml=1 >/run/guests/edited.xml
	works "cockpit's first step defines a guest" virsh -q define /run/guests/edited.xml
	works "which is rewritten" nestctl apply edited
	works "so that its second one installs it" virt-install --quiet --osinfo detect=off,require=off --reinstall edited \
		--cdrom /run/guests/media.iso --noautoconsole --check all=off
	is "which runs" "$(virsh domstate edited)" running
	is "without the feature" "$(virsh dumpxml edited | grep -o "<feature policy='[a-z]*' name='${FEATURE,,}'/>")" \
		"<feature policy='disable' name='${FEATURE,,}'/>"
	is "and is stored so" "$(states edited)" disable
	stop edited
	printf '[guest *]\nnested = disable\non-stale = allow\n' | policy
	works "on-stale = allow lets one through as its caller made it" make_guest allowed --import --disk /run/guests/installed.img,format=raw --cpu host-model
	says "and the log warns of it" "$(tail -n 20 /run/syslog)" "started as it is (on-stale = allow): guest 'allowed'"
}

# libvirt treats such a guest as one that is defined and off.
starts_created_over_a_definition()
{
	define shut "$type" "$without"
	printf '[guest shut]\nnested = disable\n' | policy
	guest shut "$type" "$with" | sed "s,<name>,<uuid>$(virsh domuuid shut)</uuid>&," >/run/guests/other.xml
	fails "what is created over a definition is judged by its own CPU" 1 virsh create /run/guests/other.xml -- \
		"does not state nested=disable" "virsh start shut"
	works "a helper looks at it" settles
	is "and starts nothing" "$(virsh domstate shut)" "shut off"
	works "the definition itself starts" virsh -q start shut
	has "without the feature" shut 0
}

starts_two_at_once()
{
	define twin "$type" "$without"
	require_nesting twin
	virsh start twin >/run/first 2>&1 &
	virsh start twin >/run/second 2>&1 &
	wait %1 %2 || true
	works "of two starts at once one guest comes" comes_up twin
	has "with the feature" twin 1
	works "the helper ends" settles
	# by the helper, or by the second start, if that is so slow that the definition is rewritten by then
	for _ in {1..50}; do
		grep -q "guest 'twin': started again" /run/syslog && break
		grep -q "Domain 'twin' started" /run/first /run/second && break
		sleep 0.1
	done
	is "it was started once" "$(cat /run/syslog /run/first /run/second | grep -cE "guest 'twin': started again|Domain 'twin' started")" 1
}

starts_undefined_in_between()
{
	define stale "$type" "$without"
	require_nesting stale
	hold_helper
	fails "a stale guest is refused" 1 virsh start stale -- "it will be started again"
	virsh -q undefine stale
	release_helper
	works "the helper ends" settles
	is "a guest that was undefined by then does not come back" "$(virsh list --all --name | tr -d '\n')" ""
}

starts_policy_withdrawn_in_between()
{
	define stale "$type" "$without"
	require_nesting stale
	hold_helper
	virsh start stale >/dev/null 2>&1 || true
	policy </dev/null
	release_helper
	works "the helper ends" settles
	is "a guest that nothing is asked of any more is not started for it" "$(virsh domstate stale)" "shut off"
}

starts_while_a_helper_is_under_way()
{
	define stale "$type" "$without"
	require_nesting stale
	hold_helper
	virsh start stale >/dev/null 2>&1 || true
	fails "a second start meanwhile is refused too" 1 virsh start stale -- "an earlier start is already rewriting its definition"
	is "there is one helper" "$(helpers | wc -l)" 1
	release_helper
	works "and the guest comes" comes_up stale
	has "with the feature" stale 1
}

starts_daemon_killed()
{
	define stale "$type" "$without"
	require_nesting stale
	hold_helper
	virsh start stale >/dev/null 2>&1 || true
	restart_libvirtd -KILL
	release_helper
	works "with the daemon killed under the helper the guest comes" comes_up stale
	has "with the feature" stale 1
}

starts_autostart()
{
	define stale "$type" "$without"
	virsh -q autostart stale
	rm -f /run/libvirt/qemu/autostarted
	require_nesting stale
	restart_libvirtd -TERM
	works "a stale guest that the daemon starts by itself comes up" comes_up stale
	has "with the feature" stale 1
	virsh -q autostart --disable stale
}

starts_edited_while_running()
{
	define stale "$type" "$with"
	require_nesting stale
	works "a guest starts" virsh -q start stale
	works "virsh edit takes the feature away while it runs" env EDITOR="sed -i s/policy=.require./policy=\'disable\'/" virsh edit stale
	has "it runs on" stale 1
	stop stale
	fails "its next start is stale" 1 virsh start stale -- "it will be started again"
	works "and it comes" comes_up stale
	has "with the feature" stale 1
}

starts_managed_save()
{
	define saved "$type" "$without"
	virsh -q start saved
	has "a guest without the feature runs" saved 0
	virsh -q managedsave saved
	require_nesting saved
	rm /run/guests/saved.serial
	works "from its managed save it comes back as it was" virsh -q start saved
	has "without the feature: its CPU cannot change" saved 0
	virsh -q managedsave saved
	works "apply rewrites its definition all the same" nestctl apply saved
	rm /run/guests/saved.serial
	works "which does not harm the saved state" virsh -q start saved
	has "that has none" saved 0
	stop saved
	works "and the next start from nothing passes" virsh -q start saved
	has "with the feature" saved 1
}

# libvirt 11.3 deletes it if the hook fails at `restore` (docs/libvirt-facts.md #23).
starts_a_managed_save_that_is_refused()
{
	define saved "$type" "$with"
	virsh -q start saved
	has "a guest with the feature runs" saved 1
	virsh -q managedsave saved
	printf '[guest saved]\nnested = disable\n' | policy
	fails "where it must not have it, it does not start from its managed save" 1 virsh start saved -- "does not disable ${FEATURE,,}"
	is "which is kept" "$(virsh dominfo saved | sed -n 's/^Managed save: *//p')" yes
	policy </dev/null
	rm /run/guests/saved.serial
	works "and comes back under another policy" virsh -q start saved
	has "as it was" saved 1
}

# It is announced to the hook, and then fails.
starts_after_a_restore_that_failed()
{
	define saved "$type" "$without"
	virsh -q start saved
	has "a guest without the feature runs" saved 0
	virsh -q save saved /run/guests/saved.image
	rm /run/guests/saved.serial
	virsh -q start saved
	has "is saved, and started from nothing" saved 0
	require_nesting saved
	fails "a running guest is not restored" 1 virsh restore /run/guests/saved.image -- "already active"
	stop saved
	fails "its next start is none from a saved state" 1 virsh start saved -- "it will be started again"
	works "and it comes" comes_up saved
	has "with the feature" saved 1
	rm /run/guests/saved.image
}

starts_helper_leaves_a_managed_save()
{
	define saved "$type" "$without"
	virsh -q start saved
	has "a guest runs" saved 0
	virsh -q managedsave saved
	require_nesting saved
	says "the helper says what will become of it" "$(nestctl hook-helper --start "$(virsh domuuid saved)" < <(printf y) || true)" \
		"it will be started again unless another program is at work on it"
	says "the helper does not start from a managed save" "$(tail -n 3 /run/syslog)" "guest 'saved': left stopped" "managed save"
	is "the guest is off" "$(virsh domstate saved)" "shut off"
}

starts_helper_that_was_not_heard()
{
	define stale "$type" "$without"
	require_nesting stale
	nestctl hook-helper --start "$(virsh domuuid stale)" </dev/null >/dev/null || true
	is "a helper whose answer the hook has not taken rewrites the definition" "$(states stale)" require
	is "and starts nothing" "$(virsh domstate stale)" "shut off"
	says "and says so in the log" "$(tail -n 3 /run/syslog)" "is not started again: the hook"
}

# snapshot_disk NAME: a disk that has snapshots
snapshot_disk()
{
	qemu-img create -q -f qcow2 "/run/guests/$1.qcow2" 1M
	echo "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/run/guests/$1.qcow2'/><target dev='hda'/></disk>"
}

starts_snapshots()
{
	guest snapped "$type" "$without" "" "$(snapshot_disk snapped)" |
		sed "s,</os>,<boot dev='fd'/></os>," | virsh -q define /dev/stdin
	works "a snapshot of the guest, off" virsh -q snapshot-create-as snapped off
	# From here on its definition is another one: see starts_twin_snapshots.
	virsh -q desc snapped --config --title "later" >/dev/null
	virsh -q start snapped
	has "which then runs without the feature" snapped 0
	works "a snapshot with its memory" virsh -q snapshot-create-as snapped memory
	stop snapped
	require_nesting snapped
	works "the definition is rewritten" nestctl apply snapped
	works "the snapshot with memory comes back" virsh -q snapshot-revert snapped memory
	has "without the feature: its CPU cannot change" snapped 0
	stop snapped
	works "it comes back again, over the definition of its time" virsh -q snapshot-revert snapped memory
	has "as it was" snapped 0
	stop snapped
	works "a revert brings the definition of its time along: it is rewritten again" nestctl apply snapped
	fails "the one without memory is a start from nothing, if it is to run at once" 1 virsh snapshot-revert snapped off --running -- \
		"does not state nested=require" "run: virsh start snapped"
	works "libvirt holds that definition now, and a helper rewrites it" settles
	works "so that the guest starts" virsh -q start snapped
	has "with the feature" snapped 1
	stop snapped
	works "that without memory comes back too, off" virsh -q snapshot-revert snapped off
	is "with the definition of its time" "$(states snapped)" disable
	fails "whose start is stale" 1 virsh start snapped -- "it will be started again"
	works "and it comes" comes_up snapped
	has "with the feature" snapped 1
}

# policy_of GUEST: its policy and who states it, by list
policy_of()
{
	nestctl list --json | jq -r --arg guest "$1" '.[] | select(.guest == $guest) | "\(.policy.nested) \(.policy.source)"'
}

starts_a_revert_brings_the_metadata_of_its_time()
{
	guest reverted "$type" "$without" "" \
		"$(snapshot_disk reverted)" |
		virsh -q define /dev/stdin
	works "a snapshot before a policy is set" virsh -q snapshot-create-as reverted before
	works "the policy" nestctl set reverted require
	is "list shows it" "$(policy_of reverted)" "require metadata"
	works "a revert" virsh -q snapshot-revert reverted before
	is "list shows that it is gone" "$(policy_of reverted)" "leave default"
	works "a section in a policy file stays" require_nesting reverted
	is "and list shows it" "$(policy_of reverted)" "require section"
	virsh -q undefine reverted --snapshots-metadata
}

# What libvirt fills in while a guest runs is in no snapshot of it. On 9.0 a revert brings the CPU that the guest had, but for its NUMA cells.
starts_a_revert_of_a_guest_with_all_kinds_of_devices()
{
	local devices
	devices="<graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='x' passwdValidTo='2099-01-01T00:00:00'/><video><model type='vga'/></video>
		<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel><console type='pty'/><input type='tablet' bus='usb'/>
		<interface type='user'><model type='e1000'/></interface><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
	guest cells "$type" "${without%</cpu>}<numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>" "" \
		"$(snapshot_disk cells)$devices" |
		sed "s,</os>,<boot dev='fd'/></os><iothreads>1</iothreads><title> a  b </title>," | virsh -q define /dev/stdin
	virsh -q start cells
	works "a snapshot with memory of a guest with NUMA cells and devices" virsh -q snapshot-create-as cells memory
	stop cells
	require_nesting cells
	works "its definition is rewritten" nestctl apply cells
	works "it comes back, as it was" virsh -q snapshot-revert cells memory
	stop cells
	virsh -q undefine cells --snapshots-metadata
}

# From libvirt 11.3 on nothing tells a revert with memory from a start of the same definition (docs/libvirt-facts.md #8): it passes, and the log says
# what the guest lacks. On 9.0 the two differ.
starts_twin_snapshots()
{
	guest twin "$type" "$without" "" \
		"$(snapshot_disk twin)" |
		sed "s,</os>,<boot dev='fd'/></os>," | virsh -q define /dev/stdin
	works "a snapshot, off, and one with memory of the same definition" snapshot_twins
	require_nesting twin
	works "the definition is rewritten" nestctl apply twin
	works "off, to run at once: refused, or the log says what the guest lacks" refused_or_warned virsh -q snapshot-revert twin off --running
	stop twin
	virsh -q undefine twin --snapshots-metadata
}

snapshot_twins()
{
	virsh -q snapshot-create-as twin off && virsh -q start twin && virsh -q snapshot-create-as twin memory && virsh -q destroy twin
}

refused_or_warned() # COMMAND...
{
	local said warnings before
	warnings="guest 'twin': nested=require is asked for by .*does not state it"
	before=$(grep -c "$warnings" /run/syslog || true)
	if ! said=$("$@" 2>&1); then
		grep "does not state nested=require" <<<"$said"
		return
	fi
	[ "$(grep -c "$warnings" /run/syslog)" -gt "$before" ]
}

starts_broken_policy()
{
	define living "$type" "$with"
	define waiting "$type" "$without"
	virsh -q start living
	printf '[default]\nnested = sometimes\n' | policy
	fails "with a broken policy a start is refused" 1 virsh start waiting -- "live.conf:2" "sometimes"
	restart_libvirtd -TERM
	is "a running guest outlives that, and the daemon's restart" "$(virsh domstate living)" running
	fails "apply rewrites nothing" 5 nestctl apply --all -- "no guest was rewritten" "live.conf:2"
}

settle_many()
{
	for _ in {1..3}; do
		if settles; then
			return
		fi
	done
	return 1
}

starts_fifty_at_once()
{
	local guest running left
	rm -rf /run/many
	mkdir /run/many
	for guest in g{1..50}; do
		guest "$guest" "$type" "$without" | sed 's/>32</>8</; s/boot.img/once.img/' >"/run/many/$guest.xml"
	done
	printf 'define %s\n' /run/many/*.xml | virsh >/dev/null
	require_nesting 'g*'
	for guest in g{1..50}; do
		echo "start $guest"
	done >/run/commands
	virsh </run/commands >/dev/null 2>&1 &
	tac /run/commands | virsh >/dev/null 2>&1 &
	wait %1 %2 || true
	works "the helpers' work ends" settle_many
	running=0
	left=0
	for guest in g{1..50}; do
		# Two clients with 25 refused starts each may stay connected for more than five seconds.
		if [ "$(virsh domstate "$guest")" = "shut off" ] && grep -q "guest '$guest': left stopped: another program is still connected" /run/syslog; then
			left=$((left + 1))
			virsh -q start "$guest"
		fi
		[ "$(said "$guest" | grep -o "$FEATURE=.")" = "$FEATURE=1" ] && running=$((running + 1))
	done
	echo "# $left were left stopped, since their callers stayed connected"
	is "of 50 stale guests that are started at once 50 run with the feature, or are left stopped with the reason and start then" "$running" 50
	settles
}

# ---- another host ----

# start_second_host: a daemon that takes itself for another host's, with directories, UUID and host name of its own; sets elsewhere to its URI
start_second_host()
{
	cat >/run/second <<-'END'
		set -e
		daemon=$1
		hostname other
		mkdir -p /mnt
		mount --bind /run/guests /mnt
		mount -t tmpfs -o mode=755 tmpfs /run
		mkdir /run/guests
		mount --move /mnt /run/guests
		cp -a /etc/libvirt /run/settings
		for directory in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
			mount -t tmpfs -o mode=755 tmpfs $directory
		done
		cp -a /run/settings/. /etc/libvirt
		rm -rf /etc/libvirt/qemu
		echo 'host_uuid = "6e657374-786d-6c00-8000-000000000002"' >>"/etc/libvirt/$daemon.conf"
		virtlogd -d
		exec "$daemon"
	END
	unshare -m -u bash /run/second "$daemon" >/run/second.log 2>&1 &
	second=$!
	elsewhere="qemu+unix:///system?socket=/proc/$second/root$(socket sock)"
	for _ in {1..150}; do
		[ "$(virsh -q -c "$elsewhere" hostname 2>/dev/null)" = other ] && return
		sleep 0.2
	done
	cat /run/second.log
	return 1
}

starts_migrate()
{
	ip link set lo up
	start_second_host
	fails "the guests at another host's socket are not this host's" 3 nestctl apply --all -c "$elsewhere" -- "no guest was rewritten" \
		"the guests are on another host"
	fails "and they are not listed either" 3 nestctl list -c "$elsewhere" -- "the guests are on another host"
	local foreign=${elsewhere#*=}
	for parameters in "Socket=$foreign" "%73ocket=$foreign" "mode=legacy;socket=$foreign" "socket=$(socket sock)&socket=$foreign"; do
		fails "nor with $parameters" 3 nestctl list -c "qemu+unix:///system?$parameters" -- "the guests are on another host"
	done
	for parameters in "mode=legacy&socket=$(socket sock)" "socket=$(socket sock)&mode=legacy" "socket=%2Frun%2Flibvirt%2F$(basename "$(socket sock)")"; do
		works "those of this host are, with $parameters" nestctl list -c "qemu+unix:///system?$parameters"
	done
	define moving "$type" "$with"
	virsh -q start moving
	has "a guest with the feature runs" moving 1
	# it is the second host's policy too, since they share /etc/nestxml
	printf '[guest moving]\nnested = disable\n' | policy
	fails "it does not migrate to where it must not have it" 1 virsh -q migrate --live moving --desturi "$elsewhere" \
		--migrateuri tcp://127.0.0.1:49152 -- "does not disable ${FEATURE,,}"
	is "and runs on" "$(virsh domstate moving)" running
	policy </dev/null
	works "it migrates where nothing is asked of it" virsh -q migrate --live moving --desturi "$elsewhere" --migrateuri tcp://127.0.0.1:49152
	: >/run/guests/moving.serial	# which its QEMU there has open
	has "and runs there, with the feature" moving 1
	is "and here no more" "$(virsh domstate moving)" "shut off"
	printf '[default]\nnested = sometimes\n' | policy
	fails "with a broken policy it does not come back" 1 virsh -c "$elsewhere" -q migrate --live moving --desturi qemu:///system \
		--migrateuri tcp://127.0.0.1:49153 -- "guest 'moving'" "live.conf:2"
	is "and lives on where it is" "$(virsh -c "$elsewhere" domstate moving | head -n 1)" running
	policy </dev/null
	works "then it does" virsh -c "$elsewhere" -q migrate --live moving --desturi qemu:///system --migrateuri tcp://127.0.0.1:49154
	: >/run/guests/moving.serial
	has "with the feature" moving 1
	virsh -q -c "$elsewhere" undefine moving 2>/dev/null || true
	kill "$second"
	wait "$second" || true
}

# ---- apply and set ----

starts_apply()
{
	local before
	define one "$type" "$without" "" "<graphics type='vnc' passwd='geheim'><listen type='socket'/></graphics><video><model type='none'/></video>"
	define two "$type" "$with"
	define 'odd <name>' "$type" "$without"
	before=$(inactive one)
	require_nesting '*'
	says "apply --all --dry-run says what it would do" "$(nestctl apply --all --dry-run)" "guest 'one': to be rewritten" "3 guests: 2 to be rewritten"
	says "--diff shows it" "$(nestctl apply --diff one)" "--- one.xml" "+    <feature policy='require'"
	is "without secrets" "$(nestctl apply --diff one | grep -c geheim)" 0
	fails "a diff that cannot be written is no success" 5 bash -c 'nestctl apply --diff one >/dev/full' -- "guest 'one'" "cannot be written" "No space left"
	is "and neither does it" "$(inactive one)" "$before"
	virsh -q start two
	says "apply --all says what it did" "$(nestctl apply --all)" "guest 'one': rewritten" "guest 'odd <name>': rewritten" \
		"3 guests: 2 rewritten, 1 unchanged, 0 failed"
	is "nothing else has changed" "$(inactive one)" "${before/"policy='disable' name='${FEATURE,,}'"/"policy='require' name='${FEATURE,,}'"}"
	says "again it finds nothing to do" "$(nestctl apply --all)" "3 guests: 0 rewritten, 3 unchanged, 0 failed"
	printf '[guest *]\nnested = disable\n' | policy
	says "a running guest has it from its next start" "$(nestctl apply two)" "guest 'two': rewritten" "from its next start on"
	has "and runs on as it is" two 1
	fails "a guest that is not there is named" 1 nestctl apply nobody one -- "guest 'nobody': libvirt knows no guest of this name or UUID" \
		"guest 'one': rewritten"
	fails "it says or it shows" 2 nestctl apply --dry-run --diff one -- "--dry-run and --diff exclude each other"
}

starts_apply_fails_for_one()
{
	define good "$type" "$without"
	define bad "$type" "$without" "<n:policy xmlns:n='urn:nestxml:nested:1' nested='sometimes'/>"
	printf '[default]\nnested = require\n' | policy
	fails "a guest that fails does not stop the others" 1 nestctl apply --all -- "guest 'bad': not rewritten: its policy is unknown" "sometimes" \
		"guest 'good': rewritten" "1 rewritten, 0 unchanged, 1 failed"
}

starts_set_and_list()
{
	define own "$type" "$without"
	works "set require" nestctl set own require
	says "states it in the guest's metadata, and in its CPU" "$(inactive own)" "urn:nestxml:nested:1" 'nested="require"' "policy='require' name='${FEATURE,,}'"
	works "then it starts" virsh -q start own
	has "with the feature" own 1
	says "set says that a running guest has it later" "$(nestctl set own disable)" "from its next start on"
	says "list shows both" "$(nestctl list)" "live CPU" "own" "disable" "its metadata" "${FEATURE,,} disable" "${FEATURE,,} require" passes
	is "and its JSON" "$(nestctl list --json | tr -d ' \n' | grep -o '"guest":"own".*"verdict":"[a-z]*"' | grep -o '"verdict.*')" '"verdict":"pass"'
	says "which names the CPU that it runs with as verify does" "$(nestctl list --json)" '"live_cpu": {'
	require_nesting own
	says "list shows what is stale" "$(nestctl list)" "stale (on-stale = restart)"
	says "set says what is stronger" "$(nestctl set own disable 2>&1)" "is stronger and asks for nested=require"
	says "set names the guest that it has found, not the word it was asked for" "$(nestctl set "$(virsh domuuid own)" disable 2>/dev/null)" \
		"guest 'own': its metadata states nested=disable"
	fails "a guest that is not there is named the same way" 1 nestctl set nobody require -- \
		"guest 'nobody': libvirt knows no guest of this name or UUID"
	fails "set knows its words" 2 nestctl set own perhaps -- "unknown policy 'perhaps'; expected require, optional, disable or leave"
}

# as_nobody COMMAND...: an ordinary user, whose libvirt is one of his own
as_nobody()
{
	install -d -o 65534 /run/session
	setpriv --reuid=65534 --regid=65534 --clear-groups env -u LIBVIRT_DEFAULT_URI HOME=/run/session XDG_RUNTIME_DIR=/run/session "$@"
}

starts_users_own_guests()
{
	define own "$type" "$without"
	is "an ordinary user's guests are his own" "$(as_nobody nestctl list 2>/dev/null | wc -l)" 1
	fails "list says whose they are" 0 as_nobody nestctl list -- "stated by" "user's own guests (qemu:///session)" \
		"sudo nestctl list, or add -c qemu:///system"
	fails "so does apply --all" 0 as_nobody nestctl apply --all -- "0 guests: 0 rewritten" "sudo nestctl apply --all, or add -c qemu:///system"
	is "who names them is told nothing" "$(as_nobody nestctl list -c qemu:///session 2>&1 >/dev/null)" ""
	is "nor is who asks for the host's" "$(nestctl list 2>&1 >/dev/null)" ""
	is "nor root, whose session is the host's" "$(LIBVIRT_DEFAULT_URI=qemu:///session nestctl list 2>&1 | grep -c '^own')" 1
	kill "$(<"/run/session/libvirt/$daemon.pid")"
}

# ---- the watcher ----

starts_watch()
{
	local before
	define old "$type" "$without"
	require_nesting '*'
	start_watch
	works "at its start the watcher rewrites what is there" rewritten old require
	define new "$type" "$without"
	works "then what is defined" rewritten new require
	works "which starts at once" virsh -q start new
	has "with the feature" new 1
	works "what is edited while it runs is rewritten" env EDITOR="sed -i s/policy=.require./policy=\'disable\'/" virsh edit new
	works "for its next start" rewritten new require
	printf '[guest old]\nnested = disable\n' | policy
	works "the policy is read again when its file changes" rewritten old disable
	printf '[guest linked]\nnested = disable\n' >/run/linked.conf
	ln -s /run/linked.conf /etc/nestxml/nestxml.conf.d/linked.conf
	define linked "$type" "$with"
	works "so it is when a link to one appears" rewritten linked disable
	printf '[guest linked]\nnested = require\n' >/run/linked.conf
	virsh -q undefine linked
	define linked "$type" "$with"
	sleep 1
	is "what the link leads to has changed: that counts for the next guest" "$(states linked)" require
	chmod o+w /run/linked.conf
	virsh -q undefine linked
	define linked "$type" "$with"
	sleep 1
	says "that others may write to it is noticed too" "$(</run/watch.log)" "nothing is rewritten until this is fixed" "linked.conf"
	chmod o-w /run/linked.conf
	virsh -q undefine linked
	define linked "$type" "$without"
	works "and that they may no longer" rewritten linked require
	rm /etc/nestxml/nestxml.conf.d/linked.conf
	virsh -q undefine linked
	printf '[default]\nnested = sometimes\n' | policy
	sleep 1
	says "one that is broken is named" "$(</run/watch.log)" "nothing is rewritten until this is fixed" "live.conf:2"
	define later "$type" "$without"
	require_nesting later
	works "and when it is fixed all guests are looked at" rewritten later require
	before=$(grep -c . /run/watch.log)
	restart_libvirtd -TERM
	define after "$type" "$without"
	require_nesting after
	works "the watcher is back after the daemon's restart" rewritten after require
	says "and said so" "$(tail -n +"$before" /run/watch.log)" "libvirt has gone" "watching the guests"
	virsh -q metadata after urn:nestxml:nested:1 --key n --set "<policy nested='disable'/>" --config
	policy </dev/null
	works "a guest's own metadata counts as soon as it is set" rewritten after disable
	end_watch
	is "one line for each change" "$(grep -c "guest 'after': rewritten" /run/watch.log)" 2
}

starts_watch_elsewhere()
{
	fails "another machine's guests are not watched" 3 timeout 10 nestctl watch -c test:///default -- "nothing is watched" "the guests are on another host"
}

# watches TIMES: the watcher has reached the daemon so often
watches()
{
	for _ in {1..300}; do
		[ "$(grep -c 'watching the guests' /run/watch.log)" -ge "$1" ] && return
		sleep 0.1
	done
	return 1
}

# descriptors: what the watcher has open, but for the pipe to each process that asks libvirt's admin API for it, when it has to know
descriptors()
{
	echo $(($(find "/proc/$watch/fd" -mindepth 1 | wc -l) - $(cat "/proc/$watch/task/"*/children | wc -w)))
}

# falls_to COUNT: what the watcher opens to look at the guests it closes again
falls_to()
{
	for _ in {1..50}; do
		[ "$(descriptors)" -le "$1" ] && return
		sleep 0.1
	done
	ls -l "/proc/$watch/fd"
	return 1
}

# What a connection expects and holds ends with it.
starts_watch_after_a_killed_daemon()
{
	local guest before
	for guest in g{1..60}; do
		guest "$guest" "$type" "$without" |
			sed "/<name>/a <uuid>6e657374-786d-6c00-8000-$(printf %012d "${guest#g}")</uuid>" >"/run/guests/$guest.xml"
	done
	printf 'define %s\n' /run/guests/g*.xml | virsh >/dev/null
	start_watch
	before=$(descriptors)
	require_nesting 'g*'
	until [ "$(grep -c rewritten /run/watch.log)" -ge 20 ]; do sleep 0.01; done
	restart_libvirtd -KILL
	works "the daemon is killed amid a sweep, and the watcher is back" watches 2
	works "and ends it" rewritten g60 require
	for guest in g{1..60}; do
		virsh -q define "/run/guests/$guest.xml"
	done
	for guest in g{1..60}; do
		rewritten "$guest" require >/dev/null || break
	done
	is "what is defined just then is rewritten, what the watcher itself had rewritten before too" "$guest: $(states "$guest")" "g60: require"
	restart_libvirtd -KILL
	works "a second time it is back" watches 3
	restart_libvirtd -KILL
	works "a third time" watches 4
	works "with no more descriptors than at first" falls_to "$before"
	end_watch
	rm /run/guests/g*.xml
}

# Define and start, again and again. Where the watcher has a processor when it needs one no start is refused: RACES=COUNT demands that, of the
# lab, which does nothing else. Where it has to wait for one it may lose a race; then the helper wins it, and no guest ends without the
# feature, or stopped.
starts_race_with_the_watcher()
{
	local nested=0 refused=0 count=${RACES:-20}
	require_nesting racing
	start_watch
	guest racing "$type" "$without" | sed '/<name>/a <uuid>6e657374-786d-6c00-8000-000000000001</uuid>' >/run/racing.xml
	for _ in $(seq "$count"); do
		virsh -q define /run/racing.xml
		if ! virsh -q start racing 2>/run/refused; then
			refused=$((refused + 1))
			cat /run/refused
			comes_up racing || true
		fi
		[ "$(said racing | grep -o "$FEATURE=.")" = "$FEATURE=1" ] && nested=$((nested + 1))
		settles
		stop racing
	done
	is "with the watcher, define and start gives the feature $count times of $count" "$nested of $count" "$count of $count"
	if [ "${RACES-}" ]; then
		is "and no start is refused" "$refused" 0
	fi
	end_watch
}
