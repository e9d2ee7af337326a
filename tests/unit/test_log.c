/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_log.c - a log that is read, one that nobody reads, and none. The test is compiled with a log of its own (LOG_SOCKET). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "log.h"

static char directory[] = "/tmp/nestxml-log-XXXXXX";

static int make_log(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char path[64];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(path, sizeof(path), "%s/log", directory);
	unlink(path);
	setenv("NESTXML_TEST_LOG", path, 1);
	strcpy(address.sun_path, path);
	*state = (void *)(intptr_t)fd;
	return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof(address));
}

static int remove_log(void **state)
{
	close((int)(intptr_t)*state);
	return unlink(getenv("NESTXML_TEST_LOG"));
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What @function writes to stderr. */
static char *catch_stderr(void (*function)(void), char *text, size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	ssize_t length;

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	function();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	length = pread(fileno(file), text, size - 1, 0);
	text[length > 0 ? length : 0] = '\0';
	fclose(file);
	return text;
}

static void a_line_has_the_form_of_syslog(void **state)
{
	char line[256];
	char wanted[128];
	ssize_t length;

	log_open("nestxml-hook");
	errno = ENOENT;
	log_write(LOG_WARNING, "guest '%s': %m", "web");
	assert_int_equal(errno, ENOENT);
	length = recv((int)(intptr_t)*state, line, sizeof(line) - 1, 0);
	assert_true(length > 0);
	line[length] = '\0';
	snprintf(wanted, sizeof(wanted), "<28>nestxml-hook[%d]: guest 'web': No such file or directory",
		 (int)getpid()); /* daemon.warning */
	assert_string_equal(line, wanted);
}

static void a_long_line_is_cut(void **state)
{
	static char text[20000];
	static char line[20000];
	ssize_t length;

	memset(text, 'x', sizeof(text) - 1);
	log_open("nestxml-hook");
	log_write(LOG_INFO, "%s", text);
	length = recv((int)(intptr_t)*state, line, sizeof(line), 0);
	assert_true(length >= 8000 && length <= 8192);
}

static void log_a_lot(void)
{
	log_open("nestxml-hook");
	for (int i = 0; i < 2000; i++)
		log_write(LOG_WARNING, "line %d", i);
}

/* With syslog(3) in place of log_write() this never ends. */
static void a_log_that_nobody_reads_is_not_waited_for(void **state)
{
	static char text[200000];
	double start = now();
	char line[256];
	int taken = 0;
	int told = 0;

	catch_stderr(log_a_lot, text, sizeof(text));
	assert_true(now() - start < 1.0);
	while (recv((int)(intptr_t)*state, line, sizeof(line), 0) > 0)
		taken++;
	for (const char *at = text; (at = strstr(at, "cannot write to the system's log; the message was: line ")); at++)
		told++;
	assert_true(taken > 0 && told > 0);
	assert_int_equal(taken + told, 2000);
}

static void say_one(void)
{
	log_open("nestxml-hook");
	log_write(LOG_WARNING, "one");
}

static void without_a_log_nothing_is_said(void **state)
{
	char text[256];

	(void)state;
	setenv("NESTXML_TEST_LOG", "/nowhere/log", 1);
	assert_string_equal(catch_stderr(say_one, text, sizeof(text)), "");
}

static void close_and_say(void)
{
	log_write(LOG_WARNING, "one");
}

static void a_log_that_goes_away_is_no_error(void **state)
{
	char text[256];

	log_open("nestxml-hook");
	shutdown((int)(intptr_t)*state, SHUT_RDWR);
	assert_string_equal(catch_stderr(close_and_say, text, sizeof(text)), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_has_the_form_of_syslog, make_log, remove_log),
		cmocka_unit_test_setup_teardown(a_long_line_is_cut, make_log, remove_log),
		cmocka_unit_test_setup_teardown(a_log_that_nobody_reads_is_not_waited_for, make_log, remove_log),
		cmocka_unit_test(without_a_log_nothing_is_said),
		cmocka_unit_test_setup_teardown(a_log_that_goes_away_is_no_error, make_log, remove_log),
	};
	int failed;

	if (!mkdtemp(directory))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return failed;
}
