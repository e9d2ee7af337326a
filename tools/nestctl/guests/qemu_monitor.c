/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_monitor.c - a short dialogue with QEMU's monitor. */
#include "guests/qemu_monitor.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "macros.h"

#define TIME 10			      /* seconds for a reply */
#define REPLY_LIMIT ((size_t)4 << 20) /* bytes of a reply: thousands of processors */

#define AUTO_JSON CLEANUP(put_json)
static void put_json(struct json_object **object)
{
	json_object_put(*object);
}

static void fail(struct qemu_monitor_answer *answer, const char *reason)
{
	snprintf(answer->error, sizeof(answer->error), "%s", reason);
}

/* QEMU's "return" to @command, to be released with json_object_put(); NULL, having said why: there is none. */
static struct json_object *ask(const struct channel *channel, const char *command, struct qemu_monitor_answer *answer)
{
	AUTO_FREE char *reply = NULL;
	AUTO_JSON struct json_object *whole = NULL;
	struct json_object *value = NULL;

	if (channel->ask(channel->context, command, TIME, &reply, answer->error, sizeof(answer->error)) < 0)
		return NULL;
	whole = strlen(reply) <= REPLY_LIMIT ? json_tokener_parse(reply) : NULL;
	if (json_object_object_get_ex(whole, "return", &value))
		return json_object_get(value);
	if (json_object_object_get_ex(whole, "error", &value) && json_object_object_get_ex(value, "desc", &value))
		nestxml_text_escape(json_object_get_string(value), answer->error, sizeof(answer->error));
	else
		fail(answer, "QEMU's reply is not a valid one");
	return NULL;
}

static bool get_path(const struct channel *channel, char *path, size_t size, struct qemu_monitor_answer *answer)
{
	AUTO_JSON struct json_object *cpus = ask(channel, "{\"execute\":\"query-cpus-fast\"}", answer);
	struct json_object *first = json_object_is_type(cpus, json_type_array) ? json_object_array_get_idx(cpus, 0) : NULL;
	struct json_object *value;

	if (!cpus)
		return false;
	if (!json_object_object_get_ex(first, "qom-path", &value) || !json_object_is_type(value, json_type_string) ||
	    (size_t)json_object_get_string_len(value) >= size) {
		fail(answer, "QEMU names no processor");
		return false;
	}
	snprintf(path, size, "%s", json_object_get_string(value));
	return true;
}

static struct json_object *make_get(const char *path, const char *property)
{
	struct json_object *arguments = json_object_new_object();
	struct json_object *command = json_object_new_object();

	json_object_object_add(arguments, "path", json_object_new_string(path));
	json_object_object_add(arguments, "property", json_object_new_string(property));
	json_object_object_add(command, "execute", json_object_new_string("qom-get"));
	json_object_object_add(command, "arguments", arguments);
	return command;
}

static bool get_feature(const struct channel *channel, const char *path, const char *property, bool *has,
			struct qemu_monitor_answer *answer)
{
	AUTO_JSON struct json_object *command = make_get(path, property);
	AUTO_JSON struct json_object *value = ask(channel, json_object_to_json_string(command), answer);

	if (!value)
		return false;
	if (!json_object_is_type(value, json_type_boolean)) {
		fail(answer, "QEMU's reply is neither yes nor no");
		return false;
	}
	*has = json_object_get_boolean(value);
	return true;
}

void qemu_monitor_ask(const struct channel *channel, struct qemu_monitor_answer *answer)
{
	char path[256];

	*answer = (struct qemu_monitor_answer){0};
	if (!get_path(channel, path, sizeof(path), answer))
		return;
	FOR_EACH_VENDOR(vendor)
		if (!get_feature(channel, path, nestxml_vendor_feature(vendor), &answer->has[vendor], answer))
			return;
	answer->answered = true;
}
