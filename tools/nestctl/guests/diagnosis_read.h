/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnosis_read.h - gathers what is known of a guest. */
#ifndef NESTXML_DIAGNOSIS_READ_H
#define NESTXML_DIAGNOSIS_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "guests/diagnosis.h"
#include "guests/plan.h"

/**
 * Gathers all about the guest in @diagnosis, whose guest, host, processes, policy_error, is_qemu_asked and is_guest_asked are set; it owns
 * the guest. Returns false where libvirt does not give its XML, with the reason in @why. To be released with diagnosis_clear() either way.
 */
bool diagnosis_read(const struct host_policy *host_policy, struct diagnosis *diagnosis, char *why, size_t size);
/** Releases what @diagnosis owns; it may be all zero. */
void diagnosis_clear(struct diagnosis *diagnosis);
#define AUTO_DIAGNOSIS CLEANUP(diagnosis_clear)

#endif
