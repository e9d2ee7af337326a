/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kvm_users.c - a process that has a virtual machine has a descriptor of it, and the descriptor's link says so. */
#include "host/kvm_users.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "guests/qemu_command.h"
#include "macros.h"

/* The device keeps its name in /proc wherever its node is: in a chroot, or when it has since been removed. */
static bool is_kvm_device(const char *link)
{
	const char *name = strrchr(link, '/');

	return name && (strcmp(name, "/kvm") == 0 || strcmp(name, "/kvm (deleted)") == 0) && strstr(link, "/dev/kvm");
}

/* What a process has of KVM. */
enum use { USE_NONE, USE_DEVICE, USE_GUEST };

static enum use classify_link(const char *link)
{
	if (strncmp(link, "anon_inode:kvm-v", 16) == 0) /* kvm-vm, kvm-vcpu:0 */
		return USE_GUEST;
	return is_kvm_device(link) ? USE_DEVICE : USE_NONE;
}

/* Looks through the directory of descriptors @path; sets *@unread where it may not be read. */
static enum use find_use(const char *path, bool *unread)
{
	AUTO_CLOSEDIR DIR *stream = opendir(path);
	int fd = stream ? dirfd(stream) : -1;
	enum use found = USE_NONE;

	if (fd < 0) {
		*unread = *unread || errno == EACCES;
		return USE_NONE;
	}
	for (struct dirent *entry; found != USE_GUEST && (entry = readdir(stream));) {
		char link[256];
		ssize_t length = readlinkat(fd, entry->d_name, link, sizeof(link) - 1);
		enum use use;

		if (length < 0)
			continue;
		link[length] = '\0';
		use = classify_link(link);
		if (use > found)
			found = use;
	}
	return found;
}

static void find_name(const char *root, pid_t pid, struct kvm_user *user)
{
	char path[64];
	char line[4096];
	long length;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	length = nestxml_file_read_small(root, path, line, sizeof(line));
	if (user->has_guest && length > 0 && qemu_command_get_name(line, (size_t)length, user->name, sizeof(user->name)))
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	length = nestxml_file_read_small(root, path, user->name, sizeof(user->name));
	user->name[length > 0 ? strcspn(user->name, "\n") : 0] = '\0';
}

static bool add_user(const char *root, pid_t pid, enum use use, struct kvm_users *users)
{
	struct kvm_user *list = reallocarray(users->list, users->count + 1, sizeof(*list));

	if (!list)
		return false;
	users->list = list;
	list[users->count] = (struct kvm_user){.pid = pid, .has_guest = use == USE_GUEST};
	find_name(root, pid, &list[users->count]);
	users->count++;
	return true;
}

/* @entry is a name in /proc. False: out of memory. */
static bool look_at_process(const char *root, const char *entry, struct kvm_users *users)
{
	char path[320];
	AUTO_FREE char *below = NULL;
	enum use use;

	if (!isdigit((unsigned char)entry[0]))
		return true;
	snprintf(path, sizeof(path), "/proc/%s/fd", entry);
	below = nestxml_path_join(root, path);
	if (!below)
		return false;
	use = find_use(below, &users->unread);
	return use == USE_NONE || add_user(root, (pid_t)strtol(entry, NULL, 10), use, users);
}

bool kvm_users_find(const char *root, struct kvm_users *users)
{
	AUTO_FREE char *proc = nestxml_path_join(root, "/proc");
	AUTO_CLOSEDIR DIR *stream = proc ? opendir(proc) : NULL;
	bool is_complete = proc != NULL;

	*users = (struct kvm_users){0};
	for (struct dirent *entry; is_complete && stream && (entry = readdir(stream));)
		is_complete = look_at_process(root, entry->d_name, users);
	if (!is_complete)
		kvm_users_clear(users);
	return is_complete;
}

void kvm_users_clear(struct kvm_users *users)
{
	free(users->list);
	*users = (struct kvm_users){0};
}
