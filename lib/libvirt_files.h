/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt_files.h - what libvirt's own files say of a guest that is about to start. */
#ifndef NESTXML_LIBVIRT_FILES_H
#define NESTXML_LIBVIRT_FILES_H

#include "assess.h"
#include "canonical.h"

/** Compares the stored definition of @guest with it: see enum nestxml_definition. @form: its canonical form. Returns 0 or NESTXML_E_NOMEM.
 */
int nestxml_stored_definition_read(const char *root, const char *name, const struct nestxml_domain *guest, const struct canonical *form,
				   enum nestxml_vendor vendor, enum nestxml_nested nested, enum nestxml_definition *definition);

/* libvirt waits for the hook, which reads no more snapshot files of a guest than these; docs/how-a-start-is-handled.md has the numbers. */
#define NESTXML_SNAPSHOTS 1000
#define NESTXML_SNAPSHOTS_SIZE ((size_t)8 << 20) /* bytes of all of them but the last */

enum snapshot_match {
	SNAPSHOT_MATCH_NONE,
	SNAPSHOT_MATCH_FOUND,
	SNAPSHOT_MATCH_UNKNOWN, /* none that was read matches, and some were not read */
};

/** Whether a revert to one of @name's snapshots with memory would start exactly @guest. */
enum snapshot_match nestxml_snapshot_match(const char *root, const char *name, const struct canonical *guest);

#endif
