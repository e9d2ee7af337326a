/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clients.c - who is connected to libvirt's daemon, and who of them may change something. */
#include "libvirt/clients.h"

#include <stdio.h>
#include <stdlib.h>

#define NAMED 3 /* more writers than these are only counted */

void clients_clear(struct clients *clients)
{
	free(clients->list);
	*clients = (struct clients){0};
}

bool clients_has_process(const struct clients *clients, int pid)
{
	for (size_t i = 0; i < clients->count; i++)
		if (clients->list[i].pid == pid)
			return true;
	return false;
}

static bool is_writer(const struct client *client)
{
	return !client->is_readonly && !client->is_ours;
}

size_t clients_count_writers(const struct clients *clients)
{
	size_t count = 0;

	for (size_t i = 0; i < clients->count; i++)
		count += is_writer(&clients->list[i]) ? 1 : 0;
	return count;
}

static int describe(const struct client *client, const char *separator, char *buffer, size_t size)
{
	if (client->pid == 0)
		return snprintf(buffer, size, "%sanother client", separator);
	if (client->name[0] == '\0')
		return snprintf(buffer, size, "%sprocess %d", separator, client->pid);
	return snprintf(buffer, size, "%s%s (process %d)", separator, client->name, client->pid);
}

const char *clients_describe_writers(const struct clients *clients, char *buffer, size_t size)
{
	size_t left = clients_count_writers(clients);
	size_t named = 0;
	size_t used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < clients->count && named < NAMED && used < size; i++) {
		if (!is_writer(&clients->list[i]))
			continue;
		left--;
		used += (size_t)describe(&clients->list[i], named == 0 ? "" : left == 0 ? " and " : ", ", buffer + used, size - used);
		named++;
	}
	if (left > 0 && used < size)
		snprintf(buffer + used, size - used, " and %zu more", left);
	return buffer;
}
