/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpuinfo.h - what a /proc/cpuinfo says about nesting: this machine's, or one that a guest sent. */
#ifndef NESTXML_CPUINFO_H
#define NESTXML_CPUINFO_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "vendors.h"

struct cpuinfo {
	bool has[VENDORS]; /* the vendor's feature */
	bool hypervisor;   /* the processor is a guest's */
	bool tdx_guest;
};

/** Reads the flags of the first processor in @text. False: there is no whole line of them, as on a machine that is not x86. */
bool cpuinfo_parse(const char *text, struct cpuinfo *cpuinfo);

/** The first vendor whose feature it has; NONE. */
enum nestxml_vendor cpuinfo_get_vendor(const struct cpuinfo *cpuinfo);

/** cpuinfo_parse() of /proc/cpuinfo below @root. False also where it cannot be read. */
bool cpuinfo_read(const char *root, struct cpuinfo *cpuinfo);

#endif
