/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sd_notify.c - libsystemd's sd_notify(), loaded where a service manager asks for it: no other command of nestctl pays for it. */
#include "watch/sd_notify.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define LIBRARY "libsystemd.so.0"

void notify_service_manager(const char *state)
{
	int (*sd_notify)(int unset_environment, const char *state); /* sd_notify(3) */
	void *handle;

	if (!getenv("NOTIFY_SOCKET"))
		return;
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	sd_notify = handle ? (__typeof__(sd_notify))dlsym(handle, "sd_notify") : NULL;
	if (sd_notify)
		sd_notify(0, state);
	else
		fprintf(stderr, "nestctl: the service manager cannot be told %s: %s\n", state, dlerror());
}
