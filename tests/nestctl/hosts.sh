# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hosts that are trees of files below $root, for the tests of `nestctl host` and `nestctl doctor`; $work is a directory of the test's own.
export NESTXML_TEST_ROOT=${work:?}/root NESTXML_TEST_MODULE
root=$NESTXML_TEST_ROOT

# A kernel object as far as libkmod looks into it: its name, its parameters, and the symbol by which it needs another one.
make_object() { # FILE NEEDED PARMTYPE...: what is NEEDED is another one's symbol; =SYMBOL: its own, which others need
	local file=$1 needed=$2 parameter
	shift 2
	{
		case $needed in
			'') ;;
			=*) echo "static const char symbol[] __attribute__((section(\"__ksymtab_strings\"), used)) = \"${needed#=}\";" ;;
			*) echo "extern int $needed; int *needed = &$needed;" ;;
		esac
		for parameter; do
			echo "static const char p_${parameter%%:*}[] __attribute__((section(\".modinfo\"), used)) = \"parmtype=$parameter\";"
		done
		echo 'static const char name[] __attribute__((section(".modinfo"), used)) = "license=GPL";'
		echo 'static const char magic[] __attribute__((section(".modinfo"), used)) = "vermagic=1.2.3-other SMP mod_unload ";'
	} | cc -c -x c -o "$file" -
}
make_object "$work/kvm.ko" =kvm_init ignore_msrs:bool
make_object "$work/kvm-amd.ko" kvm_init nested:int npt:bool vgif:int vls:int avic:bool
make_object "$work/kvm-intel.ko" kvm_init nested:bool ept:bool enable_shadow_vmcs:bool vpid:bool enable_apicv:bool

new_host() { # intel|amd [NESTED]: with a value the module is loaded
	local id=AuthenticAMD flag=svm file=kvm-amd.ko directory
	NESTXML_TEST_MODULE=kvm_amd
	if [ "$1" = intel ]; then id=GenuineIntel flag=vmx file=kvm-intel.ko NESTXML_TEST_MODULE=kvm_intel; fi
	rm -rf "$root"
	directory=$root/lib/modules/$(uname -r)
	mkdir -p "$root"/{proc,etc/modprobe.d,run,sys/module} "$directory/kernel"
	cp "$work/kvm.ko" "$work/$file" "$directory/kernel/"
	touch "$directory/modules.order" "$directory/modules.builtin"
	depmod -b "$root" "$(uname -r)" 2>/dev/null
	printf 'processor\t: 0\nvendor_id\t: %s\nflags\t\t: fpu vme %s lm\n' $id $flag >"$root/proc/cpuinfo"
	echo 'quiet root=/dev/vda' >"$root/proc/cmdline"
	[ $# -lt 2 ] || load_with "$2"
}

load_with() { # NESTED
	mkdir -p "$root/sys/module/$NESTXML_TEST_MODULE/parameters" "$root/sys/module/kvm"
	echo live >"$root/sys/module/$NESTXML_TEST_MODULE/initstate"
	echo 0 >"$root/sys/module/$NESTXML_TEST_MODULE/refcnt"
	echo "$1" >"$root/sys/module/$NESTXML_TEST_MODULE/parameters/nested"
}

parameter() { # NAME VALUE
	echo "$2" >"$root/sys/module/$NESTXML_TEST_MODULE/parameters/$1"
}

modprobe_d() { # FILE: text on stdin
	cat >"$root/etc/modprobe.d/$1"
}
