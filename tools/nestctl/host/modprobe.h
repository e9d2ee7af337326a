/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modprobe.h - which lines of modprobe.d speak of a module. libkmod knows what they say, but not where. */
#ifndef NESTXML_MODPROBE_H
#define NESTXML_MODPROBE_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

/** The file that nestctl writes. */
#define MODPROBE_FILE "/etc/modprobe.d/nestxml.conf"

/** One line, joined with those that continue it. What is foreign in it is escaped already: ready for a terminal as it is. */
struct modprobe_line {
	char *file; /* without the root; escaped */
	unsigned int line;
	char *text; /* words separated by single blanks; escaped */
};

struct modprobe_lines {
	struct modprobe_line *list;
	size_t count;
	char *unread; /* the first file or folder that could not be read, and why, escaped; NULL: none */
};

/**
 * Finds the lines `options`, `blacklist` and `install` of @module (its name with underscores) in modprobe's folders
 * below @root, in the order in which kmod reads them: by the files' names, a file of an earlier folder hiding one of the same name.
 * False: out of memory.
 */
bool modprobe_find(const char *root, const char *module, struct modprobe_lines *lines);
void modprobe_clear(struct modprobe_lines *lines);

/** Whether @line is "options MODULE ..." and sets @parameter. */
bool modprobe_line_sets(const struct modprobe_line *line, const char *parameter);
/** The first line that keeps the module from being loaded by name, "blacklist" or "install"; NULL: there is none. */
const struct modprobe_line *modprobe_find_block(const struct modprobe_lines *lines);

/** The folders of modprobe.d, the strongest first, ended by NULL; from modprobe.d(5) of kmod 30, and /usr/lib of later ones. */
extern const char *const modprobe_folders[];

/** The same module whatever its name is written with: '-' counts as '_'. */
bool modprobe_is_same_name(const char *a, size_t length, const char *b);

#endif
