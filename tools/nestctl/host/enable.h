/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* enable.h - `nestctl host enable` and `disable`. */
#ifndef NESTXML_ENABLE_H
#define NESTXML_ENABLE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

enum enable_shadow { ENABLE_SHADOW_DEFAULT, ENABLE_SHADOW_YES, ENABLE_SHADOW_NO };

struct enable_options {
	bool enable; /* else disable */
	bool no_reload;
	bool dry_run;
	enum enable_shadow shadow_vmcs;
};

/** Does it on the host below @root and says so. Returns the exit status of nestctl. */
int enable_run(const char *root, const struct enable_options *options);

#endif
