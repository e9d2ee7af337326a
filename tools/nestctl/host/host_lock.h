/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host_lock.h - one `nestctl host enable` or `disable` at a time, and what one that was killed leaves to the next. */
#ifndef NESTXML_HOST_LOCK_H
#define NESTXML_HOST_LOCK_H

#include <stdbool.h>

#include "macros.h"

struct host_lock {
	int directory; /* -1: there is no lock */
	int fd;
};

#define HOST_LOCK_NONE ((struct host_lock){.directory = -1, .fd = -1})

/**
 * Takes the lock of the host below @root, to be released with host_lock_release(), and waits for it for a few seconds. Where /run cannot
 * have it, there is none, which is no error. False: another process has it.
 */
bool host_lock_take(const char *root, struct host_lock *lock);
void host_lock_release(struct host_lock *lock);
#define AUTO_HOST_LOCK CLEANUP(host_lock_release)

/** Remembers, until the lock is released or the host reboots, that the module is about to be unloaded. */
void host_lock_mark_unload(const struct host_lock *lock);
/** Whether the process that had the lock before was killed with that mark. */
bool host_lock_has_mark(const struct host_lock *lock);

#endif
