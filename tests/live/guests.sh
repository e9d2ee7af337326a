# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guests of the live tests and the quickstart; for the inside of the sandbox.

# The daemon of QEMU's guests: virtqemud where there is no libvirtd (tests/modular).
daemon=libvirtd
[ -x /usr/sbin/libvirtd ] || daemon=virtqemud

# socket NAME: the daemon's (sock, admin-sock)
socket()
{
	[ "$daemon" = libvirtd ] && echo "/run/libvirt/libvirt-$1" || echo "/run/libvirt/$daemon-$1"
}

# make_boot_sector SOURCE [DIRECTORY]: what every guest boots, boot.img, and for many at once once.img, which is heard once
make_boot_sector()
{
	local directory=${2:-/run/guests} image
	mkdir -p "$directory"
	as --32 -o "$directory/boot.o" "$1"
	as --32 --defsym ONCE=1 -o "$directory/once.o" "$1"
	for image in boot once; do
		ld -m elf_i386 -Ttext=0x7c00 --oformat=binary -o "$directory/$image.img" "$directory/$image.o"
		rm "$directory/$image.o"
	done
}

escape()
{
	sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e "s/'/\&apos;/g" -e 's/"/\&quot;/g' <<<"$1"
}

# guest NAME TYPE [CPU [METADATA [DEVICES]]]: the XML of a guest that boots the sector and talks on its serial port
guest()
{
	local name
	name=$(escape "$1")
	cat <<-XML
		<domain type='$2'>
		  <name>$name</name>${4:+
		  <metadata>$4</metadata>}
		  <memory unit='MiB'>32</memory>
		  <os>
		    <type arch='x86_64'>hvm</type>
		  </os>${3:+
		  $3}
		  <devices>
		    <emulator>/usr/bin/qemu-system-x86_64</emulator>
		    <disk type='file' device='floppy'>
		      <driver name='qemu' type='raw'/>
		      <source file='/run/guests/boot.img'/>
		      <target dev='fda'/>
		      <readonly/>
		    </disk>
		    <serial type='file'>
		      <source path='/run/guests/$name.serial'/>
		    </serial>${5:+
		    $5}
		    <memballoon model='none'/>
		  </devices>
		</domain>
	XML
}

# said NAME: what the guest says of its CPU, as soon as it does
said()
{
	for _ in {1..200}; do
		grep -m 1 -o 'VMX=[01] SVM=[01]' "/run/guests/$1.serial" 2>/dev/null && return
		sleep 0.1
	done
	echo "nothing within 20 s"
}

define()
{
	guest "$@" | virsh -q define /dev/stdin
}

stop()
{
	virsh -q destroy --domain="$1" 2>/dev/null || true
	rm -f "/run/guests/$1.serial"	# or the next start might seem to have said what this one did
}

inactive()
{
	virsh dumpxml --inactive --security-info --domain="$1"
}

# restart_libvirtd SIGNAL: ends the daemon by it, and starts it again
restart_libvirtd()
{
	local pid
	pid=$(<"/run/$daemon.pid")
	kill "$1" "$pid"
	restarted "$pid"
}

# restarted PID: waits until the daemon with that PID has exited, starts it again, and waits until it answers
restarted()
{
	for _ in {1..600}; do
		[ -d "/proc/$1" ] || break
		sleep 0.1
	done
	[ ! -d "/proc/$1" ] || return 1
	"$daemon" -d
	for _ in {1..600}; do
		virsh -q list >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

# policy: the administrator's, from stdin
policy()
{
	mkdir -p /etc/nestxml/nestxml.conf.d
	cat >/etc/nestxml/nestxml.conf.d/live.conf
}

# obey GUEST: does exactly what the refusal of its start tells the user to do
obey()
{
	local pipeline
	pipeline=$({ virsh start --domain="$1" || true; } |& grep -o 'virsh dumpxml .* virsh define /dev/stdin')
	bash -c "set -o pipefail; $pipeline"
}
