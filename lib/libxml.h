/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxml.h - libxml2's functions, all that are called, loaded when the first document is read: a start that needs none does not pay for it.
 */
#ifndef NESTXML_LIBXML_H
#define NESTXML_LIBXML_H

#include <stddef.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <nestxml/nestxml.h>

#include "dlsym.h"

/* From 2.12 on what libxml2 keeps for a thread is allocated when it is first asked for; from 2.15 on it tells positions by another name. */
#if LIBXML_VERSION >= 21200
#define LIBXML_THREAD_FUNCTIONS(use) use(xmlCheckThreadLocalStorage)
#else
#define LIBXML_THREAD_FUNCTIONS(use)
#endif
#if LIBXML_VERSION >= 21500
#define LIBXML_POSITION_FUNCTIONS(use) use(xmlCtxtGetInputPosition)
#else
#define LIBXML_POSITION_FUNCTIONS(use) use(xmlByteConsumed)
#endif
#if LIBXML_VERSION >= 21400 && LIBXML_VERSION < 21500 /* deprecates xmlByteConsumed(), and has nothing in its place yet */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

/* 2.12 also made the error const. */
#if LIBXML_VERSION >= 21200
#define LIBXML_ERROR const xmlError
#else
#define LIBXML_ERROR xmlError
#endif

/* clang-format off */
#define LIBXML_FUNCTIONS(use)              \
	use(__xmlStructuredError)          \
	use(__xmlStructuredErrorContext)   \
	LIBXML_THREAD_FUNCTIONS(use)       \
	LIBXML_POSITION_FUNCTIONS(use)     \
	use(xmlAddChild)                   \
	use(xmlAllocOutputBuffer)          \
	use(xmlCtxtReadIO)                 \
	use(xmlDictGetUsage)               \
	use(xmlDictSetLimit)               \
	use(xmlDocGetRootElement)          \
	use(xmlFreeDoc)                    \
	use(xmlFreeNode)                   \
	use(xmlFreeParserCtxt)             \
	use(xmlInitParser)                 \
	use(xmlNewParserCtxt)              \
	use(xmlNodeDumpOutput)             \
	use(xmlOutputBufferClose)          \
	use(xmlOutputBufferGetContent)     \
	use(xmlReadMemory)                 \
	use(xmlReplaceNode)                \
	use(xmlSAX2GetLineNumber)          \
	use(xmlSetStructuredErrorFunc)     \
	use(xmlStopParser)                 \
	use(xmlUnlinkNode)                 \
	use(xmlUnsetProp)
/* clang-format on */

LIBXML_FUNCTIONS(DLSYM_DECLARE)

/** Loads libxml2 and sets it up, once for a process, and makes it ready for this thread. Returns 0, NESTXML_E_LIBRARY or NESTXML_E_NOMEM.
 */
int nestxml_libxml_load(struct nestxml_error *error);

/** What libxml2 calls in this thread for each error; without one it prints them to stderr. */
struct libxml_handler {
	void (*function)(void *data, LIBXML_ERROR *problem);
	void *data;
};

/** Installs @handler, and stores the previous one in it. libxml2 must be loaded. */
void nestxml_libxml_swap_handler(struct libxml_handler *handler);

#endif
