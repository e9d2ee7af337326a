/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_directory.c - /run/nestxml, which only its owner can write to. */
#include "run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "macros.h"
#include "paths.h"

/* Whoever could write to it could forge what is remembered in it, such as the mark by which a start is judged as an arrival. */
int run_directory_open(const char *root)
{
	AUTO_CLOSE int fd = -1;
	char path[4096];
	struct stat status;

	snprintf(path, sizeof(path), "%s" NESTXML_RUN_DIRECTORY, root);
	mkdir(path, 0700); /* if this fails, so does the open */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		return -1;
	if (status.st_uid != geteuid() || status.st_mode & (S_IWGRP | S_IWOTH)) {
		errno = EPERM;
		return -1;
	}
	return TAKE_FD(fd);
}
