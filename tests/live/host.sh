# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A host that nests already, by what /proc and /sys say: that of the lab is the place to load modules.

fake_host() { # ROOT: in a mount namespace whose ROOT/run is its own
	local root=$1
	printf 'processor\t: 0\nvendor_id\t: AuthenticAMD\nflags\t: svm\n' >"$root/run/cpuinfo"
	mount --bind "$root/run/cpuinfo" "$root/proc/cpuinfo"
	mount -t tmpfs tmpfs "$root/sys/module"
	mkdir -p "$root/sys/module/kvm_amd/parameters"
	echo 1 >"$root/sys/module/kvm_amd/parameters/nested"
	echo live >"$root/sys/module/kvm_amd/initstate"
	echo 0 >"$root/sys/module/kvm_amd/refcnt"
}
