/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt_files.h - what libvirt's own files say of a guest. */
#ifndef NESTXML_LIBVIRT_FILES_H
#define NESTXML_LIBVIRT_FILES_H

#include "domain.h"

/** What libvirt's own file of a guest's stored definition says. */
struct stored_definition {
	enum nestxml_definition state;
	bool is_fixed;	/* its CPU looks like that of a saved state itself, or cannot be read */
	bool shows_run; /* so does the rest of it */
};
/** Whether a domain has what libvirt writes into one that runs: the chains of its disks. */
bool nestxml_domain_has_backing_store(const struct nestxml_domain *domain);
/** Of the guest @name, as it stands to a policy. Returns 0 or NESTXML_E_NOMEM. */
int nestxml_stored_definition_read(const char *root, const char *name, const struct nestxml_domain *guest, enum nestxml_vendor vendor,
				   enum nestxml_nested nested, struct stored_definition *definition);
/** Whether libvirt keeps a snapshot with memory of @guest, whose name is @name, that has its CPU; false where that cannot be told. */
bool nestxml_snapshot_has_cpu_of(const char *root, const char *name, const struct nestxml_domain *guest);

#endif
