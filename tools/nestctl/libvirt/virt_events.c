/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt_events.c - libvirt's own event loop, and what is listened to: what happens to guests, and the end of the connection. */
#include <stdlib.h>
#include <string.h>

#include "libvirt/virt_private.h"

#define KEEPALIVE_INTERVAL 5 /* seconds */
#define KEEPALIVE_COUNT 3

/* ---- the loop ---- */

/* The timer only ends a wait, which it has done when this is called. */
static void ignore_timer(int timer, void *context)
{
	(void)timer;
	(void)context;
}

int virt_events_setup(struct virt *virt, struct virt_error *error)
{
	if (sym_virEventRegisterDefaultImpl() < 0)
		return virt_fail_with_last(error);
	virt->timer = sym_virEventAddTimeout(-1, ignore_timer, NULL, NULL);
	return virt->timer < 0 ? virt_fail_with_last(error) : 0;
}

struct reader {
	void (*ready)(void *context);
	void *context;
};

static void call_reader(int watch, int fd, int events, void *context)
{
	const struct reader *reader = context;

	(void)watch;
	(void)fd;
	(void)events;
	reader->ready(reader->context);
}

int virt_events_add_fd(int fd, void (*ready)(void *context), void *context, struct virt_error *error)
{
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return virt_fail_with_last(error);
	*reader = (struct reader){ready, context};
	if (sym_virEventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, call_reader, reader, free) < 0) {
		free(reader);
		return virt_fail_with_last(error);
	}
	return 0;
}

int virt_events_run(struct virt *virt, int milliseconds, struct virt_error *error)
{
	sym_virEventUpdateTimeout(virt->timer, milliseconds);
	if (sym_virEventRunDefaultImpl() < 0)
		return virt_fail_with_last(error);
	return 0;
}

/* Two rounds of the loop, since what one of them reads is told by the next. */
int virt_events_take(struct virt *virt, struct virt_error *error)
{
	return virt_events_run(virt, 0, error) < 0 ? -1 : virt_events_run(virt, 0, error);
}

/* ---- what is listened to ---- */

struct event_target {
	const struct virt_listener *listener;
};

static void tell(const struct event_target *target, virDomainPtr domain, enum virt_event event)
{
	char uuid[VIR_UUID_STRING_BUFLEN];

	if (sym_virDomainGetUUIDString(domain, uuid) == 0)
		target->listener->happened(target->listener->context, uuid, event);
}

static enum virt_event classify_lifecycle(int event, int detail)
{
	switch (event) {
	case VIR_DOMAIN_EVENT_DEFINED: /* updated, renamed, taken from a snapshot: each may be stale */
		return detail == VIR_DOMAIN_EVENT_DEFINED_ADDED ? VIRT_EVENT_ADDED : VIRT_EVENT_DEFINED;
	case VIR_DOMAIN_EVENT_UNDEFINED:
		return VIRT_EVENT_UNDEFINED;
	case VIR_DOMAIN_EVENT_STOPPED:
		return VIRT_EVENT_STOPPED;
	case VIR_DOMAIN_EVENT_STARTED: /* for a saved state and a migration too: each starts a QEMU */
		return VIRT_EVENT_STARTED;
	default:
		return VIRT_EVENT_OTHER;
	}
}

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *context)
{
	(void)connection;
	tell(context, domain, classify_lifecycle(event, detail));
	return 0;
}

/* A title and a description too; a guest's own policy is an element of its metadata. */
static void on_metadata(virConnectPtr connection, virDomainPtr domain, int type, const char *uri, void *context)
{
	(void)connection;
	(void)type;
	(void)uri;
	tell(context, domain, VIRT_EVENT_METADATA);
}

/* A device that was added or removed. */
static void on_device(virConnectPtr connection, virDomainPtr domain, const char *device, void *context)
{
	(void)connection;
	(void)device;
	tell(context, domain, VIRT_EVENT_OTHER);
}

static void on_tunable(virConnectPtr connection, virDomainPtr domain, virTypedParameterPtr parameters, int count, void *context)
{
	(void)connection;
	(void)parameters;
	(void)count;
	tell(context, domain, VIRT_EVENT_OTHER);
}

static void on_disk(virConnectPtr connection, virDomainPtr domain, const char *before, const char *after, const char *device, int reason,
		    void *context)
{
	(void)connection;
	(void)before;
	(void)after;
	(void)device;
	(void)reason;
	tell(context, domain, VIRT_EVENT_OTHER);
}

static void on_block_job(virConnectPtr connection, virDomainPtr domain, const char *disk, int type, int status, void *context)
{
	(void)connection;
	(void)disk;
	(void)type;
	(void)status;
	tell(context, domain, VIRT_EVENT_OTHER);
}

/* libvirt has one type for callbacks of all kinds, and compilers warn of a cast from one kind to another. */
#define EVENT_CALLBACK(function) VIR_DOMAIN_EVENT_CALLBACK((void (*)(void))(function))

/* Those that a change of the guest by another program causes; not what a guest does by itself, such as its balloon's. */
static const struct {
	int event;
	virConnectDomainEventGenericCallback callback;
} events[VIRT_CALLBACKS] = {
	/* clang-format off */
	{VIR_DOMAIN_EVENT_ID_LIFECYCLE, EVENT_CALLBACK(on_lifecycle)},
	{VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, EVENT_CALLBACK(on_metadata)},
	{VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, EVENT_CALLBACK(on_device)},
	{VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, EVENT_CALLBACK(on_device)},
	{VIR_DOMAIN_EVENT_ID_TUNABLE, EVENT_CALLBACK(on_tunable)},
	{VIR_DOMAIN_EVENT_ID_DISK_CHANGE, EVENT_CALLBACK(on_disk)},
	{VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, EVENT_CALLBACK(on_block_job)},
	/* clang-format on */
};

static void on_close(virConnectPtr connection, int reason, void *context)
{
	const struct event_target *target = context;

	(void)connection;
	(void)reason;
	target->listener->closed(target->listener->context);
}

/* Each registration has a target of its own, which libvirt frees with it. */
static struct event_target *make_target(const struct virt_listener *listener)
{
	struct event_target *target = malloc(sizeof(*target));

	if (target)
		*target = (struct event_target){listener};
	return target;
}

static int register_event(struct virt *virt, const struct virt_listener *listener, int event, virConnectDomainEventGenericCallback callback)
{
	struct event_target *target = make_target(listener);
	int id = target ? sym_virConnectDomainEventRegisterAny(virt->connection, NULL, event, callback, target, free) : -1;

	if (id < 0)
		free(target);
	else
		virt->callbacks[virt->callbacks_count++] = id;
	return id;
}

/* Each registration holds the connection, which is not released while there is one (libvirt 9.0, measured). */
void virt_unlisten(struct virt *virt)
{
	while (virt->callbacks_count > 0)
		sym_virConnectDomainEventDeregisterAny(virt->connection, virt->callbacks[--virt->callbacks_count]);
	sym_virConnectUnregisterCloseCallback(virt->connection, on_close);
	virt->listens = false;
}

int virt_listen(struct virt *virt, const struct virt_listener *listener, struct virt_error *error)
{
	struct event_target *target = make_target(listener);

	if (!target || sym_virConnectRegisterCloseCallback(virt->connection, on_close, target, free) < 0) {
		free(target);
		return virt_fail_with_last(error);
	}
	virt->listens = true;
	for (size_t i = 0; i < VIRT_CALLBACKS; i++)
		if (register_event(virt, listener, events[i].event, events[i].callback) < 0)
			return virt_fail_with_last(error);
	if (sym_virConnectSetKeepAlive(virt->connection, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT) < 0)
		return virt_fail_with_last(error);
	return 0;
}
