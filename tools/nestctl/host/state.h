/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.h - the state of nesting on this host, gathered once, for people, for scripts, and for who changes it. */
#ifndef NESTXML_PICTURE_H
#define NESTXML_PICTURE_H

#include <nestxml/nestxml.h>

#include "host/kvm_users.h"
#include "host/modprobe.h"

enum host_module {
	HOST_MODULE_LIVE,
	HOST_MODULE_BUILTIN,
	HOST_MODULE_NOT_LOADED,
	HOST_MODULE_BLACKLISTED,
	HOST_MODULE_ABSENT,	 /* this kernel has none */
	HOST_MODULE_NO_HARDWARE, /* the processor has no such extension, or the firmware turned it off */
	HOST_MODULE_OTHER_KVM,	 /* a KVM of another kind is there instead */
	HOST_MODULE_NO_VENDOR,	 /* the processor is neither vendor's */
};

/** A parameter of the module that decides whether nesting works, and how fast. */
struct host_parameter {
	const char *name;
	char type[16];	  /* as modinfo shows it; "" not known */
	char value[32];	  /* as /sys shows it; "" it cannot be read or there is none */
	const char *cost; /* what nesting pays for this value, static; NULL: nothing */
};

#define HOST_PARAMETERS 5

struct host_state {
	char arch[65]; /* as uname(2) has it */
	enum nestxml_vendor vendor;
	bool has_flag;		 /* of the vendor's feature in /proc/cpuinfo */
	const char *module_name; /* kvm_intel or kvm_amd; NULL without a vendor */
	enum host_module module;
	enum nestxml_state nested;
	char evidence[256];
	struct modprobe_lines lines;
	char *cmdline; /* the words of the kernel's command line about the module; "" none */
	struct kvm_users users;
	struct host_parameter parameters[HOST_PARAMETERS];
	size_t parameters_count;
};

/** Gathers the state of the host below @root; what cannot be read is said in it. Returns 0 or a negative errno. */
int host_state_read(const char *root, struct host_state *state);
void host_state_clear(struct host_state *state);

/** The parameter @name, or NULL where the module has none of that name or it cannot be read. */
const struct host_parameter *host_state_find_parameter(const struct host_state *state, const char *name);

/** How a module that is built in gets @nested ("1", "0"): of the kernel's command line, at a reboot. Writes a sentence into @text. */
void host_state_describe_boot(const struct host_state *state, const char *nested, char *text, size_t size);

/** The word for the module's state ("live", "builtin", ...), static. */
const char *host_module_to_string(enum host_module module);
/** The word for the state of nesting ("on", "off", "unsupported", "unknown"), static. */
const char *host_nested_to_string(enum nestxml_state nested);

#endif
