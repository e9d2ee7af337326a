/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* users.h - which processes keep KVM's module in use. */
#ifndef NESTXML_HOLDERS_H
#define NESTXML_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <nestxml/nestxml.h>

/** A process that has a guest. */
struct kvm_user {
	pid_t pid;
	char name[256]; /* of the guest, as QEMU was told it; else of the process */
};

struct kvm_users {
	struct kvm_user *list;
	size_t count;
	bool unread; /* some processes could not be looked into */
};

/** Looks through /proc below @root for open virtual machines. False: out of memory. */
bool kvm_users_find(const char *root, struct kvm_users *users);
void kvm_users_clear(struct kvm_users *users);

#endif
