/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_log.h - what QEMU's log says about a guest's last start. */
#ifndef NESTXML_QEMU_LOG_H
#define NESTXML_QEMU_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "vendors.h"

struct qemu_log {
	bool started;	     /* the start is in it; otherwise the rest says nothing */
	bool lacks[VENDORS]; /* the vendor's feature */
};

void qemu_log_parse(const char *text, size_t length, struct qemu_log *log);

/** Reads the end of the log of the guest @name below @root. Returns 0 or a negative errno. */
int qemu_log_read(const char *root, const char *name, struct qemu_log *log);

#endif
