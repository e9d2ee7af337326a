/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_files.h - policy files that are good, and those that are refused. */
#ifndef NESTXML_TESTS_POLICY_FILES_H
#define NESTXML_TESTS_POLICY_FILES_H

#include "support.h"

/** The policy of files that must be good. */
struct nestxml_config *load(const struct tree *tree);

/** The files must be refused; the error's message is shown by the caller's words, each of which it must contain. */
void check_refused(const struct tree *tree, unsigned int line, const char *first, const char *second);

/** The same for a file that is refused as a whole. */
void check_file_refused(const struct tree *tree, const char *file, const char *word);

#endif
