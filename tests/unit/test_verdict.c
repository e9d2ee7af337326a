/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_verdict.c - every combination of the verdict's inputs against an independent statement of DESIGN 3.4. */
#include "support.h"

struct question {
	enum nestxml_operation operation;
	enum nestxml_nested nested;
	enum nestxml_state state;
	enum nestxml_cpu_state cpu;
	bool required;
};

/* The rows for a start. */
static enum nestxml_verdict expect_of_a_start(const struct question *q)
{
	bool host_gives_nesting = q->state == NESTXML_STATE_ON;

	if (q->nested == NESTXML_NESTED_LEAVE)
		return NESTXML_VERDICT_PASS;
	/* "require, disable: a -cpu on the command line: refuse." */
	if (q->cpu == NESTXML_CPU_OVERRIDDEN)
		return q->nested == NESTXML_NESTED_OPTIONAL ? NESTXML_VERDICT_PASS : NESTXML_VERDICT_REFUSE;
	/* "require, start, not on, or nesting does not apply to the guest: refuse." */
	if (q->nested == NESTXML_NESTED_REQUIRE && (!host_gives_nesting || q->cpu == NESTXML_CPU_NOT_APPLICABLE))
		return NESTXML_VERDICT_REFUSE;
	/* "disable, vendor unknown, so it cannot be told: refuse." */
	if (q->nested == NESTXML_NESTED_DISABLE && q->cpu == NESTXML_CPU_UNKNOWN)
		return NESTXML_VERDICT_REFUSE;
	return q->cpu == NESTXML_CPU_STALE ? NESTXML_VERDICT_STALE : NESTXML_VERDICT_PASS;
}

/* The rows for what arrives: nothing of it can be changed, so it is never stale. */
static enum nestxml_verdict expect_of_an_arrival(const struct question *q)
{
	switch (q->nested) {
	case NESTXML_NESTED_DISABLE:
		/* "disable, arrives, not disabled: refuse: nothing on disk excuses it." */
		return q->cpu == NESTXML_CPU_CURRENT || q->cpu == NESTXML_CPU_NOT_APPLICABLE ? NESTXML_VERDICT_PASS
											     : NESTXML_VERDICT_REFUSE;
	case NESTXML_NESTED_REQUIRE:
		if (q->cpu == NESTXML_CPU_OVERRIDDEN)
			return NESTXML_VERDICT_REFUSE;
		break;
	default:
		break;
	}
	/* "any but disable, arrives, not on, requires it: refuse." */
	return q->required && q->state != NESTXML_STATE_ON ? NESTXML_VERDICT_REFUSE : NESTXML_VERDICT_PASS;
}

static void check_question(const struct question *q)
{
	enum nestxml_verdict expected = q->operation == NESTXML_OPERATION_START ? expect_of_a_start(q) : expect_of_an_arrival(q);
	enum nestxml_verdict got = nestxml_verdict_decide(q->operation, q->nested, q->state, q->cpu, q->required);

	CHECK(got == expected, "operation %d nested %d state %d cpu %d required %d: got %d, expected %d", (int)q->operation, (int)q->nested,
	      (int)q->state, (int)q->cpu, (int)q->required, (int)got, (int)expected);
}

enum { POLICIES = 4, STATES = 4, CPUS = 5 };

static void check_all(enum nestxml_operation operation)
{
	for (unsigned int i = 0; i < POLICIES * STATES * CPUS * 2; i++) {
		struct question q = {
			.operation = operation,
			.nested = (enum nestxml_nested)(i % POLICIES),
			.state = (enum nestxml_state)(i / POLICIES % STATES),
			.cpu = (enum nestxml_cpu_state)(i / POLICIES / STATES % CPUS),
			.required = i / POLICIES / STATES / CPUS,
		};

		check_question(&q);
	}
}

static void test_the_enums_are_counted_whole(void **state)
{
	(void)state;
	assert_int_equal(NESTXML_NESTED_DISABLE, POLICIES - 1);
	assert_int_equal(NESTXML_STATE_UNSUPPORTED, STATES - 1);
	assert_int_equal(NESTXML_CPU_UNKNOWN, CPUS - 1);
}

static void test_every_start_is_judged_by_the_table_of_the_design(void **state)
{
	(void)state;
	check_all(NESTXML_OPERATION_START);
}

static void test_every_arrival_is_judged_by_the_table_of_the_design(void **state)
{
	(void)state;
	check_all(NESTXML_OPERATION_INCOMING);
}

static void test_the_start_of_what_has_arrived_is_judged_as_its_arrival(void **state)
{
	(void)state;
	check_all(NESTXML_OPERATION_START_INCOMING);
}

static void test_a_cpu_that_is_not_disabled_never_passes_under_disable(void **state)
{
	static const enum nestxml_cpu_state not_disabled[] = {NESTXML_CPU_STALE, NESTXML_CPU_OVERRIDDEN, NESTXML_CPU_UNKNOWN};

	(void)state;
	for (unsigned int i = 0; i < 3 * STATES * ARRAY_SIZE(not_disabled) * 2; i++)
		assert_int_not_equal(nestxml_verdict_decide((enum nestxml_operation)(i % 3), NESTXML_NESTED_DISABLE,
							    (enum nestxml_state)(i / 3 % STATES),
							    not_disabled[i / 3 / STATES % ARRAY_SIZE(not_disabled)],
							    i / 3 / STATES / ARRAY_SIZE(not_disabled)),
				     NESTXML_VERDICT_PASS);
}

static void test_nothing_but_on_counts_as_on(void **state)
{
	static const enum nestxml_state not_on[] = {NESTXML_STATE_UNKNOWN, NESTXML_STATE_OFF, NESTXML_STATE_UNSUPPORTED};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(not_on); i++)
		assert_int_equal(
			nestxml_verdict_decide(NESTXML_OPERATION_START, NESTXML_NESTED_REQUIRE, not_on[i], NESTXML_CPU_CURRENT, true),
			NESTXML_VERDICT_REFUSE);
	assert_int_equal(
		nestxml_verdict_decide(NESTXML_OPERATION_START, NESTXML_NESTED_REQUIRE, NESTXML_STATE_ON, NESTXML_CPU_CURRENT, true),
		NESTXML_VERDICT_PASS);
}

static enum nestxml_verdict decide_numbers(unsigned int operation, unsigned int nested, unsigned int host, unsigned int cpu)
{
	return nestxml_verdict_decide((enum nestxml_operation)operation, (enum nestxml_nested)nested, (enum nestxml_state)host,
				      (enum nestxml_cpu_state)cpu, false);
}

static void test_a_value_outside_its_enum_is_refused(void **state)
{
	static const unsigned int outside[] = {5, 7, 8, 9, 31, 32, 99, (unsigned int)-1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		unsigned int value = outside[i];

		CHECK(decide_numbers(value, NESTXML_NESTED_LEAVE, NESTXML_STATE_ON, NESTXML_CPU_CURRENT) == NESTXML_VERDICT_REFUSE,
		      "operation %u", value);
		CHECK(decide_numbers(NESTXML_OPERATION_START, value, NESTXML_STATE_ON, NESTXML_CPU_CURRENT) == NESTXML_VERDICT_REFUSE,
		      "nested %u", value);
		CHECK(decide_numbers(NESTXML_OPERATION_START, NESTXML_NESTED_LEAVE, value, NESTXML_CPU_CURRENT) == NESTXML_VERDICT_REFUSE,
		      "state %u", value);
		CHECK(decide_numbers(NESTXML_OPERATION_START, NESTXML_NESTED_LEAVE, NESTXML_STATE_ON, value) == NESTXML_VERDICT_REFUSE,
		      "cpu %u", value);
	}
	/* The first value after each enum's last. */
	assert_int_equal(decide_numbers(NESTXML_OPERATION_START, NESTXML_NESTED_DISABLE + 1, NESTXML_STATE_ON, NESTXML_CPU_CURRENT),
			 NESTXML_VERDICT_REFUSE);
	assert_int_equal(decide_numbers(NESTXML_OPERATION_START, NESTXML_NESTED_LEAVE, NESTXML_STATE_UNSUPPORTED + 1, NESTXML_CPU_CURRENT),
			 NESTXML_VERDICT_REFUSE);
	assert_int_equal(decide_numbers(NESTXML_OPERATION_START, NESTXML_NESTED_LEAVE, NESTXML_STATE_ON, NESTXML_CPU_UNKNOWN + 1),
			 NESTXML_VERDICT_REFUSE);
	assert_int_equal(decide_numbers(NESTXML_OPERATION_START_INCOMING + 1, NESTXML_NESTED_LEAVE, NESTXML_STATE_ON, NESTXML_CPU_CURRENT),
			 NESTXML_VERDICT_REFUSE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_enums_are_counted_whole),
		cmocka_unit_test(test_every_start_is_judged_by_the_table_of_the_design),
		cmocka_unit_test(test_every_arrival_is_judged_by_the_table_of_the_design),
		cmocka_unit_test(test_the_start_of_what_has_arrived_is_judged_as_its_arrival),
		cmocka_unit_test(test_a_cpu_that_is_not_disabled_never_passes_under_disable),
		cmocka_unit_test(test_nothing_but_on_counts_as_on),
		cmocka_unit_test(test_a_value_outside_its_enum_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
