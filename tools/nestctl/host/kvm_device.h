/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kvm_device.h - /dev/kvm, and what answers there. */
#ifndef NESTXML_KVM_DEVICE_H
#define NESTXML_KVM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

/**
 * The command that makes the device's node. The number is KVM_MINOR in Linux, include/linux/miscdevice.h. udev sets the owner and mode of a
 * node that is there, and makes none.
 */
#define KVM_DEVICE_MAKE "mknod -m 660 /dev/kvm c 10 232"

enum kvm_device_state {
	KVM_DEVICE_MISSING,
	KVM_DEVICE_USABLE,
	KVM_DEVICE_FORBIDDEN, /* not for this user */
	KVM_DEVICE_DEAD,      /* a name in /dev that no driver answers: udev makes it whether KVM is there or not */
	KVM_DEVICE_NOT_KVM,   /* not KVM, or not its stable interface */
	KVM_DEVICE_ERROR,
};

struct kvm_device {
	enum kvm_device_state state;
	int api;		/* the version that KVM answered, -1: none */
	int error;		/* why it could not be opened, a positive errno; 0: it could */
	char group[64];		/* that may use the device; "": none but root */
	bool is_for_root_alone; /* its mode keeps everyone else away, and so QEMU, unless libvirt's qemu.conf has it run as root */
};

/** Opens /dev/kvm below @root and asks it for its version. */
void kvm_device_try(const char *root, struct kvm_device *device);
/** What is there, in a few words. */
void kvm_device_describe(const struct kvm_device *device, char *text, size_t size);

#endif
