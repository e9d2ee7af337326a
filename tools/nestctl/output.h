/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output.h - what nestctl's answers are made of: rows of a table, members of a JSON object. */
#ifndef NESTXML_OUTPUT_H
#define NESTXML_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

struct json_object;

/** All vendors' features with @separator between them: "vmx or svm" for " or ". Returns @buffer, of @size bytes. */
const char *output_join_features(const char *separator, char *buffer, size_t size);

/** Prints one row of an aligned table; what comes from elsewhere must be escaped. */
void output_row(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Adds text of our own; NULL becomes null. */
void output_add_string(struct json_object *object, const char *key, const char *value);
/** Adds text that comes from elsewhere, escaped: JSON is UTF-8, and that need not be. NULL becomes null. */
void output_add_escaped(struct json_object *object, const char *key, const char *value);
void output_add_bool(struct json_object *object, const char *key, bool value);

/** The words of the vendors' features where there is one: ", vmx require, svm disable"; else ", neither vmx nor svm". Returns @buffer. */
const char *output_list_features(const char *const words[], char *buffer, size_t size);

#endif
