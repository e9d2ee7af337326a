/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emulator.h - the program that libvirt starts as a guest's QEMU. */
#ifndef NESTXML_EMULATOR_H
#define NESTXML_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

/** Copies the path in <emulator> of @xml, which must be libvirt's own output; false: there is none, or it is longer than @size. */
bool emulator_find(const char *xml, char *path, size_t size);

/** Whether the program at @path is a script, or is not called as QEMU's are. */
bool emulator_is_wrapper(const char *path);

#endif
