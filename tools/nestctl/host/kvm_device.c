/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kvm_device.c - opens /dev/kvm and asks it: a device that works is proof, whatever the rest looks like. */
#include "host/kvm_device.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "macros.h"

static enum kvm_device_state classify_error(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return KVM_DEVICE_MISSING;
	case EACCES:
	case EPERM:
		return KVM_DEVICE_FORBIDDEN;
	case ENODEV:
	case ENXIO:
		return KVM_DEVICE_DEAD;
	default:
		return KVM_DEVICE_ERROR;
	}
}

static void find_group(struct kvm_device *device, const char *path)
{
	struct stat status;
	struct group *group;

	if (stat(path, &status) < 0 || (status.st_mode & 0060) != 0060 || status.st_gid == 0)
		return;
	group = getgrgid(status.st_gid);
	if (group)
		snprintf(device->group, sizeof(device->group), "%.63s", group->gr_name);
}

static bool is_for_root_alone(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0 || !S_ISCHR(status.st_mode) || status.st_uid != 0)
		return false;
	return (status.st_mode & 0006) != 0006 && ((status.st_mode & 0060) != 0060 || status.st_gid == 0);
}

void kvm_device_try(const char *root, struct kvm_device *device)
{
	AUTO_FREE char *path = nestxml_path_join(root, "/dev/kvm");
	AUTO_CLOSE int fd = path ? open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

	*device = (struct kvm_device){.api = -1, .is_for_root_alone = path && is_for_root_alone(path)};
	if (fd < 0) {
		device->error = path ? errno : ENOMEM;
		device->state = classify_error(device->error);
		if (path && device->state == KVM_DEVICE_FORBIDDEN)
			find_group(device, path);
		return;
	}
	device->api = ioctl(fd, KVM_GET_API_VERSION, 0);
	device->state = device->api == KVM_API_VERSION ? KVM_DEVICE_USABLE : KVM_DEVICE_NOT_KVM;
}

void kvm_device_describe(const struct kvm_device *device, char *text, size_t size)
{
	if (device->state == KVM_DEVICE_MISSING)
		snprintf(text, size, "missing");
	else if (device->error)
		snprintf(text, size, "there, but: %s", strerror(device->error));
	else
		snprintf(text, size, "%s", device->state == KVM_DEVICE_USABLE ? "usable" : "there, but not KVM");
}
