/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpuinfo.c - the first line of flags, word by word. */
#include "host/cpuinfo.h"

#include <stddef.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "vendors.h"

#define BLANKS " \t"

/* The value of "flags : value", if the line is one. */
static const char *find_value(const char *line)
{
	if (strncmp(line, "flags", 5) != 0)
		return NULL;
	line += 5;
	line += strspn(line, BLANKS);
	return *line == ':' ? line + 1 : NULL;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static void take_flag(struct cpuinfo *cpuinfo, const char *flag, size_t length)
{
	FOR_EACH_VENDOR(vendor)
		if (is_word(flag, length, nestxml_vendor_feature(vendor)))
			cpuinfo->has[vendor] = true;
	if (is_word(flag, length, "hypervisor"))
		cpuinfo->hypervisor = true;
	else if (is_word(flag, length, "tdx_guest"))
		cpuinfo->tdx_guest = true;
}

static void read_flags(const char *line, struct cpuinfo *cpuinfo)
{
	for (size_t length; *(line += strspn(line, BLANKS)) != '\n'; line += length) {
		length = strcspn(line, BLANKS "\n");
		take_flag(cpuinfo, line, length);
	}
}

bool cpuinfo_parse(const char *text, struct cpuinfo *cpuinfo)
{
	*cpuinfo = (struct cpuinfo){0};
	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		const char *value = find_value(text);

		if (value) {
			read_flags(value, cpuinfo);
			return true;
		}
	}
	return false;
}

bool cpuinfo_read(const char *root, struct cpuinfo *cpuinfo)
{
	char text[16384]; /* the first processor's lines are about 1,500 bytes */

	*cpuinfo = (struct cpuinfo){0};
	return nestxml_file_read_small(root, "/proc/cpuinfo", text, sizeof(text)) > 0 && cpuinfo_parse(text, cpuinfo);
}

enum nestxml_vendor cpuinfo_get_vendor(const struct cpuinfo *cpuinfo)
{
	FOR_EACH_VENDOR(vendor)
		if (cpuinfo->has[vendor])
			return vendor;
	return NESTXML_VENDOR_NONE;
}
