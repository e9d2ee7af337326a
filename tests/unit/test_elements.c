/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_elements.c - the facts that are read from a document, and the places of the elements. */
#include "support.h"

#include "domain.h"
#include "refusal.h"

#define NESTED "urn:nestxml:nested:1"

/* ---- refusals ---- */

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

/* ---- the metadata ---- */

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_root_is_refused_by_its_name),
		cmocka_unit_test(test_a_root_with_an_undeclared_prefix_is_another_root),
		cmocka_unit_test(test_undeclared_prefixes_in_the_cpu_are_refused),
		cmocka_unit_test(test_the_name_is_decoded),
		cmocka_unit_test(test_a_long_name_is_whole),
		cmocka_unit_test(test_the_uuid_is_as_written),
		cmocka_unit_test(test_the_type_is_the_roots_attribute),
		cmocka_unit_test(test_a_type_with_a_prefix_is_not_the_domains_type),
		cmocka_unit_test(test_the_architecture_is_that_of_os_type),
		cmocka_unit_test(test_an_architecture_with_a_prefix_is_not_the_guests),
		cmocka_unit_test(test_the_metadata_policy_is_in_its_namespace_and_place),
		cmocka_unit_test(test_the_namespaces_in_the_metadata_are_listed_once_each),
		cmocka_unit_test(test_places_are_byte_offsets_of_whole_tags),
		cmocka_unit_test(test_places_hold_where_the_parsers_buffer_ends),
		cmocka_unit_test(test_65536_children_are_kept_and_one_more_is_too_big),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
