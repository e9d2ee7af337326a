/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_exhaustion.c - each allocation of the process fails in turn, those of libxml2, libinih and libc among them: the library says that
 * memory is out, gives back all that it took, and never a wrong answer.
 *
 * test_memory.c fails the library's own ones alone, and so runs under sanitizers and valgrind; here malloc() itself is ours, and what is
 * not given back is counted.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxml/xmlerror.h>

/* ---- malloc, for everybody in this process ---- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void __libc_free(void *pointer);

static long countdown; /* the allocation that counts to zero fails; 0: none does */
static long live;      /* blocks that nobody gave back */
static bool has_failed;

static bool fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

static void *count(void *pointer)
{
	live += pointer != NULL;
	return pointer;
}

NESTXML_EXPORT void *malloc(size_t size)
{
	return fails() ? NULL : count(__libc_malloc(size));
}

NESTXML_EXPORT void *calloc(size_t number, size_t size)
{
	return fails() ? NULL : count(__libc_calloc(number, size));
}

NESTXML_EXPORT void *realloc(void *pointer, size_t size)
{
	void *moved;

	if (fails())
		return NULL;
	moved = __libc_realloc(pointer, size);
	live += !pointer && moved;
	return moved;
}

NESTXML_EXPORT void free(void *pointer)
{
	live -= pointer != NULL;
	__libc_free(pointer);
}

/* ---- what is done while memory is out ---- */

#define DOCUMENT(cpu)                                                                                              \
	"<domain type='kvm' id='1'><name>a&amp;b</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"          \
	"<metadata><p:policy xmlns:p='urn:nestxml:nested:1' nested='require'/></metadata><!-- &lt; --><?pi data?>" \
	"<os><type arch='x86_64'>hvm</type></os><devices><disk a='&#x61;' b='&quot;'><![CDATA[<]]></disk></devices>" cpu "</domain>"

/* A CPU as libvirt shows one of a saved state. */
#define SAVED(feature) DOCUMENT("<cpu mode='custom' match='exact' check='full'><model>EPYC</model>" feature "</cpu>")

/* With a name as long as one likes, an undeclared prefix, and a namespace. */
#define PREFIXED                                                                                      \
	"<domain type='kvm'><name>vm</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><k%0*d/>" \
	"<metadata><x:a xmlns:x='urn:x'><%sb xmlns:c='%s'/></x:a></metadata></domain>"

/* More than a new buffer has room for. */
#define BLANKS "                                                                                                    "

static const char *const documents[] = {
	DOCUMENT(""),
	DOCUMENT("<cpu mode='custom' match='exact'><model>EPYC</model><vendor>AMD</vendor><feature policy='require' name='svm'/>"
		 "<feature name='vmx-ept'/><feature name='vmx' policy='disable'/><feature name='vmx'/><numa/></cpu>"),
	DOCUMENT("\n" BLANKS "<cpu mode='host-passthrough'/>"),
	DOCUMENT("\n" BLANKS "<cpu mode='host-passthrough'><topology/>\n" BLANKS "</cpu>"),
	DOCUMENT("<cpu mode='host-passthrough' migratable='on'><cache mode='passthrough'/></cpu>"),
};

/* What comes of one try; each of these is a pure function of its input while no allocation fails. */
struct outcome {
	int code;
	enum nestxml_code said;
	char result[4096]; /* in words */
	enum nestxml_definition definition;
};

struct scene {
	const struct tree *tree;
	enum nestxml_operation operation;
	const char *xml;
	struct nestxml_domain *domain; /* of @xml, for what asks for one */
};

static void rewrite(const struct scene *scene, struct outcome *outcome)
{
	struct nestxml_error error = {0};
	struct nestxml_domain *domain;
	struct nestxml_edits *edits = NULL;
	char *made = NULL;
	size_t length;

	outcome->code = nestxml_domain_new(scene->xml, strlen(scene->xml), &domain, &error);
	outcome->said = error.code;
	if (outcome->code != 0)
		return;
	outcome->code = nestxml_edits_new(domain, NESTXML_NESTED_REQUIRE, NESTXML_MODE_HOST_MODEL, NESTXML_VENDOR_INTEL, &edits, &error);
	outcome->said = error.code;
	if (outcome->code == 0) {
		outcome->code = nestxml_edits_apply(edits, &made, &length);
		outcome->said = (enum nestxml_code)outcome->code;
	}
	if (outcome->code == 0)
		snprintf(outcome->result, sizeof(outcome->result), "%s", made);
	free(made);
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
}

static void read_policy(const struct scene *scene, struct outcome *outcome)
{
	struct nestxml_error error = {0};
	struct nestxml_policy policy;
	struct nestxml_config *config;

	outcome->code = nestxml_config_new(scene->tree->root, &config, &error);
	outcome->said = error.code;
	if (outcome->code != 0)
		return;
	outcome->code = nestxml_config_resolve(config, scene->domain, &policy, &error);
	outcome->said = error.code;
	if (outcome->code == 0)
		snprintf(outcome->result, sizeof(outcome->result), "%d %d %d %d %s:%u", (int)policy.nested, (int)policy.mode,
			 (int)policy.on_stale, (int)policy.source, policy.file, policy.line);
	nestxml_config_free(config);
}

static void reach_verdict(const struct scene *scene, struct outcome *outcome)
{
	struct nestxml_error error = {0};
	struct nestxml_check *check;

	outcome->code = nestxml_check_new(scene->tree->root, scene->operation, "vm", scene->xml, strlen(scene->xml), &check, &error);
	outcome->said = error.code;
	if (outcome->code != 0)
		return;
	snprintf(outcome->result, sizeof(outcome->result), "%d %s", (int)nestxml_check_get_verdict(check), nestxml_check_get_report(check));
	outcome->definition = nestxml_check_get_definition(check);
	nestxml_check_free(check);
}

/* ---- stderr, on which the library says nothing ---- */

/* Returns what stderr was. */
static int begin_listening(void)
{
	int saved = dup(STDERR_FILENO);
	int file = memfd_create("stderr", MFD_CLOEXEC);

	assert_true(saved >= 0 && file >= 0 && dup2(file, STDERR_FILENO) == STDERR_FILENO);
	close(file);
	return saved;
}

/* Returns how many bytes were written there. */
static long end_listening(int saved)
{
	long length = (long)lseek(STDERR_FILENO, 0, SEEK_END);

	dup2(saved, STDERR_FILENO);
	close(saved);
	return length;
}

/* ---- each allocation in turn ---- */

/* A failure is out of memory; for a verdict it may also be what the want of memory looks like from outside: no file, no host. */
static void check_failure(long failing, const struct outcome *outcome, const struct outcome *right, bool is_verdict)
{
	if (outcome->code == 0 && is_verdict)
		CHECK(outcome->result[0] != '0' + NESTXML_VERDICT_PASS || strcmp(outcome->result, right->result) == 0, "allocation %ld: %s",
		      failing, outcome->result);
	else if (outcome->code == 0)
		CHECK(strcmp(outcome->result, right->result) == 0, "allocation %ld: %s", failing, outcome->result);
	else
		CHECK(outcome->code == NESTXML_E_NOMEM || (is_verdict && outcome->code == NESTXML_E_VENDOR) ||
			      (outcome->code == NESTXML_E_CONFIG && outcome->said == NESTXML_E_CONFIG),
		      "allocation %ld: code %d", failing, outcome->code);
	/* Only a stale definition is started again. */
	CHECK(outcome->definition != NESTXML_DEFINITION_STALE || right->definition == NESTXML_DEFINITION_STALE, "allocation %ld", failing);
	CHECK(outcome->said == (enum nestxml_code)outcome->code, "allocation %ld: code %d, said %d", failing, outcome->code,
	      (int)outcome->said);
}

/* How many allocations there were to fail. */
static long fail_each(void (*act)(const struct scene *scene, struct outcome *outcome), const struct scene *scene)
{
	struct outcome right = {0};

	act(scene, &right); /* what is allocated once for all is there now */
	xmlResetLastError();
	assert_int_equal(right.code, 0);
	for (long failing = 1;; failing++) {
		struct outcome outcome = {0};
		long before = live;
		int saved = begin_listening();

		has_failed = false;
		countdown = failing;
		act(scene, &outcome);
		countdown = 0;
		CHECK(end_listening(saved) == 0, "allocation %ld: something was printed", failing);
		xmlResetLastError(); /* libxml2 keeps the last error's words until the next one */
		CHECK(live == before, "allocation %ld: %ld blocks are not given back, code %d", failing, live - before, outcome.code);
		if (!has_failed) {
			assert_string_equal(outcome.result, right.result);
			return failing - 1;
		}
		check_failure(failing, &outcome, &right, act == reach_verdict);
	}
}

static void test_rewrite(void **state)
{
	long total = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++)
		total += fail_each(rewrite, &(struct scene){.xml = documents[i]});
	print_message("%ld allocations of the rewrite failed in turn\n", total);
	assert_true(total > 100);
}

static void write_files(const struct tree *tree)
{
	tree_write(tree, VENDOR_FILE, "[default]\nnested = leave\n");
	tree_write(tree, ADMIN_FILE, "[default]\nmode = maximum\n[guest *]\nnested = disable\n");
	tree_write(tree, DROP_INS "/a.conf", "[guest c7a5fdbd-edaf-9455-926a-d65c16db1809]\non-stale = allow # why\n");
	tree_write(tree, DROP_INS "/b.conf", "# nothing\n");
	tree_host(tree, "AuthenticAMD", "kvm_amd", "1\n");
}

/*
 * libxml2 2.9 does not say that it had no memory for a namespace. It asks for that memory only now and then, depending on how long the
 * names before it are.
 */
static void test_a_policy_in_the_metadata_is_not_lost(void **state)
{
	struct scene scene = {.tree = *state};
	long total = 0;

	write_files(scene.tree);
	tree_write(scene.tree, ADMIN_FILE, "# nothing\n");
	for (int length = 1; length < 1000; length += 8) {
		char xml[2048];

		snprintf(xml, sizeof(xml),
			 "<domain type='kvm'><name>vm</name><k%0*d/><metadata><p:policy xmlns:p='urn:nestxml:nested:1' nested='require'/>"
			 "</metadata></domain>",
			 length, 0);
		scene.xml = xml;
		total += fail_each(reach_verdict, &scene);
	}
	print_message("%ld allocations failed in turn\n", total);
}

static void test_policy(void **state)
{
	struct scene scene = {.tree = *state, .domain = domain_of(documents[0])};
	long total;

	write_files(scene.tree);
	total = fail_each(read_policy, &scene);
	nestxml_domain_free(scene.domain);
	print_message("%ld allocations of the policy failed in turn\n", total);
	assert_true(total > 20);
}

static void test_verdict(void **state)
{
	struct scene scene = {.tree = *state};
	long total = 0;

	write_files(scene.tree);
	tree_write(scene.tree, "/etc/libvirt/qemu/vm.xml", documents[0]);
	tree_write(scene.tree, "/var/lib/libvirt/qemu/snapshot/vm/a.xml",
		   "<domainsnapshot><state>paused</state>" SAVED("<numa/>") "<cookie><cpu a='b'/></cookie></domainsnapshot>");
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		scene.xml = documents[i];
		scene.operation = NESTXML_OPERATION_START;
		total += fail_each(reach_verdict, &scene);
		scene.operation = NESTXML_OPERATION_START_INCOMING;
		total += fail_each(reach_verdict, &scene);
	}
	scene.operation = NESTXML_OPERATION_START;
	/* A CPU that could be a saved one, over a definition that would have to be rewritten, and over one that is right. */
	scene.xml = SAVED("");
	tree_write(scene.tree, ADMIN_FILE, "[guest *]\nnested = require\n");
	tree_write(scene.tree, "/etc/libvirt/qemu/vm.xml", SAVED(""));
	total += fail_each(reach_verdict, &scene);
	scene.operation = NESTXML_OPERATION_START_INCOMING;
	total += fail_each(reach_verdict, &scene);
	scene.operation = NESTXML_OPERATION_START;
	tree_write(scene.tree, "/etc/libvirt/qemu/vm.xml", SAVED("<feature policy='require' name='svm'/>"));
	total += fail_each(reach_verdict, &scene);
	/* Not the stored definition, but for a prefix or a namespace. */
	for (int length = 1; length < 1000; length += 8) {
		char stored[2048];
		char starts[2048];

		snprintf(stored, sizeof(stored), PREFIXED, length, 0, "u:", "urn:a");
		tree_write(scene.tree, "/etc/libvirt/qemu/vm.xml", stored);
		snprintf(starts, sizeof(starts), PREFIXED, length, 0, "", "urn:a");
		scene.xml = starts;
		total += fail_each(reach_verdict, &scene);
		snprintf(starts, sizeof(starts), PREFIXED, length, 0, "u:", "urn:b");
		total += fail_each(reach_verdict, &scene);
	}
	/* A revert, for all that can be told of it, on libvirt 9.0: what starts has the CPU of the snapshot's cookie. */
	scene.xml = DOCUMENT("<cpu a='b'><numa/></cpu>");
	tree_write(scene.tree, "/etc/libvirt/qemu/vm.xml", scene.xml);
	total += fail_each(reach_verdict, &scene);
	print_message("%ld allocations of the verdict failed in turn\n", total);
	assert_true(total > 200);
}

/* ---- the first call of a process, in which libxml2 sets itself up ---- */

/* In a child for each allocation: 0 the end was reached, 1 something failed and was called so; more: it was not. */
static int try_first(long failing)
{
	const struct scene scene = {.xml = documents[1]};
	struct outcome outcome = {0};
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		begin_listening();
		countdown = failing;
		rewrite(&scene, &outcome);
		countdown = 0;
		if (lseek(STDERR_FILENO, 0, SEEK_END) != 0)
			_exit(4);
		if (!has_failed)
			_exit(outcome.code == 0 ? 0 : 3);
		/* A library that could not be loaded is one that is not there, whatever the loader lacked. */
		_exit(outcome.code == 0 || ((outcome.code == NESTXML_E_NOMEM || outcome.code == NESTXML_E_LIBRARY) &&
					    outcome.said == (enum nestxml_code)outcome.code)
			      ? 1
			      : 2);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 2, "allocation %ld: status 0x%x", failing, (unsigned int)status);
	return WEXITSTATUS(status);
}

static void test_first_call(void **state)
{
	long failing = 1;

	(void)state;
	while (try_first(failing) == 1)
		failing++;
	print_message("%ld allocations of a first call failed in turn\n", failing - 1);
	assert_true(failing > 30);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		/* before anybody has called libxml2 */
		cmocka_unit_test(test_first_call),
		cmocka_unit_test(test_rewrite),
		TREE_TEST(test_policy),
		TREE_TEST(test_a_policy_in_the_metadata_is_not_lost),
		TREE_TEST(test_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
