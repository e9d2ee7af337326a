/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpuid.c - the instruction. */
#include "host/cpuid.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

bool cpuid_read(uint32_t leaf, struct cpuid *registers)
{
	return __get_cpuid_count(leaf, 0, &registers->eax, &registers->ebx, &registers->ecx, &registers->edx) != 0;
}
#else
bool cpuid_read(uint32_t leaf, struct cpuid *registers)
{
	(void)leaf;
	(void)registers;
	return false;
}
#endif
