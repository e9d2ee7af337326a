/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shell_name.c - how to name a guest in a command line that people copy. */
#include "shell_name.h"

#include <stdbool.h>
#include <string.h>

#include "ascii.h"

/* Whether the name needs no quotes in a shell, and virsh can take it for nothing else: not for an option, a domain's ID or a UUID. */
static bool is_plain_name(const char *name)
{
	size_t length = strlen(name);

	if (!ascii_is_alpha((unsigned char)name[0]) || length == 36 || length == 32)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!ascii_is_alnum((unsigned char)name[i]) && !strchr("._-+@", name[i]))
			return false;
	return true;
}

static bool is_plain_uuid(const char *uuid)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(uuid) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'x' ? !ascii_is_xdigit((unsigned char)uuid[i]) : uuid[i] != shape[i])
			return false;
	return true;
}

const char *nestxml_shell_name(const char *name, const char *uuid)
{
	if (is_plain_name(name))
		return name;
	return is_plain_uuid(uuid) ? uuid : "GUEST";
}
