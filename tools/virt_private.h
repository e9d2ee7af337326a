/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt_private.h - what virt.c and virt_events.c share: libvirt's functions by their own names and types. */
#ifndef NESTXML_VIRT_PRIVATE_H
#define NESTXML_VIRT_PRIVATE_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "virt.h"

/* clang-format off */
#define VIRT_FUNCTIONS(use)                  \
	use(ConnectClose)                    \
	use(ConnectDomainEventDeregisterAny) \
	use(ConnectDomainEventRegisterAny)   \
	use(ConnectGetType)                  \
	use(ConnectGetURI)                   \
	use(ConnectIsAlive)                  \
	use(ConnectListAllDomains)           \
	use(ConnectOpen)                     \
	use(ConnectOpenReadOnly)             \
	use(ConnectRegisterCloseCallback)    \
	use(ConnectSetKeepAlive)             \
	use(ConnectUnregisterCloseCallback)  \
	use(DomainCreate)                    \
	use(DomainDefineXML)                 \
	use(DomainFree)                      \
	use(DomainGetName)                   \
	use(DomainGetUUIDString)             \
	use(DomainGetXMLDesc)                \
	use(DomainHasManagedSaveImage)       \
	use(DomainIsActive)                  \
	use(DomainIsPersistent)              \
	use(DomainLookupByName)              \
	use(DomainLookupByUUIDString)        \
	use(DomainSetMetadata)               \
	use(EventAddHandle)                  \
	use(EventAddTimeout)                 \
	use(EventRegisterDefaultImpl)        \
	use(EventRunDefaultImpl)             \
	use(EventUpdateTimeout)              \
	use(GetLastError)                    \
	use(SetErrorFunc)
/* clang-format on */

#define VIRT_HEARD 2 /* events that are listened to */

#define VIRT_DECLARE(name) __typeof__(vir##name) *name;
struct virt {
	VIRT_FUNCTIONS(VIRT_DECLARE)
	virConnectPtr connection; /* NULL: none */
	int timer;		  /* of virt_events_run() */
	bool listens;
	int heard[VIRT_HEARD]; /* the registrations of this connection */
	size_t heard_count;
};

/** Fills *@error with libvirt's last one. Returns -1. */
int virt_fail_with_last(const struct virt *virt, struct virt_error *error);
/** Ends what virt_listen() began, or began in part. */
void virt_unlisten(struct virt *virt);

#endif
