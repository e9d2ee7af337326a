/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_canonical.c - which domains are the same in their canonical form, and which are not. */
#include "support.h"

#include "canonical.h"

/* A reader that only searches for bytes gets lost in this. */
#define CONFUSING "<cookies><!-- </cookies><![CDATA[ --></cookies><!-- ]]><cookies> -->"

static int read_code(const char *xml)
{
	AUTO_CANONICAL struct canonical canonical = {0};

	return nestxml_canonical_read(xml, strlen(xml), &canonical);
}

static struct canonical read_whole(const char *xml)
{
	struct canonical canonical = {0};
	int code = nestxml_canonical_read(xml, strlen(xml), &canonical);

	CHECK(code == 0, "%s: %d", xml, code);
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

static void test_what_libvirt_does_not_always_write_makes_no_difference(void **state)
{
	static const char *const pairs[][2] = {
		{"<domain type='kvm'/>", "<domain type='kvm'/>"},
		{"<domain type='kvm'/>", "<domain type='kvm' id='12'/>"},
		{"<domain type='kvm'/>", "<domain type='kvm'></domain>"},
		{"<domain id='1' type='kvm'/>", "<domain type=\"kvm\"/>"},
		{"<domain><name>a</name></domain>", "  <domain>\n    <name>a</name>\n\t</domain>\n"},
		{"<domain><name>&lt;a</name></domain>", "<domain><name>&#60;a</name></domain>"},
		{"<!-- made by libvirt --><domain/>", "<domain/>"},
		{"<domain/>", "<domainsnapshot><domain/></domainsnapshot>"},
		{"<domain/>", "<domainsnapshot><name>a</name><domain id='1'/><inactiveDomain id='2'/></domainsnapshot>"},
		{DEVICES("<graphics type='vnc' passwd='a>b' port='1'/>"), DEVICES("<graphics type='vnc' port='1'/>")},
		{DEVICES("<graphics type='vnc' passwd='a&apos;b'/>"), DEVICES("<graphics type='vnc'/>")},
		{DEVICES("<a b='>'/> <c/>"), DEVICES("<a b='>'/><c/>")},
		{DEVICES("<source> <host/> <cookies> <cookie name='a'>b</cookie> </cookies> </source>"),
		 DEVICES("<source><host/></source>")},
		{DEVICES("<source><host/> <cookies> </cookies> </source>"), DEVICES("<source><host/></source>")},
		{DEVICES("<cookies><a/><cookies/><b/></cookies><c/>"), DEVICES("<c/>")},
		{DEVICES("a <cookies/> <cookies/> b"), DEVICES("a   b")},
		{"<domain><os><nvram><source><cookies>a</cookies></source></nvram></os></domain>",
		 "<domain><os><nvram><source/></nvram></os></domain>"},
		/* a quote where it has no meaning */
		{METADATA("<!-- it's --> <b/>"), METADATA("<!-- it's --><b/>")},
		{METADATA("<?it 's?> <b/>"), METADATA("<?it 's?><b/>")},
		{METADATA("<a><![CDATA[\"]]></a> <b/>"), METADATA("<a><![CDATA[\"]]></a><b/>")},
		/* what libvirt makes of CDATA sections when it reads its own XML */
		{METADATA("<a> <![CDATA[b]]> </a>"), METADATA("<a><![CDATA[b]]></a>")},
		{METADATA("<a> <![CDATA[b]]> <![CDATA[c]]> </a>"), METADATA("<a><![CDATA[bc]]></a>")},
		{METADATA("<a><![CDATA[b]]>\n<![CDATA[]]><![CDATA[ ]]></a>"), METADATA("<a><![CDATA[b ]]></a>")},
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
		{"<domain><a b='  '/></domain>", "<domain><a b=''/></domain>"},
		{"<domain><a b='1' c='2'/></domain>", "<domain><a b='12'/></domain>"},
		{"<domain><a b='> &lt;'/></domain>", "<domain><a b='>&lt;'/></domain>"},
		{"<domain><a b='1'/></domain>", "<domain><a>b1</a></domain>"},
		{"<domain><a/>b</domain>", "<domain><a>b</a></domain>"},
		{"<domain><a/><b/></domain>", "<domain><a><b/></a></domain>"},
		{"<domain><cell id='0'/></domain>", "<domain><cell/></domain>"},
		{"<domain><domain id='0'/></domain>", "<domain><domain/></domain>"},
		{"<domain><a/></domain>", "<domain/>"},
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
		{DEVICES("<x:cookies/>"), DEVICES("")},
		{DEVICES("<cookies xmlns='urn:x'/>"), DEVICES("")},
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
		{METADATA("<![CDATA[ ]]>"), METADATA("<![CDATA[]]>")},
		{METADATA("<![CDATA[a]]>"), METADATA("<!--a-->")},
		{METADATA("a <![CDATA[b]]>"), METADATA("a<![CDATA[b]]>")},
		{METADATA("<![CDATA[a]]>b"), METADATA("<![CDATA[a]]> b")},
		{METADATA("<![CDATA[a]]><!----><![CDATA[b]]>"), METADATA("<![CDATA[ab]]>")},
		{METADATA("<a><![CDATA[a]]></a><![CDATA[b]]>"), METADATA("<a><![CDATA[ab]]></a>")},
		{METADATA("<![CDATA[a]]><a/><![CDATA[b]]>"), METADATA("<![CDATA[ab]]><a/>")},
		{METADATA("<![CDATA[a]]>c<![CDATA[b]]>"), METADATA("<![CDATA[ab]]>c")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK(!is_same(pairs[i][0], pairs[i][1]), "%s and %s", pairs[i][0], pairs[i][1]);
}

/* Those that begin the pieces of a form. */
static void test_no_document_contains_the_bytes_below_a_tab(void **state)
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

			snprintf(xml, sizeof(xml), "%s%c%s", places[i][0], (int)byte, places[i][1]);
			CHECK(read_code(xml) == NESTXML_E_SYNTAX, "byte %u in %s", byte, places[i][0]);
			snprintf(xml, sizeof(xml), "%s&#%u;%s", places[i][0], byte, places[i][1]);
			CHECK((read_code(xml) == NESTXML_E_SYNTAX) == (i < 2), "&#%u; in %s", byte, places[i][0]);
		}
	}
}

static void test_a_snapshot_has_a_state(void **state)
{
	static const struct {
		const char *xml;
		const char *state;
	} snapshots[] = {
		{"<domainsnapshot><state>running</state><domain/></domainsnapshot>", "running"},
		{"<domainsnapshot><state>shut<!-- -->off</state></domainsnapshot>", "shutoff"},
		{"<domainsnapshot><domain><state>running</state></domain></domainsnapshot>", ""},
		{"<domainsnapshot><a><state>running</state></a></domainsnapshot>", ""},
		{"<domainsnapshot><description>&lt;state>running&lt;/state></description></domainsnapshot>", ""},
		{"<domain><state>running</state></domain>", ""},
		{"<domain><domainsnapshot><state>running</state></domainsnapshot></domain>", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++) {
		AUTO_CANONICAL struct canonical canonical = read_whole(snapshots[i].xml);

		assert_string_equal(canonical.state.data ? canonical.state.data : "", snapshots[i].state);
	}
}

static void test_what_has_no_domain_is_the_same_as_no_other(void **state)
{
	AUTO_CANONICAL struct canonical none = read_whole("<domainsnapshot><inactiveDomain/></domainsnapshot>");

	(void)state;
	assert_false(nestxml_canonical_is_same(&none, &none));
}

static void test_what_the_library_refuses_cannot_be_read(void **state)
{
	(void)state;
	assert_int_equal(read_code("<domain>\xff</domain>"), NESTXML_E_ENCODING);
	assert_int_equal(read_code("<!DOCTYPE a><domain/>"), NESTXML_E_DTD);
}

/* The domain, which may declare 256, is twice in a snapshot. */
static void test_a_snapshot_may_declare_512_namespaces(void **state)
{
	AUTO_BUFFER struct nestxml_buffer xml = {0};

	(void)state;
	assert_true(nestxml_buffer_add_string(&xml, "<domainsnapshot>"));
	for (int i = 0; i < 512; i++)
		assert_true(nestxml_buffer_add_string(&xml, "<a xmlns='urn:a'/>"));
	assert_true(nestxml_buffer_add_string(&xml, "</domainsnapshot>"));
	assert_int_equal(read_code(xml.data), 0);
	xml.length -= strlen("</domainsnapshot>");
	assert_true(nestxml_buffer_add_string(&xml, "<a xmlns='urn:a'/></domainsnapshot>"));
	assert_int_equal(read_code(xml.data), NESTXML_E_TOO_BIG);
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
		assert_true(nestxml_canonical_use_cookie(&snapshot)); /* which has been done */
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
		AUTO_FREE char *half = strndup(whole, i);

		assert_non_null(half);
		CHECK(read_code(half) == NESTXML_E_SYNTAX, "%zu bytes", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_libvirt_does_not_always_write_makes_no_difference),
		cmocka_unit_test(test_anything_else_makes_a_difference),
		cmocka_unit_test(test_no_document_contains_the_bytes_below_a_tab),
		cmocka_unit_test(test_a_snapshot_has_a_state),
		cmocka_unit_test(test_what_has_no_domain_is_the_same_as_no_other),
		cmocka_unit_test(test_what_the_library_refuses_cannot_be_read),
		cmocka_unit_test(test_a_snapshot_may_declare_512_namespaces),
		cmocka_unit_test(test_the_cookies_cpu_takes_the_place_of_the_domains_and_keeps_its_numa_cells),
		cmocka_unit_test(test_a_form_is_not_much_longer_than_its_document),
		cmocka_unit_test(test_half_a_document_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
