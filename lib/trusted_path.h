/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trusted_path.h - opens what nobody but root or the caller can have put there. */
#ifndef NESTXML_TRUSTED_PATH_H
#define NESTXML_TRUSTED_PATH_H

#include <nestxml/nestxml.h>

/**
 * Opens @path for reading, a file or a directory below @root, which stands for / to links, too. Each component that leads there, links and
 * what they lead to included, must belong to root or to the caller, and nobody else may write to it.
 *
 * @fd	the descriptor, the caller's to close; -1: nothing of that name is there, not even a link that leads nowhere
 *
 * Returns 0, NESTXML_E_NOMEM or NESTXML_E_CONFIG, whose message names @path and what is wrong.
 */
int nestxml_trusted_open(const char *root, const char *path, int *fd, struct nestxml_error *error);

#endif
