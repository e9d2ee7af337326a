/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replace.c - writes a new file next to the old one, syncs it and renames it: at every moment the path names the whole old file or the
 * whole new one.
 */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "macros.h"
#include "splice.h"

/* One file on its way: what is written, and where it goes. */
struct replacement {
	const char *xml;
	size_t length;
	const struct nestxml_edits *edits;
	const char *directory;	/* where the new file is made; NULL: next to the old one */
	mode_t mode;		/* 0: the old file's, or that of any new file */
	const struct stat *was; /* the old file when it was read; all zero: there was none; NULL: that does not matter */
	const char *reason;
};

static int fail(struct replacement *replacement, const char *reason)
{
	int saved = errno;

	replacement->reason = reason;
	return saved ? -saved : -EIO;
}

/* ACLs and SELinux labels are extended attributes; a file system without any is no failure. */
static int copy_attributes(int from, int to)
{
	char names[4096];
	char value[4096];
	ssize_t total = flistxattr(from, names, sizeof(names));

	if (total < 0)
		return errno == ENOTSUP ? 0 : -1;
	for (const char *name = names; name < names + total; name += strlen(name) + 1) {
		ssize_t size = fgetxattr(from, name, value, sizeof(value));

		if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) < 0)
			return -1;
	}
	return 0;
}

/* Owner first: it clears set-id bits of the mode. */
static int copy_metadata(struct replacement *replacement, const char *path, int to)
{
	struct stat status;
	AUTO_CLOSE int from = open(path, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return fail(replacement, "cannot be opened");
	if (fstat(from, &status) < 0 || fchown(to, status.st_uid, status.st_gid) < 0)
		return fail(replacement, "cannot keep its owner");
	if (fchmod(to, status.st_mode & 07777) < 0)
		return fail(replacement, "cannot keep its mode");
	return copy_attributes(from, to) < 0 ? fail(replacement, "cannot keep its extended attributes") : 0;
}

static int fill(struct replacement *replacement, const char *path, bool exists, int fd)
{
	mode_t mask = umask(0);
	int code = 0;

	umask(mask);
	if (exists && !replacement->mode)
		code = copy_metadata(replacement, path, fd);
	else if (fchmod(fd, replacement->mode ? replacement->mode : 0666 & ~mask) < 0)
		code = fail(replacement, "cannot get its mode");
	if (code == 0) {
		code = splice_write(fd, replacement->xml, replacement->length, replacement->edits);
		if (code != 0)
			replacement->reason = "cannot be written";
	}
	if (code == 0 && fsync(fd) < 0)
		code = fail(replacement, "cannot be written");
	return code;
}

/* The rename must outlive a power failure too; where a directory cannot be synced there is nothing more to do. */
static void sync_directory(const char *path)
{
	AUTO_FREE char *directory = strndup(path, (size_t)(strrchr(path, '/') - path) + 1);
	AUTO_CLOSE int fd = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		fsync(fd);
}

bool replace_is_unchanged(const struct stat *was, const struct stat *now)
{
	return was->st_dev == now->st_dev && was->st_ino == now->st_ino && was->st_size == now->st_size &&
	       was->st_mtim.tv_sec == now->st_mtim.tv_sec && was->st_mtim.tv_nsec == now->st_mtim.tv_nsec &&
	       was->st_ctim.tv_sec == now->st_ctim.tv_sec && was->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

/* Not every file system can refuse to replace: on those, a file that is created between the two calls is lost. */
static int rename_to_new(const char *from, const char *to)
{
	struct stat status;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (lstat(to, &status) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(from, to);
}

/* What another program has done to the file that was to be replaced; NULL: nothing. */
static const char *find_interference(const struct replacement *replacement, const char *path)
{
	struct stat now;

	if (!replacement->was || replacement->was->st_mode == 0)
		return NULL;
	if (lstat(path, &now) < 0)
		return errno == ENOENT ? "was removed by another program in the meantime" : NULL;
	return replace_is_unchanged(replacement->was, &now) ? NULL : "was changed by another program in the meantime";
}

static int put_in_place(struct replacement *replacement, const char *temporary, const char *path)
{
	bool must_be_new = replacement->was && replacement->was->st_mode == 0;
	const char *interference = find_interference(replacement, path);

	if (interference) {
		errno = ESTALE;
		return fail(replacement, interference);
	}
	if ((must_be_new ? rename_to_new(temporary, path) : rename(temporary, path)) == 0)
		return 0;
	if (!must_be_new || errno != EEXIST)
		return fail(replacement, "cannot be replaced");
	errno = ESTALE;
	return fail(replacement, "was created by another program in the meantime");
}

/* @path is absolute or starts with "./", and no symbolic link. */
static int replace_regular(struct replacement *replacement, const char *path, bool exists)
{
	const char *directory = replacement->directory ? replacement->directory : path;
	int directory_length = replacement->directory ? (int)strlen(directory) : (int)(strrchr(path, '/') - path);
	size_t size = strlen(directory) + sizeof("/.nestxml-XXXXXX");
	AUTO_FREE char *temporary = malloc(size);
	int fd;
	int code;

	if (!temporary) {
		replacement->reason = "cannot be written";
		return -ENOMEM;
	}
	snprintf(temporary, size, "%.*s/.nestxml-XXXXXX", directory_length, directory);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(replacement, "cannot be replaced: no new file can be made next to it");
	code = fill(replacement, path, exists, fd);
	if (close(fd) < 0 && code == 0)
		code = fail(replacement, "cannot be written");
	if (code == 0)
		code = put_in_place(replacement, temporary, path);
	if (code == 0)
		sync_directory(path);
	else
		unlink(temporary);
	return code;
}

static int write_through(struct replacement *replacement, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int code;

	if (fd < 0)
		return fail(replacement, "cannot be opened");
	code = splice_write(fd, replacement->xml, replacement->length, replacement->edits);
	if (close(fd) < 0 && code == 0)
		code = -errno;
	if (code != 0)
		replacement->reason = "cannot be written";
	return code;
}

/* The name with a directory before it, links followed; a name that does not exist yet stays. */
static char *resolve(const char *path, bool exists)
{
	char *made = NULL;

	if (exists)
		return realpath(path, NULL);
	if (strchr(path, '/'))
		return strdup(path);
	return asprintf(&made, "./%s", path) < 0 ? NULL : made;
}

/* A signal in between would leave the new file lying about. */
static int replace_undisturbed(struct replacement *replacement, const char *path, bool exists)
{
	sigset_t all;
	sigset_t old;
	int code;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	code = replace_regular(replacement, path, exists);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return code;
}

int replace_file(const char *path, const char *xml, size_t length, const struct nestxml_edits *edits, const struct stat *was,
		 const char **reason)
{
	struct replacement replacement = {.xml = xml, .length = length, .edits = edits, .was = was};
	struct stat status;
	bool exists = stat(path, &status) == 0;
	AUTO_FREE char *resolved = NULL;
	int code;

	if (!exists && (errno != ENOENT || lstat(path, &status) == 0)) {
		code = fail(&replacement, "cannot be written");
	} else if (exists && !S_ISREG(status.st_mode)) {
		code = write_through(&replacement, path);
	} else if (exists && status.st_nlink > 1) {
		code = -EMLINK;
		replacement.reason = "has other hard links, which would keep the old text";
	} else if (!exists && was && was->st_mode != 0) {
		code = -ESTALE;
		replacement.reason = "was removed by another program in the meantime";
	} else {
		resolved = resolve(path, exists);
		code = resolved ? replace_undisturbed(&replacement, resolved, exists) : fail(&replacement, "cannot be written");
	}
	*reason = replacement.reason;
	return code;
}

int replace_program(const char *path, const char *directory, const char *data, size_t length, const struct stat *was, const char **reason)
{
	struct replacement replacement = {.xml = data, .length = length, .directory = directory, .mode = 0755, .was = was};
	int code = replace_undisturbed(&replacement, path, true);

	*reason = replacement.reason;
	return code;
}

const char *replace_strerror(int code)
{
	switch (code) {
	case -ESTALE:
		return "try again";
	case -EMLINK:
		return "remove them first";
	default:
		return strerror(-code);
	}
}
