/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_changes.c - who waits to be seen to, and which events are the watcher's own. */
#include "support.h"

#include "changes.h"

static const char *make_uuid(size_t number)
{
	static char uuid[CHANGES_UUID];

	snprintf(uuid, sizeof(uuid), "00000000-0000-0000-0000-%012zu", number);
	return uuid;
}

static void check_next(struct changes *changes, size_t number)
{
	char uuid[CHANGES_UUID];

	CHECK(changes_take(changes, uuid), "%zu", number);
	assert_string_equal(uuid, make_uuid(number));
}

static void check_empty(struct changes *changes)
{
	char uuid[CHANGES_UUID];

	assert_false(changes_take(changes, uuid));
}

static void test_guests_are_seen_to_in_the_order_of_their_events_each_once(void **state)
{
	struct changes changes = {0};

	(void)state;
	check_empty(&changes);
	assert_true(changes_add(&changes, make_uuid(2), 0));
	assert_true(changes_add(&changes, make_uuid(1), 0));
	assert_true(changes_add(&changes, make_uuid(2), 0));
	check_next(&changes, 2);
	assert_true(changes_add(&changes, make_uuid(2), 0));
	check_next(&changes, 1);
	check_next(&changes, 2);
	check_empty(&changes);
}

static void test_own_changes_wake_nobody_and_the_next_one_does(void **state)
{
	struct changes changes = {0};

	(void)state;
	changes_expect(&changes, make_uuid(1), 2, 0);
	assert_true(changes_add(&changes, make_uuid(1), 0));
	assert_true(changes_add(&changes, make_uuid(1), CHANGES_OWN_TIME));
	check_empty(&changes);
	assert_true(changes_add(&changes, make_uuid(1), 0));
	check_next(&changes, 1);
}

static void test_an_expectation_is_of_one_guest_and_ends(void **state)
{
	struct changes changes = {0};

	(void)state;
	changes_expect(&changes, make_uuid(1), 1, 0);
	assert_true(changes_add(&changes, make_uuid(2), 0));
	check_next(&changes, 2);
	assert_true(changes_add(&changes, make_uuid(1), CHANGES_OWN_TIME + 1));
	check_next(&changes, 1);
}

static void test_expectations_are_taken_from_the_middle(void **state)
{
	struct changes changes = {0};

	(void)state;
	for (size_t i = 1; i <= 3; i++)
		changes_expect(&changes, make_uuid(i), 1, 0);
	for (size_t i = 2; i <= 4; i++)
		assert_true(changes_add(&changes, make_uuid(i), 0));
	assert_true(changes_add(&changes, make_uuid(1), 0));
	check_next(&changes, 4);
	check_empty(&changes);
}

/* Whatever comes, memory stays what it is: too many guests are all of them, and too many expectations are some looks more. */
static void test_both_rings_are_bounded(void **state)
{
	struct changes changes = {0};

	(void)state;
	for (size_t i = 0; i < CHANGES_LIMIT; i++)
		assert_true(changes_add(&changes, make_uuid(i), 0));
	assert_false(changes_add(&changes, make_uuid(CHANGES_LIMIT), 0));
	assert_true(changes_add(&changes, make_uuid(0), 0));
	changes_clear(&changes);
	check_empty(&changes);
	for (size_t i = 0; i <= CHANGES_LIMIT; i++)
		changes_expect(&changes, make_uuid(i), 1, 0);
	assert_true(changes_add(&changes, make_uuid(0), 0));
	check_next(&changes, 0);
	for (size_t i = 1; i <= CHANGES_LIMIT; i++)
		assert_true(changes_add(&changes, make_uuid(i), 0));
	check_empty(&changes);
}

static void test_the_rings_go_round(void **state)
{
	struct changes changes = {0};

	(void)state;
	for (size_t i = 0; i < 3 * CHANGES_LIMIT; i++) {
		changes_expect(&changes, make_uuid(i), 1, 0);
		assert_true(changes_add(&changes, make_uuid(i), 0));
		assert_true(changes_add(&changes, make_uuid(i + 1), 0));
		check_next(&changes, i + 1);
		check_empty(&changes);
	}
}

/* What was expected of a connection that has ended would hide somebody's change from the next one. */
static void test_nothing_is_expected_of_a_connection_that_has_ended(void **state)
{
	struct changes changes = {0};

	(void)state;
	changes_expect(&changes, make_uuid(1), 1, 0);
	assert_true(changes_add(&changes, make_uuid(2), 0));
	changes_forget(&changes);
	check_empty(&changes);
	assert_true(changes_add(&changes, make_uuid(1), 0));
	check_next(&changes, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guests_are_seen_to_in_the_order_of_their_events_each_once),
		cmocka_unit_test(test_own_changes_wake_nobody_and_the_next_one_does),
		cmocka_unit_test(test_an_expectation_is_of_one_guest_and_ends),
		cmocka_unit_test(test_expectations_are_taken_from_the_middle),
		cmocka_unit_test(test_both_rings_are_bounded),
		cmocka_unit_test(test_the_rings_go_round),
		cmocka_unit_test(test_nothing_is_expected_of_a_connection_that_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
