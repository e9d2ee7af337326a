/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* restart.c - whether a guest whose start was refused may be started. */
#include "helper/restart.h"

static enum restart_decision wait_until(int64_t end, int64_t now, const char *too_late, const char **why)
{
	if (now < end)
		return RESTART_WAIT;
	*why = too_late;
	return RESTART_NEVER;
}

enum restart_decision restart_decide(const struct restart *restart, int64_t now, const char **why)
{
	int64_t busy = restart->last_writer > restart->last_event ? restart->last_writer : restart->last_event;

	if (restart->was_undefined) {
		*why = "it was undefined meanwhile";
		return RESTART_NEVER;
	}
	if (!restart->knows_clients) {
		*why = "who is connected to libvirt cannot be told";
		return RESTART_NEVER;
	}
	if (restart->writers > 0)
		return wait_until(restart->refused + RESTART_CLIENTS_TIME, now, "another program is still connected to libvirt", why);
	if (now - busy < RESTART_QUIET)
		return wait_until(restart->refused + RESTART_TIME, now, "something keeps happening to it", why);
	return RESTART_NOW;
}
