/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inputs.c - writes a domain in the form of libvirt's own output, of a usual or of any larger size. */
#include "inputs.h"

#include <stdio.h>
#include <unistd.h>

static const char head[] = "<domain type='kvm'>\n"
			   "  <name>bench</name>\n"
			   "  <uuid>7d9a3cf6-7c57-4a0b-9f0d-1f1e3a6a2d11</uuid>\n"
			   "  <title>A guest for measuring</title>\n"
			   "  <metadata>\n"
			   "    <libosinfo:libosinfo xmlns:libosinfo=\"http://libosinfo.org/xmlns/libvirt/domain/1.0\">\n"
			   "      <libosinfo:os id=\"http://debian.org/debian/12\"/>\n"
			   "    </libosinfo:libosinfo>\n"
			   "  </metadata>\n"
			   "  <memory unit='KiB'>8388608</memory>\n"
			   "  <currentMemory unit='KiB'>8388608</currentMemory>\n"
			   "  <memoryBacking>\n"
			   "    <source type='memfd'/>\n"
			   "    <access mode='shared'/>\n"
			   "  </memoryBacking>\n"
			   "  <vcpu placement='static'>4</vcpu>\n"
			   "  <os>\n"
			   "    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
			   "    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n"
			   "    <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>/var/lib/libvirt/qemu/nvram/bench_VARS.fd</nvram>\n"
			   "    <boot dev='hd'/>\n"
			   "  </os>\n"
			   "  <features>\n"
			   "    <acpi/>\n"
			   "    <apic/>\n"
			   "    <vmport state='off'/>\n"
			   "  </features>\n"
			   "  <cpu mode='host-passthrough' check='none' migratable='on'>\n"
			   "    <topology sockets='1' dies='1' cores='2' threads='2'/>\n";

static const char features[] = "    <feature policy='require' name='vmx'/>\n"
			       "    <feature policy='require' name='svm'/>\n";

static const char body[] = "  </cpu>\n"
			   "  <clock offset='utc'>\n"
			   "    <timer name='rtc' tickpolicy='catchup'/>\n"
			   "    <timer name='pit' tickpolicy='delay'/>\n"
			   "    <timer name='hpet' present='no'/>\n"
			   "  </clock>\n"
			   "  <on_poweroff>destroy</on_poweroff>\n"
			   "  <on_reboot>restart</on_reboot>\n"
			   "  <on_crash>destroy</on_crash>\n"
			   "  <pm>\n"
			   "    <suspend-to-mem enabled='no'/>\n"
			   "    <suspend-to-disk enabled='no'/>\n"
			   "  </pm>\n"
			   "  <devices>\n"
			   "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
			   "    <controller type='usb' index='0' model='qemu-xhci' ports='15'>\n"
			   "      <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>\n"
			   "    </controller>\n"
			   "    <controller type='pci' index='0' model='pcie-root'/>\n";

static const char tail[] = "    <controller type='sata' index='0'>\n"
			   "      <address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/>\n"
			   "    </controller>\n"
			   "    <controller type='virtio-serial' index='0'>\n"
			   "      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n"
			   "    </controller>\n"
			   "    <interface type='network'>\n"
			   "      <mac address='52:54:00:6b:3c:58'/>\n"
			   "      <source network='default'/>\n"
			   "      <model type='virtio'/>\n"
			   "      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
			   "    </interface>\n"
			   "    <serial type='pty'>\n"
			   "      <target type='isa-serial' port='0'>\n"
			   "        <model name='isa-serial'/>\n"
			   "      </target>\n"
			   "    </serial>\n"
			   "    <console type='pty'>\n"
			   "      <target type='serial' port='0'/>\n"
			   "    </console>\n"
			   "    <channel type='unix'>\n"
			   "      <target type='virtio' name='org.qemu.guest_agent.0'/>\n"
			   "      <address type='virtio-serial' controller='0' bus='0' port='1'/>\n"
			   "    </channel>\n"
			   "    <input type='tablet' bus='usb'>\n"
			   "      <address type='usb' bus='0' port='1'/>\n"
			   "    </input>\n"
			   "    <input type='mouse' bus='ps2'/>\n"
			   "    <input type='keyboard' bus='ps2'/>\n"
			   "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>\n"
			   "      <listen type='address' address='127.0.0.1'/>\n"
			   "    </graphics>\n"
			   "    <audio id='1' type='none'/>\n"
			   "    <video>\n"
			   "      <model type='virtio' heads='1' primary='yes'/>\n"
			   "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>\n"
			   "    </video>\n"
			   "    <memballoon model='virtio'>\n"
			   "      <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>\n"
			   "    </memballoon>\n"
			   "    <rng model='virtio'>\n"
			   "      <backend model='random'>/dev/urandom</backend>\n"
			   "      <address type='pci' domain='0x0000' bus='0x06' slot='0x00' function='0x0'/>\n"
			   "    </rng>\n"
			   "  </devices>\n"
			   "</domain>\n";

static const char short_head[] = "<domain type='kvm'>\n"
				 "  <name>bench</name>\n"
				 "  <memory unit='KiB'>8388608</memory>\n"
				 "  <vcpu>4</vcpu>\n"
				 "  <os>\n"
				 "    <type arch='x86_64' machine='q35'>hvm</type>\n"
				 "  </os>\n"
				 "  <cpu mode='host-passthrough' check='none' migratable='on'/>\n"
				 "  <devices>\n";

static const char short_tail[] = "  </devices>\n"
				 "</domain>\n";

#define USUAL_PORTS 18
#define USUAL_DISKS 4

static long write_port(FILE *file, unsigned int index)
{
	return fprintf(file,
		       "    <controller type='pci' index='%u' model='pcie-root-port'>\n"
		       "      <model name='pcie-root-port'/>\n"
		       "      <target chassis='%u' port='0x%x'/>\n"
		       "      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x%x'/>\n"
		       "    </controller>\n",
		       index, index, 0x0f + index, index % 8);
}

static long write_disk(FILE *file, unsigned int index)
{
	return fprintf(file,
		       "    <disk type='file' device='disk'>\n"
		       "      <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>\n"
		       "      <source file='/var/lib/libvirt/images/bench-%u.qcow2'/>\n"
		       "      <target dev='vd%u' bus='virtio'/>\n"
		       "      <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' function='0x0'/>\n"
		       "    </disk>\n",
		       index, index, index % 256);
}

static bool write_short(FILE *file, size_t size)
{
	size_t written = sizeof(short_head) - 1 + sizeof(short_tail) - 1;

	fputs(short_head, file);
	for (unsigned int i = 0; written < size; i++)
		written += (size_t)write_disk(file, i);
	return fputs(short_tail, file) != EOF;
}

static bool write_usual(FILE *file, bool nested, size_t size)
{
	size_t written = sizeof(head) - 1 + sizeof(body) - 1 + sizeof(tail) - 1;

	fputs(head, file);
	if (nested)
		fputs(features, file);
	fputs(body, file);
	for (unsigned int i = 1; i <= USUAL_PORTS; i++)
		written += (size_t)write_port(file, i);
	for (unsigned int i = 0; i < USUAL_DISKS || written < size; i++)
		written += (size_t)write_disk(file, i);
	return fputs(tail, file) != EOF;
}

bool inputs_write(int fd, enum input input, size_t size)
{
	int copy = dup(fd); /* fclose() would close the caller's */
	FILE *file = copy < 0 ? NULL : fdopen(copy, "w");
	bool written;

	if (!file) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	written = (input == INPUT_SHORT ? write_short(file, size) : write_usual(file, input == INPUT_NESTED, size)) && !ferror(file);
	return fclose(file) == 0 && written;
}
