/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sax_only.c - the limit for large documents: stdin into memory and libxml2's SAX2 parser over it, with nobody listening. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libxml/parser.h>

struct input {
	const char *text;
	size_t length;
	size_t read;
};

static int on_read(void *data, char *buffer, int size)
{
	struct input *input = data;
	size_t left = input->length - input->read;
	size_t count = (size_t)size < left ? (size_t)size : left;

	memcpy(buffer, input->text + input->read, count);
	input->read += count;
	return (int)count;
}

static char *read_stdin(size_t *length)
{
	struct stat status;
	char *text;

	if (fstat(STDIN_FILENO, &status) < 0)
		return NULL;
	text = malloc((size_t)status.st_size + 1);
	*length = 0;
	while (text && *length < (size_t)status.st_size) {
		ssize_t got = read(STDIN_FILENO, text + *length, (size_t)status.st_size - *length);

		if (got <= 0)
			break;
		*length += (size_t)got;
	}
	return text;
}

int main(void)
{
	struct input input = {0};
	char *text = read_stdin(&input.length);
	xmlParserCtxt *parser = xmlNewParserCtxt();
	int good;

	if (!text || !parser) {
		free(text);
		return 2;
	}
	input.text = text;
	memset(parser->sax, 0, sizeof(*parser->sax));
	parser->sax->initialized = XML_SAX2_MAGIC;
	/* By a callback, since xmlReadMemory() and xmlCreatePushParserCtxt() copy the whole first. */
	xmlFreeDoc(xmlCtxtReadIO(parser, on_read, NULL, &input, NULL, NULL, XML_PARSE_NONET));
	good = parser->wellFormed;
	xmlFreeParserCtxt(parser);
	free(text);
	return good ? 0 : 1;
}
