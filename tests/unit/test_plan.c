/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan.c - what is planned for a definition: its verdict is that of the guest's start. */
#include "support.h"

#include "guests/plan.h"

#define PLAIN "<cpu mode='host-model'/>"
#define REQUIRED "<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>"

static void test_the_verdict_of_a_plan_is_that_of_its_start(void **state)
{
	static const struct {
		const char *cpu;
		const char *nested; /* of the host */
		const char *keys;
		enum plan_state state;
		enum nestxml_verdict verdict;
	} rows[] = {
		{PLAIN, "1\n", "nested = leave", PLAN_LEAVE, NESTXML_VERDICT_PASS},
		{PLAIN, "1\n", "nested = require", PLAN_REWRITE, NESTXML_VERDICT_STALE},
		{PLAIN, "0\n", "nested = require", PLAN_REWRITE, NESTXML_VERDICT_REFUSE},
		{REQUIRED, "1\n", "nested = require", PLAN_CURRENT, NESTXML_VERDICT_PASS},
		{REQUIRED, "0\n", "nested = require", PLAN_CURRENT, NESTXML_VERDICT_REFUSE},
		{REQUIRED, "0\n", "nested = disable", PLAN_REWRITE, NESTXML_VERDICT_STALE},
		/* the mode of a policy makes no guest stale, but a rewrite applies it */
		{REQUIRED, "1\n", "nested = require\nmode = maximum", PLAN_REWRITE, NESTXML_VERDICT_PASS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nestxml_domain *domain;
		struct host_policy host_policy;
		struct plan plan;
		char text[256];

		snprintf(text, sizeof(text), "<domain type='kvm'><name>vm</name>%s</domain>", rows[i].cpu);
		domain = domain_of(text);
		tree_clear(*state);
		tree_host(*state, "AuthenticAMD", "kvm_amd", rows[i].nested);
		snprintf(text, sizeof(text), "[guest *]\n%s\n", rows[i].keys);
		tree_write(*state, ADMIN_FILE, text);
		assert_int_equal(host_policy_read(((struct tree *)*state)->root, &host_policy, NULL), 0);
		plan_make(&host_policy, domain, &plan);
		CHECK(plan.state == rows[i].state && plan.verdict == rows[i].verdict, "row %zu: %d, %d", i, (int)plan.state,
		      (int)plan.verdict);
		plan_clear(&plan);
		host_policy_clear(&host_policy);
		nestxml_domain_free(domain);
	}
}

/* Whatever `nestctl list` says of the next start is what the hook does. */
static void compare_with_hook(const struct tree *tree, const char *xml, const char *what)
{
	struct nestxml_domain *domain = domain_of(xml);
	enum nestxml_verdict verdict = NESTXML_VERDICT_REFUSE; /* what cannot be told */
	struct nestxml_check *check = NULL;
	struct host_policy host_policy;
	struct plan plan;

	if (nestxml_check_new(tree->root, NESTXML_OPERATION_START, "vm", xml, strlen(xml), &check, NULL) == 0)
		verdict = nestxml_check_get_verdict(check);
	assert_int_equal(host_policy_read(tree->root, &host_policy, NULL), 0);
	plan_make(&host_policy, domain, &plan);
	CHECK(plan.verdict == verdict, "%s %s: %d, the hook's is %d", what, xml, (int)plan.verdict, (int)verdict);
	plan_clear(&plan);
	host_policy_clear(&host_policy);
	nestxml_check_free(check);
	nestxml_domain_free(domain);
}

static void test_the_verdict_of_a_plan_is_the_hooks(void **state)
{
	static const char *const vendors[] = {"AuthenticAMD", "GenuineIntel", "Unheard"};
	static const char *const asked[] = {"leave", "require", "optional", "disable", "perhaps"};
	static const char *const types[] = {"kvm", "qemu", "xen"};
	static const char *const archs[] = {"x86_64", "aarch64"};
	static const char *const cpus[] = {PLAIN, REQUIRED, ""};

	for (size_t i = 0; i < ARRAY_SIZE(vendors) * 5 * 3 * 2 * 3; i++) {
		const char *nested = asked[i / 3 % 5];
		char xml[512];
		char what[64];

		tree_clear(*state);
		tree_host(*state, vendors[i % 3], "kvm_amd", i % 2 ? "1\n" : "0\n");
		snprintf(xml, sizeof(xml),
			 "<domain type='%s'><name>vm</name><metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='%s'/></metadata>"
			 "<os><type arch='%s'>hvm</type></os>%s</domain>",
			 types[i / 15 % 3], nested, archs[i / 45 % 2], cpus[i / 90 % 3]);
		snprintf(what, sizeof(what), "on %s", vendors[i % 3]);
		compare_with_hook(*state, xml, what);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_the_verdict_of_a_plan_is_that_of_its_start),
		TREE_TEST(test_the_verdict_of_a_plan_is_the_hooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
