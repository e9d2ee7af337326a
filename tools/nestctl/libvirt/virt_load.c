/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt_load.c - loads libvirt with dlopen(): if it were linked, every start of nestctl would take ten times as long. */
#include "libvirt/virt_load.h"

#include <errno.h>

#include <nestxml/nestxml.h>

#include "dlsym.h"
#include "macros.h"

#define LIBRARY "libvirt.so.0"

VIRT_FUNCTIONS(DLSYM_DEFINE)

int virt_fail(struct virt_error *error, const char *message)
{
	error->no_domain = false;
	error->no_daemon = false;
	nestxml_text_escape(message ? message : "unknown error", error->message, sizeof(error->message));
	return -1;
}

int virt_fail_with_last(struct virt_error *error)
{
	virErrorPtr last = sym_virGetLastError();

	virt_fail(error, last ? last->message : NULL);
	error->no_domain = last && last->code == VIR_ERR_NO_DOMAIN;
	error->no_daemon = last && last->code == VIR_ERR_SYSTEM_ERROR && last->domain == VIR_FROM_RPC &&
			   (last->int1 == ENOENT || last->int1 == ECONNREFUSED);
	return -1;
}

/* Without one libvirt prints each error to stderr by itself. */
static void ignore_error(void *context, virErrorPtr error)
{
	(void)context;
	(void)error;
}

int virt_load(struct virt_error *error)
{
	static const struct dlsym_function functions[] = {VIRT_FUNCTIONS(DLSYM_ROW)};

	error->no_domain = false;
	error->no_daemon = false;
	if (!dlsym_load(LIBRARY, RTLD_NOW, functions, ARRAY_SIZE(functions), error->message, sizeof(error->message)))
		return -1;
	sym_virSetErrorFunc(NULL, ignore_error);
	return 0;
}
