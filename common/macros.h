/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* macros.h - what every file may use: array sizes, exported symbols, cleanup at the end of a scope. */
#ifndef NESTXML_MACROS_H
#define NESTXML_MACROS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NESTXML_EXPORT __attribute__((visibility("default")))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* A variable declared with one of these releases what it owns at the end of its scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

#define AUTO_FREE CLEANUP(nestxml_cleanup_free)
static inline void nestxml_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

/* A file descriptor; -1: none. */
#define AUTO_CLOSE CLEANUP(nestxml_cleanup_close)
static inline void nestxml_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_CLOSEDIR CLEANUP(nestxml_cleanup_closedir)
static inline void nestxml_cleanup_closedir(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

#define AUTO_FCLOSE CLEANUP(nestxml_cleanup_fclose)
static inline void nestxml_cleanup_fclose(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

/* Moves ownership out of a variable with AUTO_FREE. */
#define TAKE(pointer)                               \
	({                                          \
		__typeof__(pointer) p_ = (pointer); \
		(pointer) = NULL;                   \
		p_;                                 \
	})

/* The same for a descriptor with AUTO_CLOSE. */
#define TAKE_FD(fd)             \
	({                      \
		int fd_ = (fd); \
		(fd) = -1;      \
		fd_;            \
	})

#endif
