/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holders.h - which processes keep KVM's module in use. */
#ifndef NESTXML_HOLDERS_H
#define NESTXML_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** A process that has a guest. */
struct holder {
	pid_t pid;
	char name[256]; /* of the guest, as QEMU was told it; else of the process */
};

struct holders {
	struct holder *list;
	size_t count;
	bool unread; /* some processes could not be looked into */
};

/** Looks through /proc below @root for open virtual machines. False: out of memory. */
bool holders_find(const char *root, struct holders *holders);
void holders_clear(struct holders *holders);

#endif
