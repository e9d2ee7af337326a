/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rewriting.c - which stored guests `nestctl watch` looks at, when, and what becomes of them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "guests/yielding.h"
#include "macros.h"
#include "nestctl.h"
#include "watch/sweep_cache.h"
#include "watch/watch.h"

#define ADMIN_PAUSE 5000 /* milliseconds until libvirt's admin API is tried again */

/* ---- who else is connected ---- */

static void lose_admin(struct watch *watch, const char *why)
{
	admin_close(watch->admin);
	watch->admin = NULL;
	watch->admin_at = nestxml_clock_monotonic() + ADMIN_PAUSE;
	if (!watch->admin_missed)
		watch_say(
			SAY_NOTICE,
			"libvirt does not say who is connected (%s), so each rewrite waits until nothing has happened to the guest for %d ms",
			why, PENDING_QUIET);
	watch->admin_missed = true;
}

/* If this process is not among a daemon's clients, that daemon is not the one that is watched. */
static enum company ask_company(struct watch *watch)
{
	CLEANUP(clients_clear) struct clients clients = {0};
	struct virt_error error;

	if (!watch->admin && watch->admin_at > nestxml_clock_monotonic())
		return COMPANY_UNKNOWN;
	if ((!watch->admin && admin_open(&watch->admin, &error) < 0) || admin_list_clients(watch->admin, &clients, &error) < 0) {
		lose_admin(watch, error.message);
		return COMPANY_UNKNOWN;
	}
	if (!clients_has_process(&clients, getpid())) {
		lose_admin(watch, "the daemon that answers is not the one that is watched");
		return COMPANY_UNKNOWN;
	}
	watch->admin_missed = false;
	return clients_count_writers(&clients) > 0 ? COMPANY_SOME : COMPANY_NONE;
}

/* ---- guests ---- */

/* What has happened by now. Returns whether guests may still be looked at. */
static bool hear(void *context)
{
	struct watch *watch = context;
	struct virt_error error;

	watch->broken = watch->broken || virt_events_take(watch->virt, &error) < 0;
	return !watch->broken && !watch_is_ending();
}

static bool is_alone(void *context)
{
	return ask_company(context) == COMPANY_NONE;
}

/* Has the guest looked at again; all guests, if there is no room for it among those that wait. */
static void postpone(struct watch *watch, const char *uuid)
{
	if (!pending_postpone(&watch->pending, uuid, nestxml_clock_monotonic()))
		watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
}

static void say_of_guest(enum watch_priority priority, const struct virt_domain *guest, const char *message)
{
	char shown[320];

	watch_say(priority, "guest '%s': %s", nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown)), message);
}

/* Returns whether it needed nothing. */
static bool handle(struct watch *watch, const struct virt_domain *guest, bool alone)
{
	const struct yielding yielding = {&watch->pending, &watch->host_policy, hear, is_alone, watch};
	struct rewritten rewritten = {.result = REWRITE_FAILED};

	yielding_rewrite(&yielding, watch->virt, guest, alone, &rewritten);
	switch (rewritten.result) {
	case REWRITE_NOTHING:
		return true;
	case REWRITE_YIELDED:
		postpone(watch, virt_domain_get_uuid(guest));
		break;
	case REWRITE_LEFT:
		say_of_guest(SAY_INFO, guest, rewritten.message);
		break;
	case REWRITE_DONE:
		say_of_guest(SAY_NOTICE, guest, rewritten.message);
		break;
	case REWRITE_FAILED:
		watch->broken = !virt_is_alive(watch->virt); /* then all guests will be looked at once it is back */
		if (!watch->broken)
			say_of_guest(SAY_ERROR, guest, rewritten.message);
		break;
	}
	return false;
}

void watch_end_sweep(struct watch *watch)
{
	virt_list_free(watch->swept, watch->swept_count);
	watch->swept = NULL;
	watch->swept_count = 0;
	watch->swept_next = 0;
	sweep_end(NESTCTL_ROOT, &watch->sweep);
}

/* Begins a sweep of all guests except those that needed nothing and have not changed since. */
static void begin_sweep(struct watch *watch)
{
	struct virt_error error;

	watch_end_sweep(watch);
	watch->sweep_at = NEVER;
	if (virt_list_stored(watch->virt, &watch->swept, &watch->swept_count, &error) < 0) {
		watch_say(SAY_ERROR, "libvirt cannot list its guests: %s", error.message);
		watch->broken = true;
		return;
	}
	sweep_begin(NESTCTL_ROOT, watch->sweep_key, watch->swept, &watch->swept_count, &watch->sweep);
	if (watch->swept_count == 0)
		watch_end_sweep(watch);
}

/* It may be gone by now, or was never stored. */
static void handle_change(struct watch *watch, const char *uuid, bool alone)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	struct virt_error error;

	if (virt_find_uuid(watch->virt, uuid, &guest, &error) == 0) {
		if (virt_domain_is_persistent(guest))
			handle(watch, guest, alone);
		return;
	}
	watch->broken = !error.no_domain && !virt_is_alive(watch->virt);
	if (!error.no_domain && !watch->broken)
		watch_say(SAY_ERROR, "guest %s is not looked at: libvirt: %s", uuid, error.message);
}

/* A guest that a rewrite has brought back, since another program undefined it at the same moment, is undefined again. */
static void undo(struct watch *watch, const char *uuid)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	const struct yielding yielding = {&watch->pending, &watch->host_policy, hear, is_alone, watch};
	struct virt_error error;
	enum undone undone;
	char why[640];

	if (virt_find_uuid(watch->virt, uuid, &guest, &error) < 0 || !virt_domain_is_persistent(guest)) {
		pending_remove(&watch->pending, uuid);
		return;
	}
	undone = yielding_undo(&yielding, guest, why, sizeof(why));
	say_of_guest(undone == UNDO_FAILED ? SAY_ERROR : SAY_NOTICE, guest, why);
	if (undone == UNDO_KEPT)
		postpone(watch, uuid);
}

/* The next one of a sweep that is under way. */
static void handle_swept(struct watch *watch, bool alone)
{
	const struct virt_domain *guest = watch->swept[watch->swept_next++];

	if (pending_want(&watch->pending, virt_domain_get_uuid(guest), alone, nestxml_clock_monotonic()) && handle(watch, guest, alone))
		sweep_settle(NESTCTL_ROOT, &watch->sweep, &watch->host_policy, guest);
}

/* Returns false if there is none that may be looked at now. */
static bool handle_next(struct watch *watch)
{
	char uuid[PENDING_UUID];
	bool alone;

	if (pending_find_back(&watch->pending, nestxml_clock_monotonic(), uuid)) {
		undo(watch, uuid);
		return true;
	}
	watch->company = ask_company(watch);
	alone = watch->company == COMPANY_NONE;
	if (pending_take(&watch->pending, alone, nestxml_clock_monotonic(), uuid)) {
		handle_change(watch, uuid, alone);
		return true;
	}
	if (watch->sweep_at != NEVER && (alone || watch->sweep_at <= nestxml_clock_monotonic())) {
		begin_sweep(watch);
		return true;
	}
	if (watch->swept_next < watch->swept_count) {
		handle_swept(watch, alone);
		return true;
	}
	watch_end_sweep(watch);
	return false;
}

bool watch_has_work(const struct watch *watch)
{
	return watch->sweep_at != NEVER || watch->swept_count > 0 ||
	       pending_get_wait(&watch->pending, false, nestxml_clock_monotonic()) >= 0;
}

void watch_rewrite_guests(struct watch *watch)
{
	if (!watch_is_working(watch) || !watch_has_work(watch))
		return;
	/* Events that libvirt's loop has read already may still have to be told. */
	while (hear(watch) && watch_is_working(watch) && watch_has_work(watch) && handle_next(watch)) {
	}
}
