/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_document.c - which documents of libvirt's are the same, and which are not. */
#include "support.h"

#include "document.h"

/* Whoever looks for bytes alone loses the place in this. */
#define CONFUSING "<cookies><!-- </cookies><![CDATA[ --></cookies><!-- ]]><cookies> -->"

static bool is_same(const char *a, const char *b)
{
	struct span left = {a, a + strlen(a)};
	struct span right = {b, b + strlen(b)};

	assert_int_equal(nestxml_document_is_same(left, right), nestxml_document_is_same(right, left));
	return nestxml_document_is_same(left, right);
}

static void test_what_libvirt_writes_only_sometimes_makes_no_difference(void **state)
{
	static const char *const pairs[][2] = {
		{"", ""},
		{"<domain type='kvm'/>", "<domain type='kvm'/>"},
		{"<domain type='kvm'/>", "<domain type='kvm' id='12'/>"},
		{"<domain id='1' type='kvm'/>", "<domain type='kvm'/>"},
		{"<domain><name>a</name></domain>", "  <domain>\n    <name>a</name>\n\t</domain>\n"},
		{"<graphics type='vnc' passwd='a>b' port='1'/>", "<graphics type='vnc' port='1'/>"},
		{"<graphics type='vnc' passwd='a&apos;b'/>", "<graphics type='vnc'/>"},
		{"<a b='>'/> <c/>", "<a b='>'/><c/>"},
		{"<source> <host/> <cookies> <cookie name='a'>b</cookie> </cookies> </source>", "<source><host/></source>"},
		{"<metadata><a/></metadata><source><host/> <cookies> </cookies> </source>",
		 "<metadata><a/></metadata><source><host/></source>"},
		/* a quote where it has no meaning */
		{"<a><!-- it's --> <b/></a>", "<a><!-- it's --><b/></a>"},
		{"<a><?it 's?> <b/></a>", "<a><?it 's?><b/></a>"},
		{"<a><![CDATA[\"]]></a> <b/>", "<a><![CDATA[\"]]></a><b/>"},
		{"<!-- ' <a> --> <graphics passwd='x'/>", "<!-- ' <a> --><graphics/>"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK(is_same(pairs[i][0], pairs[i][1]), "%s and %s", pairs[i][0], pairs[i][1]);
}

static void test_anything_else_makes_a_difference(void **state)
{
	static const char *const pairs[][2] = {
		{"", "<domain/>"},
		{"<domain type='kvm'/>", "<domain type='qemu'/>"},
		{"<domain type='kvm'/>", "<domain type='kvm'></domain>"},
		{"<domain type='kvm' uuid='1'/>", "<domain type='kvm'/>"},
		{"<name>a b</name>", "<name>ab</name>"},
		{"<name>a </name>", "<name>a</name>"},
		{"<name> a</name>", "<name>a</name>"},
		{"<a b='x y'/>", "<a b='xy'/>"},
		{"<a b='> <'/>", "<a b='><'/>"},
		{"<cell id='0'/>", "<cell/>"},
		{"<domainsnapshot id='0'/>", "<domainsnapshot/>"},
		{"<graphics type='vnc' port='1'/>", "<graphics type='vnc' port='2'/>"},
		{"<a passwd='x'/>", "<a/>"},
		{"<graphics x=' passwd=y'/>", "<graphics x=''/>"},
		{"<a/><b/>", "<a/>"},
		{"<a/><cookies/>", "<a/>"},
		{"<a>b<cookies></cookies></a>", "<a>b</a>"},
		/* what tenants choose is compared, whatever it looks like */
		{"<metadata><cookies>1</cookies></metadata>", "<metadata><cookies>2</cookies></metadata>"},
		{"<metadata><cookies>1</cookies></metadata>", "<metadata></metadata>"},
		{"<domain><metadata><graphics passwd='1'/></metadata></domain>",
		 "<domain><metadata><graphics passwd='2'/></metadata></domain>"},
		{"<domain><metadata><domain id='1'/></metadata></domain>", "<domain><metadata><domain/></metadata></domain>"},
		{"<metadata><metadata></metadata><cookies>1</cookies></metadata>", "<metadata><metadata></metadata></metadata>"},
		{"<metadata>" CONFUSING "<b c='d'/></metadata><cookies></cookies>",
		 "<metadata>" CONFUSING "</metadata><cookies></cookies>"},
		{"<a><!-- it's --><b/></a>", "<a><!-- it s --><b/></a>"},
		{"<!--<graphics passwd='x'/>-->", "<!--<graphics/>-->"},
		{"<!-- > <-->", "<!-- ><-->"},
		{"<![CDATA[ <]]>", "<![CDATA[<]]>"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK(!is_same(pairs[i][0], pairs[i][1]), "%s and %s", pairs[i][0], pairs[i][1]);
}

/* Of what is not well-formed nothing is promised but an answer. */
static void test_half_a_document_is_compared_to_its_end(void **state)
{
	static const char whole[] =
		"<domain type='kvm' id='1'> <graphics passwd='a'/> <!-- ' --> <?a?> <![CDATA[<]]> <cookies> </cookies> </domain>";

	(void)state;
	for (size_t i = 0; i < sizeof(whole); i++) {
		char *half = strndup(whole, i);

		assert_non_null(half);
		assert_true(is_same(half, half));
		free(half);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_libvirt_writes_only_sometimes_makes_no_difference),
		cmocka_unit_test(test_anything_else_makes_a_difference),
		cmocka_unit_test(test_half_a_document_is_compared_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
