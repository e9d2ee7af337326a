/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_changes.c - who waits to be seen to, and which events are the watcher's own. */
#include "support.h"

#include "watch/pending.h"

static const char *make_uuid(size_t number)
{
	static char uuid[PENDING_UUID];

	snprintf(uuid, sizeof(uuid), "00000000-0000-0000-0000-%012zu", number);
	return uuid;
}

static void check_next(struct pending *pending, size_t number)
{
	char uuid[PENDING_UUID];

	CHECK(pending_take(pending, uuid), "%zu", number);
	assert_string_equal(uuid, make_uuid(number));
}

static void check_empty(struct pending *pending)
{
	char uuid[PENDING_UUID];

	assert_false(pending_take(pending, uuid));
}

static void test_guests_are_seen_to_in_the_order_of_their_events_each_once(void **state)
{
	struct pending pending = {0};

	(void)state;
	check_empty(&pending);
	assert_true(pending_add(&pending, make_uuid(2), 0));
	assert_true(pending_add(&pending, make_uuid(1), 0));
	assert_true(pending_add(&pending, make_uuid(2), 0));
	check_next(&pending, 2);
	assert_true(pending_add(&pending, make_uuid(2), 0));
	check_next(&pending, 1);
	check_next(&pending, 2);
	check_empty(&pending);
}

static void test_own_changes_wake_nobody_and_the_next_one_does(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 2, 0);
	assert_true(pending_add(&pending, make_uuid(1), 0));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_OWN_TIME));
	check_empty(&pending);
	assert_true(pending_add(&pending, make_uuid(1), 0));
	check_next(&pending, 1);
}

static void test_an_expectation_is_of_one_guest_and_ends(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(2), 0));
	check_next(&pending, 2);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_OWN_TIME + 1));
	check_next(&pending, 1);
}

static void test_expectations_are_taken_from_the_middle(void **state)
{
	struct pending pending = {0};

	(void)state;
	for (size_t i = 1; i <= 3; i++)
		pending_expect(&pending, make_uuid(i), 1, 0);
	for (size_t i = 2; i <= 4; i++)
		assert_true(pending_add(&pending, make_uuid(i), 0));
	assert_true(pending_add(&pending, make_uuid(1), 0));
	check_next(&pending, 4);
	check_empty(&pending);
}

/* Whatever comes, memory stays what it is: too many guests are all of them, and too many expectations are some looks more. */
static void test_both_rings_are_bounded(void **state)
{
	struct pending pending = {0};

	(void)state;
	for (size_t i = 0; i < PENDING_LIMIT; i++)
		assert_true(pending_add(&pending, make_uuid(i), 0));
	assert_false(pending_add(&pending, make_uuid(PENDING_LIMIT), 0));
	assert_true(pending_add(&pending, make_uuid(0), 0));
	pending_clear(&pending);
	check_empty(&pending);
	for (size_t i = 0; i <= PENDING_LIMIT; i++)
		pending_expect(&pending, make_uuid(i), 1, 0);
	assert_true(pending_add(&pending, make_uuid(0), 0));
	check_next(&pending, 0);
	for (size_t i = 1; i <= PENDING_LIMIT; i++)
		assert_true(pending_add(&pending, make_uuid(i), 0));
	check_empty(&pending);
}

static void test_the_rings_go_round(void **state)
{
	struct pending pending = {0};

	(void)state;
	for (size_t i = 0; i < 3 * PENDING_LIMIT; i++) {
		pending_expect(&pending, make_uuid(i), 1, 0);
		assert_true(pending_add(&pending, make_uuid(i), 0));
		assert_true(pending_add(&pending, make_uuid(i + 1), 0));
		check_next(&pending, i + 1);
		check_empty(&pending);
	}
}

/* What was expected of a connection that has ended would hide somebody's change from the next one. */
static void test_nothing_is_expected_of_a_connection_that_has_ended(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(2), 0));
	pending_forget(&pending);
	check_empty(&pending);
	assert_true(pending_add(&pending, make_uuid(1), 0));
	check_next(&pending, 1);
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
