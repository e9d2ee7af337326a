/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_managers.c - whose guest it is, by the namespaces of its metadata. */
#include "support.h"

#define LIBOSINFO "<l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'/>"
#define COCKPIT "<c:data xmlns:c='https://github.com/cockpit-project/cockpit-machines'/>"
#define OLD_COCKPIT "<c:data xmlns:c='https://github.com/cockpit-project/cockpit/tree/master/pkg/machines'/>"
#define OURS "<n:policy xmlns:n='urn:nestxml:nested:1' nested='require'/>"
#define OVIRT "<o:vm xmlns:o='http://ovirt.org/vm/1.0'/>"
#define NOVA "<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'/>"

/* @manager of a guest with @metadata under the administrator's file @text; NULL: none. */
static void check_manager(const struct tree *tree, const char *text, const char *metadata, const char *manager)
{
	struct nestxml_error error = {0};
	struct nestxml_config *config = NULL;
	struct nestxml_host *host = NULL;
	struct nestxml_domain *domain;
	struct nestxml_check *check = NULL;
	char document[2048];
	const char *found;
	int code;

	tree_write(tree, ADMIN_FILE, text);
	code = nestxml_config_new(tree->root, &config, &error);
	CHECK(code == 0, "%s", error.message);
	assert_int_equal(nestxml_host_new(tree->root, &host, &error), 0);
	snprintf(document, sizeof(document), "<domain type='kvm'><name>vm</name><metadata>%s</metadata></domain>", metadata);
	domain = domain_of(document);
	assert_int_equal(nestxml_check_domain(config, host, NESTXML_OPERATION_START, domain, &check, &error), 0);
	found = nestxml_check_get_manager(check);
	CHECK(manager ? found && strcmp(found, manager) == 0 : !found, "%s + %s: %s", text, metadata, found ? found : "none");
	nestxml_check_free(check);
	nestxml_domain_free(domain);
	nestxml_host_free(host);
	nestxml_config_free(config);
}

static void test_a_description_makes_no_manager(void **state)
{
	const struct tree *tree = *state;

	check_manager(tree, "", "", NULL);
	check_manager(tree, "", "<plain/>", NULL);
	check_manager(tree, "", OURS LIBOSINFO COCKPIT, NULL);
	check_manager(tree, "", OLD_COCKPIT, NULL);
}

static void test_any_other_namespace_is_a_managers(void **state)
{
	const struct tree *tree = *state;

	check_manager(tree, "", OVIRT, "http://ovirt.org/vm/1.0");
	check_manager(tree, "", LIBOSINFO NOVA OVIRT, "http://openstack.org/xmlns/libvirt/nova/1.1");
	check_manager(tree, "", "<a:b xmlns:a='urn:unheard-of'/>", "urn:unheard-of");
}

static void test_policy_files_add_managers_and_except_some(void **state)
{
	const struct tree *tree = *state;

	check_manager(tree, "[default]\nmanagers = http://libosinfo.org/xmlns/libvirt/domain/1.0\n", OURS LIBOSINFO,
		      "http://libosinfo.org/xmlns/libvirt/domain/1.0");
	check_manager(tree, "[default]\nmanagers = !urn:mine  !http://ovirt.org/vm/1.0 # both\n", OVIRT "<a:b xmlns:a='urn:mine'/>", NULL);
	check_manager(tree, "[default]\nmanagers = !urn:mine\n", OVIRT "<a:b xmlns:a='urn:mine'/>", "http://ovirt.org/vm/1.0");
	check_manager(tree, "[default]\nmanagers =\n", OVIRT, "http://ovirt.org/vm/1.0");
	check_manager(tree, "[default]\nmanagers = !urn:a?b&c#d;e\n", "<a:b xmlns:a='urn:a?b&amp;c#d;e'/>", NULL);
	check_manager(tree, "", "<a:b xmlns:a='urn:a?b&amp;c'/>", "urn:a?b&c");
}

static void test_what_is_said_last_counts(void **state)
{
	const struct tree *tree = *state;

	tree_write(tree, DROP_INS "/10.conf", "[default]\nmanagers = http://ovirt.org/vm/1.0\n");
	check_manager(tree, "[default]\nmanagers = !http://ovirt.org/vm/1.0\n", OVIRT, "http://ovirt.org/vm/1.0");
	tree_write(tree, DROP_INS "/20.conf", "[default]\nmanagers = !http://ovirt.org/vm/1.0\n");
	check_manager(tree, "", OVIRT, NULL);
}

static void test_a_wrong_line_is_named(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} cases[] = {
		{"[guest vm]\nmanagers = urn:mine\n", "nestxml.conf:2: managers = in a [guest ...] section; write it into [default]"},
		{"[default]\nmanagers = urn:a, urn:b\n", "nestxml.conf:2: managers = takes namespaces with blanks between them"},
		{"[default]\nmanagers = !urn:a,!urn:b\n", "nestxml.conf:2: managers = takes namespaces with blanks between them"},
		{"[default]\nmanagers = urn:a?b&amp;c\n", "nestxml.conf:2: managers = takes namespaces with blanks between them"},
		{"[default]\nmanagers = urn:a;\n", "nestxml.conf:2: managers = takes namespaces with blanks between them"},
		{"[default]\nmanagers = !\"urn:a\"\n", "nestxml.conf:2: managers = takes namespaces with blanks between them"},
		{"[default]\nmanagers = urn:mine !\n", "nestxml.conf:2: managers = '!' without a namespace after it"},
		{"[default]\nmanager = urn:mine\n", "expected nested, mode, on-stale or managers"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_config *config = NULL;
		struct nestxml_error error = {0};

		tree_write(*state, ADMIN_FILE, cases[i].text);
		assert_int_equal(nestxml_config_new(((const struct tree *)*state)->root, &config, &error), NESTXML_E_CONFIG);
		CHECK(strstr(error.message, cases[i].said), "%s: %s", cases[i].text, error.message);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_description_makes_no_manager),
		TREE_TEST(test_any_other_namespace_is_a_managers),
		TREE_TEST(test_policy_files_add_managers_and_except_some),
		TREE_TEST(test_what_is_said_last_counts),
		TREE_TEST(test_a_wrong_line_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
