/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt_load.h - libvirt's functions by their own names, and its last error. */
#ifndef NESTXML_VIRT_LOAD_H
#define NESTXML_VIRT_LOAD_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <nestxml/nestxml.h>

#include "dlsym.h"
#include "libvirt/virt.h"

/* clang-format off */
#define VIRT_FUNCTIONS(use)                         \
	use(virConnectClose)                        \
	use(virConnectDomainEventDeregisterAny)     \
	use(virConnectDomainEventRegisterAny)       \
	use(virConnectGetType)                      \
	use(virConnectGetURI)                       \
	use(virConnectIsAlive)                      \
	use(virConnectListAllDomains)               \
	use(virConnectOpen)                         \
	use(virConnectOpenReadOnly)                 \
	use(virConnectRegisterCloseCallback)        \
	use(virConnectSetKeepAlive)                 \
	use(virConnectUnregisterCloseCallback)      \
	use(virDomainCreateWithFlags)               \
	use(virDomainDefineXML)                     \
	use(virDomainDestroy)                       \
	use(virDomainUndefineFlags)                 \
	use(virDomainFree)                          \
	use(virDomainGetID)                         \
	use(virDomainGetName)                       \
	use(virDomainGetUUIDString)                 \
	use(virDomainGetXMLDesc)                    \
	use(virDomainHasManagedSaveImage)           \
	use(virDomainIsActive)                      \
	use(virDomainIsPersistent)                  \
	use(virDomainLookupByName)                  \
	use(virDomainLookupByUUIDString)            \
	use(virDomainManagedSaveGetXMLDesc)         \
	use(virDomainRef)                           \
	use(virDomainSetMetadata)                   \
	use(virEventAddHandle)                      \
	use(virEventAddTimeout)                     \
	use(virEventRegisterDefaultImpl)            \
	use(virEventRunDefaultImpl)                 \
	use(virEventUpdateTimeout)                  \
	use(virGetLastError)                        \
	use(virSetErrorFunc)                        \
	use(virTypedParamsFree)                     \
	use(virTypedParamsGetBoolean)               \
	use(virTypedParamsGetInt)
/* clang-format on */

VIRT_FUNCTIONS(DLSYM_DECLARE)

/** Loads libvirt, or looks up its functions again if it is loaded. Returns 0 or -1. */
int virt_load(struct virt_error *error);

/** Fills *@error with @message (NULL: unknown). Returns -1. */
int virt_fail(struct virt_error *error, const char *message);
/** Fills *@error with libvirt's last one. Returns -1. */
int virt_fail_with_last(struct virt_error *error);

#endif
