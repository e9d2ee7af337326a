/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main.c - the filter: domain XML in, domain XML whose CPU states nested virtualization out. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "diff.h"
#include "dlsym.h"
#include "io.h"
#include "macros.h"
#include "replace.h"
#include "splice.h"
#include "version.h"

enum status {
	STATUS_DONE = 0,
	STATUS_WOULD_CHANGE = 1,
	STATUS_USAGE = 2,
	STATUS_REFUSED = 3,
	STATUS_NOT_APPLICABLE = 4,
	STATUS_IO = 5,
};

enum action { ACTION_WRITE, ACTION_CHECK, ACTION_DIFF };

struct options {
	bool by_policy; /* and not by @nested */
	enum nestxml_nested nested;
	enum nestxml_mode mode;
	enum nestxml_vendor vendor; /* NONE: this host's */
	enum action action;
	bool in_place;
	const char *output; /* NULL: stdout */
	bool quiet;
	bool verbose;
};

/* One input and what became of it. */
struct job {
	const struct options *options;
	const char *path; /* NULL: stdin */
	char label[512];  /* how messages name it */
	struct stat was;  /* the input when it was opened */
	bool replaces_input;
	char *xml;
	size_t length;
	struct nestxml_domain *domain;
	enum nestxml_nested nested;
	enum nestxml_mode mode;
	struct nestxml_edits *edits; /* NULL: the guest is to be left alone */
};

static const char help[] = "Usage: nestxml [OPTION...] [FILE], or nestxml -i [OPTION...] FILE...\n"
			   "Rewrites the <cpu> of a libvirt domain's XML to state nested virtualization, and\n"
			   "touches no other byte. Reads FILE or stdin, writes stdout.\n"
			   " virsh dumpxml --inactive --security-info VM | nestxml | virsh define /dev/stdin\n"
			   "\n"
			   "  -n, --nested=WHAT    require (default), optional or disable; policy: as the\n"
			   "                       guest's policy says (policy files, metadata or CPU)\n"
			   "  -m, --mode=MODE      keep (default), host-model, host-passthrough or maximum;\n"
			   "                       without a usable <cpu>, keep means host-model\n"
			   "      --vendor=VENDOR  intel (vmx), amd (svm) or auto (default): this host's,\n"
			   "                       or amd for a guest that QEMU emulates\n"
			   "  -i, --in-place       rewrite each FILE itself, whole or not at all\n"
			   "  -o, --output=FILE    write FILE, whole or not at all\n"
			   "  -c, --check          print nothing, exit 1 if it would change\n"
			   "  -d, --diff           print a unified diff instead, exit 1 if it would change\n"
			   "  -q, --quiet          no warnings\n"
			   "  -v, --verbose        say on stderr what was decided\n"
			   "  -h, --help           this text; more: man nestxml\n"
			   "  -V, --version        the version\n"
			   "\n"
			   "Exit status: 0 done, 1 would change (-c, -d), 2 usage, 3 input refused,\n"
			   "4 nesting does not apply here, 5 failed: I/O, memory, libxml2, or the policy.\n";

static int usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int usage(const char *format, ...)
{
	va_list arguments;

	fputs("nestxml: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputs("; see nestxml --help\n", stderr);
	return STATUS_USAGE;
}

/* ---- one input ---- */

static enum status status_of(enum nestxml_code code)
{
	switch (code) {
	case NESTXML_E_SYNTAX:
	case NESTXML_E_DTD:
	case NESTXML_E_ENCODING:
	case NESTXML_E_TOO_BIG:
	case NESTXML_E_ROOT:
	case NESTXML_E_INTERNAL:
		return STATUS_REFUSED;
	case NESTXML_E_TYPE:
	case NESTXML_E_ARCH:
	case NESTXML_E_ENCRYPTED:
	case NESTXML_E_TCG:
	case NESTXML_E_VENDOR:
		return STATUS_NOT_APPLICABLE;
	default:
		return STATUS_IO;
	}
}

/* What the caller of this filter can do; the library does not know who calls it. */
static const char *advise(enum nestxml_code code)
{
	switch (code) {
	case NESTXML_E_TYPE:
	case NESTXML_E_ARCH:
		return "; leave this guest as it is";
	case NESTXML_E_VENDOR:
		return "; use --vendor=intel or --vendor=amd";
	default:
		return "";
	}
}

static enum status fail(const struct job *job, const struct nestxml_error *error)
{
	char place[32] = "";
	char shown[256];

	if (error->line > 0 && error->column > 0)
		snprintf(place, sizeof(place), ":%u:%u", error->line, error->column);
	else if (error->line > 0)
		snprintf(place, sizeof(place), ":%u", error->line);
	if (job->domain)
		fprintf(stderr, "nestxml: %s: guest '%s': %s%s\n", job->label,
			nestxml_text_escape(nestxml_domain_get_name(job->domain), shown, sizeof(shown)), error->message,
			advise(error->code));
	else
		fprintf(stderr, "nestxml: %s%s: %s\n", job->label, place, error->message);
	return status_of(error->code);
}

static enum status fail_io(const char *label, const char *what, int code)
{
	const char *reason = replace_strerror(code);

	if (code == -EBADF)
		reason = "it is closed";
	else if (code == -EINVAL)
		reason = "it is not a regular file";
	else if (code == -EMLINK)
		reason = "write to another file with -o";

	fprintf(stderr, "nestxml: %s %s: %s\n", *label ? label : "''", what, reason);
	return STATUS_IO;
}

/* Some file systems report a full disk only when the file is closed. */
static enum status finish_stdout(int code, enum status status)
{
	if (code == 0 && close(STDOUT_FILENO) < 0)
		code = -errno;
	return code == 0 ? status : fail_io("stdout", "cannot be written", code);
}

/* Whether @path, which may be NULL, leads to that file. */
static bool is_file(const char *path, const struct stat *file)
{
	struct stat status;

	return path && stat(path, &status) == 0 && status.st_dev == file->st_dev && status.st_ino == file->st_ino;
}

static enum status read_input(struct job *job)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (job->options->in_place ? O_NONBLOCK : 0);
	AUTO_CLOSE int opened = job->path ? open(job->path, flags) : -1;
	int fd = job->path ? opened : STDIN_FILENO;
	int code;

	if (fd < 0)
		return fail_io(job->label, "cannot be opened", -errno);
	if (fstat(fd, &job->was) < 0)
		return fail_io(job->label, "cannot be read", -errno);
	/* What is rewritten in place must be a file: a pipe would be drained, or waited for. */
	if (job->options->in_place && !S_ISREG(job->was.st_mode))
		return fail_io(job->label, "cannot be rewritten in place", -EINVAL);
	job->replaces_input = job->options->in_place || is_file(job->options->output, &job->was);
	code = io_read(fd, NESTXML_MAX_SIZE, 0, &job->xml, &job->length);
	return code == 0 ? STATUS_DONE : fail_io(job->label, "cannot be read", code);
}

/* The host is asked only where its answer matters. */
static enum nestxml_vendor find_vendor(const struct job *job)
{
	if (job->options->vendor != NESTXML_VENDOR_NONE)
		return job->options->vendor;
	if (nestxml_domain_is_tcg(job->domain))
		return nestxml_domain_get_vendor(job->domain, NESTXML_VENDOR_NONE);
	return nestxml_host_detect_vendor("/");
}

static size_t count_edits(const struct job *job)
{
	return job->edits ? nestxml_edits_count(job->edits) : 0;
}

static void warn(const struct job *job, const char *guest, const char *warning)
{
	if (!job->options->quiet)
		fprintf(stderr, "nestxml: %s: guest '%s': warning: %s\n", job->label, guest, warning);
}

static void tell(const struct job *job, enum nestxml_vendor vendor)
{
	size_t count = count_edits(job);
	char guest[256];

	nestxml_text_escape(nestxml_domain_get_name(job->domain), guest, sizeof(guest));
	if (nestxml_domain_is_live(job->domain))
		warn(job, guest,
		     "this is the XML of a running guest, not its stored definition; use what virsh dumpxml --inactive --security-info prints");
	for (size_t i = 0; job->edits && i < nestxml_edits_count_warnings(job->edits); i++)
		warn(job, guest, nestxml_edits_get_warning(job->edits, i));
	if (job->options->verbose)
		fprintf(stderr, "nestxml: %s: guest '%s': nested=%s with %s: %zu %s\n", job->label, guest,
			nestxml_nested_to_string(job->nested), vendor ? nestxml_vendor_feature(vendor) : "no feature", count,
			count == 1 ? "edit" : "edits");
}

/*
 * The policy files need libinih, which costs every start a tenth of its time (tests/bench): so the library is loaded when its policy is
 * asked for. It reads the document itself, since this program's own objects may be of another version.
 */
/* clang-format off */
#define FUNCTIONS(use)              \
	use(nestxml_config_new)     \
	use(nestxml_config_resolve) \
	use(nestxml_config_free)    \
	use(nestxml_domain_new)     \
	use(nestxml_domain_free)
/* clang-format on */

FUNCTIONS(DLSYM_DEFINE_STATIC)

static bool load_library(char *reason, size_t size)
{
	static const struct dlsym_function functions[] = { FUNCTIONS(DLSYM_ROW) };

	return dlsym_load("libnestxml.so.0", RTLD_NOW, functions, ARRAY_SIZE(functions), reason, size);
}

static int read_policy(struct job *job, struct nestxml_error *error)
{
	struct nestxml_config *config = NULL;
	struct nestxml_domain *domain = NULL;
	struct nestxml_policy policy;
	char reason[256];
	int code;

	if (!load_library(reason, sizeof(reason))) {
		error->code = NESTXML_E_CONFIG;
		snprintf(error->message, sizeof(error->message), "its policy cannot be read without libnestxml: %s", reason);
		return error->code;
	}
	code = sym_nestxml_config_new("/", &config, error);
	if (code == 0)
		code = sym_nestxml_domain_new(job->xml, job->length, &domain, error);
	if (code == 0)
		code = sym_nestxml_config_resolve(config, domain, &policy, error);
	if (code == 0) {
		job->nested = policy.nested;
		if (job->mode == NESTXML_MODE_KEEP)
			job->mode = policy.mode;
	}
	sym_nestxml_domain_free(domain);
	sym_nestxml_config_free(config);
	return code;
}

/* As in the hook, a policy other than require is met where nesting does not apply; what is asked on the command line is not. */
static bool need_not_apply(const struct job *job, int code)
{
	return job->options->by_policy && job->nested != NESTXML_NESTED_REQUIRE &&
	       (code == NESTXML_E_TYPE || code == NESTXML_E_ARCH || code == NESTXML_E_ENCRYPTED);
}

static enum status work_out(struct job *job)
{
	struct nestxml_error error = {0};
	enum nestxml_vendor vendor;
	int code = 0;

	job->nested = job->options->nested;
	job->mode = job->options->mode;
	if (nestxml_domain_new(job->xml, job->length, &job->domain, &error) != 0 ||
	    (job->options->by_policy && read_policy(job, &error) != 0))
		return fail(job, &error);
	vendor = find_vendor(job);
	if (job->nested != NESTXML_NESTED_LEAVE)
		code = nestxml_edits_new(job->domain, job->nested, job->mode, vendor, &job->edits, &error);
	if (code != 0 && !need_not_apply(job, code))
		return fail(job, &error);
	tell(job, vendor);
	return STATUS_DONE;
}

/* The input must still be what it was; any other file is overwritten, whatever it is. */
static enum status replace(const struct job *job, const char *path, const char *label)
{
	const char *reason = NULL;
	int code = replace_file(path, job->xml, job->length, job->edits, job->replaces_input ? &job->was : NULL, &reason);

	return code == 0 ? STATUS_DONE : fail_io(label, reason, code);
}

static enum status write_out(struct job *job)
{
	const struct options *options = job->options;
	bool changes = count_edits(job) > 0;
	int code = 0;

	if (options->action == ACTION_CHECK)
		return changes ? STATUS_WOULD_CHANGE : STATUS_DONE;
	if (options->in_place) /* the file stays untouched where there is nothing to change */
		return changes ? replace(job, job->path, job->label) : STATUS_DONE;
	if (options->output) {
		char label[512];

		return replace(job, options->output, nestxml_text_escape(options->output, label, sizeof(label)));
	}
	if (options->action == ACTION_DIFF)
		code = diff_write(STDOUT_FILENO, job->label, job->xml, job->length, job->edits, isatty(STDOUT_FILENO));
	else
		code = splice_write(STDOUT_FILENO, job->xml, job->length, job->edits);
	return finish_stdout(code, options->action == ACTION_DIFF && changes ? STATUS_WOULD_CHANGE : STATUS_DONE);
}

static void clear_job(struct job *job)
{
	nestxml_edits_free(job->edits);
	nestxml_domain_free(job->domain);
	free(job->xml);
}

static enum status run_job(const struct options *options, const char *path)
{
	CLEANUP(clear_job) struct job job = {.options = options, .path = path};
	enum status status;

	nestxml_text_escape(path ? path : "stdin", job.label, sizeof(job.label));
	status = read_input(&job);
	if (status == STATUS_DONE)
		status = work_out(&job);
	if (status == STATUS_DONE)
		status = write_out(&job);
	return status;
}

/* ---- the command line ---- */

static int usage_word(const char *option, const char *word, const char *expected)
{
	char shown[128];

	return usage("option '--%s' does not take '%s'; expected %s", option, nestxml_text_escape(word, shown, sizeof(shown)), expected);
}

#define OPTION_VENDOR 256 /* it has no letter */
#define SHORT_OPTIONS ":n:m:io:cdqvhV"

/*
 * getopt leaves a short option's letter in optopt, and a long option in argv. If it knows the long one, optopt has its letter too: then
 * the value is missing, or there is one that it does not take. The word before optind is that of an unknown letter only if it ends with it.
 */
static int usage_option(int problem, char **argv)
{
	const char *word = argv[optind - 1];
	bool is_known = optopt == OPTION_VENDOR || (optopt != 0 && strchr(SHORT_OPTIONS, optopt));
	bool is_long = optopt == 0 || (is_known && strncmp(word, "--", 2) == 0);
	char name[64] = {'-', (char)optopt, '\0'};
	char shown[256];

	if (is_long)
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	nestxml_text_escape(name, shown, sizeof(shown));
	if (problem == ':')
		return usage("option '%s' requires a value", shown);
	if (is_long && is_known)
		return usage("option '%s' takes no value", shown);
	return usage("option '%s' is not known", shown);
}

static int print(const char *text)
{
	return (int)finish_stdout(io_write(STDOUT_FILENO, text, strlen(text)), STATUS_DONE);
}

/* Returns -1 to go on, else the exit status. */
static int parse_option(struct options *options, int option, const char *word)
{
	switch (option) {
	case 'n':
		options->by_policy = strcmp(word, "policy") == 0;
		if (options->by_policy)
			return -1;
		if (nestxml_nested_from_string(word, &options->nested) != 0 || options->nested == NESTXML_NESTED_LEAVE)
			return usage_word("nested", word, "require, optional, disable or policy");
		return -1;
	case 'm':
		return nestxml_mode_from_string(word, &options->mode) == 0
			       ? -1
			       : usage_word("mode", word, "keep, host-model, host-passthrough or maximum");
	case OPTION_VENDOR:
		options->vendor = NESTXML_VENDOR_NONE;
		if (strcmp(word, "auto") == 0 || nestxml_vendor_from_string(word, &options->vendor) == 0)
			return -1;
		return usage_word("vendor", word, "auto, intel or amd");
	case 'i':
		options->in_place = true;
		return -1;
	case 'o':
		options->output = word;
		return -1;
	case 'c':
	case 'd':
		if (options->action != ACTION_WRITE && options->action != (option == 'c' ? ACTION_CHECK : ACTION_DIFF))
			return usage("options '-c' and '-d' exclude each other");
		options->action = option == 'c' ? ACTION_CHECK : ACTION_DIFF;
		return -1;
	case 'q':
		options->quiet = true;
		return -1;
	case 'v':
		options->verbose = true;
		return -1;
	case 'h':
		return print(help);
	default:
		return print("nestxml " NESTXML_VERSION "\n");
	}
}

static int parse_options(struct options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"nested", required_argument, NULL, 'n'},
		{"mode", required_argument, NULL, 'm'},
		{"vendor", required_argument, NULL, OPTION_VENDOR},
		{"in-place", no_argument, NULL, 'i'},
		{"output", required_argument, NULL, 'o'},
		{"check", no_argument, NULL, 'c'},
		{"diff", no_argument, NULL, 'd'},
		{"quiet", no_argument, NULL, 'q'},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int option;
	int status = -1;

	while (status < 0 && (option = getopt_long(argc, argv, SHORT_OPTIONS, long_options, NULL)) != -1)
		status = option == '?' || option == ':' ? usage_option(option, argv) : parse_option(options, option, optarg);
	if (status >= 0)
		return status;
	if (options->in_place && (options->output || options->action != ACTION_WRITE))
		return usage("option '-i' cannot be combined with '-o', '-c' or '-d'");
	if (options->output && options->action != ACTION_WRITE)
		return usage("option '-o' cannot be combined with '-c' or '-d'");
	if (options->output && (options->output[0] == '\0' || strcmp(options->output, "-") == 0))
		return usage("option '-o' requires the name of a file; without it the output goes to stdout");
	if (options->in_place && optind == argc)
		return usage("option '-i' requires a FILE");
	if (!options->in_place && argc - optind > 1)
		return usage("more than one FILE can only be rewritten in place, with '-i'");
	return -1;
}

int main(int argc, char **argv)
{
	struct options options = {.nested = NESTXML_NESTED_REQUIRE};
	enum status worst = STATUS_DONE;
	int status;

	io_guard_descriptors();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error like others: it has a message and an exit status */
	signal(SIGXFSZ, SIG_IGN);
	unsetenv("POSIXLY_CORRECT"); /* getopt_long() would treat an option that follows a FILE as another FILE */
	status = parse_options(&options, argc, argv);
	if (status >= 0)
		return status;
	if (optind == argc || (!options.in_place && strcmp(argv[optind], "-") == 0))
		return (int)run_job(&options, NULL);
	for (int i = optind; i < argc; i++) {
		enum status one = run_job(&options, argv[i]);

		worst = one > worst ? one : worst;
	}
	return (int)worst;
}
