/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lock_file.h - a lock file, which its holder removes. */
#ifndef NESTXML_LOCK_FILE_H
#define NESTXML_LOCK_FILE_H

/**
 * Makes the file @name in @directory, unless it is there, and locks it. The lock belongs to the descriptor (F_OFD_SETLK).
 *
 * Returns the descriptor, which is the caller's; or -1 with errno set: EAGAIN if another process has the lock, otherwise why the file
 * cannot be opened or locked.
 */
int lock_file_take(int directory, const char *name);

#endif
