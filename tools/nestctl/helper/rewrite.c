/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rewrite.c - the definition of a guest whose start was refused, rewritten by the rule of the watcher. */
#include <stdio.h>

#include "clock.h"
#include "guests/yielding.h"
#include "helper/helper.h"
#include "log.h"

#define REWRITE_TIME 60000 /* milliseconds: by then the others have left the guest alone for a moment, or will not */

/* Returns 1: the definition is as its policy asks; 0: it is to be tried again; -1: it is not, and that was said. */
static int rewrite_now(struct helper *helper, bool alone)
{
	AUTO_HELD struct held held = {0};
	struct rewritten rewritten = {.result = REWRITE_FAILED};
	const struct yielding yielding = {&helper->pending, &helper->host_policy, helper_hear, helper_is_alone, helper};

	if (helper_hold(helper, &held) < 0)
		return -1;
	if (virt_domain_is_persistent(held.guest))
		yielding_rewrite(&yielding, held.virt, held.guest, alone, &rewritten);
	else
		snprintf(rewritten.message, sizeof(rewritten.message), "it has no stored definition any more");
	helper->has_written = helper->has_written || rewritten.defines > 0;
	if (rewritten.result == REWRITE_YIELDED) {
		pending_postpone(&helper->pending, helper->uuid, nestxml_clock_monotonic());
		return 0;
	}
	log_write(rewritten.result == REWRITE_FAILED ? LOG_ERR : LOG_NOTICE, "guest %s: %s", helper->shown, rewritten.message);
	return rewritten.is_current ? 1 : -1;
}

int helper_rewrite(struct helper *helper)
{
	int64_t now = nestxml_clock_monotonic();
	int64_t end = now + REWRITE_TIME;
	int pause = HELPER_PAUSE;
	int code = 0;
	bool alone;

	while (code == 0 && now < end && !helper->has_lost_reader && !pending_is_back(&helper->pending, helper->uuid)) {
		alone = helper_is_alone(helper);
		helper_hear(helper);
		if (pending_want(&helper->pending, helper->uuid, alone, nestxml_clock_monotonic()))
			code = rewrite_now(helper, alone);
		if (code == 0)
			helper_hear_for(helper, pause);
		pause = helper_get_next_pause(pause);
		now = nestxml_clock_monotonic();
	}
	if (code == 0)
		log_write(LOG_NOTICE, "guest %s is not rewritten: %s", helper->shown,
			  helper->has_lost_reader ? "libvirt has gone" : "another program is at work on it");
	return code > 0 ? 0 : -1;
}

/* Another program undefined it at the moment of the rewrite. */
void helper_undo(struct helper *helper)
{
	AUTO_HELD struct held held = {0};
	const struct yielding yielding = {&helper->pending, &helper->host_policy, helper_hear, helper_is_alone, helper};
	enum undone undone;
	char why[640];

	helper_hear_until(helper, nestxml_clock_monotonic() + RESTART_QUIET, NULL);
	if (!pending_is_back(&helper->pending, helper->uuid) || helper->has_lost_reader || helper_hold(helper, &held) < 0 ||
	    !virt_domain_is_persistent(held.guest))
		return;
	undone = yielding_undo(&yielding, held.guest, why, sizeof(why));
	log_write(undone == UNDO_FAILED ? LOG_ERR : LOG_NOTICE, "guest %s: %s", helper->shown, why);
}
