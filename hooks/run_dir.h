/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_dir.h - what the hook remembers until the next boot, in /run/nestxml: marks of guests that arrive, and the locks of helpers. */
#ifndef NESTXML_RUN_DIR_H
#define NESTXML_RUN_DIR_H

#include <stdbool.h>

#include "uuid.h"

/**
 * Remembers that the guest @name with @uuid comes from a saved state or another host, for the `prepare` that follows. False: that cannot be
 * remembered, and errno says why.
 */
bool run_dir_leave_mark(const char *name, const char *uuid);

/**
 * Removes the mark under the name @name, and sets *@uuid to that of the guest that it was left for. False: there was none that still
 * counts.
 */
bool run_dir_take_mark(const char *name, struct uuid *uuid);

/**
 * Takes the lock of the guest with @uuid: at most one helper at a time works on it. The lock belongs to the open file, so a child that
 * inherits the descriptor has it too; whoever has it may remove the file. Returns the descriptor or -1; EAGAIN: another process has the
 * lock.
 */
int run_dir_lock(const char *uuid);
/** Removes the file of a lock that this process has. */
void run_dir_remove_lock(const char *uuid);

#endif
