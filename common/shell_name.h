/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shell_name.h - a guest's name as it may stand in a command line that people copy. */
#ifndef NESTXML_SHELL_NAME_H
#define NESTXML_SHELL_NAME_H

/**
 * Tenants choose names. So this is the name where neither a shell nor virsh can take it for something else, otherwise the UUID, otherwise
 * "GUEST". Borrowed from the arguments.
 */
const char *nestxml_shell_name(const char *name, const char *uuid);

#endif
