/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watcher.h - whether `nestctl watch` runs on this host. */
#ifndef NESTXML_WATCHER_H
#define NESTXML_WATCHER_H

#include <sys/types.h>

#include <nestxml/nestxml.h>

/** Finds a process below @root that is `nestctl watch`. Returns its PID, 0 where there is none, or a negative errno. */
pid_t watcher_find(const char *root);

#endif
