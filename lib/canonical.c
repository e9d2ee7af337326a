/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canonical.c - the canonical form of a domain's XML: parsed with libvirt's options, and written back by libxml2. Pure. */
#include "canonical.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "libxml.h"
#include "scan.h"

/* A snapshot's document has the domain twice. */
#define SNAPSHOT_NAMESPACES (2 * MAX_NAMESPACES)

static bool is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && !node->ns && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *find_child(const xmlNode *parent, const char *name)
{
	xmlNode *child = parent ? parent->children : NULL;

	while (child && !is_named(child, name))
		child = child->next;
	return child;
}

/* Recursion is bounded: the scan refuses deeper documents. */
static void drop_cookies(xmlNode *parent)
{
	for (xmlNode *child = parent->children, *next; child; child = next) {
		next = child->next;
		if (is_named(child, "cookies")) {
			sym_xmlUnlinkNode(child);
			sym_xmlFreeNode(child);
		} else {
			drop_cookies(child);
		}
	}
}

static void drop_what_is_written_sometimes(xmlNode *domain)
{
	const xmlNode *devices = find_child(domain, "devices");

	sym_xmlUnsetProp(domain, BAD_CAST "id");
	for (xmlNode *device = devices ? devices->children : NULL; device; device = device->next)
		if (is_named(device, "graphics"))
			sym_xmlUnsetProp(device, BAD_CAST "passwd");
	for (xmlNode *child = domain->children; child; child = child->next)
		if (!is_named(child, "metadata"))
			drop_cookies(child);
}

/* Owned by the caller. NULL: out of memory. */
static char *write_domain(xmlNode *domain)
{
	xmlOutputBuffer *output = sym_xmlAllocOutputBuffer(NULL);
	const xmlChar *written;
	char *form;

	if (!output)
		return NULL;
	sym_xmlNodeDumpOutput(output, domain->doc, domain, 0, 0, NULL);
	written = sym_xmlOutputBufferGetContent(output);
	form = written ? strdup((const char *)written) : NULL;
	sym_xmlOutputBufferClose(output);
	return form;
}

static bool has_memory(const xmlNode *snapshot)
{
	const xmlNode *state = is_named(snapshot, "domainsnapshot") ? find_child(snapshot, "state") : NULL;
	const xmlNode *text = state ? state->children : NULL;
	const char *word = text && text->type == XML_TEXT_NODE ? (const char *)text->content : "";

	return strcmp(word, "running") == 0 || strcmp(word, "paused") == 0;
}

/* Replaces the domain's CPU by the one in the snapshot's cookie, but keeps its NUMA cells, as libvirt 9.0 does (measured). */
static bool use_cookie(xmlNode *snapshot, const xmlNode *domain)
{
	xmlNode *cpu = find_child(domain, "cpu");
	xmlNode *cookie = find_child(find_child(snapshot, "cookie"), "cpu");
	xmlNode *numa = find_child(cpu, "numa");

	if (!cpu || !cookie)
		return false;
	sym_xmlReplaceNode(cpu, cookie);
	if (numa) {
		sym_xmlUnlinkNode(numa);
		sym_xmlAddChild(cookie, numa);
	}
	sym_xmlAddChild(snapshot, cpu); /* freed with the tree: @numa may use namespaces that it declares */
	return true;
}

/* False: out of memory. */
static bool write_forms(xmlNode *root, struct canonical *canonical)
{
	xmlNode *domain = is_named(root, "domain") ? root : has_memory(root) ? find_child(root, "domain") : NULL;

	if (!domain)
		return true;
	drop_what_is_written_sometimes(domain);
	canonical->domain = write_domain(domain);
	if (domain != root && use_cookie(root, domain) && !(canonical->with_cookie = write_domain(domain)))
		return false;
	return canonical->domain;
}

/* What libxml2 has reported. */
enum problem { PROBLEM_NOMEM = 1, PROBLEM_NAMESPACE = 2 };

static void on_error(void *data, LIBXML_ERROR *problem)
{
	unsigned int *problems = data;

	if (problem->code == XML_ERR_NO_MEMORY)
		*problems |= PROBLEM_NOMEM;
	else if (problem->domain == XML_FROM_NAMESPACE)
		*problems |= PROBLEM_NAMESPACE;
}

/*
 * When it runs out of memory, libxml2 2.9 leaves nodes out and still returns a tree. If that happens to a namespace or an undeclared
 * prefix, it reports an error in the document, and errno alone tells that there was no memory.
 */
static bool is_complete(unsigned int problems)
{
	return !(problems & PROBLEM_NOMEM) && !((problems & PROBLEM_NAMESPACE) && errno == ENOMEM);
}

/* The scan refuses what would make the tree expensive. libvirt, too, reads its XML without blank nodes. */
int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical)
{
	static const struct scan_handler nothing = {.max_namespaces = SNAPSHOT_NAMESPACES};
	struct scan scan = {0};
	unsigned int problems = 0;
	struct libxml_handler handler = {on_error, &problems};
	int code = length > NESTXML_CANONICAL_SIZE ? NESTXML_E_TOO_BIG : nestxml_input_check(xml, length, NULL);
	xmlDoc *tree;

	if (code == 0)
		code = nestxml_scan(&scan, &nothing, xml, length, NULL);
	if (code != 0)
		return code;
	nestxml_libxml_swap_handler(&handler);
	errno = 0;
	tree = sym_xmlReadMemory(xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	if (!tree || !write_forms(sym_xmlDocGetRootElement(tree), canonical) || !is_complete(problems))
		code = NESTXML_E_NOMEM;
	sym_xmlFreeDoc(tree);
	nestxml_libxml_swap_handler(&handler);
	return code;
}

void nestxml_canonical_clear(struct canonical *canonical)
{
	free(canonical->domain);
	free(canonical->with_cookie);
}

bool nestxml_canonical_can_start(const struct canonical *document, const struct canonical *guest)
{
	const char *wanted = guest->domain;

	return wanted && document->domain &&
	       (strcmp(document->domain, wanted) == 0 || (document->with_cookie && strcmp(document->with_cookie, wanted) == 0));
}
