/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* support.c - parts of an input, and the scratch directory they become files in. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libxml/xmlstring.h>

static char root[PATH_MAX];

void fuzz_complain(const char *format, ...)
{
	va_list arguments;

	fputs("fuzz: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

/* ---- parts ---- */

static char *copy(const void *data, size_t length)
{
	char *made = malloc(length + 1);

	PROMISE(made, "no memory");
	memcpy(made, data, length);
	made[length] = '\0';
	return made;
}

void fuzz_split(const uint8_t *data, size_t size, struct part *parts, size_t count)
{
	const size_t gap = sizeof(SEPARATOR) - 1;

	for (size_t i = 0; i < count; i++) {
		const uint8_t *end = i + 1 < count ? memmem(data, size, SEPARATOR, gap) : NULL;
		size_t length = end ? (size_t)(end - data) : size;

		parts[i] = (struct part){copy(data ? data : (const uint8_t *)"", length), length};
		length += end ? gap : 0;
		data += length;
		size -= length;
	}
}

void fuzz_clear(struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(parts[i].data);
}

/* ---- the scratch directory ---- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_root(void)
{
	nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_root(void)
{
	static const char memory[] = "/dev/shm"; /* thousands of files a second */
	const char *directory = getenv("TMPDIR");

	if (root[0])
		return root;
	umask(022);
	snprintf(root, sizeof(root), "%s/nestxml-fuzz-XXXXXX", access(memory, W_OK) == 0 ? memory : directory ? directory : P_tmpdir);
	PROMISE(mkdtemp(root) && chmod(root, 0755) == 0, "%s: %s", root, strerror(errno));
	atexit(remove_root);
	return root;
}

static void make_directories(char *path)
{
	for (char *end = path + strlen(root); (end = strchr(end + 1, '/'));) {
		*end = '\0';
		PROMISE(mkdir(path, 0755) == 0 || errno == EEXIST, "%s: %s", path, strerror(errno));
		*end = '/';
	}
}

void fuzz_remove(const char *path)
{
	char joined[2 * PATH_MAX];

	snprintf(joined, sizeof(joined), "%s%s", fuzz_root(), path);
	remove(joined);
}

void fuzz_write(const char *path, const struct part *part)
{
	char joined[2 * PATH_MAX];
	int fd;

	if (part->length == 0) {
		fuzz_remove(path);
		return;
	}
	snprintf(joined, sizeof(joined), "%s%s", fuzz_root(), path);
	fd = open(joined, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		make_directories(joined);
		fd = open(joined, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	PROMISE(fd >= 0 && write(fd, part->data, part->length) == (ssize_t)part->length, "%s: %s", joined, strerror(errno));
	close(fd);
}

bool fuzz_is_printable(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x20 || *at == 0x7f || (*at == 0xc2 && at[1] < 0xa0))
			return false;
	return xmlCheckUTF8((const xmlChar *)text); /* not the library's own notion of UTF-8 */
}
