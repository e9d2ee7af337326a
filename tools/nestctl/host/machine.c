/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machine.c - asks /sys, the processor and the marks that containers leave. */
#include "host/machine.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "host/cpuid.h"
#include "macros.h"

#define CPUID_TDX 0x21		    /* "IntelTDX    " in EBX, EDX, ECX: Intel TDX Module specification; Linux, asm/shared/tdx.h */
#define CPUID_ENCRYPTION 0x8000001f /* AMD64 Architecture Programmer's Manual 3, E.4.17 */
#define ENCRYPTION_SEV (1U << 1)
#define ENCRYPTION_SNP (1U << 4)

/* What the kernel of such a guest shows: its drivers' devices, and the VM privilege level (from Linux 6.11 on). */
static const char *find_encryption_in_sysfs(const char *root)
{
	static const struct {
		const char *path;
		const char *name;
	} marks[] = {
		{"/sys/devices/virtual/misc/tdx_guest", "Intel TDX"},
		{"/sys/devices/virtual/misc/sev-guest", "AMD SEV-SNP"},
		{"/sys/devices/platform/sev-guest", "AMD SEV-SNP"},
		{"/sys/devices/system/cpu/sev", "AMD SEV-SNP"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (nestxml_file_exists(root, marks[i].path))
			return marks[i].name;
	return NULL;
}

/*
 * Plain SEV leaves no mark in /sys, and Linux clears its flag in /proc/cpuinfo. A host shows what its processor can do in the same leaf,
 * but QEMU sets the bit for a guest only where the guest's memory is encrypted (target/i386/cpu.c).
 */
static const char *find_encryption_in_cpuid(void)
{
	struct cpuid leaf;

	if (cpuid_read(CPUID_TDX, &leaf) && memcmp(&leaf.ebx, "Inte", 4) == 0 && memcmp(&leaf.edx, "lTDX", 4) == 0)
		return "Intel TDX";
	if (!cpuid_read(CPUID_ENCRYPTION, &leaf) || !(leaf.eax & ENCRYPTION_SEV))
		return NULL;
	return leaf.eax & ENCRYPTION_SNP ? "AMD SEV-SNP" : "AMD SEV";
}

static const char *find_encryption(const char *root, const struct cpuinfo *cpuinfo)
{
	const char *found;

	if (!cpuinfo->hypervisor)
		return NULL;
	if (cpuinfo->tdx_guest)
		return "Intel TDX";
	found = find_encryption_in_sysfs(root);
	return found ? found : find_encryption_in_cpuid();
}

/* "container=lxc" among the variables of the first process, which root alone may read; systemd's container interface. */
static bool is_first_process_contained(const char *root)
{
	static const char variable[] = "container=";
	char text[4096];
	long length = nestxml_file_read_small(root, "/proc/1/environ", text, sizeof(text));

	for (const char *at = text; length > 0 && at < text + length; at += strlen(at) + 1)
		if (strncmp(at, variable, sizeof(variable) - 1) == 0 && at[sizeof(variable) - 1])
			return true;
	return false;
}

/* The marks of Docker, of podman, of Kubernetes, and of those that say what they are (LXC, systemd-nspawn). */
static bool is_container(const char *root)
{
	static const char *const marks[] = {"/.dockerenv", "/run/.containerenv", "/run/systemd/container", "/run/host/container-manager",
					    "/var/run/secrets/kubernetes.io"};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (nestxml_file_exists(root, marks[i]))
			return true;
	return is_first_process_contained(root);
}

/* libvirt gives the guest's own UUID to its firmware. Root alone may read it. */
static void read_uuid(const char *root, struct machine *machine)
{
	char text[64];
	long length = nestxml_file_read_small(root, "/sys/class/dmi/id/product_uuid", text, sizeof(text));

	text[length > 0 ? strspn(text, "0123456789abcdefABCDEF-") : 0] = '\0';
	if (strlen(text) == 36)
		snprintf(machine->uuid, sizeof(machine->uuid), "%.36s", text);
	for (char *at = machine->uuid; *at; at++)
		*at = (char)tolower((unsigned char)*at);
}

void machine_read(const char *root, const struct cpuinfo *cpuinfo, struct machine *machine)
{
	*machine = (struct machine){
		.is_guest = cpuinfo->hypervisor, .is_container = is_container(root), .encryption = find_encryption(root, cpuinfo)};
	read_uuid(root, machine);
}

void machine_advise_host(const struct machine *machine, char *text, size_t size)
{
	snprintf(text, size, "on the host: nestctl verify %s", machine->uuid[0] ? machine->uuid : "THIS-GUEST");
}
