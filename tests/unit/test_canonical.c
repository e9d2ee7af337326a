/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_canonical.c - which domains are the same in their canonical form, and which are not. */
#include "support.h"

#include "canonical.h"

/* Whoever looks for bytes alone loses the place in this. */
#define CONFUSING "<cookies><!-- </cookies><![CDATA[ --></cookies><!-- ]]><cookies> -->"

static struct canonical read_form(const char *xml, int *code)
{
	struct canonical canonical = {0};

	*code = nestxml_canonical_read(xml, strlen(xml), &canonical);
	return canonical;
}

static struct canonical read_whole(const char *xml)
{
	int code;
	struct canonical canonical = read_form(xml, &code);

	CHECK(code == 0, "%s", xml);
	return canonical;
}

static bool is_same(const char *a, const char *b)
{
	AUTO_CANONICAL struct canonical left = read_whole(a);
	AUTO_CANONICAL struct canonical right = read_whole(b);

	CHECK(left.domain.length > 0 && right.domain.length > 0, "%s and %s", a, b);
	assert_int_equal(nestxml_canonical_is_same(&left, &right), nestxml_canonical_is_same(&right, &left));
	return nestxml_canonical_is_same(&left, &right);
}

#define DEVICES(contents) "<domain><devices>" contents "</devices></domain>"
#define METADATA(contents) "<domain><metadata>" contents "</metadata></domain>"

static void test_what_libvirt_writes_only_sometimes_makes_no_difference(void **state)
{
	static const char *const pairs[][2] = {
		{"<domain type='kvm'/>", "<domain type='kvm'/>"},
		{"<domain type='kvm'/>", "<domain type='kvm' id='12'/>"},
		{"<domain type='kvm'/>", "<domain type='kvm'></domain>"},
		{"<domain id='1' type='kvm'/>", "<domain type=\"kvm\"/>"},
		{"<domain><name>a</name></domain>", "  <domain>\n    <name>a</name>\n\t</domain>\n"},
		{"<domain><name>&lt;a</name></domain>", "<domain><name><![CDATA[<a]]></name></domain>"},
		{"<!-- made by libvirt --><domain/>", "<domain/>"},
		{"<domain/>", "<domainsnapshot><domain/></domainsnapshot>"},
		{"<domain/>", "<domainsnapshot><name>a</name><domain id='1'/><inactiveDomain id='2'/></domainsnapshot>"},
		{DEVICES("<graphics type='vnc' passwd='a>b' port='1'/>"), DEVICES("<graphics type='vnc' port='1'/>")},
		{DEVICES("<graphics type='vnc' passwd='a&apos;b'/>"), DEVICES("<graphics type='vnc'/>")},
		{DEVICES("<a b='>'/> <c/>"), DEVICES("<a b='>'/><c/>")},
		{DEVICES("<source> <host/> <cookies> <cookie name='a'>b</cookie> </cookies> </source>"),
		 DEVICES("<source><host/></source>")},
		{DEVICES("<source><host/> <cookies> </cookies> </source>"), DEVICES("<source><host/></source>")},
		/* a quote where it has no meaning */
		{METADATA("<!-- it's --> <b/>"), METADATA("<!-- it's --><b/>")},
		{METADATA("<?it 's?> <b/>"), METADATA("<?it 's?><b/>")},
		{METADATA("<a><![CDATA[\"]]></a> <b/>"), METADATA("<a><![CDATA[\"]]></a><b/>")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK(is_same(pairs[i][0], pairs[i][1]), "%s and %s", pairs[i][0], pairs[i][1]);
}

static void test_anything_else_makes_a_difference(void **state)
{
	static const char *const pairs[][2] = {
		{"<domain type='kvm'/>", "<domain type='qemu'/>"},
		{"<domain type='kvm' uuid='1'/>", "<domain type='kvm'/>"},
		{"<domain xmlns:x='urn:x' x:id='1'/>", "<domain/>"},
		{"<domain x:id='1'/>", "<domain/>"},
		{"<domain><name>a b</name></domain>", "<domain><name>ab</name></domain>"},
		{"<domain><name>a </name></domain>", "<domain><name>a</name></domain>"},
		{"<domain><name> a</name></domain>", "<domain><name>a</name></domain>"},
		{"<domain><a b='x y'/></domain>", "<domain><a b='xy'/></domain>"},
		{"<domain><a b='> &lt;'/></domain>", "<domain><a b='>&lt;'/></domain>"},
		{"<domain><a b='1'/></domain>", "<domain><a>b1</a></domain>"},
		{"<domain><a/>b</domain>", "<domain><a>b</a></domain>"},
		{"<domain><a/><b/></domain>", "<domain><a><b/></a></domain>"},
		{"<domain><cell id='0'/></domain>", "<domain><cell/></domain>"},
		{"<domain><domain id='0'/></domain>", "<domain><domain/></domain>"},
		{"<domain><a/></domain>", "<domain/>"},
		{"<domain><a/><cookies/></domain>", "<domain><a/></domain>"},
		{"<domain><a x:b='1'/></domain>", "<domain><a b='1'/></domain>"},
		{"<domain><x:a/></domain>", "<domain><a/></domain>"},
		{"<domain><x:a xmlns:x='urn:x'/></domain>", "<domain><x:a xmlns:x='urn:y'/></domain>"},
		{"<domain><a xmlns='urn:x'/></domain>", "<domain><a xmlns='urn:y'/></domain>"},
		{"<domain><a xmlns='urn:x'/></domain>", "<domain><a xmlns:x='urn:x'/></domain>"},
		{"<domain><a xmlns='urn:x'/></domain>", "<domain><a a='urn:x'/></domain>"},
		{"<domainsnapshot><domain/></domainsnapshot>", "<domainsnapshot><domain a='b'/></domainsnapshot>"},
		{DEVICES("<graphics type='vnc' port='1'/>"), DEVICES("<graphics type='vnc' port='2'/>")},
		{DEVICES("<a passwd='x'/>"), DEVICES("<a/>")},
		{DEVICES("<graphics x=' passwd=y'/>"), DEVICES("<graphics x=''/>")},
		{DEVICES("<source>b<cookies></cookies></source>"), DEVICES("<source></source>")},
		{DEVICES("<x:cookies xmlns:x='urn:x'/>"), DEVICES("")},
		/* what tenants choose is compared, whatever it looks like */
		{METADATA("<cookies>1</cookies>"), METADATA("<cookies>2</cookies>")},
		{METADATA("<cookies>1</cookies>"), METADATA("")},
		{METADATA("<graphics passwd='1'/>"), METADATA("<graphics passwd='2'/>")},
		{METADATA("<domain id='1'/>"), METADATA("<domain/>")},
		{METADATA("<devices><cookies/></devices>"), METADATA("<devices/>")},
		{METADATA("<metadata></metadata><cookies>1</cookies>"), METADATA("<metadata></metadata>")},
		{METADATA(CONFUSING "<b c='d'/>"), METADATA(CONFUSING)},
		{METADATA("<!-- it's --><b/>"), METADATA("<!-- it s --><b/>")},
		{METADATA("<!--a-->"), METADATA("<?a?>")},
		{METADATA("<!--a-->"), METADATA("")},
		{METADATA("<?a?>"), METADATA("<?b?>")},
		{METADATA("<?a b?>"), METADATA("<?a c?>")},
		{METADATA("<!--<graphics passwd='x'/>-->"), METADATA("<!--<graphics/>-->")},
		{METADATA("<!-- > <-->"), METADATA("<!-- ><-->")},
		{METADATA("<![CDATA[ <]]>"), METADATA("<![CDATA[<]]>")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK(!is_same(pairs[i][0], pairs[i][1]), "%s and %s", pairs[i][0], pairs[i][1]);
}

/* The bytes between which a form keeps its pieces. */
static void test_no_document_can_have_the_bytes_that_separate_a_form(void **state)
{
	(void)state;
	for (unsigned int byte = 1; byte < '\t'; byte++) {
		static const char *const places[][2] = {{"<domain>", "</domain>"},
							{"<domain a='", "'/>"},
							{"<domain><!--", "--></domain>"},
							{"<domain><?a ", "?></domain>"},
							{"<domain><![CDATA[", "]]></domain>"}};

		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			char xml[64];
			int code;

			snprintf(xml, sizeof(xml), "%s%c%s", places[i][0], (int)byte, places[i][1]);
			AUTO_CANONICAL struct canonical raw = read_form(xml, &code);
			CHECK(code == NESTXML_E_SYNTAX, "byte %u in %s", byte, places[i][0]);
			if (i > 1)
				continue;
			snprintf(xml, sizeof(xml), "%s&#%u;%s", places[i][0], byte, places[i][1]);
			AUTO_CANONICAL struct canonical reference = read_form(xml, &code);
			CHECK(code == NESTXML_E_SYNTAX, "&#%u; in %s", byte, places[i][0]);
		}
	}
}

static void test_a_snapshot_has_a_state_as_far_as_it_can_be_read(void **state)
{
	static const struct {
		const char *xml;
		const char *state;
		int code;
	} snapshots[] = {
		{"<domainsnapshot><state>running</state><domain/></domainsnapshot>", "running", 0},
		{"<domainsnapshot><state>shut<!-- -->off</state><domain>", "shutoff", NESTXML_E_SYNTAX},
		{"<domainsnapshot><domain><state>running</state></domain></domainsnapshot>", NULL, 0},
		{"<domainsnapshot><a><state>running</state></a></domainsnapshot>", NULL, 0},
		{"<domainsnapshot><description>&lt;state>running&lt;/state></description></domainsnapshot>", NULL, 0},
		{"<domain><state>running</state></domain>", NULL, 0},
		{"", NULL, NESTXML_E_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++) {
		int code;
		AUTO_CANONICAL struct canonical canonical = read_form(snapshots[i].xml, &code);

		CHECK(code == snapshots[i].code, "%s: %d", snapshots[i].xml, code);
		if (snapshots[i].state)
			assert_string_equal(canonical.state.data, snapshots[i].state);
		else
			CHECK(canonical.state.length == 0, "%s", snapshots[i].xml);
	}
}

static void test_the_cookies_cpu_takes_the_place_of_the_domains_and_keeps_its_numa_cells(void **state)
{
#define DOMAIN(cpu) "<domain><a/>" cpu "<devices/></domain>"
#define SNAPSHOT(cpu, cookie) "<domainsnapshot>" DOMAIN(cpu) "<cookie>" cookie "</cookie></domainsnapshot>"
	static const char *const snapshots[][2] = {
		{SNAPSHOT("<cpu a='1'/>", "<cpu b='2'/>"), DOMAIN("<cpu b='2'/>")},
		{SNAPSHOT("<cpu a='1'><numa/></cpu>", "<cpu b='2'/>"), DOMAIN("<cpu b='2'><numa/></cpu>")},
		{SNAPSHOT("<cpu><numa>1</numa><c/></cpu>", "<cpu> <d/> <e/> </cpu>"), DOMAIN("<cpu><d/><e/><numa>1</numa></cpu>")},
		{SNAPSHOT("<cpu a='1'/>", "<a><cpu b='2'/></a>"), DOMAIN("<cpu a='1'/>")},
		{SNAPSHOT("<cpu a='1'/>", ""), DOMAIN("<cpu a='1'/>")},
		{SNAPSHOT("", "<cpu b='2'/>"), DOMAIN("")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++) {
		AUTO_CANONICAL struct canonical snapshot = read_whole(snapshots[i][0]);
		AUTO_CANONICAL struct canonical domain = read_whole(snapshots[i][1]);

		assert_true(nestxml_canonical_use_cookie(&snapshot));
		CHECK(nestxml_canonical_is_same(&snapshot, &domain), "%s and %s", snapshots[i][0], snapshots[i][1]);
	}
}

/* What a tenant writes once is not in the form a thousand times. */
static void test_a_form_is_not_much_longer_than_its_document(void **state)
{
	AUTO_BUFFER struct nestxml_buffer xml = {0};
	AUTO_CANONICAL struct canonical canonical = {0};

	(void)state;
	assert_true(nestxml_buffer_add_string(&xml, "<domain><metadata><x:a xmlns:x='urn:"));
	for (int i = 0; i < 10000; i++)
		assert_true(nestxml_buffer_add_string(&xml, "x"));
	assert_true(nestxml_buffer_add_string(&xml, "'>"));
	for (int i = 0; i < 1000; i++)
		assert_true(nestxml_buffer_add_string(&xml, "<x:b x:c=''/>"));
	assert_true(nestxml_buffer_add_string(&xml, "</x:a></metadata></domain>"));
	assert_int_equal(nestxml_canonical_read(xml.data, xml.length, &canonical), 0);
	CHECK(canonical.domain.length < 2 * xml.length, "%zu bytes of %zu", canonical.domain.length, xml.length);
}

static void test_half_a_document_cannot_be_read(void **state)
{
	static const char whole[] = "<domainsnapshot><state>running</state><domain type='kvm' id='1'> <a/> <!-- ' --> <?a?> <![CDATA[<]]> "
				    "<devices><graphics passwd='a'/><cookies> </cookies></devices> <cpu/></domain><cookie><cpu/></cookie>"
				    "</domainsnapshot>";

	(void)state;
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		char *half = strndup(whole, i);
		int code;

		assert_non_null(half);
		AUTO_CANONICAL struct canonical canonical = read_form(half, &code);
		CHECK(code == NESTXML_E_SYNTAX, "%zu bytes: %d", i, code);
		free(half);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_libvirt_writes_only_sometimes_makes_no_difference),
		cmocka_unit_test(test_anything_else_makes_a_difference),
		cmocka_unit_test(test_no_document_can_have_the_bytes_that_separate_a_form),
		cmocka_unit_test(test_a_snapshot_has_a_state_as_far_as_it_can_be_read),
		cmocka_unit_test(test_the_cookies_cpu_takes_the_place_of_the_domains_and_keeps_its_numa_cells),
		cmocka_unit_test(test_a_form_is_not_much_longer_than_its_document),
		cmocka_unit_test(test_half_a_document_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
