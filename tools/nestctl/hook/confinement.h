/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confinement.h - whether AppArmor or SELinux keeps libvirt from running a hook. */
#ifndef NESTXML_CONFINEMENT_H
#define NESTXML_CONFINEMENT_H

#include <stddef.h>

#include <nestxml/nestxml.h>

enum confinement {
	CONFINEMENT_NONE, /* it is not there, or does not confine libvirt */
	CONFINEMENT_ALLOWS,
	CONFINEMENT_FORBIDS,
	CONFINEMENT_DENIES,  /* it forbids by a rule of its own, which no other rule undoes */
	CONFINEMENT_UNKNOWN, /* it cannot be read, or not with certainty */
};

/** The word for it ("none", "allows", "forbids", "unknown"), static. */
const char *confinement_to_string(enum confinement confinement);

/**
 * Whether an enforced AppArmor profile of libvirtd or virtqemud lets it execute @path.
 *
 * @detail	words for people, escaped
 */
enum confinement confinement_ask_apparmor(const char *root, const char *path, char *detail, size_t size);

/** Whether SELinux's boolean virt_hooks_unconfined lets libvirt run hooks. */
enum confinement confinement_ask_selinux(const char *root, char *detail, size_t size);

#endif
