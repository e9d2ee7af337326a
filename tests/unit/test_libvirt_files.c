/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_libvirt_files.c - whether what starts is the stored definition, or may be a snapshot's. */
#include "support.h"

#include "ask.h"
#include "libvirt_files.h"

#define STORED "/etc/libvirt/qemu/vm.xml"
#define SNAPSHOT "/var/lib/libvirt/qemu/snapshot/vm/one.xml"

/* Metadata in which a domain seems to end. */
#define ENDS "<metadata><!-- </domain> --><a xmlns='urn:a'><domain></domain></a></metadata>"

/* A snapshot without memory. */
#define DISK_ONLY "<domainsnapshot><state>shutoff</state></domainsnapshot>"

/* Only what starts as the stored definition, whole, may have a start of ours in its place. */
static void test_the_definition_is_stale_only_where_it_is_what_starts(void **state)
{
	static const struct {
		enum nestxml_operation operation;
		const char *starts; /* the body of what starts, of what is stored, and of a snapshot's domain */
		const char *stored;
		const char *snapshot;
		enum nestxml_definition definition;
	} starts[] = {
		{NESTXML_OPERATION_START, PLAIN, NULL, NULL, NESTXML_DEFINITION_UNKNOWN},
		{NESTXML_OPERATION_START, PLAIN, PLAIN, NULL, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START, FIXED, FIXED, NULL, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START, PLAIN, PLAIN "<on_crash>destroy</on_crash>", NULL, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START, PLAIN, DISABLED, NULL, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START, PLAIN, REQUIRED, NULL, NESTXML_DEFINITION_CURRENT},
		{NESTXML_OPERATION_START, PLAIN, PLAIN, DISABLED, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START, PLAIN, PLAIN, PLAIN, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START, ENDS PLAIN, ENDS PLAIN, ENDS PLAIN, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START, ENDS PLAIN, ENDS PLAIN, ENDS DISABLED, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START_INCOMING, PLAIN, PLAIN, NULL, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START_INCOMING, DISABLED, DISABLED, NULL, NESTXML_DEFINITION_OTHER},
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		char xml[4096];
		char snapshot[4096 + 64];
		struct nestxml_check *check;

		tree_clear(*state);
		tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		state_policy(*state, "nested = require");
		if (starts[i].stored)
			tree_write(*state, STORED, document("kvm", "x86_64", starts[i].stored));
		snprintf(snapshot, sizeof(snapshot), "<domainsnapshot><state>running</state>%s</domainsnapshot>",
			 document("kvm", "x86_64", starts[i].snapshot ? starts[i].snapshot : ""));
		if (starts[i].snapshot)
			tree_write(*state, SNAPSHOT, snapshot);
		snprintf(xml, sizeof(xml), "%s", document("kvm", "x86_64", starts[i].starts));
		check = ask(*state, starts[i].operation, "vm", xml);
		CHECK(nestxml_check_get_verdict(check) == STALE, "start %zu", i);
		CHECK(nestxml_check_get_definition(check) == starts[i].definition, "start %zu: %d", i,
		      (int)nestxml_check_get_definition(check));
		nestxml_check_free(check);
	}
}

static void store_stale_guest(const struct tree *tree, const char *policy)
{
	tree_clear(tree);
	tree_host(tree, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(tree, policy);
	tree_write(tree, STORED, document("kvm", "x86_64", PLAIN));
}

/* Names are given to other guests, UUIDs are not. */
static void test_the_definition_of_another_guest_of_that_name_is_none(void **state)
{
	const char *xml = document("kvm", "x86_64", PLAIN);
	char other[4096];
	struct nestxml_check *check;

	snprintf(other, sizeof(other), "%s", xml);
	*strstr(other, UUID) ^= 1;
	store_stale_guest(*state, "nested = require");
	tree_write(*state, STORED, other);
	check = ask(*state, NESTXML_OPERATION_START, "vm", xml);
	assert_int_equal(nestxml_check_get_verdict(check), STALE);
	assert_int_equal(nestxml_check_get_definition(check), NESTXML_DEFINITION_UNKNOWN);
	nestxml_check_free(check);
}

/* What is announced by a mark may be a start from the definition, too; a document that cannot be compared is taken for that. */
static void test_what_is_too_large_to_be_compared_may_be_the_definition(void **state)
{
	static const struct {
		bool is_large;
		bool is_stored;
		enum nestxml_verdict verdict;
		enum nestxml_definition definition;
	} guests[] = {
		{false, true, STALE, NESTXML_DEFINITION_OTHER},
		{true, true, STALE, NESTXML_DEFINITION_OTHER},
		{true, false, PASS, NESTXML_DEFINITION_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		AUTO_BUFFER struct nestxml_buffer xml = {0};
		struct nestxml_check *check;

		tree_clear(*state);
		tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		state_policy(*state, "nested = require");
		assert_true(nestxml_buffer_add_string(&xml, document("kvm", "x86_64", "<cpu mode='host-passthrough'/>")));
		while (guests[i].is_large && xml.length <= NESTXML_CANONICAL_SIZE)
			assert_true(nestxml_buffer_add_string(&xml, "\n"));
		if (guests[i].is_stored)
			tree_write(*state, STORED, xml.data);
		check = ask(*state, NESTXML_OPERATION_START_INCOMING, "vm", xml.data);
		CHECK(nestxml_check_get_verdict(check) == guests[i].verdict, "guest %zu", i);
		CHECK(nestxml_check_get_definition(check) == guests[i].definition, "guest %zu: %d", i,
		      (int)nestxml_check_get_definition(check));
		nestxml_check_free(check);
	}
}

/* What is not read could be what starts: it is judged as a start, and nothing is started in its place. */
static void test_with_more_snapshots_than_are_read_it_may_be_a_revert(void **state)
{
	static const struct {
		const char *policy;
		size_t count;
		bool is_big;
		enum nestxml_definition definition;
	} guests[] = {
		{"nested = require", NESTXML_SNAPSHOTS, false, NESTXML_DEFINITION_STALE},
		{"nested = require", NESTXML_SNAPSHOTS + 1, false, NESTXML_DEFINITION_OTHER},
		{"nested = disable", NESTXML_SNAPSHOTS + 1, false, NESTXML_DEFINITION_OTHER},
		{"nested = require", 31, true, NESTXML_DEFINITION_STALE},
		{"nested = require", 33, true, NESTXML_DEFINITION_OTHER},
	};
	const size_t size = NESTXML_SNAPSHOTS_SIZE / 32;
	AUTO_FREE char *big = calloc(1, size + 1);

	assert_non_null(big);
	memset(big, ' ', size);
	memcpy(big, DISK_ONLY, strlen(DISK_ONLY));
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		struct nestxml_check *check;

		store_stale_guest(*state, guests[i].policy);
		for (size_t file = 0; file < guests[i].count; file++) {
			char path[128];

			snprintf(path, sizeof(path), "/var/lib/libvirt/qemu/snapshot/vm/%zu.xml", file);
			tree_write(*state, path, guests[i].is_big ? big : DISK_ONLY);
		}
		check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
		CHECK(nestxml_check_get_verdict(check) == STALE, "guest %zu", i);
		CHECK(nestxml_check_get_definition(check) == guests[i].definition, "guest %zu: %d", i,
		      (int)nestxml_check_get_definition(check));
		if (guests[i].definition == NESTXML_DEFINITION_OTHER)
			check_words(nestxml_check_get_advice(check), "perhaps not made from its stored definition|nestctl apply vm");
		nestxml_check_free(check);
	}
}

/* A snapshot with memory of a guest whose domain has @body, and @after after that. */
static void write_snapshot(const struct tree *tree, const char *body, const char *after)
{
	char xml[4096];

	snprintf(xml, sizeof(xml), "<domainsnapshot><state>running</state>%s%s</domainsnapshot>", document("kvm", "x86_64", body), after);
	tree_write(tree, SNAPSHOT, xml);
}

/* Whether what starts with @body is one of the snapshots. */
static enum snapshot_match match(const struct tree *tree, const char *body)
{
	const char *xml = document("kvm", "x86_64", body);
	AUTO_CANONICAL struct canonical starts = {0};

	assert_int_equal(nestxml_canonical_read(xml, strlen(xml), &starts), 0);
	return nestxml_snapshot_match(tree->root, "vm", &starts);
}

static void test_a_match_counts_more_than_what_cannot_be_read(void **state)
{
	static const struct {
		const char *starts;
		const char *snapshot;
		const char *others;
		enum snapshot_match match;
	} guests[] = {
		{PLAIN, DISABLED, DISK_ONLY, SNAPSHOT_MATCH_NONE},
		{PLAIN, PLAIN, DISK_ONLY, SNAPSHOT_MATCH_FOUND},
		{ENDS PLAIN, ENDS PLAIN, DISK_ONLY, SNAPSHOT_MATCH_FOUND},
		{PLAIN, PLAIN, "<domainsnapshot><state>running</state><domain ", SNAPSHOT_MATCH_FOUND},
		{PLAIN, DISABLED, "<domainsnapshot><state>running</state><domain ", SNAPSHOT_MATCH_UNKNOWN},
		{PLAIN, DISABLED, "", SNAPSHOT_MATCH_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		const struct tree *tree = *state;

		tree_clear(tree);
		write_snapshot(tree, guests[i].snapshot, "");
		tree_write(tree, "/var/lib/libvirt/qemu/snapshot/vm/before.xml", guests[i].others);
		tree_write(tree, "/var/lib/libvirt/qemu/snapshot/vm/zafter.xml", guests[i].others);
		CHECK(match(tree, guests[i].starts) == guests[i].match, "guest %zu", i);
	}
}

/* A snapshot that cannot be read could be what starts. */
static void test_with_a_snapshot_that_cannot_be_read_it_may_be_a_revert(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		enum nestxml_definition definition;
	} files[] = {
		{SNAPSHOT, DISK_ONLY, NESTXML_DEFINITION_STALE},
		{SNAPSHOT, "<domainsnapshot><state>running</state><domain type='kvm'></domainsnapshot>", NESTXML_DEFINITION_OTHER},
		{SNAPSHOT, "<domainsnapshot><state>running</state><inactiveDomain>\xff</inactiveDomain></domainsnapshot>",
		 NESTXML_DEFINITION_OTHER},
		{SNAPSHOT, "", NESTXML_DEFINITION_OTHER},
		{SNAPSHOT "/is/a/directory", "", NESTXML_DEFINITION_STALE},	     /* no snapshot of libvirt's */
		{"/var/lib/libvirt/qemu/snapshot/vm", "", NESTXML_DEFINITION_OTHER}, /* where the directory should be */
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct nestxml_check *check;

		store_stale_guest(*state, "nested = require");
		tree_write(*state, files[i].path, files[i].text);
		check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
		CHECK(nestxml_check_get_definition(check) == files[i].definition, "file %zu: %d", i,
		      (int)nestxml_check_get_definition(check));
		nestxml_check_free(check);
	}
}

/* libvirt 9.0 keeps the CPU that the guest had in the snapshot's cookie, and there the NUMA cells are missing. */
static void test_a_revert_may_start_with_the_cpu_in_the_cookie(void **state)
{
#define NUMA "<numa><cell id='0' cpus='0' memory='1'/></numa>"
#define CPU(contents) "<cpu mode='custom' match='exact'><model>qemu64</model>" contents "</cpu>"
	static const struct {
		const char *starts;
		const char *domain;
		const char *cookie;
		enum snapshot_match match;
	} guests[] = {
		{FIXED, PLAIN, "<cookie>" FIXED "</cookie>", SNAPSHOT_MATCH_FOUND},
		{PLAIN, PLAIN, "<cookie>" FIXED "</cookie>", SNAPSHOT_MATCH_FOUND},
		{FIXED, PLAIN, "<cookie></cookie>", SNAPSHOT_MATCH_NONE},
		{FIXED, PLAIN, FIXED, SNAPSHOT_MATCH_NONE},
		{FIXED, "", "<cookie>" FIXED "</cookie>", SNAPSHOT_MATCH_NONE},
		{CPU("<feature name='svm'/>" NUMA), CPU(NUMA), "<cookie>" CPU("<feature name='svm'/>") "</cookie>", SNAPSHOT_MATCH_FOUND},
		{CPU("<feature name='svm'/>"), CPU(NUMA), "<cookie>" CPU("<feature name='svm'/>") "</cookie>", SNAPSHOT_MATCH_NONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		tree_clear(*state);
		write_snapshot(*state, guests[i].domain, guests[i].cookie);
		CHECK(match(*state, guests[i].starts) == guests[i].match, "guest %zu", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_revert_may_start_with_the_cpu_in_the_cookie),
		TREE_TEST(test_with_a_snapshot_that_cannot_be_read_it_may_be_a_revert),
		TREE_TEST(test_a_match_counts_more_than_what_cannot_be_read),
		TREE_TEST(test_with_more_snapshots_than_are_read_it_may_be_a_revert),
		TREE_TEST(test_what_is_too_large_to_be_compared_may_be_the_definition),
		TREE_TEST(test_the_definition_of_another_guest_of_that_name_is_none),
		TREE_TEST(test_the_definition_is_stale_only_where_it_is_what_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
