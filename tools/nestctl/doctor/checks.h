/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* checks.h - the rows of `nestctl doctor`, in the order in which one thing rests on another. */
#ifndef NESTXML_CHECKS_H
#define NESTXML_CHECKS_H

#include <stdbool.h>

#include "doctor/findings.h"
#include "guests/session.h"

/** Processor, firmware, module, its parameter now and after the next load, /dev/kvm. */
void check_host(const char *root, struct findings *findings);

/** The hook, the watcher, the policy files. */
void check_services(const char *root, struct findings *findings);

/**
 * libvirt at @uri (NULL: its own choice), and with @guest (a name or UUID; NULL: none) its policy, definition, managed save, and what it
 * has now.
 *
 * @needs_host	whether the guest needs a host that nests: not if QEMU emulates it, or if its policy is disable; true where that is not
 * known
 */
void check_guest(const char *root, const char *uri, const char *guest, struct findings *findings, bool *needs_host);

#endif
