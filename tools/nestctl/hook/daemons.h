/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* daemons.h - the daemons that run libvirt's qemu hooks, and how they are told of a new one. */
#ifndef NESTXML_DAEMONS_H
#define NESTXML_DAEMONS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include <nestxml/nestxml.h>

#define DAEMONS_MAX 2 /* libvirtd and virtqemud: one of each */

struct daemon {
	const char *name;
	pid_t pid;
	unsigned long long ticks; /* since boot, when it started: with its PID it names one process */
	long long started;	  /* milliseconds since 1970 */
};

struct daemons {
	struct daemon list[DAEMONS_MAX];
	size_t count;
};

/** Reads when any process started, in ticks since boot. Returns false if it is gone. */
bool daemons_read_ticks(const char *root, pid_t pid, unsigned long long *ticks);
/** Finds those that run, by the PID files below @root and the names of the processes in them. */
void daemons_find(const char *root, struct daemons *daemons);

/**
 * Has @daemon look for hooks again (SIGHUP), and remembers that it was told. Its guests do not notice. While it starts or reloads it
 * ignores the signal, so this first waits, up to 10 s, until it has finished. Returns 0 or a negative errno; -ESRCH: it is gone, and looks
 * when it starts; -EBUSY: it is still starting or reloading.
 */
int daemons_tell(const char *root, const struct daemon *daemon);

/** Whether @daemon has looked for hooks after @since: it started later, or was told later. */
bool daemons_has_looked(const char *root, const struct daemon *daemon, const struct timespec *since);

#endif
