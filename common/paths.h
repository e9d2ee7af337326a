/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paths.h - directories that more than one program uses. */
#ifndef NESTXML_PATHS_H
#define NESTXML_PATHS_H

/**
 * What is remembered until the next boot: marks of incoming guests, the helpers' locks, which daemon was told of the hook, the lock of
 * `nestctl host` and its note.
 */
#define NESTXML_RUN_DIRECTORY "/run/nestxml"

/** What is remembered across boots: guests whose definitions needed no rewrite. */
#define NESTXML_STATE_DIRECTORY "/var/lib/nestxml"

#endif
