/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dlsym.c - a library that is loaded when it is needed. */
#include "dlsym.h"

#include <stdio.h>

#include <nestxml/nestxml.h>

static void set_reason(const char *soname, char *reason, size_t size)
{
	const char *problem = dlerror();
	char text[512];

	snprintf(text, sizeof(text), "%s", problem ? problem : soname);
	nestxml_text_escape(text, reason, size);
}

bool dlsym_load(const char *soname, int flags, const struct dlsym_function *functions, size_t count, char *reason, size_t size)
{
	void *handle = dlopen(soname, flags | RTLD_LOCAL);

	for (size_t i = 0; handle && i < count; i++) {
		*functions[i].pointer = dlsym(handle, functions[i].name);
		if (!*functions[i].pointer)
			handle = NULL;
	}
	if (handle)
		return true;
	set_reason(soname, reason, size);
	for (size_t i = 0; i < count; i++)
		*functions[i].pointer = NULL;
	return false;
}
