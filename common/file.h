/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file.h - files below a root directory, which tests replace. */
#ifndef NESTXML_FILE_H
#define NESTXML_FILE_H

#include <stdbool.h>
#include <stddef.h>

/** @root joined with @path (which starts with /); the caller's to free; NULL: out of memory. */
char *nestxml_path_join(const char *root, const char *path);
/** Whether there is a file or directory @root/@path; false too if out of memory. */
bool nestxml_file_exists(const char *root, const char *path);
/**
 * Reads at most @size - 1 bytes of @root/@path (for the small files of /proc and /sys) and ends them with NUL.
 * Returns their number, or a negative errno; @buffer is then undefined.
 */
long nestxml_file_read_small(const char *root, const char *path, char *buffer, size_t size);
/**
 * Reads a file below @root that has at most @limit bytes; *@text is the caller's to free, and ends with a NUL that is not counted.
 * Returns 0 or a negative errno (-EFBIG: it has more).
 */
int nestxml_file_read(const char *root, const char *path, size_t limit, char **text, size_t *length);

#endif
