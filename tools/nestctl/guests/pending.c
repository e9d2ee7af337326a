/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pending.c - two lists: which guests wait, and which events are this process's own. */
#include "guests/pending.h"

#include <stdio.h>
#include <string.h>

static void set_uuid(char to[PENDING_UUID], const char *uuid)
{
	snprintf(to, PENDING_UUID, "%s", uuid);
}

/* ---- own events ---- */

void pending_expect(struct pending *pending, const char *uuid, size_t events, int64_t now)
{
	for (size_t i = 0; i < events; i++) {
		struct own *own;

		if (pending->own_count == PENDING_LIMIT) { /* the oldest is given up: its event will cost one more look */
			pending->own_first = (pending->own_first + 1) % PENDING_LIMIT;
			pending->own_count--;
		}
		own = &pending->own[(pending->own_first + pending->own_count++) % PENDING_LIMIT];
		set_uuid(own->uuid, uuid);
		own->until = now + PENDING_OWN_TIME;
	}
}

/*
 * Whether this event was expected; if so, takes it off the list. Which of the guest's own events it was does not matter: each look at the
 * guest finds the same.
 */
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

/* ---- the guests ---- */

static void remove_guest(struct pending *pending, size_t index)
{
	pending->count--;
	memmove(&pending->guests[index], &pending->guests[index + 1], (pending->count - index) * sizeof(pending->guests[0]));
}

static bool is_quiet(const struct pending_guest *guest, bool is_alone, int64_t now)
{
	return is_alone || now - guest->last >= PENDING_QUIET;
}

/* Removes the guests that nobody is to look at, once they need no longer be left alone. */
static void remove_unwanted(struct pending *pending, int64_t now)
{
	for (size_t i = pending->count; i > 0; i--)
		if (!pending->guests[i - 1].is_wanted && !pending->guests[i - 1].is_back && is_quiet(&pending->guests[i - 1], false, now))
			remove_guest(pending, i - 1);
}

/* The place of a guest in the list; @count: it is not in it. */
static size_t find(const struct pending *pending, const char *uuid)
{
	size_t i = 0;

	while (i < pending->count && strcmp(pending->guests[i].uuid, uuid) != 0)
		i++;
	return i;
}

/* The guest, which is put into the list if it is not in it yet; NULL: there is no more room. */
static struct pending_guest *take_in(struct pending *pending, const char *uuid, int64_t now)
{
	size_t i = find(pending, uuid);

	if (i == PENDING_LIMIT) {
		remove_unwanted(pending, now);
		i = pending->count;
	}
	if (i == PENDING_LIMIT)
		return NULL;
	if (i == pending->count) {
		pending->count++;
		pending->guests[i] = (struct pending_guest){0};
		set_uuid(pending->guests[i].uuid, uuid);
	}
	return &pending->guests[i];
}

static bool is_gone(const struct pending *pending, const char *uuid)
{
	size_t i = find(pending, uuid);

	return i < pending->count && pending->guests[i].is_gone;
}

bool pending_add(struct pending *pending, const char *uuid, enum virt_event event, int64_t now)
{
	bool is_definition = event == VIRT_EVENT_DEFINED || event == VIRT_EVENT_ADDED;
	bool is_own = is_definition && take_own(pending, uuid, now);
	struct pending_guest *guest;

	/* If a running guest has been undefined, libvirt reports its next definition as a change all the same. */
	if (is_own && event == VIRT_EVENT_DEFINED && !is_gone(pending, uuid))
		return true;
	guest = take_in(pending, uuid, now);
	if (!guest)
		return is_own;
	if (event != VIRT_EVENT_STOPPED)
		guest->is_back = is_own;
	guest->is_gone = event == VIRT_EVENT_UNDEFINED || (guest->is_gone && !is_definition);
	guest->is_wanted = guest->is_wanted || (is_definition && !is_own) || event == VIRT_EVENT_METADATA;
	guest->last = now;
	return true;
}

bool pending_postpone(struct pending *pending, const char *uuid, int64_t now)
{
	struct pending_guest *guest = take_in(pending, uuid, now);

	if (!guest)
		return false;
	guest->is_wanted = true;
	guest->last = now;
	return true;
}

bool pending_take(struct pending *pending, bool is_alone, int64_t now, char uuid[PENDING_UUID])
{
	for (size_t i = 0; i < pending->count; i++) {
		if (!pending->guests[i].is_wanted || pending->guests[i].is_back || !is_quiet(&pending->guests[i], is_alone, now))
			continue;
		memcpy(uuid, pending->guests[i].uuid, PENDING_UUID);
		remove_guest(pending, i);
		return true;
	}
	remove_unwanted(pending, now);
	return false;
}

bool pending_want(struct pending *pending, const char *uuid, bool is_alone, int64_t now)
{
	size_t i = find(pending, uuid);

	if (i == pending->count)
		return true;
	if (pending->guests[i].is_back || !is_quiet(&pending->guests[i], is_alone, now)) {
		pending->guests[i].is_wanted = true;
		return false;
	}
	remove_guest(pending, i);
	return true;
}

bool pending_is_back(const struct pending *pending, const char *uuid)
{
	size_t i = find(pending, uuid);

	return i < pending->count && pending->guests[i].is_back;
}

bool pending_find_back(const struct pending *pending, int64_t now, char uuid[PENDING_UUID])
{
	for (size_t i = 0; i < pending->count; i++) {
		if (!pending->guests[i].is_back || !is_quiet(&pending->guests[i], false, now))
			continue;
		memcpy(uuid, pending->guests[i].uuid, PENDING_UUID);
		return true;
	}
	return false;
}

void pending_remove(struct pending *pending, const char *uuid)
{
	size_t i = find(pending, uuid);

	if (i < pending->count)
		remove_guest(pending, i);
}

#define OFTEN 2 /* milliseconds between two times that libvirt is asked who is connected */
#define SELDOM 20

int pending_get_wait(const struct pending *pending, bool may_leave, int64_t now)
{
	int64_t wait = -1;

	for (size_t i = 0; i < pending->count; i++) {
		const struct pending_guest *guest = &pending->guests[i];
		int64_t left = guest->last + PENDING_QUIET - now;
		int64_t pause = now - guest->last < PENDING_SOON ? OFTEN : SELDOM;

		if (!guest->is_wanted && !guest->is_back)
			continue;
		if (may_leave && guest->is_wanted && left > pause)
			left = pause;
		if (left < 0)
			left = 0;
		if (wait < 0 || left < wait)
			wait = left;
	}
	return (int)wait;
}

void pending_forget(struct pending *pending)
{
	pending->count = 0;
	pending->own_count = 0;
}
