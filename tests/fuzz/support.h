/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* support.h - what the fuzz targets share: an input that is several files, and a directory that stands for / in which they lie. */
#ifndef NESTXML_FUZZ_SUPPORT_H
#define NESTXML_FUZZ_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Ends the process with "fuzz: ..." (printf-like) unless @condition holds: a promise is broken. */
#define PROMISE(condition, ...)                     \
	do {                                        \
		if (!(condition))                   \
			fuzz_complain(__VA_ARGS__); \
	} while (0)
void fuzz_complain(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/** A part of the input, copied to its own memory so that the sanitizer sees a byte read past its end; a NUL follows it. */
struct part {
	char *data;
	size_t length;
};

/** What stands between two parts of an input. */
#define SEPARATOR "\n%%\n"

/** Cuts the input into exactly @count parts; those that it does not have are empty. */
void fuzz_split(const uint8_t *data, size_t size, struct part *parts, size_t count);
void fuzz_clear(struct part *parts, size_t count);

/** The directory that stands for /, made at the first call and removed at the end of the process. */
const char *fuzz_root(void);
/** Writes @part to the file @path below it, whose directories are made; an empty part: there is no such file. */
void fuzz_write(const char *path, const struct part *part);
/** Removes the file or empty directory @path below it, if it is there. */
void fuzz_remove(const char *path);

/** Whether a terminal may be shown it: UTF-8 without a control character. */
bool fuzz_is_printable(const char *text);

#endif
