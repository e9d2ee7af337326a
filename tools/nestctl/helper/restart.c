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

/* When something last happened to the guest, or another program was last connected. */
static int64_t last_busy(const struct restart *restart)
{
	return restart->last_writer > restart->last_event ? restart->last_writer : restart->last_event;
}

/* What is waited for must come within @time of the first answer about who is connected, as the owner of the start was told. */
static int64_t get_end(const struct restart *restart, int64_t time)
{
	return restart->is_queued ? restart->refused + RESTART_TURN_TIME : restart->known + time;
}

/*
 * Until when libvirt must say who is connected. Once it has said so for the first time, that is until when what is waited for must have
 * come: that the others have gone, or that the guest is quiet.
 */
static int64_t last_answer(const struct restart *restart, int64_t now)
{
	if (!restart->may_know)
		return now;
	if (restart->known == 0)
		return restart->refused + (restart->is_queued ? RESTART_TURN_TIME : RESTART_ANSWER_TIME);
	return get_end(restart, restart->writers > 0 ? RESTART_CLIENTS_TIME : RESTART_TIME);
}

enum restart_decision restart_decide(const struct restart *restart, int64_t now, const char **why)
{
	if (restart->was_undefined) {
		*why = "it has been undefined in the meantime";
		return RESTART_NEVER;
	}
	if (!restart->knows_clients && restart->is_queued && restart->known == 0)
		return wait_until(last_answer(restart, now), now, "too many guests were refused at once, and its turn did not come", why);
	if (!restart->knows_clients)
		return wait_until(last_answer(restart, now), now, "it is unknown which programs are connected to libvirt", why);
	if (restart->writers > 0)
		return wait_until(get_end(restart, RESTART_CLIENTS_TIME), now, "another program is still connected to libvirt", why);
	if (now - last_busy(restart) < RESTART_QUIET)
		return wait_until(get_end(restart, RESTART_TIME), now, "something keeps happening to it", why);
	return RESTART_NOW;
}

int64_t restart_get_wait(const struct restart *restart, int64_t now, int64_t pause)
{
	int64_t quiet = last_busy(restart) + RESTART_QUIET - now;

	if (!restart->knows_clients || restart->writers > 0)
		return pause;
	return quiet > 0 ? quiet : 0;
}
