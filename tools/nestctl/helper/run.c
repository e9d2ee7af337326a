/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run.c - which run of a guest this helper has started, although libvirt's daemon may have been restarted since. */
#include <unistd.h>

#include "guests/qemu_process.h"
#include "helper/helper.h"
#include "hook/daemons.h"
#include "log.h"
#include "macros.h"
#include "nestctl.h"

/* The daemon that this helper has asked is older than the helper, so what a younger one has started, another program has asked for. */
bool helper_may_be_another_run(const struct virt_domain *guest)
{
	AUTO_QEMU_PROCESSES struct qemu_processes processes = {0};
	const struct qemu_process *qemu;
	struct daemons daemons;
	unsigned long long own;
	unsigned long long run;

	if (qemu_processes_read(NESTCTL_ROOT, &processes) < 0 ||
	    qemu_processes_find(&processes, NESTCTL_ROOT, virt_domain_get_name(guest), virt_domain_get_uuid(guest), &qemu) < 0 ||
	    !daemons_read_ticks(NESTCTL_ROOT, qemu->pid, &run) || !daemons_read_ticks("", getpid(), &own))
		return true;
	daemons_find(NESTCTL_ROOT, &daemons);
	for (size_t i = 0; i < daemons.count; i++)
		if (daemons.list[i].ticks > own && daemons.list[i].ticks <= run)
			return true;
	return daemons.count == 0;
}

int helper_find_run(struct helper *helper)
{
	AUTO_HELD struct held held = {0};
	int run;

	helper_await_libvirt();
	if (helper_hold(helper, &held) < 0) {
		log_write(LOG_ERR, "guest %s: libvirt ended before it answered, so it is unknown whether it was started again",
			  helper->shown);
		return -1;
	}
	run = virt_domain_get_run(held.guest);
	if (run < 0) {
		log_write(LOG_ERR, "guest %s: it could not be started again: libvirt ended meanwhile", helper->shown);
	} else if (helper_may_be_another_run(held.guest)) {
		log_write(LOG_NOTICE, "guest %s: it is running, perhaps started by another program since libvirt was restarted",
			  helper->shown);
		run = -1;
	} else {
		log_write(LOG_NOTICE, "guest %s: started again; libvirt was restarted before it could say so", helper->shown);
	}
	return run;
}
