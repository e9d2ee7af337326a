/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt_private.h - a connection as virt.c and virt_events.c see it. */
#ifndef NESTXML_VIRT_PRIVATE_H
#define NESTXML_VIRT_PRIVATE_H

#include <nestxml/nestxml.h>

#include "libvirt/virt_load.h"

#define VIRT_CALLBACKS 7 /* events that are listened to */

struct virt {
	virConnectPtr connection; /* NULL: none */
	int timer;		  /* of virt_events_run() */
	bool listens;
	int callbacks[VIRT_CALLBACKS]; /* the registrations of this connection */
	size_t callbacks_count;
};

/** Ends what virt_listen() began, or began in part. */
void virt_unlisten(struct virt *virt);

#endif
