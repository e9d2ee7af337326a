/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sweep.c - what is remembered of guests between two sweeps: lines of one length, a head with the key, an end with a checksum. */
#include "watch/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "nestxml-sweep 1 "
#define END "end "
#define DIGITS 16		       /* of a number */
#define LINE (SWEEP_UUID + DIGITS + 1) /* bytes: UUID, blank, stamp, line end */
#define HEAD_LINE (sizeof(HEAD) - 1 + DIGITS + 1)
#define END_LINE (sizeof(END) - 1 + DIGITS + 1)

void sweep_clear(struct sweep *sweep)
{
	free(sweep->guests);
	*sweep = (struct sweep){0};
}

/* ---- files ---- */

uint64_t sweep_hash(uint64_t hash, const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3U;
	return hash;
}

/* Without the device, whose number may change at a boot. */
uint64_t sweep_get_stamp(const struct stat *status)
{
	const int64_t parts[] = {
		(int64_t)status->st_ino, status->st_size,	 status->st_mtim.tv_sec,
		status->st_mtim.tv_nsec, status->st_ctim.tv_sec, status->st_ctim.tv_nsec,
	};
	uint64_t stamp = sweep_hash(SWEEP_HASH_START, parts, sizeof(parts));

	return stamp != 0 ? stamp : 1;
}

/* Only the change time counts, since nobody can set it. One in the future proves nothing. */
bool sweep_is_at_rest(const struct stat *status, time_t now)
{
	return status->st_ctim.tv_sec < now - SWEEP_RACE;
}

/* ---- guests ---- */

static int compare_uuids(const void *a, const void *b)
{
	return strcmp(((const struct sweep_guest *)a)->uuid, ((const struct sweep_guest *)b)->uuid);
}

static int compare_with_guest(const void *uuid, const void *guest)
{
	return strcmp(uuid, ((const struct sweep_guest *)guest)->uuid);
}

struct sweep_guest *sweep_find(const struct sweep *sweep, const char *uuid)
{
	return sweep->count > 0 ? bsearch(uuid, sweep->guests, sweep->count, sizeof(*sweep->guests), compare_with_guest) : NULL;
}

bool sweep_is_settled(const struct sweep *cache, uint64_t key, const char *uuid, uint64_t stamp)
{
	const struct sweep_guest *guest = key != 0 && cache->key == key && stamp != 0 ? sweep_find(cache, uuid) : NULL;

	return guest && guest->is_settled && guest->stamp == stamp;
}

/* ---- text ---- */

/* Exactly @DIGITS lower-case digits and a line end. */
static bool read_number(const char *text, uint64_t *number)
{
	char digits[DIGITS + 1];

	if (strspn(text, "0123456789abcdef") != DIGITS || text[DIGITS] != '\n')
		return false;
	memcpy(digits, text, DIGITS);
	digits[DIGITS] = '\0';
	*number = strtoull(digits, NULL, 16);
	return true;
}

static bool read_guest(const char *line, struct sweep_guest *guest)
{
	if (strspn(line, "0123456789abcdef-") != SWEEP_UUID - 1 || line[SWEEP_UUID - 1] != ' ')
		return false;
	memcpy(guest->uuid, line, SWEEP_UUID - 1);
	guest->uuid[SWEEP_UUID - 1] = '\0';
	guest->is_settled = true;
	return read_number(line + SWEEP_UUID, &guest->stamp);
}

/* Whether head, end and length are those of a whole cache; then @cache has its key, and @count is that of its guests. */
static bool read_frame(const char *text, size_t length, struct sweep *cache, size_t *count)
{
	const char *end = text + length - END_LINE;
	uint64_t checksum;

	if ((length - HEAD_LINE - END_LINE) % LINE != 0)
		return false;
	if (strncmp(text, HEAD, strlen(HEAD)) != 0 || !read_number(text + strlen(HEAD), &cache->key))
		return false;
	if (strncmp(end, END, strlen(END)) != 0 || !read_number(end + strlen(END), &checksum))
		return false;
	*count = (length - HEAD_LINE - END_LINE) / LINE;
	return checksum == sweep_hash(SWEEP_HASH_START, text, length - END_LINE);
}

bool sweep_read(const char *text, size_t length, struct sweep *cache)
{
	struct sweep made = {0};
	size_t count = 0;
	bool good = length >= HEAD_LINE + END_LINE && read_frame(text, length, &made, &count);

	if (good)
		made.guests = calloc(count + 1, sizeof(*made.guests));
	good = good && made.guests;
	for (; good && made.count < count; made.count++) {
		const struct sweep_guest *last = &made.guests[made.count];

		good = read_guest(text + HEAD_LINE + made.count * LINE, &made.guests[made.count]) &&
		       (made.count == 0 || compare_uuids(last - 1, last) < 0);
	}
	if (!good)
		sweep_clear(&made);
	*cache = made;
	return good;
}

char *sweep_write(const struct sweep *sweep, size_t *length)
{
	const size_t size = HEAD_LINE + sweep->count * LINE + END_LINE + 1;
	char *text = malloc(size);
	size_t used;

	if (!text)
		return NULL;
	used = (size_t)snprintf(text, size, HEAD "%0*" PRIx64 "\n", DIGITS, sweep->key);
	for (size_t i = 0; i < sweep->count; i++) {
		const struct sweep_guest *guest = &sweep->guests[i];

		if (guest->is_settled)
			used += (size_t)snprintf(text + used, size - used, "%s %0*" PRIx64 "\n", guest->uuid, DIGITS, guest->stamp);
	}
	used += (size_t)snprintf(text + used, size - used, END "%0*" PRIx64 "\n", DIGITS, sweep_hash(SWEEP_HASH_START, text, used));
	*length = used;
	return text;
}
