/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_domain.c - what is refused as a domain, with its place, and the facts that are read from a good one. */
#include "support.h"

#include "domain.h"

#define NESTED "urn:nestxml:nested:1"
#define BOM "\xef\xbb\xbf"

/* ---- refusals ---- */

static int parse_bytes(const char *xml, size_t length, struct nestxml_error *error)
{
	/* A copy of just this size, without a NUL: what reads past it is seen. */
	char *copy = malloc(length ? length : 1);
	struct nestxml_domain *domain = (struct nestxml_domain *)copy;
	int code;

	assert_non_null(copy);
	memcpy(copy, xml, length);
	memset(error, 0, sizeof(*error));
	code = nestxml_domain_new(copy, length, &domain, error);
	if (code != 0)
		assert_ptr_equal(domain, copy); /* written on success only */
	else
		nestxml_domain_free(domain);
	free(copy);
	return code;
}

static int parse(const char *xml, struct nestxml_error *error)
{
	return parse_bytes(xml, strlen(xml), error);
}

#define ANYWHERE (~0U)

struct refusal {
	const char *xml;
	enum nestxml_code code;
	unsigned int line;   /* ANYWHERE: not looked at */
	unsigned int column; /* ANYWHERE: any but 0 */
	const char *word;    /* of the message */
};

static void check_refusals(const struct refusal *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct refusal *c = &cases[i];
		struct nestxml_error error;

		CHECK(parse(c->xml, &error) == (int)c->code, "%s: %s", c->xml, error.message);
		CHECK(error.code == c->code, "%s", c->xml);
		CHECK(c->line == ANYWHERE || error.line == c->line, "%s: line %u", c->xml, error.line);
		CHECK(c->column == ANYWHERE ? error.column > 0 : error.column == c->column, "%s: column %u", c->xml, error.column);
		CHECK(strstr(error.message, c->word), "%s: %s", c->xml, error.message);
		CHECK(is_printable(error.message), "%s: %s", c->xml, error.message);
		CHECK(error.message[strlen(error.message) - 1] != '.', "%s: %s", c->xml, error.message);
	}
}

static void test_what_is_not_well_formed_is_refused_with_its_place(void **state)
{
	static const struct refusal cases[] = {
		{"", NESTXML_E_SYNTAX, 0, 0, "empty"},
		{" ", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"\n\n", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{BOM, NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"text", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<!-- no root -->", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<?xml version='1.0'?>\n", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"<domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>\n<name>\n</domain>", NESTXML_E_SYNTAX, 3, ANYWHERE, "mismatch"},
		{"<domain>\n\n  <cpu>\n</domain>", NESTXML_E_SYNTAX, 4, ANYWHERE, "mismatch"},
		{"<domain type='kvm' type='qemu'/>", NESTXML_E_SYNTAX, 1, ANYWHERE, "redefined"},
		{"<domain type=kvm/>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain type='a<b'/>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>&undefined;</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>a & b</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>&#0;</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>\x01</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>\n<![CDATA[ </domain>", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"<domain>\n<!-- -- --></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain/>\n<domain/>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain/>\ntext", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"\n<?xml version='1.0'?><domain/>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu mode='custom'>\n<feature policy='require' name='vmx'>\n</cpu>\n</domain>", NESTXML_E_SYNTAX, 4, ANYWHERE,
		 "mismatch"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_an_error_after_the_cpu_refuses_the_whole_document(void **state)
{
	static const struct refusal cases[] = {
		{"<domain type='kvm'>\n<cpu mode='host-model'/>\n<devices>\n</domain>", NESTXML_E_SYNTAX, 4, ANYWHERE, "mismatch"},
		{"<domain type='kvm'>\n<cpu mode='host-model'/>\n</domain>\n<", NESTXML_E_SYNTAX, 4, ANYWHERE, "well-formed"},
		{"<domain type='kvm'>\n<cpu/>\n</domain>\n\n\xff", NESTXML_E_ENCODING, 5, 1, "0xff"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

/* A pipe that broke, a disk that was full: cut inside a tag too. */
static void test_a_document_cut_anywhere_is_not_well_formed(void **state)
{
	static const char xml[] = "<?xml version='1.0'?>\n<domain type='kvm'>\n<name>a&amp;b</name><os><type arch='i686'>hvm</type></os>\n"
				  "<metadata><p:policy xmlns:p='" NESTED "' nested='leave'/></metadata><!-- c --><features/>"
				  "<cpu mode='custom'><model>x</model><feature name='vmx' /></cpu ><![CDATA[d]]></domain >";
	size_t name_start = (size_t)(strstr(xml, "domain") - xml);
	unsigned int wrong = 0;

	(void)state;
	for (size_t length = 0; length < strlen(xml); length++) {
		struct nestxml_error error;
		int code = parse_bytes(xml, length, &error);
		bool is_in_roots_name = length > name_start && length < name_start + strlen("domain");

		if (code != NESTXML_E_SYNTAX && !(is_in_roots_name && code == NESTXML_E_ROOT) && wrong++ == 0)
			print_error("cut at %zu: code %d, %s\n", length, code, error.message);
	}
	assert_int_equal(wrong, 0);
}

static void test_a_tag_that_does_not_end_is_not_well_formed(void **state)
{
	static const struct refusal cases[] = {
		{"<domain<", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain type='kvm'\n<cpu/>", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu mode='custom'</cpu></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu><feature name='vmx'</cpu></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu/ ></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu></cpu</domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<x a='1'b='2'/></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<x a></x></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_hostile_text_in_a_syntax_error_is_escaped(void **state)
{
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse("<domain><\xe2\x80\xaegpj\xc2\x9b></domain>", &error), NESTXML_E_SYNTAX);
	assert_int_equal(parse("<domain><\xe0\xb8\x81\xe0\xb8\x81></domain>", &error), NESTXML_E_SYNTAX);
	assert_true(is_printable(error.message));
}

static void test_a_document_type_declaration_is_refused(void **state)
{
	static const struct refusal cases[] = {
		{"<!DOCTYPE domain><domain/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
		{"<?xml version='1.0'?>\n<!DOCTYPE domain SYSTEM 'file:///etc/passwd'>\n<domain/>", NESTXML_E_DTD, 2, 0, "<!DOCTYPE>"},
		{"<!-- a -->\n\n<!DOCTYPE domain [\n<!ENTITY a 'b'>\n]>\n<domain>&a;</domain>", NESTXML_E_DTD, ANYWHERE, 0, "<!DOCTYPE>"},
		{"<!DOCTYPE domain [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><domain><name>&c;</name></domain>", NESTXML_E_DTD, 1, 0,
		 "<!DOCTYPE>"},
		{"<!DOCTYPE domain [<!ATTLIST domain type CDATA 'kvm'>]><domain/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
		{"<!DOCTYPE domain PUBLIC 'x' 'http://127.0.0.1:9/'><domain/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
		{"<!DOCTYPE x><x/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_what_is_not_utf8_is_refused_with_its_place(void **state)
{
	static const struct refusal cases[] = {
		{"\xff", NESTXML_E_ENCODING, 1, 1, "0xff"},
		{"<domain>\xe4</domain>", NESTXML_E_ENCODING, 1, 9, "0xe4"},
		{"<domain>\n\n  <name>\xc3\xa4\xe4</name></domain>", NESTXML_E_ENCODING, 3, 11, "0xe4"},
		{"<domain>\r\n\xc0\xaf</domain>", NESTXML_E_ENCODING, 2, 1, "0xc0"},
		{"<domain/>\n<!-- \xed\xa0\x80 -->", NESTXML_E_ENCODING, 2, 6, "0xed"},
		{"<domain/>\xe2\x82", NESTXML_E_ENCODING, 1, 10, "0xe2"},
		{"<domain>\xf4\x90\x80\x80</domain>", NESTXML_E_ENCODING, 1, 9, "0xf4"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_a_nul_byte_is_refused_with_its_place(void **state)
{
	static const char xml[] = "<domain type='kvm'>\n<name>a\0b</name></domain>";
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse_bytes(xml, sizeof(xml) - 1, &error), NESTXML_E_ENCODING);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 8);
	assert_int_equal(parse_bytes("<domain/>", 10, &error), NESTXML_E_ENCODING);
	assert_int_equal(parse_bytes("", 1, &error), NESTXML_E_ENCODING);
}

static void test_utf16_is_refused_by_its_name(void **state)
{
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse_bytes("\xff\xfe<\0d\0", 6, &error), NESTXML_E_ENCODING);
	assert_non_null(strstr(error.message, "UTF-16"));
	assert_int_equal(parse_bytes("\xfe\xff\0<\0d", 6, &error), NESTXML_E_ENCODING);
	assert_non_null(strstr(error.message, "UTF-16"));
	assert_int_equal(parse_bytes("<\0d\0", 4, &error), NESTXML_E_ENCODING);
	assert_int_equal(parse_bytes("\0<\0d", 4, &error), NESTXML_E_ENCODING);
}

static void test_another_declared_encoding_is_refused(void **state)
{
	static const char *const declarations[] = {
		"<?xml version='1.0' encoding='ISO-8859-1'?>",
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
		"<?xml version='1.0' encoding = 'ISO-8859-1' ?>",
		"<?xml version='1.0'\n\tencoding\n=\n\"latin1\" standalone='yes'?>",
		"<?xml version='1.0' encoding='UTF-16'?>",
		"<?xml version='1.0' encoding='UTF-7'?>",
		"<?xml version='1.0' encoding='UTF-8-MAC'?>",
		"<?xml version='1.0' encoding='EBCDIC-CP-US'?>",
		"<?xml version='1.0' encoding='x-no-such-encoding-with-a-very-long-name-indeed'?>",
		BOM "<?xml version='1.0' encoding='ISO-8859-1'?>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(declarations); i++) {
		struct nestxml_error error;
		char xml[256];

		snprintf(xml, sizeof(xml), "%s<domain type='kvm'/>", declarations[i]);
		CHECK(parse(xml, &error) == NESTXML_E_ENCODING, "%s: %s", xml, error.message);
		CHECK(error.line == 1 && strstr(error.message, "declares its encoding"), "%s: %s", xml, error.message);
		CHECK(is_printable(error.message), "%s", xml);
	}
}

static void test_declarations_of_utf8_in_any_spelling_are_good(void **state)
{
	static const char *const declarations[] = {
		"",
		BOM,
		"<?xml version='1.0'?>",
		"<?xml version='1.0' standalone='yes'?>\n",
		"<?xml version='1.0' encoding='UTF-8'?>",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
		"<?xml version='1.0' encoding='Utf-8' standalone='no'?>",
		"<?xml version='1.0' encoding = \"UTF-8\" ?>\n",
		"<?xml version='1.0'\n\tencoding\n=\n'uTf-8'\n?>\n",
		BOM "<?xml version='1.0' encoding='UTF-8'?>\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(declarations); i++) {
		struct nestxml_domain *domain;
		char xml[256];

		snprintf(xml, sizeof(xml), "%s<domain type='kvm'><name>\xc3\xa4</name><cpu mode='host-model'></cpu></domain>",
			 declarations[i]);
		domain = domain_of(xml);
		assert_string_equal(nestxml_domain_get_name(domain), "\xc3\xa4");
		CHECK(strncmp(xml + domain->root.start, "<domain ", 8) == 0, "%s", xml);
		CHECK(strncmp(xml + domain->cpu.start, "<cpu ", 5) == 0 && strcmp(xml + domain->cpu.end, "</domain>") == 0, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_only_the_xml_declaration_declares_an_encoding(void **state)
{
	static const char *const good[] = {
		"<?xml-stylesheet type='text/xsl' encoding='ISO-8859-1'?><domain/>",
		"<?xml version='1.0'?><?other encoding='ISO-8859-1'?><domain/>",
		"<?xml version='1.0'?><domain encoding='ISO-8859-1'/>",
		"<!-- encoding='ISO-8859-1' ?> --><domain/>",
		"<domain>&lt;?xml encoding='ISO-8859-1'?&gt;</domain>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct nestxml_error error;

		CHECK(parse(good[i], &error) == 0, "%s: %s", good[i], error.message);
	}
}

static void test_another_root_is_refused_by_its_name(void **state)
{
	static const struct refusal cases[] = {
		{"<network/>", NESTXML_E_ROOT, 0, 0, "<network>"},
		{"<Domain/>", NESTXML_E_ROOT, 0, 0, "<Domain>"},
		{"<domains><domain/></domains>", NESTXML_E_ROOT, 0, 0, "<domains>"},
		{"<domainsnapshot><domain/></domainsnapshot>", NESTXML_E_ROOT, 0, 0, "<domainsnapshot>"},
		{"<domain xmlns='urn:x'/>", NESTXML_E_ROOT, 0, 0, "namespace"},
		{"<a:domain xmlns:a='urn:x'/>", NESTXML_E_ROOT, 0, 0, "namespace"},
		{"<\xc3\xa4/>", NESTXML_E_ROOT, 0, 0, "<\xc3\xa4>"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

/* libvirt 9.0: "expecting root element of 'domain', not 'q:domain'". */
static void test_a_root_with_an_undeclared_prefix_is_another_root(void **state)
{
	static const struct refusal cases[] = {{"<q:domain type='kvm'/>", NESTXML_E_ROOT, 0, 0, "root"}};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_more_than_64_mib_is_refused_unread(void **state)
{
	struct nestxml_error error;
	struct nestxml_domain *domain = NULL;

	(void)state;
	assert_int_equal(NESTXML_MAX_SIZE, 67108864);
	assert_int_equal(nestxml_domain_new("<domain/>", NESTXML_MAX_SIZE + 1, &domain, &error), NESTXML_E_TOO_BIG);
	assert_int_equal(nestxml_domain_new("<domain/>", SIZE_MAX, &domain, &error), NESTXML_E_TOO_BIG);
	assert_non_null(strstr(error.message, "64 MiB"));
	assert_null(domain);
}

static void test_64_mib_are_read_and_their_last_cpu_is_found(void **state)
{
	static const char head[] = "<domain type='kvm'><name>big</name>\n";
	static const char tail[] = "<cpu mode='host-model'/></domain>";
	static const char filler[] = "<x/>\n<!-- > -->";
	static const size_t step = 65536; /* libxml2 allows one text no more than 10 MB */
	char *xml = malloc(NESTXML_MAX_SIZE);
	struct nestxml_domain *domain;
	struct nestxml_error error;

	(void)state;
	assert_non_null(xml);
	memset(xml, '\n', NESTXML_MAX_SIZE);
	memcpy(xml, head, strlen(head));
	for (size_t at = step; at < NESTXML_MAX_SIZE; at += step)
		memcpy(xml + at, filler, strlen(filler));
	memcpy(xml + NESTXML_MAX_SIZE - strlen(tail), tail, strlen(tail));
	assert_int_equal(nestxml_domain_new(xml, NESTXML_MAX_SIZE, &domain, &error), 0);
	assert_string_equal(nestxml_domain_get_name(domain), "big");
	assert_int_equal(domain->cpu.start, NESTXML_MAX_SIZE - strlen(tail));
	assert_int_equal(domain->root.end, NESTXML_MAX_SIZE);
	nestxml_domain_free(domain);
	free(xml);
}

static char *nest(unsigned int depth)
{
	struct nestxml_buffer xml = {0};

	nestxml_buffer_add_string(&xml, "<domain>");
	for (unsigned int i = 1; i < depth; i++)
		nestxml_buffer_add_string(&xml, "<a>");
	for (unsigned int i = 1; i < depth; i++)
		nestxml_buffer_add_string(&xml, "</a>");
	nestxml_buffer_add_string(&xml, "</domain>");
	return xml.data;
}

static void test_depth_is_limited_as_in_libvirt(void **state)
{
	AUTO_FREE char *fits = nest(200);
	AUTO_FREE char *too_deep = nest(100000);
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse(fits, &error), 0);
	assert_int_equal(parse(too_deep, &error), NESTXML_E_SYNTAX);
	assert_true(is_printable(error.message));
}

static void test_undeclared_prefixes_in_the_cpu_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{"<domain>\n<cpu q:mode='host-model'/></domain>", NESTXML_E_SYNTAX, 2, 0, "undeclared prefix"},
		{"<domain><cpu>\n\n<feature q:policy='disable' name='vmx'/></cpu></domain>", NESTXML_E_SYNTAX, 3, 0, "undeclared prefix"},
		{"<domain><cpu><feature policy='disable' q:name='vmx'/></cpu></domain>", NESTXML_E_SYNTAX, 1, 0, "undeclared prefix"},
		{"<domain><cpu><cache q:mode='passthrough'/></cpu></domain>", NESTXML_E_SYNTAX, 1, 0, "undeclared prefix"},
	};
	struct nestxml_error error;

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
	assert_int_equal(parse("<domain><cpu/><cpu q:mode='custom'/><devices q:a='b'/></domain>", &error), 0);
	assert_int_equal(parse("<domain><cpu xmlns:q='urn:q' q:mode='custom' xml:lang='en'/></domain>", &error), 0);
}

static void test_the_error_may_be_null(void **state)
{
	static const char *const bad[] = {"", "<", "<x/>", "<!DOCTYPE x><x/>", "\xff"};
	struct nestxml_domain *domain = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(nestxml_domain_new(bad[i], strlen(bad[i]), &domain, NULL) < 0);
	assert_null(domain);
	nestxml_domain_free(NULL);
}

/* ---- texts and attributes ---- */

struct fact {
	const char *xml;
	const char *expected;
};

static void check_facts(const char *(*get)(const struct nestxml_domain *), const struct fact *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nestxml_domain *domain = domain_of(cases[i].xml);

		CHECK(strcmp(get(domain), cases[i].expected) == 0, "%s: '%s'", cases[i].xml, get(domain));
		nestxml_domain_free(domain);
	}
}

static void test_the_name_is_decoded(void **state)
{
	static const struct fact cases[] = {
		{"<domain/>", ""},
		{"<domain><name/></domain>", ""},
		{"<domain><name></name></domain>", ""},
		{"<domain><name>vm</name></domain>", "vm"},
		{"<domain><name> v m\n</name></domain>", " v m\n"},
		{"<domain><name>a&amp;b&lt;c&gt;d&quot;e&apos;f</name></domain>", "a&b<c>d\"e'f"},
		{"<domain><name>&#65;&#x42;&#xe4;&#x1F600;</name></domain>", "AB\xc3\xa4\xf0\x9f\x98\x80"},
		{"<domain><name>a<![CDATA[<b>&amp;]]>c</name></domain>", "a<b>&amp;c"},
		{"<domain><name>a<!-- b -->c<?pi d?>e</name></domain>", "ace"},
		{"<domain><name>a<b>c<d/></b>e</name></domain>", "ace"},
		{"<domain><name>\xc3\xa4\xe2\x82\xac</name></domain>", "\xc3\xa4\xe2\x82\xac"},
		{"<domain><name>first</name><name>second</name></domain>", "first"},
		{"<domain><name/><name>second</name></domain>", ""},
		{"<domain><x><name>deeper</name></x><name>vm</name></domain>", "vm"},
		{"<domain><metadata><name>m</name></metadata></domain>", ""},
		{"<domain><!-- <name>c</name> --><![CDATA[]]><name>vm</name></domain>", "vm"},
		{"<domain xmlns:a='urn:x'><a:name>a</a:name><name xmlns='urn:y'>b</name><name>vm</name></domain>", "vm"},
		{"<domain><q:name>undeclared</q:name><name>vm</name></domain>", "vm"},
		{"<domain><Name>a</Name><name>vm</name></domain>", "vm"},
		{"<domain><name a='>'>vm</name></domain>", "vm"},
		{"<domain><name>vm</name>text</domain>", "vm"},
		{"<domain><name>a\r\nb</name></domain>", "a\nb"},
	};

	(void)state;
	check_facts(nestxml_domain_get_name, cases, ARRAY_SIZE(cases));
}

static void test_a_long_name_is_whole(void **state)
{
	struct nestxml_domain *domain;
	char name[5001];
	char xml[6000];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(xml, sizeof(xml), "<domain><name>%s</name></domain>", name);
	domain = domain_of(xml);
	assert_string_equal(nestxml_domain_get_name(domain), name);
	nestxml_domain_free(domain);
}

static void test_the_uuid_is_as_written(void **state)
{
	static const struct fact cases[] = {
		{"<domain/>", ""},
		{"<domain><uuid>C7A5FDBD-edaf-9455-926a-d65c16db1809</uuid></domain>", "C7A5FDBD-edaf-9455-926a-d65c16db1809"},
		{"<domain><uuid>not one</uuid><uuid>second</uuid></domain>", "not one"},
		{"<domain><sysinfo><uuid>deeper</uuid></sysinfo></domain>", ""},
		{"<domain><name>n</name><uuid>u</uuid></domain>", "u"},
	};

	(void)state;
	check_facts(nestxml_domain_get_uuid, cases, ARRAY_SIZE(cases));
}

static void test_the_type_is_the_roots_attribute(void **state)
{
	static const struct fact cases[] = {
		{"<domain/>", ""},
		{"<domain type=''/>", ""},
		{"<domain type='kvm'/>", "kvm"},
		{"<domain id='1' type=\"qemu\"/>", "qemu"},
		{"<domain type='&#107;vm'/>", "kvm"},
		{"<domain><x type='kvm'/></domain>", ""},
		{"<domain Type='kvm' xtype='kvm'/>", ""},
		{"<domain xmlns:type='urn:x'/>", ""},
	};

	(void)state;
	check_facts(nestxml_domain_get_type, cases, ARRAY_SIZE(cases));
}

/* libvirt 9.0 (virsh define): the root's type is the one without a prefix, declared or not. */
static void test_a_type_with_a_prefix_is_not_the_domains_type(void **state)
{
	static const struct fact cases[] = {
		{"<domain x:type='qemu' type='kvm' xmlns:x='urn:x'/>", "kvm"},
		{"<domain q:type='qemu' type='kvm'/>", "kvm"},
		{"<domain x:type='kvm' xmlns:x='urn:x'/>", ""},
	};

	(void)state;
	check_facts(nestxml_domain_get_type, cases, ARRAY_SIZE(cases));
}

static void test_the_architecture_is_that_of_os_type(void **state)
{
	static const struct fact cases[] = {
		{"<domain/>", ""},
		{"<domain><os><type>hvm</type></os></domain>", ""},
		{"<domain><os><type arch='x86_64' machine='q35'>hvm</type></os></domain>", "x86_64"},
		{"<domain><os><type machine='virt' arch='aarch64'>hvm</type></os></domain>", "aarch64"},
		{"<domain><os firmware='efi'>\n<!-- <type arch='a'/> -->\n<type arch='i686'/></os></domain>", "i686"},
		{"<domain><os><type arch='a'/><type arch='b'/></os></domain>", "a"},
		{"<domain><os><type/><type arch='b'/></os></domain>", ""},
		{"<domain><os><loader><type arch='a'/></loader></os></domain>", ""},
		{"<domain><type arch='a'/><devices><type arch='b'/></devices></domain>", ""},
		{"<domain><metadata><os><type arch='a'/></os></metadata></domain>", ""},
		{"<domain><os xmlns='urn:x'><type arch='a'/></os></domain>", ""},
		{"<domain><os><x:type arch='a' xmlns:x='urn:x'/><type arch='b'/></os></domain>", "b"},
	};

	(void)state;
	check_facts(nestxml_domain_get_arch, cases, ARRAY_SIZE(cases));
}

/* libvirt 9.0 (virsh define) takes i686 of each. */
static void test_an_architecture_with_a_prefix_is_not_the_guests(void **state)
{
	static const struct fact cases[] = {
		{"<domain xmlns:x='urn:x'><os><type x:arch='aarch64' arch='i686'/></os></domain>", "i686"},
		{"<domain><os><type q:arch='aarch64' arch='i686'/></os></domain>", "i686"},
		{"<domain><os><q:type arch='aarch64'/><type arch='i686'/></os></domain>", "i686"},
	};

	(void)state;
	check_facts(nestxml_domain_get_arch, cases, ARRAY_SIZE(cases));
}

/* ---- facts that are true or false ---- */

static void test_a_domain_with_an_id_is_live(void **state)
{
	static const struct {
		const char *xml;
		bool live;
	} cases[] = {
		{"<domain id='1'/>", true},
		{"<domain type='kvm' id='12'></domain>", true},
		{"<domain/>", false},
		{"<domain uid='1'/>", false},
		{"<domain><x id='1'/></domain>", false},
		{"<domain><cpu id='1'/></domain>", false},
		{"<domain xmlns:id='u'/>", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain = domain_of(cases[i].xml);

		CHECK(nestxml_domain_is_live(domain) == cases[i].live, "%s", cases[i].xml);
		nestxml_domain_free(domain);
	}
}

static void test_type_qemu_is_emulated_and_has_amds_extension(void **state)
{
	static const char *const types[] = {"kvm", "qemu", "", "xen", "QEMU", "qemu "};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		bool is_tcg = strcmp(types[i], "qemu") == 0;
		struct nestxml_domain *domain;
		char xml[64];

		snprintf(xml, sizeof(xml), "<domain type='%s'/>", types[i]);
		domain = domain_of(xml);
		CHECK(nestxml_domain_is_tcg(domain) == is_tcg, "%s", xml);
		for (enum nestxml_vendor vendor = NESTXML_VENDOR_NONE; vendor <= NESTXML_VENDOR_AMD; vendor++)
			CHECK(nestxml_domain_get_vendor(domain, vendor) == (is_tcg ? NESTXML_VENDOR_AMD : vendor), "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_a_cpu_requires_nesting_by_vmx_or_svm(void **state)
{
	static const struct {
		const char *cpu;
		bool required;
	} cases[] = {
		{"", false},
		{"<cpu/>", false},
		{"<cpu mode='host-passthrough'/>", false},
		{"<cpu><feature policy='require' name='vmx'/></cpu>", true},
		{"<cpu><feature policy='force' name='vmx'/></cpu>", true},
		{"<cpu><feature policy='require' name='svm'/></cpu>", true},
		{"<cpu><feature policy='force' name='svm'></feature></cpu>", true},
		{"<cpu><feature name='svm'/></cpu>", true}, /* require is what libvirt reads there */
		{"<cpu><feature name=\"vmx\" policy=\"require\"/></cpu>", true},
		{"<cpu><feature policy='r&#101;quire' name='v&#x6d;x'/></cpu>", true},
		{"<cpu><feature policy='optional' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='disable' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='forbid' name='svm'/></cpu>", false},
		{"<cpu><feature policy='' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='Require' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='require' name='vmx-ept'/></cpu>", false},
		{"<cpu><feature policy='require' name='npt'/></cpu>", false},
		{"<cpu><feature policy='require' name='svme-addr-chk'/></cpu>", false},
		{"<cpu><feature policy='require' name='VMX'/></cpu>", false},
		{"<cpu><feature policy='require' name='xvmx'/></cpu>", false},
		{"<cpu><feature policy='require'/></cpu>", false},
		{"<cpu><feature policy='disable' name='vmx'/><feature policy='require' name='svm'/></cpu>", true},
		{"<cpu><numa><feature policy='require' name='vmx'/></numa></cpu>", false},
		{"<cpu><x:feature xmlns:x='urn:x' policy='require' name='vmx'/></cpu>", false},
		{"<cpu><feature xmlns='urn:x' policy='require' name='vmx'/></cpu>", false},
		{"<cpu><q:feature policy='require' name='vmx'/></cpu>", false},
		{"<cpu><features policy='require' name='vmx'/></cpu>", false},
		{"<cpu><!-- <feature policy='require' name='vmx'/> --></cpu>", false},
		{"<cpu><![CDATA[<feature policy='require' name='vmx'/>]]></cpu>", false},
		{"<feature policy='require' name='vmx'/>", false},
		/* which <cpu> */
		{"<cpu/><cpu><feature policy='require' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='require' name='vmx'/></cpu><cpu/>", true},
		{"<x><cpu><feature policy='require' name='vmx'/></cpu></x>", false},
		{"<metadata><cpu><feature policy='require' name='vmx'/></cpu></metadata>", false},
		{"<metadata><domain><cpu><feature policy='require' name='vmx'/></cpu></domain></metadata>", false},
		{"<cpu xmlns='urn:x'><feature xmlns='' policy='require' name='vmx'/></cpu>", false},
		{"<x:cpu xmlns:x='urn:x'><feature policy='require' name='vmx'/></x:cpu>", false},
		{"<q:cpu><feature policy='require' name='vmx'/></q:cpu>", false},
		{"<!-- <cpu><feature policy='require' name='vmx'/></cpu> --><cpu/>", false},
		{"<description><![CDATA[<cpu><feature policy='require' name='vmx'/></cpu>]]></description>", false},
		{"<description>&lt;cpu>&lt;feature policy='require' name='vmx'/></description>", false},
		/* libvirt reads an attribute of the CPU by its local name, the first one (virsh define, libvirt 9.0) */
		{"<cpu xmlns:x='u'><feature x:policy='require' policy='disable' name='vmx'/></cpu>", true},
		{"<cpu xmlns:x='u'><feature policy='disable' x:policy='require' name='vmx'/></cpu>", false},
		{"<cpu xmlns:x='u'><feature policy='require' x:name='vmx' name='ssse3'/></cpu>", true},
		{"<cpu><feature xmlns:policy='disable' policy='require' name='vmx'/></cpu>", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain;
		char xml[512];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].cpu);
		domain = domain_of(xml);
		CHECK(nestxml_domain_is_requiring_nesting(domain) == cases[i].required, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_an_expanded_cpu_is_fixed(void **state)
{
	static const struct {
		const char *cpu;
		bool fixed;
	} cases[] = {
		{"<cpu mode='custom' match='exact' check='full'><model>EPYC</model></cpu>", true},
		{"<cpu check=\"full\" match=\"exact\" mode=\"custom\"/>", true},
		{"<cpu match='exact' check='full'/>", true}, /* custom is what libvirt reads there */
		{"<cpu mode='custom' match='exact' check='partial'/>", false},
		{"<cpu mode='custom' match='exact'/>", false},
		{"<cpu mode='custom' match='minimum' check='full'/>", false},
		{"<cpu mode='custom' match='strict' check='full'/>", false},
		{"<cpu mode='custom' check='full'/>", false},
		{"<cpu mode='host-model' match='exact' check='full'/>", false},
		{"<cpu mode='host-passthrough' match='exact' check='full'/>", false},
		{"<cpu mode='maximum' match='exact' check='full'/>", false},
		{"<cpu mode='' match='exact' check='full'/>", false},
		{"<cpu mode='host-model'/><cpu mode='custom' match='exact' check='full'/>", false},
		{"<x><cpu mode='custom' match='exact' check='full'/></x>", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain;
		char xml[512];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].cpu);
		domain = domain_of(xml);
		CHECK(nestxml_domain_has_expanded_cpu(domain) == cases[i].fixed, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_an_unknown_vendor_or_policy_is_never_stated(void **state)
{
	struct nestxml_domain *domain = domain_of(
		"<domain type='kvm'><cpu><feature policy='require' name='svm'/><feature policy='require' name='ssse3'/></cpu></domain>");

	(void)state;
	assert_true(nestxml_domain_is_stating(domain, NESTXML_VENDOR_AMD, NESTXML_NESTED_REQUIRE));
	assert_false(nestxml_domain_is_stating(domain, NESTXML_VENDOR_NONE, NESTXML_NESTED_REQUIRE));
	assert_false(nestxml_domain_is_stating(domain, NESTXML_VENDOR_AMD, NESTXML_NESTED_LEAVE));
	for (unsigned int value = NESTXML_NESTED_DISABLE + 1; value < 64; value++)
		assert_false(nestxml_domain_is_stating(domain, NESTXML_VENDOR_AMD, (enum nestxml_nested)value));
	nestxml_domain_free(domain);
}

static void test_the_metadata_policy_is_in_its_namespace_and_place(void **state)
{
	static const struct {
		const char *xml;
		const char *stated; /* NULL: nothing is */
	} cases[] = {
		{"<metadata/>", NULL},
		{"<metadata><nested:policy xmlns:nested='" NESTED "' nested='require'/></metadata>", "require"},
		{"<metadata xmlns:n='" NESTED "'><n:policy nested=\"disable\"></n:policy></metadata>", "disable"},
		{"<metadata><policy xmlns='" NESTED "' nested='optional'/></metadata>", "optional"},
		{"<metadata><a/><!-- x --><policy xmlns='" NESTED "' nested='leave'/></metadata>", "leave"},
		{"<metadata><policy xmlns='" NESTED "' nested='nonsense'/></metadata>", "nonsense"},
		{"<metadata><policy xmlns='" NESTED "'/></metadata>", ""},
		{"<metadata><policy xmlns='" NESTED "' nested='require'/><policy xmlns='" NESTED "' nested='disable'/></metadata>",
		 "require"},
		{"<metadata><policy nested='require'/></metadata>", NULL},
		{"<metadata><n:policy nested='require'/></metadata>", NULL},
		{"<metadata><nested:policy xmlns:nested='urn:nestxml:nested:2' nested='require'/></metadata>", NULL},
		{"<metadata><nested:policy xmlns:nested='" NESTED " ' nested='require'/></metadata>", NULL},
		{"<metadata><nested:policies xmlns:nested='" NESTED "' nested='require'/></metadata>", NULL},
		{"<metadata><x><policy xmlns='" NESTED "' nested='require'/></x></metadata>", NULL},
		{"<metadata/><metadata><policy xmlns='" NESTED "' nested='require'/></metadata>", NULL}, /* libvirt keeps the first */
		{"<metadata><policy xmlns='" NESTED "' nested='leave'/></metadata><metadata><policy xmlns='" NESTED
		 "' nested='require'/></metadata>",
		 "leave"},
		{"<x><policy xmlns='" NESTED "' nested='require'/></x>", NULL},
		{"<policy xmlns='" NESTED "' nested='require'/>", NULL},
		{"<x><metadata><policy xmlns='" NESTED "' nested='require'/></metadata></x>", NULL},
		{"<metadata xmlns='urn:x'><policy xmlns='" NESTED "' nested='require'/></metadata>", NULL},
		{"<metadata><!-- <policy xmlns='" NESTED "' nested='require'/> --></metadata>", NULL},
		{"<metadata><![CDATA[<policy xmlns='" NESTED "' nested='require'/>]]></metadata>", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain;
		char xml[512];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].xml);
		domain = domain_of(xml);
		CHECK(domain->has_stated == (cases[i].stated != NULL), "%s", xml);
		if (cases[i].stated)
			CHECK(strcmp(domain->stated.data ? domain->stated.data : "", cases[i].stated) == 0, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_the_namespaces_in_the_metadata_are_listed_once_each(void **state)
{
	static const struct {
		const char *xml;
		const char *namespaces; /* each with a blank after it */
	} cases[] = {
		{"", ""},
		{"<metadata/>", ""},
		{"<metadata><a/></metadata>", ""},
		{"<metadata><a:a xmlns:a='urn:a'/><b xmlns='urn:b'/></metadata>", "urn:a urn:b "},
		{"<metadata xmlns:a='urn:a'><a:a/><a:b/><b xmlns='urn:a'/></metadata>", "urn:a "},
		{"<metadata xmlns:a='urn:a' xmlns:b='urn:b'><b:a/></metadata>", "urn:b "},
		{"<metadata><a xmlns='urn:a'><b xmlns='urn:b'/></a></metadata>", "urn:a "},
		{"<metadata><a xmlns='urn:a'/></metadata><metadata><b xmlns='urn:b'/></metadata>", "urn:a "},
		{"<metadata><u:a/></metadata>", ""},
		{"<x><metadata><a xmlns='urn:a'/></metadata></x>", ""},
		{"<x:metadata xmlns:x='urn:x'><a xmlns='urn:a'/></x:metadata>", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain;
		char xml[512];
		char got[512] = "";

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].xml);
		domain = domain_of(xml);
		for (size_t n = 0; n < nestxml_domain_count_metadata_namespaces(domain); n++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ", nestxml_domain_get_metadata_namespace(domain, n));
		CHECK(strcmp(got, cases[i].namespaces) == 0, "%s: %s", xml, got);
		assert_null(nestxml_domain_get_metadata_namespace(domain, nestxml_domain_count_metadata_namespaces(domain)));
		nestxml_domain_free(domain);
	}
}

/* ---- what wins over <cpu> ---- */

#define QEMU "http://libvirt.org/schemas/domain/qemu/1.0"

/* @content in <domain>, with the prefix qemu declared. */
static void check_override(const char *content, const char *expected)
{
	struct nestxml_domain *domain;
	char xml[1024];
	const char *got;

	snprintf(xml, sizeof(xml), "<domain type='kvm' xmlns:qemu='" QEMU "'>%s</domain>", content);
	domain = domain_of(xml);
	got = nestxml_domain_get_cpu_override(domain);
	CHECK(!got == !expected && (!got || strcmp(got, expected) == 0), "%s: %s", xml, got ? got : "none");
	nestxml_domain_free(domain);
}

#define ARG(value) "<qemu:arg value='" value "'/>"

static void test_arguments_of_qemu_that_win_over_the_cpu_are_named(void **state)
{
	static const struct {
		const char *arguments;
		const char *expected; /* NULL: none does */
	} cases[] = {
		{ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("--cpu") ARG("max"), "--cpu"},
		{ARG("&#45;c&#x70;u") ARG("max"), "-cpu"},
		{ARG("-append") ARG("x") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-append") ARG("-cpu"), "-cpu"}, /* to be safe: QEMU alone knows which arguments are values */
		{ARG("-name") ARG("-append") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-name") ARG("-device") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-name") ARG("-device") ARG("-device") ARG("driver=cpu"), "-device"},
		{ARG("-name") ARG("-global") ARG("--device") ARG("x86_64-cpu"), "--device"},
		{ARG("-no-reboot") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-cpu") ARG("max") ARG("--cpu") ARG("max"), "-cpu"},
		{ARG("-readconfig") ARG("/tmp/x"), "-readconfig"},
		{ARG("--plugin") ARG("x.so"), "--plugin"},
		{ARG("-device") ARG("qemu64-x86_64-cpu,svm=on,socket-id=1"), "-device"},
		{ARG("--device") ARG("id=a,driver=qemu64-x86_64-cpu"), "--device"},
		{ARG("-device") ARG("driver=cpu"), "-device"},
		{ARG("-device") ARG("x86_64-cpu"), "-device"},
		{ARG("-device") ARG("{\"driver\": \"qemu64-x86_64-cpu\"}"), "-device"},
		{ARG("-device") ARG("{\"driver\": \"qemu64-x86_64-\\u0063pu\"}"), "-device"},
		{ARG("-global") ARG("qemu64-x86_64-cpu.xlevel=0x80000000"), "-global"},
		{ARG("-global") ARG("driver=x86_64-cpu,property=xlevel,value=0"), "-global"},
		{ARG("-set") ARG("device.c.driver=qemu64-x86_64-cpu"), "-set"},
		{ARG("--set") ARG("global.g.driver=cpu"), "--set"},
		{ARG("-name") ARG("-set") ARG("-set") ARG("device.c.driver=cpu"), "-set"},
		{ARG("-set") ARG("device.c.drivers=cpu"), NULL},
		{ARG("-set") ARG("device.driver=cpu"), NULL},
		{ARG("-set"), NULL},
		{ARG("--cpux"), NULL},
		{ARG("---cpu"), NULL},
		{ARG("-cpu max"), NULL},
		{ARG("-cpu=max"), NULL},
		{ARG("cpu"), NULL},
		{ARG(""), NULL},
		{ARG("-"), NULL},
		{ARG("-device"), NULL},
		{ARG("-device") ARG(""), NULL},
		{ARG("-device") ARG("usb-tablet,id=cpu"), NULL},
		{ARG("-device") ARG("usb-tablet,id=x-cpu,bus=driver-cpu"), NULL},
		{ARG("-device") ARG("{\"driver\": \"usb-tablet\"}"), NULL},
		{ARG("-global") ARG("ICH9-LPC.disable_s3=1"), NULL},
		{ARG("-device") ARG("usb-tablet") ARG("x86_64-cpu"), NULL},
		{ARG("-machine") ARG("accel=kvm") ARG("-accel") ARG("kvm") ARG("-smp") ARG("2") ARG("-set") ARG("device.x.y=1"), NULL},
		{"<arg value='-cpu'/>", NULL},
		{"<qemu:args value='-cpu'/>", NULL},
		{"<qemu:arg name='-cpu'/>", NULL},
		{"<x><qemu:arg value='-cpu'/></x>", NULL},
		{"<qemu:arg qemu:value='-cpu'/>", "-cpu"}, /* xmlGetProp() goes by the local name */
		{"<q:arg xmlns:q='" QEMU "' value='-cpu'/>", "-cpu"},
		{"<arg xmlns='" QEMU "' value='-cpu'/>", "-cpu"},
		{"<arg xmlns='" QEMU "/2' value='-cpu'/>", NULL},
		{"<!-- <qemu:arg value='-cpu'/> -->", NULL},
		{"<qemu:env name='LD_PRELOAD' value='/tmp/x.so'/>", "LD_PRELOAD"},
		{"<qemu:env name='LD_LIBRARY_PATH' value='/tmp'/>", "LD_LIBRARY_PATH"},
		{"<qemu:env name='QEMU_MODULE_DIR' value='/tmp'/>", "QEMU_MODULE_DIR"},
		{"<qemu:env name='GIO_MODULE_DIR' value='/tmp'/>", "GIO_MODULE_DIR"},
		{"<qemu:env name='GIO_EXTRA_MODULES' value='/tmp'/>", "GIO_EXTRA_MODULES"},
		{"<qemu:env name='GTK_MODULES' value='/tmp'/>", "GTK_MODULES"},
		{"<qemu:env name='GCONV_PATH' value='/tmp'/>", "GCONV_PATH"},
		{"<qemu:env name='OPENSSL_CONF' value='/tmp'/>", "OPENSSL_CONF"},
		{"<qemu:env name='OPENSSL_CONF_INCLUDE' value='/tmp'/>", "OPENSSL_CONF_INCLUDE"},
		{"<qemu:env name='OPENSSL_ENGINES' value='/tmp'/>", "OPENSSL_ENGINES"},
		{"<qemu:env name='OPENSSL_MODULES' value='/tmp'/>", "OPENSSL_MODULES"},
		{"<qemu:env name='SASL_PATH' value='/tmp'/>", "SASL_PATH"},
		{"<qemu:env name='SASL_CONF_PATH' value='/tmp'/>", "SASL_CONF_PATH"},
		{"<qemu:env name='VDEPLUGIN_PATH' value='/tmp'/>", "VDEPLUGIN_PATH"},
		{"<qemu:env name='IBV_DRIVERS' value='/tmp'/>", "IBV_DRIVERS"},
		{"<qemu:env name='RDMAV_DRIVERS' value='/tmp'/>", "RDMAV_DRIVERS"},
		{"<qemu:env name='GTK_PATH' value='/tmp'/>", "GTK_PATH"},
		{"<qemu:env name='ALSA_CONFIG_PATH' value='/tmp'/>", "ALSA_CONFIG_PATH"},
		{"<qemu:env name='ALSA_CONFIG_DIR' value='/tmp'/>", "ALSA_CONFIG_DIR"},
		{"<qemu:env name='HOME' value='/tmp'/>", "HOME"}, /* ~/.asoundrc */
		{"<qemu:env name='XDG_CONFIG_HOME' value='/tmp'/>", "XDG_CONFIG_HOME"},
		{"<qemu:env name='XDG_CONFIG_DIRS' value='/tmp'/>", "XDG_CONFIG_DIRS"},
		{"<qemu:env name='KRB5_CONFIG' value='/tmp'/>", "KRB5_CONFIG"},
		{"<qemu:env name='GSS_MECH_CONFIG' value='/tmp'/>", "GSS_MECH_CONFIG"},
		{"<qemu:env name='GBM_BACKENDS_PATH' value='/tmp'/>", "GBM_BACKENDS_PATH"},
		{"<qemu:env name='__EGL_VENDOR_LIBRARY_DIRS' value='/tmp'/>", "__EGL_VENDOR_LIBRARY_DIRS"},
		{"<qemu:env name='__EGL_VENDOR_LIBRARY_FILENAMES' value='/tmp'/>", "__EGL_VENDOR_LIBRARY_FILENAMES"},
		{"<qemu:env name='__EGL_EXTERNAL_PLATFORM_CONFIG_DIRS' value='/tmp'/>", "__EGL_EXTERNAL_PLATFORM_CONFIG_DIRS"},
		{"<qemu:env name='SDL_DYNAMIC_API' value='/tmp/x.so'/>", "SDL_DYNAMIC_API"},
		{"<qemu:env name='SDL_OPENGL_LIBRARY' value='/tmp/x.so'/>", "SDL_OPENGL_LIBRARY"},
		{"<qemu:env name='SDL_VIDEO_GL_DRIVER' value='/tmp/x.so'/>", "SDL_VIDEO_GL_DRIVER"},
		{"<qemu:env name='JACK_DRIVER_DIR' value='/tmp'/>", "JACK_DRIVER_DIR"},
		{"<qemu:env name='GBM_BACKEND' value='../../../tmp/x'/>", "GBM_BACKEND"},
		{"<qemu:env name='GST_REGISTRY' value='/tmp/x'/>", "GST_REGISTRY"},
		{"<qemu:env name='GST_PLUGIN_PATH' value='/tmp'/>", "GST_PLUGIN_PATH"},
		{"<qemu:env name='VK_ICD_FILENAMES' value='/tmp/x.json'/>", "VK_ICD_FILENAMES"},
		{"<qemu:env name='VK_DRIVER_FILES' value='/tmp/x.json'/>", "VK_DRIVER_FILES"},
		{"<qemu:env name='VK_LAYER_PATH' value='/tmp'/>", "VK_LAYER_PATH"},
		{"<qemu:env name='MESA_LOADER_DRIVER_OVERRIDE' value='../../../tmp/x'/>", "MESA_LOADER_DRIVER_OVERRIDE"},
		{"<qemu:env name='PIPEWIRE_CONFIG_DIR' value='/tmp'/>", "PIPEWIRE_CONFIG_DIR"},
		{"<qemu:env name='SPA_SUPPORT_LIB' value='/tmp/x'/>", "SPA_SUPPORT_LIB"},
		{"<qemu:env name='XDG_DATA_HOME' value='/tmp'/>", "XDG_DATA_HOME"},
		{"<qemu:env name='XDG_CACHE_HOME' value='/tmp'/>", "XDG_CACHE_HOME"},
		{"<qemu:env name='GTK_EXE_PREFIX' value='/tmp'/>", "GTK_EXE_PREFIX"},
		{"<qemu:env name='XDG_RUNTIME_DIR' value='/tmp'/>", NULL},
		{"<qemu:env name='PIPEWIRE_RUNTIME_DIR' value='/run/user/1000'/>", NULL},
		{"<qemu:env name='PIPEWIRE_LATENCY' value='512/48000'/>", NULL},
		{"<qemu:env name='PULSE_SERVER' value='/tmp'/>", NULL},
		{"<qemu:env name='HOMEPAGE' value='/tmp'/>", NULL},
		{"<qemu:env name='PYTHONPATH' value='/tmp'/>", NULL},
		{"<qemu:env name='OPENSSL_CONFIG' value='/tmp'/>", NULL},
		{"<qemu:env name='LD_\xc2\x9b' value=''/>", "LD_\\xc2\\x9b"},
		{"<qemu:env name='QEMU_AUDIO_DRV' value='LD_PRELOAD'/>", NULL},
		{"<qemu:env value='LD_PRELOAD'/>", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char content[512];
		char expected[128];

		snprintf(content, sizeof(content), "<qemu:commandline>%s</qemu:commandline>", cases[i].arguments);
		snprintf(expected, sizeof(expected), "%s in <qemu:commandline>", cases[i].expected ? cases[i].expected : "");
		check_override(content, cases[i].expected ? expected : NULL);
	}
}

static void test_every_command_line_in_its_place_is_read(void **state)
{
	(void)state;
	check_override("<qemu:commandline/><qemu:commandline>" ARG("-cpu") "</qemu:commandline>", "-cpu in <qemu:commandline>");
	check_override("<qemu:commandline>" ARG("-append") "</qemu:commandline><cpu/><qemu:commandline>" ARG("x") ARG("-cpu") //
		       "</qemu:commandline>",
		       "-cpu in <qemu:commandline>");
	check_override("<q:commandline xmlns:q='" QEMU "'>" ARG("-cpu") "</q:commandline>", "-cpu in <qemu:commandline>");
	check_override("<commandline>" ARG("-cpu") "</commandline>", NULL);
	check_override("<x><qemu:commandline>" ARG("-cpu") "</qemu:commandline></x>", NULL);
	check_override("<metadata><qemu:commandline>" ARG("-cpu") "</qemu:commandline></metadata>", NULL);
	check_override("<qemu:capabilities>" ARG("-cpu") "</qemu:capabilities>", NULL);
	check_override(ARG("-cpu"), NULL);
	/* What a variable loads can make anything of the arguments, which are seen as they are. */
	check_override("<qemu:commandline>" ARG("-cpu") "<qemu:env name='LD_PRELOAD' value='/x'/></qemu:commandline>",
		       "LD_PRELOAD in <qemu:commandline>");
	check_override("<qemu:commandline><qemu:env name='HOME' value='/x'/>" ARG("-cpu") "<qemu:env name='LD_PRELOAD' value='/x'/>"
											  "</qemu:commandline>",
		       "HOME in <qemu:commandline>");
}

static void test_a_device_that_is_made_a_cpu_wins_over_the_cpu(void **state)
{
	static const char format[] = "<qemu:override><qemu:device alias='x'><qemu:frontend><qemu:property name='%s' type='string' "
				     "value='%s'/></qemu:frontend></qemu:device></qemu:override>";
	char content[512];

	(void)state;
	snprintf(content, sizeof(content), format, "driver", "qemu64-x86_64-cpu");
	check_override(content, "qemu64-x86_64-cpu in <qemu:override>");
	snprintf(content, sizeof(content), format, "driver", "cpu");
	check_override(content, "cpu in <qemu:override>");
	snprintf(content, sizeof(content), format, "driver", "virtio-net-pci");
	check_override(content, NULL);
	snprintf(content, sizeof(content), format, "id", "x-cpu");
	check_override(content, NULL);
	check_override("<metadata><qemu:override><qemu:property name='driver' value='cpu'/></qemu:override></metadata>", NULL);
}

/* ---- places ---- */

static bool is_text(const char *xml, size_t start, size_t end, const char *text)
{
	return end >= start && end - start == strlen(text) && memcmp(xml + start, text, end - start) == 0;
}

static void test_places_are_byte_offsets_of_whole_tags(void **state)
{
	static const char xml[] =
		"<?xml version='1.0'?>\r\n<!-- \xe2\x82\xac <domain> -->\n<domain a='>' type='kvm'\n>\n<name>\xc3\xa4</name>"
		"<features a=\"/>\"/><cpu mode='custom'\tmatch='exact' >\n"
		" <model fallback='allow'>&#81;emu\xf0\x9f\x98\x80</model\n><feature name='vmx' x='/>' />\n"
		"</cpu  >\n</domain\n>\n<!-- end -->";
	struct nestxml_domain *domain = domain_of(xml);

	(void)state;
	assert_true(is_text(xml, domain->root.start, domain->root.head, "<domain a='>' type='kvm'\n>"));
	assert_string_equal(xml + domain->root.end, "\n<!-- end -->");
	assert_true(is_text(xml, domain->cpu.start, domain->cpu.head, "<cpu mode='custom'\tmatch='exact' >"));
	assert_true(is_text(xml, domain->cpu.end - 8, domain->cpu.end, "</cpu  >"));
	assert_true(is_text(xml, domain->features.start, domain->features.end, "<features a=\"/>\"/>"));
	assert_int_equal(domain->features.head, domain->features.end);
	assert_int_equal(domain->children_count, 2);
	assert_true(is_text(xml, domain->children[0].element.start, domain->children[0].element.head, "<model fallback='allow'>"));
	assert_true(is_text(xml, domain->children[1].element.start, domain->children[1].element.end, "<feature name='vmx' x='/>' />"));
	assert_string_equal(domain->model.data, "Qemu\xf0\x9f\x98\x80");
	nestxml_domain_free(domain);
}

/* What libxml2 reads in pieces: a tag at any offset near the size of its buffer. */
static void test_places_hold_where_the_parsers_buffer_ends(void **state)
{
	static const char cpu[] = "<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>";
	char *xml = malloc(70000);

	(void)state;
	assert_non_null(xml);
	for (size_t shift = 0; shift < 4200; shift += 7) {
		size_t pad = 28000 + shift;
		struct nestxml_domain *domain;

		strcpy(xml, "<domain type='kvm'><!--");
		memset(xml + 23, shift % 2 ? 'x' : '>', pad);
		strcpy(xml + 23 + pad, "-->");
		strcat(xml + 23 + pad, cpu);
		strcat(xml + 23 + pad, "</domain>");
		domain = domain_of(xml);
		CHECK(is_text(xml, domain->cpu.start, domain->cpu.end, cpu), "%zu", pad);
		CHECK(is_text(xml, domain->children[0].element.start, domain->children[0].element.end,
			      "<feature policy='disable' name='vmx'/>"),
		      "%zu", pad);
		nestxml_domain_free(domain);
	}
	free(xml);
}

/* A domain with @count children in its <cpu>, the last of which requires svm. The caller's to free. */
static char *make_children(size_t count)
{
	struct nestxml_buffer xml = {0};

	assert_true(nestxml_buffer_add_string(&xml, "<domain type='kvm'><cpu>"));
	for (size_t i = 1; i < count; i++)
		assert_true(nestxml_buffer_add_string(&xml, "<x/>"));
	assert_true(nestxml_buffer_add_string(&xml, "<feature policy='require' name='svm'/></cpu></domain>"));
	return xml.data;
}

static void test_65536_children_are_kept_and_one_more_is_too_big(void **state)
{
	static const size_t counts[] = {1, 16, 17, 1000, 65536};
	struct nestxml_error error;
	char *xml;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct nestxml_domain *domain;

		xml = make_children(counts[i]);
		domain = domain_of(xml);
		assert_int_equal(domain->children_count, counts[i]);
		assert_true(nestxml_domain_is_requiring_nesting(domain));
		nestxml_domain_free(domain);
		free(xml);
	}
	xml = make_children(65537);
	assert_int_equal(parse(xml, &error), NESTXML_E_TOO_BIG);
	free(xml);
}

/* ---- does it apply? ---- */

static void test_nesting_applies_to_kvm_and_qemu_on_x86(void **state)
{
	static const struct {
		const char *type;
		const char *arch; /* NULL: not stated */
		enum nestxml_vendor vendor;
		int code;
	} cases[] = {
		{"kvm", "x86_64", NESTXML_VENDOR_INTEL, 0},
		{"kvm", "x86_64", NESTXML_VENDOR_AMD, 0},
		{"kvm", "i686", NESTXML_VENDOR_INTEL, 0},
		{"kvm", NULL, NESTXML_VENDOR_AMD, 0},
		{"kvm", "", NESTXML_VENDOR_AMD, 0},
		{"qemu", "x86_64", NESTXML_VENDOR_AMD, 0},
		{"qemu", "i686", NESTXML_VENDOR_AMD, 0},
		{"qemu", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TCG},
		{"kvm", "x86_64", NESTXML_VENDOR_NONE, NESTXML_E_VENDOR},
		{"qemu", "x86_64", NESTXML_VENDOR_NONE, NESTXML_E_VENDOR},
		{"kvm", "aarch64", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"qemu", "riscv64", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"kvm", "s390x", NESTXML_VENDOR_NONE, NESTXML_E_ARCH},
		{"kvm", "X86_64", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"kvm", "\xe2\x80\xae", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"xen", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
		{"lxc", "aarch64", NESTXML_VENDOR_NONE, NESTXML_E_TYPE},
		{"", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
		{"KVM", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
		{"\xc2\x9b", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain;
		char xml[128];

		snprintf(xml, sizeof(xml), "<domain type='%s'><os><type %s%s%s>hvm</type></os></domain>", cases[i].type,
			 cases[i].arch ? "arch='" : "", cases[i].arch ? cases[i].arch : "", cases[i].arch ? "'" : "");
		domain = domain_of(xml);
		CHECK(nestxml_domain_check_applicable(domain, cases[i].vendor, &error) == cases[i].code, "%s", xml);
		CHECK((int)error.code == cases[i].code && is_printable(error.message), "%s: %s", xml, error.message);
		CHECK(nestxml_domain_check_applicable(domain, cases[i].vendor, NULL) == cases[i].code, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_nesting_does_not_apply_to_a_guest_whose_memory_is_encrypted(void **state)
{
	static const struct {
		const char *xml;
		int code;
	} cases[] = {
		{"<launchSecurity type='sev'/>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type='sev'><policy>0x1</policy></launchSecurity>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type=\"sev-snp\"/>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type='tdx'/>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type='s390-pv'/>", 0},
		{"<launchSecurity type='SEV'/>", 0},
		{"<launchSecurity/>", 0},
		{"<launchSecurity type='s390-pv'/><launchSecurity type='sev'/>", 0}, /* libvirt reads the first */
		{"<x><launchSecurity type='sev'/></x>", 0},
		{"<launchSecurity xmlns='urn:x' type='sev'/>", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain;
		char xml[256];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].xml);
		domain = domain_of(xml);
		CHECK(nestxml_domain_check_applicable(domain, NESTXML_VENDOR_AMD, &error) == cases[i].code, "%s", xml);
		CHECK(cases[i].code == 0 || strstr(error.message, "encrypted"), "%s: %s", xml, error.message);
		nestxml_domain_free(domain);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_well_formed_is_refused_with_its_place),
		cmocka_unit_test(test_an_error_after_the_cpu_refuses_the_whole_document),
		cmocka_unit_test(test_a_document_cut_anywhere_is_not_well_formed),
		cmocka_unit_test(test_a_tag_that_does_not_end_is_not_well_formed),
		cmocka_unit_test(test_hostile_text_in_a_syntax_error_is_escaped),
		cmocka_unit_test(test_a_document_type_declaration_is_refused),
		cmocka_unit_test(test_what_is_not_utf8_is_refused_with_its_place),
		cmocka_unit_test(test_a_nul_byte_is_refused_with_its_place),
		cmocka_unit_test(test_utf16_is_refused_by_its_name),
		cmocka_unit_test(test_another_declared_encoding_is_refused),
		cmocka_unit_test(test_declarations_of_utf8_in_any_spelling_are_good),
		cmocka_unit_test(test_only_the_xml_declaration_declares_an_encoding),
		cmocka_unit_test(test_another_root_is_refused_by_its_name),
		cmocka_unit_test(test_a_root_with_an_undeclared_prefix_is_another_root),
		cmocka_unit_test(test_more_than_64_mib_is_refused_unread),
		cmocka_unit_test(test_64_mib_are_read_and_their_last_cpu_is_found),
		cmocka_unit_test(test_depth_is_limited_as_in_libvirt),
		cmocka_unit_test(test_undeclared_prefixes_in_the_cpu_are_refused),
		cmocka_unit_test(test_the_error_may_be_null),
		cmocka_unit_test(test_the_name_is_decoded),
		cmocka_unit_test(test_a_long_name_is_whole),
		cmocka_unit_test(test_the_uuid_is_as_written),
		cmocka_unit_test(test_the_type_is_the_roots_attribute),
		cmocka_unit_test(test_a_type_with_a_prefix_is_not_the_domains_type),
		cmocka_unit_test(test_the_architecture_is_that_of_os_type),
		cmocka_unit_test(test_an_architecture_with_a_prefix_is_not_the_guests),
		cmocka_unit_test(test_a_domain_with_an_id_is_live),
		cmocka_unit_test(test_type_qemu_is_emulated_and_has_amds_extension),
		cmocka_unit_test(test_a_cpu_requires_nesting_by_vmx_or_svm),
		cmocka_unit_test(test_an_expanded_cpu_is_fixed),
		cmocka_unit_test(test_an_unknown_vendor_or_policy_is_never_stated),
		cmocka_unit_test(test_the_metadata_policy_is_in_its_namespace_and_place),
		cmocka_unit_test(test_the_namespaces_in_the_metadata_are_listed_once_each),
		cmocka_unit_test(test_arguments_of_qemu_that_win_over_the_cpu_are_named),
		cmocka_unit_test(test_every_command_line_in_its_place_is_read),
		cmocka_unit_test(test_a_device_that_is_made_a_cpu_wins_over_the_cpu),
		cmocka_unit_test(test_nesting_does_not_apply_to_a_guest_whose_memory_is_encrypted),
		cmocka_unit_test(test_places_are_byte_offsets_of_whole_tags),
		cmocka_unit_test(test_places_hold_where_the_parsers_buffer_ends),
		cmocka_unit_test(test_65536_children_are_kept_and_one_more_is_too_big),
		cmocka_unit_test(test_nesting_applies_to_kvm_and_qemu_on_x86),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
