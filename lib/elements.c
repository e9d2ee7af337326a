/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * elements.c - the facts and places of the elements that matter.
 *
 * Where an element stands: in startElementNs the parser's position is just before the tag's '>' or '/>', in endElementNs just after the
 * end tag. The tag's '<' is the next one backwards, since a well-formed attribute holds none. Neither is promised by libxml2, so each
 * position that will be edited is checked against the bytes.
 */
#include "elements.h"

#include <string.h>

#include "error.h"
#include "libxml.h"
#include "macros.h"
#include "scan.h"
#include "vendor.h"
#include "xml_tag.h"

/* A hundred times what libvirt's whole cpu_map has: what is kept of each child must not grow to many times the document. */
#define MAX_CHILDREN ((size_t)1 << 16)

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* The branch below <domain> that the parser is in. */
enum branch { BRANCH_NONE, BRANCH_CPU, BRANCH_OS, BRANCH_METADATA, BRANCH_QEMU_COMMANDLINE, BRANCH_QEMU_OVERRIDE };

struct facts {
	struct scan scan;
	struct nestxml_domain *domain;
	enum branch branch;
	struct nestxml_buffer *text; /* what character data is added to, or NULL */
	unsigned int text_depth;     /* the depth of the element that it belongs to */
	bool seen_name, seen_uuid, seen_os_type, seen_model, seen_metadata, seen_launch_security;
	const xmlChar *metadata_namespaces[MAX_NAMESPACES]; /* the parser's own strings, each once */
	bool misplaced; /* a tag was not where the parser said: our own error, unless the document turns out not to be well-formed */
};

static bool equal(const xmlChar *a, const char *b)
{
	return strcmp((const char *)a, b) == 0;
}

/* ---- attributes: libxml2 hands them over as groups of five pointers ---- */

struct attribute {
	const char *value; /* NULL: there is none */
	size_t length;
};

static struct attribute find_attribute_of(const xmlChar **attributes, int count, const char *name, bool any_prefix)
{
	for (int i = 0; i < count; i++, attributes += 5)
		if (equal(attributes[0], name) && (!attributes[1] || (any_prefix && attributes[2])))
			return (struct attribute){(const char *)attributes[3], (size_t)(attributes[4] - attributes[3])};
	return (struct attribute){0};
}

/* As libvirt reads what is in <cpu> (xmlGetProp): the first one of that local name, whatever its prefix, if that is declared. */
static struct attribute find_attribute(const xmlChar **attributes, int count, const char *name)
{
	return find_attribute_of(attributes, count, name, true);
}

/* As libvirt reads the domain's type and the architecture (XPath): in no namespace. Both were tried on libvirt 9.0. */
static struct attribute find_plain_attribute(const xmlChar **attributes, int count, const char *name)
{
	return find_attribute_of(attributes, count, name, false);
}

static bool is_value(struct attribute attribute, const char *word)
{
	return attribute.value && attribute.length == strlen(word) && memcmp(attribute.value, word, attribute.length) == 0;
}

static bool keep_value(struct facts *facts, struct attribute attribute, struct nestxml_buffer *buffer)
{
	return !attribute.value || nestxml_scan_append(&facts->scan, buffer, attribute.value, attribute.length);
}

/*
 * An attribute whose prefix is not declared has its prefix in its name. Elsewhere that is none of our business, but in what will be
 * edited libvirt's reading and ours must be the same beyond doubt.
 */
static bool are_prefixes_declared(struct facts *facts, const xmlChar **attributes, int count)
{
	for (int i = 0; i < count; i++, attributes += 5) {
		if (attributes[1] && !attributes[2]) {
			nestxml_scan_fail(&facts->scan,
					  nestxml_error_set_at(facts->scan.error, NESTXML_E_SYNTAX,
							       (unsigned int)sym_xmlSAX2GetLineNumber(facts->scan.parser), 0,
							       "has an attribute with an undeclared prefix in its <cpu>; remove it"));
			return false;
		}
	}
	return true;
}

/* ---- positions ---- */

/* How many bytes of the document the parser has consumed; negative where it cannot tell. */
static long get_position(xmlParserCtxt *parser)
{
#if LIBXML_VERSION >= 21500
	unsigned long position;

	return sym_xmlCtxtGetInputPosition(parser, 0, NULL, NULL, NULL, &position) == 0 ? (long)position : -1;
#else
	return sym_xmlByteConsumed(parser);
#endif
}

static bool place_start(struct facts *facts, const xmlChar *name, struct element *element)
{
	const struct nestxml_domain *domain = facts->domain;
	long consumed = get_position(facts->scan.parser);
	size_t name_length = strlen((const char *)name);
	size_t at = consumed < 0 ? domain->length : (size_t)consumed;
	const char *start = at < domain->length ? memrchr(domain->xml, '<', at) : NULL;
	size_t head = at + (start && domain->xml[at] == '/');

	if (!start || head >= domain->length || domain->xml[head] != '>' || domain->length - (size_t)(start - domain->xml) <= name_length ||
	    memcmp(start + 1, name, name_length) != 0) {
		facts->misplaced = true;
		return false;
	}
	element->start = (size_t)(start - domain->xml);
	element->head = head + 1;
	element->end = 0;
	return true;
}

static void place_end(struct facts *facts, struct element *element)
{
	const struct nestxml_domain *domain = facts->domain;
	long consumed = get_position(facts->scan.parser);

	if (consumed < 0 || (size_t)consumed > domain->length || (size_t)consumed < element->head || domain->xml[consumed - 1] != '>')
		facts->misplaced = true;
	else
		element->end = (size_t)consumed;
}

/* ---- the elements that matter ---- */

static void begin_text(struct facts *facts, bool *seen, struct nestxml_buffer *buffer)
{
	if (*seen) /* libvirt reads the first one */
		return;
	*seen = true;
	facts->text = buffer;
	facts->text_depth = facts->scan.depth;
}

static void scan_root(struct facts *facts, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
		      int count)
{
	struct nestxml_domain *domain = facts->domain;
	char shown[64];

	if (uri || prefix || !equal(name, "domain")) {
		nestxml_text_escape((const char *)name, shown, sizeof(shown));
		nestxml_scan_fail(&facts->scan,
				  nestxml_error_set(facts->scan.error, NESTXML_E_ROOT,
						    "has the root element <%s>%s, not <domain>; expected what virsh dumpxml prints", shown,
						    uri || prefix ? " in a namespace" : ""));
		return;
	}
	domain->live = find_plain_attribute(attributes, count, "id").value != NULL;
	if (keep_value(facts, find_plain_attribute(attributes, count, "type"), &domain->type))
		place_start(facts, name, &domain->root);
}

static void scan_cpu(struct facts *facts, const xmlChar **attributes, int count)
{
	static const char *const words[] = {"custom", "host-model", "host-passthrough", "maximum"};
	struct nestxml_domain *domain = facts->domain;
	struct attribute mode = find_attribute(attributes, count, "mode");
	struct attribute match = find_attribute(attributes, count, "match");

	if (!are_prefixes_declared(facts, attributes, count))
		return;
	domain->has_cpu = true;
	domain->cpu = domain->last;
	domain->match_exact = is_value(match, "exact");
	domain->match_strict = is_value(match, "strict");
	domain->match_minimum = is_value(match, "minimum");
	domain->check_full = is_value(find_attribute(attributes, count, "check"), "full");
	domain->mode = mode.value ? CPU_MODE_UNKNOWN : CPU_MODE_CUSTOM;
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		if (is_value(mode, words[i]))
			domain->mode = (enum cpu_mode)i;
	facts->branch = BRANCH_CPU;
}

/* s390-pv encrypts too, and its guests are refused for their architecture. */
static void scan_launch_security(struct facts *facts, const xmlChar **attributes, int count)
{
	static const char *const encrypting[] = {"sev", "sev-snp", "tdx"};

	if (facts->seen_launch_security) /* libvirt reads the first one */
		return;
	facts->seen_launch_security = true;
	for (size_t i = 0; i < ARRAY_SIZE(encrypting); i++)
		if (is_value(find_attribute(attributes, count, "type"), encrypting[i]))
			facts->domain->encrypted = true;
}

/* A child of <domain> in a namespace. libvirt reads every one. */
static void scan_qemu_section(struct facts *facts, const xmlChar *name, const xmlChar *uri)
{
	if (!uri || !equal(uri, QEMU_NAMESPACE))
		return;
	if (equal(name, "commandline"))
		facts->branch = BRANCH_QEMU_COMMANDLINE;
	else if (equal(name, "override"))
		facts->branch = BRANCH_QEMU_OVERRIDE;
}

/* A child of <domain>. */
static void scan_section(struct facts *facts, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
			 int count)
{
	struct nestxml_domain *domain = facts->domain;

	facts->branch = BRANCH_NONE;
	if (!place_start(facts, prefix ? prefix : name, &domain->last))
		return;
	if (uri || prefix) {
		scan_qemu_section(facts, name, uri);
	} else if (equal(name, "name")) {
		begin_text(facts, &facts->seen_name, &domain->name);
	} else if (equal(name, "uuid")) {
		begin_text(facts, &facts->seen_uuid, &domain->uuid);
	} else if (equal(name, "os")) {
		domain->os = domain->last;
		facts->branch = BRANCH_OS;
	} else if (equal(name, "features")) {
		domain->features = domain->last;
	} else if (equal(name, "metadata") && !facts->seen_metadata) { /* libvirt keeps the first one */
		facts->seen_metadata = true;
		facts->branch = BRANCH_METADATA;
	} else if (equal(name, "launchSecurity")) {
		scan_launch_security(facts, attributes, count);
	} else if (equal(name, "cpu") && !domain->has_cpu) {
		scan_cpu(facts, attributes, count);
	}
}

static void scan_feature(struct cpu_child *child, const xmlChar **attributes, int count)
{
	static const char *const words[] = {"force", "require", "optional", "disable", "forbid"};
	struct attribute policy = find_attribute(attributes, count, "policy");
	struct attribute name = find_attribute(attributes, count, "name");

	child->kind = CHILD_FEATURE;
	child->policy = policy.value ? POLICY_UNKNOWN : POLICY_REQUIRE;
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		if (is_value(policy, words[i]))
			child->policy = (enum feature_policy)i;
	if (!name.value)
		return;
	child->extension = nestxml_vendor_of_feature(name.value, name.length);
	child->sub_extension = nestxml_vendor_of_sub_feature(name.value, name.length);
	child->sub_feature = nestxml_vendor_sub_feature(child->sub_extension, name.value, name.length);
	if (child->sub_extension != NESTXML_VENDOR_NONE)
		child->is_nested_paging = is_value(name, nestxml_vendor_nested_paging_feature(child->sub_extension));
}

static struct cpu_child *add_child(struct facts *facts)
{
	struct nestxml_domain *domain = facts->domain;

	if (domain->children_count == MAX_CHILDREN) {
		nestxml_scan_fail(&facts->scan, nestxml_error_set(facts->scan.error, NESTXML_E_TOO_BIG,
								  "has a <cpu> with more than %zu children", MAX_CHILDREN));
		return NULL;
	}
	if (domain->children_count == domain->children_capacity) {
		size_t capacity = domain->children_capacity ? 2 * domain->children_capacity : 16;
		struct cpu_child *children = reallocarray(domain->children, capacity, sizeof(*children));

		if (!children) {
			nestxml_scan_fail_nomem(&facts->scan);
			return NULL;
		}
		domain->children = children;
		domain->children_capacity = capacity;
	}
	domain->children[domain->children_count] = (struct cpu_child){0};
	return &domain->children[domain->children_count++];
}

/* A child of <cpu>. */
static void scan_cpu_child(struct facts *facts, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
			   int count)
{
	struct cpu_child *child = add_child(facts);

	if (!child || !place_start(facts, prefix ? prefix : name, &child->element) || uri || prefix ||
	    !are_prefixes_declared(facts, attributes, count))
		return;
	if (equal(name, "feature")) {
		scan_feature(child, attributes, count);
	} else if (equal(name, "model")) {
		child->kind = CHILD_MODEL;
		begin_text(facts, &facts->seen_model, &facts->domain->model);
	} else if (equal(name, "vendor")) {
		child->kind = CHILD_VENDOR;
	} else if (equal(name, "numa")) {
		child->kind = CHILD_NUMA;
	} else if (equal(name, "cache")) {
		child->kind = CHILD_CACHE;
	}
	child->passthrough = is_value(find_attribute(attributes, count, "mode"), "passthrough");
}

/* A child of <os>. */
static void scan_os(struct facts *facts, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
		    int count)
{
	if (uri || prefix || facts->seen_os_type || !equal(name, "type"))
		return;
	facts->seen_os_type = true;
	keep_value(facts, find_plain_attribute(attributes, count, "arch"), &facts->domain->arch);
}

/*
 * Compares pointers, since the parser keeps one copy of each string. If it did not, the table would fill up early, and the document be
 * refused.
 */
static void keep_metadata_namespace(struct facts *facts, const xmlChar *uri)
{
	struct nestxml_domain *domain = facts->domain;
	struct nestxml_buffer *kept = &domain->metadata_namespaces;
	size_t start = kept->length;
	size_t length = strlen((const char *)uri);

	for (size_t i = 0; i < domain->metadata_namespaces_count; i++)
		if (facts->metadata_namespaces[i] == uri)
			return;
	if (domain->metadata_namespaces_count == MAX_NAMESPACES) {
		nestxml_scan_fail(&facts->scan, nestxml_error_set(facts->scan.error, NESTXML_E_TOO_BIG,
								  "has more than %d namespaces in its <metadata>", MAX_NAMESPACES));
		return;
	}
	if (!nestxml_scan_append(&facts->scan, kept, uri, length))
		return;
	kept->length = start + xml_restore_ampersands(kept->data + start, length);
	if (!nestxml_scan_append(&facts->scan, kept, "", 1))
		return;
	facts->metadata_namespaces[domain->metadata_namespaces_count++] = uri;
}

/* A child of <metadata>. */
static void scan_metadata(struct facts *facts, const xmlChar *name, const xmlChar *uri, const xmlChar **attributes, int count)
{
	struct nestxml_domain *domain = facts->domain;

	if (!uri)
		return;
	keep_metadata_namespace(facts, uri);
	if (!equal(uri, NESTXML_METADATA_NAMESPACE))
		return;
	if (!equal(name, "policy")) {
		domain->has_misnamed = true;
	} else if (!domain->has_stated) {
		domain->has_stated = true;
		keep_value(facts, find_plain_attribute(attributes, count, "nested"), &domain->stated);
	}
}

/* Anything below <metadata>. To libvirt, an undeclared prefix is part of the name; no path can contain such a name, so "" stands for it. */
static void keep_metadata(struct facts *facts, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
			  int count)
{
	struct metadata *metadata = &facts->domain->metadata;
	bool ok = nestxml_metadata_begin(metadata, facts->scan.depth - 2, prefix && !uri ? "" : (const char *)name, (const char *)uri);

	for (int i = 0; ok && i < count; i++, attributes += 5)
		if (!attributes[1]) /* libvirt's metadata API and all managers write plain ones */
			ok = nestxml_metadata_add_attribute(metadata, (const char *)attributes[0], (const char *)attributes[3],
							    (size_t)(attributes[4] - attributes[3]));
	if (!ok)
		nestxml_scan_fail_nomem(&facts->scan);
}

/* A child of <qemu:commandline>. */
static void scan_qemu_commandline(struct facts *facts, const xmlChar *name, const xmlChar **attributes, int count)
{
	struct attribute attribute = find_attribute(attributes, count, equal(name, "arg") ? "value" : "name");

	if (!attribute.value)
		return;
	if (equal(name, "arg"))
		nestxml_cpu_override_add_argument(&facts->domain->override, attribute.value, attribute.length);
	else if (equal(name, "env"))
		nestxml_cpu_override_add_variable(&facts->domain->override, attribute.value, attribute.length);
}

/* Anything below <qemu:override>. */
static void scan_qemu_override(struct facts *facts, const xmlChar *name, const xmlChar **attributes, int count)
{
	struct attribute value = find_attribute(attributes, count, "value");

	if (value.value && equal(name, "property") && is_value(find_attribute(attributes, count, "name"), "driver"))
		nestxml_cpu_override_add_driver(&facts->domain->override, value.value, value.length);
}

/* What is neither <domain>, nor a child of it. */
static void scan_inner(struct facts *facts, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
		       int count)
{
	bool is_qemu_namespace = uri && equal(uri, QEMU_NAMESPACE);

	if (facts->branch == BRANCH_QEMU_OVERRIDE && is_qemu_namespace)
		scan_qemu_override(facts, name, attributes, count);
	if (facts->branch == BRANCH_METADATA)
		keep_metadata(facts, name, prefix, uri, attributes, count);
	if (facts->scan.depth > 3)
		return;
	switch (facts->branch) {
	case BRANCH_CPU:
		scan_cpu_child(facts, name, prefix, uri, attributes, count);
		break;
	case BRANCH_OS:
		scan_os(facts, name, prefix, uri, attributes, count);
		break;
	case BRANCH_METADATA:
		scan_metadata(facts, name, uri, attributes, count);
		break;
	case BRANCH_QEMU_COMMANDLINE:
		if (is_qemu_namespace)
			scan_qemu_commandline(facts, name, attributes, count);
		break;
	case BRANCH_QEMU_OVERRIDE:
	case BRANCH_NONE:
		break;
	}
}

/* ---- what the parser meets ---- */

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes, int count)
{
	struct facts *facts = data;

	if (facts->scan.depth == 1)
		scan_root(facts, name, prefix, uri, attributes, count);
	else if (facts->scan.depth == 2)
		scan_section(facts, name, prefix, uri, attributes, count);
	else if (facts->branch != BRANCH_NONE)
		scan_inner(facts, name, prefix, uri, attributes, count);
}

static void end_section(struct facts *facts)
{
	struct nestxml_domain *domain = facts->domain;

	place_end(facts, &domain->last);
	if (domain->os.start == domain->last.start)
		domain->os = domain->last;
	if (domain->features.start == domain->last.start)
		domain->features = domain->last;
	if (facts->branch == BRANCH_CPU)
		domain->cpu = domain->last;
	facts->branch = BRANCH_NONE;
}

static void on_end(void *data)
{
	struct facts *facts = data;
	struct nestxml_domain *domain = facts->domain;

	if (facts->text && facts->scan.depth == facts->text_depth)
		facts->text = NULL;
	if (facts->scan.depth == 1)
		place_end(facts, &domain->root);
	else if (facts->scan.depth == 2)
		end_section(facts);
	else if (facts->scan.depth == 3 && facts->branch == BRANCH_CPU)
		place_end(facts, &domain->children[domain->children_count - 1].element);
	else if (facts->branch == BRANCH_METADATA && !nestxml_metadata_end(&domain->metadata))
		nestxml_scan_fail_nomem(&facts->scan);
}

static void on_text(void *data, const xmlChar *text, size_t length)
{
	struct facts *facts = data;

	if (facts->text)
		nestxml_scan_append(&facts->scan, facts->text, text, length);
	if (facts->branch == BRANCH_METADATA && !nestxml_metadata_add_text(&facts->domain->metadata, (const char *)text, length))
		nestxml_scan_fail_nomem(&facts->scan);
}

int nestxml_elements_read(struct nestxml_domain *domain, struct nestxml_error *error)
{
	static const struct scan_handler handler = {on_start, on_end, on_text, MAX_NAMESPACES};
	struct facts facts = {.domain = domain};
	int code = nestxml_scan(&facts.scan, &handler, domain->xml, domain->length, error);

	if (code == 0 && (facts.misplaced || domain->root.end == 0))
		code = nestxml_error_set(error, NESTXML_E_INTERNAL, "the XML parser does not tell where the tags are; nothing was changed");
	return code;
}
