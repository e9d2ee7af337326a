/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sweep.h - which stored guests the watcher need not ask libvirt about, because nothing of theirs has changed since they needed nothing.
 *
 * What is remembered is a hint, and one that errs towards asking: a guest that is unknown or whose file has changed, or a record that is
 * damaged or was made under another policy, costs one more query. Pure.
 */
#ifndef NESTXML_SWEEP_H
#define NESTXML_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define SWEEP_UUID 37		      /* bytes, the final NUL included */
#define SWEEP_LIMIT ((size_t)8 << 20) /* bytes of what is remembered, enough for 150,000 guests; a longer file is not read */
#define SWEEP_RACE 2		      /* seconds in which a second change of a file might not show in its times */

/** Where sweep_hash() starts. */
#define SWEEP_HASH_START 0xcbf29ce484222325U

/** A guest, and the file of its definition as it was. */
struct sweep_guest {
	char uuid[SWEEP_UUID];
	uint64_t stamp;	 /* sweep_get_stamp(); 0: it has no file */
	bool is_settled; /* it needed nothing when its file was like this */
};

/** The guests of one sweep, in the order of their UUIDs. Starts zeroed. */
struct sweep {
	uint64_t key; /* stands for all else that decides: this program, the policy files, the host; 0: not known */
	struct sweep_guest *guests;
	size_t count;
	bool has_changed; /* it is not what is remembered already */
};

void sweep_clear(struct sweep *sweep);

/** FNV-1a, so that it needs no library: it tells changes, not forgeries, and only root can write what is hashed. */
uint64_t sweep_hash(uint64_t hash, const void *data, size_t length);
/** A hash of what changes when the file changes: inode, size, times. Never 0. */
uint64_t sweep_get_stamp(const struct stat *status);
/** Whether a change after @now will show in the times of this file, which were taken before. */
bool sweep_is_at_rest(const struct stat *status, time_t now);

/** Whether the guest needed nothing under @key when its file was as it is now. @cache may be of another key. */
bool sweep_is_settled(const struct sweep *cache, uint64_t key, const char *uuid, uint64_t stamp);
/** The guest; NULL: it is not among them. */
struct sweep_guest *sweep_find(const struct sweep *sweep, const char *uuid);

/** Reads what sweep_write() wrote. Returns false and leaves @cache empty for anything else, or if out of memory. */
bool sweep_read(const char *text, size_t length, struct sweep *cache);
/** The settled guests of @sweep as text, the caller's to free. NULL: out of memory. */
char *sweep_write(const struct sweep *sweep, size_t *length);

#endif
