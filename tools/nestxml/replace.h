/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replace.h - puts a new file in place of an old one, whole or not at all. */
#ifndef NESTXML_REPLACE_H
#define NESTXML_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <nestxml/nestxml.h>

/**
 * Writes @xml with @edits to @path: to a new file next to it, which then takes its place. Mode, owner, extended attributes and
 * symbolic links to it stay. A @path that is a device or a pipe is written to; one with other hard links is refused, since it could
 * only be written in place.
 *
 * @was		what @path was when @xml was read from it; all zero: there was no such file; NULL: that does not matter
 * @reason	set on failure: what could not be done, static
 *
 * Returns 0 or a negative errno; @path is then as it was, but for a device or pipe, which may have been written to in part. -ESTALE:
 * another program has changed, removed or created it in the meantime.
 */
int replace_file(const char *path, const char *xml, size_t length, const struct nestxml_edits *edits, const struct stat *was,
		 const char **reason);

/**
 * Puts a program at @path, whole or not at all: a file of its own (mode 0755, the caller's).
 *
 * @directory	of the same file system: where it is made, so that no unfinished program is ever run
 * @was		what is replaced; all zero: nothing was there
 * @reason	as above
 *
 * Returns 0 or a negative errno, as above; @path is then as it was.
 */
int replace_program(const char *path, const char *directory, const char *data, size_t length, const struct stat *was, const char **reason);

/**
 * Whether @now is the same file as @was, unchanged. Two changes within one tick of the kernel's clock have the same ctime, so the second
 * one is not seen.
 */
bool replace_is_unchanged(const struct stat *was, const struct stat *now);

/** What a code returned above means, static. */
const char *replace_strerror(int code);

#endif
