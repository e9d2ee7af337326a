/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpuid.h - the processor's own CPUID, which any user may ask; the tests replace it. */
#ifndef NESTXML_CPUID_H
#define NESTXML_CPUID_H

#include <stdbool.h>
#include <stdint.h>

struct cpuid {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

/** Asks for @leaf. False: the processor has no such leaf, or is not x86. */
bool cpuid_read(uint32_t leaf, struct cpuid *registers);

#endif
