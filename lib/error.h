/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* error.h - lets a caller fill in an error and return its code in one statement. */
#ifndef NESTXML_ERROR_H
#define NESTXML_ERROR_H

#include <nestxml/nestxml.h>

/** Fills *@error (which may be NULL) and returns @code. Every %s is escaped by the caller. */
int nestxml_error_set(struct nestxml_error *error, enum nestxml_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** The same with a place in the input; @line and @column from 1, 0: none. */
int nestxml_error_set_at(struct nestxml_error *error, enum nestxml_code code, unsigned int line, unsigned int column, const char *format,
			 ...) __attribute__((format(printf, 5, 6)));
/** Sets "out of memory", returns NESTXML_E_NOMEM. */
int nestxml_error_set_nomem(struct nestxml_error *error);

#endif
