/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_log.c - reads the end of QEMU's log, which is as untrusted as what writes it. */
#include "guests/qemu_log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "guests/qemu_process.h"
#include "io.h"
#include "macros.h"

#define DIRECTORY "/var/log/libvirt/qemu"
#define LIMIT ((size_t)1 << 20) /* bytes of its end */

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* "2026-11-22 03:10:44.190+0000: starting up libvirt version: ..."; QEMU's own lines have a T between date and time. */
static bool is_start(const char *line, size_t length)
{
	static const char shape[] = "0000-00-00 00:00:00.000+0000: starting up";

	if (length < sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '0' ? !isdigit((unsigned char)line[i]) : line[i] != shape[i])
			return false;
	return true;
}

/*
 * "... warning: host doesn't support requested feature: CPUID.80000001H:ECX.svm [bit 2]"; since QEMU 10 the register is spelt
 * "CPUID[eax=80000001h].ECX.svm". "TCG doesn't support ..." likewise.
 */
static void parse_warning(const char *line, size_t length, struct qemu_log *log)
{
	static const char words[] = "doesn't support requested feature: ";
	const char *at = memmem(line, length, words, sizeof(words) - 1);
	const char *end = line + length;
	const char *blank;
	const char *dot;

	if (!at)
		return;
	at += sizeof(words) - 1;
	blank = memchr(at, ' ', (size_t)(end - at));
	end = blank ? blank : end;
	dot = memrchr(at, '.', (size_t)(end - at));
	if (!dot)
		return;
	FOR_EACH_VENDOR(vendor)
		if (is_word(dot + 1, (size_t)(end - dot - 1), nestxml_vendor_feature(vendor)))
			log->lacks[vendor] = true;
}

void qemu_log_parse(const char *text, size_t length, struct qemu_log *log)
{
	const char *end = text + length;

	*log = (struct qemu_log){0};
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((stop ? stop : end) - text);

		if (is_start(text, size))
			*log = (struct qemu_log){.started = true};
		else if (log->started)
			parse_warning(text, size, log);
		text += size + 1;
	}
}

/* Opened without waiting: only a regular file is read. Returns a descriptor or a negative errno. */
static int open_end(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	off_t start;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	start = status.st_size > (off_t)LIMIT ? status.st_size - (off_t)LIMIT : 0;
	if (lseek(fd, start, SEEK_SET) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int read_end(const char *path, struct qemu_log *log)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = open_end(path);
	size_t length;
	int code;

	if (fd < 0)
		return fd;
	code = io_read(fd, LIMIT, 0, &text, &length);
	if (code == 0)
		qemu_log_parse(text, length, log);
	return code;
}

int qemu_log_read(const char *root, const char *name, struct qemu_log *log)
{
	AUTO_FREE char *below = NULL;
	char path[512];

	if (!qemu_process_make_path(DIRECTORY, name, ".log", path, sizeof(path)))
		return -EINVAL;
	below = nestxml_path_join(root, path);
	return below ? read_end(below, log) : -ENOMEM;
}
