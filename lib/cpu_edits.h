/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpu_edits.h - what has to change in a CPU for it to state what is asked for. */
#ifndef NESTXML_CPU_EDITS_H
#define NESTXML_CPU_EDITS_H

#include "draft.h"

/**
 * Adds to the empty @draft what makes the CPU of its domain state @nested, which is not LEAVE, for @vendor, under @mode; a domain
 * without a <cpu> gets one. A mode that is not possible is treated as KEEP. Returns the mode that the CPU then has. If memory runs out,
 * @draft says so.
 */
enum cpu_mode nestxml_cpu_edits(struct draft *draft, enum nestxml_nested nested, enum nestxml_mode mode, enum nestxml_vendor vendor);

/** Whether libvirt starts a guest of this type with a CPU of this mode: it passes the host's CPU through to no guest that QEMU emulates. */
bool nestxml_mode_is_possible(const struct nestxml_domain *domain, enum nestxml_mode mode);

#endif
