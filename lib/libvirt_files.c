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

/* How the stored definition, which is of the same guest, compares with the guest that starts. */
static int compare(const struct nestxml_domain *stored, const struct canonical *guest, enum nestxml_vendor vendor,
		   enum nestxml_nested nested, enum nestxml_definition *definition)
{
	AUTO_CANONICAL struct canonical form = {0};

	if (nestxml_canonical_read(stored->xml, stored->length, &form) == NESTXML_E_NOMEM)
		return NESTXML_E_NOMEM;
	*definition = nestxml_canonical_can_start(&form, guest)				  ? NESTXML_DEFINITION_STALE
		      : nestxml_assess_cpu(stored, vendor, nested) == NESTXML_CPU_CURRENT ? NESTXML_DEFINITION_CURRENT
											  : NESTXML_DEFINITION_OTHER;
	return 0;
}

int nestxml_stored_definition_read(const char *root, const char *name, const struct nestxml_domain *guest, const struct canonical *form,
				   enum nestxml_vendor vendor, enum nestxml_nested nested, enum nestxml_definition *definition)
{
	AUTO_FREE char *file = NULL;
	AUTO_FREE char *xml = NULL;
	struct nestxml_domain *stored;
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
		code = nestxml_domain_new(xml, length, &stored, NULL);
	if (code == -ENOMEM || code == NESTXML_E_NOMEM)
		return NESTXML_E_NOMEM;
	if (code != 0) { /* the helper finds out what libvirt makes of it */
		*definition = NESTXML_DEFINITION_OTHER;
		return 0;
	}
	if (is_same_guest(stored, guest))
		code = compare(stored, form, vendor, nested, definition);
	nestxml_domain_free(stored);
	return code;
}

/* ---- snapshots ---- */

/* Whether @guest starts from the snapshot in @file. Adds the bytes that were read to *@size. */
static enum snapshot_match match_file(const char *root, const char *file, const struct canonical *guest, size_t *size)
{
	AUTO_CANONICAL struct canonical snapshot = {0};
	AUTO_FREE char *xml = NULL;
	size_t length;
	int code = nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length);

	if (code != 0)
		return code == -ENOENT || code == -EISDIR ? SNAPSHOT_MATCH_NONE : SNAPSHOT_MATCH_UNKNOWN;
	*size += length;
	if (nestxml_canonical_read(xml, length, &snapshot) != 0)
		return SNAPSHOT_MATCH_UNKNOWN;
	return nestxml_canonical_can_start(&snapshot, guest) ? SNAPSHOT_MATCH_FOUND : SNAPSHOT_MATCH_NONE;
}

/* Whether @guest starts from one of the snapshots in @directory, whose @entries are read. */
static enum snapshot_match match_directory(const char *root, const char *directory, DIR *entries, const struct canonical *guest)
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

enum snapshot_match nestxml_snapshot_match(const char *root, const char *name, const struct canonical *guest)
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
