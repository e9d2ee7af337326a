/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reload.h - loads the module again with a new configuration, or brings the old one back. */
#ifndef NESTXML_RELOAD_H
#define NESTXML_RELOAD_H

#include <nestxml/nestxml.h>

#include "host/host_lock.h"
#include "host/modprobe_file.h"
#include "host/setting.h"
#include "nestctl.h"

/** What is to be changed, all of it borrowed: @state and @file are as they were before the new file was written. */
struct reload {
	const char *root;
	const struct host_state *state;
	const struct setting *setting;
	const struct host_lock *lock;
	struct modprobe_file *file;
};

/**
 * Unloads the module if it is loaded, loads it and reads its parameter back. Whatever fails, the old file and the old module come back
 * as far as they can, and one line says what there is now. Returns NESTCTL_YES, NESTCTL_NO where the module is in use, or NESTCTL_FAILED.
 */
enum nestctl_status reload_run(const struct reload *reload);

#endif
