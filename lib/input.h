/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* input.h - what a document's bytes must be before the parser sees them. */
#ifndef NESTXML_INPUT_H
#define NESTXML_INPUT_H

#include <stddef.h>

#include <nestxml/nestxml.h>

/** Returns 0, NESTXML_E_TOO_BIG, NESTXML_E_SYNTAX (it is empty) or NESTXML_E_ENCODING. */
int nestxml_input_check(const char *xml, size_t length, struct nestxml_error *error);

#endif
