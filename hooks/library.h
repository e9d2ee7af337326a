/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* library.h - libnestxml's functions that the hook calls, loaded when there is a guest to check. */
#ifndef NESTXML_LIBRARY_H
#define NESTXML_LIBRARY_H

#include <stddef.h>

#include <nestxml/nestxml.h>

#include "dlsym.h"

/* clang-format off */
#define LIBRARY_FUNCTIONS(use)            \
	use(nestxml_check_new)            \
	use(nestxml_check_free)           \
	use(nestxml_check_get_verdict)    \
	use(nestxml_check_is_unmet)       \
	use(nestxml_check_get_manager)    \
	use(nestxml_check_get_policy)     \
	use(nestxml_check_get_report)     \
	use(nestxml_check_get_advice)     \
	use(nestxml_check_get_definition) \
	use(nestxml_check_get_edits)      \
	use(nestxml_check_get_domain)     \
	use(nestxml_domain_get_uuid)      \
	use(nestxml_edits_apply)
/* clang-format on */

LIBRARY_FUNCTIONS(DLSYM_DECLARE)

/** Loads libnestxml. False: it cannot be loaded, and @reason, of @size bytes, says why. */
bool library_load(char *reason, size_t size);

#endif
