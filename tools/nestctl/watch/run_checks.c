/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_checks.c - names the guests that do not run as their policy asks, once each. */
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "macros.h"
#include "nestctl.h"
#include "watch/unmet.h"
#include "watch/watch.h"

void watch_make_runs_due(struct watch *watch)
{
	runs_make_due(&watch->runs);
	watch->runs_at = nestxml_clock_monotonic();
}

/* The module may have been loaded with another setting since the policy was read. */
static void read_host(struct watch *watch)
{
	struct nestxml_error error;
	struct nestxml_host *host;

	if (nestxml_host_new(NESTCTL_ROOT, &host, &error) != 0) /* out of memory */
		return;
	nestxml_host_free(watch->host_policy.host);
	watch->host_policy.host = host;
}

static void list_runs(struct watch *watch)
{
	AUTO_FREE struct virt_run *now = NULL;
	struct virt_error error;
	size_t count;

	watch->runs_at = NEVER;
	read_host(watch);
	if (virt_list_runs(watch->virt, &now, &count, &error) < 0) {
		now = NULL;
		watch_say(SAY_ERROR, "libvirt cannot list the running guests: %s", error.message);
		watch->broken = true;
		return;
	}
	if (runs_update(&watch->runs, now, count) < 0)
		watch_say(SAY_ERROR, "guests that have come up are not looked at: out of memory");
	qemu_processes_clear(&watch->processes);
	qemu_processes_read(NESTCTL_ROOT, &watch->processes); /* without them, nothing is known of any guest */
}

/* Whether this run goes on: if it has ended, what was read is of no run, or of another one, which has an event of its own. */
static bool is_running_still(struct watch *watch, const struct virt_run *run)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	struct virt_error error;

	return virt_find_uuid(watch->virt, run->uuid, &guest, &error) == 0 && virt_domain_get_run(guest) == run->id;
}

static void tell_unmet(struct watch *watch, struct run *run, const struct unmet *unmet, bool is_read)
{
	const struct run_said before = run->said;

	if (is_read && !run_is_news(run, &unmet->said))
		return;
	if (!is_running_still(watch, &run->run)) {
		run->said = before;
		return;
	}
	if (!is_read)
		watch_say(SAY_ERROR, "guest %s is not looked at: %s", run->run.uuid, unmet->message);
	else if (unmet->message[0])
		watch_say(unmet->said.met == QEMU_ANSWER_NO ? SAY_WARNING : SAY_NOTICE, "%s", unmet->message);
}

/* One of them, so that 1,000 that come up at once keep nothing else waiting. It is only read, whoever else is at work on it. */
static void look_at_next(struct watch *watch)
{
	struct run *run = runs_take(&watch->runs);
	struct virt_domain *guest;
	struct virt_error error;
	struct unmet unmet;
	bool is_read;

	if (!run)
		return;
	if (virt_find_uuid(watch->virt, run->run.uuid, &guest, &error) == 0) {
		is_read = unmet_read(&watch->host_policy, &watch->processes, guest, &unmet);
		tell_unmet(watch, run, &unmet, is_read);
	}
	watch->broken = !virt_is_alive(watch->virt);
}

void watch_check_runs(struct watch *watch)
{
	if (!watch_is_working(watch) || watch->broken || watch_is_ending())
		return;
	if (watch->runs_at <= nestxml_clock_monotonic())
		list_runs(watch);
	if (!watch->broken)
		look_at_next(watch);
	if (!runs_has_due(&watch->runs))
		qemu_processes_clear(&watch->processes);
}
