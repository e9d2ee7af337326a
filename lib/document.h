/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* document.h - whether two documents that libvirt wrote describe the same definition. */
#ifndef NESTXML_DOCUMENT_H
#define NESTXML_DOCUMENT_H

#include <stdbool.h>

/** A part of a document: from @at to before @end. */
struct span {
	const char *at;
	const char *end;
};

/**
 * Whether two parts of documents that libvirt wrote say exactly the same, apart from what it writes differently on each occasion.
 * That is the indentation, the id that a running guest has, and what it keeps from hooks: displays' passwords and network disks' cookies.
 */
bool nestxml_document_is_same(struct span a, struct span b);

#endif
