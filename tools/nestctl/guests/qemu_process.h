/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_process.h - the QEMU processes of this machine: /proc is read once, however many guests are asked about. */
#ifndef NESTXML_QEMU_PROCESS_H
#define NESTXML_QEMU_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <nestxml/nestxml.h>

#include "guests/qemu_command.h"

struct qemu_process {
	pid_t pid;
	struct qemu_command command;
};

struct qemu_processes {
	struct qemu_process *list; /* in the order of their guests' names */
	size_t count;
};

/**
 * Reads the command lines of all processes below @root that name a guest; to be released with qemu_processes_clear().
 * Returns 0 or a negative errno.
 */
int qemu_processes_read(const char *root, struct qemu_processes *processes);
/** Releases @processes, which may be all zero. */
void qemu_processes_clear(struct qemu_processes *processes);
#define AUTO_QEMU_PROCESSES CLEANUP(qemu_processes_clear)

/**
 * Finds the process of the guest @name: the one in libvirt's PID file below @root, else the only one that says it is.
 *
 * @process	borrowed from @processes
 *
 * Returns 0 or a negative errno: -ENOENT: there is none that may be read; -ENOTUNIQ: several say that they are it.
 */
int qemu_processes_find(const struct qemu_processes *processes, const char *root, const char *name, const char *uuid,
			const struct qemu_process **process);

/** The process that libvirt's PID file of the guest @name names, below @root: QEMU, or a wrapper in its place. 0: there is none. */
pid_t qemu_process_read_pid(const char *root, const char *name);

/** Makes the path of a file of libvirt's that is named after the guest. Returns false where no file can have that name. */
bool qemu_process_make_path(const char *directory, const char *name, const char *suffix, char *path, size_t size);

#endif
