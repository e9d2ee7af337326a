/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_files.h - notices when the policy files change. */
#ifndef NESTXML_POLICY_FILES_H
#define NESTXML_POLICY_FILES_H

#include <stdbool.h>

struct policy_files;

/** Watches the files that nestxml_config_new() reads below @root, be they there yet or not. NULL: errno says why. */
struct policy_files *policy_files_watch(const char *root);
/** Releases @files, which may be NULL. */
void policy_files_free(struct policy_files *files);

/** Can be read when something may have changed. */
int policy_files_get_fd(const struct policy_files *files);
/** Whether it has, since it was asked last. */
bool policy_files_have_changed(struct policy_files *files);

#endif
