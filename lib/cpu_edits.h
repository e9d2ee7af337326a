/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpu_edits.h - what has to change in a CPU for it to state what is asked for. */
#ifndef NESTXML_CPU_EDITS_H
#define NESTXML_CPU_EDITS_H

#include "draft.h"

/**
 * Adds to the empty @draft what makes the CPU of its domain state @nested, which is not LEAVE, for @vendor, under @mode; a domain
 * without a <cpu> gets one. Returns the mode that the CPU then has. If memory runs out, @draft says so.
 */
enum cpu_mode nestxml_cpu_edits(struct draft *draft, enum nestxml_nested nested, enum nestxml_mode mode, enum nestxml_vendor vendor);

#endif
