/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verdict.c - the one table that hook, filter, nestctl and watcher ask. Pure: no I/O, no state. */
#include <nestxml/nestxml.h>

#include "macros.h"

/* A row says which values it holds for, as a set of bits; the first row that holds decides. */
#define BIT(value) (1U << (value))
#define ANY 0xffU
#define NOT_ON (BIT(NESTXML_STATE_UNKNOWN) | BIT(NESTXML_STATE_OFF) | BIT(NESTXML_STATE_UNSUPPORTED))
#define START BIT(NESTXML_OPERATION_START)
#define ARRIVES (BIT(NESTXML_OPERATION_INCOMING) | BIT(NESTXML_OPERATION_START_INCOMING))
#define LEAVE BIT(NESTXML_NESTED_LEAVE)
#define REQUIRE BIT(NESTXML_NESTED_REQUIRE)
#define OPTIONAL BIT(NESTXML_NESTED_OPTIONAL)
#define DISABLE BIT(NESTXML_NESTED_DISABLE)

static const struct row {
	unsigned int operation;
	unsigned int nested;
	unsigned int state;
	unsigned int cpu;
	unsigned int required;
	enum nestxml_verdict verdict;
} table[] = {
	/* An arriving guest has already run with this CPU: a host without nesting would take the feature away from it. */
	{ARRIVES, LEAVE | REQUIRE | OPTIONAL, NOT_ON, ANY, BIT(true), NESTXML_VERDICT_REFUSE},
	{ANY, LEAVE, ANY, ANY, ANY, NESTXML_VERDICT_PASS},
	/* An argument for QEMU decides, not the XML. */
	{ANY, REQUIRE | DISABLE, ANY, BIT(NESTXML_CPU_OVERRIDDEN), ANY, NESTXML_VERDICT_REFUSE},
	/* Whether it has what it must not have is unknown. */
	{ANY, DISABLE, ANY, BIT(NESTXML_CPU_UNKNOWN), ANY, NESTXML_VERDICT_REFUSE},
	/* It has the feature that it must not have, and the CPU of a saved state cannot be changed. */
	{ARRIVES, DISABLE, ANY, BIT(NESTXML_CPU_STALE), ANY, NESTXML_VERDICT_REFUSE},
	{ARRIVES, ANY, ANY, ANY, ANY, NESTXML_VERDICT_PASS},
	{START, REQUIRE, ANY, BIT(NESTXML_CPU_NOT_APPLICABLE), ANY, NESTXML_VERDICT_REFUSE},
	/* libvirt would start such a guest without nesting, silently. */
	{START, REQUIRE, NOT_ON, ANY, ANY, NESTXML_VERDICT_REFUSE},
	{START, ANY, ANY, BIT(NESTXML_CPU_STALE), ANY, NESTXML_VERDICT_STALE},
	{ANY, ANY, ANY, ANY, ANY, NESTXML_VERDICT_PASS},
};

static bool has(unsigned int set, unsigned int value)
{
	return set & BIT(value);
}

NESTXML_EXPORT enum nestxml_verdict nestxml_verdict_decide(enum nestxml_operation operation, enum nestxml_nested nested,
							   enum nestxml_state state, enum nestxml_cpu_state cpu, bool required)
{
	const struct row *row = table;

	if ((unsigned int)operation > NESTXML_OPERATION_START_INCOMING || (unsigned int)nested > NESTXML_NESTED_DISABLE ||
	    (unsigned int)state > NESTXML_STATE_UNSUPPORTED || (unsigned int)cpu > NESTXML_CPU_UNKNOWN)
		return NESTXML_VERDICT_REFUSE;
	while (!(has(row->operation, operation) && has(row->nested, nested) && has(row->state, state) && has(row->cpu, cpu) &&
		 has(row->required, required)))
		row++; /* the last one holds whatever comes */
	return row->verdict;
}
