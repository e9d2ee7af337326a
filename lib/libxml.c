/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxml.c - libxml2 by dlopen. Most hook calls read no document. Linked, it would cost each of them more than all the rest: Debian 12's
 * brings ICU and libstdc++, and without these, on Debian 13, a `prepare` with no policy still executes 2.5 times as many instructions
 * (docs/measured.md).
 */
#include "libxml.h"

#include <pthread.h>

#include "error.h"
#include "macros.h"

DLSYM_NOTE("xml", "Reads the XML of domains", LIBXML2_SONAME);

/* What is set once and only read from then on; libxml2 itself is one in a process. */
LIBXML_FUNCTIONS(DLSYM_DEFINE)
static bool is_loaded;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* libxml2 is not set up by two threads at once */

#if LIBXML_VERSION >= 21200 /* made the error const */
static void ignore_error(void *data, const xmlError *problem)
#else
static void ignore_error(void *data, xmlError *problem)
#endif
{
	(void)data;
	(void)problem;
}

/* Whether there is memory for what libxml2 keeps for this thread. From 2.12 on it ends the process where it finds none later. */
static bool has_thread_memory(void)
{
#if LIBXML_VERSION >= 21200
	return sym_xmlCheckThreadLocalStorage() == 0;
#else
	return true;
#endif
}

/* Where there is no memory, libxml2 says so on stderr, unless it is told to tell us. These are settings of this thread. */
static void set_up(void)
{
	xmlStructuredErrorFunc handler = *sym___xmlStructuredError();
	void *context = *sym___xmlStructuredErrorContext();

	sym_xmlSetStructuredErrorFunc(NULL, ignore_error);
	sym_xmlInitParser();
	sym_xmlSetStructuredErrorFunc(context, handler);
}

/*
 * What failed, for want of memory perhaps, is tried again by the next document. Bound lazily, as where it is linked: RTLD_NOW would look
 * up every function of ICU and libstdc++ too, and costs the filter a tenth of its time on a small guest (tests/bench).
 */
static int load(struct nestxml_error *error)
{
	static const struct dlsym_function functions[] = {LIBXML_FUNCTIONS(DLSYM_ROW)};
	char reason[256];

	if (!dlsym_load(LIBXML2_SONAME, RTLD_LAZY, functions, ARRAY_SIZE(functions), reason, sizeof(reason)))
		return nestxml_error_set(error, NESTXML_E_LIBRARY, "cannot be read without libxml2: %s", reason);
	if (!has_thread_memory())
		return nestxml_error_set_nomem(error);
	set_up();
	is_loaded = true;
	return 0;
}

int nestxml_libxml_load(struct nestxml_error *error)
{
	int code = 0;

	pthread_mutex_lock(&mutex);
	if (!is_loaded)
		code = load(error);
	pthread_mutex_unlock(&mutex);
	if (code == 0 && !has_thread_memory())
		code = nestxml_error_set_nomem(error);
	return code;
}
