/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cpu_override.c - what in <qemu:commandline> and <qemu:override> wins over <cpu>, so that the XML no longer decides what the guest has.
 *
 * The rule was found by trying, with the guest's own CPUID as the judge (libvirt 9.0, QEMU 7.2; docs/what-wins-over-cpu.md). When in doubt,
 * an argument counts as one that wins: for a guest that is refused without need, its policy can be set to leave; one that passes by mistake
 * has what it must not have.
 */
#include "cpu_override.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "macros.h"

struct text {
	const char *start;
	size_t length;
};

static bool is_equal(struct text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.start, word, text.length) == 0;
}

static bool has_prefix(struct text text, const char *prefix)
{
	return text.length >= strlen(prefix) && memcmp(text.start, prefix, strlen(prefix)) == 0;
}

static void note(struct cpu_override *override, struct text name, const char *place)
{
	char raw[64];
	char shown[64];

	if (override->found[0])
		return;
	snprintf(raw, sizeof(raw), "%.*s", (int)(name.length < sizeof(raw) ? name.length : sizeof(raw) - 1), name.start);
	snprintf(override->found, sizeof(override->found), "%s in <qemu:%s>", nestxml_text_escape(raw, shown, sizeof(shown)), place);
}

/* QEMU's types of a CPU are called "qemu64-x86_64-cpu" and the like, their common ancestors "x86_64-cpu" and "cpu". */
static bool is_cpu_type(struct text type)
{
	static const char suffix[] = "-cpu";
	size_t length = sizeof(suffix) - 1;

	return is_equal(type, "cpu") || (type.length > length && memcmp(type.start + type.length - length, suffix, length) == 0);
}

static bool is_monitor_type(struct text type)
{
	return has_prefix(type, "monitor-");
}

/* Whether @value contains @word; in JSON, whose strings may be escaped, it may do so if there is a backslash. */
static bool may_contain(struct text value, const char *word)
{
	bool is_json = value.length > 0 && value.start[0] == '{';

	return memmem(value.start, value.length, word, strlen(word)) || (is_json && memchr(value.start, '\\', value.length));
}

/* "TYPE,...", "TYPE.PROPERTY=...", or "@key=TYPE,..." with the keys in any order. */
static bool names_type(struct text value, const char *key, bool (*is_type)(struct text type))
{
	const char *end = value.start + value.length;

	for (const char *at = value.start, *next; at <= end; at = next + 1) {
		struct text item = {at, 0};
		bool first = at == value.start;

		next = memchr(at, ',', (size_t)(end - at));
		if (!next)
			next = end;
		item.length = (size_t)(next - at);
		if (has_prefix(item, key)) {
			item.start += strlen(key);
			item.length -= strlen(key);
		} else if (first) {
			const char *dot = memchr(item.start, '.', item.length);

			item.length = dot ? (size_t)(dot - item.start) : item.length;
		} else {
			continue;
		}
		if (is_type(item))
			return true;
	}
	return false;
}

/* The value of -device or -global. */
static bool names_cpu(struct text value)
{
	if (value.length > 0 && value.start[0] == '{')
		return may_contain(value, "cpu");
	return names_type(value, "driver=", is_cpu_type);
}

/* The value of -object, which can open a monitor since QEMU 11.1. */
static bool names_monitor(struct text value)
{
	if (value.length > 0 && value.start[0] == '{')
		return may_contain(value, "monitor-"); /* QEMU's JSON has strings in single quotes, too */
	return names_type(value, "qom-type=", is_monitor_type);
}

/* The value of -netdev and the like: "user,...,guestfwd=ADDRESS-mon:DEVICE". */
static bool forwards_to_monitor(struct text value)
{
	return may_contain(value, "guestfwd") && may_contain(value, "mon:");
}

/*
 * The value of -set: "GROUP.ID.PROPERTY=VALUE". It replaces what -device, -global or -netdev said of that ID: another driver may be a CPU,
 * and what is forwarded may be a monitor.
 */
static bool sets_decisive(struct text value)
{
	static const char property[] = ".driver=";
	const char *end = value.start + value.length;
	const char *dot = memchr(value.start, '.', value.length);

	dot = dot ? memchr(dot + 1, '.', (size_t)(end - dot - 1)) : NULL;
	return (dot && has_prefix((struct text){dot, (size_t)(end - dot)}, property)) || forwards_to_monitor(value);
}

/* The value of -monitor or -gdb. */
static bool is_device(struct text value)
{
	return !is_equal(value, "none");
}

/* The value of -serial and the like: "mon:DEVICE". */
static bool adds_monitor(struct text value)
{
	return has_prefix(value, "mon:");
}

/* QEMU takes two dashes like one. */
static struct text strip_dash(struct text option)
{
	return has_prefix(option, "--") ? (struct text){option.start + 1, option.length - 1} : option;
}

/* Options that win if their value does. */
static const struct {
	const char *option;
	bool (*is_deciding)(struct text value);
} by_value[] = {
	{"-device", names_cpu},		  {"-global", names_cpu},	 {"-set", sets_decisive},
	{"-object", names_monitor},	  {"-monitor", is_device},	 {"-gdb", is_device},
	{"-serial", adds_monitor},	  {"-parallel", adds_monitor},	 {"-debugcon", adds_monitor},
	{"-netdev", forwards_to_monitor}, {"-nic", forwards_to_monitor}, {"-net", forwards_to_monitor},
};

static bool is_deciding(const struct cpu_override *override, struct text value)
{
	struct text option = strip_dash((struct text){override->option, strlen(override->option)});

	for (size_t i = 0; i < ARRAY_SIZE(by_value); i++)
		if (is_equal(option, by_value[i].option))
			return by_value[i].is_deciding(value);
	return false;
}

static void add_option(struct cpu_override *override, struct text argument)
{
	/*
	 * -readconfig: its file, which is not read here, may set a CPU's properties or add a CPU; -plugin: other code in QEMU. The others,
	 * and some of @by_value, open a monitor or a gdb stub: a command that arrives there, perhaps from a file, can add a CPU.
	 */
	static const char *const decisive[] = {"-cpu", "-readconfig", "-plugin", "-mon", "-qmp", "-qmp-pretty", "-s"};
	struct text option = strip_dash(argument);

	for (size_t i = 0; i < ARRAY_SIZE(decisive); i++)
		if (is_equal(option, decisive[i]))
			note(override, argument, "commandline");
	for (size_t i = 0; i < ARRAY_SIZE(by_value); i++)
		if (is_equal(option, by_value[i].option))
			snprintf(override->option, sizeof(override->option), "%.*s", (int)argument.length, argument.start);
}

/*
 * Only QEMU knows which arguments are values of the options before them, and that differs from one version to the next: "-name -append -cpu
 * max" names a guest "-append". So each argument is read as an option too, whatever comes before it.
 */
void nestxml_cpu_override_add_argument(struct cpu_override *override, const char *value, size_t length)
{
	struct text argument = {value, length};

	if (is_deciding(override, argument))
		note(override, (struct text){override->option, strlen(override->option)}, "commandline");
	override->option[0] = '\0';
	add_option(override, argument);
}

/*
 * Whether the variable names code, or a file that names code, which QEMU or one of its libraries loads: the dynamic linker's, QEMU's own
 * modules, glib's, glibc's converters, OpenSSL's, SASL's, Kerberos's, libvdeplug's, libibverbs's, GTK's, SDL's, EGL's, GBM's, Mesa's,
 * GStreamer's, JACK's and ALSA's (those of Debian 12's QEMU, of its modules and of what they are linked with), PipeWire's and Vulkan's (of
 * newer ones). ALSA also looks below HOME and XDG_CONFIG_HOME, Vulkan's loader below XDG_DATA_HOME and XDG_DATA_DIRS, and GStreamer's
 * list of plugins is below XDG_CACHE_HOME.
 */
static bool is_loading(struct text variable)
{
	static const char *const words[] = {"MODULE", "PLUGIN", "DRIVER", "LIBRARY", "DYNAMIC_API"};
	static const char *const prefixes[] = {"LD_",  "ALSA_CONFIG_", "XDG_CONFIG_", "XDG_DATA_",	  "XDG_CACHE_", "__EGL_",
					       "GBM_", "GST_",	       "VK_",	      "PIPEWIRE_CONFIG_", "SPA_"};
	static const char *const names[] = {"GCONV_PATH",
					    "OPENSSL_CONF",
					    "OPENSSL_CONF_INCLUDE",
					    "OPENSSL_ENGINES",
					    "SASL_PATH",
					    "SASL_CONF_PATH",
					    "KRB5_CONFIG",
					    "GSS_MECH_CONFIG",
					    "GTK_PATH",
					    "GTK_EXE_PREFIX",
					    "HOME"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (memmem(variable.start, variable.length, words[i], strlen(words[i])))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (has_prefix(variable, prefixes[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_equal(variable, names[i]))
			return true;
	return false;
}

/* Code that is loaded into QEMU can give it any CPU, whatever the arguments say; so a variable takes precedence over an argument. */
void nestxml_cpu_override_add_variable(struct cpu_override *override, const char *name, size_t length)
{
	struct text variable = {name, length};

	if (!is_loading(variable))
		return;
	if (override->found[0] == '-')
		override->found[0] = '\0';
	note(override, variable, "commandline");
}

void nestxml_cpu_override_add_driver(struct cpu_override *override, const char *driver, size_t length)
{
	struct text type = {driver, length};

	if (is_cpu_type(type))
		note(override, type, "override");
}
