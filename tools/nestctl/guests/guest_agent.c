/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_agent.c - a dialogue with the QEMU guest agent, which may be anything that the guest runs in its place. */
#include "guests/guest_agent.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "clock.h"
#include "macros.h"

#define TIME 10				 /* seconds for all of it */
#define CHUNK 16384			 /* bytes that are read at once */
#define LIMIT ((size_t)65536)		 /* bytes of /proc/cpuinfo */
#define REPLY_LIMIT ((size_t)128 * 1024) /* bytes of a reply */

struct dialogue {
	const struct channel *channel;
	time_t end;
	struct guest_agent_answer *answer;
};

static time_t now(void)
{
	return (time_t)(nestxml_clock_monotonic() / 1000);
}

/* The first reason is the one that people are told: what fails after it fails because of it. */
static void fail(struct dialogue *dialogue, const char *reason)
{
	if (!dialogue->answer->error[0])
		snprintf(dialogue->answer->error, sizeof(dialogue->answer->error), "%s", reason);
}

/* The value of "return" in the agent's reply to @command, to be released with json_object_put(); NULL: nothing that is of @type. */
static struct json_object *ask(struct dialogue *dialogue, const char *command, json_type type)
{
	time_t left = dialogue->end - now();
	AUTO_FREE char *reply = NULL;
	char error[sizeof(dialogue->answer->error)] = "";
	struct json_object *whole;
	struct json_object *value = NULL;

	if (left <= 0) {
		fail(dialogue, "the agent takes too long");
		return NULL;
	}
	if (dialogue->channel->ask(dialogue->channel->context, command, (int)left, &reply, error, sizeof(error)) < 0) {
		fail(dialogue, error);
		return NULL;
	}
	whole = strlen(reply) <= REPLY_LIMIT ? json_tokener_parse(reply) : NULL;
	if (json_object_object_get_ex(whole, "return", &value) && json_object_is_type(value, type))
		json_object_get(value);
	else
		value = NULL;
	if (!value)
		fail(dialogue, "the agent's reply is not a valid one");
	json_object_put(whole);
	return value;
}

/* ---- base64, as RFC 4648 has it ---- */

static int decode_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Appends what @text stands for. False: it is no base64, or out of memory. */
static bool decode(const char *text, struct nestxml_buffer *buffer)
{
	unsigned int bits = 0;
	unsigned int count = 0;

	for (; decode_digit(*text) >= 0; text++) {
		char byte;

		bits = bits << 6 | (unsigned int)decode_digit(*text);
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		byte = (char)(bits >> count & 0xff);
		if (!nestxml_buffer_add(buffer, &byte, 1))
			return false;
	}
	return text[strspn(text, "=")] == '\0';
}

/* ---- files of the guest ---- */

static bool open_file(struct dialogue *dialogue, const char *path, int64_t *handle)
{
	char command[128];
	struct json_object *value;

	snprintf(command, sizeof(command), "{\"execute\":\"guest-file-open\",\"arguments\":{\"path\":\"%s\",\"mode\":\"r\"}}", path);
	value = ask(dialogue, command, json_type_int);
	if (!value)
		return false;
	*handle = json_object_get_int64(value);
	json_object_put(value);
	return true;
}

/* Otherwise it stays open until the agent ends; a failure is of no consequence. */
static void close_file(struct dialogue *dialogue, int64_t handle)
{
	char command[128];

	snprintf(command, sizeof(command), "{\"execute\":\"guest-file-close\",\"arguments\":{\"handle\":%" PRId64 "}}", handle);
	json_object_put(ask(dialogue, command, json_type_object));
}

/* Appends the next part of the file. False: there is none. */
static bool read_more(struct dialogue *dialogue, int64_t handle, struct nestxml_buffer *text)
{
	char command[128];
	struct json_object *value;
	struct json_object *data;
	size_t before = text->length;
	bool good;

	snprintf(command, sizeof(command), "{\"execute\":\"guest-file-read\",\"arguments\":{\"handle\":%" PRId64 ",\"count\":%d}}", handle,
		 CHUNK);
	value = ask(dialogue, command, json_type_object);
	good = json_object_object_get_ex(value, "buf-b64", &data) && json_object_is_type(data, json_type_string) &&
	       decode(json_object_get_string(data), text) && text->length > before;
	json_object_put(value);
	return good;
}

static bool read_cpuinfo(struct dialogue *dialogue, int64_t handle)
{
	AUTO_BUFFER struct nestxml_buffer text = {0};

	while (text.length < LIMIT && read_more(dialogue, handle, &text))
		if (cpuinfo_parse(text.data, &dialogue->answer->cpuinfo))
			return true;
	fail(dialogue, "the guest's /proc/cpuinfo shows no flags");
	return false;
}

/*
 * The agent runs as root, so it may open the device if there is one. If it cannot, the error has the words of the guest's own strerror(). A
 * node without a driver counts as missing.
 */
static void find_device(struct dialogue *dialogue)
{
	int64_t handle;

	if (open_file(dialogue, "/dev/kvm", &handle)) {
		dialogue->answer->device = GUEST_AGENT_DEVICE_THERE;
		close_file(dialogue, handle);
	} else if (strstr(dialogue->answer->error, "No such file") || strstr(dialogue->answer->error, "No such device")) {
		dialogue->answer->device = GUEST_AGENT_DEVICE_MISSING;
	}
}

void guest_agent_ask(const struct channel *channel, struct guest_agent_answer *answer)
{
	struct dialogue dialogue = {.channel = channel, .end = now() + TIME, .answer = answer};
	int64_t handle;

	*answer = (struct guest_agent_answer){0};
	if (!open_file(&dialogue, "/proc/cpuinfo", &handle))
		return;
	answer->answered = read_cpuinfo(&dialogue, handle);
	close_file(&dialogue, handle);
	if (!answer->answered)
		return;
	answer->error[0] = '\0';
	find_device(&dialogue);
	answer->error[0] = '\0';
}
