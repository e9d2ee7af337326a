/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canonical.c - the canonical form of a domain's XML: read as libvirt reads it, and written by libxml2. Pure. */
#include "canonical.h"

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
	const xmlNode *state = find_child(snapshot, "state");
	const char *word = state && state->children ? (const char *)state->children->content : NULL;

	return word && (strcmp(word, "running") == 0 || strcmp(word, "paused") == 0);
}

/* Gives @domain the CPU in the snapshot's cookie, with the NUMA cells that it has, as libvirt 9.0 does (measured). */
static bool use_cookie(const xmlNode *snapshot, const xmlNode *domain)
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
	sym_xmlFreeNode(cpu);
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
	if (!use_cookie(root, domain))
		return canonical->domain;
	canonical->with_cookie = write_domain(domain);
	return canonical->domain && canonical->with_cookie;
}

/* The scan refuses what would make the tree expensive. libvirt reads its own XML with the same option, so both drop the same white space.
 */
int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical)
{
	static const struct scan_handler nothing = {.max_namespaces = SNAPSHOT_NAMESPACES};
	bool nomem = false; /* libxml2 2.9 makes a tree without what it had no memory for */
	struct libxml_handler handler = {nestxml_libxml_note_nomem, &nomem};
	struct scan scan = {0};
	xmlDoc *tree;
	int code = length > NESTXML_CANONICAL_SIZE ? NESTXML_E_TOO_BIG : nestxml_input_check(xml, length, NULL);
	if (code == 0)
		code = nestxml_scan(&scan, &nothing, xml, length, NULL);
	if (code != 0)
		return code;
	nestxml_libxml_swap_handler(&handler);
	tree = sym_xmlReadMemory(xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	if (!tree || !write_forms(sym_xmlDocGetRootElement(tree), canonical))
		nomem = true;
	sym_xmlFreeDoc(tree);
	nestxml_libxml_swap_handler(&handler);
	return nomem ? NESTXML_E_NOMEM : 0;
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
