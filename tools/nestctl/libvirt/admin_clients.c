/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin_clients.c - `nestctl admin-clients`: what asks libvirt's admin API, in a process of its own.
 *
 * libvirt-admin.so.0 registers libvirt's types with glib again, so a process that has used libvirt.so.0 to connect does not survive its
 * first call (libvirt 9.0, measured). So whoever wants to know who is connected starts this and asks it; see admin.h.
 */
#include <libvirt/libvirt-admin.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dlsym.h"
#include "file.h"
#include "hook/daemons.h"
#include "io.h"
#include "libvirt/admin.h"
#include "libvirt/virt_load.h"
#include "macros.h"
#include "nestctl.h"

#define LIBRARY "libvirt-admin.so.0"
#define OUR_NAME "nestctl"

/* clang-format off */
#define ADMIN_FUNCTIONS(use)           \
	use(virAdmClientFree)          \
	use(virAdmClientGetID)         \
	use(virAdmClientGetInfo)       \
	use(virAdmClientGetTimestamp)  \
	use(virAdmConnectClose)        \
	use(virAdmConnectLookupServer) \
	use(virAdmConnectOpen)         \
	use(virAdmServerFree)          \
	use(virAdmServerListClients)
/* clang-format on */

ADMIN_FUNCTIONS(DLSYM_DEFINE_STATIC)

struct admin_connection {
	virAdmConnectPtr connection;
	virAdmServerPtr server;
	bool is_loaded;	      /* the library */
	struct clients known; /* the last answer: the daemon is not asked again about a client that it has described */
};

/* ---- the connection ---- */

static int load(struct admin_connection *admin, struct virt_error *error)
{
	static const struct dlsym_function functions[] = {ADMIN_FUNCTIONS(DLSYM_ROW)};

	admin->is_loaded = virt_load(error) == 0 &&
			   dlsym_load(LIBRARY, RTLD_NOW, functions, ARRAY_SIZE(functions), error->message, sizeof(error->message));
	error->no_daemon = !admin->is_loaded;
	return admin->is_loaded ? 0 : -1;
}

static void disconnect(struct admin_connection *admin)
{
	if (admin->server)
		sym_virAdmServerFree(admin->server);
	if (admin->connection)
		sym_virAdmConnectClose(admin->connection);
	admin->connection = NULL;
	admin->server = NULL;
}

static int connect_to(struct admin_connection *admin, const char *name, struct virt_error *error)
{
	char uri[64];

	snprintf(uri, sizeof(uri), "%s:///system", name);
	admin->connection = sym_virAdmConnectOpen(uri, 0);
	admin->server = admin->connection ? sym_virAdmConnectLookupServer(admin->connection, name, 0) : NULL;
	if (admin->server)
		return 0;
	virt_fail_with_last(error);
	disconnect(admin);
	return -1;
}

/*
 * Connects to virtqemud if that runs, else to libvirtd. The one that does not run must not be asked: systemd would start it, alongside the
 * one that does.
 */
static int connect_to_daemon(struct admin_connection *admin, struct virt_error *error)
{
	const char *name = NULL;
	struct daemons daemons;

	daemons_find(NESTCTL_ROOT, &daemons);
	for (size_t i = 0; i < daemons.count; i++)
		if (!name || strcmp(daemons.list[i].name, "virtqemud") == 0)
			name = daemons.list[i].name;
	if (name)
		return connect_to(admin, name, error);
	virt_fail(error, "neither virtqemud nor libvirtd is running");
	error->no_daemon = true;
	return -1;
}

/* ---- the clients ---- */

/* What its process is called; "" where it is not to be seen. */
static void read_name(struct client *client)
{
	char path[64];
	char name[sizeof(client->name)];

	snprintf(path, sizeof(path), "/proc/%d/comm", client->pid);
	if (nestxml_file_read_small("/", path, name, sizeof(name)) < 0)
		return;
	name[strcspn(name, "\n")] = '\0';
	nestxml_text_escape(name, client->name, sizeof(client->name));
}

static void read_parameters(virTypedParameterPtr parameters, int count, struct client *client)
{
	int is_readonly = 0;
	int user = -1;

	/* What is not said stays as it is: a client on another machine has no process. */
	sym_virTypedParamsGetBoolean(parameters, count, VIR_CLIENT_INFO_READONLY, &is_readonly);
	sym_virTypedParamsGetInt(parameters, count, VIR_CLIENT_INFO_UNIX_PROCESS_ID, &client->pid);
	sym_virTypedParamsGetInt(parameters, count, VIR_CLIENT_INFO_UNIX_USER_ID, &user);
	client->is_readonly = is_readonly != 0;
	if (client->pid > 0)
		read_name(client);
	client->is_ours = client->pid == getppid() || (user == 0 && strcmp(client->name, OUR_NAME) == 0);
}

/*
 * Returns whether it is still there. A client that the daemon does not describe, as for a moment while it connects ("No identity
 * information available"), counts as an unknown one that may write.
 */
static bool read_client(virAdmClientPtr from, struct client *client)
{
	virTypedParameterPtr parameters = NULL;
	int count = 0;

	*client = (struct client){.id = sym_virAdmClientGetID(from), .since = sym_virAdmClientGetTimestamp(from)};
	if (sym_virAdmClientGetInfo(from, &parameters, &count, 0) < 0) {
		virErrorPtr last = sym_virGetLastError();

		return !last || last->code != VIR_ERR_NO_CLIENT;
	}
	read_parameters(parameters, count, client);
	sym_virTypedParamsFree(parameters, count);
	return true;
}

/* A daemon that was restarted gives the same numbers out again, but later. */
static bool is_same(virAdmClientPtr from, const struct client *client)
{
	return client->id == sym_virAdmClientGetID(from) && client->since == sym_virAdmClientGetTimestamp(from);
}

/* The same from the last answer, if it was described there. */
static bool recall_client(virAdmClientPtr from, const struct clients *known, struct client *client)
{
	for (size_t i = 0; i < known->count; i++) {
		if (!is_same(from, &known->list[i]) || known->list[i].pid == 0)
			continue;
		*client = known->list[i];
		return true;
	}
	return false;
}

/* Makes @known describe the clients in @found, except for those that have gone in the meantime. Returns 0 or -1. */
static int read_clients(virAdmClientPtr *found, size_t count, struct clients *known, struct virt_error *error)
{
	struct clients clients = {.list = calloc(count + 1, sizeof(*clients.list))};

	if (!clients.list)
		return virt_fail(error, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct client *client = &clients.list[clients.count];

		if (recall_client(found[i], known, client) || read_client(found[i], client))
			clients.count++;
	}
	clients_clear(known);
	*known = clients;
	return 0;
}

/* @is_new: the daemon was asked just now about the unknown ones of @clients, and need not be asked again. */
static bool are_the_same(virAdmClientPtr *found, size_t count, const struct clients *clients, bool is_new)
{
	if (count != clients->count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!is_same(found[i], &clients->list[i]) || (!is_new && clients->list[i].pid == 0))
			return false;
	return true;
}

static void free_found(virAdmClientPtr *found, int count)
{
	for (int i = 0; i < count; i++)
		sym_virAdmClientFree(found[i]);
	free(found);
}

#define ROUNDS 10

/*
 * The daemon describes each client in a call of its own, and meanwhile clients may leave and others come. So the list is read again until
 * every client in it has been described: only then were they all connected at one moment.
 */
static int list_clients(struct admin_connection *admin, struct virt_error *error)
{
	for (int round = 0; round < ROUNDS; round++) {
		virAdmClientPtr *found = NULL;
		int count = sym_virAdmServerListClients(admin->server, &found, 0);
		int code;

		if (count < 0)
			return virt_fail_with_last(error);
		if (are_the_same(found, (size_t)count, &admin->known, round > 0)) {
			free_found(found, count);
			return 0;
		}
		code = read_clients(found, (size_t)count, &admin->known, error);
		free_found(found, count);
		if (code < 0)
			return -1;
	}
	return virt_fail(error, "clients come and go faster than they can be listed");
}

/* ---- questions and answers ---- */

/* A connection that has broken is tried once again: the daemon may have been restarted. */
static int ask(struct admin_connection *admin, struct virt_error *error)
{
	if (!admin->is_loaded && load(admin, error) < 0)
		return -1;
	if (admin->server) {
		if (list_clients(admin, error) == 0)
			return 0;
		disconnect(admin);
	}
	if (connect_to_daemon(admin, error) < 0)
		return -1;
	return list_clients(admin, error);
}

static int send_answer(int code, const struct clients *clients, const struct virt_error *error)
{
	struct admin_answer header = {.code = code};

	if (code == 0) {
		header.count = clients->count;
		header.at = nestxml_clock_monotonic();
	} else {
		header.no_daemon = error->no_daemon;
		snprintf(header.message, sizeof(header.message), "%s", error->message);
	}
	if (io_write(STDIN_FILENO, (const char *)&header, sizeof(header)) != 0)
		return -1;
	return io_write(STDIN_FILENO, (const char *)clients->list, header.count * sizeof(*clients->list));
}

/* An answer for each byte that comes. */
static enum nestctl_status run_command(int argc, char **argv)
{
	struct admin_connection admin = {0};
	struct virt_error error;
	char question;

	(void)argv;
	if (argc != 1 || isatty(STDIN_FILENO))
		return nestctl_usage("", "admin-clients is for nestctl itself");
	load(&admin, &error); /* before the first question comes; an error is the answer to it */
	while (io_read_into(STDIN_FILENO, &question, 1, 0) == 1) {
		int code = ask(&admin, &error);

		if (send_answer(code, &admin.known, &error) < 0)
			break;
	}
	clients_clear(&admin.known);
	return NESTCTL_YES;
}

const struct nestctl_command nestctl_admin_clients = {
	.name = "admin-clients",
	.run = run_command,
};
