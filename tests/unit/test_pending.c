/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_pending.c - which guests wait, until when, and which events are the watcher's own. */
#include "macros.h"
#include "support.h"
#include "watch/pending.h"

static const char *make_uuid(size_t number)
{
	static char uuid[PENDING_UUID];

	snprintf(uuid, sizeof(uuid), "00000000-0000-0000-0000-%012zu", number);
	return uuid;
}

#define DEFINED PENDING_DEFINED

/* With nobody else connected. */
static void check_next(struct pending *pending, size_t number)
{
	char uuid[PENDING_UUID] = "";

	CHECK(pending_take(pending, true, 0, uuid), "%zu", number);
	assert_string_equal(uuid, make_uuid(number));
}

static void check_none(struct pending *pending, bool is_alone, int64_t now)
{
	char uuid[PENDING_UUID] = "";

	CHECK(!pending_take(pending, is_alone, now, uuid), "%s at %ld", uuid, (long)now);
}

static void check_empty(struct pending *pending)
{
	check_none(pending, true, INT32_MAX);
}

static void test_guests_are_taken_in_the_order_of_their_events_each_once(void **state)
{
	struct pending pending = {0};

	(void)state;
	check_empty(&pending);
	assert_true(pending_add(&pending, make_uuid(2), DEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(2), DEFINED, 0));
	check_next(&pending, 2);
	assert_true(pending_add(&pending, make_uuid(2), DEFINED, 0));
	check_next(&pending, 1);
	check_next(&pending, 2);
	check_empty(&pending);
}

/* ---- other programs at work ---- */

static void test_with_nobody_else_a_guest_is_taken_at_once(void **state)
{
	struct pending pending = {0};
	char uuid[PENDING_UUID];

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 1000));
	assert_true(pending_take(&pending, true, 1000, uuid));
}

static void test_with_others_a_guest_is_taken_when_it_has_been_quiet(void **state)
{
	struct pending pending = {0};
	char uuid[PENDING_UUID];

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 1000));
	check_none(&pending, false, 1000);
	check_none(&pending, false, 1000 + PENDING_QUIET - 1);
	assert_true(pending_take(&pending, false, 1000 + PENDING_QUIET, uuid));
	assert_string_equal(uuid, make_uuid(1));
	check_empty(&pending);
}

static void test_when_they_have_gone_it_is_taken_at_once(void **state)
{
	struct pending pending = {0};
	char uuid[PENDING_UUID];

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 1000));
	check_none(&pending, false, 1001);
	assert_true(pending_take(&pending, true, 1002, uuid));
}

static void test_each_event_of_the_guest_begins_its_time_again(void **state)
{
	static const enum pending_event events[] = {PENDING_DEFINED, PENDING_CHANGED, PENDING_TOUCHED};
	char uuid[PENDING_UUID];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct pending pending = {0};

		assert_true(pending_add(&pending, make_uuid(1), DEFINED, 1000));
		assert_true(pending_add(&pending, make_uuid(1), events[i], 1200));
		check_none(&pending, false, 1200 + PENDING_QUIET - 1);
		assert_true(pending_take(&pending, false, 1200 + PENDING_QUIET, uuid));
	}
}

static void test_another_guests_events_do_not(void **state)
{
	struct pending pending = {0};
	char uuid[PENDING_UUID];

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 1000));
	assert_true(pending_add(&pending, make_uuid(2), DEFINED, 1200));
	assert_true(pending_take(&pending, false, 1000 + PENDING_QUIET, uuid));
	assert_string_equal(uuid, make_uuid(1));
	check_none(&pending, false, 1000 + PENDING_QUIET);
}

static void test_a_guest_that_was_only_touched_is_not_looked_at(void **state)
{
	struct pending pending = {0};

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), PENDING_TOUCHED, 1000));
	assert_int_equal(pending_get_wait(&pending, true, 1000), -1);
	check_none(&pending, true, 1000);
	check_none(&pending, false, 1000 + PENDING_QUIET);
}

/* As a sweep wants all of them. */
static void test_a_guest_that_is_wanted_anyway_waits_for_its_quiet(void **state)
{
	struct pending pending = {0};
	char uuid[PENDING_UUID];

	(void)state;
	assert_true(pending_want(&pending, make_uuid(1), false, 1000));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_TOUCHED, 1000));
	assert_false(pending_want(&pending, make_uuid(1), false, 1000 + PENDING_QUIET - 1));
	assert_true(pending_take(&pending, false, 1000 + PENDING_QUIET, uuid));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_TOUCHED, 1000));
	assert_true(pending_want(&pending, make_uuid(1), false, 1000 + PENDING_QUIET));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_TOUCHED, 1000));
	assert_true(pending_want(&pending, make_uuid(1), true, 1000));
	check_empty(&pending);
}

static void test_those_who_may_leave_are_asked_after_and_the_end_is_not_missed(void **state)
{
	struct pending pending = {0};
	int soon;
	int later;

	(void)state;
	assert_int_equal(pending_get_wait(&pending, true, 0), -1);
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 1000));
	assert_int_equal(pending_get_wait(&pending, false, 1000), PENDING_QUIET);
	assert_int_equal(pending_get_wait(&pending, false, 1001), PENDING_QUIET - 1);
	soon = pending_get_wait(&pending, true, 1000);
	later = pending_get_wait(&pending, true, 1000 + PENDING_SOON);
	assert_true(0 < soon && soon < later && later < PENDING_QUIET);
	assert_int_equal(pending_get_wait(&pending, true, 1000 + PENDING_QUIET - 1), 1);
	assert_int_equal(pending_get_wait(&pending, true, 1000 + 2 * PENDING_QUIET), 0);
}

/* ---- the watcher's own changes ---- */

static void test_own_changes_wake_nobody_and_the_next_one_does(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 2, 0);
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, PENDING_OWN_TIME));
	check_empty(&pending);
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 0));
	check_next(&pending, 1);
}

static void test_only_a_definition_is_an_own_change(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_CHANGED, 0));
	check_next(&pending, 1);
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 0));
	check_empty(&pending);
}

static void test_an_expectation_is_of_one_guest_and_ends(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(2), DEFINED, 0));
	check_next(&pending, 2);
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, PENDING_OWN_TIME + 1));
	check_next(&pending, 1);
}

static void test_expectations_are_taken_from_the_middle(void **state)
{
	struct pending pending = {0};

	(void)state;
	for (size_t i = 1; i <= 3; i++)
		pending_expect(&pending, make_uuid(i), 1, 0);
	for (size_t i = 2; i <= 4; i++)
		assert_true(pending_add(&pending, make_uuid(i), DEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 0));
	check_next(&pending, 4);
	check_empty(&pending);
}

/* ---- bounds ---- */

/* Whatever comes, memory stays what it is: too many guests are all of them, and too many expectations are some looks more. */
static void test_both_lists_are_bounded(void **state)
{
	struct pending pending = {0};
	char uuid[PENDING_UUID];

	(void)state;
	for (size_t i = 0; i < PENDING_LIMIT; i++)
		assert_true(pending_add(&pending, make_uuid(i), DEFINED, 0));
	assert_false(pending_add(&pending, make_uuid(PENDING_LIMIT), DEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(0), DEFINED, 0));
	while (pending_take(&pending, true, 0, uuid)) {
	}
	for (size_t i = 0; i <= PENDING_LIMIT; i++)
		pending_expect(&pending, make_uuid(i), 1, 0);
	assert_true(pending_add(&pending, make_uuid(0), DEFINED, 0));
	check_next(&pending, 0);
	for (size_t i = 1; i <= PENDING_LIMIT; i++)
		assert_true(pending_add(&pending, make_uuid(i), DEFINED, 0));
	check_empty(&pending);
}

/* Guests that nobody wants to look at take no room for longer than they are left alone. */
static void test_those_that_were_only_touched_make_room(void **state)
{
	struct pending pending = {0};

	(void)state;
	for (size_t i = 0; i < PENDING_LIMIT; i++)
		assert_true(pending_add(&pending, make_uuid(i), PENDING_TOUCHED, 0));
	assert_false(pending_add(&pending, make_uuid(PENDING_LIMIT), DEFINED, PENDING_QUIET - 1));
	assert_true(pending_add(&pending, make_uuid(PENDING_LIMIT), DEFINED, PENDING_QUIET));
	check_next(&pending, PENDING_LIMIT);
}

static void test_the_ring_goes_round(void **state)
{
	struct pending pending = {0};

	(void)state;
	for (size_t i = 0; i < 3 * PENDING_LIMIT; i++) {
		pending_expect(&pending, make_uuid(i), 1, 0);
		assert_true(pending_add(&pending, make_uuid(i), DEFINED, 0));
		assert_true(pending_add(&pending, make_uuid(i + 1), DEFINED, 0));
		check_next(&pending, i + 1);
		check_empty(&pending);
	}
}

/* What was expected of a connection that has ended would hide another program's change from the next one. */
static void test_nothing_is_expected_of_a_connection_that_has_ended(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(2), DEFINED, 0));
	pending_forget(&pending);
	check_empty(&pending);
	assert_true(pending_add(&pending, make_uuid(1), DEFINED, 0));
	check_next(&pending, 1);
}

/* ---- a guest that an own definition has brought back ---- */

static void check_back(struct pending *pending, int64_t now, size_t number)
{
	char uuid[PENDING_UUID] = "";

	CHECK(pending_take_back(pending, now, uuid), "%zu at %ld", number, (long)now);
	assert_string_equal(uuid, make_uuid(number));
}

static void check_none_back(struct pending *pending, int64_t now)
{
	char uuid[PENDING_UUID] = "";

	CHECK(!pending_take_back(pending, now, uuid), "%s at %ld", uuid, (long)now);
}

static void test_an_own_definition_of_a_guest_that_had_none_is_told_apart(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 1000);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_TOUCHED, 1000)); /* the undefine */
	assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 1000));
	check_none(&pending, true, INT32_MAX);
	check_none_back(&pending, 1000 + PENDING_QUIET - 1);
	assert_int_equal(pending_get_wait(&pending, true, 1000), PENDING_QUIET);
	check_back(&pending, 1000 + PENDING_QUIET, 1);
	check_none_back(&pending, INT32_MAX);
	check_empty(&pending);
}

static void test_two_own_definitions_bring_it_back_too(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 2, 0);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 0));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 0));
	check_back(&pending, PENDING_QUIET, 1);
}

static void test_an_own_definition_over_one_that_was_there_brings_nothing_back(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 0));
	check_none_back(&pending, INT32_MAX);
}

/* It was undefined and defined again before the own definition: the first of the two is the other program's. */
static void test_a_guest_that_was_defined_again_is_not_back(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 0));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 0));
	check_none_back(&pending, INT32_MAX);
	check_next(&pending, 1);
}

static void test_whoever_does_something_to_it_knows_of_it(void **state)
{
	static const enum pending_event events[] = {PENDING_TOUCHED, PENDING_CHANGED, PENDING_DEFINED, PENDING_ADDED};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct pending pending = {0};

		pending_expect(&pending, make_uuid(1), 1, 0);
		assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 0));
		assert_true(pending_add(&pending, make_uuid(1), events[i], 1));
		check_none_back(&pending, INT32_MAX);
	}
}

/* libvirt says of a guest that runs that it was changed, since its definition for the next start takes the place of the one it runs by. */
static void test_a_running_guest_is_back_where_it_had_been_undefined(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 2, 0);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 0));
	check_none_back(&pending, INT32_MAX);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_UNDEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 1));
	check_back(&pending, 1 + PENDING_QUIET, 1);
}

static void test_a_guest_that_its_owner_defines_after_an_undefine_is_not_back(void **state)
{
	struct pending pending = {0};

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), PENDING_UNDEFINED, 0));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 1));
	check_none_back(&pending, INT32_MAX);
	check_next(&pending, 1);
	pending_expect(&pending, make_uuid(1), 1, 2);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_DEFINED, 2)); /* the rewrite of it */
	check_none_back(&pending, INT32_MAX);
}

/* Whoever stops it, or the watcher that gives way, does not show that its definition is known to anyone. */
static void test_a_guest_that_is_back_and_stops_is_back_still(void **state)
{
	static const enum pending_event events[] = {PENDING_STOPPED, PENDING_YIELDED};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct pending pending = {0};

		pending_expect(&pending, make_uuid(1), 1, 0);
		assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 0));
		assert_true(pending_add(&pending, make_uuid(1), events[i], 1));
		check_none_back(&pending, PENDING_QUIET);
		check_back(&pending, 1 + PENDING_QUIET, 1);
	}
}

static void test_a_guest_that_the_watcher_gave_way_for_is_looked_at_again(void **state)
{
	struct pending pending = {0};

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), PENDING_YIELDED, 0));
	check_next(&pending, 1);
}

/* Nobody else defines a guest so that it had none before: it is new. */
static void test_another_programs_new_guest_is_to_be_looked_at(void **state)
{
	struct pending pending = {0};

	(void)state;
	assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 0));
	check_none_back(&pending, INT32_MAX);
	check_next(&pending, 1);
}

/* A look would forget that it is back. */
static void test_a_guest_that_is_back_is_not_looked_at(void **state)
{
	struct pending pending = {0};

	(void)state;
	pending_expect(&pending, make_uuid(1), 1, 0);
	assert_true(pending_add(&pending, make_uuid(1), PENDING_CHANGED, 0));
	assert_true(pending_add(&pending, make_uuid(1), PENDING_ADDED, 0));
	assert_false(pending_want(&pending, make_uuid(1), true, 0));
	check_none(&pending, true, INT32_MAX);
	check_back(&pending, PENDING_QUIET, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_running_guest_is_back_where_it_had_been_undefined),
		cmocka_unit_test(test_a_guest_that_its_owner_defines_after_an_undefine_is_not_back),
		cmocka_unit_test(test_a_guest_that_is_back_and_stops_is_back_still),
		cmocka_unit_test(test_a_guest_that_the_watcher_gave_way_for_is_looked_at_again),
		cmocka_unit_test(test_an_own_definition_of_a_guest_that_had_none_is_told_apart),
		cmocka_unit_test(test_two_own_definitions_bring_it_back_too),
		cmocka_unit_test(test_an_own_definition_over_one_that_was_there_brings_nothing_back),
		cmocka_unit_test(test_a_guest_that_was_defined_again_is_not_back),
		cmocka_unit_test(test_whoever_does_something_to_it_knows_of_it),
		cmocka_unit_test(test_another_programs_new_guest_is_to_be_looked_at),
		cmocka_unit_test(test_a_guest_that_is_back_is_not_looked_at),
		cmocka_unit_test(test_guests_are_taken_in_the_order_of_their_events_each_once),
		cmocka_unit_test(test_with_nobody_else_a_guest_is_taken_at_once),
		cmocka_unit_test(test_with_others_a_guest_is_taken_when_it_has_been_quiet),
		cmocka_unit_test(test_when_they_have_gone_it_is_taken_at_once),
		cmocka_unit_test(test_each_event_of_the_guest_begins_its_time_again),
		cmocka_unit_test(test_another_guests_events_do_not),
		cmocka_unit_test(test_a_guest_that_was_only_touched_is_not_looked_at),
		cmocka_unit_test(test_a_guest_that_is_wanted_anyway_waits_for_its_quiet),
		cmocka_unit_test(test_those_who_may_leave_are_asked_after_and_the_end_is_not_missed),
		cmocka_unit_test(test_own_changes_wake_nobody_and_the_next_one_does),
		cmocka_unit_test(test_only_a_definition_is_an_own_change),
		cmocka_unit_test(test_an_expectation_is_of_one_guest_and_ends),
		cmocka_unit_test(test_expectations_are_taken_from_the_middle),
		cmocka_unit_test(test_both_lists_are_bounded),
		cmocka_unit_test(test_those_that_were_only_touched_make_room),
		cmocka_unit_test(test_the_ring_goes_round),
		cmocka_unit_test(test_nothing_is_expected_of_a_connection_that_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
