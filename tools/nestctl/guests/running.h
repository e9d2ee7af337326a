/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* running.h - what is known about a running guest without asking QEMU or the guest: its process, QEMU's log, the host. */
#ifndef NESTXML_RUNNING_H
#define NESTXML_RUNNING_H

#include <sys/types.h>

#include <nestxml/nestxml.h>

#include "guests/qemu_log.h"
#include "guests/qemu_process.h"
#include "guests/qemu_verdict.h"

struct running {
	pid_t pid;
	int process_error; /* negative errno; 0: the process is known */
	int log_error;
	struct qemu_log log;
	struct qemu_evidence evidence;
};

/**
 * Collects the evidence about one guest from below @root.
 *
 * @live	the guest's live XML; NULL: not known. What @running says borrows from it.
 */
void running_read(const char *root, const struct qemu_processes *processes, const char *name, const char *uuid,
		  const struct nestxml_domain *live, const struct nestxml_host *host, struct running *running);

#endif
