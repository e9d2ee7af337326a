/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* domain.h - the facts of a domain: what scan.c finds, and edits.c, policy.c and check.c ask. */
#ifndef NESTXML_DOMAIN_H
#define NESTXML_DOMAIN_H

#include "private.h"

/** An element's place: byte offsets into the XML. */
struct element {
	size_t start; /* of its '<' */
	size_t head;  /* behind the '>' of its start tag */
	size_t end;   /* behind the '>' of its end tag; equal to head where it is <empty/> */
};

enum cpu_mode {
	CPU_MODE_CUSTOM, /* libvirt's meaning of a <cpu> without a mode too */
	CPU_MODE_HOST_MODEL,
	CPU_MODE_HOST_PASSTHROUGH,
	CPU_MODE_MAXIMUM,
	CPU_MODE_UNKNOWN,
};

enum child_kind {
	CHILD_OTHER,
	CHILD_FEATURE,
	CHILD_MODEL,
	CHILD_VENDOR,
	CHILD_NUMA,
	CHILD_CACHE,
};

enum feature_policy {
	POLICY_FORCE,
	POLICY_REQUIRE, /* libvirt's meaning of a feature without a policy too */
	POLICY_OPTIONAL,
	POLICY_DISABLE,
	POLICY_FORBID,
	POLICY_UNKNOWN,
};

/** A child element of <cpu>. */
struct cpu_child {
	struct element element;
	enum child_kind kind;
	bool passthrough; /* mode='passthrough', as a cache may have */
	/* of a feature */
	enum feature_policy policy;
	enum nestxml_vendor extension;	   /* vmx itself: Intel; svm itself: AMD */
	enum nestxml_vendor sub_extension; /* a feature of nesting that makes no sense without vmx: Intel; svm: AMD */
};

struct nestxml_domain {
	const char *xml; /* borrowed */
	size_t length;

	struct element root;
	struct nestxml_buffer type;
	bool live;
	struct nestxml_buffer name;
	struct nestxml_buffer uuid;
	struct nestxml_buffer arch;

	bool has_stated; /* <nested:policy nested=...> */
	struct nestxml_buffer stated;

	/* Where a <cpu> goes if there is none: behind the last child of this kind. Zero: there is none. */
	struct element features;
	struct element os;
	struct element last;

	bool has_cpu;
	struct element cpu;
	enum cpu_mode mode;
	bool match_exact;
	bool check_full;
	struct nestxml_buffer model;
	struct cpu_child *children;
	size_t children_count;
	size_t children_capacity;
};

/**
 * Whether the CPU states @nested with @vendor's feature: each one of that name does, and there is one. What requires is at least
 * optional; `force` requires, and `forbid` disables.
 */
bool nestxml_domain_states(const struct nestxml_domain *domain, enum nestxml_vendor vendor, enum nestxml_nested nested);

/** Fills the zeroed @domain from its xml and length. Codes as nestxml_domain_new(). */
int nestxml_scan(struct nestxml_domain *domain, struct nestxml_error *error);

/** How a domain stands to what is asked of it on a host. */
struct standing {
	enum nestxml_vendor vendor; /* whose feature it is about */
	enum nestxml_state state;   /* of nesting, as it matters to this guest */
	enum nestxml_cpu cpu;	    /* never NESTXML_CPU_FIXED, which only the occasion can tell */
	bool is_in_doubt;	    /* it cannot be told whether it has what it must not have */
	struct nestxml_error why;   /* nesting does not apply, or the CPU is not judged: why; else all zero */
};
void nestxml_standing_find(const struct nestxml_domain *domain, enum nestxml_nested nested, const struct nestxml_host *host,
			   struct standing *standing);

/** What libvirt's own file of a guest's stored definition says. */
struct record {
	enum nestxml_definition definition;
	bool is_fixed;	/* its CPU looks like that of a saved state itself, or cannot be read */
	bool shows_run; /* so does the rest of it */
};
/** Whether a domain has what libvirt writes into one that runs: the chains of its disks. */
bool nestxml_record_shows_run(const struct nestxml_domain *domain);
/** Of the guest @name, as it stands to a policy. Returns 0 or NESTXML_E_NOMEM. */
int nestxml_record_judge(const char *root, const char *name, const struct nestxml_domain *guest, enum nestxml_vendor vendor,
			 enum nestxml_nested nested, struct record *record);
/** Whether libvirt keeps a snapshot with memory of @guest, whose name is @name, that has its CPU; false where that cannot be told. */
bool nestxml_record_has_snapshot(const char *root, const char *name, const struct nestxml_domain *guest);

#endif
