/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* domain.h - the facts of a domain: what elements.c finds, and cpu_edits.c, policy.c and check.c ask. */
#ifndef NESTXML_DOMAIN_H
#define NESTXML_DOMAIN_H

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "cpu_override.h"
#include "metadata.h"

/** An element's place: byte offsets into the XML. */
struct element {
	size_t start; /* of its '<' */
	size_t head;  /* after the '>' of its start tag */
	size_t end;   /* after the '>' of its end tag; equal to head where it is <empty/> */
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
	enum nestxml_vendor sub_extension; /* a sub-feature of vmx: Intel; of svm: AMD */
	const char *sub_feature;	   /* its name in the vendor table, or NULL */
	bool is_nested_paging;		   /* the sub-feature without which the feature is of little use */
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

	bool encrypted; /* <launchSecurity> of a kind that encrypts the guest's memory */
	struct cpu_override override;
	struct nestxml_buffer metadata_namespaces; /* of <metadata>'s own children, each once, each with its NUL */
	size_t metadata_namespaces_count;

	struct metadata metadata; /* for [guest metadata:...] sections */

	bool has_stated;	      /* its metadata has a <nested:policy> */
	bool has_misnamed;	      /* its metadata has another element of that namespace */
	struct nestxml_buffer stated; /* the word in the attribute `nested` of <nested:policy> */

	/*
	 * A <cpu> that is added goes after the last <features>, else <os>, else the last child of <domain>. All zero: there is none of
	 * these.
	 */
	struct element features;
	struct element os;
	struct element last;

	bool has_cpu;
	struct element cpu;
	enum cpu_mode mode;
	bool match_exact;
	bool match_minimum;
	bool match_strict;
	bool check_full;
	struct nestxml_buffer model;
	struct cpu_child *children;
	size_t children_count;
	size_t children_capacity;
};

#endif
