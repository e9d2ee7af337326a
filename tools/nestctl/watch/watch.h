/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.h - the state that the files of `nestctl watch` share, and its messages. */
#ifndef NESTCTL_WATCH_H
#define NESTCTL_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guests/pending.h"
#include "guests/plan.h"
#include "guests/qemu_process.h"
#include "libvirt/admin.h"
#include "libvirt/virt.h"
#include "watch/policy_watch.h"
#include "watch/runs.h"
#include "watch/sweep.h"

#define NEVER INT64_MAX

/** Who else is connected to libvirt for writing. */
enum company { COMPANY_UNKNOWN, COMPANY_NONE, COMPANY_SOME };

struct watch {
	struct virt *virt;
	const char *uri; /* NULL: libvirt's own choice */
	bool connected;
	bool broken;
	int pause;	    /* milliseconds */
	int64_t connect_at; /* by the clock, in milliseconds; NEVER: not */
	struct host_policy host_policy;
	bool has_host_policy;
	uint64_t policy_hash; /* of the policy files, before they were read */
	int64_t read_at;      /* they are to be read again then; NEVER: not */
	int64_t read_by;      /* however often they change until then, they are read by this time */
	char policy_error[sizeof(((struct nestxml_error *)NULL)->message)]; /* the last one that was said; "": none */
	struct policy_watch *files;
	struct admin *admin; /* NULL: it cannot be asked at the moment */
	int64_t admin_at;    /* when it may be tried again */
	bool admin_missed;   /* it has been said that it cannot be asked */
	enum company company;
	struct pending pending;
	int64_t sweep_at;	    /* all guests are to be looked at: then, or as soon as nobody else is connected; NEVER: not */
	struct virt_domain **swept; /* those of a sweep that is under way */
	size_t swept_count;
	size_t swept_next;
	struct sweep sweep;		 /* what is known of these */
	uint64_t sweep_key;		 /* of host_policy */
	struct runs runs;		 /* kept while libvirt is gone, since its guests run on */
	int64_t runs_at;		 /* those that run now are to be listed; NEVER: not */
	struct qemu_processes processes; /* as they were when the runs were listed */
	bool ready;			 /* the service manager knows */
};

/* ---- rewriting.c ---- */

/** Handles what is due: rewrites stored guests as their policies ask, until nothing is due or the watcher is told to end. */
void watch_rewrite_guests(struct watch *watch);

/** Whether stored guests are to be looked at, now or soon. */
bool watch_has_work(const struct watch *watch);

/** Ends the sweep that is under way, if there is one, and remembers what needs nothing. */
void watch_end_sweep(struct watch *watch);

/* ---- run_checks.c ---- */

/** All guests that run are to be looked at again. */
void watch_make_runs_due(struct watch *watch);

/** Looks at one of the guests that run and have not been looked at, and warns if it does not run as its policy asks. */
void watch_check_runs(struct watch *watch);

/* ---- watch.c ---- */

enum watch_priority { SAY_ERROR = 3, SAY_WARNING = 4, SAY_NOTICE = 5, SAY_INFO = 6 };

/** Prints one line for the journal. */
void watch_say(enum watch_priority priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Whether the watcher has been told to end. */
bool watch_is_ending(void);

/** Whether guests can be looked at: by a policy that is known, and not about to be read again. */
static inline bool watch_is_working(const struct watch *watch)
{
	return watch->connected && watch->has_host_policy && watch->read_at == NEVER;
}

#endif
