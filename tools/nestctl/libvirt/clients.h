/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clients.h - who is connected to libvirt's daemon, and who of them may change something. Pure. */
#ifndef NESTXML_CLIENTS_H
#define NESTXML_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

/** One connection to the daemon. */
struct client {
	unsigned long long id; /* the daemon gives none out twice */
	long long since;       /* seconds since the epoch */
	int pid;	       /* 0: it comes from another machine, or the daemon does not say */
	bool is_readonly;
	bool is_ours;  /* a process of nestctl's, this one included */
	char name[64]; /* of its process, ready for a terminal; "" where that is not known */
};

/** All of them at one time; starts zeroed. */
struct clients {
	struct client *list;
	size_t count;
};

void clients_clear(struct clients *clients);

/** Whether @pid has a connection: if not, these are not the clients of the daemon that it is connected to. */
bool clients_has_process(const struct clients *clients, int pid);
/** How many connections may change something and are not nestctl's. */
size_t clients_count_writers(const struct clients *clients);

/** Writes who the writers are, as in "virsh (process 17) and another client", at most @size bytes. Returns @buffer. */
const char *clients_describe_writers(const struct clients *clients, char *buffer, size_t size);

#endif
