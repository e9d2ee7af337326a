/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modprobe_file.c - read, replaced and restored as a whole: whoever is killed in between leaves the old file or the new one. */
#include "host/modprobe_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "host/modprobe.h"
#include "nestxml/replace.h"

#define MAX_OLD_FILE ((size_t)64 << 10)

/* What is written to a device, as where the file is masked by a link to /dev/null, is in no file at the next load. */
static bool keeps_nothing(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* What could not be restored whole is not replaced. */
enum nestctl_status modprobe_file_read(const char *root, struct modprobe_file *file)
{
	int code = -ENOMEM;

	*file = (struct modprobe_file){.path = nestxml_path_join(root, MODPROBE_FILE)};
	if (file->path && keeps_nothing(file->path))
		return nestctl_fail(
			NESTCTL_NO,
			"nothing was changed: %s is neither a regular file nor a link to one, so what is written to it is lost; remove %s",
			MODPROBE_FILE, MODPROBE_FILE);
	if (file->path)
		code = stat(file->path, &file->was) == 0 || errno == ENOENT
			       ? nestxml_file_read(root, MODPROBE_FILE, MAX_OLD_FILE, &file->old, &file->old_length)
			       : -errno;
	if (code == 0 || code == -ENOENT)
		return NESTCTL_YES;
	return nestctl_fail(NESTCTL_FAILED, "%s cannot be read: %s; nothing was changed", MODPROBE_FILE, strerror(-code));
}

void modprobe_file_clear(struct modprobe_file *file)
{
	free(file->path);
	free(file->old);
	*file = (struct modprobe_file){0};
}

enum nestctl_status modprobe_file_write(struct modprobe_file *file, const char *text)
{
	const char *reason = NULL;
	mode_t mask = umask(022); /* a new one is for everybody to read, and for root alone to write */
	int code = replace_file(file->path, text, strlen(text), NULL, &file->was, &reason);

	umask(mask);
	if (code == 0 && stat(file->path, &file->was) < 0)
		file->was = (struct stat){0};
	return code == 0 ? NESTCTL_YES : nestctl_fail(NESTCTL_FAILED, "%s %s: %s", MODPROBE_FILE, reason, replace_strerror(code));
}

bool modprobe_file_restore(struct modprobe_file *file)
{
	const char *reason = "cannot be removed";
	struct stat now;
	int code = 0;

	if (file->old) {
		code = replace_file(file->path, file->old, file->old_length, NULL, &file->was, &reason);
	} else if (stat(file->path, &now) == 0 && !replace_is_unchanged(&file->was, &now)) {
		code = -ESTALE;
		reason = "was changed by another program in the meantime";
	} else if (unlink(file->path) < 0 && errno != ENOENT) {
		code = -errno;
	}
	if (code != 0)
		nestctl_fail(NESTCTL_FAILED, "%s cannot be put back: it %s: %s", MODPROBE_FILE, reason,
			     code == -ESTALE ? "it stays as it is" : replace_strerror(code));
	file->is_foreign = code == -ESTALE;
	return code == 0;
}
