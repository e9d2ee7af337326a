/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_metadata.c - sections that match what a manager writes into a guest's metadata: which paths, which values, and what is too much. */
#include "support.h"

#include "config.h"
#include "domain.h"
#include "metadata_match.h"
#include "policy.h"

#define NOVA "http://openstack.org/xmlns/libvirt/nova/1.1"
#define OVIRT "http://ovirt.org/vm/1.0"

/* As nova writes it (nova/virt/libvirt/config.py), and the engine of oVirt (LibvirtVmXmlBuilder, writeVmCustomMetadata). */
static const char both[] =
	"<nova:instance xmlns:nova='" NOVA "'><nova:name>vm &lt;1&gt;</nova:name>"
	"<nova:flavor name='m1.nested' id='a&amp;b'><nova:memory>64</nova:memory><nova:extraSpecs>"
	"<nova:extraSpec name='hw:cpu_policy'>shared</nova:extraSpec><nova:extraSpec name='nested:policy'>\n require <!-- --> </nova:extraSpec>"
	"</nova:extraSpecs></nova:flavor>"
	"<nova:owner><nova:project uuid='838a'>ci</nova:project></nova:owner></nova:instance>"
	"<ovirt-vm:vm xmlns:ovirt-vm='" OVIRT "'><clusterVersion>4.7</clusterVersion>"
	"<ovirt-vm:custom><ovirt-vm:nested>disable</ovirt-vm:nested></ovirt-vm:custom>"
	"<ovirt-vm:device><x:custom xmlns:x='urn:x'><ovirt-vm:nested>optional</ovirt-vm:nested></x:custom></ovirt-vm:device></ovirt-vm:vm>"
	"<e:e xmlns:e='urn:e?a=1&amp;b=2'><e:f>x</e:f><e:g h='i&amp;amp;j'/></e:e>"
	"<plain><a>in no namespace</a></plain>";

/* Whether a section with @pattern is about a guest with @metadata. */
static bool is_match(const char *pattern, const char *metadata)
{
	const char *reason;
	struct metadata_pattern *made = nestxml_metadata_pattern_new(pattern, &reason);
	struct nestxml_domain *domain;
	char xml[4096];
	bool found;

	CHECK(made, "%s: %s", pattern, reason ? reason : "out of memory");
	snprintf(xml, sizeof(xml), "<domain type='kvm'><name>vm</name><metadata>%s</metadata></domain>", metadata);
	domain = domain_of(xml);
	found = nestxml_metadata_is_match(made, &domain->metadata);
	nestxml_metadata_pattern_free(made);
	nestxml_domain_free(domain);
	return found;
}

static void test_what_managers_write(void **state)
{
	static const struct {
		const char *path;
		bool is_match;
	} rows[] = {
		{NOVA " instance/flavor/@name=m1.nested", true},
		{NOVA " instance/flavor/@name = *.nested", true},
		{NOVA " instance/flavor/@name=m1.*[de]", true},
		{NOVA " instance/flavor/@name=m1.small", false},
		{NOVA " instance/flavor/@id=a&b", true},
		{NOVA " instance/name=vm <1>", true},
		{NOVA " instance/flavor/memory=64", true},
		{NOVA " instance/flavor/extraSpecs/extraSpec[@name='nested:policy']=require", true},
		{NOVA " instance/flavor/extraSpecs/extraSpec[@name=\"nested:policy\"]=require", true},
		{NOVA " instance/flavor/extraSpecs/extraSpec[@name='hw:cpu_policy']=require", false},
		{NOVA " instance/flavor/extraSpecs/extraSpec[@name='hw:cpu_policy']/@name=*", true},
		{NOVA " instance/flavor[@name='m1.nested']/memory=6?", true},
		{NOVA " instance/flavor[@name='m1.small']/memory=6?", false},
		{NOVA " instance/owner/project/@uuid=838a", true},
		{NOVA " instance/owner/project=ci", true},
		{OVIRT " vm/custom/nested=disable", true},
		/* an element without a prefix is in the path, too: vdsm writes both */
		{OVIRT " vm/clusterVersion=4.*", true},
		/* another namespace is another element, and so is another place */
		{OVIRT " vm/device/custom/nested=*", false},
		{OVIRT " vm/custom/nested=optional", false},
		{OVIRT " custom/nested=disable", false},
		{OVIRT " vm/nested=disable", false},
		{OVIRT " instance/flavor/@name=m1.nested", false},
		{"urn:x custom/nested=optional", false},
		{"urn:none plain/a=*", false},
		/* a namespace and a value are compared as they are, not as XML writes them */
		{"urn:e?a=1&b=2 e/f=x", true},
		{"urn:e?a=1&b=2 e/g/@h=i&amp;j", true},
		{"urn:e?a=1&b=2 e/g/@h=i&j", false},
		{"urn:e?a=1&#38;b=2 e/f=x", false},
		/* what contains elements has no text, and no element has what it does not have */
		{NOVA " instance/flavor=*", false},
		{NOVA " instance/flavor/@none=*", false},
		{NOVA " instance/flavor/none=*", false},
		/* libvirt's own comparison of names: by case */
		{NOVA " Instance/flavor/@name=m1.nested", false},
	};
	char pattern[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(pattern, sizeof(pattern), "metadata:%s", rows[i].path);
		CHECK(nestxml_metadata_is_pattern(pattern), "%s", pattern);
		CHECK(is_match(pattern, both) == rows[i].is_match, "%s", pattern);
		CHECK(!is_match(pattern, ""), "%s", pattern);
	}
}

static void test_which_elements_are_looked_at(void **state)
{
	static const char several[] = "<a xmlns='urn:a'><b><c>1</c></b><b><d/><c>2</c></b></a><a xmlns='urn:a'><b/><c>3</c></a>";
	static const char undeclared[] = "<a xmlns='urn:a'><n:b>1</n:b><n:c><d>2</d></n:c><e n:f='3'/></a>";
	static const struct {
		const char *metadata;
		const char *path;
		bool is_match;
	} rows[] = {
		/* any of several */
		{several, "a/b/c=1", true},
		{several, "a/b/c=2", true},
		{several, "a/b/c=3", false},
		{several, "a/c=3", true},
		{several, "a/c=1", false},
		/* an undeclared prefix is no way into a path: to libvirt it is a part of the name */
		{undeclared, "a/b=1", false},
		{undeclared, "a/c/d=2", false},
		{undeclared, "a/e/@f=3", false},
		/* only the first metadata count */
		{"</metadata><metadata><a xmlns='urn:a'><b>1</b></a>", "a/b=1", false},
		{"</metadata><description><a xmlns='urn:a'><b>1</b></a></description><metadata>", "a/b=1", false},
	};
	char pattern[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(pattern, sizeof(pattern), "metadata:urn:a %s", rows[i].path);
		CHECK(is_match(pattern, rows[i].metadata) == rows[i].is_match, "%s in %s", pattern, rows[i].metadata);
	}
}

static void test_patterns_that_cannot_be_read(void **state)
{
	static const char *const rows[] = {
		"metadata:",
		"metadata:urn:a",
		"metadata: a=b",
		"metadata:urn:a a",
		"metadata:urn:a =b",
		"metadata:urn:a a=",
		"metadata:urn:a a= ",
		"metadata:urn:a a/=b",
		"metadata:urn:a /a=b",
		"metadata:urn:a a//b=c",
		"metadata:urn:a @a=b",
		"metadata:urn:a a/@=b",
		"metadata:urn:a a/@b/c=d",
		"metadata:urn:a a/@b[@c='d']=e",
		"metadata:urn:a a[b]=c",
		"metadata:urn:a a[@b]=c",
		"metadata:urn:a a[@b=c]=d",
		"metadata:urn:a a[@b='c]=d",
		"metadata:urn:a a[@b='c'=d",
		"metadata:urn:a a[@b='c']",
		"metadata:urn:a a[@b='c']d=e",
		"metadata:urn:a a[",
		"metadata:urn:a a[@",
		"metadata:urn:a a b=c",
		/* no name in a namespace is such a one: it would match nothing, and nobody would be told */
		"metadata:urn:a n:a/b=c",
		"metadata:urn:a a/n:b=c",
		"metadata:urn:a a/*=c",
		"metadata:urn:a a/text()=c",
		"metadata:urn:a a/@n:b=c",
		"metadata:urn:a a[@n:b='c']=d",
		"metadata:urn:a a=[b",
		"metadata:urn:a a='b'",
		"metadata:urn:a a=\"b\"",
		"metadata:\"urn:a\" a=b",
		"metadata:<urn:a> a=b",
		"metadata:urn:a?b&amp;c a=b",
		/* nor is a guest called so */
		"Metadata:urn:a a/b=c",
		"metadata urn:a a/b=c",
		"metadata:urn:a 1/2/3/4/5/6/7/8/9=b",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *reason = NULL;
		struct nestxml_config *config;
		struct nestxml_error error = {0};
		char text[128];

		if (nestxml_metadata_is_pattern(rows[i]))
			CHECK(!nestxml_metadata_pattern_new(rows[i], &reason) && reason, "%s", rows[i]);
		snprintf(text, sizeof(text), "\n[guest %s]\nnested = disable\n", rows[i]);
		tree_write(*state, ADMIN_FILE, text);
		CHECK(nestxml_config_new(((struct tree *)*state)->root, &config, &error) == NESTXML_E_CONFIG, "%s", text);
		CHECK(error.line == 2, "%s: %s", text, error.message);
	}
}

/* The policy under @text of a guest with @metadata; a code instead if there is none. */
static int resolve(const struct tree *tree, const char *text, const char *metadata, struct nestxml_policy *policy,
		   struct nestxml_error *error)
{
	struct nestxml_config *config;
	struct nestxml_domain *domain;
	char *xml;
	int code;

	assert_true(asprintf(&xml, "<domain type='kvm'><name>vm</name><metadata>%s</metadata></domain>", metadata) > 0);
	tree_write(tree, ADMIN_FILE, text);
	assert_int_equal(nestxml_config_new(tree->root, &config, NULL), 0);
	domain = domain_of(xml);
	free(xml);
	code = nestxml_config_resolve(config, domain, policy, error);
	assert_false(nestxml_config_is_silent(config, "vm"));
	nestxml_domain_free(domain);
	nestxml_config_free(config);
	return code;
}

/* What a comment begins with may be in a name, and so may quotes. */
static void test_a_glob_may_have_any_character(void **state)
{
	static const struct {
		const char *pattern;
		const char *value;
	} rows[] = {
		{"x[ab][#]1", "xa#1"}, {"#1", "#1"}, {"a #b", "a #b"}, {"a;b", "a;b"}, {"x[]]", "x]"}, {"x]", "x]"}, {"[\"]x[\"]", "\"x\""},
	};
	struct nestxml_policy policy;
	struct nestxml_error error;
	char text[128];
	char metadata[128];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text), "[guest metadata:urn:a a/b=%s]\nnested = disable\n", rows[i].pattern);
		snprintf(metadata, sizeof(metadata), "<a xmlns='urn:a'><b>%s</b></a>", rows[i].value);
		CHECK(resolve(*state, text, metadata, &policy, &error) == 0, "%s", text);
		CHECK(policy.nested == NESTXML_NESTED_DISABLE, "%s: %s", text, metadata);
	}
}

#define FLAVOR "[guest metadata:" NOVA " instance/flavor/@name=m1.nested] # a comment\nnested = require\n"

static void test_such_a_section_is_one_of_the_sections(void **state)
{
	static const struct {
		const char *text;
		enum nestxml_nested nested;
		unsigned int line;
	} rows[] = {
		{FLAVOR, NESTXML_NESTED_REQUIRE, 2},
		/* the last one wins, key by key, whatever it matches by */
		{"[guest *]\nnested = disable\n" FLAVOR, NESTXML_NESTED_REQUIRE, 4},
		{FLAVOR "[guest vm]\nnested = disable\n", NESTXML_NESTED_DISABLE, 4},
		{FLAVOR "[guest vm]\nmode = maximum\n", NESTXML_NESTED_REQUIRE, 2},
		/* it is stronger than [default], wherever that stands */
		{FLAVOR "[default]\nnested = disable\n", NESTXML_NESTED_REQUIRE, 2},
		/* and a name can begin so, too */
		{FLAVOR "[guest [m]etadata:*]\nnested = disable\n", NESTXML_NESTED_REQUIRE, 2},
	};
	struct nestxml_policy policy;
	struct nestxml_error error;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(resolve(*state, rows[i].text, both, &policy, &error) == 0, "%s", rows[i].text);
		CHECK(policy.nested == rows[i].nested && policy.source == NESTXML_SOURCE_SECTION && policy.line == rows[i].line, "%s: %u",
		      rows[i].text, policy.line);
	}
}

/* It wins over what the guest's own metadata asks for, as every section does. */
static void test_it_is_stronger_than_the_guests_own_policy(void **state)
{
	struct nestxml_policy policy;
	char metadata[sizeof(both) + 128];

	snprintf(metadata, sizeof(metadata), "%s<n:policy xmlns:n='urn:nestxml:nested:1' nested='disable'/>", both);
	assert_int_equal(resolve(*state, FLAVOR, metadata, &policy, NULL), 0);
	assert_int_equal(policy.nested, NESTXML_NESTED_REQUIRE);
}

static char *repeat(const char *head, const char *text, size_t count, const char *tail)
{
	size_t length = strlen(text);
	char *made = malloc(strlen(head) + count * length + strlen(tail) + 1);
	char *at;

	assert_non_null(made);
	at = stpcpy(made, head);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, text);
	stpcpy(at, tail);
	return made;
}

/* Too much metadata is no way around a section, and hurts nobody who has none. */
static void test_too_much_metadata_is_refused_where_a_section_asks_for_it(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		bool is_too_much;
	} rows[] = {
		{"<b/>", METADATA_MAX_ELEMENTS - 2, false},	      {"<b/>", METADATA_MAX_ELEMENTS - 1, true},
		{"<b c='d'/>", METADATA_MAX_ELEMENTS - 2, false},     {"0123456789abcdef", METADATA_MAX_BYTES / 16 - 8, false},
		{"0123456789abcdef", METADATA_MAX_BYTES / 16, true},  {"<b>0123456789abcdef</b>", METADATA_MAX_BYTES / 16, true},
		{"<!-- not kept -->", METADATA_MAX_BYTES / 8, false},
	};
	struct nestxml_policy policy;
	struct nestxml_error error;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *metadata = repeat("<a xmlns='urn:a'>", rows[i].text, rows[i].count, "<last>1</last></a>");
		int code = resolve(*state, "[guest metadata:urn:a a/last=1]\nnested = disable\n", metadata, &policy, &error);

		CHECK(code == (rows[i].is_too_much ? NESTXML_E_METADATA : 0), "%zu of %s: %d", rows[i].count, rows[i].text, code);
		CHECK(rows[i].is_too_much || policy.nested == NESTXML_NESTED_DISABLE, "%zu of %s", rows[i].count, rows[i].text);
		CHECK(!rows[i].is_too_much || strstr(error.message, "/etc/nestxml/nestxml.conf:1"), "%s", error.message);
		code = resolve(*state, "[guest vm]\nnested = require\n", metadata, &policy, &error);
		CHECK(code == 0 && policy.nested == NESTXML_NESTED_REQUIRE, "%zu of %s", rows[i].count, rows[i].text);
		free(metadata);
	}
}

static void test_what_is_too_deep_is_only_not_found(void **state)
{
	(void)state;
	assert_true(is_match("metadata:urn:a 1/2/3/4/5/6/7/8=x", "<_1 xmlns='urn:b'/><a:b xmlns:a='urn:a'/>") == false);
	assert_true(
		is_match("metadata:urn:a a/b/c/d/e/f/g/h=x", "<a xmlns='urn:a'><b><c><d><e><f><g><h>x</h></g></f></e></d></c></b></a>"));
	assert_false(is_match("metadata:urn:a a/b/c/d/e/f/g/h=*",
			      "<a xmlns='urn:a'><b><c><d><e><f><g><h><i>x</i></h></g></f></e></d></c></b></a>"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_managers_write),
		cmocka_unit_test(test_which_elements_are_looked_at),
		TREE_TEST(test_patterns_that_cannot_be_read),
		TREE_TEST(test_a_glob_may_have_any_character),
		TREE_TEST(test_such_a_section_is_one_of_the_sections),
		TREE_TEST(test_it_is_stronger_than_the_guests_own_policy),
		TREE_TEST(test_too_much_metadata_is_refused_where_a_section_asks_for_it),
		cmocka_unit_test(test_what_is_too_deep_is_only_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
