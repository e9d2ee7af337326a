/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emulator.c - <emulator> may be a wrapper, which starts QEMU as it likes. It is read only for the advice, and decides nothing. */
#include "guests/emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "guests/qemu_command.h"
#include "macros.h"

/*
 * Takes the last one, since a tenant's metadata may have such lines too: libvirt writes it before <devices>, and no element after them has
 * contents that a tenant chooses freely.
 */
static const char *find_devices(const char *xml)
{
	const char *found = NULL;

	for (const char *at = xml; (at = strstr(at, "\n  <devices>\n")); at++)
		found = at;
	return found;
}

bool emulator_find(const char *xml, char *path, size_t size)
{
	static const char tag[] = "\n    <emulator>";
	const char *devices = find_devices(xml);
	const char *start = devices ? strstr(devices, tag) : NULL;
	size_t length;

	if (!start)
		return false;
	start += sizeof(tag) - 1;
	length = strcspn(start, "<");
	if (length == 0 || length >= size)
		return false;
	snprintf(path, size, "%.*s", (int)length, start);
	return true;
}

bool emulator_is_wrapper(const char *path)
{
	AUTO_FREE char *target = realpath(path, NULL); /* a link to QEMU may have any name */
	char start[3];

	if (nestxml_file_read_small("", path, start, sizeof(start)) == 2 && strcmp(start, "#!") == 0)
		return true;
	return !qemu_command_is_qemu(target ? target : path);
}
