/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * records.c - what libvirt's own files say of a guest; libvirt itself must not be asked while it waits for a hook.
 *
 * A name that is no file's is no guest's of libvirt either.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "domain.h"

static bool is_file_name(const char *name)
{
	return !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

int nestxml_record_judge(const char *root, const char *name, const struct nestxml_domain *guest, enum nestxml_vendor vendor,
			 enum nestxml_nested nested, enum nestxml_definition *definition)
{
	AUTO_FREE char *file = NULL;
	AUTO_FREE char *xml = NULL;
	struct nestxml_domain *domain;
	size_t length;
	int code;

	*definition = NESTXML_DEFINITION_UNKNOWN;
	if (!is_file_name(name))
		return 0;
	if (asprintf(&file, "/etc/libvirt/qemu/%s.xml", name) < 0)
		return NESTXML_E_NOMEM;
	code = nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length);
	if (code != 0)
		return code == -ENOMEM ? NESTXML_E_NOMEM : 0;
	code = nestxml_domain_new(xml, length, &domain, NULL);
	if (code != 0)
		return code == NESTXML_E_NOMEM ? code : 0;
	/* libvirt gives each guest one; two without are not known to be the same. */
	if (*nestxml_domain_get_uuid(domain) && strcmp(nestxml_domain_get_uuid(domain), nestxml_domain_get_uuid(guest)) == 0)
		*definition = nestxml_domain_states(domain, vendor, nested) ? NESTXML_DEFINITION_CURRENT : NESTXML_DEFINITION_STALE;
	nestxml_domain_free(domain);
	return 0;
}

/*
 * Of a snapshot. libvirt (virDomainSnapshotDefFormat) writes the state before the domain, in which tenants choose what stands, and escapes
 * the description that users give.
 */
static bool keeps_memory(const char *xml)
{
	static const char *const states[] = {"<state>running</state>", "<state>paused</state>"};
	const char *domain = strstr(xml, "<domain ");

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		const char *state = strstr(xml, states[i]);

		if (state && (!domain || state < domain))
			return true;
	}
	return false;
}

bool nestxml_record_has_memory(const char *root, const char *name)
{
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *path = NULL;
	struct dirent *entry;
	bool found = false;
	DIR *entries;

	if (!is_file_name(name) || asprintf(&folder, "/var/lib/libvirt/qemu/snapshot/%s", name) < 0)
		return false;
	path = nestxml_path_join(root, folder);
	entries = path ? opendir(path) : NULL;
	while (!found && entries && (entry = readdir(entries))) {
		AUTO_FREE char *file = NULL;
		AUTO_FREE char *xml = NULL;
		size_t length;

		if (entry->d_name[0] != '.' && asprintf(&file, "%s/%s", folder, entry->d_name) >= 0 &&
		    nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length) == 0)
			found = keeps_memory(xml);
	}
	if (entries)
		closedir(entries);
	return found;
}
