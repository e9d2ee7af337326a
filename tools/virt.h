/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt.h - libvirt's calls, all of them. It is loaded when it is needed: linked, it costs every start of nestctl ten times its time. */
#ifndef NESTXML_VIRT_H
#define NESTXML_VIRT_H

#include <stdbool.h>
#include <stddef.h>

struct virt;
struct virt_domain;

/** Why a call failed: one line, ready for a terminal. */
struct virt_error {
	bool no_domain; /* libvirt knows no such guest */
	char message[512];
};

/**
 * Connects to libvirt.
 *
 * @uri		NULL: as libvirt itself chooses, LIBVIRT_DEFAULT_URI first
 * @writable	needed to ask the guest's agent, and to nothing else here
 *
 * Returns 0 or -1.
 */
int virt_open(const char *uri, bool writable, struct virt **virt, struct virt_error *error);
void virt_close(struct virt *virt);

/** Whether what libvirt tells is of this machine, and its guests are QEMU's. */
bool virt_is_local_qemu(const struct virt *virt);

/** The guest with this name or UUID (which goes first). Returns 0 or -1. */
int virt_find(struct virt *virt, const char *word, struct virt_domain **domain, struct virt_error *error);
void virt_domain_free(struct virt_domain *domain);

/** Borrowed. */
const char *virt_domain_get_name(const struct virt_domain *domain);
const char *virt_domain_get_uuid(const struct virt_domain *domain);
bool virt_domain_is_running(const struct virt_domain *domain);
/** Whether it has a stored definition. */
bool virt_domain_is_persistent(const struct virt_domain *domain);

/** Its XML: the stored one or that of the running guest; without secrets. @xml is the caller's to free. Returns 0 or -1. */
int virt_domain_get_xml(const struct virt_domain *domain, bool live, char **xml, struct virt_error *error);

/** Sends @command to the guest's agent; waits @seconds. The reply is the caller's to free. Returns 0 or -1. */
int virt_domain_ask_agent(struct virt_domain *domain, const char *command, int seconds, char **reply, struct virt_error *error);

#endif
