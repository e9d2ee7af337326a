/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* library.c - loads libnestxml with dlopen(), since most calls of the hook do not need it. */
#include "library.h"

#include "macros.h"

#ifndef LIBRARY /* tests/bench gives a path, since ld.so does not find its library */
#define LIBRARY "libnestxml.so.0"
#endif

LIBRARY_FUNCTIONS(DLSYM_DEFINE)

bool library_load(char *reason, size_t size)
{
	static const struct dlsym_function functions[] = {LIBRARY_FUNCTIONS(DLSYM_ROW)};

	return dlsym_load(LIBRARY, RTLD_NOW, functions, ARRAY_SIZE(functions), reason, size);
}
