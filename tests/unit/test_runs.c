/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_runs.c - which of the guests that run are looked at, and what is said of them once only. */
#include "macros.h"
#include "support.h"
#include "watch/runs.h"

static void make_run(struct virt_run *run, size_t guest, int id)
{
	snprintf(run->uuid, sizeof(run->uuid), "00000000-0000-0000-0000-%012zu", guest % 1000000);
	run->id = id;
}

/* These guests run, each in a run of this number. */
static void update(struct runs *runs, const size_t *guests, const int *ids, size_t count)
{
	struct virt_run now[8];

	for (size_t i = 0; i < count; i++)
		make_run(&now[i], guests[i], ids[i]);
	assert_int_equal(runs_update(runs, now, count), 0);
}

static struct run *take(struct runs *runs, size_t guest)
{
	struct virt_run wanted;
	struct run *run = runs_take(runs);

	make_run(&wanted, guest, 0);
	assert_non_null(run);
	assert_string_equal(run->run.uuid, wanted.uuid);
	return run;
}

static void check_none(struct runs *runs)
{
	assert_false(runs_has_due(runs));
	assert_null(runs_take(runs));
}

static void test_each_run_is_looked_at_once(void **state)
{
	struct runs runs = {0};

	(void)state;
	check_none(&runs);
	update(&runs, (size_t[]){7, 3}, (int[]){1, 2}, 2);
	assert_true(runs_has_due(&runs));
	take(&runs, 3);
	take(&runs, 7);
	check_none(&runs);
	update(&runs, (size_t[]){7, 3}, (int[]){1, 2}, 2);
	check_none(&runs);
	update(&runs, (size_t[]){7, 5, 3}, (int[]){1, 4, 3}, 3);
	take(&runs, 3); /* which was started again */
	take(&runs, 5);
	check_none(&runs);
	runs_clear(&runs);
	check_none(&runs);
}

static void test_what_is_not_yet_looked_at_stays_due(void **state)
{
	struct runs runs = {0};

	(void)state;
	update(&runs, (size_t[]){1, 2}, (int[]){1, 2}, 2);
	take(&runs, 1);
	update(&runs, (size_t[]){1, 2, 3}, (int[]){1, 2, 3}, 3);
	take(&runs, 2);
	take(&runs, 3);
	check_none(&runs);
	runs_clear(&runs);
}

/* libvirt lists a guest before its QEMU is there. */
static void test_one_that_was_listed_while_it_came_up_is_looked_at_again(void **state)
{
	struct runs runs = {0};
	struct virt_run run;

	(void)state;
	update(&runs, (size_t[]){1, 2}, (int[]){1, 2}, 2);
	take(&runs, 1);
	take(&runs, 2);
	make_run(&run, 2, 2);
	runs_note_start(&runs, run.uuid);
	check_none(&runs);
	update(&runs, (size_t[]){1, 2}, (int[]){1, 2}, 2);
	take(&runs, 2);
	check_none(&runs);
	update(&runs, (size_t[]){1, 2}, (int[]){1, 2}, 2);
	check_none(&runs);
	runs_clear(&runs);
}

static void test_one_that_has_ended_is_forgotten(void **state)
{
	struct runs runs = {0};

	(void)state;
	update(&runs, (size_t[]){1, 2}, (int[]){1, 2}, 2);
	update(&runs, NULL, NULL, 0);
	check_none(&runs);
	update(&runs, (size_t[]){2}, (int[]){2}, 1);
	take(&runs, 2);
	check_none(&runs);
	runs_clear(&runs);
}

static void test_a_new_policy_has_all_looked_at_again(void **state)
{
	struct runs runs = {0};

	(void)state;
	runs_make_due(&runs);
	check_none(&runs);
	update(&runs, (size_t[]){1, 2}, (int[]){1, 2}, 2);
	take(&runs, 1);
	runs_make_due(&runs);
	take(&runs, 1);
	take(&runs, 2);
	check_none(&runs);
	runs_clear(&runs);
}

static void test_the_same_is_said_once_of_a_process(void **state)
{
	const struct run_said nothing = {0};
	const struct run_said no_policy_and_no_process = {.is_said = true};
	const struct run_said unmet = {true, 100, NESTXML_NESTED_DISABLE, QEMU_ANSWER_NO};
	const struct run_said unknown = {true, 100, NESTXML_NESTED_DISABLE, QEMU_ANSWER_NONE};
	const struct run_said other_policy = {true, 100, NESTXML_NESTED_REQUIRE, QEMU_ANSWER_NO};
	const struct run_said other_process = {true, 101, NESTXML_NESTED_REQUIRE, QEMU_ANSWER_NO};
	struct runs runs = {0};
	struct run *run;

	(void)state;
	update(&runs, (size_t[]){1}, (int[]){1}, 1);
	run = take(&runs, 1);
	assert_false(run_is_news(run, &nothing));
	assert_true(run_is_news(run, &no_policy_and_no_process));
	assert_false(run_is_news(run, &no_policy_and_no_process));
	assert_true(run_is_news(run, &unmet));
	assert_false(run_is_news(run, &unmet));
	update(&runs, (size_t[]){2, 1}, (int[]){2, 1}, 2); /* it is remembered */
	runs_make_due(&runs);
	run = take(&runs, 1);
	assert_false(run_is_news(run, &unmet));
	assert_true(run_is_news(run, &unknown));
	assert_true(run_is_news(run, &other_policy));
	assert_true(run_is_news(run, &other_process));
	assert_true(run_is_news(run, &nothing)); /* so that it is said when it is so again */
	assert_true(run_is_news(run, &unmet));
	runs_clear(&runs);
}

static void test_a_thousand_are_as_many(void **state)
{
	enum { COUNT = 1000 };
	struct virt_run now[COUNT];
	struct runs runs = {0};
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		make_run(&now[i], (i * 7) % COUNT, (int)i);
	assert_int_equal(runs_update(&runs, now, COUNT), 0);
	while (runs_take(&runs))
		taken++;
	assert_int_equal(taken, COUNT);
	assert_int_equal(runs_update(&runs, now, COUNT), 0);
	check_none(&runs);
	runs_clear(&runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_run_is_looked_at_once),
		cmocka_unit_test(test_what_is_not_yet_looked_at_stays_due),
		cmocka_unit_test(test_one_that_was_listed_while_it_came_up_is_looked_at_again),
		cmocka_unit_test(test_one_that_has_ended_is_forgotten),
		cmocka_unit_test(test_a_new_policy_has_all_looked_at_again),
		cmocka_unit_test(test_the_same_is_said_once_of_a_process),
		cmocka_unit_test(test_a_thousand_are_as_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
