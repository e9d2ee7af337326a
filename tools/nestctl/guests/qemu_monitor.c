/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_monitor.c - a short dialogue with QEMU's monitor. */
#include "guests/qemu_monitor.h"

#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "guests/auto_json.h"
#include "macros.h"

#define TIME 10			      /* seconds for a reply */
#define REPLY_LIMIT ((size_t)4 << 20) /* bytes of a reply: thousands of processors */

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

/* The path of a processor; NULL: it has none. */
static const char *get_path(struct json_object *processor)
{
	struct json_object *value;

	if (!json_object_object_get_ex(processor, "qom-path", &value) || !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
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

/* Adds to @answer what @processor has. */
static bool ask_processor(const struct channel *channel, struct json_object *processor, struct qemu_monitor_answer *answer)
{
	const char *path = get_path(processor);
	bool has;

	if (!path) {
		fail(answer, "QEMU does not name each processor");
		return false;
	}
	FOR_EACH_VENDOR(vendor) {
		if (!get_feature(channel, path, nestxml_vendor_feature(vendor), &has, answer))
			return false;
		answer->has[vendor] = answer->has[vendor] || has;
		answer->lacks[vendor] = answer->lacks[vendor] || !has;
	}
	return true;
}

void qemu_monitor_ask(const struct channel *channel, struct qemu_monitor_answer *answer)
{
	AUTO_JSON struct json_object *processors = NULL;
	size_t count;

	*answer = (struct qemu_monitor_answer){0};
	processors = ask(channel, "{\"execute\":\"query-cpus-fast\"}", answer);
	if (!processors)
		return;
	count = json_object_is_type(processors, json_type_array) ? json_object_array_length(processors) : 0;
	if (count == 0)
		fail(answer, "QEMU names no processor");
	for (size_t i = 0; i < count; i++)
		if (!ask_processor(channel, json_object_array_get_idx(processors, i), answer))
			return;
	answer->answered = count > 0;
}
