/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* start.c - starts a guest whose start was refused, once helper/restart.c finds nothing against it. */
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "guests/definition_path.h"
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
	struct virt_domain *guest = held->guest;
	struct virt_error error;
	int run = -1;

	if (virt_domain_has_saved_state(guest))
		log_write(LOG_NOTICE, "guest %s: left stopped: it has a managed save, or whether it has one is unknown", helper->shown);
	else if (virt_domain_is_running(guest))
		log_write(LOG_INFO, "guest %s: it is already running", helper->shown);
	else if (helper->was_started)
		log_write(LOG_NOTICE, "guest %s: left stopped: another program has since started it, and it has ended", helper->shown);
	else if (virt_domain_start(guest, &run, &error) == 0)
		log_write(LOG_NOTICE, "guest %s: started again", helper->shown);
	else if (virt_is_alive(held->virt))
		log_write(LOG_ERR, "guest %s: it could not be started again: %s", helper->shown, error.message);
	else
		run = helper_find_run(helper);
	return run;
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
		/* To connect may have taken long, so another program may have come meanwhile. */
		decision = decide(helper, &why);
		if (is_changed(helper))
			return HELPER_START_LATER;
		if (decision == RESTART_NOW)
			return start_now(helper, &held);
	}
	return leave_stopped(helper, why);
}

/* A daemon that cannot read the file of a definition treats the guest as a transient one. */
static bool is_defined(const struct virt_domain *guest)
{
	char path[PATH_MAX];

	return virt_domain_is_persistent(guest) || (definition_make_path(NESTCTL_ROOT, guest, "xml", path) && access(path, F_OK) == 0);
}

/* Returns whether it runs on because it is defined. */
static bool destroy(struct helper *helper, int run)
{
	AUTO_HELD struct held held = {0};
	struct virt_error error;
	bool is_kept = false;

	if (helper_hold(helper, &held) < 0)
		return false;
	if (virt_domain_get_run(held.guest) != run)
		log_write(LOG_INFO, "guest %s: what this helper started has ended", helper->shown);
	else if (helper->has_lost_reader && helper_may_be_another_run(held.guest))
		log_write(LOG_NOTICE, "guest %s: perhaps another program has started it since libvirt was restarted; it keeps running",
			  helper->shown);
	else if ((is_kept = is_defined(held.guest)))
		log_write(LOG_NOTICE, "guest %s is defined, so its owner knows of it; it keeps running", helper->shown);
	else if (virt_domain_destroy(held.guest, &error) < 0)
		log_write(LOG_ERR, "guest %s was undefined after this helper had started it, and cannot be destroyed: %s", helper->shown,
			  error.message);
	else
		log_write(
			LOG_WARNING,
			"guest %s: destroyed: it was undefined within %d s after this helper had started it, so its owner believes it gone",
			helper->shown, RESTART_WATCH / 1000);
	return is_kept;
}

static void sleep_until(int64_t end)
{
	int64_t left = end - nestxml_clock_monotonic();
	const struct timespec pause = {left / 1000, left % 1000 * 1000000};

	if (left > 0)
		nanosleep(&pause, NULL);
}

void helper_watch_run(struct helper *helper, int run)
{
	int64_t end = nestxml_clock_monotonic() + RESTART_WATCH;
	bool is_kept = true;

	while (is_kept && !helper->has_lost_reader) {
		helper_hear_until(helper, end, &helper->restart.was_undefined);
		if (!helper->restart.was_undefined && !helper->has_lost_reader)
			return;
		helper->restart.was_undefined = false;
		/* It may be replaced in two steps, `virsh undefine` and `virsh define`, and each of them may take 300 ms on a busy machine.
		 */
		helper_hear_until(helper, nestxml_clock_monotonic() + RESTART_REPLACE, NULL);
		if (helper->has_lost_reader) /* as when libvirt is restarted: the end shows what has happened */
			sleep_until(end);
		helper_await_libvirt();
		is_kept = destroy(helper, run);
	}
}
