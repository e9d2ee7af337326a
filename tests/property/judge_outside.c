/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* judge_outside.c - what became of all that is not <cpu>: its bytes, its canonical form, and the document's style. */
#include "judge_parts.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/c14n.h>

/* ---- the bytes ---- */

static bool is_blank(const char *xml, size_t start, size_t end)
{
	for (; start < end; start++)
		if (!is_space(xml[start]))
			return false;
	return true;
}

/* The output without what was inserted is the input: the new cpu and the white space before or after it. */
static bool is_inserted_only(const struct view *input, const struct view *output)
{
	size_t start = output->cpu_range.start;
	size_t tail = output->length - output->cpu_range.end;
	size_t root_end = input->root_range.end;
	size_t kept;

	if (input->xml[root_end - 2] == '/' && !xmlFirstElementChild(input->root)) { /* <domain/> was opened for it */
		size_t after = input->length - root_end;
		const char closing[] = "</domain>";
		size_t closed = output->length - after - strlen(closing);

		return output->length > after + strlen(closing) && start >= root_end - 1 &&
		       memcmp(output->xml, input->xml, root_end - 2) == 0 && output->xml[root_end - 2] == '>' &&
		       is_blank(output->xml, root_end - 1, start) && output->cpu_range.end <= closed &&
		       is_blank(output->xml, output->cpu_range.end, closed) &&
		       memcmp(output->xml + closed, closing, strlen(closing)) == 0 &&
		       memcmp(output->xml + output->length - after, input->xml + root_end, after) == 0;
	}
	if (tail > input->length)
		return false;
	kept = input->length - tail;
	return kept <= start && memcmp(output->xml, input->xml, kept) == 0 && is_blank(output->xml, kept, start) &&
	       memcmp(output->xml + output->cpu_range.end, input->xml + kept, tail) == 0;
}

static bool judge_bytes(struct judge *judge, const struct view *output)
{
	const struct view *input = &judge->input;
	size_t before = input->cpu_range.start;
	size_t after = input->length - input->cpu_range.end;

	if (!input->cpu)
		return is_inserted_only(input, output) || blame(judge, "the output without its new cpu is not the input");
	if (output->cpu_range.start != before || output->length - output->cpu_range.end != after)
		return blame(judge, "the cpu begins at byte %zu, not %zu, or has %zu bytes after it, not %zu", output->cpu_range.start,
			     before, output->length - output->cpu_range.end, after);
	if (memcmp(output->xml, input->xml, before) != 0 ||
	    memcmp(output->xml + output->cpu_range.end, input->xml + input->cpu_range.end, after) != 0)
		return blame(judge, "a byte outside the cpu changed");
	return true;
}

/* ---- the canonical form ---- */

/* For a document into which a cpu is inserted: the white space around it is of no account. */
static void drop_blanks(xmlNode *root)
{
	for (xmlNode *node = root->children; node; node = node->next) {
		xmlChar *kept = node->type == XML_TEXT_NODE ? xmlStrdup(node->content) : NULL;
		size_t count = 0;

		if (!kept)
			continue;
		for (size_t i = 0; kept[i]; i++)
			if (!is_space((char)kept[i]))
				kept[count++] = kept[i];
		kept[count] = '\0';
		xmlNodeSetContent(node, kept);
		xmlFree(kept);
	}
}

/* The document without @cpu, which is lost by it. NULL: it has no canonical form (a relative namespace URI). Owned by the caller. */
static char *make_canonical(xmlDoc *tree, xmlNode *cpu, bool inserted, size_t *length)
{
	xmlChar *text = NULL;
	int got;
	char *made = NULL;

	if (cpu) {
		xmlUnlinkNode(cpu);
		xmlFreeNode(cpu);
	}
	if (inserted)
		drop_blanks(xmlDocGetRootElement(tree));
	got = xmlC14NDocDumpMemory(tree, NULL, XML_C14N_1_0, NULL, 1, &text);
	if (got >= 0 && text) {
		*length = (size_t)got;
		made = malloc(*length + 1);
		if (made)
			memcpy(made, text, *length);
	}
	xmlFree(text);
	return made;
}

/* Takes the cpu out of the output's tree. */
static bool judge_canonical(struct judge *judge, struct view *output)
{
	size_t length = 0;
	char *canonical;
	bool same;

	if (!judge->canonical)
		return true;
	canonical = make_canonical(output->tree, output->cpu, !judge->input.cpu, &length);
	output->cpu = NULL;
	same = canonical && length == judge->canonical_length && memcmp(canonical, judge->canonical, length) == 0;
	free(canonical);
	return same || blame(judge, "the canonical form outside the cpu changed");
}

/* ---- the style ---- */

static size_t count_byte(const char *xml, size_t length, char byte)
{
	size_t count = 0;

	for (const char *at = xml; (at = memchr(at, byte, length - (size_t)(at - xml))); at++)
		count++;
	return count;
}

/* Whether all line ends are alike, and which: 'n' none, 'l' LF, 'c' CRLF; 0: they are mixed. */
static char line_ends(const char *xml, size_t length)
{
	size_t feeds = count_byte(xml, length, '\n');
	size_t returns = count_byte(xml, length, '\r');
	size_t pairs = 0;

	for (size_t i = 1; i < length; i++)
		pairs += xml[i] == '\n' && xml[i - 1] == '\r';
	if (feeds == 0 && returns == 0)
		return 'n';
	if (returns == 0)
		return 'l';
	return feeds == returns && pairs == feeds ? 'c' : '\0';
}

static bool judge_style(struct judge *judge, const struct view *output)
{
	const struct view *input = &judge->input;
	char ends = line_ends(input->xml, input->length);
	char after = line_ends(output->xml, output->length);

	/* That they all went with what went is fine. */
	if (ends && after != ends && after != 'n')
		return blame(judge, "the line ends are no longer those of the document");
	for (const char *quote = "'\""; *quote; quote++)
		if (!memchr(input->xml, *quote, input->length) && memchr(output->xml, *quote, output->length))
			return blame(judge, "a quote that the document does not use: %c", *quote);
	return true;
}

/* ---- all of it ---- */

void judge_keep_outside(struct judge *judge)
{
	xmlDoc *copy = view_read_tree(judge->input.xml, judge->input.length, NULL);
	xmlNode *cpu;

	if (!copy)
		return;
	cpu = xmlDocGetRootElement(copy)->children;
	while (cpu && !view_is_element(cpu, "cpu"))
		cpu = cpu->next;
	judge->canonical = make_canonical(copy, cpu, !cpu, &judge->canonical_length);
	xmlFreeDoc(copy);
}

bool judge_outside(struct judge *judge, struct view *output)
{
	return judge_bytes(judge, output) && judge_style(judge, output) && judge_canonical(judge, output);
}
