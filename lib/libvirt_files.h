/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt_files.h - what libvirt's own files say of a guest that is about to start. */
#ifndef NESTXML_LIBVIRT_FILES_H
#define NESTXML_LIBVIRT_FILES_H

#include "assess.h"

/** Reads the stored definition of the guest @name, where that is @guest: see enum nestxml_definition. Returns 0 or NESTXML_E_NOMEM. */
int nestxml_stored_definition_read(const char *root, const char *name, const struct nestxml_domain *guest, enum nestxml_vendor vendor,
				   enum nestxml_nested nested, enum nestxml_definition *definition);
/** Whether a revert to a snapshot of @guest, whose name is @name, that has memory would start as @guest; false where that cannot be told.
 */
bool nestxml_snapshot_is_starting_as(const char *root, const char *name, const struct nestxml_domain *guest);

#endif
