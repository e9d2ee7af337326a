/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt.h - libvirt's calls, all of them. It is loaded when it is needed: if it were linked, every start of nestctl would take ten times as
 * long.
 */
#ifndef NESTXML_VIRT_H
#define NESTXML_VIRT_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "macros.h"

struct virt;
struct virt_domain;

/** Why a call failed: one line, ready for a terminal. */
struct virt_error {
	bool no_domain; /* libvirt knows no such guest */
	bool no_daemon; /* nothing listens on the socket that @message names */
	char message[512];
};

/* ---- the connection ---- */

/** Loads libvirt. Returns 0 or -1. */
int virt_new(struct virt **virt, struct virt_error *error);
/**
 * Connects; what was connected before must be disconnected.
 *
 * @uri		NULL: as libvirt itself chooses, LIBVIRT_DEFAULT_URI first
 * @writable	needed for all that changes something, to see secrets, and to ask the guest's agent
 *
 * Returns 0 or -1.
 */
int virt_connect(struct virt *virt, const char *uri, bool writable, struct virt_error *error);
void virt_disconnect(struct virt *virt);
/** virt_new() and virt_connect(). Returns 0 or -1. */
int virt_open(const char *uri, bool writable, struct virt **virt, struct virt_error *error);
/** Disconnects and releases @virt, which may be NULL. */
void virt_close(struct virt *virt);

/** Whether the connection still stands. */
bool virt_is_alive(const struct virt *virt);
/** Sets *@local to whether this libvirt runs on this machine and its guests are QEMU's. Returns 0 or -1. */
int virt_ask_local_qemu(const struct virt *virt, bool *local, struct virt_error *error);
/** Whether these are a user's own guests (qemu:///session) and not the system's; false where that is unknown. */
bool virt_is_session(const struct virt *virt);

/* ---- guests ---- */

/** The guest with this name or UUID; the UUID is looked up first. Returns 0 or -1. */
int virt_find(struct virt *virt, const char *word, struct virt_domain **domain, struct virt_error *error);
/** The guest with this UUID, and no other that has been given it as its name. *@domain is NULL on error. Returns 0 or -1. */
int virt_find_uuid(struct virt *virt, const char *uuid, struct virt_domain **domain, struct virt_error *error);
void virt_domain_free(struct virt_domain *domain);
#define AUTO_VIRT_DOMAIN CLEANUP(virt_domain_cleanup)
static inline void virt_domain_cleanup(struct virt_domain **domain)
{
	virt_domain_free(*domain);
}

/** All guests, or with @persistent those that have a stored definition; to be released with virt_list_free(). Returns 0 or -1. */
int virt_list(struct virt *virt, bool persistent, struct virt_domain ***domains, size_t *count, struct virt_error *error);
/**
 * Those that have a stored definition, in the order of their UUIDs. Nothing else is known of them: libvirt is asked about each one for
 * which that matters. So it takes a third of the time.
 */
int virt_list_stored(struct virt *virt, struct virt_domain ***domains, size_t *count, struct virt_error *error);
void virt_list_free(struct virt_domain **domains, size_t count);

/** A guest that runs, and which run of it that is. */
struct virt_run {
	char uuid[37]; /* the final NUL included */
	int id;	       /* the number that libvirt has given to this run */
};

/** All guests that run now: *@runs is the caller's to free. Returns 0 or -1. */
int virt_list_runs(struct virt *virt, struct virt_run **runs, size_t *count, struct virt_error *error);

/** Borrowed. */
const char *virt_domain_get_name(const struct virt_domain *domain);
const char *virt_domain_get_uuid(const struct virt_domain *domain);
/** Whether it ran when it was found. */
bool virt_domain_is_running(const struct virt_domain *domain);
/** Whether it has a stored definition; false where that is unknown. */
bool virt_domain_is_persistent(const struct virt_domain *domain);
/** The same, asked of libvirt now: another program may have undefined it since it was found. Returns 1, 0, or -1 with *@error. */
int virt_domain_ask_persistent(const struct virt_domain *domain, struct virt_error *error);

enum virt_xml {
	VIRT_XML_LIVE,	 /* of the running guest */
	VIRT_XML_STORED, /* the definition, without secrets */
	VIRT_XML_SECRET, /* the definition, whole: what may be defined again */
	VIRT_XML_SAVED,	 /* of its managed save */
};

/** Its XML, the caller's to free. Returns 0 or -1. */
int virt_domain_get_xml(const struct virt_domain *domain, enum virt_xml which, char **xml, struct virt_error *error);

/** Sends @command to the guest's agent; waits at most @seconds. The reply is the caller's to free. Returns 0 or -1. */
int virt_domain_ask_agent(struct virt_domain *domain, const char *command, int seconds, char **reply, struct virt_error *error);

/**
 * Sends @command to the guest's QEMU; waits at most @seconds. libvirt then marks the guest as tainted (custom-monitor). The reply is the
 * caller's to free. Returns 0 or -1.
 */
int virt_domain_ask_qemu(struct virt_domain *domain, const char *command, int seconds, char **reply, struct virt_error *error);

/* ---- what changes a guest ---- */

/** Makes @xml the stored definition of the guest that it names. Returns 0 or -1. */
int virt_define(struct virt *virt, const char *xml, struct virt_error *error);
/** Starts it from its stored definition; *@run is libvirt's number of this run. Returns 0 or -1. */
int virt_domain_start(struct virt_domain *domain, int *run, struct virt_error *error);
/** Ends it at once, as pulling the plug does. Returns 0 or -1. */
int virt_domain_destroy(struct virt_domain *domain, struct virt_error *error);
/** Removes its stored definition; its NVRAM and its TPM's state stay. Returns 0 or -1. */
int virt_domain_undefine(struct virt_domain *domain, struct virt_error *error);
/** The number that libvirt has given to this run of it; -1: it is not running. Asked each time. */
int virt_domain_get_run(const struct virt_domain *domain);
/** Whether its next start is from a managed save; of a guest from a list, whether it was at that time. True where that is unknown. */
bool virt_domain_has_saved_state(const struct virt_domain *domain);
/** Puts the element @xml (NULL: none) into its <metadata>, in place of the one of the namespace @uri. Returns 0 or -1. */
int virt_domain_set_metadata(struct virt_domain *domain, const char *xml, const char *prefix, const char *uri, struct virt_error *error);

/* ---- events: one loop for a process; to be set up before anything is connected ---- */

/** What has happened to a guest. Not everything has an event: a device that is added to the stored definition alone has none. */
enum virt_event {
	VIRT_EVENT_ADDED,     /* its stored definition was made: it had none */
	VIRT_EVENT_DEFINED,   /* its stored definition was changed */
	VIRT_EVENT_UNDEFINED, /* it has none any more */
	VIRT_EVENT_METADATA,  /* its metadata was changed */
	VIRT_EVENT_STOPPED,   /* it no longer runs */
	VIRT_EVENT_STARTED,   /* it has come up: started, restored, reverted to a snapshot, migrated in */
	VIRT_EVENT_OTHER,     /* it was given a device, suspended ... */
};

/** Who is told, from within virt_events_run(). */
struct virt_listener {
	void *context;
	/* Something has happened to a guest; here libvirt must not be asked about it. */
	void (*happened)(void *context, const char *uuid, enum virt_event event);
	/* The connection has broken. */
	void (*closed)(void *context);
};

/** Returns 0 or -1. */
int virt_events_setup(struct virt *virt, struct virt_error *error);
/** Calls @ready whenever @fd can be read. Returns 0 or -1. */
int virt_events_add_fd(int fd, void (*ready)(void *context), void *context, struct virt_error *error);
/** Waits for events, at most @milliseconds (-1: for ever), and tells who listens. Returns 0 or -1. */
int virt_events_run(struct virt *virt, int milliseconds, struct virt_error *error);
/** Tells of those that have come, and waits for none. Returns 0 or -1. */
int virt_events_take(struct virt *virt, struct virt_error *error);
/**
 * Listens for events on this connection, and asks its peer every few seconds whether it is alive. @listener is borrowed. Returns 0 or -1.
 */
int virt_listen(struct virt *virt, const struct virt_listener *listener, struct virt_error *error);

#endif
