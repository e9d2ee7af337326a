/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_options.h - QEMU's options, so that the value of one is never mistaken for another option. */
#ifndef NESTXML_QEMU_OPTIONS_H
#define NESTXML_QEMU_OPTIONS_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

enum qemu_option {
	QEMU_OPTION_UNKNOWN, /* whether the next argument is its value is unknown */
	QEMU_OPTION_ALONE,
	QEMU_OPTION_WITH_VALUE, /* the next argument, whatever it is */
};

/** @name: without its dashes. */
enum qemu_option qemu_option_find(const char *name);

#endif
