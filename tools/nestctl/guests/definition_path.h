/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* definition_path.h - where libvirt keeps the definition of a guest. */
#ifndef NESTXML_DEFINITION_PATH_H
#define NESTXML_DEFINITION_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libvirt/virt.h"

/**
 * Writes the path below @root to @path.
 *
 * @ending	"xml", or "xml.new" for a change that libvirt is storing (libvirt 9.0, traced)
 *
 * False: the name contains a '/' or is too long, which libvirt refuses; @path is "" then, which names no file.
 */
static inline bool definition_make_path(const char *root, const struct virt_domain *guest, const char *ending, char path[PATH_MAX])
{
	const char *name = virt_domain_get_name(guest);

	if (!strchr(name, '/') && snprintf(path, PATH_MAX, "%s/etc/libvirt/qemu/%s.%s", root, name, ending) < PATH_MAX)
		return true;
	path[0] = '\0';
	return false;
}

#endif
