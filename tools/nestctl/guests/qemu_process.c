/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_process.c - finds a guest's QEMU among the processes, whose command lines may say anything. */
#include "guests/qemu_process.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "macros.h"

#define DIRECTORY "/run/libvirt/qemu"
#define LIMIT ((size_t)1 << 20) /* bytes of a command line */

/* ---- all of them ---- */

/* Returns -ENOENT also for a process that has ended or may not be read. */
static int read_process(const char *root, const char *id, struct qemu_process *process)
{
	AUTO_FREE char *line = NULL;
	char path[64];
	size_t length;
	int code;

	snprintf(path, sizeof(path), "/proc/%.20s/cmdline", id);
	code = nestxml_file_read(root, path, LIMIT, &line, &length);
	if (code != 0)
		return code == -ENOMEM ? code : -ENOENT;
	/* Most processes are no guest's. */
	if (!memmem(line, length, "-name", sizeof("-name")))
		return -ENOENT;
	qemu_command_parse(line, length, &process->command);
	process->pid = (pid_t)strtol(id, NULL, 10);
	return process->command.name[0] ? 0 : -ENOENT;
}

static int add_process(struct qemu_processes *processes, const struct qemu_process *process)
{
	size_t count = processes->count;

	/* Grown at each power of two. */
	if ((count & (count - 1)) == 0) {
		struct qemu_process *list = reallocarray(processes->list, count > 0 ? 2 * count : 1, sizeof(*list));

		if (!list)
			return -ENOMEM;
		processes->list = list;
	}
	processes->list[processes->count++] = *process;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct qemu_process *left = a;
	const struct qemu_process *right = b;

	return strcmp(left->command.name, right->command.name);
}

int qemu_processes_read(const char *root, struct qemu_processes *processes)
{
	AUTO_QEMU_PROCESSES struct qemu_processes made = {0};
	AUTO_FREE char *proc = nestxml_path_join(root, "/proc");
	AUTO_CLOSEDIR DIR *directory = proc ? opendir(proc) : NULL;

	if (!directory)
		return proc ? -errno : -ENOMEM;
	for (struct dirent *entry; (entry = readdir(directory));) {
		struct qemu_process process;
		int code = isdigit((unsigned char)entry->d_name[0]) ? read_process(root, entry->d_name, &process) : -ENOENT;

		if (code == 0)
			code = add_process(&made, &process);
		if (code == -ENOMEM)
			return code;
	}
	if (made.count > 0)
		qsort(made.list, made.count, sizeof(*made.list), compare);
	*processes = made;
	made.list = NULL;
	return 0;
}

void qemu_processes_clear(struct qemu_processes *processes)
{
	free(processes->list);
	*processes = (struct qemu_processes){0};
}

/* ---- one of them ---- */

bool qemu_process_make_path(const char *directory, const char *name, const char *suffix, char *path, size_t size)
{
	int length = snprintf(path, size, "%s/%s%s", directory, name, suffix);

	return name[0] && !strchr(name, '/') && length > 0 && (size_t)length < size;
}

pid_t qemu_process_read_pid(const char *root, const char *name)
{
	char path[512];
	char text[21];

	if (!qemu_process_make_path(DIRECTORY, name, ".pid", path, sizeof(path)) ||
	    nestxml_file_read_small(root, path, text, sizeof(text)) <= 0)
		return 0;
	text[strspn(text, "0123456789")] = '\0';
	return (pid_t)strtol(text, NULL, 10);
}

/* The first with this name; NULL: there is none. */
static const struct qemu_process *find_name(const struct qemu_processes *processes, const char *name)
{
	size_t low = 0;
	size_t high = processes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(processes->list[middle].command.name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < processes->count && strcmp(processes->list[low].command.name, name) == 0 ? &processes->list[low] : NULL;
}

/*
 * Any process can be started with such a command line: if several have it, only libvirt's own is believed. A script in QEMU's place that
 * waits for QEMU is libvirt's own too, and what counts is the QEMU it has started.
 */
int qemu_processes_find(const struct qemu_processes *processes, const char *root, const char *name, const char *uuid,
			const struct qemu_process **process)
{
	pid_t own = qemu_process_read_pid(root, name);
	const struct qemu_process *found = NULL;
	const struct qemu_process *wrapper = NULL;
	size_t count = 0;

	for (const struct qemu_process *at = find_name(processes, name);
	     at && at < processes->list + processes->count && strcmp(at->command.name, name) == 0; at++) {
		if (!qemu_command_is_of(&at->command, name, uuid))
			continue;
		if (at->command.is_wrapped) {
			wrapper = at;
			continue;
		}
		if (at->pid == own) {
			*process = at;
			return 0;
		}
		found = at;
		count++;
	}
	if (count > 1)
		return -ENOTUNIQ;
	if (!found && !wrapper)
		return -ENOENT;
	*process = found ? found : wrapper;
	return 0;
}
