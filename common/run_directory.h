/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_directory.h - /run/nestxml, which only its owner can write to. */
#ifndef NESTXML_RUN_DIRECTORY_H
#define NESTXML_RUN_DIRECTORY_H

/**
 * Makes NESTXML_RUN_DIRECTORY below @root, unless it is there, and opens it.
 *
 * Returns the descriptor, which is the caller's; or -1 with errno set: EPERM if it is not this user's, or if others can write to it.
 */
int run_directory_open(const char *root);

#endif
