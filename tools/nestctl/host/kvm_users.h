/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kvm_users.h - which processes keep KVM's module in use. */
#ifndef NESTXML_KVM_USERS_H
#define NESTXML_KVM_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <nestxml/nestxml.h>

#include "macros.h"

/** A process that has a guest, or /dev/kvm open. */
struct kvm_user {
	pid_t pid;
	bool has_guest;
	char name[256]; /* of the guest, as QEMU was told it; else of the process */
};

struct kvm_users {
	struct kvm_user *list;
	size_t count;
	bool unread; /* some processes could not be looked into */
};

/** Looks through /proc below @root. @users is to be released with kvm_users_clear(). False: out of memory. */
bool kvm_users_find(const char *root, struct kvm_users *users);
void kvm_users_clear(struct kvm_users *users);

#endif
