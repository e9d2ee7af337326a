/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* io.h - bytes in and out. */
#ifndef NESTXML_IO_H
#define NESTXML_IO_H

#include <stddef.h>
#include <stdint.h>

/**
 * Opens /dev/null on each standard descriptor that is closed, so that no file opened later gets its number and is written to by mistake.
 * Reading from the descriptor or writing to it still fails.
 */
void io_guard_descriptors(void);

/**
 * Reads @fd to its end, at most @limit + 1 bytes (so that the caller can tell that there is more).
 *
 * @timeout	seconds for all of it; 0: none
 * @data	the caller's to free; a NUL that is not counted follows the @length bytes.
 *
 * Returns 0 or a negative errno; -ETIMEDOUT if it did not end in time.
 */
int io_read(int fd, size_t limit, unsigned int timeout, char **data, size_t *length);

/**
 * Reads @fd into @buffer, at most @size bytes.
 *
 * @deadline	a time of nestxml_clock_monotonic(); 0: none
 *
 * Returns how many, fewer only at the end of the file, or a negative errno; -ETIMEDOUT if the deadline passed.
 */
long io_read_into(int fd, void *buffer, size_t size, int64_t deadline);

/** Writes all @length bytes of @text. Returns 0 or a negative errno. */
int io_write(int fd, const char *text, size_t length);

#endif
