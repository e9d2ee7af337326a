/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.h - the policy files as a list of sections in the order in which they win. */
#ifndef NESTXML_CONFIG_H
#define NESTXML_CONFIG_H

#include <nestxml/nestxml.h>

#include "managers.h"
#include "metadata_match.h"

/** The keys of a section. */
enum { POLICY_KEY_NESTED, POLICY_KEY_MODE, POLICY_KEY_ON_STALE, NESTXML_POLICY_KEYS };

/** A key and the words that it takes; a word's place is the value in the key's own enum. */
struct policy_key {
	const char *name;
	const char *const *words;
	size_t count;
};
extern const struct policy_key nestxml_policy_keys[NESTXML_POLICY_KEYS];

/** A key that a section states: its value, and where. */
struct setting {
	bool has;
	unsigned int value; /* of the key's own enum */
	unsigned int line;
};

/** One [default] or [guest PATTERN]. */
struct section {
	struct nestxml_section place;	   /* borrows @pattern, and the file from the config's files */
	char *pattern;			   /* owned; NULL: [default] */
	struct metadata_pattern *metadata; /* owned; NULL: @pattern is a glob for names, or a UUID */
	struct setting settings[NESTXML_POLICY_KEYS];
};

struct nestxml_config {
	char **files; /* owned; the paths as messages show them, without the root */
	size_t files_count;
	struct section *sections;
	size_t sections_count;
	struct manager *managers; /* in the order of the files; a later one wins */
	size_t managers_count;
};

/**
 * Adds the sections of @file's text, and the managers that it names, to @config. @file must live as long as @config does. 0,
 * NESTXML_E_CONFIG with the line, or NESTXML_E_NOMEM; what was added before a failure stays in @config.
 */
int nestxml_config_parse(struct nestxml_config *config, const char *file, const char *text, size_t length, struct nestxml_error *error);
/** Frees what @section owns. */
void nestxml_section_clear(struct section *section);

#endif
