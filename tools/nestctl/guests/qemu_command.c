/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu_command.c - reads a QEMU's command line as QEMU does: "-x" and "--x" alike, the last of several wins, and what follows an option
 * that takes a value is that value, whatever it looks like. The line is untrusted: any process may have any.
 */
#include "guests/qemu_command.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "guests/auto_json.h"
#include "guests/qemu_options.h"
#include "macros.h"

/* The character device of libvirt's own monitor. */
#define LIBVIRT_MONITOR "charmonitor"

/* ---- arguments ---- */

/* The argument after the one at @at; NULL: there is none. */
static const char *next_argument(const char *line, size_t length, const char *at)
{
	at += strlen(at) + 1;
	return at < line + length ? at : NULL;
}

/* An option without its dashes; NULL: @argument is none. */
static const char *option_name(const char *argument)
{
	if (argument[0] != '-')
		return NULL;
	return argument[1] == '-' ? argument + 2 : argument + 1;
}

static void doubt(struct qemu_command *command, const char *option, const char *value)
{
	if (!command->doubt[0])
		snprintf(command->doubt, sizeof(command->doubt), "%s%s%s", option, value ? " " : "", value ? value : "");
}

/*
 * Calls @take for each option, its value being "" where it has none. An argument that is no option is a disk image to QEMU. An unknown
 * option is treated as one without a value, and noted as one whose effect is unknown.
 */
static void read_options(struct qemu_command *command, const char *line, size_t length,
			 void (*take)(struct qemu_command *command, const char *name, const char *value))
{
	for (const char *at = length > 0 ? next_argument(line, length, line) : NULL; at; at = next_argument(line, length, at)) {
		const char *name = option_name(at);
		enum qemu_option kind = name ? qemu_option_find(name) : QEMU_OPTION_ALONE;
		const char *value = "";

		if (kind == QEMU_OPTION_UNKNOWN)
			doubt(command, at, NULL);
		if (kind == QEMU_OPTION_WITH_VALUE) {
			at = next_argument(line, length, at);
			if (!at)
				return;
			value = at;
		}
		if (name)
			take(command, name, value);
	}
}

/* ---- values: "a,b=c,d=e,,f" ---- */

struct piece {
	const char *text;
	size_t length;
};

static bool is_word(struct piece piece, const char *word)
{
	return piece.text && strlen(word) == piece.length && memcmp(piece.text, word, piece.length) == 0;
}

static bool has_suffix(struct piece piece, const char *suffix)
{
	size_t length = strlen(suffix);

	return piece.length >= length && memcmp(piece.text + piece.length - length, suffix, length) == 0;
}

/*
 * Cuts the next "key=value" off @rest; a comma in a value is doubled. A key without a value has one of length 0 and no text. The first
 * piece may be a value alone: its key is then @implied (NULL: none is).
 */
static bool next_pair(const char **rest, const char *implied, struct piece *key, struct piece *value)
{
	const char *at = *rest;
	const char *equals;
	size_t length = 0;

	if (!*at)
		return false;
	while (at[length] && (at[length] != ',' || at[length + 1] == ','))
		length += at[length] == ',' ? 2 : 1;
	*rest = at + length + (at[length] == ',');
	equals = memchr(at, '=', length);
	*key = equals || !implied ? (struct piece){at, equals ? (size_t)(equals - at) : length} : (struct piece){implied, strlen(implied)};
	*value = (struct piece){0};
	if (equals)
		*value = (struct piece){equals + 1, length - (size_t)(equals + 1 - at)};
	else if (implied)
		*value = (struct piece){at, length};
	return true;
}

/* Copies a value, each doubled comma as one; "" if it does not fit. */
static void copy_value(struct piece value, char *text, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < value.length && length < size; i++, length++) {
		text[length] = value.text[i];
		i += value.text[i] == ',';
	}
	text[length < size ? length : 0] = '\0';
}

/* ---- the guest: -name and -uuid ---- */

static void take_name(struct qemu_command *command, const char *value)
{
	struct piece key;
	struct piece text;

	for (const char *implied = "guest"; next_pair(&value, implied, &key, &text); implied = NULL)
		if (is_word(key, "guest"))
			copy_value(text, command->name, sizeof(command->name));
}

/* ---- the accelerator: -accel, -enable-kvm, -machine ---- */

static void set_accelerator(struct qemu_command *command, struct piece name)
{
	enum qemu_accelerator found = QEMU_ACCELERATOR_OTHER;

	if (is_word(name, "kvm"))
		found = QEMU_ACCELERATOR_KVM;
	else if (is_word(name, "tcg"))
		found = QEMU_ACCELERATOR_TCG;
	if (command->accelerator != QEMU_ACCELERATOR_UNSTATED && command->accelerator != found)
		found = QEMU_ACCELERATOR_OTHER;
	command->accelerator = found;
}

static void take_accel(struct qemu_command *command, const char *value)
{
	struct piece key;
	struct piece text;

	for (const char *implied = "accel"; next_pair(&value, implied, &key, &text); implied = NULL)
		if (is_word(key, "accel"))
			set_accelerator(command, text);
}

/* pc_compat_2_1_fn() in QEMU's hw/i386/pc_piix.c; gone with these machines since QEMU 9.1. */
static bool is_old_machine(struct piece type)
{
	static const char *const starts[] = {"pc-0.",	      "pc-1.",	   "pc-i440fx-1.", "pc-i440fx-2.0",
					     "pc-i440fx-2.1", "pc-q35-1.", "pc-q35-2.0",   "pc-q35-2.1"};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		size_t length = strlen(starts[i]);
		bool is_whole = starts[i][length - 1] != '.'; /* 2.10 is no 2.1 */

		if (type.length >= length && memcmp(type.text, starts[i], length) == 0 && (!is_whole || type.length == length))
			return true;
	}
	return false;
}

/* An older libvirt states the accelerator of the machine: "-machine pc-i440fx-2.8,accel=kvm". */
static void take_machine(struct qemu_command *command, const char *value)
{
	struct piece key;
	struct piece text;

	for (const char *implied = "type"; next_pair(&value, implied, &key, &text); implied = NULL) {
		if (is_word(key, "accel"))
			set_accelerator(command, text);
		else if (is_word(key, "type"))
			command->keeps_svm = is_old_machine(text);
	}
}

/* ---- the CPU: -cpu, -global, -device ---- */

static enum qemu_switch read_switch(struct piece value)
{
	static const struct {
		const char *word;
		enum qemu_switch value;
	} words[] = {
		{"on", QEMU_SWITCH_ON},	  {"yes", QEMU_SWITCH_ON}, {"true", QEMU_SWITCH_ON},   {"y", QEMU_SWITCH_ON},
		{"off", QEMU_SWITCH_OFF}, {"no", QEMU_SWITCH_OFF}, {"false", QEMU_SWITCH_OFF}, {"n", QEMU_SWITCH_OFF},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is_word(value, words[i].word))
			return words[i].value;
	return QEMU_SWITCH_UNSTATED;
}

/* Here a comma is never doubled. QEMU takes the last of several, all "+feature" after them, and all "-feature" after those. */
static enum qemu_switch find_switch(const char *features, const char *feature)
{
	size_t size = strlen(feature);
	enum qemu_switch stated = QEMU_SWITCH_UNSTATED;
	bool added = false;
	bool removed = false;

	while (*features == ',') {
		size_t length = strcspn(++features, ",");
		struct piece whole = {features, length};

		if (is_word(whole, feature))
			stated = QEMU_SWITCH_ON;
		else if (length > size && features[size] == '=' && memcmp(features, feature, size) == 0)
			stated = read_switch((struct piece){features + size + 1, length - size - 1});
		else if (length > 0 && is_word((struct piece){features + 1, length - 1}, feature)) {
			added = added || *features == '+';
			removed = removed || *features == '-';
		}
		features += length;
	}
	if (removed)
		return QEMU_SWITCH_OFF;
	return added ? QEMU_SWITCH_ON : stated;
}

/* A CPUID that ends before a feature's leaf does not show the feature. */
static bool limits_leaves(struct piece property)
{
	return is_word(property, "level") || is_word(property, "xlevel") || is_word(property, "min-level") ||
	       is_word(property, "min-xlevel");
}

static void take_cpu(struct qemu_command *command, const char *value)
{
	size_t length = strcspn(value, ",");

	snprintf(command->model, sizeof(command->model), "%.*s", (int)(length < INT_MAX ? length : INT_MAX), value);
	FOR_EACH_VENDOR(vendor)
		command->features[vendor] = find_switch(value + length, nestxml_vendor_feature(vendor));
	for (const char *at = value + length; *at == ','; at += strcspn(at, ",")) {
		at++;
		if (limits_leaves((struct piece){at, strcspn(at, ",=")}))
			doubt(command, "-cpu", value);
	}
}

/* "driver.property=value", or "driver=X,property=Y,value=Z". */
static void read_global(const char *text, struct piece *driver, struct piece *property, struct piece *value)
{
	size_t dot = strcspn(text, ".=");
	size_t equals = dot + strcspn(text + dot, "=");
	struct piece key;
	struct piece word;

	*driver = *property = *value = (struct piece){0};
	if (text[dot] == '.' && text[equals] == '=') {
		*driver = (struct piece){text, dot};
		*property = (struct piece){text + dot + 1, equals - dot - 1};
		*value = (struct piece){text + equals + 1, strlen(text + equals + 1)};
		return;
	}
	while (next_pair(&text, NULL, &key, &word)) {
		if (is_word(key, "driver"))
			*driver = word;
		else if (is_word(key, "property"))
			*property = word;
		else if (is_word(key, "value"))
			*value = word;
	}
}

/* Whether a global property of @driver applies to the CPU @model: @driver is its type or one of the types that it is derived from. */
static bool is_cpu_type(struct piece driver, const char *model)
{
	static const char *const parents[] = {"x86_64-cpu", "i386-cpu", "cpu", "device"};
	static const char *const suffixes[] = {"-x86_64-cpu", "-i386-cpu"};

	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		if (is_word(driver, parents[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct piece name = {driver.text, driver.length - strlen(suffixes[i])};

		if (has_suffix(driver, suffixes[i]))
			return is_word(name, model[0] ? model : "qemu64") || (is_word(name, "max") && strcmp(model, "host") == 0);
	}
	return false;
}

/* Properties that -cpu states win over global ones, of which the last wins. */
static void take_global(struct qemu_command *command, const char *name, const char *text)
{
	struct piece driver;
	struct piece property;
	struct piece value;

	if (strcmp(name, "global") != 0)
		return;
	read_global(text, &driver, &property, &value);
	if (!is_cpu_type(driver, command->model))
		return;
	if (limits_leaves(property))
		doubt(command, "-global", text);
	FOR_EACH_VENDOR(vendor)
		if (is_word(property, nestxml_vendor_feature(vendor)))
			command->features[vendor] = read_switch(value);
}

/* A CPU that is added may have a different CPUID from the first. */
static void take_device(struct qemu_command *command, const char *value)
{
	struct piece driver = {value, strcspn(value, ",")};
	struct piece key;
	struct piece text;
	bool is_json = *value == '{';

	for (const char *rest = value; !is_json && next_pair(&rest, NULL, &key, &text);)
		if (is_word(key, "driver"))
			driver = text;
	if (is_word(driver, "cpu") || has_suffix(driver, "-cpu") || (is_json && (strstr(value, "-cpu") || strchr(value, '\\'))))
		doubt(command, "-device", value);
}

/* "user,...,guestfwd=ADDRESS-mon:DEVICE" */
static bool forwards_to_monitor(const char *value)
{
	return strstr(value, "guestfwd") && strstr(value, "mon:");
}

/*
 * "GROUP.ID.PROPERTY=VALUE" replaces what -device, -global or -netdev said of that ID: another driver may be a CPU, and what is forwarded
 * may be a monitor.
 */
static void take_set(struct qemu_command *command, const char *value)
{
	const char *dot = strchr(value, '.');

	dot = dot ? strchr(dot + 1, '.') : NULL;
	if ((dot && strncmp(dot, ".driver=", 8) == 0) || forwards_to_monitor(value))
		doubt(command, "-set", value);
}

/* A copy of the key's value in @pairs, whose first piece may be a value alone, that of @implied; or in JSON. "" if there is none. */
static void read_value(const char *pairs, const char *implied, const char *key, char *text, size_t size)
{
	AUTO_JSON struct json_object *json = pairs[0] == '{' ? json_tokener_parse(pairs) : NULL;
	struct json_object *member = NULL;
	struct piece name;
	struct piece value;

	json_object_object_get_ex(json, key, &member);
	snprintf(text, size, "%s", member ? json_object_get_string(member) : "");
	for (; !json && next_pair(&pairs, implied, &name, &value); implied = NULL)
		if (is_word(name, key))
			copy_value(value, text, size);
}

/* ---- monitors: -mon, -object, and what else opens one ---- */

/* libvirt's own is not doubted. */
static void take_monitor(struct qemu_command *command, const char *option, const char *implied, const char *value)
{
	char device[64];

	read_value(value, implied, "chardev", device, sizeof(device));
	if (strcmp(device, LIBVIRT_MONITOR) != 0)
		doubt(command, option, value);
}

static void take_object(struct qemu_command *command, const char *value)
{
	char type[64];

	read_value(value, "qom-type", "qom-type", type, sizeof(type));
	if (strcmp(type, "tdx-guest") == 0)
		command->is_tdx = true;
	else if (strncmp(type, "monitor-", 8) == 0) /* since QEMU 11.1 */
		take_monitor(command, "-object", "qom-type", value);
}

static bool is_one_of(const char *name, const char *const names[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Other options that open a monitor or a gdb stub: a command that arrives there, perhaps from a file, can add a CPU. */
static bool opens_monitor(const char *name, const char *value)
{
	static const char *const sockets[] = {"qmp", "qmp-pretty", "s"};
	static const char *const unless_none[] = {"monitor", "gdb"};
	static const char *const devices[] = {"serial", "parallel", "debugcon"};
	static const char *const networks[] = {"netdev", "nic", "net"};
	bool is_escaped = value[0] == '{' && strchr(value, '\\');

	if (is_one_of(name, unless_none, ARRAY_SIZE(unless_none)))
		return strcmp(value, "none") != 0;
	if (is_one_of(name, devices, ARRAY_SIZE(devices)))
		return strncmp(value, "mon:", 4) == 0;
	if (is_one_of(name, networks, ARRAY_SIZE(networks)))
		return is_escaped || forwards_to_monitor(value);
	return is_one_of(name, sockets, ARRAY_SIZE(sockets));
}

static void doubt_monitor(struct qemu_command *command, const char *name, const char *value)
{
	char option[16];

	snprintf(option, sizeof(option), "-%s", name);
	doubt(command, option, value[0] ? value : NULL);
}

/* ---- all of it ---- */

static void take_option(struct qemu_command *command, const char *name, const char *value)
{
	if (strcmp(name, "name") == 0)
		take_name(command, value);
	else if (strcmp(name, "uuid") == 0)
		snprintf(command->uuid, sizeof(command->uuid), "%s", value);
	else if (strcmp(name, "cpu") == 0)
		take_cpu(command, value);
	else if (strcmp(name, "accel") == 0)
		take_accel(command, value);
	else if (strcmp(name, "machine") == 0 || strcmp(name, "M") == 0)
		take_machine(command, value);
	else if (strcmp(name, "enable-kvm") == 0)
		set_accelerator(command, (struct piece){"kvm", 3});
	else if (strcmp(name, "device") == 0)
		take_device(command, value);
	else if (strcmp(name, "set") == 0)
		take_set(command, value);
	else if (strcmp(name, "object") == 0)
		take_object(command, value);
	else if (strcmp(name, "readconfig") == 0) /* a file that may state all of these */
		doubt(command, "-readconfig", value);
	else if (strcmp(name, "plugin") == 0) /* loads another program's code */
		doubt(command, "-plugin", value);
	else if (strcmp(name, "mon") == 0)
		take_monitor(command, "-mon", "chardev", value);
	else if (opens_monitor(name, value))
		doubt_monitor(command, name, value);
}

bool qemu_command_is_qemu(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strncmp(name, "qemu", 4) == 0 || strcmp(name, "kvm") == 0;
}

/*
 * The script that an interpreter runs in QEMU's place; NULL: there is none. libvirt writes -name first, so the script is what stands right
 * before that; an option of the interpreter's may stand before the script. QEMU itself may have options before -name, since a script can
 * start it with some of its own.
 */
static const char *find_script(const char *line, size_t length)
{
	const char *first = length > 0 ? next_argument(line, length, line) : NULL;
	const char *script = first;
	const char *before = NULL;

	for (const char *at = qemu_command_is_qemu(line) ? NULL : first; at; at = next_argument(line, length, at)) {
		if (strcmp(at, "-name") == 0) {
			script = before;
			break;
		}
		before = at;
	}
	return script && script[0] != '-' ? script : NULL;
}

void qemu_command_parse(const char *line, size_t length, struct qemu_command *command)
{
	enum qemu_switch stated[VENDORS];
	const char *script = find_script(line, length);

	*command = (struct qemu_command){.is_wrapped = script != NULL};
	read_options(command, line, length, take_option);
	memcpy(stated, command->features, sizeof(stated));
	read_options(command, line, length, take_global); /* the model that they apply to is known only now */
	FOR_EACH_VENDOR(vendor)
		if (stated[vendor] != QEMU_SWITCH_UNSTATED)
			command->features[vendor] = stated[vendor];
	if (script)
		doubt(command, script, NULL);
}

bool qemu_command_is_of(const struct qemu_command *command, const char *name, const char *uuid)
{
	return command->name[0] && strcmp(command->name, name) == 0 && (!command->uuid[0] || strcasecmp(command->uuid, uuid) == 0);
}

bool qemu_command_get_name(const char *line, size_t length, char *name, size_t size)
{
	struct qemu_command command;

	qemu_command_parse(line, length, &command);
	snprintf(name, size, "%s", command.name);
	return command.name[0] != '\0';
}
