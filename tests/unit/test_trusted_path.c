/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_trusted_path.c - policy files that are not safe, or no files. */
#include "support.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include "config.h"
#include "policy_files.h"
#include "trusted_path.h"

static const char *const places[] = {VENDOR_FILE, ADMIN_FILE, DROP_INS "/a.conf"};

static void test_a_file_that_others_can_write_is_refused(void **state)
{
	static const mode_t bad[] = {0664, 0646, 0666, 0620, 0602, 0777, 0622};

	for (size_t i = 0; i < ARRAY_SIZE(places) * ARRAY_SIZE(bad); i++) {
		const char *file = places[i % ARRAY_SIZE(places)];

		tree_clear(*state);
		tree_write_bytes(*state, file, "[default]\n", 10, bad[i / ARRAY_SIZE(places)]);
		check_file_refused(*state, file, "is writable by users other than its owner");
	}
}

static void test_a_file_that_only_its_owner_can_write_is_good(void **state)
{
	static const mode_t good[] = {0644, 0600, 0640, 0755, 0700, 0444, 0400};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct nestxml_config *config;

		tree_clear(*state);
		tree_write_bytes(*state, ADMIN_FILE, "[default]\n", 10, good[i]);
		config = load(*state);
		assert_int_equal(config->sections_count, 1);
		nestxml_config_free(config);
	}
}

static void test_a_file_of_another_user_is_refused(void **state)
{
	if (geteuid() != 0) {
		print_message("only root can give a file away\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "[default]\n");
		assert_int_equal(chown(tree_path(*state, places[i]), 12345, 0), 0);
		check_file_refused(*state, places[i], "does not belong to root");
	}
	/* Neither a link's own nor what it leads to. */
	tree_clear(*state);
	tree_write(*state, DROP_INS "/target", "[default]\n");
	assert_int_equal(chown(tree_path(*state, DROP_INS "/target"), 12345, 0), 0);
	assert_int_equal(symlink("target", tree_path(*state, DROP_INS "/a.conf")), 0);
	check_file_refused(*state, DROP_INS "/a.conf", "/target, which leads to it, does not belong to root; replace the link with a copy");
	assert_int_equal(chown(tree_path(*state, DROP_INS "/target"), 0, 0), 0);
	assert_int_equal(lchown(tree_path(*state, DROP_INS "/a.conf"), 12345, 0), 0);
	check_file_refused(*state, DROP_INS "/a.conf", "does not belong to root");
}

/* "chmod go-w /tmp" would be worse than what it is to correct. */
static void test_what_a_link_leads_to_is_not_to_be_changed(void **state)
{
	tree_directory(*state, "/tmp");
	tree_write(*state, "/tmp/a", "[default]\n");
	assert_int_equal(chmod(tree_path(*state, "/tmp"), 01777), 0);
	tree_directory(*state, "/etc/nestxml");
	assert_int_equal(symlink("/tmp/a", tree_path(*state, ADMIN_FILE)), 0);
	check_file_refused(
		*state, ADMIN_FILE,
		"/tmp, which leads to it, is writable by users other than its owner; replace the link with a copy of the file or directory");
	assert_int_equal(chmod(tree_path(*state, "/etc/nestxml"), 0777), 0); /* before the link */
	check_file_refused(
		*state, ADMIN_FILE,
		"/etc/nestxml, which leads to it, is writable by users other than its owner; remove that permission with chmod go-w");
	/* And after it: the policy's own file. */
	tree_clear(*state);
	tree_directory(*state, "/etc");
	assert_int_equal(symlink("/srv/nestxml", tree_path(*state, "/etc/nestxml")), 0);
	tree_write_bytes(*state, "/srv/nestxml/nestxml.conf", "[default]\n", 10, 0666);
	check_file_refused(
		*state, ADMIN_FILE,
		"/srv/nestxml/nestxml.conf, which leads to it, is writable by users other than its owner; remove that permission with chmod");
}

static void test_a_file_of_ones_own_is_good(void **state)
{
	struct nestxml_config *config;

	if (geteuid() != 0) {
		print_message("only root can become another user\n");
		skip();
	}
	tree_write(*state, VENDOR_FILE, "[default]\n"); /* root's */
	tree_write(*state, ADMIN_FILE, "[default]\n");
	assert_int_equal(chown(tree_path(*state, ADMIN_FILE), 65534, 0), 0);
	become_nobody();
	config = load(*state);
	assert_int_equal(config->sections_count, 2);
	nestxml_config_free(config);
}

static void test_a_directory_in_a_files_place_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_directory(*state, places[i]);
		check_file_refused(*state, places[i], "not a regular file");
	}
}

/* And is not waited for. */
static void test_a_fifo_in_a_files_place_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "");
		assert_int_equal(unlink(tree_path(*state, places[i])), 0);
		assert_int_equal(mkfifo(tree_path(*state, places[i]), 0600), 0);
		check_file_refused(*state, places[i], "not a regular file");
	}
}

static void test_a_device_in_a_files_place_is_refused(void **state)
{
	tree_directory(*state, DROP_INS);
	assert_int_equal(symlink("/dev/null", tree_path(*state, DROP_INS "/a.conf")), 0);
	tree_directory(*state, "/dev");
	if (geteuid() == 0)
		assert_int_equal(mknod(tree_path(*state, "/dev/null"), S_IFCHR | 0600, makedev(1, 3)), 0);
	check_file_refused(*state, DROP_INS "/a.conf", geteuid() == 0 ? "not a regular file" : "is not there");
}

static void test_a_file_in_the_directorys_place_is_refused(void **state)
{
	tree_write(*state, DROP_INS, "[default]\n");
	check_file_refused(*state, DROP_INS, "Not a directory");
	tree_clear(*state);
	tree_write(*state, "/etc/nestxml", "[default]\n");
	check_file_refused(*state, ADMIN_FILE, "/etc/nestxml, which leads to it: Not a directory");
}

static void test_a_file_that_cannot_be_read_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write_bytes(*state, places[i], "[default]\n", 10, 0);
		become_nobody();
		check_file_refused(*state, places[i], "Permission denied");
		become_oneself();
	}
}

static void test_a_directory_that_cannot_be_read_is_refused(void **state)
{
	static const struct {
		const char *directory;
		const char *file;
	} cases[] = {{DROP_INS, DROP_INS}, {"/etc/nestxml", ADMIN_FILE}, {"/usr/share/nestxml", VENDOR_FILE}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_directory(*state, cases[i].directory);
		assert_int_equal(chmod(tree_path(*state, cases[i].directory), 0), 0);
		become_nobody();
		check_file_refused(*state, cases[i].file, "Permission denied");
		become_oneself();
		assert_int_equal(chmod(tree_path(*state, cases[i].directory), 0755), 0);
	}
}

static void test_links_in_a_circle_are_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "");
		assert_int_equal(unlink(tree_path(*state, places[i])), 0);
		assert_int_equal(symlink(strrchr(places[i], '/') + 1, tree_path(*state, places[i])), 0);
		check_file_refused(*state, places[i], "symbolic links");
	}
}

/* The policy is there and cannot be read: whoever was kept from nesting by it must not get it. */
static void test_a_dangling_link_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "");
		assert_int_equal(unlink(tree_path(*state, places[i])), 0);
		assert_int_equal(symlink("nowhere", tree_path(*state, places[i])), 0);
		check_file_refused(*state, places[i], "/nowhere, which is not there");
	}
}

static void test_a_dangling_link_in_the_directorys_place_is_refused(void **state)
{
	tree_directory(*state, "/etc/nestxml");
	assert_int_equal(symlink("nowhere", tree_path(*state, DROP_INS)), 0);
	check_file_refused(*state, DROP_INS, "a link on its path leads to /etc/nestxml/nowhere, which is not there");
}

/* The place of the policy is one that is not mounted yet: without it every start would pass. */
static void test_a_link_on_the_way_that_leads_nowhere_is_refused(void **state)
{
	static const struct {
		const char *link;
		const char *target;
		const char *file;
		const char *missing;
	} cases[] = {
		{"/etc/nestxml", "/srv/policy", ADMIN_FILE, "/srv"},
		{"/etc/nestxml", "../srv/policy/", ADMIN_FILE, "/srv"},
		{"/usr/share/nestxml", "/srv/a/../policy", VENDOR_FILE, "/srv"},
		{"/etc", "/srv/etc", ADMIN_FILE, "/srv"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char words[256];

		tree_clear(*state);
		tree_directory(*state, cases[i].link);
		assert_int_equal(rmdir(tree_path(*state, cases[i].link)), 0);
		assert_int_equal(symlink(cases[i].target, tree_path(*state, cases[i].link)), 0);
		snprintf(words, sizeof(words), "a link on its path leads to %s, which is not there", cases[i].missing);
		check_file_refused(*state, cases[i].file, words);
	}
	/* What a link leads to is there; that there is no policy in it is no error. */
	tree_clear(*state);
	tree_directory(*state, "/etc");
	tree_directory(*state, "/srv/policy");
	assert_int_equal(symlink("/srv/policy", tree_path(*state, "/etc/nestxml")), 0);
	nestxml_config_free(load(*state));
	tree_write(*state, "/srv/policy/nestxml.conf.d/a.conf", "[default]\nnested = sometimes\n");
	check_refused(*state, 2, "policy file " DROP_INS "/a.conf:2: ", "sometimes");
}

/* Who can rename a directory on the way can put a policy of their own in place of root's. */
static void test_whoever_can_write_on_the_way_to_a_policy_has_it_refused(void **state)
{
	static const char *const directories[] = {"/",	  "/etc",	   "/etc/nestxml", DROP_INS,
						  "/srv", "/srv/policies", "/usr",	   "/usr/share/nestxml"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct nestxml_error error = {0};
		struct nestxml_config *config = NULL;
		char path[512];

		tree_clear(*state);
		tree_write(*state, VENDOR_FILE, "[default]\n");
		tree_write(*state, "/srv/policies/site.conf", "[default]\n");
		tree_directory(*state, DROP_INS);
		assert_int_equal(symlink("/srv/policies/site.conf", tree_path(*state, ADMIN_FILE)), 0);
		nestxml_config_free(load(*state));
		snprintf(path, sizeof(path), "%s", tree_path(*state, directories[i]));
		for (mode_t bad = 0720; bad; bad = bad == 0720 ? 0702 : bad == 0702 ? 01777 : 0) {
			assert_int_equal(chmod(path, bad), 0);
			CHECK(nestxml_config_new(((struct tree *)*state)->root, &config, &error) == NESTXML_E_CONFIG, "%s", path);
			CHECK(strstr(error.message, "is writable by users other than its owner") && strstr(error.message, directories[i]),
			      "%s", error.message);
		}
		assert_int_equal(chmod(path, 0755), 0);
		if (geteuid() != 0)
			continue;
		assert_int_equal(chown(path, 12345, 0), 0);
		CHECK(nestxml_config_new(((struct tree *)*state)->root, &config, &error) == NESTXML_E_CONFIG, "%s", path);
		CHECK(strstr(error.message, "does not belong to root") && strstr(error.message, directories[i]), "%s", error.message);
		assert_int_equal(chown(path, 0, 0), 0);
	}
}

/* As a directory that is another host's root would have it. */
static void test_a_link_does_not_lead_out_of_the_root(void **state)
{
	struct nestxml_config *config;

	tree_directory(*state, "/etc/nestxml");
	tree_write(*state, "/policy.conf", "[default]\nnested = require\n");
	assert_int_equal(symlink("../../../../../../../../policy.conf", tree_path(*state, ADMIN_FILE)), 0);
	config = load(*state);
	assert_int_equal(config->sections_count, 1);
	nestxml_config_free(config);
}

static void test_a_path_that_is_too_long_is_refused_and_not_cut(void **state)
{
	char path[2048] = "/etc/nestxml";
	struct nestxml_error error;
	int fd;

	tree_directory(*state, path);
	while (strlen(path) < 1500)
		strcat(path, "/.");
	strcat(path, "/missing");
	assert_int_equal(nestxml_trusted_open(((struct tree *)*state)->root, path, &fd, &error), NESTXML_E_CONFIG);
	assert_int_equal(fd, -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_file_that_others_can_write_is_refused),
		TREE_TEST(test_a_file_that_only_its_owner_can_write_is_good),
		TREE_TEST(test_a_file_of_another_user_is_refused),
		TREE_TEST(test_what_a_link_leads_to_is_not_to_be_changed),
		TREE_TEST(test_a_file_of_ones_own_is_good),
		TREE_TEST(test_a_directory_in_a_files_place_is_refused),
		TREE_TEST(test_a_fifo_in_a_files_place_is_refused),
		TREE_TEST(test_a_device_in_a_files_place_is_refused),
		TREE_TEST(test_a_file_in_the_directorys_place_is_refused),
		TREE_TEST(test_a_file_that_cannot_be_read_is_refused),
		TREE_TEST(test_a_directory_that_cannot_be_read_is_refused),
		TREE_TEST(test_links_in_a_circle_are_refused),
		TREE_TEST(test_a_path_that_is_too_long_is_refused_and_not_cut),
		TREE_TEST(test_a_dangling_link_is_refused),
		TREE_TEST(test_a_dangling_link_in_the_directorys_place_is_refused),
		TREE_TEST(test_a_link_on_the_way_that_leads_nowhere_is_refused),
		TREE_TEST(test_whoever_can_write_on_the_way_to_a_policy_has_it_refused),
		TREE_TEST(test_a_link_does_not_lead_out_of_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
