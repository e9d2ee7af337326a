/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* install.h - puts the hook where libvirt runs it, and removes it. */
#ifndef NESTXML_HOOK_INSTALL_H
#define NESTXML_HOOK_INSTALL_H

#include <nestxml/nestxml.h>

#include "hook/places.h"
#include "nestctl.h"

/** Puts this version's hook below @root and tells the running daemons; prints what was done. */
enum nestctl_status hook_install(const char *root, const struct hook *hook);
/** Removes our hook below @root and tells the running daemons; prints what was done. */
enum nestctl_status hook_remove(const char *root, const struct hook *hook);

#endif
