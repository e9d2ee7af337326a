/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_guest.c - lets libFuzzer look for what a running guest can show that breaks a promise of nestctl's readers.
 *
 * The input is QEMU's command line (a line for each argument), QEMU's log, and what the guest's agent answers, a line for each question.
 */
#include <stdlib.h>
#include <string.h>

#include "guests/guest_agent.h"
#include "guests/qemu_command.h"
#include "guests/qemu_log.h"
#include "support.h"

enum { COMMAND, LOG, AGENT, PARTS };

/* ---- the command line ---- */

/* As io_read() leaves /proc/PID/cmdline: each argument ends with NUL, and a NUL follows the last. */
static void make_command(struct part *part)
{
	for (size_t i = 0; i < part->length; i++)
		if (part->data[i] == '\n')
			part->data[i] = '\0';
}

static bool has_argument(const struct part *part, const char *start)
{
	for (const char *at = part->data; at < part->data + part->length; at += strlen(at) + 1)
		if (strncmp(at, start, strlen(start)) == 0)
			return true;
	return false;
}

static void check_command(struct part *part)
{
	struct qemu_command command;

	make_command(part);
	qemu_command_parse(part->data, part->length, &command);
	PROMISE(strlen(command.model) < sizeof(command.model), "a model without an end");
	PROMISE(!command.model[0] || has_argument(part, command.model), "a model that nobody stated: %s", command.model);
	if (!has_argument(part, "-cpu") && !has_argument(part, "--cpu"))
		PROMISE(!command.model[0], "no -cpu");
	if (!has_argument(part, "-cpu") && !has_argument(part, "--cpu") && !has_argument(part, "-global") &&
	    !has_argument(part, "--global"))
		PROMISE(command.features[NESTXML_VENDOR_INTEL] == QEMU_SWITCH_UNSTATED &&
				command.features[NESTXML_VENDOR_AMD] == QEMU_SWITCH_UNSTATED,
			"neither -cpu nor -global");
	PROMISE(strlen(command.doubt) < sizeof(command.doubt) && strlen(command.name) < sizeof(command.name), "a text without an end");
	if (command.features[NESTXML_VENDOR_INTEL] != QEMU_SWITCH_UNSTATED)
		PROMISE(memmem(part->data, part->length, "vmx", 3), "nobody said vmx");
	if (command.accelerator == QEMU_ACCELERATOR_KVM)
		PROMISE(memmem(part->data, part->length, "kvm", 3), "nobody said kvm");
	if (qemu_command_is_of(&command, "vm", "c7a5fdbd-edaf-9455-926a-d65c16db1809"))
		PROMISE(memmem(part->data, part->length, "vm", 2), "another guest's");
}

/* ---- the log ---- */

static void check_log(const struct part *part)
{
	struct qemu_log log;
	struct qemu_log again;

	qemu_log_parse(part->data, part->length, &log);
	if (log.started)
		PROMISE(memmem(part->data, part->length, ": starting up", 13), "nothing was started");
	if (log.lacks[NESTXML_VENDOR_INTEL] || log.lacks[NESTXML_VENDOR_AMD])
		PROMISE(log.started && memmem(part->data, part->length, "doesn't support requested feature: ", 35), "it lacks nothing");
	/* A line end that is not there yet changes nothing. */
	if (part->length > 0 && part->data[part->length - 1] == '\n') {
		qemu_log_parse(part->data, part->length - 1, &again);
		PROMISE(memcmp(&log, &again, sizeof(log)) == 0, "the last line end counts");
	}
}

/* ---- the agent ---- */

/* The next line of the part is what it answers. */
static int answer(void *context, const char *command, int seconds, char **reply, char *error, size_t size)
{
	struct part *rest = context;
	size_t length = strcspn(rest->data, "\n");

	(void)seconds;
	(void)error;
	PROMISE(strncmp(command, "{\"execute\":\"guest-", 18) == 0, "not a command: %s", command);
	PROMISE(size > 0, "no room");
	*reply = strndup(rest->data, length);
	PROMISE(*reply, "no memory");
	rest->data += length + (rest->data[length] != '\0');
	return 0;
}

static void check_agent(const struct part *part)
{
	struct part rest = *part;
	struct channel line = {answer, &rest};
	struct guest_agent_answer said;

	guest_agent_ask(&line, &said);
	PROMISE(fuzz_is_printable(said.error), "not fit for a terminal");
	PROMISE(said.answered == !said.error[0], "answered and failed: %s", said.error);
	PROMISE(said.answered || said.device == GUEST_AGENT_DEVICE_UNKNOWN, "a device without an answer");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[PARTS];

	fuzz_split(data, size, parts, PARTS);
	check_command(&parts[COMMAND]);
	check_log(&parts[LOG]);
	check_agent(&parts[AGENT]);
	fuzz_clear(parts, PARTS);
	return 0;
}
