/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpuinfo.c - the first line of flags, word by word. */
#include "host/cpuinfo.h"

#include <stddef.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "macros.h"

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

static void read_flags(const char *line, struct cpuinfo *cpuinfo)
{
	const struct {
		const char *name;
		bool *found;
	} flags[] = {
		{"vmx", &cpuinfo->vmx}, {"svm", &cpuinfo->svm}, {"hypervisor", &cpuinfo->hypervisor}, {"tdx_guest", &cpuinfo->tdx_guest}};

	for (size_t length; *(line += strspn(line, BLANKS)) != '\n'; line += length) {
		length = strcspn(line, BLANKS "\n");
		for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
			if (strlen(flags[i].name) == length && memcmp(line, flags[i].name, length) == 0)
				*flags[i].found = true;
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

bool cpuinfo_has_feature(const struct cpuinfo *cpuinfo, enum nestxml_vendor vendor)
{
	switch (vendor) {
	case NESTXML_VENDOR_INTEL:
		return cpuinfo->vmx;
	case NESTXML_VENDOR_AMD:
		return cpuinfo->svm;
	default:
		return false;
	}
}
