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

/* The rows of the table at `prepare`, and the two sentences below it. */
static enum nestxml_verdict expect_at_prepare(const struct question *q)
{
	bool host_gives_nesting = q->state == NESTXML_STATE_ON;

	if (q->nested == NESTXML_NESTED_LEAVE)
		return NESTXML_VERDICT_PASS;
	/* "A guest to which nesting does not apply is refused under `require` and passes otherwise." */
	if (q->cpu == NESTXML_CPU_NOT_APPLICABLE)
		return q->nested == NESTXML_NESTED_REQUIRE ? NESTXML_VERDICT_REFUSE : NESTXML_VERDICT_PASS;
	if (q->nested == NESTXML_NESTED_REQUIRE && !host_gives_nesting)
		return NESTXML_VERDICT_REFUSE;
	/* "disable, vendor unknown, so it cannot be told: refuse." */
	if (q->cpu == NESTXML_CPU_UNKNOWN)
		return q->nested == NESTXML_NESTED_DISABLE ? NESTXML_VERDICT_REFUSE : NESTXML_VERDICT_PASS;
	/* "A start whose CPU comes from a saved state is never stale: it passes, or is refused for the host's sake." */
	if (q->cpu == NESTXML_CPU_RESTORED)
		return NESTXML_VERDICT_PASS;
	return q->cpu == NESTXML_CPU_STALE ? NESTXML_VERDICT_STALE : NESTXML_VERDICT_PASS;
}

/* "Refuse if the guest's XML requires nesting that this host does not have, else pass." */
static enum nestxml_verdict expect_at_arrival(const struct question *q)
{
	return q->required && q->state != NESTXML_STATE_ON ? NESTXML_VERDICT_REFUSE : NESTXML_VERDICT_PASS;
}

static void check_question(const struct question *q)
{
	enum nestxml_verdict expected = q->operation == NESTXML_OPERATION_START ? expect_at_prepare(q) : expect_at_arrival(q);
	enum nestxml_verdict got = nestxml_verdict_decide(q->operation, q->nested, q->state, q->cpu, q->required);

	CHECK(got == expected, "operation %d nested %d state %d cpu %d required %d: got %d, expected %d", (int)q->operation, (int)q->nested,
	      (int)q->state, (int)q->cpu, (int)q->required, (int)got, (int)expected);
}

/* Calls check_question() with every combination; returns how many. */
static unsigned int check_all(enum nestxml_operation operation, unsigned int nested_first, unsigned int nested_last)
{
	unsigned int count = 0;
	struct question q = {.operation = operation};

	for (unsigned int nested = nested_first; nested <= nested_last; nested++) {
		for (unsigned int rest = 0; rest < 4 * 5 * 2; rest++, count++) {
			q.nested = (enum nestxml_nested)nested;
			q.state = (enum nestxml_state)(rest % 4);
			q.cpu = (enum nestxml_cpu_state)(rest / 4 % 5);
			q.required = rest / 20;
			check_question(&q);
		}
	}
	return count;
}

static void test_every_combination_at_prepare_is_the_table_of_the_design(void **state)
{
	(void)state;
	assert_int_equal(NESTXML_CPU_NOT_APPLICABLE, 3);
	assert_int_equal(NESTXML_STATE_UNSUPPORTED, 3);
	assert_int_equal(check_all(NESTXML_OPERATION_START, NESTXML_NESTED_LEAVE, NESTXML_NESTED_DISABLE), 160);
}

static void test_every_combination_at_arrival_of_a_guest_that_is_to_have_it(void **state)
{
	(void)state;
	assert_int_equal(check_all(NESTXML_OPERATION_INCOMING, NESTXML_NESTED_REQUIRE, NESTXML_NESTED_REQUIRE), 40);
}

static void test_arrival_without_a_requirement_in_the_xml_passes_under_every_policy(void **state)
{
	(void)state;
	for (unsigned int rest = 0; rest < 4 * 4 * 4; rest++) {
		struct question q = {NESTXML_OPERATION_INCOMING, rest % 4, rest / 4 % 4, rest / 16, false};

		check_question(&q);
	}
}

/* DESIGN 3.4 asks what the XML requires, not what the policy says. */
static void test_arrival_counts_what_the_xml_requires_whatever_the_policy_says(void **state)
{
	(void)state;
	check_all(NESTXML_OPERATION_INCOMING, NESTXML_NESTED_OPTIONAL, NESTXML_NESTED_DISABLE);
	check_all(NESTXML_OPERATION_INCOMING, NESTXML_NESTED_LEAVE, NESTXML_NESTED_LEAVE);
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

/* What has just arrived is judged as any other start; that its CPU is fixed is its caller's to say. */
static void test_a_return_is_a_start(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4 * 4 * 5 * 2; i++) {
		enum nestxml_nested nested = (enum nestxml_nested)(i % 4);
		enum nestxml_state host = (enum nestxml_state)(i / 4 % 4);
		enum nestxml_cpu_state cpu = (enum nestxml_cpu_state)(i / 16 % 5);

		CHECK(nestxml_verdict_decide(NESTXML_OPERATION_START_INCOMING, nested, host, cpu, i / 80) ==
			      nestxml_verdict_decide(NESTXML_OPERATION_START, nested, host, cpu, i / 80),
		      "combination %u", i);
	}
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
		cmocka_unit_test(test_a_return_is_a_start),
		cmocka_unit_test(test_a_value_outside_its_enum_is_refused),
		cmocka_unit_test(test_every_combination_at_prepare_is_the_table_of_the_design),
		cmocka_unit_test(test_every_combination_at_arrival_of_a_guest_that_is_to_have_it),
		cmocka_unit_test(test_arrival_without_a_requirement_in_the_xml_passes_under_every_policy),
		cmocka_unit_test(test_arrival_counts_what_the_xml_requires_whatever_the_policy_says),
		cmocka_unit_test(test_nothing_but_on_counts_as_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
