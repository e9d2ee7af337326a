/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_canonical.c - which domains are the same in their canonical form, and which are not. */
#include "support.h"

#include "canonical.h"
#include "libxml.h"

/* A reader that only searches for bytes gets lost in this. */
#define CONFUSING "<cookies><!-- </cookies><![CDATA[ --></cookies><!-- ]]><cookies> -->"

static void ignore_error(void *data, LIBXML_ERROR *problem)
{
	(void)data;
	(void)problem;
}

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

/* Whether each of two documents can start what the other one starts. */
static bool is_same(const char *a, const char *b)
{
	AUTO_CANONICAL struct canonical left = read_whole(a);
	AUTO_CANONICAL struct canonical right = read_whole(b);

	CHECK(left.domain && right.domain, "%s and %s", a, b);
	assert_int_equal(nestxml_canonical_can_start(&left, &right), nestxml_canonical_can_start(&right, &left));
	return nestxml_canonical_can_start(&left, &right);
}

#define DEVICES(contents) "<domain><devices>" contents "</devices></domain>"
#define SNAPSHOT(contents) "<domainsnapshot><state>running</state>" contents "</domainsnapshot>"
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
		{"<domain/>", SNAPSHOT("<domain/>")},
		{"<domain/>", SNAPSHOT("<name>a</name><domain id='1'/><inactiveDomain id='2'/>")},
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
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK(is_same(pairs[i][0], pairs[i][1]), "%s and %s", pairs[i][0], pairs[i][1]);
}

/* As libvirt does, with the same version of libxml2, whenever it reads what it has written; versions differ in what they make of it. */
static void test_a_form_that_is_read_again_is_the_same(void **state)
{
	static const char *const documents[] = {
		METADATA("<a> <![CDATA[b]]> </a>"),
		METADATA("<a> <![CDATA[b]]> <![CDATA[c]]> </a>"),
		METADATA("<a><![CDATA[b]]>\n<![CDATA[]]><![CDATA[ ]]></a>"),
		METADATA("<a> b <![CDATA[c]]> <d> </d> e </a> <f> <g/> </f>"),
		METADATA("<a b='&quot;&amp;&#10;&#9;&gt;'>&#13;&lt;&amp;</a><!-- &lt; --><?a  b ?>"),
		METADATA("<a xmlns='urn:a' xmlns:b='urn:b'><b:c b:d='1'/><e xmlns=''/></a><u:a u:b=''/>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		AUTO_CANONICAL struct canonical canonical = read_whole(documents[i]);

		CHECK(is_same(documents[i], canonical.domain), "%s and %s", documents[i], canonical.domain);
	}
}

static void test_anything_else_makes_a_difference(void **state)
{
	static const char *const pairs[][2] = {
		{"<domain type='kvm'/>", "<domain type='qemu'/>"},
		{"<domain type='kvm' uuid='1'/>", "<domain type='kvm'/>"},
		{"<domain xmlns:x='urn:x' x:id='1'/>", "<domain/>"},
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
		/* a cookie is a snapshot's */
		{"<domain><cpu a='1'/><cookie><cpu b='2'/></cookie></domain>", "<domain><cpu b='2'/><cookie/></domain>"},
		{"<domain><a/></domain>", "<domain/>"},
		{"<domain x:id='1'/>", "<domain/>"},
		{DEVICES("<x:cookies/>"), DEVICES("")},
		{"<domain xmlns:x='urn:x'><a x:b='1'/></domain>", "<domain xmlns:x='urn:x'><a b='1'/></domain>"},
		{"<domain xmlns:x='urn:x'><x:a/></domain>", "<domain xmlns:x='urn:x'><a/></domain>"},
		{"<domain><x:a xmlns:x='urn:x'/></domain>", "<domain><x:a xmlns:x='urn:y'/></domain>"},
		{"<domain><a xmlns='urn:x'/></domain>", "<domain><a xmlns='urn:y'/></domain>"},
		{"<domain><a xmlns='urn:x'/></domain>", "<domain><a xmlns:x='urn:x'/></domain>"},
		{"<domain><a xmlns='urn:x'/></domain>", "<domain><a a='urn:x'/></domain>"},
		{SNAPSHOT("<domain/>"), SNAPSHOT("<domain a='b'/>")},
		{DEVICES("<graphics type='vnc' port='1'/>"), DEVICES("<graphics type='vnc' port='2'/>")},
		{DEVICES("<a passwd='x'/>"), DEVICES("<a/>")},
		{DEVICES("<graphics x=' passwd=y'/>"), DEVICES("<graphics x=''/>")},
		{DEVICES("<source>b<cookies></cookies></source>"), DEVICES("<source></source>")},
		{DEVICES("<x:cookies xmlns:x='urn:x'/>"), DEVICES("")},
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

static void test_a_snapshot_starts_its_domain_if_it_has_memory(void **state)
{
	static const struct {
		const char *xml;
		bool starts;
	} snapshots[] = {
		{"<domainsnapshot><state>running</state><domain/></domainsnapshot>", true},
		{"<domainsnapshot><domain/><state>paused</state></domainsnapshot>", true},
		{"<domainsnapshot><state>shutoff</state><domain/></domainsnapshot>", false},
		{"<domainsnapshot><state/><domain/></domainsnapshot>", false},
		{"<snapshot><state>running</state><domain/></snapshot>", false},
		{"<domainsnapshot><state><running/></state><domain/></domainsnapshot>", false},
		{"<domainsnapshot><state><!--running--></state><domain/></domainsnapshot>", false},
		{"<domainsnapshot><state><?a running?></state><domain/></domainsnapshot>", false},
		{"<domainsnapshot><domain><state>running</state></domain></domainsnapshot>", false},
		{"<domainsnapshot><a><state>running</state></a><domain/></domainsnapshot>", false},
		{"<domainsnapshot><description>&lt;state>running&lt;/state></description><domain/></domainsnapshot>", false},
		{"<domainsnapshot><state>running</state><inactiveDomain/></domainsnapshot>", false},
		{"<domainsnapshot><state>running</state><a><domain/></a></domainsnapshot>", false},
		{"<domainsnapshot><state>running</state><domain xmlns='urn:a'/></domainsnapshot>", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++) {
		AUTO_CANONICAL struct canonical canonical = read_whole(snapshots[i].xml);

		CHECK((canonical.domain != NULL) == snapshots[i].starts, "%s", snapshots[i].xml);
	}
}

/* libxml2's error handler is the application's, too. */
static void test_the_error_handler_is_what_it_was(void **state)
{
	int mine;

	(void)state;
	xmlSetStructuredErrorFunc(&mine, ignore_error);
	read_code("<domain x:id='1'/>");
	read_code("<domain");
	assert_ptr_equal(xmlStructuredErrorContext, &mine);
	assert_true(xmlStructuredError == ignore_error);
	xmlSetStructuredErrorFunc(NULL, NULL);
}

static void test_two_documents_without_a_domain_do_not_match(void **state)
{
	AUTO_CANONICAL struct canonical none = read_whole(SNAPSHOT("<inactiveDomain/>"));

	(void)state;
	assert_false(nestxml_canonical_can_start(&none, &none));
}

/* As large as it may be, and a byte more. */
static void test_a_large_document_has_no_form(void **state)
{
	static const char domain[] = "<domain/>";
	AUTO_BUFFER struct nestxml_buffer xml = {0};
	AUTO_CANONICAL struct canonical canonical = {0};

	(void)state;
	assert_true(nestxml_buffer_add_string(&xml, domain));
	while (xml.length <= NESTXML_CANONICAL_SIZE)
		assert_true(nestxml_buffer_add_string(&xml, "\n"));
	assert_int_equal(nestxml_canonical_read(xml.data, xml.length, &canonical), NESTXML_E_TOO_BIG);
	assert_null(canonical.domain);
	assert_int_equal(nestxml_canonical_read(xml.data, xml.length - 1, &canonical), 0);
	assert_string_equal(canonical.domain, domain);
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
#define WITH_COOKIE(cpu, cookie) SNAPSHOT(DOMAIN(cpu) "<cookie>" cookie "</cookie>")
	static const char *const snapshots[][3] = {
		/* the snapshot, and the domains that it starts; NULL: none with the cookie's CPU; "": one that no document is the same as
		 */
		{WITH_COOKIE("<cpu a='1'/>", "<cpu b='2'/>"), DOMAIN("<cpu a='1'/>"), DOMAIN("<cpu b='2'/>")},
		{WITH_COOKIE("<cpu a='1'><numa/></cpu>", "<cpu b='2'/>"), DOMAIN("<cpu a='1'><numa/></cpu>"),
		 DOMAIN("<cpu b='2'><numa/></cpu>")},
		{WITH_COOKIE("<cpu><numa>1</numa><c/></cpu>", "<cpu> <d/> <e/> </cpu>"), DOMAIN("<cpu><numa>1</numa><c/></cpu>"),
		 DOMAIN("<cpu><d/><e/><numa>1</numa></cpu>")},
		{WITH_COOKIE("<cpu xmlns:x='urn:x'><numa><x:cell x:a='1'/></numa></cpu>", "<cpu b='1'/>"),
		 DOMAIN("<cpu xmlns:x='urn:x'><numa><x:cell x:a='1'/></numa></cpu>"), ""},
		{WITH_COOKIE("<cpu a='1'/>", "<a><cpu b='2'/></a>"), DOMAIN("<cpu a='1'/>"), NULL},
		{WITH_COOKIE("<cpu a='1'/>", ""), DOMAIN("<cpu a='1'/>"), NULL},
		{WITH_COOKIE("", "<cpu b='2'/>"), DOMAIN(""), NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++) {
		AUTO_CANONICAL struct canonical snapshot = read_whole(snapshots[i][0]);

		assert_true((snapshot.with_cookie != NULL) == (snapshots[i][2] != NULL));
		for (size_t form = 1; form <= 2 && snapshots[i][form] && *snapshots[i][form]; form++) {
			AUTO_CANONICAL struct canonical domain = read_whole(snapshots[i][form]);

			CHECK(nestxml_canonical_can_start(&snapshot, &domain), "%s and %s", snapshots[i][0], snapshots[i][form]);
		}
	}
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
		cmocka_unit_test(test_a_form_that_is_read_again_is_the_same),
		cmocka_unit_test(test_anything_else_makes_a_difference),
		cmocka_unit_test(test_a_snapshot_starts_its_domain_if_it_has_memory),
		cmocka_unit_test(test_the_error_handler_is_what_it_was),
		cmocka_unit_test(test_two_documents_without_a_domain_do_not_match),
		cmocka_unit_test(test_a_large_document_has_no_form),
		cmocka_unit_test(test_what_the_library_refuses_cannot_be_read),
		cmocka_unit_test(test_a_snapshot_may_declare_512_namespaces),
		cmocka_unit_test(test_the_cookies_cpu_takes_the_place_of_the_domains_and_keeps_its_numa_cells),
		cmocka_unit_test(test_half_a_document_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
