/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * records.c - what libvirt's own files say of a guest; libvirt itself must not be asked while it waits for a hook.
 *
 * A name that is no file's is no guest's of libvirt either.
 */
#include "libvirt_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "macros.h"
#include "xml_tag.h"

static bool is_file_name(const char *name)
{
	return !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

bool nestxml_domain_has_backing_store(const struct nestxml_domain *domain)
{
	static const char chain[] = "<backingStore";

	return memmem(domain->xml, domain->length, chain, strlen(chain)) != NULL;
}

/* libvirt gives each guest one; two without are not known to be the same. */
static bool is_same_guest(const struct nestxml_domain *a, const struct nestxml_domain *b)
{
	return *nestxml_domain_get_uuid(a) && strcmp(nestxml_domain_get_uuid(a), nestxml_domain_get_uuid(b)) == 0;
}

int nestxml_stored_definition_read(const char *root, const char *name, const struct nestxml_domain *guest, enum nestxml_vendor vendor,
				   enum nestxml_nested nested, struct stored_definition *definition)
{
	AUTO_FREE char *file = NULL;
	AUTO_FREE char *xml = NULL;
	struct nestxml_domain *domain;
	size_t length;
	int code;

	*definition = (struct stored_definition){.state = NESTXML_DEFINITION_UNKNOWN};
	if (!is_file_name(name))
		return 0;
	if (asprintf(&file, "/etc/libvirt/qemu/%s.xml", name) < 0)
		return NESTXML_E_NOMEM;
	code = nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length);
	if (code == -ENOENT || code == -ENAMETOOLONG)
		return 0;
	if (code == 0)
		code = nestxml_domain_new(xml, length, &domain, NULL);
	if (code == -ENOMEM || code == NESTXML_E_NOMEM)
		return NESTXML_E_NOMEM;
	if (code != 0) { /* in doubt: the helper sees what libvirt makes of it */
		definition->state = NESTXML_DEFINITION_STALE;
		definition->is_fixed = true;
		definition->shows_run = true;
		return 0;
	}
	if (is_same_guest(domain, guest)) {
		definition->state =
			nestxml_domain_is_stating(domain, vendor, nested) ? NESTXML_DEFINITION_CURRENT : NESTXML_DEFINITION_STALE;
		definition->is_fixed = nestxml_domain_has_expanded_cpu(domain);
		definition->shows_run = nestxml_domain_has_backing_store(domain);
	}
	nestxml_domain_free(domain);
	return 0;
}

/* ---- snapshots ---- */

/* The bytes of a <cpu>. */
struct cpu {
	const char *at;
	const char *end;
};

static struct cpu get_cpu(const struct nestxml_domain *domain)
{
	return (struct cpu){domain->xml + domain->cpu.start, domain->xml + domain->cpu.end};
}

/* Two of libvirt's own making: alike but for their indentation. */
static bool is_same_cpu(struct cpu a, struct cpu b)
{
	for (;;) {
		while (a.at < a.end && is_xml_space(*a.at))
			a.at++;
		while (b.at < b.end && is_xml_space(*b.at))
			b.at++;
		if (a.at == a.end || b.at == b.end)
			return a.at == a.end && b.at == b.end;
		if (*a.at++ != *b.at++)
			return false;
	}
}

/*
 * The domain that a snapshot's memory is of; borrows from @xml. libvirt (virDomainSnapshotDefFormat) writes the state before the domain, in
 * which tenants choose what stands, and escapes the description that users give. NULL: it has no memory, or it cannot be told.
 */
static struct nestxml_domain *find_running(const char *xml)
{
	static const char end[] = "</domain>";
	const char *start = strstr(xml, "<domain ");
	const char *running = strstr(xml, "<state>running</state>");
	const char *paused = strstr(xml, "<state>paused</state>");
	const char *close = start ? strstr(start, end) : NULL;
	struct nestxml_domain *domain;

	if (!close || ((!running || running > start) && (!paused || paused > start)))
		return NULL;
	return nestxml_domain_new(start, (size_t)(close - start) + strlen(end), &domain, NULL) == 0 ? domain : NULL;
}

/*
 * The CPU that a revert starts with: the one that libvirt keeps behind the domain, in its cookie, where that differs from the domain's
 * (libvirt 9.0, measured).
 */
static struct cpu find_snapshot_cpu(const char *xml, const struct nestxml_domain *domain)
{
	static const char end[] = "</cpu>";
	const char *cookie = NULL;
	const char *start;
	const char *close;

	/* The last: tenants choose what stands in the domains before it. */
	for (const char *at = xml; (at = strstr(at, "<cookie>")); at++)
		cookie = at;
	start = cookie ? strstr(cookie, "<cpu ") : NULL;
	close = start ? strstr(start, end) : NULL;
	return close ? (struct cpu){start, close + strlen(end)} : get_cpu(domain);
}

static bool is_of_snapshot(const char *root, const char *file, const struct nestxml_domain *guest)
{
	AUTO_FREE char *xml = NULL;
	struct nestxml_domain *domain;
	size_t length;
	bool is_of;

	if (nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length) != 0)
		return false;
	domain = find_running(xml);
	is_of = domain && is_same_guest(domain, guest) && domain->has_cpu && guest->has_cpu &&
		is_same_cpu(find_snapshot_cpu(xml, domain), get_cpu(guest));
	nestxml_domain_free(domain);
	return is_of;
}

bool nestxml_snapshot_has_cpu_of(const char *root, const char *name, const struct nestxml_domain *guest)
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

		found = entry->d_name[0] != '.' && asprintf(&file, "%s/%s", folder, entry->d_name) >= 0 &&
			is_of_snapshot(root, file, guest);
	}
	if (entries)
		closedir(entries);
	return found;
}
