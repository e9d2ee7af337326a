/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_definition_undo.c - a guest that a rewrite has brought back is undefined again, if nobody has touched it since. */
#include "fake_virt.h"

static void check_undo_on(const struct tree *tree, struct virt *virt, const char *xml, const struct rewrite_terms *terms,
			  enum undone expected, const char *words)
{
	struct virt_domain guest = {virt};
	struct host_policy host_policy;
	char message[1024];

	fake_virt_begin(tree, virt, xml, "nested = require", &host_policy);
	CHECK(definition_undo(&guest, &host_policy, terms, message, sizeof(message)) == expected, "%s: %s", xml, message);
	CHECK(strstr(message, words), "%s in: %s", words, message);
	CHECK((virt->stored[0] == '\0') == (expected == UNDO_DONE), "%s", virt->stored);
	host_policy_clear(&host_policy);
}

static void check_undo(const struct tree *tree, struct virt *virt, const char *xml, enum undone expected, const char *words)
{
	check_undo_on(tree, virt, xml, NULL, expected, words);
}

static void test_what_a_rewrite_has_brought_back_is_undefined_again(void **state)
{
	struct virt virt = {.defines = 1};

	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_DONE, "undefined again");
	virt.fails_from = 1;
	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_FAILED, "undefining it failed: no such luck");
}

static void test_what_its_owner_has_defined_since_is_kept(void **state)
{
	struct virt virt = {.defines = 1};

	check_undo(*state, &virt, DOMAIN("", PLAIN, ""), UNDO_KEPT, "it is kept");
	check_undo(*state, &virt, DOMAIN("<metadata><m xmlns='http://ovirt.org/vm/1.0'/></metadata>", PLAIN, ""), UNDO_KEPT, "it is kept");
	virt.unreadable = true;
	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_FAILED, "it is not undefined again, because ");
}

/* The read and the undefine are two calls: what comes in between is another program's, who knows of the guest. */
static void test_what_its_owner_works_on_while_it_is_read_is_kept(void **state)
{
	bool may = false;
	const struct rewrite_terms terms = {.may_write = fake_virt_may_write, .context = &may};
	struct virt virt = {.defines = 1};

	check_undo_on(*state, &virt, DOMAIN("", REQUIRED, ""), &terms, UNDO_KEPT, "it is kept");
	may = true;
	virt.meanwhile = DOMAIN("<title>theirs</title>", REQUIRED, "");
	virt.meanwhile_read = virt.reads + 2;
	check_undo_on(*state, &virt, DOMAIN("", REQUIRED, ""), &terms, UNDO_KEPT, "it is kept");
	check_undo_on(*state, &virt, DOMAIN("", REQUIRED, ""), &terms, UNDO_DONE, "undefined again");
}

/* The second read is the last look before the undefine. */
static void test_what_cannot_be_read_right_before_the_undefine_is_no_success(void **state)
{
	struct virt virt = {.defines = 1, .unreadable_from = 2};

	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_FAILED,
		   "it is not undefined again, because its definition cannot be read");
	virt = (struct virt){.defines = 1, .unanswered_from = 2};
	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_FAILED, "connection lost");
}

static void test_what_its_owner_undefines_first_is_not_undefined_by_us(void **state)
{
	bool may = false;
	const struct rewrite_terms terms = {.may_write = fake_virt_may_write, .context = &may};
	struct virt virt = {.defines = 1, .transient_from = 2};

	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_GONE, "not by nestxml");
	virt = (struct virt){.defines = 1, .transient_from = 2};
	check_undo_on(*state, &virt, DOMAIN("", REQUIRED, ""), &terms, UNDO_GONE, "not by nestxml");
	virt = (struct virt){.defines = 1, .fails_from = 1, .transient_from = 3};
	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_GONE, "not by nestxml");
	virt = (struct virt){.defines = 1, .unreadable = true, .transient_from = 1};
	check_undo(*state, &virt, DOMAIN("", REQUIRED, ""), UNDO_GONE, "not by nestxml");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_what_a_rewrite_has_brought_back_is_undefined_again),
		TREE_TEST(test_what_its_owner_has_defined_since_is_kept),
		TREE_TEST(test_what_its_owner_works_on_while_it_is_read_is_kept),
		TREE_TEST(test_what_cannot_be_read_right_before_the_undefine_is_no_success),
		TREE_TEST(test_what_its_owner_undefines_first_is_not_undefined_by_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
