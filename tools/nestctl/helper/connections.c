/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connections.c - the helper's connections to libvirt: one that hears what happens to the guest, and one at a time to change it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "helper/helper.h"
#include "log.h"

#define URI "qemu:///system"
#define CONNECT_TIME 30000L /* milliseconds */
#define AWAIT_TIME 90000L
#define CONNECT_PAUSE 200L

/* The daemon may still be on its way up, and starting guests itself (autostart). Pauses, and returns whether to try once more. */
static bool wait_to_try_again(int64_t end)
{
	const struct timespec pause = {.tv_nsec = CONNECT_PAUSE * 1000000};

	if (nestxml_clock_monotonic() >= end)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

/* ---- the one that hears ---- */

static void on_happened(void *context, const char *uuid, enum virt_event event)
{
	struct helper *helper = context;
	int64_t now = nestxml_clock_monotonic();

	if (strcmp(uuid, helper->uuid) != 0)
		return;
	pending_add(&helper->pending, uuid, event, now);
	helper->restart.last_event = now;
	if (event == VIRT_EVENT_UNDEFINED)
		helper->restart.was_undefined = true;
	if (event == VIRT_EVENT_STARTED)
		helper->was_started = true;
}

static void on_closed(void *context)
{
	struct helper *helper = context;

	helper->has_lost_reader = true;
}

static int connect_reader(struct helper *helper, struct virt_error *error)
{
	int64_t end = nestxml_clock_monotonic() + CONNECT_TIME;
	int code;

	if (virt_new(&helper->reader, error) < 0 || virt_events_setup(helper->reader, error) < 0)
		return -1;
	do
		code = virt_connect(helper->reader, URI, false, error);
	while (code < 0 && wait_to_try_again(end));
	helper->listener = (struct virt_listener){helper, on_happened, on_closed};
	return code < 0 ? -1 : virt_listen(helper->reader, &helper->listener, error);
}

int helper_connect(struct helper *helper)
{
	struct virt_error error;

	if (connect_reader(helper, &error) == 0)
		return 0;
	log_write(LOG_ERR, "guest %s is not rewritten: libvirt: %s", helper->shown, error.message);
	return -1;
}

bool helper_hear(void *context)
{
	struct helper *helper = context;
	struct virt_error error;

	if (virt_events_take(helper->reader, &error) < 0)
		helper->has_lost_reader = true;
	return !helper->has_lost_reader;
}

void helper_hear_for(struct helper *helper, int milliseconds)
{
	struct virt_error error;

	if (virt_events_run(helper->reader, milliseconds, &error) < 0)
		helper->has_lost_reader = true;
}

void helper_hear_until(struct helper *helper, int64_t end, const bool *is_heard)
{
	int64_t left;

	while (!(is_heard && *is_heard) && !helper->has_lost_reader && (left = end - nestxml_clock_monotonic()) > 0)
		helper_hear_for(helper, (int)left);
}

void helper_await_libvirt(void)
{
	int64_t end = nestxml_clock_monotonic() + AWAIT_TIME;
	struct virt_error error;
	struct virt *virt;
	int code;

	do
		code = virt_open(URI, false, &virt, &error);
	while (code < 0 && wait_to_try_again(end));
	if (code == 0)
		virt_close(virt);
}

/* ---- the one for writing ---- */

int helper_hold(struct helper *helper, struct held *held)
{
	struct virt_error error;
	char name[256];

	if (virt_open(URI, true, &held->virt, &error) < 0) {
		held->virt = NULL;
		log_write(LOG_ERR, "guest %s: libvirt: %s", helper->shown, error.message);
		return -1;
	}
	if (virt_find_uuid(held->virt, helper->uuid, &held->guest, &error) < 0) {
		log_write(LOG_NOTICE, "guest %s: %s", helper->shown, error.message);
		return -1;
	}
	snprintf(helper->shown, sizeof(helper->shown), "'%s'", nestxml_text_escape(virt_domain_get_name(held->guest), name, sizeof(name)));
	return 0;
}

void held_release(struct held *held)
{
	virt_domain_free(held->guest);
	virt_close(held->virt);
}
