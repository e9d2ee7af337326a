/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* generate.c - writes random domains piece by piece, in a style that is drawn once for each. */
#include "generate.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct generator {
	uint64_t state;
	struct document *document;
	/* the style */
	char quote; /* 0: now this one, now that */
	const char *newline;
	const char *unit;
	unsigned int odd;	 /* percent: white space where hardly anyone puts any */
	unsigned int references; /* percent: a character of an attribute value as a reference */
	unsigned int noise;	 /* percent: a comment or the like before an element */
	unsigned int depth;
};

/* ---- chance: SplitMix64 ---- */

static uint64_t next_number(struct generator *generator)
{
	uint64_t z = generator->state += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static unsigned int below(struct generator *generator, unsigned int limit)
{
	return (unsigned int)(next_number(generator) % limit);
}

static bool chance(struct generator *generator, unsigned int percent)
{
	return below(generator, 100) < percent;
}

#define PICK(generator, words) ((words)[below(generator, COUNT(words))])

/* ---- bytes ---- */

static void put_bytes(struct generator *generator, const char *text, size_t length)
{
	struct document *document = generator->document;

	if (document->length + length + 1 > document->capacity) {
		document->capacity = 2 * (document->length + length + 1);
		document->xml = realloc(document->xml, document->capacity);
		if (!document->xml)
			abort();
	}
	memcpy(document->xml + document->length, text, length);
	document->length += length;
	document->xml[document->length] = '\0';
}

static void put(struct generator *generator, const char *text)
{
	put_bytes(generator, text, strlen(text));
}

static void put_space(struct generator *generator)
{
	static const char *const spaces[] = {" ", "  ", "\t", " \t"};

	if (!chance(generator, generator->odd))
		return;
	if (*generator->newline && chance(generator, 30)) {
		put(generator, generator->newline);
		for (unsigned int i = 0; i < generator->depth; i++)
			put(generator, generator->unit);
	}
	if (!generator->document->indentation)
		put(generator, PICK(generator, spaces));
}

static void put_noise(struct generator *generator)
{
	static const char *const noises[] = {
		"<!-- a comment -->",
		"<!-- <cpu mode='custom'><feature policy='require' name='vmx'/></cpu> -->",
		"<!--</cpu>-->",
		"<!--<feature name=\"svm\"/>-->",
		"<?page <cpu mode='host-model'/> ?>",
		"<?x?>",
		"<![CDATA[<cpu><feature policy='forbid' name='svm'/></cpu>]]>",
		"<![CDATA[ ]]>",
		"text",
		"&#65;&amp;&lt;",
	};

	if (chance(generator, generator->noise))
		put(generator, PICK(generator, noises));
}

/* To where the next element begins. */
static void put_line(struct generator *generator)
{
	for (unsigned int turn = 0; turn < 2; turn++) {
		if (chance(generator, generator->odd / 3)) /* blanks at the end of a line */
			put(generator, chance(generator, 50) ? " " : "\t ");
		put(generator, generator->newline);
		for (unsigned int i = 0; *generator->newline && i < generator->depth; i++)
			put(generator, generator->unit);
		if (turn > 0 || !chance(generator, generator->noise))
			return;
		put_noise(generator);
		if (chance(generator, 30)) /* and the element right after it */
			return;
	}
}

/* ---- tags ---- */

static void put_value(struct generator *generator, const char *value)
{
	char reference[16];

	for (; *value; value++) {
		if ((unsigned char)*value < 0x80 && chance(generator, generator->references)) {
			snprintf(reference, sizeof(reference), chance(generator, 50) ? "&#%u;" : "&#x%x;", (unsigned int)*value);
			put(generator, reference);
		} else {
			put_bytes(generator, value, 1);
		}
	}
}

static void put_attribute(struct generator *generator, const char *name, const char *value)
{
	char quote[2] = {generator->quote, '\0'};

	if (!quote[0])
		quote[0] = chance(generator, 50) ? '"' : '\'';
	put(generator, " ");
	put_space(generator);
	put(generator, name);
	put_space(generator);
	put(generator, "=");
	put_space(generator);
	put(generator, quote);
	put_value(generator, value);
	put(generator, quote);
}

static void put_open(struct generator *generator, const char *name)
{
	put_line(generator);
	put(generator, "<");
	put(generator, name);
}

/* Ends a start tag whose element has content. */
static void put_head(struct generator *generator)
{
	put_space(generator);
	put(generator, ">");
	generator->depth++;
}

static void put_close(struct generator *generator, const char *name)
{
	generator->depth--;
	put_line(generator);
	put(generator, "</");
	put(generator, name);
	put_space(generator);
	put(generator, ">");
}

/* Ends a start tag whose element has no content. */
static void put_empty(struct generator *generator, const char *name)
{
	put_space(generator);
	if (chance(generator, 85)) {
		put(generator, "/>");
		return;
	}
	put(generator, ">");
	put_noise(generator);
	put(generator, "</");
	put(generator, name);
	put(generator, ">");
}

static void put_text_element(struct generator *generator, const char *name, const char *text)
{
	put_open(generator, name);
	put(generator, ">");
	put(generator, text);
	put(generator, "</");
	put(generator, name);
	put(generator, ">");
}

/* ---- a cpu ---- */

static void put_feature(struct generator *generator)
{
	static const char *const names[] = {
		"vmx",		 "vmx",	     "svm",  "svm",  "vmx-ept", "vmx-true-ctls", "npt",	   "nrip-save",
		"svme-addr-chk", "avic",     "aes",  "pcid", "invtsc",	"hypervisor",	 "x2apic", "vmxx",
		"VMX",		 "svm-lock", "svme", "",     "vnmi",	"gmet",		 "npt",	   "vmx-pml",
	};
	static const char *const policies[] = {"require", "optional", "disable", "forbid", "force", "require", "disable", "bogus"};
	bool named_first = chance(generator, 30);
	bool stated = !chance(generator, 10);
	const char *name = PICK(generator, names);

	put_open(generator, "feature");
	if (chance(generator, 2))
		put_attribute(generator, "xmlns:name", "urn:name");
	if (chance(generator, 1)) /* not `policy`, and in no namespace */
		put_attribute(generator, chance(generator, 50) ? "y::policy" : ":policy", "require");
	if (chance(generator, 2))
		put_attribute(generator, chance(generator, 50) ? "y:policy" : "my_policy", PICK(generator, policies));
	if (named_first)
		put_attribute(generator, "name", name);
	if (stated)
		put_attribute(generator, "policy", PICK(generator, policies));
	if (!named_first && !chance(generator, 2))
		put_attribute(generator, "name", name);
	if (chance(generator, 3))
		put_attribute(generator, "y:name", PICK(generator, names));
	put_empty(generator, "feature");
}

static void put_other_feature(struct generator *generator)
{
	const char *name = chance(generator, 50) ? "y:feature" : "feature";

	put_open(generator, name);
	if (*name == 'f')
		put_attribute(generator, "xmlns", "urn:other");
	put_attribute(generator, "policy", "require");
	put_attribute(generator, "name", chance(generator, 50) ? "vmx" : "svm");
	put_empty(generator, name);
}

static void put_model(struct generator *generator)
{
	static const char *const models[] = {
		"qemu64",     "phenom",	    "Opteron_G2", "Opteron_G3", "Opteron_G5",	    "EPYC",
		"EPYC-Milan", "EPYC-Rome",  "Dhyana",	  "kvm64",	"Nehalem-IBRS",	    "Skylake-Client",
		"Opteron_G1", "qemu&#54;4", "Haswell",	  "",		"<![CDATA[EPYC]]>", "qemu<!-- -->64",
	};

	put_open(generator, "model");
	if (chance(generator, 30))
		put_attribute(generator, "fallback", chance(generator, 50) ? "allow" : "forbid");
	if (chance(generator, 10))
		put_attribute(generator, "vendor_id", "GenuineIntel");
	if (chance(generator, 5)) {
		put(generator, "/>");
		return;
	}
	put(generator, ">");
	put(generator, PICK(generator, models));
	put(generator, "</model>");
}

static void put_topology(struct generator *generator)
{
	put_open(generator, "topology");
	put_attribute(generator, "sockets", "1");
	put_attribute(generator, "cores", "4");
	put_attribute(generator, "threads", "1");
	put_empty(generator, "topology");
}

static void put_numa(struct generator *generator)
{
	put_open(generator, "numa");
	put_head(generator);
	for (unsigned int i = below(generator, 3); i > 0; i--) {
		put_open(generator, "cell");
		put_attribute(generator, "cpus", "0-1");
		put_attribute(generator, "memory", "512000");
		put_empty(generator, "cell");
	}
	if (chance(generator, 10)) /* means nothing there */
		put_feature(generator);
	put_close(generator, "numa");
}

static void put_cache(struct generator *generator)
{
	static const char *const modes[] = {"passthrough", "emulate", "disable"};

	put_open(generator, "cache");
	if (chance(generator, 30))
		put_attribute(generator, "level", "3");
	put_attribute(generator, "mode", PICK(generator, modes));
	put_empty(generator, "cache");
}

static void put_cpu_child(struct generator *generator)
{
	switch (below(generator, 12)) {
	case 0:
	case 1:
		put_model(generator);
		break;
	case 2:
		put_text_element(generator, "vendor", chance(generator, 50) ? "Intel" : "AMD");
		break;
	case 3:
		put_topology(generator);
		break;
	case 4:
		put_numa(generator);
		break;
	case 5:
		put_cache(generator);
		break;
	case 6:
		if (chance(generator, 40))
			put_other_feature(generator);
		break;
	default:
		put_feature(generator);
		break;
	}
}

static void put_cpu_attributes(struct generator *generator)
{
	static const char *const modes[] = {"custom", "host-model", "host-passthrough", "maximum", "host-model", "host-passthrough"};
	static const char *const matches[] = {"exact", "minimum", "strict"};
	static const char *const checks[] = {"none", "partial", "full"};
	bool late = chance(generator, 30);
	bool stated = chance(generator, 75);
	const char *mode = chance(generator, 2) ? "bogus" : PICK(generator, modes);

	if (chance(generator, 2))
		put_attribute(generator, chance(generator, 50) ? "y:mode" : "my-mode", PICK(generator, modes));
	if (stated && !late)
		put_attribute(generator, "mode", mode);
	if (chance(generator, 25))
		put_attribute(generator, "match", PICK(generator, matches));
	if (chance(generator, 25))
		put_attribute(generator, "check", PICK(generator, checks));
	if (chance(generator, 15))
		put_attribute(generator, "migratable", chance(generator, 50) ? "on" : "off");
	if (chance(generator, 2))
		put_attribute(generator, "xmlns:match", "urn:match");
	if (stated && late)
		put_attribute(generator, "mode", mode);
}

static void put_cpu(struct generator *generator)
{
	put_open(generator, "cpu");
	put_cpu_attributes(generator);
	if (chance(generator, 12)) {
		put_empty(generator, "cpu");
		return;
	}
	put_head(generator);
	if (chance(generator, 45)) /* so that not nearly every custom one is without */
		put_model(generator);
	for (unsigned int i = below(generator, 7); i > 0; i--)
		put_cpu_child(generator);
	put_close(generator, "cpu");
}

/* One that is none: in another namespace. */
static void put_other_cpu(struct generator *generator)
{
	static const char *const names[] = {"y:cpu", "cpu", "undeclared:cpu"};
	const char *name = PICK(generator, names);

	put_open(generator, name);
	if (*name == 'c')
		put_attribute(generator, "xmlns", "urn:other");
	put_attribute(generator, "mode", "custom");
	put_head(generator);
	put_feature(generator);
	put_close(generator, name);
}

/* ---- the rest of a domain ---- */

static void put_name(struct generator *generator)
{
	static const char *const names[] = {"guest", "G\xc3\xa4st", "\xe6\xbc\xa2\xe5\xad\x97", "a &amp; b", "a>b", "\xf0\x9f\x90\xa7", ""};

	put_text_element(generator, "name", PICK(generator, names));
}

static void put_uuid(struct generator *generator)
{
	put_text_element(generator, "uuid", "7d9a3cf6-7c57-4a0b-9f0d-1f1e3a6a2d11");
}

static void put_description(struct generator *generator)
{
	static const char *const texts[] = {
		"It's <![CDATA[<cpu mode='custom'/>]]>", "\"quoted\"", "&lt;cpu/&gt;", "]] >", "<!-- </domain> -->", "  ", "]]&gt;",
	};

	put_text_element(generator, "description", PICK(generator, texts));
}

static void put_metadata(struct generator *generator)
{
	put_open(generator, "metadata");
	put_head(generator);
	put_open(generator, "app:guest");
	put_attribute(generator, "xmlns:app", "urn:app");
	put_head(generator);
	put_cpu(generator);
	put_close(generator, "app:guest");
	if (chance(generator, 30))
		put_cpu(generator);
	put_close(generator, "metadata");
}

static void put_vcpu(struct generator *generator)
{
	put_text_element(generator, "vcpu", "4");
}

static void put_os(struct generator *generator)
{
	put_open(generator, "os");
	put_head(generator);
	put_open(generator, "type");
	if (chance(generator, 80))
		put_attribute(generator, "arch", chance(generator, 80) ? "x86_64" : "i686");
	put(generator, ">hvm</type>");
	put_close(generator, "os");
}

static void put_features(struct generator *generator)
{
	put_open(generator, "features");
	if (chance(generator, 10)) {
		put_empty(generator, "features");
		return;
	}
	put_head(generator);
	put_open(generator, "acpi");
	put_empty(generator, "acpi");
	put_close(generator, "features");
}

static void put_clock(struct generator *generator)
{
	put_open(generator, "clock");
	put_attribute(generator, "offset", "utc");
	put_empty(generator, "clock");
}

static void put_devices(struct generator *generator)
{
	put_open(generator, "devices");
	put_head(generator);
	put_text_element(generator, "emulator", "/usr/bin/qemu-system-x86_64");
	if (chance(generator, 20))
		put_cpu(generator);
	if (chance(generator, 20)) {
		put_open(generator, "disk");
		put_attribute(generator, "title", "a > b /> c");
		put_attribute(generator, "undeclared:prefix", "");
		put_empty(generator, "disk");
	}
	put_close(generator, "devices");
}

static void put_commandline(struct generator *generator)
{
	put_open(generator, "qemu:commandline");
	put_attribute(generator, "xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0");
	put_head(generator);
	put_open(generator, "qemu:arg");
	put_attribute(generator, "value", "-cpu");
	put_empty(generator, "qemu:arg");
	put_close(generator, "qemu:commandline");
}

static void put_launch_security(struct generator *generator)
{
	static const char *const types[] = {"sev", "sev-snp", "tdx", "s390-pv"};

	put_open(generator, "launchSecurity");
	put_attribute(generator, "type", PICK(generator, types));
	put_empty(generator, "launchSecurity");
}

/* ---- a document ---- */

static void put_sections(struct generator *generator)
{
	static const struct {
		void (*put)(struct generator *generator);
		unsigned int percent;
	} sections[] = {
		{put_name, 95},	       {put_uuid, 60},		 {put_description, 20},
		{put_metadata, 25},    {put_vcpu, 60},		 {put_os, 85},
		{put_features, 60},    {put_other_cpu, 10},	 {put_cpu, 85},
		{put_cpu, 5},	       {put_clock, 60},		 {put_devices, 70},
		{put_commandline, 15}, {put_launch_security, 3},
	};
	unsigned int order[COUNT(sections)];

	for (unsigned int i = 0; i < COUNT(order); i++)
		order[i] = i;
	if (chance(generator, 25)) {
		for (unsigned int i = COUNT(order) - 1; i > 0; i--) {
			unsigned int other = below(generator, i + 1);
			unsigned int kept = order[i];

			order[i] = order[other];
			order[other] = kept;
		}
	}
	for (unsigned int i = 0; i < COUNT(order); i++)
		if (chance(generator, sections[order[i]].percent))
			sections[order[i]].put(generator);
}

static void choose_style(struct generator *generator)
{
	static const char quotes[] = {'\'', '\'', '"', '\0'};
	static const char *const newlines[] = {"\n", "\n", "\n", "\r\n", ""};
	static const char *const units[] = {"  ", "  ", "\t", "    ", " ", ""};
	static const unsigned int odds[] = {0, 0, 3, 30};
	static const unsigned int noises[] = {0, 2, 20};

	generator->quote = PICK(generator, quotes);
	generator->newline = PICK(generator, newlines);
	generator->unit = PICK(generator, units);
	generator->odd = PICK(generator, odds);
	generator->references = chance(generator, 20) ? 5 : 0;
	generator->noise = PICK(generator, noises);
	if (*generator->newline && *generator->unit && !generator->odd)
		generator->document->indentation = *generator->unit;
}

static void put_prolog(struct generator *generator)
{
	static const char *const declarations[] = {"<?xml version='1.0' encoding='UTF-8'?>", "<?xml version=\"1.0\"?>",
						   "<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>"};

	if (chance(generator, 10))
		put(generator, "\xef\xbb\xbf");
	if (chance(generator, 25)) {
		put(generator, PICK(generator, declarations));
		put(generator, generator->newline);
	}
	if (chance(generator, 10)) {
		put(generator, "<!-- <domain type='xen'> -->");
		put(generator, generator->newline);
	}
}

static void put_root(struct generator *generator)
{
	put(generator, "<domain");
	if (chance(generator, 5))
		put_attribute(generator, "undeclared:id", "7");
	put_attribute(generator, "type", chance(generator, 80) ? "kvm" : "qemu");
	if (chance(generator, 10))
		put_attribute(generator, "id", "3");
	put_attribute(generator, "xmlns:y", "urn:y");
	if (chance(generator, 2)) {
		put(generator, "/>");
		return;
	}
	put_head(generator);
	put_sections(generator);
	put_close(generator, "domain");
}

void generate(uint64_t seed, struct document *document)
{
	struct generator generator = {.state = seed, .document = document};

	document->length = 0;
	document->indentation = '\0';
	choose_style(&generator);
	put_prolog(&generator);
	put_root(&generator);
	if (chance(&generator, 80))
		put(&generator, generator.newline);
	if (chance(&generator, 5))
		put(&generator, "<!-- <cpu/> -->");
}
