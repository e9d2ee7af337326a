/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* channel.h - carries commands in JSON to a guest's agent or to its QEMU, and the replies back. */
#ifndef NESTXML_CHANNEL_H
#define NESTXML_CHANNEL_H

#include <stddef.h>

#include <nestxml/nestxml.h>

struct channel {
	/**
	 * Sends @command and waits at most @seconds for the reply, which is the caller's to free. Returns 0; on failure -1 and @error,
	 * ready for a terminal.
	 */
	int (*ask)(void *context, const char *command, int seconds, char **reply, char *error, size_t size);
	void *context;
};

#endif
