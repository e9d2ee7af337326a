/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxml.h - libxml2's functions, all that are called, loaded when the first document is read: a start that needs none does not pay for it.
 */
#ifndef NESTXML_LIBXML_H
#define NESTXML_LIBXML_H

#include <stddef.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "dlsym.h"

/* clang-format off */
#define LIBXML_FUNCTIONS(use)              \
	use(__xmlStructuredError)          \
	use(__xmlStructuredErrorContext)   \
	use(xmlByteConsumed)               \
	use(xmlCtxtReadIO)                 \
	use(xmlDictGetUsage)               \
	use(xmlDictSetLimit)               \
	use(xmlFreeDoc)                    \
	use(xmlFreeParserCtxt)             \
	use(xmlInitParser)                 \
	use(xmlNewParserCtxt)              \
	use(xmlSAX2GetLineNumber)          \
	use(xmlSetStructuredErrorFunc)     \
	use(xmlStopParser)
/* clang-format on */

LIBXML_FUNCTIONS(DLSYM_DECLARE)

/** Loads libxml2 and sets it up, once for a process. False: it cannot be loaded, and @reason, of @size bytes, says why. */
bool nestxml_libxml_load(char *reason, size_t size);

#endif
