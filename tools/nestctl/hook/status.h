/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status.h - whether libvirt runs the hook: what stands between them, and what to do about it. */
#ifndef NESTXML_HOOK_STATUS_H
#define NESTXML_HOOK_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "hook/confinement.h"
#include "hook/daemons.h"
#include "hook/places.h"
#include "nestctl.h"

struct hook_state {
	const struct hook *hook; /* borrowed */
	enum hook_place place;	 /* HOOK_PLACES: it is not installed */
	struct daemons daemons;
	bool looked[DAEMONS_MAX]; /* whether the daemon has looked for hooks since this one was installed */
	enum confinement apparmor;
	const char *apparmor_rule; /* the rule that the profile lacks, if it forbids */
	enum confinement selinux;
	char apparmor_detail[256];
	char selinux_detail[256];
};

/** Reads what is below @root. @hook is borrowed. */
void hook_state_read(const char *root, const struct hook *hook, struct hook_state *state);

/**
 * The verdict and what to do next, one sentence each, of at most @size bytes.
 * Returns NESTCTL_YES: libvirt runs it; NESTCTL_NO; NESTCTL_UNKNOWN.
 */
enum nestctl_status hook_state_describe(const struct hook_state *state, char *verdict, char *advice, size_t size);

#endif
