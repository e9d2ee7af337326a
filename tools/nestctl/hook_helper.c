/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook_helper.c - `nestctl hook-helper`: what the hook starts, and libvirt does not wait for. It rewrites a guest's stored definition and
 * starts the guest again, once the hook, and with it libvirt's hold on the guest, has ended. See hooks/helper.c.
 */
#include <getopt.h>
#include <stdlib.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/definition.h"
#include "io.h"
#include "nestctl.h"

#define HOOK_TIME 60	   /* seconds: by then a hook has ended, or will not */
#define CONNECT_TIME 30L   /* seconds */
#define CONNECT_PAUSE 200L /* milliseconds */

struct request {
	const char *uuid;
	char shown[80]; /* the same, for the log */
	bool start;
};

/* The hook holds the other end of stdin until it ends; nothing comes through. */
static void wait_for_hook(void)
{
	char *data;
	size_t length;

	if (io_read(STDIN_FILENO, 0, HOOK_TIME, &data, &length) == 0)
		free(data);
}

/* The daemon may be on its way up: it starts guests of its own accord then. */
static int connect_to_libvirt(struct virt **virt, struct virt_error *error)
{
	const struct timespec pause = {.tv_nsec = CONNECT_PAUSE * 1000000};
	int code = -1;

	for (long waited = 0; code < 0 && waited < CONNECT_TIME * 1000; waited += CONNECT_PAUSE) {
		if (waited > 0)
			nanosleep(&pause, NULL);
		code = virt_open("qemu:///system", true, virt, error);
	}
	return code;
}

/*
 * The hook has found a stored definition that was stale; that it is not now, somebody has changed it, this process or the watcher, and the
 * start that was refused would pass.
 */
static void start(struct virt_domain *guest, const char *shown)
{
	struct virt_error error;

	if (virt_domain_has_saved_state(guest))
		syslog(LOG_NOTICE, "guest '%s': not started again: it has a managed save, or whether it has cannot be told", shown);
	else if (virt_domain_is_running(guest))
		syslog(LOG_INFO, "guest '%s': it is running already", shown);
	else if (virt_domain_start(guest, &error) < 0)
		syslog(LOG_ERR, "guest '%s': it could not be started again: %s", shown, error.message);
	else
		syslog(LOG_NOTICE, "guest '%s': started again", shown);
}

static enum nestctl_status rewrite(struct virt *virt, struct virt_domain *guest, const struct host_policy *host_policy,
				   const struct request *request)
{
	struct rewritten rewritten;
	char shown[320];

	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	if (!virt_domain_is_persistent(guest)) {
		syslog(LOG_NOTICE, "guest '%s': it has no stored definition any more", shown);
		return NESTCTL_NO;
	}
	definition_rewrite(virt, guest, host_policy, &rewritten);
	syslog(rewritten.result == REWRITE_FAILED ? LOG_ERR : LOG_NOTICE, "guest '%s': %s", shown, rewritten.message);
	if (rewritten.result == REWRITE_FAILED)
		return NESTCTL_NO;
	if (request->start && rewritten.is_current)
		start(guest, shown);
	return NESTCTL_YES;
}

static enum nestctl_status rewrite_guest(struct virt *virt, const struct host_policy *host_policy, const struct request *request)
{
	struct virt_domain *guest;
	struct virt_error error;
	enum nestctl_status status;

	if (virt_find(virt, request->uuid, &guest, &error) < 0) {
		syslog(LOG_NOTICE, "guest %s is not rewritten: %s", request->shown, error.message);
		return NESTCTL_NO;
	}
	/* A name is looked up as well: only the very UUID is this guest's. */
	status = strcasecmp(virt_domain_get_uuid(guest), request->uuid) == 0 ? rewrite(virt, guest, host_policy, request) : NESTCTL_NO;
	virt_domain_free(guest);
	return status;
}

static enum nestctl_status run(const struct request *request)
{
	struct nestxml_error error;
	struct virt_error virt_error;
	struct host_policy host_policy;
	struct virt *virt;
	enum nestctl_status status = NESTCTL_FAILED;

	if (host_policy_read(NESTCTL_ROOT, &host_policy, &error) != 0) {
		syslog(LOG_ERR, "guest %s is not rewritten: %s", request->shown, error.message);
		return NESTCTL_FAILED;
	}
	if (connect_to_libvirt(&virt, &virt_error) < 0) {
		syslog(LOG_ERR, "guest %s is not rewritten: libvirt: %s", request->shown, virt_error.message);
	} else {
		status = rewrite_guest(virt, &host_policy, request);
		virt_close(virt);
	}
	host_policy_clear(&host_policy);
	return status;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	static const struct option long_options[] = {{"start", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	struct request request = {0};
	int option;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (option != 's')
			return nestctl_usage("", "hook-helper is for the hook");
		request.start = true;
	}
	if (argc - optind != 1)
		return nestctl_usage("", "hook-helper is for the hook");
	request.uuid = argv[optind];
	nestxml_text_escape(request.uuid, request.shown, sizeof(request.shown));
	openlog("nestctl", LOG_PID, LOG_DAEMON);
	wait_for_hook();
	return run(&request);
}

const struct nestctl_command nestctl_hook_helper = {
	.name = "hook-helper",
	.run = run_command,
};
