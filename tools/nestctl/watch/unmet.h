/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unmet.h - a running guest against its policy, in a line for the log. */
#ifndef NESTXML_UNMET_H
#define NESTXML_UNMET_H

#include <stdbool.h>

#include "guests/plan.h"
#include "guests/qemu_process.h"
#include "libvirt/virt.h"
#include "watch/runs.h"

struct unmet {
	struct run_said said; /* all zero: its policy is met, or asks nothing that could be unmet */
	char message[2560];   /* ready for a terminal, the guest's name included; "" where @said is all zero */
};

/**
 * Looks at a running guest as `nestctl verify` does, without asking QEMU or the guest.
 *
 * @guest	is released
 *
 * Returns false where libvirt does not give its XML: @unmet has the reason as its message.
 */
bool unmet_read(const struct host_policy *host_policy, const struct qemu_processes *processes, struct virt_domain *guest,
		struct unmet *unmet);

#endif
