/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modprobe.h - which lines of modprobe.d are about a module. libkmod knows what they say, but not where. */
#ifndef NESTXML_MODPROBE_H
#define NESTXML_MODPROBE_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "macros.h"

/** The file that nestctl writes. */
#define MODPROBE_FILE "/etc/modprobe.d/nestxml.conf"

enum modprobe_verb {
	MODPROBE_OPTIONS,
	MODPROBE_BLACKLIST,
	MODPROBE_INSTALL, /* a command that is run instead of loading the module */
};

/** One line, joined with those that continue it. */
struct modprobe_line {
	char *file; /* without the root; escaped */
	unsigned int line;
	enum modprobe_verb verb;
	char *text;	 /* the line, its words separated by single blanks; escaped */
	char *arguments; /* what follows the module's name, as it is in the file */
};

struct modprobe_lines {
	struct modprobe_line *list;
	size_t count;
	char *unread; /* the first file or directory that could not be read, and why, escaped; NULL: none */
};

/**
 * Reads the lines `options`, `blacklist` and `install` about @module (its name with underscores) from modprobe's directories
 * below @root, in the order in which kmod reads them: by the files' names, a file of an earlier directory hiding one of the same name.
 * @lines is to be released with modprobe_lines_clear(). False: out of memory.
 */
bool modprobe_lines_read(const char *root, const char *module, struct modprobe_lines *lines);
void modprobe_lines_clear(struct modprobe_lines *lines);

/** Whether @line is "options MODULE ..." and sets @parameter. */
bool modprobe_line_sets(const struct modprobe_line *line, const char *parameter);
/** The first line with @verb, which is the one that counts for `install`; NULL: there is none. */
const struct modprobe_line *modprobe_lines_find(const struct modprobe_lines *lines, enum modprobe_verb verb);

/** The directories of modprobe.d, the strongest first, ended by NULL; from modprobe.d(5) of kmod 30, and /usr/lib of later ones. */
extern const char *const modprobe_directories[];

/** The same module however its name is written: '-' counts as '_'. @a has @length bytes. */
bool modprobe_is_same_name(const char *a, size_t length, const char *b);

#endif
