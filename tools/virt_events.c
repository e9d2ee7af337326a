/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt_events.c - libvirt's own event loop, and the two events that matter here: definitions, and the end of the connection. */
#include <stdlib.h>
#include <string.h>

#include "virt_private.h"

#define KEEPALIVE_INTERVAL 5 /* seconds */
#define KEEPALIVE_COUNT 3

/* ---- the loop ---- */

/* It is there to end a wait, which has happened when this is called. */
static void ignore_timer(int timer, void *context)
{
	(void)timer;
	(void)context;
}

int virt_events_setup(struct virt *virt, struct virt_error *error)
{
	if (virt->EventRegisterDefaultImpl() < 0)
		return virt_fail_with_last(virt, error);
	virt->timer = virt->EventAddTimeout(-1, ignore_timer, NULL, NULL);
	return virt->timer < 0 ? virt_fail_with_last(virt, error) : 0;
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

int virt_events_add_fd(struct virt *virt, int fd, void (*ready)(void *context), void *context, struct virt_error *error)
{
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return virt_fail_with_last(virt, error);
	*reader = (struct reader){ready, context};
	if (virt->EventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, call_reader, reader, free) < 0) {
		free(reader);
		return virt_fail_with_last(virt, error);
	}
	return 0;
}

int virt_events_run(struct virt *virt, int milliseconds, struct virt_error *error)
{
	virt->EventUpdateTimeout(virt->timer, milliseconds);
	if (virt->EventRunDefaultImpl() < 0)
		return virt_fail_with_last(virt, error);
	return 0;
}

/* ---- what is listened to ---- */

struct ear {
	const struct virt *virt;
	const struct virt_listener *listener;
};

static void tell_defined(const struct ear *ear, virDomainPtr domain)
{
	char uuid[VIR_UUID_STRING_BUFLEN];

	if (ear->virt->DomainGetUUIDString(domain, uuid) == 0)
		ear->listener->defined(ear->listener->context, uuid);
}

static int hear_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *context)
{
	(void)connection;
	(void)detail; /* added, updated, renamed, taken from a snapshot: each may be stale */
	if (event == VIR_DOMAIN_EVENT_DEFINED)
		tell_defined(context, domain);
	return 0;
}

/* A guest's own policy is an element of its metadata, which changes without a definition. */
static void hear_metadata(virConnectPtr connection, virDomainPtr domain, int type, const char *uri, void *context)
{
	(void)connection;
	(void)uri;
	if (type == VIR_DOMAIN_METADATA_ELEMENT)
		tell_defined(context, domain);
}

static void hear_close(virConnectPtr connection, int reason, void *context)
{
	const struct ear *ear = context;

	(void)connection;
	(void)reason;
	ear->listener->closed(ear->listener->context);
}

/* Each registration has an ear of its own, which libvirt frees with it. */
static struct ear *make_ear(const struct virt *virt, const struct virt_listener *listener)
{
	struct ear *ear = malloc(sizeof(*ear));

	if (ear)
		*ear = (struct ear){virt, listener};
	return ear;
}

static int hear(struct virt *virt, const struct virt_listener *listener, int event, virConnectDomainEventGenericCallback callback)
{
	struct ear *ear = make_ear(virt, listener);
	int id = ear ? virt->ConnectDomainEventRegisterAny(virt->connection, NULL, event, callback, ear, free) : -1;

	if (id < 0)
		free(ear);
	else
		virt->heard[virt->heard_count++] = id;
	return id;
}

/* Each registration holds the connection, which is not released while there is one (libvirt 9.0, measured). */
void virt_unlisten(struct virt *virt)
{
	while (virt->heard_count > 0)
		virt->ConnectDomainEventDeregisterAny(virt->connection, virt->heard[--virt->heard_count]);
	virt->ConnectUnregisterCloseCallback(virt->connection, hear_close);
	virt->listens = false;
}

int virt_listen(struct virt *virt, const struct virt_listener *listener, struct virt_error *error)
{
	struct ear *ear = make_ear(virt, listener);

	if (!ear || virt->ConnectRegisterCloseCallback(virt->connection, hear_close, ear, free) < 0) {
		free(ear);
		return virt_fail_with_last(virt, error);
	}
	virt->listens = true;
	if (hear(virt, listener, VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(hear_lifecycle)) < 0 ||
	    hear(virt, listener, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(hear_metadata)) < 0 ||
	    virt->ConnectSetKeepAlive(virt->connection, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT) < 0)
		return virt_fail_with_last(virt, error);
	return 0;
}
