# shellcheck shell=bash
# shellcheck disable=SC2034	# most of what is set here is used by those who source this
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests inside a lab share: this host's words, assertions, the module, libvirt. Ends with the summary when the test ends.
# shellcheck source-path=SCRIPTDIR source=../../live/guests.sh disable=SC1091
. /lab/guests.sh
# shellcheck source-path=SCRIPTDIR source=../../live/assertions.sh disable=SC1091
. /lab/assertions.sh

if grep -q AuthenticAMD /proc/cpuinfo; then
	vendor=amd brand=AMD module=kvm_amd feature=svm off=0 on=1
	model=Opteron_G2	# one whose every feature this processor has
else
	vendor=intel brand=Intel module=kvm_intel feature=vmx off=N on=Y
	model=Haswell-noTSX
fi
FEATURE=${feature^^}
parameters=/sys/module/$module/parameters
require="<feature policy='require' name='$feature'/>"
disable="<feature policy='disable' name='$feature'/>"
mkdir -p /run/guests
cp /lab/{boot,once}.img /run/guests

# ---- assertions about guests ----

# runs NAME GUEST 0|1: it starts, and its CPUID says so of this host's feature
runs()
{
	local output
	if output=$(virsh -q start "$2" 2>&1); then
		is "$1" "$(said "$2" | grep -o "$FEATURE=.")" "$FEATURE=$3"
		stop "$2"
	else
		report 1 "$1" "$output"
	fi
}

# refused NAME GUEST WORDS...: it does not start, and the user reads why
refused()
{
	local name=$1 guest=$2
	shift 2
	fails "$name" 1 virsh start "$guest" -- "$@"
	stop "$guest"
}

# ---- the host ----

start_libvirt()
{
	[ "$vendor" = amd ] || [ "${asks_all-}" ] || ask_less
	virtlogd -d
	"$daemon" -d
	for _ in {1..100}; do
		virsh -q list >/dev/null 2>&1 && return
		sleep 0.2
	done
	cat /var/log/libvirt/*.log
	return 1
}

# At each start libvirt asks QEMU for 400 properties of its CPU, one by one, which takes Bochs ten seconds. Where QEMU does not know
# unavailable-features it asks for all of them at once, so on Bochs libvirt treats it as such a QEMU; on AMD it does not. That answer has no vmx-*: a
# test of those sets asks_all.
ask_less()
{
	echo 'capability_filters = [ "cpu-unavailable-features" ]' >>/etc/libvirt/qemu.conf
}

# reload [OPTION...]: the vendor's module alone; that of kvm itself stays, and takes Bochs five seconds
reload()
{
	if [ -d "/sys/module/$module" ]; then
		rmmod "$module"
	fi
	modprobe "$module" "$@"
}

nested()
{
	cat "$parameters/nested"
}

# ask_hook GUEST TYPE CPU: as libvirt asks it before a start
ask_hook()
{
	"${hook:-/etc/libvirt/hooks/qemu}" "$1" prepare begin - 2>&1 < <(guest "$@")
}

# What needs nestctl says so where the staging tree has none
needs_nestctl()
{
	if ! command -v nestctl >/dev/null; then
		echo "not yet: nestctl"
		exit 0
	fi
}
