/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_definition.c - rewrites of stored definitions, on a libvirt that may refuse, or store something else. */
#include "fake_virt.h"

static struct rewritten rewrite_on(const struct tree *tree, struct virt *virt, const char *xml, const char *keys,
				   const struct rewrite_terms *terms)
{
	const struct virt_domain guest = {virt};
	struct rewritten rewritten;
	struct host_policy host_policy;

	fake_virt_begin(tree, virt, xml, keys, &host_policy);
	definition_rewrite_on(virt, &guest, &host_policy, terms, &rewritten);
	host_policy_clear(&host_policy);
	return rewritten;
}

/* For one who names the guest. */
static struct rewritten rewrite(const struct tree *tree, struct virt *virt, const char *xml, const char *keys)
{
	return rewrite_on(tree, virt, xml, keys, NULL);
}

static void check_said(const struct rewritten *rewritten, const char *words)
{
	CHECK(strstr(rewritten->message, words), "%s in: %s", words, rewritten->message);
	CHECK(is_printable(rewritten->message), "%s", rewritten->message);
}

/* ---- the tests ---- */

static void test_a_stale_definition_is_rewritten_and_the_rest_stays(void **state)
{
	struct virt virt = {0};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_DONE);
	assert_true(rewritten.is_current);
	assert_int_equal(rewritten.defines, 1);
	assert_string_equal(virt.stored, DOMAIN("", REQUIRED, SECRET));
	check_said(&rewritten, "rewritten: its CPU states nested=require (svm) now, which /etc/nestxml/nestxml.conf:2 asks for");
}

/* ---- terms: nobody has named the guest ---- */

static void test_it_is_written_when_it_may_be(void **state)
{
	bool may = true;
	const struct rewrite_terms terms = {.may_write = fake_virt_may_write, .context = &may};
	struct virt virt = {0};

	assert_int_equal(rewrite_on(*state, &virt, DOMAIN("", PLAIN, ""), "nested = require", &terms).result, REWRITE_DONE);
	assert_string_equal(virt.stored, DOMAIN("", REQUIRED, ""));
}

static void test_it_is_not_written_while_another_program_is_at_work(void **state)
{
	bool may = false;
	const struct rewrite_terms terms = {.may_write = fake_virt_may_write, .context = &may};
	struct virt virt = {0};
	struct rewritten rewritten = rewrite_on(*state, &virt, DOMAIN("", PLAIN, ""), "nested = require", &terms);

	assert_int_equal(rewritten.result, REWRITE_YIELDED);
	assert_false(rewritten.is_current);
	assert_int_equal(virt.defines, 0);
}

/* As a disk that is added to the definition, which has no event. */
static void test_it_is_not_written_where_it_was_changed_since_it_was_read(void **state)
{
	bool may = true;
	const struct rewrite_terms terms = {.may_write = fake_virt_may_write, .context = &may};
	struct virt virt = {.meanwhile = DOMAIN("<title>theirs</title>", PLAIN, ""), .meanwhile_read = 2};
	struct rewritten rewritten = rewrite_on(*state, &virt, DOMAIN("", PLAIN, ""), "nested = require", &terms);

	assert_int_equal(rewritten.result, REWRITE_YIELDED);
	assert_int_equal(virt.defines, 0);
	assert_string_equal(virt.stored, DOMAIN("<title>theirs</title>", PLAIN, ""));
}

static void test_a_managers_guest_is_left_unless_it_is_named(void **state)
{
	const struct rewrite_terms terms = {.spares_managers = true};
	const char *managed = DOMAIN("<metadata><o:vm xmlns:o='http://ovirt.org/vm/1.0'/></metadata>", PLAIN, "");
	struct virt virt = {0};
	struct rewritten rewritten = rewrite_on(*state, &virt, managed, "nested = require", &terms);

	assert_int_equal(rewritten.result, REWRITE_LEFT);
	assert_int_equal(virt.defines, 0);
	check_said(&rewritten, "left alone: /etc/nestxml/nestxml.conf:2 asks for nested=require");
	check_said(&rewritten, "(http://ovirt.org/vm/1.0)");
	assert_int_equal(rewrite(*state, &virt, managed, "nested = require").result, REWRITE_DONE);
	assert_int_equal(rewrite_on(*state, &virt, DOMAIN("", PLAIN, ""), "nested = require", &terms).result, REWRITE_DONE);
}

static void test_what_needs_nothing_is_not_defined(void **state)
{
	static const struct {
		const char *xml;
		const char *keys;
		const char *words;
	} rows[] = {
		{DOMAIN("", REQUIRED, ""), "nested = require", "states nested=require (svm) already"},
		{DOMAIN("", PLAIN, ""), "nested = leave", "nesting is left alone"},
		{"<domain type='xen'><name>vm</name></domain>", "nested = disable", "does not apply"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct virt virt = {0};
		struct rewritten rewritten = rewrite(*state, &virt, rows[i].xml, rows[i].keys);

		assert_int_equal(rewritten.result, REWRITE_NOTHING);
		CHECK(rewritten.is_current == (i == 0), "%s", rows[i].keys);
		assert_int_equal(virt.defines, 0);
		check_said(&rewritten, rows[i].words);
	}
}

static void test_what_keeps_it_from_being_rewritten_is_said(void **state)
{
	static const struct {
		const char *xml;
		const char *words;
	} rows[] = {
		{"<domain type='xen'><name>vm</name></domain>", "asks for nested=require, but"},
		{"<domain type='kvm'><name>vm</name>", "its definition, line 1,"},
		{"<network/>", "its definition"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct virt virt = {0};
		struct rewritten rewritten = rewrite(*state, &virt, rows[i].xml, "nested = require");

		assert_int_equal(rewritten.result, REWRITE_FAILED);
		assert_int_equal(virt.defines, 0);
		check_said(&rewritten, rows[i].words);
	}
}

static void test_a_definition_that_libvirt_refuses_stays(void **state)
{
	struct virt virt = {.fails_from = 1};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 0);
	assert_string_equal(virt.stored, DOMAIN("", PLAIN, SECRET));
	check_said(&rewritten, "libvirt rejects it: no such luck");
}

/* It cannot be told whether libvirt did so or another program right after the write: to put the old definition back would undo its work. */
static void test_what_else_has_changed_meanwhile_stays(void **state)
{
	static const char *const rows[] = {DOMAIN("", REQUIRED, ""), DOMAIN("<title/>", REQUIRED, SECRET)};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct virt virt = {.instead = {rows[i]}};
		struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

		CHECK(rewritten.result == REWRITE_DONE && rewritten.is_current, "%s", rows[i]);
		assert_int_equal(rewritten.defines, 1);
		assert_string_equal(virt.stored, rows[i]);
		check_said(&rewritten, "states nested=require (svm)");
		check_said(&rewritten, "something outside its <cpu> has changed too");
	}
}

static void test_what_is_no_domain_any_more_stays(void **state)
{
	struct virt virt = {.instead = {"<domain"}};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 1);
	check_said(&rewritten, "could not be checked: its definition, line 1");
}

static void test_what_libvirt_drops_again_and_again_is_given_up(void **state)
{
	struct virt virt = {.instead = {DOMAIN("", PLAIN, SECRET), DOMAIN("", PLAIN, SECRET), DOMAIN("", PLAIN, SECRET)}};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 4);
	assert_string_equal(virt.stored, DOMAIN("", PLAIN, SECRET));
	check_said(&rewritten, "did not keep what its new <cpu> states; the old definition was put back");
}

/* The definition may or may not have been stored. */
static void test_a_write_that_libvirt_does_not_answer_is_not_called_rejected(void **state)
{
	struct virt virt = {.lost_from = 1};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 1);
	assert_int_equal(rewritten.defines, 0);
	check_said(&rewritten,
		   "the connection to libvirt was lost (End of file while reading data), so whether it was rewritten is unknown; "
		   "look at it with virsh edit");
}

static void test_nor_is_a_second_write_that_is_not_answered(void **state)
{
	struct virt virt = {.drops = " policy='require' name='svm'", .lost_from = 2};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 2);
	check_said(&rewritten, "so whether it was rewritten is unknown");
}

/* Each attempt is made of what libvirt made of the one before: none of these is the definition that was there. */
static void test_what_is_put_back_is_what_was_there_first(void **state)
{
	static const char first[] = DOMAIN("", "<cpu mode='custom'><model>EPYC</model></cpu>", SECRET);
	struct virt virt = {.drops = " policy='require' name='svm'"};
	struct rewritten rewritten = rewrite(*state, &virt, first, "nested = require\nmode = host-passthrough");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 4);
	assert_string_equal(virt.stored, first);
	check_said(&rewritten, "did not keep what its new <cpu> states; the old definition was put back");
}

static void test_it_is_put_back_too_where_libvirt_refuses_the_next_attempt(void **state)
{
	static const char first[] = DOMAIN("", "<cpu mode='custom'><model>EPYC</model></cpu>", SECRET);
	struct virt virt = {.drops = " policy='require' name='svm'", .fails_only = 2};
	struct rewritten rewritten = rewrite(*state, &virt, first, "nested = require\nmode = host-passthrough");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_string_equal(virt.stored, first);
	check_said(&rewritten, "libvirt rejects it: no such luck; the old definition was put back");
}

/* What another program has defined in between is the first one then, though libvirt drops the feature of that too. */
static void test_what_another_program_defined_meanwhile_is_what_is_put_back(void **state)
{
	static const char theirs[] = DOMAIN("<title>new</title>", "<cpu mode='custom'><model>EPYC</model></cpu>", "");
	struct virt virt = {.drops = " policy='require' name='svm'", .meanwhile = theirs, .meanwhile_read = 4};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require\nmode = host-passthrough");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_string_equal(virt.stored, theirs);
	check_said(&rewritten, "the old definition was put back");
}

/* The second read is the one right before the write. */
static void test_what_changes_before_the_write_is_rewritten_too(void **state)
{
	struct virt virt = {.meanwhile = DOMAIN("<title>new</title>", PLAIN, ""), .meanwhile_read = 2};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	CHECK(rewritten.result == REWRITE_DONE, "%s", rewritten.message);
	assert_int_equal(rewritten.defines, 1);
	assert_string_equal(virt.stored, DOMAIN("<title>new</title>", REQUIRED, ""));
}

static void test_one_that_is_undefined_before_the_write_is_not_written(void **state)
{
	struct virt virt = {.unreadable_from = 2, .undefined = true};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 0);
	check_said(&rewritten, "it has been undefined in the meantime");
}

/* A running one can still be read. */
static void test_a_running_one_that_is_undefined_before_the_write_is_not_written(void **state)
{
	struct virt virt = {.transient_from = 2};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 0);
	check_said(&rewritten, "it has been undefined in the meantime");
	assert_string_equal(virt.stored, DOMAIN("", PLAIN, SECRET));
}

static void test_a_running_one_that_is_undefined_after_the_write_is_not_called_rewritten(void **state)
{
	struct virt virt = {.transient_from = 4};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 1);
	check_said(&rewritten, "it has been undefined in the meantime");
}

/* An error is not taken for a guest that is gone. */
static void test_what_libvirt_does_not_answer_before_the_write_is_said(void **state)
{
	static const char first[] = DOMAIN("", "<cpu mode='custom'><model>EPYC</model></cpu>", SECRET);
	struct virt before = {.unanswered_from = 2};
	struct virt put_back = {.drops = " policy='require' name='svm'", .unanswered_from = 10};
	struct rewritten rewritten = rewrite(*state, &before, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(before.defines, 0);
	check_said(&rewritten, "not rewritten: its definition cannot be read from libvirt: connection lost");

	rewritten = rewrite(*state, &put_back, first, "nested = require\nmode = host-passthrough");
	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(put_back.defines, 3);
	check_said(&rewritten, "could not be checked: its definition cannot be read from libvirt: connection lost");
}

/* What was stored is stored still, or the message says that it is not. */
static void test_one_that_cannot_be_read_before_the_write_is_not_written(void **state)
{
	static const char first[] = DOMAIN("", "<cpu mode='custom'><model>EPYC</model></cpu>", SECRET);
	static const struct {
		size_t unreadable_from;
		size_t defines;
		const char *words;
	} rows[] = {
		{2, 0, "not rewritten: its definition cannot be read from libvirt: gone"}, /* right before the write */
		{4, 1, "could not be checked: its definition cannot be read"},		   /* at the beginning of the second attempt */
		{5, 1, "could not be checked: its definition cannot be read"},
		{8, 2, "could not be checked: its definition cannot be read"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct virt virt = {.drops = " policy='require' name='svm'", .unreadable_from = rows[i].unreadable_from};
		struct rewritten rewritten = rewrite(*state, &virt, first, "nested = require\nmode = host-passthrough");

		assert_int_equal(rewritten.result, REWRITE_FAILED);
		CHECK(virt.defines == rows[i].defines, "%zu: %zu", i, virt.defines);
		check_said(&rewritten, rows[i].words);
	}
}

/* Not the old one over it: that would lose what another program has just defined. */
static void test_what_another_program_defines_meanwhile_is_rewritten_too(void **state)
{
	struct virt virt = {.instead = {DOMAIN("<title>new</title>", PLAIN, "")}};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	CHECK(rewritten.result == REWRITE_DONE, "%s", rewritten.message);
	assert_int_equal(rewritten.defines, 2);
	assert_string_equal(virt.stored, DOMAIN("<title>new</title>", REQUIRED, ""));
}

static void test_what_another_program_defines_again_and_again_is_left_to_it(void **state)
{
	struct virt virt = {
		.instead = {DOMAIN("<title>1</title>", PLAIN, ""), DOMAIN("<title>2</title>", PLAIN, ""),
			    DOMAIN("<title>3</title>", PLAIN, "")},
	};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 3);
	assert_string_equal(virt.stored, DOMAIN("<title>3</title>", PLAIN, ""));
	check_said(&rewritten, "another program keeps redefining it");
}

static void test_one_that_was_undefined_meanwhile_does_not_come_back(void **state)
{
	struct virt virt = {.unreadable = true, .readable_defines = 1, .undefined = true};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 1);
	check_said(&rewritten, "it has been undefined in the meantime");
}

static void test_that_it_cannot_be_put_back_is_said(void **state)
{
	struct virt virt = {.drops = " policy='require' name='svm'", .fails_from = 4};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(rewritten.defines, 3);
	check_said(&rewritten, "putting the old definition back failed: no such luck");
}

static void test_a_definition_that_cannot_be_read_is_not_touched(void **state)
{
	struct virt virt = {.unreadable = true};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 0);
	check_said(&rewritten, "its definition cannot be read from libvirt: gone");
}

/* Nobody knows what is stored then: the old definition over it might overwrite another program's. */
static void test_one_that_cannot_be_read_back_is_left_as_it_is(void **state)
{
	struct virt virt = {.unreadable = true, .readable_defines = 1};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_false(rewritten.is_current);
	assert_int_equal(virt.defines, 1);
	assert_string_equal(virt.stored, DOMAIN("", REQUIRED, SECRET));
	check_said(&rewritten, "could not be checked: its definition cannot be read from libvirt: gone");
}

/* What libvirt made of the last attempt is read back, and is no more what is stored when the old definition is to be put over it. */
static void test_the_old_definition_is_not_put_over_another_programs(void **state)
{
	struct virt virt = {
		.drops = " policy='require' name='svm'",
		.meanwhile = DOMAIN("<title>new</title>", REQUIRED, ""),
		.meanwhile_read = 10,
	};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(virt.defines, 3);
	assert_string_equal(virt.stored, virt.meanwhile);
	assert_int_equal(rewritten.result, REWRITE_FAILED);
	check_said(&rewritten, "another program keeps redefining it");
}

static void test_nor_put_over_it_where_libvirt_refuses_the_next_attempt(void **state)
{
	struct virt virt = {
		.drops = " policy='require' name='svm'",
		.fails_only = 2,
		.meanwhile = DOMAIN("<title>new</title>", PLAIN, ""),
		.meanwhile_define = 2,
	};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_string_equal(virt.stored, virt.meanwhile);
	assert_int_equal(virt.defines, 2);
	assert_int_equal(rewritten.result, REWRITE_FAILED);
	check_said(&rewritten, "another program keeps redefining it");
}

static void test_the_old_definition_is_not_put_over_what_cannot_be_read(void **state)
{
	struct virt virt = {.drops = " policy='require' name='svm'", .unreadable_from = 10};
	struct rewritten rewritten = rewrite(*state, &virt, DOMAIN("", PLAIN, SECRET), "nested = require");

	assert_int_equal(rewritten.result, REWRITE_FAILED);
	assert_int_equal(virt.defines, 3);
	check_said(&rewritten, "could not be checked");
}

/* The white space that a new <cpu> brings is its own. */
static void test_a_definition_without_a_cpu_gets_one(void **state)
{
	struct virt virt = {0};
	struct rewritten rewritten =
		rewrite(*state, &virt, "<domain type='kvm'>\n  <name>vm</name>\n  <os/>\n</domain>\n", "nested = require");

	CHECK(rewritten.result == REWRITE_DONE, "%s", rewritten.message);
	assert_non_null(strstr(virt.stored, "policy='require' name='svm'"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_stale_definition_is_rewritten_and_the_rest_stays),
		TREE_TEST(test_it_is_written_when_it_may_be),
		TREE_TEST(test_it_is_not_written_while_another_program_is_at_work),
		TREE_TEST(test_it_is_not_written_where_it_was_changed_since_it_was_read),
		TREE_TEST(test_a_managers_guest_is_left_unless_it_is_named),
		TREE_TEST(test_what_needs_nothing_is_not_defined),
		TREE_TEST(test_what_keeps_it_from_being_rewritten_is_said),
		TREE_TEST(test_a_definition_that_libvirt_refuses_stays),
		TREE_TEST(test_what_else_has_changed_meanwhile_stays),
		TREE_TEST(test_what_is_no_domain_any_more_stays),
		TREE_TEST(test_what_libvirt_drops_again_and_again_is_given_up),
		TREE_TEST(test_a_write_that_libvirt_does_not_answer_is_not_called_rejected),
		TREE_TEST(test_nor_is_a_second_write_that_is_not_answered),
		TREE_TEST(test_what_is_put_back_is_what_was_there_first),
		TREE_TEST(test_it_is_put_back_too_where_libvirt_refuses_the_next_attempt),
		TREE_TEST(test_what_another_program_defined_meanwhile_is_what_is_put_back),
		TREE_TEST(test_what_changes_before_the_write_is_rewritten_too),
		TREE_TEST(test_one_that_is_undefined_before_the_write_is_not_written),
		TREE_TEST(test_a_running_one_that_is_undefined_before_the_write_is_not_written),
		TREE_TEST(test_a_running_one_that_is_undefined_after_the_write_is_not_called_rewritten),
		TREE_TEST(test_what_libvirt_does_not_answer_before_the_write_is_said),
		TREE_TEST(test_one_that_cannot_be_read_before_the_write_is_not_written),
		TREE_TEST(test_what_another_program_defines_meanwhile_is_rewritten_too),
		TREE_TEST(test_what_another_program_defines_again_and_again_is_left_to_it),
		TREE_TEST(test_one_that_was_undefined_meanwhile_does_not_come_back),
		TREE_TEST(test_that_it_cannot_be_put_back_is_said),
		TREE_TEST(test_a_definition_that_cannot_be_read_is_not_touched),
		TREE_TEST(test_one_that_cannot_be_read_back_is_left_as_it_is),
		TREE_TEST(test_the_old_definition_is_not_put_over_another_programs),
		TREE_TEST(test_nor_put_over_it_where_libvirt_refuses_the_next_attempt),
		TREE_TEST(test_the_old_definition_is_not_put_over_what_cannot_be_read),
		TREE_TEST(test_a_definition_without_a_cpu_gets_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
