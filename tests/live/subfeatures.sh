# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whether a guest that starts before nestxml has rewritten its <cpu> starts after it, too, and its own CPUID shows what was asked for; or the filter has
# said that it may not. The same under the sandbox's libvirtd (tests/live/subfeatures) and in the lab (tests/lab/tests/subfeatures), which set
#
#   type feature FEATURE    the guests' type, and the feature as libvirt and as svmboot.S write it

state() { echo "<feature policy='$1' name='$2'/>"; }

# dumped MODEL POLICY: as libvirt describes such a guest that runs
dumped()
{
	local cpu
	cpu=$(as_it_runs "$1" "$(state "$2" "$feature")")
	every_wish "$1 as it runs with $2 $feature" "$cpu"
}

# as_it_runs MODEL [FEATURES]: the <cpu> of such a guest, as libvirt writes it once it runs
as_it_runs()
{
	guest "$1" "$type" "<cpu mode='custom' match='exact' check='none'><model>$1</model>${2-}</cpu>" >/run/guests/plain.xml
	virsh -q create /run/guests/plain.xml && virsh dumpxml "$1" | sed -n '/<cpu/,/<\/cpu>/p' && stop "$1"
}

# with_each POLICIES CPU NAME...: this CPU, with each of the sub-features in each of these policies
with_each()
{
	local policies=$1 cpu=$2 name policy
	shift 2
	for name; do
		for policy in $policies; do
			every_wish "$policy $name" "$(sed "/name='$name'/d; s|</cpu>|$(state "$policy" "$name")</cpu>|" <<<"$cpu")"
		done
	done
}

every_wish() # WHAT CPU
{
	local nested
	guest shown "$type" "$2" >/run/guests/shown.xml
	works "$1: it starts" [ "$(shows)" ]
	for nested in require optional disable; do
		rewritten "$1" "$2" "$nested"
	done
}

# rewritten WHAT CPU NESTED
rewritten()
{
	local wanted=$FEATURE=1 shown
	[ "$3" != disable ] || wanted=$FEATURE=0
	guest shown "$type" "$2" | nestxml -n "$3" >/run/guests/shown.xml 2>/run/guests/said
	shown=$(shows)
	if [ -z "$shown" ] && grep -q "check='full'" /run/guests/said; then
		report 0 "$1, $3: the filter has said that it may not start"
	else
		is "$1, $3: it starts as that" "$shown" "$wanted"
		[ "$shown" = "$wanted" ] || sed 's/^/# /' /run/guests/refused /run/guests/said /run/guests/shown.xml
	fi
}

# shows: what the guest of shown.xml shows; "" if it does not start
shows()
{
	virsh -q create /run/guests/shown.xml 2>/run/guests/refused || return 0
	said shown | grep -o "$FEATURE=."
	stop shown
}
