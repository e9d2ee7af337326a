/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.h - the state of nesting on this host, gathered once, for people, for scripts, and for those who change it. */
#ifndef NESTXML_HOST_STATE_H
#define NESTXML_HOST_STATE_H

#include <nestxml/nestxml.h>

#include "host/kernel_module.h"
#include "host/kvm_users.h"
#include "host/machine.h"
#include "host/modprobe.h"
#include "host/parameter.h"

enum host_module {
	HOST_MODULE_LIVE,
	HOST_MODULE_BUILTIN,
	HOST_MODULE_NOT_LOADED,
	HOST_MODULE_BLACKLISTED,
	HOST_MODULE_BLOCKED,	 /* modprobe.d's `install` runs something else instead */
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
	struct machine machine;
	bool has_flag;		 /* of the vendor's feature in /proc/cpuinfo */
	const char *module_name; /* kvm_intel or kvm_amd; NULL without a vendor */
	const char *extension;	 /* as firmware calls it ("VT-x"); NULL without a vendor */
	enum host_module module;
	enum kernel_module_place place; /* of the file that is loaded next time */
	enum nestxml_state nested;
	char evidence[256];
	char other_kvm[128]; /* the modules that are loaded instead of the vendor's; "" none */
	struct modprobe_lines lines;
	char *cmdline;			    /* the words of the kernel's command line about the module; "" none */
	char *boot_blacklist;		    /* the one of them that forbids loading it; NULL: none */
	char *kernel_blacklist;		    /* the last "module_blacklist=...", of whatever modules; NULL: none */
	char *types;			    /* of all the module's parameters, a line each ("nested:int\n") */
	char *install;			    /* the command that modprobe runs instead of loading the module; NULL: none */
	char *needed;			    /* a module that must be loaded before it, and that is kept from loading; NULL: none */
	struct modprobe_lines needed_lines; /* about that one */
	char install_options[256];	    /* that the command of `install` adds, where it may load the module; "" none */
	char release[65];		    /* the kernel that the module's file was built for; "" not known */
	bool install_reads_no_options;	    /* it loads the module with insmod, without those of modprobe.d and the kernel's command line */
	bool install_may_load;		    /* whether the command of `install` may load the module */
	bool is_needed_blacklisted;	    /* @needed is kept from being loaded by @kernel_blacklist; false: by modprobe.d's `install` */
	bool is_needed_loaded;		    /* until the next boot @needed does not matter */
	bool has_modules_disabled;	    /* kernel.modules_disabled: nothing is loaded or unloaded until a reboot */
	bool is_locked_down;		    /* the kernel takes signed modules only, as under Secure Boot */
	bool is_xen_dom0;		    /* Xen, under which this machine runs, has VT-x or AMD-V */
	bool has_lost_modules;		    /* there are modules, but none of the running kernel's */
	char rivals[64];		    /* other hypervisors that are loaded ("vboxdrv (VirtualBox)"); "" none */
	long references;		    /* to the module, of programs and guests; -1 not known */
	struct kvm_users users;
	struct host_parameter parameters[HOST_PARAMETERS];
	size_t parameters_count;
};

/** For a local that owns one. */
static inline void host_cleanup(struct nestxml_host **host)
{
	nestxml_host_free(*host);
}
#define AUTO_HOST CLEANUP(host_cleanup)

/**
 * Gathers the state of the host below @root, to be released with host_state_clear(); what cannot be read is said in it. Returns 0 or a
 * negative errno.
 */
int host_state_read(const char *root, struct host_state *state);
/** Releases what @state has, which may be all zero. */
void host_state_clear(struct host_state *state);
#define AUTO_HOST_STATE CLEANUP(host_state_clear)

/* ---- what follows from it: pure ---- */

/** The parameter @name, or NULL where the module has none of that name or it cannot be read. */
const struct host_parameter *host_state_find_parameter(const struct host_state *state, const char *name);
/** Whether the command of modprobe.d's `install` cannot load the module, since it does not reach modprobe or insmod. */
bool host_state_is_blocked(const struct host_state *state);
/** Copies the type of the module's parameter @name to @type; "" where it is not known. */
void host_state_find_type(const struct host_state *state, const char *name, char *type, size_t size);
/** Whether the module is in use, by those who are seen or by others. */
bool host_state_is_in_use(const struct host_state *state);

/** The word for the module's state ("live", "builtin", ...), static. */
const char *host_module_to_string(enum host_module module);
/** The word for the state of nesting ("on", "off", "unsupported", "unknown"), static. */
const char *host_nested_to_string(enum nestxml_state nested);

#endif
