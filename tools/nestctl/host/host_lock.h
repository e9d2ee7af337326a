/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host_lock.h - one `nestctl host enable` or `disable` at a time, and a note of what one has left undone. */
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
 * Takes the lock of the host below @root, to be released with host_lock_release(), and waits for it for a few seconds. Returns false if
 * another process holds it. If no lock can be made in /run, it returns true without one.
 */
bool host_lock_take(const char *root, struct host_lock *lock);
void host_lock_release(struct host_lock *lock);

/** Notes in the lock file that @module is unloaded and must be loaded again; "" removes the note. It stays if its writer is killed. */
void host_lock_set_note(const struct host_lock *lock, const char *module);

/** Whether there is such a note, of this run or an earlier one. */
bool host_lock_has_note(const struct host_lock *lock, const char *module);

#define AUTO_HOST_LOCK CLEANUP(host_lock_release)

#endif
