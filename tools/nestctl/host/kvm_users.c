/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* users.c - a process that has a virtual machine has a descriptor of it, and the descriptor's link says so. */
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
#include "macros.h"

/* Whether the folder of descriptors @path has one of KVM; sets *@unread where it may not be read. */
static bool has_machine(const char *path, bool *unread)
{
	DIR *stream = opendir(path);
	bool found = false;

	if (!stream) {
		*unread = *unread || errno == EACCES;
		return false;
	}
	for (struct dirent *entry; !found && (entry = readdir(stream));) {
		char target[64];
		ssize_t length = readlinkat(dirfd(stream), entry->d_name, target, sizeof(target) - 1);

		if (length < 0)
			continue;
		target[length] = '\0';
		found = strcmp(target, "anon_inode:kvm-vm") == 0 || strcmp(target, "/dev/kvm") == 0;
	}
	closedir(stream);
	return found;
}

/* QEMU under libvirt is started with "-name guest=NAME,debug-threads=on"; by hand perhaps with "-name NAME". */
static bool find_guest_name(const char *line, size_t length, char *name, size_t size)
{
	for (const char *at = line; at < line + length; at += strlen(at) + 1) {
		const char *value;

		if (strcmp(at, "-name") != 0)
			continue;
		value = at + strlen(at) + 1;
		if (value >= line + length)
			return false;
		if (strncmp(value, "guest=", 6) == 0)
			value += 6;
		snprintf(name, size, "%.*s", (int)strcspn(value, ","), value);
		return true;
	}
	return false;
}

static void find_name(const char *root, pid_t pid, char *name, size_t size)
{
	char path[64];
	char line[4096];
	long length;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	length = nestxml_file_read_small(root, path, line, sizeof(line));
	if (length > 0 && find_guest_name(line, (size_t)length, name, size))
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	length = nestxml_file_read_small(root, path, name, size);
	name[length > 0 ? strcspn(name, "\n") : 0] = '\0';
}

static bool add_user(const char *root, pid_t pid, struct kvm_users *users)
{
	struct kvm_user *list = reallocarray(users->list, users->count + 1, sizeof(*list));

	if (!list)
		return false;
	users->list = list;
	list[users->count].pid = pid;
	find_name(root, pid, list[users->count].name, sizeof(list->name));
	users->count++;
	return true;
}

bool kvm_users_find(const char *root, struct kvm_users *users)
{
	AUTO_FREE char *proc = nestxml_path_join(root, "/proc");
	DIR *stream = proc ? opendir(proc) : NULL;
	bool complete = proc != NULL;

	*users = (struct kvm_users){0};
	for (struct dirent *entry; complete && stream && (entry = readdir(stream));) {
		char path[320];
		AUTO_FREE char *below = NULL;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fd", entry->d_name);
		below = nestxml_path_join(root, path);
		complete = below != NULL;
		if (below && has_machine(below, &users->unread))
			complete = add_user(root, (pid_t)strtol(entry->d_name, NULL, 10), users);
	}
	if (stream)
		closedir(stream);
	if (!complete)
		kvm_users_clear(users);
	return complete;
}

void kvm_users_clear(struct kvm_users *users)
{
	free(users->list);
	*users = (struct kvm_users){0};
}
