/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restart.h - whether a guest whose start was refused may be started on behalf of whoever started it. Pure: the clock is the caller's.
 *
 * A manager treats the refusal as the end of the matter: it marks the guest down, starts it on another host, or undefines it. So the guest
 * is started only once nobody is left who could believe that it is stopped (docs/libvirt-facts.md #19).
 */
#ifndef NESTXML_RESTART_H
#define NESTXML_RESTART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESTART_ANSWER_TIME 60000 /* milliseconds after the refusal in which libvirt must have said who is connected */
#define RESTART_TURN_TIME 180000  /* milliseconds after the refusal of one of many guests: by then all of this must be done */
#define RESTART_CLIENTS_TIME 5000 /* milliseconds after libvirt first said who is connected: by then all others must have gone */
#define RESTART_QUIET 300	  /* milliseconds in which nothing may happen to the guest, nobody else being connected */
#define RESTART_TIME 10000	  /* milliseconds after libvirt first said who is connected: by then RESTART_QUIET must have passed */
#define RESTART_WATCH 10000	  /* milliseconds after the start in which an undefine of the guest ends it */
#define RESTART_REPLACE 600	  /* milliseconds after that undefine in which it may be defined again, and runs on */

/** What is known of the guest and of the others; times in milliseconds by the caller's clock. */
struct restart {
	int64_t refused;     /* when the start was */
	int64_t known;	     /* when libvirt first said who is connected: at once, unless it is busy; 0: not yet */
	bool knows_clients;  /* libvirt said who is connected when it was asked last */
	bool may_know;	     /* it may say so later */
	size_t writers;	     /* others that are connected for writing */
	int64_t last_writer; /* when there was one last; 0: never */
	int64_t last_event;  /* when something happened to the guest last; 0: never */
	bool is_queued;	     /* it had to wait for a slot: its owner was told of RESTART_TURN_TIME for all of this */
	bool was_undefined;  /* since the refusal, even if it is defined again by now */
};

enum restart_decision { RESTART_WAIT, RESTART_NOW, RESTART_NEVER };

/** Decides at @now. @why: of RESTART_NEVER, as in "guest 'vm': left stopped: WHY"; static. */
enum restart_decision restart_decide(const struct restart *restart, int64_t now, const char **why);

/**
 * After a RESTART_WAIT at @now: the milliseconds until the decision may change even without an event; not below 0.
 *
 * @pause	until it is asked again who is connected, where that is what is waited for
 */
int64_t restart_get_wait(const struct restart *restart, int64_t now, int64_t pause);

#endif
