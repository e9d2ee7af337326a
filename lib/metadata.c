/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metadata.c - keeps a bounded copy of what is in <metadata>: elements in the document's order, each with its depth.
 *
 * This is done for every domain, though only a policy with a metadata section asks for it: a domain is parsed before it is known with which
 * policy it will be compared, and a second pass over the document would cost far more than the copy (docs/measured.md).
 */
#include "metadata.h"

#include <stdlib.h>
#include <string.h>

#include "macros.h"
#include "xml_tag.h"

/* Appends @text; false: out of memory. Where there is no room for it, the metadata is cut. */
static bool add(struct metadata *metadata, const char *text, size_t length)
{
	if (metadata->is_cut)
		return true;
	if (length > METADATA_MAX_BYTES - metadata->text.length) {
		metadata->is_cut = true;
		return true;
	}
	return nestxml_buffer_add(&metadata->text, text, length);
}

/* Appends a value or a namespace, with its ampersands restored, and a NUL. */
static bool add_value(struct metadata *metadata, const char *value, size_t length)
{
	size_t start = metadata->text.length;

	if (!add(metadata, value, length))
		return false;
	if (!metadata->is_cut && length > 0)
		metadata->text.length = start + xml_restore_ampersands(metadata->text.data + start, length);
	return add(metadata, "", 1);
}

/* @items, or what takes their place, with room for one more than @count. NULL: out of memory, and @items are as they were. */
static void *make_room(void *items, size_t size, size_t count, size_t *capacity)
{
	size_t wanted = *capacity ? 2 * *capacity : 32;

	if (count < *capacity)
		return items;
	items = reallocarray(items, wanted, size);
	if (items)
		*capacity = wanted;
	return items;
}

static struct metadata_element *last(struct metadata *metadata)
{
	return &metadata->elements[metadata->elements_count - 1];
}

/* Ends the text of the last element, if that is still open. One in which another element begins has none (@has_text is false). */
static bool close_text(struct metadata *metadata, bool has_text)
{
	struct metadata_element *element;
	const char *text;

	if (!metadata->is_open || metadata->is_cut)
		return true;
	metadata->is_open = false;
	element = last(metadata);
	element->has_text = has_text;
	text = metadata->text.data;
	while (metadata->text.length > element->text && is_xml_space(text[metadata->text.length - 1]))
		metadata->text.length--;
	while (element->text < metadata->text.length && is_xml_space(text[element->text]))
		element->text++;
	return add(metadata, "", 1);
}

bool nestxml_metadata_begin(struct metadata *metadata, unsigned int depth, const char *name, const char *name_space)
{
	struct metadata_element element = {.depth = depth, .attributes = metadata->attributes_count};
	struct metadata_element *elements;

	if (!close_text(metadata, false))
		return false;
	if (depth > METADATA_MAX_DEPTH || metadata->is_cut)
		return true;
	if (metadata->elements_count == METADATA_MAX_ELEMENTS) {
		metadata->is_cut = true;
		return true;
	}
	elements = make_room(metadata->elements, sizeof(element), metadata->elements_count, &metadata->elements_capacity);
	if (!elements)
		return false;
	metadata->elements = elements;
	if (depth == 1) {
		metadata->open_name_space = name_space ? name_space : "";
		metadata->name_space = metadata->text.length;
		if (!add_value(metadata, metadata->open_name_space, strlen(metadata->open_name_space)))
			return false;
	}
	element.name_space = metadata->name_space;
	element.is_foreign = name_space && strcmp(name_space, metadata->open_name_space) != 0;
	element.name = metadata->text.length;
	if (!add(metadata, name, strlen(name) + 1))
		return false;
	element.text = metadata->text.length;
	if (metadata->is_cut)
		return true;
	metadata->elements[metadata->elements_count++] = element;
	metadata->is_open = true;
	return true;
}

bool nestxml_metadata_add_attribute(struct metadata *metadata, const char *name, const char *value, size_t length)
{
	struct metadata_attribute attribute = {.name = metadata->text.length};
	struct metadata_attribute *attributes;

	if (!metadata->is_open || metadata->is_cut)
		return true;
	if (metadata->attributes_count == METADATA_MAX_ELEMENTS) {
		metadata->is_cut = true;
		return true;
	}
	attributes = make_room(metadata->attributes, sizeof(attribute), metadata->attributes_count, &metadata->attributes_capacity);
	if (!attributes)
		return false;
	metadata->attributes = attributes;
	if (!add(metadata, name, strlen(name) + 1))
		return false;
	attribute.value = metadata->text.length;
	if (!add_value(metadata, value, length))
		return false;
	metadata->attributes[metadata->attributes_count++] = attribute;
	last(metadata)->attributes_count++;
	last(metadata)->text = metadata->text.length;
	return true;
}

bool nestxml_metadata_add_text(struct metadata *metadata, const char *text, size_t length)
{
	return !metadata->is_open || add(metadata, text, length);
}

bool nestxml_metadata_end(struct metadata *metadata)
{
	return close_text(metadata, true);
}

void nestxml_metadata_clear(struct metadata *metadata)
{
	nestxml_buffer_clear(&metadata->text);
	free(metadata->elements);
	free(metadata->attributes);
}
