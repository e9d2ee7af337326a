/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* managers.h - which programs manage guests, by the namespaces of their metadata. */
#ifndef NESTXML_MANAGERS_H
#define NESTXML_MANAGERS_H

#include <nestxml/nestxml.h>

/** What a policy file says of a namespace (`managers =`). */
struct manager {
	char *name_space; /* owned */
	bool is_manager;  /* false: it was written with a '!' */
};

/**
 * The first namespace in the metadata of @domain that is a manager's: any that neither @config nor the list of harmless ones excepts.
 * Borrowed from @domain; NULL: there is none.
 */
const char *nestxml_find_manager(const struct nestxml_config *config, const struct nestxml_domain *domain);

#endif
