/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.c - the run of a guest that this helper starts: tells it from other runs, even if libvirt's daemon is restarted, and destroys it if
 * the guest's owner believes it gone.
 */
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "guests/definition_path.h"
#include "guests/qemu_process.h"
#include "helper/helper.h"
#include "hook/daemons.h"
#include "log.h"
#include "nestctl.h"

#define ATTEMPTS 3 /* to find or destroy it, where the connection to libvirt is lost each time */

static void sleep_for(int64_t milliseconds)
{
	const struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};

	if (milliseconds > 0)
		nanosleep(&pause, NULL);
}

/* ---- which run ---- */

/* The number and the process of the guest's run. */
static struct helper_run read_run(const struct virt_domain *guest)
{
	struct helper_run run = {.pid = qemu_process_read_pid(NESTCTL_ROOT, virt_domain_get_name(guest))};

	if (run.pid != 0 && !daemons_read_ticks(NESTCTL_ROOT, run.pid, &run.ticks))
		run.pid = 0;
	run.number = virt_domain_get_run(guest); /* last, since it may end in the meantime */
	return run;
}

enum match { MATCH_ENDED, MATCH_OWN, MATCH_UNKNOWN };

/* Whether the guest still runs as this helper has started it. A restarted libvirt may give a number to a second run. */
static enum match match_run(const struct helper *helper, const struct virt_domain *guest)
{
	const struct helper_run *own = &helper->run;
	const struct helper_run now = read_run(guest);

	if (now.number != own->number)
		return MATCH_ENDED;
	if (own->pid == 0 || now.pid == 0)
		return helper->has_lost_reader ? MATCH_UNKNOWN : MATCH_OWN;
	return now.pid == own->pid && now.ticks == own->ticks ? MATCH_OWN : MATCH_ENDED;
}

/* ---- it is started ---- */

static bool is_among(const struct daemons *daemons, const struct daemon *daemon)
{
	for (size_t i = 0; i < daemons->count; i++)
		if (daemons->list[i].pid == daemon->pid && daemons->list[i].ticks == daemon->ticks)
			return true;
	return false;
}

/* Whether a daemon that was not there when this helper asked for the start may have started what began at @ticks. */
static bool may_be_of_new_daemon(const struct helper *helper, unsigned long long ticks)
{
	struct daemons now;

	daemons_find(NESTCTL_ROOT, &now);
	for (size_t i = 0; i < now.count; i++)
		if (now.list[i].ticks <= ticks && !is_among(&helper->daemons, &now.list[i]))
			return true;
	return now.count == 0;
}

/*
 * If a daemon that was not there before has started the run, another program asked for it. If an older one has, the run counts as this
 * helper's: to ask for it, another program would have had to connect after the last look at who is connected.
 */
static void note_run(struct helper *helper, const struct virt_domain *guest)
{
	helper->run = read_run(guest);
	if (helper->run.pid != 0 && may_be_of_new_daemon(helper, helper->run.ticks))
		helper->run.pid = 0;
}

static int report_found(const struct helper *helper)
{
	if (helper->run.number < 0) {
		log_write(LOG_ERR, "guest %s: the start did not succeed: the guest is not running", helper->shown);
	} else if (helper->run.pid == 0) {
		log_write(LOG_NOTICE, "guest %s: running, but perhaps started by another program; left alone", helper->shown);
	} else {
		log_write(LOG_NOTICE, "guest %s: started again; libvirt was not able to confirm it", helper->shown);
		return 0;
	}
	return -1;
}

/* The connection was lost before libvirt answered the start. Returns as helper_start_run(). */
static int find_run(struct helper *helper)
{
	log_write(LOG_NOTICE, "guest %s: the connection to libvirt was lost before it answered the start", helper->shown);
	helper->run.number = -1;
	for (int i = 0; i < ATTEMPTS; i++) {
		AUTO_HELD struct held held = {0};

		helper_await_libvirt();
		if (helper_hold(helper, &held) == 0)
			note_run(helper, held.guest);
		if (held.virt && virt_is_alive(held.virt))
			return report_found(helper);
	}
	log_write(LOG_ERR, "guest %s: libvirt does not answer; whether it was started again is unknown", helper->shown);
	return -1;
}

int helper_start_run(struct helper *helper, const struct held *held)
{
	struct virt_error error;
	int number;

	if (virt_domain_start(held->guest, &number, &error) == 0) {
		note_run(helper, held->guest);
		if (helper->run.number != number) /* it has ended by now */
			helper->run = (struct helper_run){.number = number};
		log_write(LOG_NOTICE, "guest %s: started again", helper->shown);
		return 0;
	}
	if (!virt_is_alive(held->virt))
		return find_run(helper);
	log_write(LOG_ERR, "guest %s: it could not be started again: %s", helper->shown, error.message);
	return -1;
}

/* ---- it is watched ---- */

enum destroyed {
	DESTROYED_DONE, /* nothing is left to do: it was destroyed, or cannot be, or is not known to be this helper's */
	DESTROYED_NOT,	/* it is defined, and runs on */
	DESTROYED_LOST, /* the connection was lost before that was known */
};

/* A daemon that cannot read the file of a definition treats the guest as a transient one. */
static bool is_defined(const struct virt_domain *guest)
{
	char path[PATH_MAX];

	return virt_domain_is_persistent(guest) || (definition_make_path(NESTCTL_ROOT, guest, "xml", path) && access(path, F_OK) == 0);
}

static enum destroyed destroy_own(const struct helper *helper, const struct held *held)
{
	struct virt_error error;

	if (is_defined(held->guest)) {
		log_write(LOG_NOTICE, "guest %s is defined, so its owner knows of it; it keeps running", helper->shown);
		return DESTROYED_NOT;
	}
	if (virt_domain_destroy(held->guest, &error) == 0)
		log_write(LOG_WARNING,
			  "guest %s: destroyed: it was undefined soon after this helper had started it, so its owner believes it gone",
			  helper->shown);
	else if (!virt_is_alive(held->virt))
		return DESTROYED_LOST;
	else
		log_write(LOG_ERR, "guest %s was undefined after this helper had started it, and cannot be destroyed: %s", helper->shown,
			  error.message);
	return DESTROYED_DONE;
}

/* Destroys the run, unless the guest is defined. */
static enum destroyed destroy(struct helper *helper)
{
	AUTO_HELD struct held held = {0};
	enum match match;

	helper_await_libvirt();
	if (helper_hold(helper, &held) < 0)
		return held.virt && virt_is_alive(held.virt) ? DESTROYED_DONE : DESTROYED_LOST;
	match = match_run(helper, held.guest);
	if (!virt_is_alive(held.virt))
		return DESTROYED_LOST;
	if (match == MATCH_OWN)
		return destroy_own(helper, &held);
	if (match == MATCH_ENDED)
		log_write(LOG_INFO, "guest %s: what this helper started has ended", helper->shown);
	else
		log_write(LOG_NOTICE, "guest %s: left alone, since it cannot be told whether this is the run that this helper started",
			  helper->shown);
	return DESTROYED_DONE;
}

static enum destroyed destroy_persistently(struct helper *helper)
{
	enum destroyed destroyed = DESTROYED_LOST;

	for (int i = 0; i < ATTEMPTS && destroyed == DESTROYED_LOST; i++)
		destroyed = destroy(helper);
	if (destroyed == DESTROYED_LOST)
		log_write(LOG_ERR, "guest %s: libvirt does not answer; if the guest was undefined, it may still be running", helper->shown);
	return destroyed;
}

void helper_watch_run(struct helper *helper)
{
	int64_t end = nestxml_clock_monotonic() + RESTART_WATCH;
	enum destroyed destroyed = DESTROYED_NOT;

	while (destroyed == DESTROYED_NOT && !helper->has_lost_reader) {
		helper_hear_until(helper, end, &helper->restart.was_undefined);
		helper_hear(helper); /* on a busy machine the time may be over before anything was heard */
		if (!helper->restart.was_undefined && !helper->has_lost_reader)
			return;
		helper->restart.was_undefined = false;
		/* It may be replaced in two steps, `virsh undefine` and `virsh define`, and each of them may take 300 ms on a busy machine.
		 */
		helper_hear_until(helper, nestxml_clock_monotonic() + RESTART_REPLACE, NULL);
		if (helper->has_lost_reader) /* as when libvirt is restarted: the end shows what has happened */
			sleep_for(end - nestxml_clock_monotonic());
		destroyed = destroy_persistently(helper);
	}
}
