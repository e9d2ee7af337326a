/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_dir.h - what the hook remembers until the next boot, in /run/nestxml. */
#ifndef NESTXML_RUN_DIR_H
#define NESTXML_RUN_DIR_H

#include <stdbool.h>

/** Remembers that the guest @name comes from a saved state or another host, for the `prepare` that follows. */
void run_dir_leave_mark(const char *name);
/** Takes that mark away. Returns whether there was one that still counts. */
bool run_dir_take_mark(const char *name);

/**
 * Takes the lock of the guest with @uuid: at most one helper at a time works on it. It is a lock of the open file, so a child that has
 * the descriptor has the lock too. Returns the descriptor or -1; EAGAIN: another process has the lock.
 */
int run_dir_lock(const char *uuid);

#endif
