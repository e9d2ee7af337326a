/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* changes.c - two rings: who waits, and which events are the watcher's own. */
#include "changes.h"

#include <stdio.h>
#include <string.h>

static void set_uuid(char to[CHANGES_UUID], const char *uuid)
{
	snprintf(to, CHANGES_UUID, "%s", uuid);
}

void changes_expect(struct changes *changes, const char *uuid, size_t events, int64_t now)
{
	for (size_t i = 0; i < events; i++) {
		struct own *own;

		if (changes->own_count == CHANGES_LIMIT) { /* the oldest is given up: its event is one look more */
			changes->own_first = (changes->own_first + 1) % CHANGES_LIMIT;
			changes->own_count--;
		}
		own = &changes->own[(changes->own_first + changes->own_count++) % CHANGES_LIMIT];
		set_uuid(own->uuid, uuid);
		own->until = now + CHANGES_OWN_TIME;
	}
}

/* Whether this event was expected; then it is no more. Which of several of one guest it was does not matter: each look sees the same. */
static bool take_own(struct changes *changes, const char *uuid, int64_t now)
{
	for (size_t i = 0; i < changes->own_count; i++) {
		struct own *own = &changes->own[(changes->own_first + i) % CHANGES_LIMIT];

		if (own->until >= now && strcmp(own->uuid, uuid) == 0) {
			*own = changes->own[changes->own_first];
			changes->own_first = (changes->own_first + 1) % CHANGES_LIMIT;
			changes->own_count--;
			return true;
		}
	}
	return false;
}

bool changes_add(struct changes *changes, const char *uuid, int64_t now)
{
	if (take_own(changes, uuid, now))
		return true;
	for (size_t i = 0; i < changes->count; i++)
		if (strcmp(changes->waiting[(changes->first + i) % CHANGES_LIMIT], uuid) == 0)
			return true;
	if (changes->count == CHANGES_LIMIT)
		return false;
	set_uuid(changes->waiting[(changes->first + changes->count++) % CHANGES_LIMIT], uuid);
	return true;
}

bool changes_take(struct changes *changes, char uuid[CHANGES_UUID])
{
	if (changes->count == 0)
		return false;
	memcpy(uuid, changes->waiting[changes->first], CHANGES_UUID);
	changes->first = (changes->first + 1) % CHANGES_LIMIT;
	changes->count--;
	return true;
}

void changes_clear(struct changes *changes)
{
	changes->count = 0;
}

void changes_forget(struct changes *changes)
{
	changes_clear(changes);
	changes->own_count = 0;
}
