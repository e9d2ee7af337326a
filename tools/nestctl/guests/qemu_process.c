/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu.c - a QEMU's command line and log, read as what anybody may have written. */
#include "guests/qemu_process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "io.h"
#include "macros.h"

#define RUN_FOLDER "/run/libvirt/qemu"
#define LOG_FOLDER "/var/log/libvirt/qemu"
#define LIMIT ((size_t)1 << 20) /* of a command line, and of the end of a log */

/* ---- the command line ---- */

/* The argument behind the one at @at; NULL: there is none. */
static const char *next_argument(const char *line, size_t length, const char *at)
{
	at += strlen(at) + 1;
	return at < line + length ? at : NULL;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static enum qemu_switch read_switch(const char *text, size_t length)
{
	static const struct {
		const char *word;
		enum qemu_switch value;
	} words[] = {
		{"on", QEMU_SWITCH_ON},	  {"yes", QEMU_SWITCH_ON}, {"true", QEMU_SWITCH_ON},   {"y", QEMU_SWITCH_ON},
		{"off", QEMU_SWITCH_OFF}, {"no", QEMU_SWITCH_OFF}, {"false", QEMU_SWITCH_OFF}, {"n", QEMU_SWITCH_OFF},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is_word(text, length, words[i].word))
			return words[i].value;
	return QEMU_SWITCH_UNSTATED;
}

/* QEMU takes the last of several, and all "+feature" behind them, and all "-feature" behind those. */
static enum qemu_switch find_switch(const char *options, const char *feature)
{
	size_t size = strlen(feature);
	enum qemu_switch stated = QEMU_SWITCH_UNSTATED;
	bool added = false;
	bool removed = false;

	while (*options == ',') {
		size_t length = strcspn(++options, ",");

		if (is_word(options, length, feature))
			stated = QEMU_SWITCH_ON;
		else if (length > size && options[size] == '=' && memcmp(options, feature, size) == 0)
			stated = read_switch(options + size + 1, length - size - 1);
		else if (length > 0 && is_word(options + 1, length - 1, feature)) {
			added = added || *options == '+';
			removed = removed || *options == '-';
		}
		options += length;
	}
	if (removed)
		return QEMU_SWITCH_OFF;
	return added ? QEMU_SWITCH_ON : stated;
}

static void parse_cpu(struct qemu_command *command, const char *value)
{
	size_t length = strcspn(value, ",");

	snprintf(command->model, sizeof(command->model), "%.*s", (int)(length < INT_MAX ? length : INT_MAX), value);
	command->vmx = find_switch(value + length, "vmx");
	command->svm = find_switch(value + length, "svm");
}

static void parse_accel(struct qemu_command *command, const char *value)
{
	size_t length = strcspn(value, ",");
	enum qemu_accelerator found = QEMU_ACCELERATOR_OTHER;

	if (is_word(value, length, "kvm"))
		found = QEMU_ACCELERATOR_KVM;
	else if (is_word(value, length, "tcg"))
		found = QEMU_ACCELERATOR_TCG;
	if (command->accelerator != QEMU_ACCELERATOR_UNSTATED && command->accelerator != found)
		found = QEMU_ACCELERATOR_OTHER;
	command->accelerator = found;
}

/* An older libvirt states the accelerator of the machine: "-machine pc-i440fx-2.8,accel=kvm". */
static void parse_machine(struct qemu_command *command, const char *value)
{
	while (*value) {
		size_t length = strcspn(value, ",");

		if (length > 6 && memcmp(value, "accel=", 6) == 0)
			parse_accel(command, value + 6);
		value += length + (value[length] == ',');
	}
}

static void parse_enable_kvm(struct qemu_command *command, const char *value)
{
	(void)value;
	parse_accel(command, "kvm");
}

static void skip(struct qemu_command *command, const char *value)
{
	(void)command;
	(void)value;
}

static const struct {
	const char *name;
	bool has_value;
	void (*parse)(struct qemu_command *command, const char *value);
} options[] = {
	{"-cpu", true, parse_cpu},
	{"-accel", true, parse_accel},
	{"-machine", true, parse_machine},
	{"-M", true, parse_machine},
	{"-enable-kvm", false, parse_enable_kvm},
	{"-append", true, skip}, /* a kernel's command line is the guest's owner's own words, "-cpu" among them if he likes */
};

void qemu_command_parse(const char *line, size_t length, struct qemu_command *command)
{
	*command = (struct qemu_command){0};
	for (const char *at = length > 0 ? line : NULL; at; at = next_argument(line, length, at)) {
		for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
			const char *value = at;

			if (strcmp(at, options[i].name) != 0)
				continue;
			if (options[i].has_value)
				value = next_argument(line, length, at);
			if (!value)
				return;
			options[i].parse(command, value);
			at = value;
			break;
		}
	}
}

/* "guest=NAME,debug-threads=on": a comma in the name is doubled. */
static bool is_guest(const char *value, const char *name)
{
	if (strncmp(value, "guest=", 6) != 0)
		return false;
	for (value += 6; *name; name++, value++)
		if (*value != *name || (*name == ',' && *++value != ','))
			return false;
	return *value == '\0' || (value[0] == ',' && value[1] != ',');
}

bool qemu_command_is_of(const char *line, size_t length, const char *name, const char *uuid)
{
	bool is_named = false;
	bool is_other = false;

	for (const char *at = length > 0 ? line : NULL; at; at = next_argument(line, length, at)) {
		const char *value = next_argument(line, length, at);

		if (!value)
			break;
		is_named = is_named || (strcmp(at, "-name") == 0 && is_guest(value, name));
		is_other = is_other || (strcmp(at, "-uuid") == 0 && strcasecmp(value, uuid) != 0);
	}
	return is_named && !is_other;
}

/* ---- the process ---- */

static int read_command(const char *root, const char *id, const char *name, const char *uuid, struct qemu_command *command)
{
	char path[64];
	AUTO_FREE char *below = NULL;
	AUTO_FREE char *line = NULL;
	size_t length;
	int code;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/cmdline", id);
	below = nestxml_path_join(root, path);
	if (!below)
		return -ENOMEM;
	fd = open(below, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	code = io_read(fd, LIMIT, 0, &line, &length);
	close(fd);
	if (code != 0)
		return code;
	if (length > LIMIT)
		return -E2BIG;
	if (!qemu_command_is_of(line, length, name, uuid))
		return -ENOENT;
	qemu_command_parse(line, length, command);
	return 0;
}

/* A name that no path can be made of is no error: the guest is then looked for elsewhere. */
static bool make_path(const char *folder, const char *name, const char *suffix, char *path, size_t size)
{
	int length = snprintf(path, size, "%s/%s%s", folder, name, suffix);

	return name[0] && !strchr(name, '/') && length > 0 && (size_t)length < size;
}

static int find_by_file(const char *root, const char *name, const char *uuid, pid_t *pid, struct qemu_command *command)
{
	char path[512];
	char id[21];
	int code;

	if (!make_path(RUN_FOLDER, name, ".pid", path, sizeof(path)) || nestxml_file_read_small(root, path, id, sizeof(id)) <= 0)
		return -ENOENT;
	id[strspn(id, "0123456789")] = '\0';
	code = read_command(root, id, name, uuid, command);
	if (code == 0)
		*pid = (pid_t)strtol(id, NULL, 10);
	return code;
}

/* Anybody can start a process that calls itself so: of several none is believed. */
static int find_by_name(const char *root, const char *name, const char *uuid, pid_t *pid, struct qemu_command *command)
{
	AUTO_FREE char *proc = nestxml_path_join(root, "/proc");
	DIR *stream = proc ? opendir(proc) : NULL;
	struct qemu_command found;
	struct qemu_command one;
	unsigned int count = 0;
	long id = 0;

	for (struct dirent *entry; stream && count < 2 && (entry = readdir(stream));) {
		if (!isdigit((unsigned char)entry->d_name[0]) || read_command(root, entry->d_name, name, uuid, &one) != 0)
			continue;
		id = strtol(entry->d_name, NULL, 10);
		found = one;
		count++;
	}
	if (stream)
		closedir(stream);
	if (count != 1)
		return count == 0 ? -ENOENT : -ENOTUNIQ;
	*pid = (pid_t)id;
	*command = found;
	return 0;
}

int qemu_process_find(const char *root, const char *name, const char *uuid, pid_t *pid, struct qemu_command *command)
{
	int code = find_by_file(root, name, uuid, pid, command);

	return code == 0 ? 0 : find_by_name(root, name, uuid, pid, command);
}

/* ---- the log ---- */

/* "2026-11-22 03:10:44.190+0000: starting up libvirt version: ..."; QEMU's own lines have a T between date and time. */
static bool is_start(const char *line, size_t length)
{
	static const char shape[] = "0000-00-00 00:00:00.000+0000: starting up";

	if (length < sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '0' ? !isdigit((unsigned char)line[i]) : line[i] != shape[i])
			return false;
	return true;
}

/*
 * "... warning: host doesn't support requested feature: CPUID.80000001H:ECX.svm [bit 2]"; since QEMU 10 the register is spelt
 * "CPUID[eax=80000001h].ECX.svm". "TCG doesn't support ..." likewise.
 */
static void parse_warning(const char *line, size_t length, struct qemu_log *log)
{
	static const char words[] = "doesn't support requested feature: ";
	const char *at = memmem(line, length, words, sizeof(words) - 1);
	const char *end = line + length;
	const char *blank;
	const char *dot;

	if (!at)
		return;
	at += sizeof(words) - 1;
	blank = memchr(at, ' ', (size_t)(end - at));
	end = blank ? blank : end;
	dot = memrchr(at, '.', (size_t)(end - at));
	if (!dot)
		return;
	log->lacks_vmx = log->lacks_vmx || is_word(dot + 1, (size_t)(end - dot - 1), "vmx");
	log->lacks_svm = log->lacks_svm || is_word(dot + 1, (size_t)(end - dot - 1), "svm");
}

void qemu_log_parse(const char *text, size_t length, struct qemu_log *log)
{
	const char *end = text + length;

	*log = (struct qemu_log){0};
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((stop ? stop : end) - text);

		if (is_start(text, size))
			*log = (struct qemu_log){.started = true};
		else if (log->started)
			parse_warning(text, size, log);
		text += size + 1;
	}
}

/* Opened without waiting: a log is a file, and what is none is not read. */
static int open_end(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int saved;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) == 0) {
		errno = EINVAL;
		if (S_ISREG(status.st_mode) && lseek(fd, status.st_size > (off_t)LIMIT ? status.st_size - (off_t)LIMIT : 0, SEEK_SET) >= 0)
			return fd;
	}
	saved = errno;
	close(fd);
	return -saved;
}

static int read_end(const char *path, struct qemu_log *log)
{
	char *text;
	size_t length;
	int fd = open_end(path);
	int code;

	if (fd < 0)
		return fd;
	code = io_read(fd, LIMIT, 0, &text, &length);
	close(fd);
	if (code != 0)
		return code;
	qemu_log_parse(text, length, log);
	free(text);
	return 0;
}

int qemu_log_read(const char *root, const char *name, struct qemu_log *log)
{
	char path[512];
	AUTO_FREE char *below = NULL;

	if (!make_path(LOG_FOLDER, name, ".log", path, sizeof(path)))
		return -EINVAL;
	below = nestxml_path_join(root, path);
	return below ? read_end(below, log) : -ENOMEM;
}

/* ---- the verdict ---- */

enum model { MODEL_HOST, MODEL_SVM, MODEL_OTHER };

static enum model classify_model(const char *model)
{
	if (strcmp(model, "host") == 0 || strcmp(model, "max") == 0)
		return MODEL_HOST;
	if (model[0] == '\0') /* QEMU's own choice is qemu64 */
		return MODEL_SVM;
	return nestxml_model_has_feature(model, NESTXML_VENDOR_AMD) ? MODEL_SVM : MODEL_OTHER;
}

bool qemu_facts_is_emulated(const struct qemu_facts *facts)
{
	return facts->has_command ? facts->command.accelerator == QEMU_ACCELERATOR_TCG : facts->is_emulated;
}

enum nestxml_vendor qemu_facts_vendor(const struct qemu_facts *facts)
{
	return qemu_facts_is_emulated(facts) ? NESTXML_VENDOR_AMD : facts->vendor;
}

/* QEMU's emulation has svm on every host, and all that its model has. */
static enum qemu_verdict decide_emulated(const struct qemu_facts *facts)
{
	if (facts->command.svm == QEMU_SWITCH_OFF)
		return QEMU_VERDICT_SWITCHED_OFF;
	if (facts->log == QEMU_ANSWER_YES)
		return QEMU_VERDICT_LOG_LACKS;
	if (facts->command.svm == QEMU_SWITCH_ON)
		return QEMU_VERDICT_STATED;
	return classify_model(facts->command.model) == MODEL_OTHER ? QEMU_VERDICT_MODEL_LACKS : QEMU_VERDICT_MODEL_HAS;
}

/*
 * Under KVM QEMU takes svm out of every named model, and vmx is in none: there the feature counts only where it is stated. The log is
 * silent about a feature that nobody stated.
 */
static enum qemu_verdict decide_kvm(const struct qemu_facts *facts)
{
	bool is_intel = facts->vendor == NESTXML_VENDOR_INTEL;
	enum qemu_switch feature = is_intel ? facts->command.vmx : facts->command.svm;

	if (facts->vendor == NESTXML_VENDOR_NONE)
		return QEMU_VERDICT_NO_VENDOR;
	if (feature == QEMU_SWITCH_OFF)
		return QEMU_VERDICT_SWITCHED_OFF;
	if (facts->state == NESTXML_STATE_OFF || facts->state == NESTXML_STATE_UNSUPPORTED)
		return QEMU_VERDICT_HOST_OFF;
	if (facts->log == QEMU_ANSWER_YES)
		return QEMU_VERDICT_LOG_LACKS;
	if (feature == QEMU_SWITCH_UNSTATED && classify_model(facts->command.model) != MODEL_HOST)
		return QEMU_VERDICT_MODEL_LACKS;
	if (facts->state == NESTXML_STATE_ON)
		return feature == QEMU_SWITCH_ON ? QEMU_VERDICT_STATED : QEMU_VERDICT_MODEL_HAS;
	/* Nobody knows the module, but QEMU asked for the feature and did not complain. */
	return feature == QEMU_SWITCH_ON && facts->log == QEMU_ANSWER_NO ? QEMU_VERDICT_STATED : QEMU_VERDICT_HOST_UNKNOWN;
}

static enum qemu_verdict decide_outside(const struct qemu_facts *facts)
{
	if (!facts->has_command)
		return QEMU_VERDICT_NO_PROCESS;
	switch (facts->command.accelerator) {
	case QEMU_ACCELERATOR_TCG:
		return decide_emulated(facts);
	case QEMU_ACCELERATOR_KVM:
		return decide_kvm(facts);
	default:
		return QEMU_VERDICT_ACCELERATOR;
	}
}

static enum qemu_answer ask_guest(const struct qemu_facts *facts)
{
	switch (qemu_facts_vendor(facts)) {
	case NESTXML_VENDOR_INTEL:
		return facts->guest_vmx;
	case NESTXML_VENDOR_AMD:
		return facts->guest_svm;
	default:
		return facts->guest_vmx == QEMU_ANSWER_YES ? QEMU_ANSWER_YES : facts->guest_svm;
	}
}

/* A guest can lie. So it decides alone only where nobody outside can, and where it contradicts, nothing is certain. */
enum qemu_verdict qemu_decide(const struct qemu_facts *facts)
{
	enum qemu_verdict outside = decide_outside(facts);
	enum qemu_answer inside = ask_guest(facts);

	if (inside == QEMU_ANSWER_NONE || inside == qemu_verdict_answer(outside))
		return outside;
	if (qemu_verdict_answer(outside) == QEMU_ANSWER_NONE)
		return inside == QEMU_ANSWER_YES ? QEMU_VERDICT_GUEST_HAS : QEMU_VERDICT_GUEST_LACKS;
	return inside == QEMU_ANSWER_YES ? QEMU_VERDICT_GUEST_CLAIMS : QEMU_VERDICT_GUEST_DENIES;
}

enum qemu_answer qemu_verdict_answer(enum qemu_verdict verdict)
{
	if (verdict <= QEMU_VERDICT_GUEST_HAS)
		return QEMU_ANSWER_YES;
	return verdict <= QEMU_VERDICT_GUEST_LACKS ? QEMU_ANSWER_NO : QEMU_ANSWER_NONE;
}
