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

/* Anyone who can write here could forge its contents, such as the mark that makes a start count as an arrival. */
int run_directory_open(const char *root)
{
	AUTO_CLOSE int fd = -1;
	char path[4096];
	struct stat status;

	snprintf(path, sizeof(path), "%s" NESTXML_RUN_DIRECTORY, root);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		return -1;
	if (status.st_uid != geteuid() || status.st_mode & (S_IWGRP | S_IWOTH)) {
		errno = EPERM;
		return -1;
	}
	return TAKE_FD(fd);
}
