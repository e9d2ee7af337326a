/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* start.c - starts a guest whose start was refused, once helper/restart.c finds nothing against it. */
#include "clock.h"
#include "helper/helper.h"
#include "log.h"
#include "nestctl.h"

/* Decides after trying to get a slot, asking who is connected, and hearing all events so far. */
static enum restart_decision decide(struct helper *helper, const char **why)
{
	helper_take_slot(helper);
	helper_is_alone(helper);
	if (helper_hear(helper))
		return restart_decide(&helper->restart, nestxml_clock_monotonic(), why);
	*why = "libvirt has gone";
	return RESTART_NEVER;
}

static int leave_stopped(const struct helper *helper, const char *why)
{
	log_write(LOG_NOTICE, "guest %s: left stopped: %s", helper->shown, why);
	return -1;
}

/* Returns 0 when it may be started; else it has said why not. */
static int wait_for_turn(struct helper *helper)
{
	enum restart_decision decision = RESTART_WAIT;
	const char *why = "";

	for (int pause = HELPER_PAUSE; decision == RESTART_WAIT; pause = helper_get_next_pause(pause)) {
		int64_t now = nestxml_clock_monotonic();

		helper_hear_until(helper, now + restart_get_wait(&helper->restart, now, pause), NULL);
		decision = decide(helper, &why);
	}
	return decision == RESTART_NOW ? 0 : leave_stopped(helper, why);
}

/* Returns as helper_start(). */
static int start_now(struct helper *helper, const struct held *held)
{
	/* First, since the answer to the next question shows that the daemon of this connection still runs. */
	daemons_find(NESTCTL_ROOT, &helper->daemons);
	if (virt_domain_has_saved_state(held->guest))
		return leave_stopped(helper, "it has a managed save, or it is unknown whether it has one");
	if (virt_domain_is_running(held->guest)) {
		log_write(LOG_INFO, "guest %s: it is already running", helper->shown);
		return -1;
	}
	if (helper->was_started)
		return leave_stopped(helper, "another program has since started it, and it has ended");
	return helper_start_run(helper, held);
}

/* Whether another program may have changed the definition since it was rewritten. */
static bool is_changed(const struct helper *helper)
{
	return pending_get_wait(&helper->pending, false, nestxml_clock_monotonic()) >= 0;
}

int helper_start(struct helper *helper)
{
	enum restart_decision decision = RESTART_WAIT;
	const char *why = "";

	while (decision == RESTART_WAIT) {
		AUTO_HELD struct held held = {0};

		if (wait_for_turn(helper) < 0)
			return -1;
		if (is_changed(helper))
			return HELPER_START_LATER;
		if (helper_hold(helper, &held) < 0)
			return -1;
		/* To connect may have taken long, so another program may have come in the meantime. */
		decision = decide(helper, &why);
		if (is_changed(helper))
			return HELPER_START_LATER;
		if (decision == RESTART_NOW)
			return start_now(helper, &held);
	}
	return leave_stopped(helper, why);
}
