/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* answer.c - who is connected to libvirt, and what the hook is told of it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "helper/helper.h"
#include "io.h"
#include "log.h"
#include "macros.h"

#define MAX_HELPERS 256 /* that wait to start their guests at once, each with a connection to libvirt; any more only rewrite */

/* ---- who else is connected ---- */

void helper_close_admin(struct helper *helper)
{
	admin_close(helper->admin);
	helper->admin = NULL;
}

/*
 * Notes that libvirt did not say who is connected. If the daemon is on its way up or busy, it is asked again; if it has no admin API, it is
 * not.
 */
static void miss_clients(struct helper *helper, int code, const struct virt_error *error)
{
	if (code != ADMIN_LATE)
		helper_close_admin(helper);
	helper->restart.may_know = !error->no_daemon;
	if (!helper->has_said_so)
		log_write(LOG_NOTICE, "guest %s: it is %s which programs are connected to libvirt: %s", helper->shown,
			  helper->restart.may_know ? "not yet known" : "unknown", error->message);
	helper->has_said_so = true;
}

/* Codes as admin_list_clients(). */
static int list_clients(struct helper *helper, struct clients *clients, struct virt_error *error)
{
	int code = helper->admin ? 0 : admin_open(&helper->admin, error);

	if (code == 0)
		code = admin_list_clients(helper->admin, clients, error);
	if (code < 0 || !helper->reader || clients_has_process(clients, getpid()))
		return code;
	/* These are another daemon's clients; or this daemon does not describe its latest client yet. */
	snprintf(error->message, sizeof(error->message), "the daemon that answers does not list this process among its clients");
	error->no_daemon = false;
	clients_clear(clients);
	return -1;
}

static void note_clients(struct helper *helper, struct clients *clients)
{
	int64_t now = nestxml_clock_monotonic();

	helper->restart.knows_clients = true;
	helper->restart.writers = clients_count_writers(clients);
	if (helper->restart.writers > 0)
		helper->restart.last_writer = now;
	if (helper->named.list)
		return;
	helper->restart.known = now;
	helper->named = *clients;
	*clients = (struct clients){0};
}

bool helper_is_alone(void *context)
{
	struct helper *helper = context;
	CLEANUP(clients_clear) struct clients clients = {0};
	struct virt_error error;
	int code;

	helper->restart.knows_clients = false;
	if (!helper->restart.may_know || !helper->has_slot)
		return false;
	code = list_clients(helper, &clients, &error);
	if (code < 0)
		miss_clients(helper, code, &error);
	else
		note_clients(helper, &clients);
	return helper->restart.knows_clients && helper->restart.writers == 0;
}

/* ---- the answer to the hook, which the user reads ---- */

static void describe(const struct helper *helper, char *answer, size_t size)
{
	char writers[256];

	if (!helper->starts)
		snprintf(answer, size, "its definition is being rewritten: start it again in a second");
	else if (helper->restart.is_queued)
		snprintf(
			answer, size,
			"many guests are being started at once: its definition is being rewritten, and it will be started again within %d s if no "
			"other program is at work on it; otherwise start it again",
			RESTART_TURN_TIME / 1000);
	else if (!helper->restart.knows_clients && !helper->restart.may_know)
		snprintf(
			answer, size,
			"its definition is being rewritten; nestxml will not start it, since it is unknown which programs are connected to "
			"libvirt: start it again in a second");
	else if (!helper->restart.knows_clients)
		snprintf(
			answer, size,
			"its definition is being rewritten, and it will be started again if libvirt says within %d s who is connected, and "
			"no other program is at work on it; otherwise start it again",
			RESTART_ANSWER_TIME / 1000);
	else if (helper->restart.writers == 0)
		snprintf(answer, size,
			 "its definition is being rewritten, and it will be started again unless another program is at work on it");
	else
		snprintf(
			answer, size,
			"its definition is being rewritten, and it will be started again if %s %s disconnected within %d s and no other program is at "
			"work on it; otherwise start it again",
			clients_describe_writers(&helper->named, writers, sizeof(writers)), helper->restart.writers == 1 ? "has" : "have",
			RESTART_CLIENTS_TIME / 1000);
}

/* The hook may give up waiting before the answer is written, or before it has read it: wait_for_hook() in hook_helper.c finds out. */
void helper_answer_hook(struct helper *helper)
{
	char answer[512];
	size_t length;

	helper->restart.refused = nestxml_clock_monotonic();
	helper->restart.last_event = helper->restart.refused;
	pending_postpone(&helper->pending, helper->uuid, helper->restart.refused);
	helper->restart.may_know = true;
	helper->starts = helper->starts && helper_count() <= MAX_HELPERS;
	if (helper->starts) {
		helper->restart.is_queued = !helper_take_slot(helper);
		helper_is_alone(helper);
	}
	describe(helper, answer, sizeof(answer) - 1);
	length = strlen(answer);
	answer[length] = '\n';
	if (io_write(STDOUT_FILENO, answer, length + 1) != 0)
		helper->starts = false;
	close(STDOUT_FILENO);
	io_guard_descriptors();
}
