/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parameter.h - what the kernel makes of "nested=on": module parameters as their types read them. Pure. */
#ifndef NESTXML_PARAMETER_H
#define NESTXML_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

enum parameter_value {
	PARAMETER_OFF,
	PARAMETER_ON,
	PARAMETER_INVALID, /* the kernel refuses to load a module with it: EINVAL */
	PARAMETER_UNKNOWN, /* the type is not known, or is neither a bool nor a number */
};

/**
 * What the kernel makes of @value (NULL: the name stands alone, without '=') for a parameter of @type ("bool", "int", "uint"; as modinfo
 * shows it). Source: kstrtobool(), kstrtoint() and parse_args() of Linux 6.12.
 */
enum parameter_value parameter_parse(const char *type, const char *value);

/** One word of a module's options. */
struct parameter_word {
	char name[64];
	char value[128]; /* without the quotes around it */
	bool has_value;
};

/**
 * Takes the next word from *@options ("nested=1 npt=1"), and moves *@options after it. What does not fit is cut. False: there is none.
 */
bool parameter_next(const char **options, struct parameter_word *word);

/** Finds the last @name among @options, the one that counts. False: it is not there. */
bool parameter_find_last(const char *options, const char *name, struct parameter_word *word);

#endif
