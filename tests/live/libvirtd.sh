# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt's daemon in namespaces of its own: what the sandbox and the test of the packages do alike.

# Whether QEMU brings up a guest on this machine's KVM with the processor's own CPU. In a virtual machine it may fail although /dev/kvm is there:
# "failed to set MSR 0x10a" (QEMU 7.2, on a microVM whose processor shows arch_capabilities).
kvm_runs_guests()
{
	[ -c /dev/kvm ] && echo quit | timeout 30 qemu-system-x86_64 -accel kvm -cpu host -display none -nodefaults -S -monitor stdio >/dev/null 2>&1
}

# libvirt asks QEMU what it can do at every define, and waits 30 s for one that may not open /dev/kvm: so it may, here.
private_devices()
{
	local dev=/run/sandbox/dev
	cp -a /dev/{null,zero,full,random,urandom,tty,ptmx,fd,stdin,stdout,stderr} "$dev"
	mkdir "$dev"/{pts,shm}
	mount --bind /dev/pts "$dev/pts"
	if kvm_runs_guests; then
		cp -a /dev/kvm "$dev"
		chmod 666 "$dev/kvm"
	fi
	mount --rbind "$dev" /dev
}

start_libvirt()
{
	# No AppArmor profile per guest: those are loaded into the kernel of the host.
	printf '%s\n' 'security_driver = "none"' 'namespaces = []' >/etc/libvirt/qemu.conf
	perl -MSocket -e '
		socket(LOG, AF_UNIX, SOCK_DGRAM, 0) && bind(LOG, sockaddr_un("/dev/log")) or die "/dev/log: $!\n";
		chmod 0666, "/dev/log";
		$| = 1;
		print "$line\n" while defined recv(LOG, $line, 65536, 0);' >/run/syslog &
	virtlogd -d
	if [ -x /usr/sbin/libvirtd ]; then
		libvirtd -d
	else
		virtstoraged -d # virt-install's, for its disks
		virtqemud -d
	fi
	for _ in {1..300}; do
		if [ -S /dev/log ] && virsh -q list >/run/sandbox/virsh 2>&1; then
			return
		fi
		sleep 0.1
	done
	cat /run/sandbox/virsh /var/log/libvirt/*.log >&2
	exit 125
}
