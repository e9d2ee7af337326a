/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nestxml.h - state in a libvirt domain's XML whether the guest gets nested virtualization.
 *
 * Data flows through the library in one direction:
 *
 *	domain XML -> facts -> policy -> host -> verdict -> edits -> XML
 *
 *	nestxml_domain_new()		checks the XML and collects its facts
 *	nestxml_config_new()		reads the administrator's policy files
 *	nestxml_config_resolve()	finds the policy of one domain
 *	nestxml_host_new()		reads what this host's KVM can do
 *	nestxml_verdict_decide()	the table: pass, refuse or stale
 *	nestxml_edits_new()		the edits that make the XML state the policy
 *	nestxml_check_new()		all of these in one call, as the hook needs it
 *
 * Conventions: a function that can fail returns 0 or one of the negative codes of enum nestxml_code and names, in its comment,
 * each code that it returns. Out-parameters come last and are written on success only. `error` may be NULL wherever it is a
 * parameter. A `const char *` result is borrowed and lives as long as the object it came from; a `char *` result is the caller's,
 * to be released with free(). Every nestxml_*_free() takes NULL. The library neither prints nor exits, and keeps no state except for
 * libxml2, which is loaded once. Different threads may use different objects at the same time.
 */
#ifndef NESTXML_H
#define NESTXML_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The largest domain XML that is read, in bytes (64 MiB). Since: 0.1 */
#define NESTXML_MAX_SIZE ((size_t)64 << 20)

/** What can go wrong. Since: 0.1 */
enum nestxml_code {
	NESTXML_OK = 0,
	NESTXML_E_NOMEM = -1,	   /**< out of memory */
	NESTXML_E_SYNTAX = -2,	   /**< not well-formed XML, or empty */
	NESTXML_E_DTD = -3,	   /**< has a document type declaration */
	NESTXML_E_ENCODING = -4,   /**< not UTF-8 */
	NESTXML_E_TOO_BIG = -5,	   /**< larger than NESTXML_MAX_SIZE, or with too many elements, attributes or names */
	NESTXML_E_ROOT = -6,	   /**< the root element is not <domain> */
	NESTXML_E_TYPE = -7,	   /**< the domain's type is neither kvm nor qemu */
	NESTXML_E_ARCH = -8,	   /**< the guest's architecture is neither x86_64 nor i686 */
	NESTXML_E_TCG = -9,	   /**< vmx asked for a guest that QEMU emulates (TCG has svm only) */
	NESTXML_E_VENDOR = -10,	   /**< the vendor of the processor is not known */
	NESTXML_E_CONFIG = -11,	   /**< a policy file is unsafe or wrong */
	NESTXML_E_METADATA = -12,  /**< the guest's own <nested:policy> is wrong */
	NESTXML_E_ARGUMENT = -13,  /**< an argument is out of its range */
	NESTXML_E_INTERNAL = -14,  /**< a check of the library's own work failed (a tag is not where libxml2 says): nothing was edited */
	NESTXML_E_LIBRARY = -15,   /**< libxml2, which is loaded when the first document is read, cannot be loaded */
	NESTXML_E_ENCRYPTED = -16, /**< the guest's memory is encrypted (<launchSecurity>), and KVM does not run in such a guest */
};

/**
 * Why a call failed. The message is for people: it neither names the document or guest that the caller passed in nor ends in a full stop,
 * and is ready for a terminal (see nestxml_text_escape()). Since: 0.1
 */
struct nestxml_error {
	enum nestxml_code code;
	unsigned int line;   /**< of the place in the input, from 1; 0: none */
	unsigned int column; /**< in bytes, from 1; 0: none */
	char message[372];
};

/** What a guest is to have; the words are those of libvirt's feature policies. Since: 0.1 */
enum nestxml_nested {
	NESTXML_NESTED_LEAVE,	 /**< nothing is asked: leave the guest alone */
	NESTXML_NESTED_REQUIRE,	 /**< the guest starts with nested virtualization or not at all */
	NESTXML_NESTED_OPTIONAL, /**< the guest has it where the host has it */
	NESTXML_NESTED_DISABLE,	 /**< the guest does not have it, wherever it runs */
};

/** The mode that <cpu> is to have. Since: 0.1 */
enum nestxml_mode {
	NESTXML_MODE_KEEP, /**< as it is; host-model where there is no usable <cpu> */
	NESTXML_MODE_HOST_MODEL,
	NESTXML_MODE_HOST_PASSTHROUGH,
	NESTXML_MODE_MAXIMUM,
};

/** What is done when a guest is started whose CPU does not state its policy. Since: 0.1 */
enum nestxml_on_stale {
	NESTXML_ON_STALE_RESTART, /**< refuse, rewrite the definition, start the guest again */
	NESTXML_ON_STALE_REFUSE,  /**< refuse, rewrite the definition */
	NESTXML_ON_STALE_ALLOW,	  /**< start as it is, rewrite the definition for the next start */
};

/** The vendor of a processor, which decides whether the feature is vmx or svm. Since: 0.1 */
enum nestxml_vendor {
	NESTXML_VENDOR_NONE,
	NESTXML_VENDOR_INTEL, /**< vmx: GenuineIntel, CentaurHauls, Shanghai */
	NESTXML_VENDOR_AMD,   /**< svm: AuthenticAMD, HygonGenuine */
};

/** The last vendor, for a loop from NESTXML_VENDOR_NONE + 1 over all of them, or an array with one element for each. Since: 0.1 */
#define NESTXML_VENDOR_LAST NESTXML_VENDOR_AMD

/* ---- words: one table for the command line, the policy files and the metadata ---- */

/** The word for @nested ("require", ...), static; NULL outside the range. Since: 0.1 */
const char *nestxml_nested_to_string(enum nestxml_nested nested);
/** Sets *@nested from @word. Returns 0 or NESTXML_E_ARGUMENT. Since: 0.1 */
int nestxml_nested_from_string(const char *word, enum nestxml_nested *nested);
/** The word for @mode ("keep", "host-model", ...), static; NULL outside the range. Since: 0.1 */
const char *nestxml_mode_to_string(enum nestxml_mode mode);
/** Sets *@mode from @word. Returns 0 or NESTXML_E_ARGUMENT. Since: 0.1 */
int nestxml_mode_from_string(const char *word, enum nestxml_mode *mode);
/** The word for @on_stale ("restart", ...), static; NULL outside the range. Since: 0.1 */
const char *nestxml_on_stale_to_string(enum nestxml_on_stale on_stale);
/** Sets *@on_stale from @word. Returns 0 or NESTXML_E_ARGUMENT. Since: 0.1 */
int nestxml_on_stale_from_string(const char *word, enum nestxml_on_stale *on_stale);
/** The word for @vendor ("intel", "amd"), static; NULL for none, and outside the range. Since: 0.1 */
const char *nestxml_vendor_to_string(enum nestxml_vendor vendor);
/** Sets *@vendor from "intel" or "amd". Returns 0 or NESTXML_E_ARGUMENT. Since: 0.1 */
int nestxml_vendor_from_string(const char *word, enum nestxml_vendor *vendor);
/** libvirt's name of @vendor's feature ("vmx", "svm"), static; NULL for none. Since: 0.1 */
const char *nestxml_vendor_feature(enum nestxml_vendor vendor);
/** What @vendor's manuals and firmware menus call it ("VT-x", "AMD-V"), static; NULL for none. Since: 0.1 */
const char *nestxml_vendor_extension(enum nestxml_vendor vendor);
/** The KVM module of @vendor's processors as /sys/module spells it ("kvm_intel", "kvm_amd"), static; NULL for none. Since: 0.1 */
const char *nestxml_vendor_module(enum nestxml_vendor vendor);
/** The vendor whose KVM module is called @module (as /sys/module spells it); NONE for any other. Since: 0.1 */
enum nestxml_vendor nestxml_vendor_of_module(const char *module);
/**
 * The value of the parameter `nested` of @vendor's KVM module that means @on or off, as the module shows it ("Y" or "N" for kvm_intel's, a
 * bool; "1" or "0" for kvm_amd's, an int), static; NULL for none. Since: 0.1
 */
const char *nestxml_vendor_switch(enum nestxml_vendor vendor, bool on);

/**
 * Whether a CPU model of this name, with or without a version ("EPYC-v2"), contains @vendor's feature, by libvirt's cpu_map. Since: 0.1
 */
bool nestxml_model_has_feature(const char *model, enum nestxml_vendor vendor);

/**
 * Writes @text to @buffer so that a terminal or a log shows it and obeys nothing in it: control characters (C0, DEL, C1, line and
 * paragraph separators, bidirectional overrides) and bytes that are not UTF-8 become \xNN, a backslash becomes two. What does not
 * fit into @size bytes (the final NUL included; at least 1) is cut at a whole character. Returns @buffer. Since: 0.1
 */
char *nestxml_text_escape(const char *text, char *buffer, size_t size);

/* ---- the domain ---- */

struct nestxml_domain;

/**
 * Reads @xml once, proves that it is a well-formed libvirt domain in UTF-8 without a DTD, and collects the facts that the rest of
 * the library needs. No entity is expanded, nothing else is opened.
 *
 * @xml		the document, @length bytes, which need not end with a NUL. Borrowed: it must stay unchanged until @domain is freed.
 * @domain	the result, to be released with nestxml_domain_free().
 *
 * Returns 0, NESTXML_E_NOMEM, NESTXML_E_SYNTAX, NESTXML_E_DTD, NESTXML_E_ENCODING, NESTXML_E_TOO_BIG, NESTXML_E_ROOT,
 * NESTXML_E_INTERNAL or NESTXML_E_LIBRARY. Since: 0.1
 */
int nestxml_domain_new(const char *xml, size_t length, struct nestxml_domain **domain, struct nestxml_error *error);
/** Releases @domain, which may be NULL; the XML is the caller's as before. Since: 0.1 */
void nestxml_domain_free(struct nestxml_domain *domain);

/** <name>, decoded; "" where there is none. Since: 0.1 */
const char *nestxml_domain_get_name(const struct nestxml_domain *domain);
/** <uuid>, as written; "" where there is none. Since: 0.1 */
const char *nestxml_domain_get_uuid(const struct nestxml_domain *domain);
/** The type attribute of <domain> ("kvm"); "" where there is none. Since: 0.1 */
const char *nestxml_domain_get_type(const struct nestxml_domain *domain);
/** The architecture of <os><type>; "" where it is not stated (libvirt then takes the host's). Since: 0.1 */
const char *nestxml_domain_get_arch(const struct nestxml_domain *domain);
/** Whether this is the XML of a running guest (<domain id=...>). Since: 0.1 */
bool nestxml_domain_is_live(const struct nestxml_domain *domain);
/** Whether QEMU emulates the guest's processor (type qemu): it has svm on every host and never vmx. Since: 0.1 */
bool nestxml_domain_is_tcg(const struct nestxml_domain *domain);
/** Whether the CPU requires or forces vmx or svm by itself. Since: 0.1 */
bool nestxml_domain_is_requiring_nesting(const struct nestxml_domain *domain);
/**
 * What overrides <cpu>, so that the XML does not decide what the guest has: the first such environment variable, argument or driver in
 * <qemu:commandline> or <qemu:override> (if there is a variable, it takes precedence over an argument), with its place, as in "-cpu in
 * <qemu:commandline>" or "LD_PRELOAD in <qemu:commandline>"; ready for a terminal. NULL: there is none. Source: docs/what-wins-over-cpu.md.
 * Since: 0.1
 */
const char *nestxml_domain_get_cpu_override(const struct nestxml_domain *domain);
/** How many namespaces the elements directly in <metadata> have; each counts once. At most 256. Since: 0.1 */
size_t nestxml_domain_count_metadata_namespaces(const struct nestxml_domain *domain);
/** Namespace number @index from 0 of those, in the order of the document, as written there (not escaped); NULL past the end. Since: 0.1 */
const char *nestxml_domain_get_metadata_namespace(const struct nestxml_domain *domain, size_t index);
/**
 * Whether the CPU is one that libvirt has already expanded (custom, match exact, check full), as in the start of a saved guest, whose CPU
 * cannot be changed for that start. A definition made from a running guest's XML has such a CPU too. Source: docs/libvirt-facts.md #8.
 * Since: 0.1
 */
bool nestxml_domain_has_expanded_cpu(const struct nestxml_domain *domain);

/**
 * Whether nested virtualization can be stated for this guest with @vendor's feature.
 * Returns 0, NESTXML_E_TYPE, NESTXML_E_ARCH, NESTXML_E_VENDOR, NESTXML_E_TCG or NESTXML_E_ENCRYPTED. Since: 0.1
 */
int nestxml_domain_check_applicable(const struct nestxml_domain *domain, enum nestxml_vendor vendor, struct nestxml_error *error);

/** The vendor whose feature this guest needs on a host of @host_vendor: @host_vendor for KVM, always AMD for TCG. Since: 0.1 */
enum nestxml_vendor nestxml_domain_get_vendor(const struct nestxml_domain *domain, enum nestxml_vendor host_vendor);

/** The mode of <cpu> as it is written ("host-model"), "custom" where it is not stated, "unknown" for any other; NULL: no <cpu>. Since: 0.1
 */
const char *nestxml_domain_get_cpu_mode(const struct nestxml_domain *domain);
/** The <model> of <cpu>, decoded; "" where there is none. Since: 0.1 */
const char *nestxml_domain_get_cpu_model(const struct nestxml_domain *domain);
/** Where <cpu> is: from byte *@start to before byte *@end. Returns false where there is none. Since: 0.1 */
bool nestxml_domain_get_cpu_span(const struct nestxml_domain *domain, size_t *start, size_t *end);
/**
 * The policy of @vendor's feature ("force", "require", "optional", "disable", "forbid"; "unknown" for any other word), static; NULL: the
 * CPU does not list the feature. Since: 0.1
 */
const char *nestxml_domain_get_feature_policy(const struct nestxml_domain *domain, enum nestxml_vendor vendor);
/**
 * Whether the CPU states @nested with @vendor's feature: <cpu> lists the feature, and every <feature> of that name has a policy that states
 * @nested. `require` and `force` state require, and also optional; `optional` states optional; `disable` and `forbid` state disable.
 * Sub-features do not matter, since the guest has what the feature says or does not start. Returns true for the output of
 * nestxml_edits_apply() once that is parsed again. Even if it returns true beforehand, there may still be edits of sub-features or of the
 * mode.
 *
 * @vendor	false for NONE
 * @nested	require, optional or disable; false for leave and what is outside the enum
 *
 * Since: 0.1
 */
bool nestxml_domain_is_stating(const struct nestxml_domain *domain, enum nestxml_vendor vendor, enum nestxml_nested nested);

/* ---- the policy ---- */

/** The namespace of <policy nested='...'/> in a guest's metadata. Since: 0.1 */
#define NESTXML_METADATA_NAMESPACE "urn:nestxml:nested:1"

/** Where the policy files are: nestxml.conf in the first two, any *.conf in the third. Since: 0.1 */
#define NESTXML_PACKAGE_DIRECTORY "/usr/share/nestxml"
#define NESTXML_ADMIN_DIRECTORY "/etc/nestxml"
#define NESTXML_DROP_IN_DIRECTORY NESTXML_ADMIN_DIRECTORY "/nestxml.conf.d"

struct nestxml_config;

/** What stated a policy; a later source is stronger. Since: 0.1 */
enum nestxml_source {
	NESTXML_SOURCE_NONE,	 /**< nothing did: leave */
	NESTXML_SOURCE_DEFAULT,	 /**< [default] of a policy file */
	NESTXML_SOURCE_CPU,	 /**< the guest's CPU requires vmx or svm */
	NESTXML_SOURCE_METADATA, /**< the guest's <nested:policy> */
	NESTXML_SOURCE_SECTION,	 /**< a [guest ...] section of a policy file */
};

/** The policy of one domain. Since: 0.1 */
struct nestxml_policy {
	enum nestxml_nested nested;
	enum nestxml_mode mode;
	enum nestxml_on_stale on_stale;
	enum nestxml_source source; /**< of @nested */
	const char *file;	    /**< where the source is a file: its path, borrowed from the config; else NULL */
	unsigned int line;	    /**< and the line in it, from 1 */
};

/** A section of the policy files. Since: 0.1 */
struct nestxml_section {
	const char *pattern; /**< of [guest PATTERN], as written, not escaped; NULL: [default] */
	const char *file;    /**< the path of its file */
	unsigned int line;   /**< of its head, from 1 */
};

/**
 * Reads /usr/share/nestxml/nestxml.conf, /etc/nestxml/nestxml.conf and /etc/nestxml/nestxml.conf.d/ *.conf, in this order (the files of
 * that directory in the order of their names' bytes); a file that is not there is no error, but a link that leads nowhere is. Each
 * component of their paths, links and what they lead to included, must belong to root or to the caller's own user, and nobody else may
 * write to it.
 *
 * @root	the directory that stands for /, "" or "/" for the real one.
 * @config	the result, to be released with nestxml_config_free().
 *
 * Returns 0, NESTXML_E_NOMEM or NESTXML_E_CONFIG (message with file, line and reason). Since: 0.1
 */
int nestxml_config_new(const char *root, struct nestxml_config **config, struct nestxml_error *error);
/** Releases @config, which may be NULL; the file names in policies that it resolved become invalid. Since: 0.1 */
void nestxml_config_free(struct nestxml_config *config);

/** Section number @index from 0, in the order in which they were read; borrowed from @config; NULL past the end. Since: 0.1 */
const struct nestxml_section *nestxml_config_get_section(const struct nestxml_config *config, size_t index);
/** Whether section number @index is about @domain; [default] is about every domain. False past the end. Since: 0.1 */
bool nestxml_config_is_section_matching(const struct nestxml_config *config, size_t index, const struct nestxml_domain *domain);

/**
 * The policy of @domain: a matching section, else the guest's metadata, else what its CPU says by itself, else the default section, else
 * leave. A section whose pattern is a UUID is about the guest that has it. One whose pattern begins with "metadata:" is about what other
 * programs have written into the guest's metadata (nestxml.conf(5)). Any other pattern is a glob that the guest's name must match, as in
 * fnmatch(3) without flags, but of characters in UTF-8 whatever the caller's locale is. Key by key, a matching section wins over [default],
 * wherever the two stand, and between two of the same kind, the later one wins.
 *
 * Returns 0 or NESTXML_E_METADATA: the guest's own <nested:policy> has an unknown word, or its metadata has only another element in that
 * namespace, and no section decides instead; or there is too much metadata to compare with a [guest metadata:...] section. Since: 0.1
 */
int nestxml_config_resolve(const struct nestxml_config *config, const struct nestxml_domain *domain, struct nestxml_policy *policy,
			   struct nestxml_error *error);

/**
 * Writes what states @policy, to follow words such as "required by": "its metadata", "/etc/nestxml/nestxml.conf:3". It is safe to print,
 * since a policy file is refused if its name is not. At most @size bytes, the final NUL included. Returns @buffer. Since: 0.1
 */
const char *nestxml_policy_describe_source(const struct nestxml_policy *policy, char *buffer, size_t size);

/* ---- the host ---- */

struct nestxml_host;

/** The state of nesting in this host's KVM. Since: 0.1 */
enum nestxml_state {
	NESTXML_STATE_UNKNOWN, /**< it cannot be read, or is neither on nor off: counts as not on */
	NESTXML_STATE_ON,
	NESTXML_STATE_OFF,
	NESTXML_STATE_UNSUPPORTED, /**< this KVM cannot nest */
};

/**
 * Reads the vendor from /proc/cpuinfo and the state of nesting from /sys/module. What cannot be read is no error: the state is then
 * unknown, and nestxml_host_get_evidence() says why.
 *
 * @root	the directory that stands for /, "" or "/" for the real one.
 * @host	the result, to be released with nestxml_host_free().
 *
 * Returns 0 or NESTXML_E_NOMEM. Since: 0.1
 */
int nestxml_host_new(const char *root, struct nestxml_host **host, struct nestxml_error *error);
/** Releases @host, which may be NULL. Since: 0.1 */
void nestxml_host_free(struct nestxml_host *host);

/**
 * The vendor of the processor that /proc/cpuinfo below @root names; the KVM modules are not looked at. NONE if it names no vendor that is
 * known. Since: 0.1
 */
enum nestxml_vendor nestxml_host_detect_vendor(const char *root);

/** The vendor of this host's processor; NONE if it is not known. Since: 0.1 */
enum nestxml_vendor nestxml_host_get_vendor(const struct nestxml_host *host);
/** Whether KVM on this host gives nesting. Since: 0.1 */
enum nestxml_state nestxml_host_get_state(const struct nestxml_host *host);
/** The fact that shows the state, such as "kvm_amd nested=0" or "kvm_intel is not loaded"; ready for a terminal. Since: 0.1 */
const char *nestxml_host_get_evidence(const struct nestxml_host *host);
/** The modules that are loaded instead of the vendor's and cannot nest, such as "kvm_pvm"; NULL: none. Ready for a terminal. Since: 0.1 */
const char *nestxml_host_get_other_kvm(const struct nestxml_host *host);
/** Whether `nestctl host enable` can fix the state: the module is one that has nesting. Since: 0.1 */
bool nestxml_host_is_fixable(const struct nestxml_host *host);

/* ---- the verdict ---- */

/** What is being done with the guest. Since: 0.1 */
enum nestxml_operation {
	NESTXML_OPERATION_START,	  /**< it is about to start */
	NESTXML_OPERATION_INCOMING,	  /**< it comes from another host or a saved state (migrate, restore): its CPU cannot be changed */
	NESTXML_OPERATION_START_INCOMING, /**< it is about to start, having just arrived: the prepare after a migrate or restore */
};

/** How the CPU in the XML compares with the policy. Since: 0.1 */
enum nestxml_cpu_state {
	NESTXML_CPU_CURRENT,	    /**< it states the policy */
	NESTXML_CPU_STALE,	    /**< it does not */
	NESTXML_CPU_OVERRIDDEN,	    /**< an argument for QEMU in the XML wins over it: nestxml_domain_get_cpu_override() */
	NESTXML_CPU_NOT_APPLICABLE, /**< nesting does not apply to this guest */
	NESTXML_CPU_UNKNOWN,	    /**< it cannot be judged, because the vendor of the host's processor is unknown */
};

/** What is known of the stored definition of a guest that is about to start, from libvirt's own file. Since: 0.1 */
enum nestxml_definition {
	NESTXML_DEFINITION_UNKNOWN, /**< there is none, or it is of another guest with that name */
	NESTXML_DEFINITION_STALE,   /**< it is exactly what starts, and does not state the policy */
	NESTXML_DEFINITION_CURRENT, /**< it states the policy, so it is not what starts */
	NESTXML_DEFINITION_OTHER,   /**< it does not state the policy, and may not be what starts; or it cannot be read */
};

/** What is to be done with a guest. Since: 0.1 */
enum nestxml_verdict {
	NESTXML_VERDICT_PASS,	/**< it may start */
	NESTXML_VERDICT_REFUSE, /**< it may not start, and a rewrite of its CPU would not help */
	NESTXML_VERDICT_STALE,	/**< its CPU does not state its policy */
};

/**
 * The verdict: a pure function, one table (nestxml-hook(8)).
 *
 * @operation	what is being done with the guest
 * @nested	its policy
 * @state	the host's state; for a TCG guest pass NESTXML_STATE_ON
 * @cpu		how its CPU compares with the policy
 * @required	whether the XML by itself requires nesting (nestxml_domain_is_requiring_nesting()); matters only if the guest arrives
 *
 * A value outside its enum is refused. Since: 0.1
 */
enum nestxml_verdict nestxml_verdict_decide(enum nestxml_operation operation, enum nestxml_nested nested, enum nestxml_state state,
					    enum nestxml_cpu_state cpu, bool required);

/* ---- the edits ---- */

struct nestxml_edits;

/** One splice: @length bytes at @offset of the input give way to @text_length bytes of @text. Since: 0.1 */
struct nestxml_edit {
	size_t offset;
	size_t length;
	const char *text;
	size_t text_length;
};

/**
 * Works out the edits after which <cpu> has @mode and states @nested with @vendor's feature; none where nothing has to change.
 *
 * @domain	borrowed; must outlive @edits.
 * @nested	require, optional or disable.
 * @mode	the mode that <cpu> is to have.
 * @vendor	whose feature, as from nestxml_domain_get_vendor().
 * @edits	the result, to be released with nestxml_edits_free().
 *
 * Sub-features follow the feature: if it is disabled, none stays required, forced or optional; if it is optional, none stays required or
 * forced.
 *
 * Returns 0, NESTXML_E_NOMEM, NESTXML_E_ARGUMENT (@nested is leave, or a value is outside its enum), NESTXML_E_TYPE, NESTXML_E_ARCH,
 * NESTXML_E_VENDOR, NESTXML_E_TCG, NESTXML_E_ENCRYPTED (but never for disable) or NESTXML_E_INTERNAL (edits would overlap; none is made).
 * Since: 0.1
 */
int nestxml_edits_new(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_mode mode, enum nestxml_vendor vendor,
		      struct nestxml_edits **edits, struct nestxml_error *error);
/** Releases @edits, which may be NULL. Since: 0.1 */
void nestxml_edits_free(struct nestxml_edits *edits);

/** How many edits there are; 0: the XML is as it should be. Since: 0.1 */
size_t nestxml_edits_count(const struct nestxml_edits *edits);
/** Edit number @index from 0, in the order of their offsets, none overlapping; NULL past the end. Since: 0.1 */
const struct nestxml_edit *nestxml_edits_get(const struct nestxml_edits *edits, size_t index);
/** How many warnings there are about what no edit can fix; there may be some even without edits. Since: 0.1 */
size_t nestxml_edits_count_warnings(const struct nestxml_edits *edits);
/**
 * Warning number @index from 0, borrowed; NULL past the end. A clause to follow the guest's name, with the reason and what to do, as in
 * "its CPU disables npt, ..."; ready for a terminal. Since: 0.1
 */
const char *nestxml_edits_get_warning(const struct nestxml_edits *edits, size_t index);
/**
 * Splices: *@xml becomes a copy of the input with the edits, *@length bytes and a final NUL that is not counted. The caller frees it.
 * Returns 0 or NESTXML_E_NOMEM. Since: 0.1
 */
int nestxml_edits_apply(const struct nestxml_edits *edits, char **xml, size_t *length);

/* ---- all of it ---- */

/** The whole answer about one guest. Since: 0.1 */
struct nestxml_check;

/**
 * Domain XML to verdict in one call: reads the policy files and the host below @root, and the domain from @xml. If the guest is about to
 * start and its CPU does not state the policy, it also reads libvirt's own files of the stored definition (/etc/libvirt/qemu/NAME.xml) and
 * of the snapshots (/var/lib/libvirt/qemu/snapshot/NAME), to find out what starts: if @xml is the same document as the stored definition,
 * it is judged as NESTXML_OPERATION_START; if it is the same as a snapshot's domain, as NESTXML_OPERATION_START_INCOMING. Otherwise
 * NESTXML_OPERATION_START_INCOMING from the caller is believed only if a saved state can have such a CPU. Source: docs/libvirt-facts.md #8.
 * XML of more than 1 MiB is not compared: if there is a stored definition, it is judged as NESTXML_OPERATION_START.
 *
 * If no section of the policy files can be about the guest, and @xml contains neither a vendor's feature nor NESTXML_METADATA_NAMESPACE,
 * the guest passes and @xml is not parsed.
 *
 * @root	the directory that stands for /, "" or "/" for the real one.
 * @operation	what is being done with the guest.
 * @name	the guest's name as the caller knows it.
 * @xml		as in nestxml_domain_new(); must outlive @check.
 * @check	the result, to be released with nestxml_check_free().
 *
 * Returns 0, or NESTXML_E_NOMEM, NESTXML_E_CONFIG, NESTXML_E_METADATA, NESTXML_E_SYNTAX, NESTXML_E_DTD, NESTXML_E_ENCODING,
 * NESTXML_E_TOO_BIG, NESTXML_E_ROOT, NESTXML_E_INTERNAL or NESTXML_E_LIBRARY; the guest is then to be refused. Since: 0.1
 */
int nestxml_check_new(const char *root, enum nestxml_operation operation, const char *name, const char *xml, size_t length,
		      struct nestxml_check **check, struct nestxml_error *error);
/**
 * The same for a domain, policy files and a host that have been read already. It is a pure function: it reads no file, so @operation is
 * taken as it is.
 *
 * @config, @host, @domain	borrowed; must outlive @check.
 * @check			the result, to be released with nestxml_check_free().
 *
 * Returns 0, NESTXML_E_NOMEM, NESTXML_E_METADATA or NESTXML_E_INTERNAL. Since: 0.1
 */
int nestxml_check_domain(const struct nestxml_config *config, const struct nestxml_host *host, enum nestxml_operation operation,
			 const struct nestxml_domain *domain, struct nestxml_check **check, struct nestxml_error *error);
/** Releases @check, which may be NULL, and everything that was got from it. Since: 0.1 */
void nestxml_check_free(struct nestxml_check *check);

/** What is to be done with the guest. Since: 0.1 */
enum nestxml_verdict nestxml_check_get_verdict(const struct nestxml_check *check);
/** The policy that was applied. Since: 0.1 */
const struct nestxml_policy *nestxml_check_get_policy(const struct nestxml_check *check);
/** Whose feature it is about; NONE if that is not known, or the guest passed without being parsed. Since: 0.1 */
enum nestxml_vendor nestxml_check_get_vendor(const struct nestxml_check *check);
/** How the CPU compares with the policy; NESTXML_CPU_CURRENT under leave. Since: 0.1 */
enum nestxml_cpu_state nestxml_check_get_cpu_state(const struct nestxml_check *check);
/** Why nesting does not apply to the guest, or why its CPU cannot be judged; NULL: it applies and can be judged. Since: 0.1 */
const struct nestxml_error *nestxml_check_get_problem(const struct nestxml_check *check);
/** One line for people, ready for a terminal or a log: what was decided about which guest, and why. Since: 0.1 */
const char *nestxml_check_get_report(const struct nestxml_check *check);
/** What people can do about it, ready for a terminal or a log; "" where the guest passes. Since: 0.1 */
const char *nestxml_check_get_advice(const struct nestxml_check *check);
/** The domain that was judged, borrowed; NULL if the guest passed without being parsed. Since: 0.1 */
const struct nestxml_domain *nestxml_check_get_domain(const struct nestxml_check *check);
/**
 * Whether the guest passes although its CPU does not state what its policy asks for: because it arrives, so that its CPU cannot be changed
 * for this run, or because an argument for QEMU overrides it. Show people nestxml_check_get_report() then. Since: 0.1
 */
bool nestxml_check_is_unmet(const struct nestxml_check *check);
/**
 * What is known of the stored definition of a guest whose verdict is stale. With NESTXML_DEFINITION_STALE, and only then, the refused start
 * was made from that definition, so starting the guest again repeats it. NESTXML_DEFINITION_UNKNOWN for any other verdict. Since: 0.1
 */
enum nestxml_definition nestxml_check_get_definition(const struct nestxml_check *check);
/**
 * The namespace in the guest's metadata of the program that manages it: the first one that is excepted neither by `managers =` in
 * nestxml.conf(5) nor by the library's own list of harmless ones. Such a guest is judged as any other, but no other program should rewrite
 * its definition or start it, because its manager relies on libvirt's answers. As written there, not escaped; borrowed from the domain.
 * NULL: there is none, or the guest passed without being parsed. Since: 0.1
 */
const char *nestxml_check_get_manager(const struct nestxml_check *check);
/** What would make a stale CPU current; NULL unless the verdict is stale. Since: 0.1 */
const struct nestxml_edits *nestxml_check_get_edits(const struct nestxml_check *check);

#ifdef __cplusplus
}
#endif

#endif
