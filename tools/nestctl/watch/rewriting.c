/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rewriting.c - which stored guests `nestctl watch` looks at, when, and what becomes of them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "guests/definition.h"
#include "macros.h"
#include "nestctl.h"
#include "watch/sweep_memory.h"
#include "watch/watch.h"

#define ADMIN_PAUSE 5000 /* milliseconds until libvirt's admin API is tried again */

/* ---- who else is connected ---- */

static void lose_admin(struct watch *watch, const char *why)
{
	admin_close(watch->admin);
	watch->admin = NULL;
	watch->admin_at = nestxml_clock_monotonic() + ADMIN_PAUSE;
	if (!watch->admin_missed)
		watch_say(SAY_NOTICE, "libvirt does not say who is connected, so each change waits %d ms: %s", PENDING_QUIET, why);
	watch->admin_missed = true;
}

/* A daemon of whose clients this process is none is not the one that is watched. */
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
		lose_admin(watch, "the daemon that can be asked is another one");
		return COMPANY_UNKNOWN;
	}
	watch->admin_missed = false;
	return clients_count_writers(&clients) > 0 ? COMPANY_SOME : COMPANY_NONE;
}

/* ---- guests ---- */

/* The events of this connection that have come; twice, since what one round reads the next one tells. */
static void take_events(struct watch *watch)
{
	struct virt_error error;

	for (int i = 0; i < 2 && !watch->broken; i++)
		if (virt_events_run(watch->virt, 0, &error) < 0)
			watch->broken = true;
}

struct look {
	struct watch *watch;
	const char *uuid;
	bool is_alone; /* the reason why it was taken for the time to look */
	struct rewritten rewritten;
	size_t expected; /* events of the watcher's own definitions so far */
};

static void expect_own(struct look *look)
{
	pending_expect(&look->watch->pending, look->uuid, look->rewritten.defines - look->expected, nestxml_clock_monotonic());
	look->expected = look->rewritten.defines;
}

/* Whether it still is: what came between is the other program's next change. */
static bool may_write(void *context)
{
	struct look *look = context;
	struct watch *watch = look->watch;

	expect_own(look);
	take_events(watch);
	return !watch_is_ending() && !watch->broken && pending_want(&watch->pending, look->uuid, false, nestxml_clock_monotonic());
}

/* If quiet is the reason, the definition was read last, and nothing comes between that and the write. */
static bool is_undisturbed(void *context)
{
	struct look *look = context;

	return !look->is_alone || (ask_company(look->watch) == COMPANY_NONE && may_write(look));
}

/* Returns whether it needed nothing. */
static bool handle(struct watch *watch, const struct virt_domain *guest, bool is_alone)
{
	struct look look = {.watch = watch, .uuid = virt_domain_get_uuid(guest), .is_alone = is_alone};
	const struct rewrite_terms terms = {
		.spares_managers = true, .may_write = may_write, .is_undisturbed = is_undisturbed, .context = &look};
	const struct rewritten *rewritten = &look.rewritten;
	char shown[320];

	definition_rewrite_on(watch->virt, guest, &watch->host_policy, &terms, &look.rewritten);
	expect_own(&look);
	if (rewritten->result == REWRITE_YIELDED && !pending_add(&watch->pending, look.uuid, PENDING_YIELDED, nestxml_clock_monotonic()))
		watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
	if (rewritten->result == REWRITE_NOTHING || rewritten->result == REWRITE_YIELDED)
		return rewritten->result == REWRITE_NOTHING;
	if (rewritten->result == REWRITE_FAILED && !virt_is_alive(watch->virt)) {
		watch->broken = true; /* all guests will be looked at after that */
		return false;
	}
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	watch_say(rewritten->result == REWRITE_FAILED ? SAY_ERROR
		  : rewritten->result == REWRITE_LEFT ? SAY_INFO
						      : SAY_NOTICE,
		  "guest '%s': %s", shown, rewritten->message);
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

/* Of all guests, but those that need nothing since they were looked at. */
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
static void handle_change(struct watch *watch, const char *uuid, bool is_alone)
{
	struct virt_domain *guest;
	struct virt_error error;

	if (virt_find(watch->virt, uuid, &guest, &error) < 0) {
		watch->broken = !error.no_domain && !virt_is_alive(watch->virt);
		if (!error.no_domain && !watch->broken)
			watch_say(SAY_ERROR, "guest %s is not looked at: libvirt: %s", uuid, error.message);
		return;
	}
	if (virt_domain_is_persistent(guest))
		handle(watch, guest, is_alone);
	virt_domain_free(guest);
}

/* A guest that a rewrite has brought back, since another program undefined it at the same moment, goes again. */
static void undo(struct watch *watch, const char *uuid)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	struct virt_error error;
	enum undone undone;
	char shown[320];
	char why[640];

	if (virt_find(watch->virt, uuid, &guest, &error) < 0) {
		guest = NULL;
		return;
	}
	if (!virt_domain_is_persistent(guest))
		return;
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	undone = definition_undo(guest, &watch->host_policy, why, sizeof(why));
	watch_say(undone == UNDO_FAILED ? SAY_ERROR : SAY_NOTICE, "guest '%s': %s", shown, why);
	if (undone == UNDO_KEPT && !pending_add(&watch->pending, uuid, PENDING_CHANGED, nestxml_clock_monotonic()))
		watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
}

/* Returns false if there is none that may be looked at now. */
static bool handle_next(struct watch *watch)
{
	char uuid[PENDING_UUID];
	bool is_alone;

	if (pending_take_back(&watch->pending, nestxml_clock_monotonic(), uuid)) {
		undo(watch, uuid);
		return true;
	}
	watch->company = ask_company(watch);
	is_alone = watch->company == COMPANY_NONE;
	if (pending_take(&watch->pending, is_alone, nestxml_clock_monotonic(), uuid)) {
		handle_change(watch, uuid, is_alone);
		return true;
	}
	if (watch->sweep_at != NEVER && (is_alone || watch->sweep_at <= nestxml_clock_monotonic())) {
		begin_sweep(watch);
		return true;
	}
	if (watch->swept_next < watch->swept_count) {
		const struct virt_domain *guest = watch->swept[watch->swept_next++];

		if (pending_want(&watch->pending, virt_domain_get_uuid(guest), is_alone, nestxml_clock_monotonic()) &&
		    handle(watch, guest, is_alone))
			sweep_settle(NESTCTL_ROOT, &watch->sweep, &watch->host_policy, guest);
		return true;
	}
	watch_end_sweep(watch);
	return false;
}

static bool has_work(const struct watch *watch)
{
	return watch_is_working(watch) && !watch->broken && !watch_is_ending() &&
	       (watch->sweep_at != NEVER || watch->swept_count > 0 ||
		pending_get_wait(&watch->pending, false, nestxml_clock_monotonic()) >= 0);
}

void watch_rewrite_guests(struct watch *watch)
{
	if (has_work(watch))
		take_events(watch); /* what has been read already is not told yet */
	while (has_work(watch) && handle_next(watch))
		take_events(watch);
}
