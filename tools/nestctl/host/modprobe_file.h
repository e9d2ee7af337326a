/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modprobe_file.h - the file in modprobe.d that nestctl writes, and what was in it before. */
#ifndef NESTXML_MODPROBE_FILE_H
#define NESTXML_MODPROBE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <nestxml/nestxml.h>

#include "macros.h"
#include "nestctl.h"

struct modprobe_file {
	char *path; /* below the root */
	char *old;  /* its text; NULL: there was none */
	size_t old_length;
	bool is_foreign; /* another program has changed it since it was written, so it was not restored */
	struct stat was; /* what it was before it was read, or is as written; all zero: there was none */
};

/**
 * Reads MODPROBE_FILE below @root, so that it can be restored; to be released with modprobe_file_clear(). Returns NESTCTL_YES,
 * NESTCTL_NO (it leads to a device) or NESTCTL_FAILED, having said why not.
 */
enum nestctl_status modprobe_file_read(const char *root, struct modprobe_file *file);
void modprobe_file_clear(struct modprobe_file *file);
#define AUTO_MODPROBE_FILE CLEANUP(modprobe_file_clear)

/** Replaces it whole, unless another program has changed it since it was read. Returns NESTCTL_YES or NESTCTL_FAILED, having said why. */
enum nestctl_status modprobe_file_write(struct modprobe_file *file, const char *text);
/** Restores the old text, or removes it where there was none. Returns whether that worked, having said why not. */
bool modprobe_file_restore(struct modprobe_file *file);

#endif
