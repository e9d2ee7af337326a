/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shell_name.h - how to name a guest in a command line that people copy. */
#ifndef NESTXML_SHELL_NAME_H
#define NESTXML_SHELL_NAME_H

/**
 * Returns @name if neither a shell nor virsh can take it for something else, since tenants choose names; otherwise @uuid if it is one,
 * otherwise "GUEST". Borrowed from the arguments.
 */
const char *nestxml_shell_name(const char *name, const char *uuid);

#endif
