/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_monitor.h - what QEMU itself says that a guest's processors have. */
#ifndef NESTXML_QEMU_MONITOR_H
#define NESTXML_QEMU_MONITOR_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "guests/channel.h"
#include "vendors.h"

struct qemu_monitor_answer {
	bool answered;	     /* the rest is known */
	bool has[VENDORS];   /* whether a processor has the vendor's feature */
	bool lacks[VENDORS]; /* whether a processor does not have it */
	char error[512];     /* why it did not answer; ready for a terminal */
};

/**
 * Asks QEMU for the features of each of its processors, since one that was added may have different ones: query-cpus-fast, then qom-get of
 * each one's properties named as the vendors' features ("vmx" and "svm"), which are what QEMU shows the guest, without what KVM does not
 * give (QEMU 2.12 and newer).
 */
void qemu_monitor_ask(const struct channel *channel, struct qemu_monitor_answer *answer);

#endif
