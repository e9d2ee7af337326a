/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_watch.h - notices when the policy files change. */
#ifndef NESTXML_POLICY_WATCH_H
#define NESTXML_POLICY_WATCH_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

struct policy_watch;

/**
 * Watches the files that nestxml_config_new() reads below @root, whether or not they are there yet; of a link, not its
 * target. NULL: errno says why.
 */
struct policy_watch *policy_watch_new(const char *root);
/** Releases @files, which may be NULL. */
void policy_watch_free(struct policy_watch *files);

/** Can be read when something may have changed. */
int policy_watch_get_fd(const struct policy_watch *files);
/** Whether it has, since it was asked last. */
bool policy_watch_has_changed(struct policy_watch *files);

#endif
