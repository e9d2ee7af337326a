/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.h - the policy files as a list of sections in the order in which they win. */
#ifndef NESTXML_CONFIG_H
#define NESTXML_CONFIG_H

#include "private.h"

/* Where the policy files are, below the root. */
#define CONFIG_NAME "nestxml" /* of the folders, in those that every system has */
#define CONFIG_VENDOR_PARENT "/usr/share"
#define CONFIG_ADMIN_PARENT "/etc"
#define CONFIG_VENDOR_FOLDER CONFIG_VENDOR_PARENT "/" CONFIG_NAME
#define CONFIG_ADMIN_FOLDER CONFIG_ADMIN_PARENT "/" CONFIG_NAME
#define CONFIG_DROP_IN_FOLDER CONFIG_ADMIN_FOLDER "/nestxml.conf.d"

/** A key that a section states: its value, and where. */
struct setting {
	bool has;
	unsigned int value; /* of the key's own enum */
	unsigned int line;
};

/** One [default] or [guest PATTERN]. */
struct section {
	char *pattern;	  /* owned; NULL: [default] */
	const char *file; /* borrowed from the config's files */
	struct setting nested;
	struct setting mode;
	struct setting on_stale;
};

struct nestxml_config {
	char **files; /* owned; the paths as messages show them, without the root */
	size_t files_count;
	struct section *sections;
	size_t sections_count;
};

/**
 * Whether no section states a policy for a guest of this name, whatever its UUID, and none is the default: what there is then is in its XML
 * alone.
 */
bool nestxml_config_is_silent(const struct nestxml_config *config, const char *name);

#endif
