/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* enable.h - `nestctl host enable` and `disable`. */
#ifndef NESTXML_ENABLE_H
#define NESTXML_ENABLE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "host/setting.h"
#include "nestctl.h"

struct enable_options {
	struct setting setting;
	bool no_reload;
	bool dry_run;
};

/** Changes the host below @root, and says what was done. Returns the exit status of nestctl. */
enum nestctl_status enable_run(const char *root, const struct enable_options *options);

#endif
