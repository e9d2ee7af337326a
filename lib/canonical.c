/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * canonical.c - the canonical form of a domain's XML, which can be compared byte by byte. Pure.
 *
 * No tree is built: metadata that a tenant has crafted for the purpose would make libxml2 2.9 take quadratic time and fifty times the
 * document's size in memory (tried).
 */
#include "canonical.h"

#include <string.h>

#include "input.h"
#include "scan.h"

/* Each piece of a form begins with one of these bytes. XML cannot contain them, so no document can forge one. */
enum mark { MARK_START = 1, MARK_PREFIX, MARK_ATTRIBUTE, MARK_VALUE, MARK_CONTENT, MARK_END, MARK_OTHER };
_Static_assert(MARK_OTHER < '\t', "XML can contain a tab");

/* A snapshot's document has the domain twice. */
#define SNAPSHOT_NAMESPACES (2 * MAX_NAMESPACES)

struct reader {
	struct scan scan;
	struct canonical *canonical;
	struct nestxml_buffer path;  /* of the current element: "/domain/cpu"; one with a prefix or in a namespace is "" in it */
	struct nestxml_buffer *form; /* what the current element is written to, or NULL */
	unsigned int hidden;	     /* the depth of the element that is left out with all its contents; 0: none is */
	size_t cdata_end;	     /* of the form, if a CDATA section is the last thing in it */
};

/* ---- where the parser is ---- */

/* The path without a snapshot's own root, so that it is the same in both kinds of documents. */
static const char *get_path(const struct reader *reader)
{
	static const char root[] = "/domainsnapshot";
	const char *path = reader->path.data;

	return strncmp(path, root, strlen(root)) == 0 ? path + strlen(root) : path;
}

static bool is_at(const struct reader *reader, const char *path)
{
	return strcmp(get_path(reader), path) == 0;
}

static bool is_in(const struct reader *reader, const char *path)
{
	const char *at = get_path(reader);
	size_t length = strlen(path);

	return strncmp(at, path, length) == 0 && (at[length] == '/' || at[length] == '\0');
}

/* Where to note the place of the current element, or NULL. */
static struct xml_span *find_place(struct reader *reader)
{
	if (is_at(reader, "/domain/cpu"))
		return &reader->canonical->cpu;
	return is_at(reader, "/domain/cpu/numa") ? &reader->canonical->numa : NULL;
}

static void update_form(struct reader *reader)
{
	reader->form = reader->hidden		      ? NULL
		       : is_in(reader, "/domain")     ? &reader->canonical->domain
		       : is_in(reader, "/cookie/cpu") ? &reader->canonical->cookie_cpu
						      : NULL;
}

static bool enter(struct reader *reader, const char *name)
{
	if (!nestxml_scan_append(&reader->scan, &reader->path, "/", 1) ||
	    !nestxml_scan_append(&reader->scan, &reader->path, name, strlen(name)))
		return false;
	/* libvirt hides them from hooks */
	if (!reader->hidden && strcmp(name, "cookies") == 0 && !is_in(reader, "/domain/metadata"))
		reader->hidden = reader->scan.depth;
	update_form(reader);
	return true;
}

static void leave(struct reader *reader)
{
	char *name = memrchr(reader->path.data, '/', reader->path.length);

	*name = '\0';
	reader->path.length = (size_t)(name - reader->path.data);
	if (reader->hidden == reader->scan.depth)
		reader->hidden = 0;
	update_form(reader);
}

/* ---- what is added ---- */

static void add(struct reader *reader, enum mark mark, const void *text, size_t length)
{
	const char first = (char)mark;

	if (nestxml_scan_append(&reader->scan, reader->form, &first, 1))
		nestxml_scan_append(&reader->scan, reader->form, text, length);
}

static void add_string(struct reader *reader, enum mark mark, const xmlChar *text)
{
	add(reader, mark, text, strlen((const char *)text));
}

/*
 * The prefix stands for its namespace, whose declaration is in the form too. Written with each name, a long URI would make the form many
 * times the document's size.
 */
static void add_name(struct reader *reader, enum mark mark, const xmlChar *name, const xmlChar *prefix)
{
	if (prefix)
		add_string(reader, MARK_PREFIX, prefix);
	add_string(reader, mark, name);
}

/* Marks where text may begin, so that drop_indentation() can tell indentation from text. */
static void begin_content(struct reader *reader)
{
	add(reader, MARK_CONTENT, "", 0);
}

/* Drops what follows the last mark if it is nothing but white space. The mark stays. */
static void drop_indentation(struct nestxml_buffer *form)
{
	size_t length = form->length;

	while (length > 0 && is_xml_space(form->data[length - 1]))
		length--;
	if (length > 0 && form->data[length - 1] == MARK_CONTENT)
		form->length = length;
}

/* Whether libvirt writes this attribute of the current element only sometimes. */
static bool is_written_sometimes(const struct reader *reader, const char *name, bool has_prefix)
{
	return !has_prefix && ((is_at(reader, "/domain") && strcmp(name, "id") == 0) ||
			       (is_at(reader, "/domain/devices/graphics") && strcmp(name, "passwd") == 0));
}

/* ---- what the parser meets ---- */

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes, int count)
{
	struct reader *reader = data;
	struct xml_span *place;

	if (!enter(reader, prefix || uri ? "" : (const char *)name) || !reader->form)
		return;
	drop_indentation(reader->form);
	place = find_place(reader);
	if (place)
		place->start = reader->form->length;
	add_name(reader, MARK_START, name, prefix);
	for (int i = 0; i < 2 * reader->scan.declared_count; i += 2) {
		add_name(reader, MARK_ATTRIBUTE, BAD_CAST "", reader->scan.declared[i]);
		add_string(reader, MARK_VALUE, reader->scan.declared[i + 1]);
	}
	for (int i = 0; i < count; i++, attributes += 5) {
		if (is_written_sometimes(reader, (const char *)attributes[0], attributes[1] != NULL))
			continue;
		add_name(reader, MARK_ATTRIBUTE, attributes[0], attributes[1]);
		add(reader, MARK_VALUE, attributes[3], (size_t)(attributes[4] - attributes[3]));
	}
	begin_content(reader);
}

static void end_element(struct reader *reader)
{
	struct xml_span *place = find_place(reader);

	drop_indentation(reader->form);
	add(reader, MARK_END, "", 0);
	begin_content(reader);
	if (place)
		place->end = reader->form->length;
}

static void on_end(void *data)
{
	struct reader *reader = data;

	if (reader->form)
		end_element(reader);
	leave(reader);
}

static void on_text(void *data, const xmlChar *text, size_t length)
{
	struct reader *reader = data;
	struct nestxml_buffer *kept = is_at(reader, "/state") ? &reader->canonical->state : reader->form;

	if (kept)
		nestxml_scan_append(&reader->scan, kept, text, length);
}

static void add_other(struct reader *reader, const xmlChar *what, const xmlChar *text, size_t length)
{
	drop_indentation(reader->form);
	add_string(reader, MARK_OTHER, what);
	add(reader, MARK_VALUE, text, length);
	begin_content(reader);
}

/*
 * When libvirt reads its own XML, it drops white space next to a CDATA section, unless there is text, and libxml2 then joins two sections
 * (measured).
 */
static void on_cdata(void *data, const xmlChar *text, size_t length)
{
	struct reader *reader = data;

	if (!reader->form)
		return;
	drop_indentation(reader->form);
	if (reader->form->length == reader->cdata_end) {
		reader->form->length--; /* the mark of the content that does not follow */
		nestxml_scan_append(&reader->scan, reader->form, text, length);
		begin_content(reader);
	} else {
		add_other(reader, BAD_CAST "<![CDATA[", text, length);
	}
	reader->cdata_end = reader->form->length;
}

/* Comments and processing instructions; libvirt keeps those in <metadata>. */
static void on_other(void *data, const xmlChar *target, const xmlChar *text)
{
	struct reader *reader = data;

	if (reader->form)
		add_other(reader, target, text, strlen((const char *)text));
}

int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical)
{
	static const struct scan_handler handler = {on_start, on_end, on_text, on_cdata, on_other, SNAPSHOT_NAMESPACES};
	struct reader reader = {.canonical = canonical};
	int code = nestxml_input_check(xml, length, NULL);

	if (code == 0)
		code = nestxml_scan(&reader.scan, &handler, xml, length, NULL);
	nestxml_buffer_clear(&reader.path);
	return code;
}

void nestxml_canonical_clear(struct canonical *canonical)
{
	nestxml_buffer_clear(&canonical->domain);
	nestxml_buffer_clear(&canonical->state);
	nestxml_buffer_clear(&canonical->cookie_cpu);
}

bool nestxml_canonical_is_same(const struct canonical *a, const struct canonical *b)
{
	return a->domain.length > 0 && a->domain.length == b->domain.length &&
	       memcmp(a->domain.data, b->domain.data, a->domain.length) == 0;
}

bool nestxml_canonical_use_cookie(struct canonical *canonical)
{
	const struct nestxml_buffer *domain = &canonical->domain;
	const struct nestxml_buffer *cookie = &canonical->cookie_cpu;
	const size_t end = 2; /* MARK_END and MARK_CONTENT: both CPUs end so */
	AUTO_BUFFER struct nestxml_buffer made = {0};
	struct nestxml_buffer old = canonical->domain;

	if (cookie->length == 0 || canonical->cpu.end == 0)
		return true;
	if (!nestxml_buffer_add(&made, domain->data, canonical->cpu.start) ||
	    !nestxml_buffer_add(&made, cookie->data, cookie->length - end) ||
	    !nestxml_buffer_add(&made, domain->data + canonical->numa.start, canonical->numa.end - canonical->numa.start) ||
	    !nestxml_buffer_add(&made, domain->data + canonical->cpu.end - end, domain->length - canonical->cpu.end + end))
		return false;
	canonical->domain = made;
	canonical->cpu = canonical->numa = (struct xml_span){0};
	made = old;
	return true;
}
