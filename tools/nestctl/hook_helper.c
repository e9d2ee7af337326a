/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook_helper.c - `nestctl hook-helper`: what the hook starts for a guest whose start it refuses. It answers the hook at once what will
 * become of the guest; once the hook, and with it libvirt's hold on the guest, has ended, it rewrites the stored definition, and starts the
 * guest again if helper/restart.c finds nothing against it. See hooks/helper.c.
 */
#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "helper/helper.h"
#include "io.h"
#include "log.h"
#include "nestctl.h"

#define HOOK_TIME 60000 /* milliseconds: by then a hook has ended, or will not */

/*
 * The hook holds the other end of stdin until it ends, and writes a byte once it has the answer. Returns whether it has: if not, the user
 * was told to start the guest.
 */
static bool wait_for_hook(void)
{
	int64_t end = nestxml_clock_monotonic() + HOOK_TIME;
	char byte;
	bool has_answer = io_read_into(STDIN_FILENO, &byte, 1, end) == 1;

	io_read_into(STDIN_FILENO, &byte, 1, end);
	return has_answer;
}

/* What was changed since it was rewritten is to be rewritten again, before it is started. */
static enum nestctl_status handle_guest(struct helper *helper)
{
	int code;

	do {
		if (helper_rewrite(helper) < 0)
			return NESTCTL_NO;
		if (!helper->starts)
			return NESTCTL_YES;
		code = helper_start(helper);
	} while (code == HELPER_START_LATER);
	if (code < 0)
		return NESTCTL_NO;
	helper_release_lock(helper);
	helper_release_slot(helper);
	helper_watch_run(helper);
	return NESTCTL_YES;
}

static enum nestctl_status run_helper(struct helper *helper)
{
	struct nestxml_error error;
	enum nestctl_status status = NESTCTL_FAILED;

	if (host_policy_read(NESTCTL_ROOT, &helper->host_policy, &error) != 0) {
		log_write(LOG_ERR, "guest %s is not rewritten: %s", helper->shown, error.message);
		return NESTCTL_FAILED;
	}
	if (helper_connect(helper) == 0)
		status = handle_guest(helper);
	helper_release_slot(helper);
	if (helper->has_written)
		helper_undo(helper);
	virt_close(helper->reader);
	host_policy_clear(&helper->host_policy);
	return status;
}

/* In lower case, as libvirt writes it. */
static void set_uuid(struct helper *helper, const char *uuid)
{
	snprintf(helper->uuid, sizeof(helper->uuid), "%s", uuid);
	for (char *at = helper->uuid; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	nestxml_text_escape(helper->uuid, helper->shown, sizeof(helper->shown));
}

static enum nestctl_status run_command(int argc, char **argv)
{
	static const struct option long_options[] = {{"start", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	struct helper helper = {.has_lock = fcntl(HELPER_LOCK, F_GETFD) >= 0};
	enum nestctl_status status;
	int option;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (option != 's')
			return nestctl_usage("", "hook-helper is for the hook");
		helper.starts = true;
	}
	if (argc - optind != 1)
		return nestctl_usage("", "hook-helper is for the hook");
	set_uuid(&helper, argv[optind]);
	log_open("nestctl");
	helper_answer_hook(&helper);
	if (!wait_for_hook() && helper.starts) {
		log_write(LOG_NOTICE,
			  "guest %s is not started again: the hook had stopped waiting for the answer, and has told the user to start it",
			  helper.shown);
		helper.starts = false;
	}
	status = run_helper(&helper);
	helper_release_slot(&helper);
	helper_release_lock(&helper);
	clients_clear(&helper.named);
	return status;
}

const struct nestctl_command nestctl_hook_helper = {
	.name = "hook-helper",
	.run = run_command,
};
