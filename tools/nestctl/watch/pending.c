/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pending.c - two rings: who waits, and which events are the watcher's own. */
#include "watch/pending.h"

#include <stdio.h>
#include <string.h>

static void set_uuid(char to[PENDING_UUID], const char *uuid)
{
	snprintf(to, PENDING_UUID, "%s", uuid);
}

void pending_expect(struct pending *pending, const char *uuid, size_t events, int64_t now)
{
	for (size_t i = 0; i < events; i++) {
		struct own *own;

		if (pending->own_count == PENDING_LIMIT) { /* the oldest is given up: its event is one look more */
			pending->own_first = (pending->own_first + 1) % PENDING_LIMIT;
			pending->own_count--;
		}
		own = &pending->own[(pending->own_first + pending->own_count++) % PENDING_LIMIT];
		set_uuid(own->uuid, uuid);
		own->until = now + PENDING_OWN_TIME;
	}
}

/* Whether this event was expected; then it is no more. Which of several of one guest it was does not matter: each look sees the same. */
static bool take_own(struct pending *pending, const char *uuid, int64_t now)
{
	for (size_t i = 0; i < pending->own_count; i++) {
		struct own *own = &pending->own[(pending->own_first + i) % PENDING_LIMIT];

		if (own->until >= now && strcmp(own->uuid, uuid) == 0) {
			*own = pending->own[pending->own_first];
			pending->own_first = (pending->own_first + 1) % PENDING_LIMIT;
			pending->own_count--;
			return true;
		}
	}
	return false;
}

bool pending_add(struct pending *pending, const char *uuid, int64_t now)
{
	if (take_own(pending, uuid, now))
		return true;
	for (size_t i = 0; i < pending->count; i++)
		if (strcmp(pending->waiting[(pending->first + i) % PENDING_LIMIT], uuid) == 0)
			return true;
	if (pending->count == PENDING_LIMIT)
		return false;
	set_uuid(pending->waiting[(pending->first + pending->count++) % PENDING_LIMIT], uuid);
	return true;
}

bool pending_take(struct pending *pending, char uuid[PENDING_UUID])
{
	if (pending->count == 0)
		return false;
	memcpy(uuid, pending->waiting[pending->first], PENDING_UUID);
	pending->first = (pending->first + 1) % PENDING_LIMIT;
	pending->count--;
	return true;
}

void pending_clear(struct pending *pending)
{
	pending->count = 0;
}

void pending_forget(struct pending *pending)
{
	pending_clear(pending);
	pending->own_count = 0;
}
