/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxml.c - loads libxml2 with dlopen(), since most hook calls read no document. If it were linked, loading it would cost each of them
 * more than all the rest: Debian 12's pulls in ICU and libstdc++, and even without these, on Debian 13, a `prepare` with no policy would
 * execute 2.5 times as many instructions (docs/measured.md).
 */
#include "libxml.h"

#include <pthread.h>

#include "error.h"
#include "macros.h"

DLSYM_NOTE("xml", "Reads the XML of domains", LIBXML2_SONAME);

/* Set once and only read from then on; libxml2's own state is the process's, too. */
LIBXML_FUNCTIONS(DLSYM_DEFINE)
static bool is_loaded;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* libxml2 is not set up by two threads at once */

void nestxml_libxml_swap_handler(struct libxml_handler *handler)
{
	struct libxml_handler old = {*sym___xmlStructuredError(), *sym___xmlStructuredErrorContext()};

	sym_xmlSetStructuredErrorFunc(handler->data, handler->function);
	*handler = old;
}

static void ignore_error(void *data, LIBXML_ERROR *problem)
{
	(void)data;
	(void)problem;
}

/*
 * Whether there is memory for what libxml2 keeps for this thread. From 2.12 on, libxml2 would end the process if it failed to get that
 * later.
 */
static bool has_thread_memory(void)
{
#if LIBXML_VERSION >= 21200
	return sym_xmlCheckThreadLocalStorage() == 0;
#else
	return true;
#endif
}

/* Without a handler, libxml2 prints to stderr if it is out of memory. */
static void set_up(void)
{
	struct libxml_handler handler = {ignore_error, NULL};

	nestxml_libxml_swap_handler(&handler);
	sym_xmlInitParser();
	nestxml_libxml_swap_handler(&handler);
}

/*
 * A failure, perhaps for want of memory, is not final: the next document tries again. Functions are bound lazily, as they would be if it
 * were linked: RTLD_NOW would look up every function of ICU and libstdc++ too, and costs the filter a tenth of its time on a small guest
 * (tests/bench).
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
