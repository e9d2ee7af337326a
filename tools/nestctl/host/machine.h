/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machine.h - what kind of machine this is: a guest, one with encrypted memory, a container. Needs no root but for the UUID. */
#ifndef NESTXML_MACHINE_H
#define NESTXML_MACHINE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "host/cpuinfo.h"

struct machine {
	bool is_guest;
	bool is_container;
	const char *encryption; /* what encrypts its memory ("AMD SEV-SNP"), static; NULL: nothing does */
	char uuid[40];		/* which is the guest's on its host; "": not known */
};

/** Reads it from below @root and from the processor; @cpuinfo is that of @root. */
void machine_read(const char *root, const struct cpuinfo *cpuinfo, struct machine *machine);

/** What to do where a guest's processor lacks the feature: the command for its host. Writes it into @text. */
void machine_advise_host(const struct machine *machine, char *text, size_t size);

#endif
