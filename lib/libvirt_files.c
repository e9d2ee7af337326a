/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt_files.c - what libvirt's own files say of a guest that is about to start; libvirt itself must not be asked while it waits for a
 * hook.
 *
 * What libvirt gives a hook is the document that it starts, whole: the stored definition's at a plain start, a snapshot's at a
 * revert to one with memory (libvirt 9.0, 11.3 and 12.8, measured: docs/libvirt-facts.md #8). So whole documents are compared, not their
 * characteristics.
 */
#include "libvirt_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "file.h"
#include "macros.h"

/* Whether @name can be a file's. libvirt has no guest with another name, since it names files after its guests. */
static bool is_file_name(const char *name)
{
	return !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* By their UUIDs. libvirt gives each guest one; two guests without one are not known to be the same. */
static bool is_same_guest(const struct nestxml_domain *a, const struct nestxml_domain *b)
{
	return *nestxml_domain_get_uuid(a) && strcmp(nestxml_domain_get_uuid(a), nestxml_domain_get_uuid(b)) == 0;
}

static struct span get_whole(const struct nestxml_domain *domain)
{
	return (struct span){domain->xml + domain->root.start, domain->xml + domain->root.end};
}

int nestxml_stored_definition_read(const char *root, const char *name, const struct nestxml_domain *guest, enum nestxml_vendor vendor,
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
	if (code == -ENOENT || code == -ENAMETOOLONG)
		return 0;
	if (code == 0)
		code = nestxml_domain_new(xml, length, &domain, NULL);
	if (code == -ENOMEM || code == NESTXML_E_NOMEM)
		return NESTXML_E_NOMEM;
	if (code != 0) { /* the helper finds out what libvirt makes of it */
		*definition = NESTXML_DEFINITION_OTHER;
		return 0;
	}
	if (is_same_guest(domain, guest))
		*definition = nestxml_document_is_same(get_whole(domain), get_whole(guest))	  ? NESTXML_DEFINITION_STALE
			      : nestxml_assess_cpu(domain, vendor, nested) == NESTXML_CPU_CURRENT ? NESTXML_DEFINITION_CURRENT
												  : NESTXML_DEFINITION_OTHER;
	nestxml_domain_free(domain);
	return 0;
}

/* ---- snapshots ---- */

/* How many "</domain>" are tried, since each costs one run of the parser. */
#define MAX_ENDS 16

/*
 * The document at the start of @xml, which another text follows; borrows from @xml. It is well-formed only if it is cut at its own end: a
 * "</domain>" before that is in its metadata, in an element or a comment. NULL: it cannot be read, or its own end is not among the first
 * MAX_ENDS.
 */
static struct nestxml_domain *read_first_domain(const char *xml)
{
	static const char end[] = "</domain>";
	const char *at = xml;

	for (size_t i = 0; i < MAX_ENDS && (at = strstr(at, end)); i++) {
		struct nestxml_domain *domain;

		at += strlen(end);
		if (nestxml_domain_new(xml, (size_t)(at - xml), &domain, NULL) == 0)
			return domain;
	}
	return NULL;
}

/*
 * The domain whose memory the snapshot has. libvirt (virDomainSnapshotDefFormat) writes the state before the domain, whose contents tenants
 * choose, and escapes the users' description. NULL: it has no memory.
 */
static const char *find_running(const char *xml)
{
	const char *start = strstr(xml, "<domain ");
	const char *running = strstr(xml, "<state>running</state>");
	const char *paused = strstr(xml, "<state>paused</state>");

	return start && ((running && running < start) || (paused && paused < start)) ? start : NULL;
}

/*
 * The CPU that libvirt 9.0 puts into the domain at a revert: the one that it keeps after the domain, in its cookie, where that differs from
 * the domain's (measured). An empty span: there is none.
 */
static struct span find_cookie_cpu(const char *xml)
{
	static const char end[] = "</cpu>";
	const char *cookie = NULL;
	const char *start;
	const char *head;
	const char *close;

	/* The last one: tenants choose the contents of the domains before it. */
	for (const char *at = xml; (at = strstr(at, "<cookie>")); at++)
		cookie = at;
	start = cookie ? strstr(cookie, "<cpu ") : NULL;
	head = start ? strchr(start, '>') : NULL;
	if (head && head[-1] == '/')
		return (struct span){start, head + 1};
	close = head ? strstr(head, end) : NULL;
	return close ? (struct span){start, close + strlen(end)} : (struct span){0};
}

/* The NUMA cells of @domain's CPU. Empty: it has none. */
static struct span find_numa(const struct nestxml_domain *domain)
{
	for (size_t i = 0; i < domain->children_count; i++)
		if (domain->children[i].kind == CHILD_NUMA)
			return (struct span){domain->xml + domain->children[i].element.start,
					     domain->xml + domain->children[i].element.end};
	return (struct span){domain->xml, domain->xml};
}

/*
 * Whether a revert to the snapshot in @xml starts @guest: as its @domain, or on libvirt 9.0 as that with the cookie's CPU. The cookie's CPU
 * has no NUMA cells; libvirt appends those of @domain's CPU as its last child (measured).
 */
static bool starts_as(const char *xml, const struct nestxml_domain *domain, const struct nestxml_domain *guest)
{
	struct span cpu = find_cookie_cpu(xml);
	AUTO_FREE char *revert = NULL;
	struct span numa;
	const char *close;
	int length;

	if (nestxml_document_is_same(get_whole(domain), get_whole(guest)))
		return true;
	if (!cpu.at || !domain->has_cpu)
		return false;
	numa = find_numa(domain);
	close = cpu.end[-2] == '/' ? cpu.end : cpu.end - strlen("</cpu>");
	length = asprintf(&revert, "%.*s%.*s%.*s%.*s%.*s", (int)(domain->cpu.start - domain->root.start), domain->xml + domain->root.start,
			  (int)(close - cpu.at), cpu.at, (int)(numa.end - numa.at), numa.at, (int)(cpu.end - close), close,
			  (int)(domain->root.end - domain->cpu.end), domain->xml + domain->cpu.end);
	return length >= 0 && nestxml_document_is_same((struct span){revert, revert + length}, get_whole(guest));
}

static enum snapshot_match match_running(const char *xml, const char *running, const struct nestxml_domain *guest)
{
	struct nestxml_domain *domain = read_first_domain(running);
	bool matches;

	if (!domain)
		return SNAPSHOT_MATCH_UNKNOWN;
	matches = is_same_guest(domain, guest) && starts_as(xml, domain, guest);
	nestxml_domain_free(domain);
	return matches ? SNAPSHOT_MATCH_FOUND : SNAPSHOT_MATCH_NONE;
}

/* Whether @guest starts from the snapshot in @file. Adds the bytes that were read to *@size. */
static enum snapshot_match match_file(const char *root, const char *file, const struct nestxml_domain *guest, size_t *size)
{
	AUTO_FREE char *xml = NULL;
	const char *running;
	size_t length;
	int code = nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length);

	if (code != 0)
		return code == -ENOENT || code == -EISDIR ? SNAPSHOT_MATCH_NONE : SNAPSHOT_MATCH_UNKNOWN;
	*size += length;
	running = find_running(xml);
	return running ? match_running(xml, running, guest) : SNAPSHOT_MATCH_NONE;
}

/* Whether @guest starts from one of the snapshots in @directory, whose @entries are read. */
static enum snapshot_match match_directory(const char *root, const char *directory, DIR *entries, const struct nestxml_domain *guest)
{
	enum snapshot_match match = SNAPSHOT_MATCH_NONE;
	struct dirent *entry;
	size_t count = 0;
	size_t size = 0;

	for (errno = 0; (entry = readdir(entries)); errno = 0) {
		AUTO_FREE char *file = NULL;
		enum snapshot_match one = SNAPSHOT_MATCH_UNKNOWN;

		if (entry->d_name[0] == '.')
			continue;
		if (++count > NESTXML_SNAPSHOTS || size >= NESTXML_SNAPSHOTS_SIZE)
			return SNAPSHOT_MATCH_UNKNOWN;
		if (asprintf(&file, "%s/%s", directory, entry->d_name) >= 0)
			one = match_file(root, file, guest, &size);
		if (one == SNAPSHOT_MATCH_FOUND)
			return one;
		match = one == SNAPSHOT_MATCH_NONE ? match : one;
	}
	return errno == 0 ? match : SNAPSHOT_MATCH_UNKNOWN;
}

enum snapshot_match nestxml_snapshot_match(const char *root, const char *name, const struct nestxml_domain *guest)
{
	AUTO_FREE char *directory = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_CLOSEDIR DIR *entries = NULL;

	if (!is_file_name(name))
		return SNAPSHOT_MATCH_NONE;
	if (asprintf(&directory, "/var/lib/libvirt/qemu/snapshot/%s", name) < 0 || !(path = nestxml_path_join(root, directory)))
		return SNAPSHOT_MATCH_UNKNOWN;
	entries = opendir(path);
	if (!entries)
		return errno == ENOENT ? SNAPSHOT_MATCH_NONE : SNAPSHOT_MATCH_UNKNOWN;
	return match_directory(root, directory, entries, guest);
}
