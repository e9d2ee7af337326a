/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.h - the state that the files of `nestctl hook-helper` share. */
#ifndef NESTCTL_HELPER_H
#define NESTCTL_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "guests/pending.h"
#include "guests/plan.h"
#include "helper/restart.h"
#include "hook/daemons.h"
#include "libvirt/admin.h"
#include "libvirt/virt.h"
#include "macros.h"

#define HELPER_LOCK 3	/* the descriptor with the guest's lock, from the hook */
#define HELPER_PAUSE 20 /* milliseconds until the second look; doubles */
#define HELPER_LONGEST_PAUSE 320

/** A run of the guest: libvirt's number for it, and its QEMU. */
struct helper_run {
	int number;		  /* -1: it is not running, or libvirt did not say */
	pid_t pid;		  /* 0: not known, or not known to be this helper's */
	unsigned long long ticks; /* when QEMU started, since boot */
};

struct helper {
	char uuid[PENDING_UUID];
	char shown[320];      /* the guest for the log: its name as soon as that is known */
	struct admin *admin;  /* NULL: to be opened when it is needed */
	struct clients named; /* who was connected when the start was refused */
	struct host_policy host_policy;
	struct virt *reader; /* hears of events; read-only, so that it is in nobody's way */
	struct virt_listener listener;
	struct restart restart;
	bool has_slot;
	int slot;
	int slot_lock; /* a descriptor, or -1 where it cannot be locked */
	bool starts;   /* it is to start the guest, not only to rewrite its definition */
	bool has_lock;
	bool has_said_so; /* that libvirt's admin API has not answered */
	bool has_lost_reader;
	bool was_started; /* by another program, since the refusal */
	bool has_written;
	struct daemons daemons; /* libvirt's, shortly before it was asked to start the guest */
	struct helper_run run;	/* what it has started */
	struct pending pending; /* this guest alone */
};

static inline int helper_get_next_pause(int pause)
{
	return 2 * pause < HELPER_LONGEST_PAUSE ? 2 * pause : HELPER_LONGEST_PAUSE;
}

/* ---- lock.c: the guest's lock, which the hook has left open ---- */

/** How many helpers are at work now, this one included. */
size_t helper_count(void);
/** Releases the guest's lock, for the next refused start of this guest. */
void helper_release_lock(struct helper *helper);

/* ---- slot.c: how many helpers ask who is connected, and start their guests, at once ---- */

/** Takes one of the few slots, unless @helper has one. Returns false if none is free. */
bool helper_take_slot(struct helper *helper);
/** Gives the slot back, if @helper has one, and closes what it was for: the connection to libvirt's admin API. */
void helper_release_slot(struct helper *helper);

/* ---- answer.c: who else is connected, and what the hook is told ---- */

/** Asks libvirt who is connected for writing, and notes that in @helper's restart. Returns whether nobody is; false without a slot. */
bool helper_is_alone(void *helper);
void helper_close_admin(struct helper *helper);
/** Answers the hook, and with it the user, what will become of the guest; closes stdout. */
void helper_answer_hook(struct helper *helper);

/* ---- connections.c: to libvirt, one that hears, and one for writing ---- */

/** Connects @helper's reader. Returns 0, or -1 and has said why. */
int helper_connect(struct helper *helper);
/** Hears of the events that have come. Returns whether more can come. */
bool helper_hear(void *helper);
/** Hears of those that come within @milliseconds, and returns after the first. */
void helper_hear_for(struct helper *helper, int milliseconds);
/** Hears of events until @end, or until *@is_heard is true; NULL: until @end. */
void helper_hear_until(struct helper *helper, int64_t end, const bool *is_heard);

/**
 * Waits until libvirt's daemon answers, 90 s at most: a daemon that is shutting down waits up to 30 s for calls in progress
 * (virNetDaemonRun()), and only then can the next one start.
 */
void helper_await_libvirt(void);

/** The guest on a connection for writing, which is held for no longer than it is used. Starts zeroed. */
struct held {
	struct virt *virt;
	struct virt_domain *guest;
};

/** Finds the guest on a new connection. Returns 0, or -1 and has said why. */
int helper_hold(struct helper *helper, struct held *held);
void held_release(struct held *held);
#define AUTO_HELD CLEANUP(held_release)

/* ---- rewrite.c ---- */

/** Rewrites the stored definition, once no other program is at work on it. Returns 0: it is as its policy asks; or -1 and has said why not.
 */
int helper_rewrite(struct helper *helper);
/** Undefines the guest again, if the rewrite has brought it back. */
void helper_undo(struct helper *helper);

/* ---- start.c ---- */

#define HELPER_START_LATER (-2)

/**
 * Starts the guest, once it may be started. Returns 0; or -1 and has said why no run is known to be this helper's; or HELPER_START_LATER:
 * something has happened to the guest since it was rewritten, so it must be rewritten again first.
 */
int helper_start(struct helper *helper);

/* ---- run.c ---- */

/** Starts the guest now, and notes the run in @helper. Returns 0, or -1 and has said why no run is known to be this helper's.
 */
int helper_start_run(struct helper *helper, const struct held *held);
/**
 * Destroys what was started if its owner believes it gone: if the guest is undefined within RESTART_WATCH, or, if libvirt is down at the
 * end of that, by the time it is back.
 */
void helper_watch_run(struct helper *helper);

#endif
