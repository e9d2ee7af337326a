/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.h - the state that the files of `nestctl hook-helper` share. */
#ifndef NESTCTL_HELPER_H
#define NESTCTL_HELPER_H

#include <stdbool.h>
#include <stddef.h>

#include "guests/definition.h"
#include "guests/plan.h"
#include "helper/restart.h"
#include "libvirt/admin.h"
#include "libvirt/virt.h"

/** How the files of the guests' locks in NESTXML_RUN_DIRECTORY begin. */
#define LOCK_NAME "lock-"

struct helper {
	const char *uuid;
	char shown[320];      /* the guest for the log: its name as soon as that is known */
	struct admin *admin;  /* NULL: to be opened when it is needed */
	struct clients named; /* who was connected when the start was refused */
	struct host_policy host_policy;
	struct virt *reader;		   /* hears of events; read-only, so that it is in nobody's way */
	const struct rewritten *rewritten; /* of the rewrite that is under way */
	size_t counted;			   /* of its definitions: so many are in @own */
	size_t own;			   /* events of own definitions that are to come */
	struct restart restart;
	bool starts;
	bool has_lock;
	bool has_said_so; /* that libvirt's admin API has not answered */
	bool has_lost_reader;
	bool was_changed; /* the definition may be another one since it was looked at last */
	bool has_written;
	bool is_gone; /* it was undefined, and not defined since */
	bool is_back; /* an own definition has brought the guest back, and nothing has happened to it since (watch/pending.h) */
};

/** Asks libvirt who is connected for writing, and notes that in @helper's restart. */
void helper_ask_clients(struct helper *helper);

void helper_close_admin(struct helper *helper);

/** Answers the hook, and with it the user, what will become of the guest; closes stdout. */
void helper_answer_hook(struct helper *helper);

#endif
