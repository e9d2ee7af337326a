/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff.c - the edits as a unified diff.
 *
 * Which lines differ is known from the edits, so nothing is searched for: edits in the same or in adjoining lines make a block, of
 * which the equal lines at both ends are dropped; blocks less than two contexts apart make a hunk.
 */
#include "diff.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "io.h"

#define CONTEXT ((size_t)3)
#define MAX_PENDING ((size_t)1 << 16)

/* Whole lines that change: old ones in the input, new ones in the output. */
struct block {
	size_t old_start, old_end; /* bytes */
	size_t new_start, new_end;
	size_t old_line, old_count; /* lines from 0 */
	size_t new_line, new_count;
};

struct diff {
	const char *old;
	size_t old_length;
	char *new;
	size_t new_length;
	struct block *blocks;
	size_t count;
	bool escape;
	int fd;
	struct nestxml_buffer pending; /* what is to be written before anything else */
	int code;		       /* the first failure */
};

static size_t line_start(const char *text, size_t at)
{
	const char *newline = at > 0 ? memrchr(text, '\n', at) : NULL;

	return newline ? (size_t)(newline - text) + 1 : 0;
}

/* The place after the line end that follows @at, or the end of the text. */
static size_t line_end(const char *text, size_t length, size_t at)
{
	const char *newline = at < length ? memchr(text + at, '\n', length - at) : NULL;

	return newline ? (size_t)(newline - text) + 1 : length;
}

/* How many of the eight bytes of @word are line ends. */
static size_t count_newlines(uint64_t word)
{
	const uint64_t ones = UINT64_MAX / 255; /* a 1 in each byte */
	const uint64_t low_bits = ones * 0x7f;
	uint64_t difference = word ^ (ones * '\n');					  /* 0 in each byte that is one */
	uint64_t marks = ~(((difference & low_bits) + low_bits) | difference | low_bits); /* its highest bit */

	return (size_t)(((marks >> 7) * ones) >> 56);
}

/*
 * Lines in text[start, end); a last one without a line end counts. Eight bytes at once: a search for each line costs more where lines are
 * short, and a loop over the bytes does in a build without optimization.
 */
static size_t count_lines(const char *text, size_t start, size_t end)
{
	size_t count = end > start && text[end - 1] != '\n';
	uint64_t word;

	for (; start + sizeof(word) <= end; start += sizeof(word)) {
		memcpy(&word, text + start, sizeof(word));
		count += count_newlines(word);
	}
	for (; start < end; start++)
		count += text[start] == '\n';
	return count;
}

/* The same for lines that are printed one by one anyway: where one of them is the whole document, a search for its end is faster. */
static size_t count_printed_lines(const char *text, size_t start, size_t end)
{
	size_t count = 0;

	for (; start < end; start = line_end(text, end, start))
		count++;
	return count;
}

/* Whether what is at @at is in the lines of the block before it, which end at a line's end. */
static bool is_inside(const struct diff *diff, const struct block *block, size_t at)
{
	return at < block->old_end || (at == block->old_end && diff->old[at - 1] != '\n');
}

/* A line is searched for its ends once, however many edits are in it. */
static void find_blocks(struct diff *diff, const struct nestxml_edits *edits)
{
	long shift = 0; /* new offset less old offset, after the edits so far */

	for (size_t i = 0; i < nestxml_edits_count(edits); i++) {
		const struct nestxml_edit *edit = nestxml_edits_get(edits, i);
		size_t edit_end = edit->offset + edit->length;
		struct block *block = diff->count > 0 ? &diff->blocks[diff->count - 1] : NULL;

		if (!block || !is_inside(diff, block, edit->offset)) {
			block = &diff->blocks[diff->count++];
			block->old_start = line_start(diff->old, edit->offset);
			block->new_start = (size_t)((long)block->old_start + shift);
			block->old_end = line_end(diff->old, diff->old_length, edit_end);
		} else if (edit_end >= block->old_end) {
			block->old_end = line_end(diff->old, diff->old_length, edit_end);
		}
		shift += (long)edit->text_length - (long)edit->length;
		block->new_end = (size_t)((long)block->old_end + shift);
	}
}

static bool is_same(const struct diff *diff, size_t old_start, size_t old_end, size_t new_start, size_t new_end)
{
	return old_end - old_start == new_end - new_start && memcmp(diff->old + old_start, diff->new + new_start, old_end - old_start) == 0;
}

static void trim_block(const struct diff *diff, struct block *block)
{
	while (block->old_start < block->old_end && block->new_start < block->new_end) {
		size_t old_end = line_end(diff->old, block->old_end, block->old_start);
		size_t new_end = line_end(diff->new, block->new_end, block->new_start);

		if (!is_same(diff, block->old_start, old_end, block->new_start, new_end))
			break;
		block->old_start = old_end;
		block->new_start = new_end;
	}
	while (block->old_start < block->old_end && block->new_start < block->new_end) {
		size_t old_start = line_start(diff->old, block->old_end - 1);
		size_t new_start = line_start(diff->new, block->new_end - 1);

		if (!is_same(diff, old_start, block->old_end, new_start, block->new_end))
			break;
		block->old_end = old_start;
		block->new_end = new_start;
	}
}

static void number_lines(struct diff *diff)
{
	size_t old_line = 0;
	size_t new_line = 0;
	size_t at = 0;

	for (size_t i = 0; i < diff->count; i++) {
		struct block *block = &diff->blocks[i];
		size_t between;

		trim_block(diff, block);
		between = count_lines(diff->old, at, block->old_start);
		block->old_line = old_line + between;
		block->new_line = new_line + between;
		block->old_count = count_printed_lines(diff->old, block->old_start, block->old_end);
		block->new_count = count_printed_lines(diff->new, block->new_start, block->new_end);
		old_line = block->old_line + block->old_count;
		new_line = block->new_line + block->new_count;
		at = block->old_end;
	}
}

/* ---- printing ---- */

static void keep_failure(struct diff *diff, int code)
{
	if (diff->code == 0)
		diff->code = code;
}

static void flush(struct diff *diff)
{
	if (diff->code == 0 && diff->pending.length > 0)
		keep_failure(diff, io_write(diff->fd, diff->pending.data, diff->pending.length));
	diff->pending.length = 0;
}

/* A long line is not copied: a domain may be one line. */
static void put(struct diff *diff, const char *text, size_t length)
{
	if (diff->pending.length + length > MAX_PENDING)
		flush(diff);
	if (length > MAX_PENDING && diff->code == 0)
		keep_failure(diff, io_write(diff->fd, text, length));
	else if (diff->code == 0 && !nestxml_buffer_add(&diff->pending, text, length))
		keep_failure(diff, -ENOMEM);
}

static void put_string(struct diff *diff, const char *text)
{
	put(diff, text, strlen(text));
}

/* The part of a line before its end, as a terminal may see it. */
static void put_escaped(struct diff *diff, const char *line, size_t length)
{
	AUTO_FREE char *text = strndup(line, length);
	size_t size = 4 * length + 1;
	AUTO_FREE char *shown = malloc(size);

	if (text && shown)
		put_string(diff, nestxml_text_escape(text, shown, size));
	else
		keep_failure(diff, -ENOMEM);
}

static void print_line(struct diff *diff, char sign, const char *line, size_t length)
{
	size_t ended = length > 0 && line[length - 1] == '\n';

	put(diff, &sign, 1);
	if (diff->escape)
		put_escaped(diff, line, length - ended);
	else
		put(diff, line, length - ended);
	put_string(diff, ended ? "\n" : "\n\\ No newline at end of file\n");
}

static void print_lines(struct diff *diff, char sign, const char *text, size_t start, size_t end)
{
	while (start < end) {
		size_t next = line_end(text, end, start);

		print_line(diff, sign, text + start, next - start);
		start = next;
	}
}

/* Up to @lines lines back from @at, but not before @limit. */
static size_t lines_back(const char *text, size_t limit, size_t at, size_t lines)
{
	while (lines-- > 0 && at > limit)
		at = line_start(text, at - 1);
	return at;
}

static size_t lines_on(const char *text, size_t limit, size_t at, size_t lines)
{
	while (lines-- > 0 && at < limit)
		at = line_end(text, limit, at);
	return at;
}

/* An empty range is named by the line before it, as diff(1) does. */
static void print_range(struct diff *diff, char sign, size_t line, size_t count)
{
	char text[64];

	snprintf(text, sizeof(text), " %c%zu", sign, count > 0 ? line + 1 : line);
	put_string(diff, text);
	if (count == 1)
		return;
	snprintf(text, sizeof(text), ",%zu", count);
	put_string(diff, text);
}

/* Blocks first to last - 1. */
static void print_hunk(struct diff *diff, size_t first, size_t last)
{
	const struct block *head = &diff->blocks[first];
	const struct block *tail = &diff->blocks[last - 1];
	size_t start = lines_back(diff->old, 0, head->old_start, CONTEXT);
	size_t end = lines_on(diff->old, diff->old_length, tail->old_end, CONTEXT);
	size_t before = count_lines(diff->old, start, head->old_start);
	size_t after = count_lines(diff->old, tail->old_end, end);
	size_t at = start;

	put_string(diff, "@@");
	print_range(diff, '-', head->old_line - before, tail->old_line + tail->old_count - head->old_line + before + after);
	print_range(diff, '+', head->new_line - before, tail->new_line + tail->new_count - head->new_line + before + after);
	put_string(diff, " @@\n");
	for (size_t i = first; i < last; i++) {
		const struct block *block = &diff->blocks[i];

		print_lines(diff, ' ', diff->old, at, block->old_start);
		print_lines(diff, '-', diff->old, block->old_start, block->old_end);
		print_lines(diff, '+', diff->new, block->new_start, block->new_end);
		at = block->old_end;
	}
	print_lines(diff, ' ', diff->old, at, end);
}

static void print_header(struct diff *diff, const char *sign, const char *name)
{
	put_string(diff, sign);
	put_string(diff, name);
	put_string(diff, strchr(name, ' ') ? "\t\n" : "\n"); /* without the tab patch(1) treats the first word as the name */
}

static void print_diff(struct diff *diff, const char *name)
{
	size_t first = 0;

	print_header(diff, "--- ", name);
	print_header(diff, "+++ ", name);
	for (size_t i = 1; i <= diff->count; i++) {
		const struct block *previous = &diff->blocks[i - 1];

		if (i < diff->count && diff->blocks[i].old_line - (previous->old_line + previous->old_count) <= 2 * CONTEXT)
			continue;
		print_hunk(diff, first, i);
		first = i;
	}
	flush(diff);
}

int diff_write(int fd, const char *name, const char *xml, size_t length, const struct nestxml_edits *edits, bool escape)
{
	struct diff diff = {.fd = fd, .old = xml, .old_length = length, .escape = escape};

	if (!edits || nestxml_edits_count(edits) == 0)
		return 0;
	if (nestxml_edits_apply(edits, &diff.new, &diff.new_length) != 0)
		return -ENOMEM;
	diff.blocks = calloc(nestxml_edits_count(edits), sizeof(*diff.blocks));
	if (diff.blocks) {
		find_blocks(&diff, edits);
		number_lines(&diff);
		print_diff(&diff, name);
	} else {
		diff.code = -ENOMEM;
	}
	nestxml_buffer_clear(&diff.pending);
	free(diff.blocks);
	free(diff.new);
	return diff.code;
}
