/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt.c - calls libvirt, which virt_load.c loads, with libvirt's own types. */
#include "libvirt/virt.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fnmatch.h>
#include <libvirt/libvirt-qemu.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "libvirt/virt_private.h"
#include "macros.h"
#include "uuid.h"

#define QEMU_LIBRARY "libvirt-qemu.so.0"
#define UNDEFINE_KEEP_TPM (1U << 6) /* VIR_DOMAIN_UNDEFINE_KEEP_TPM, from libvirt 8.9 on */

enum known { KNOWN_NOT, KNOWN_NO, KNOWN_YES };

struct virt_domain {
	struct virt *virt;
	virDomainPtr domain;
	char uuid[VIR_UUID_STRING_BUFLEN];
	enum known running;
	enum known persistent;
	enum known saved; /* whether it has a managed save */
};

/* ---- the connection ---- */

int virt_new(struct virt **virt, struct virt_error *error)
{
	struct virt *made;

	if (virt_load(error) < 0)
		return -1;
	made = calloc(1, sizeof(*made));
	if (!made) {
		virt_fail(error, "out of memory");
		return -1; /* spelled out for the compiler's analyzer */
	}
	*virt = made;
	return 0;
}

int virt_connect(struct virt *virt, const char *uri, bool writable, struct virt_error *error)
{
	virt->connection = writable ? sym_virConnectOpen(uri) : sym_virConnectOpenReadOnly(uri);
	return virt->connection ? 0 : virt_fail_with_last(error);
}

void virt_disconnect(struct virt *virt)
{
	if (!virt->connection)
		return;
	if (virt->listens)
		virt_unlisten(virt);
	sym_virConnectClose(virt->connection);
	virt->connection = NULL;
}

int virt_open(const char *uri, bool writable, struct virt **virt, struct virt_error *error)
{
	struct virt *made;

	if (virt_new(&made, error) < 0)
		return -1;
	if (virt_connect(made, uri, writable, error) < 0) {
		virt_close(made);
		return -1;
	}
	*virt = made;
	return 0;
}

void virt_close(struct virt *virt)
{
	if (virt)
		virt_disconnect(virt);
	free(virt);
}

bool virt_is_alive(const struct virt *virt)
{
	return sym_virConnectIsAlive(virt->connection) == 1;
}

/* Copies a part of a URI, with "%2F" as "/"; cut if it does not fit. */
static void decode(const char *part, size_t length, char *text, size_t size)
{
	for (; length > 0 && size > 1; size--) {
		bool is_encoded = length > 2 && part[0] == '%' && isxdigit((unsigned char)part[1]) && isxdigit((unsigned char)part[2]);
		char digits[3] = {0};

		if (is_encoded)
			memcpy(digits, part + 1, 2);
		*text++ = is_encoded ? (char)strtoul(digits, NULL, 16) : *part;
		part += is_encoded ? 3 : 1;
		length -= is_encoded ? 3 : 1;
	}
	*text = '\0';
}

static bool is_local_socket(const char *path)
{
	static const char *const sockets[] = {"/run/libvirt/*", "/var/run/libvirt/*", "/run/user/*/libvirt/*"};

	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++)
		if (fnmatch(sockets[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

/*
 * Whether the URI states no socket, or only those where this host's daemons have theirs: any other may belong to a container or lead to
 * another host. Its parameters are read as libvirt reads them.
 */
static bool has_local_socket(const char *uri)
{
	static const char key[] = "socket=";
	const char *at = strchr(uri, '?');

	while (at && *at) {
		size_t length = strcspn(++at, "&;");
		char parameter[1024];

		decode(at, length, parameter, sizeof(parameter));
		if (strncasecmp(parameter, key, strlen(key)) == 0 && !is_local_socket(parameter + strlen(key)))
			return false;
		at += length;
	}
	return true;
}

/* "qemu:///system" and "qemu+unix:///system"; any other transport, and any host, may lead elsewhere. */
static bool is_local_uri(const char *uri)
{
	static const char *const starts[] = {"qemu:///", "qemu+unix:///"};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (strncmp(uri, starts[i], strlen(starts[i])) == 0)
			return has_local_socket(uri);
	return false;
}

int virt_ask_local_qemu(const struct virt *virt, bool *local, struct virt_error *error)
{
	const char *type = sym_virConnectGetType(virt->connection);
	AUTO_FREE char *uri = type ? sym_virConnectGetURI(virt->connection) : NULL;

	if (!uri)
		return virt_fail_with_last(error);
	*local = strcmp(type, "QEMU") == 0 && is_local_uri(uri);
	return 0;
}

bool virt_is_session(const struct virt *virt)
{
	AUTO_FREE char *uri = sym_virConnectGetURI(virt->connection);
	const char *path = uri ? strstr(uri, ":///") : NULL;

	/* Root's is the system's daemon all the same. */
	return geteuid() != 0 && path && strncmp(path, ":///session", strlen(":///session")) == 0;
}

/* ---- guests ---- */

/* As virsh does it, by the UUID first: a guest that a tenant has named after another's UUID is not found in its place. */
static virDomainPtr look_up(const struct virt *virt, const char *word)
{
	virDomainPtr found = NULL;
	struct uuid uuid;

	if (uuid_read(word, &uuid))
		found = sym_virDomainLookupByUUIDString(virt->connection, word);
	return found ? found : sym_virDomainLookupByName(virt->connection, word);
}

/* Takes @domain, which may be NULL for libvirt's last error. */
static struct virt_domain *make_domain(struct virt *virt, virDomainPtr domain)
{
	struct virt_domain *made = domain ? calloc(1, sizeof(*made)) : NULL;

	if (!made || sym_virDomainGetUUIDString(domain, made->uuid) < 0) {
		if (domain)
			sym_virDomainFree(domain);
		free(made);
		return NULL;
	}
	made->virt = virt;
	made->domain = domain;
	return made;
}

/* @answer is libvirt's: 1, 0, or -1 for an error. */
static enum known know(int answer)
{
	return answer < 0 ? KNOWN_NOT : answer == 0 ? KNOWN_NO : KNOWN_YES;
}

/* Takes @found, which may be NULL for libvirt's last error. *@domain is NULL on error. */
static int take_found(struct virt *virt, virDomainPtr found, struct virt_domain **domain, struct virt_error *error)
{
	struct virt_domain *made = make_domain(virt, found);

	*domain = NULL;
	if (made)
		made->running = know(sym_virDomainIsActive(made->domain));
	if (made && made->running != KNOWN_NOT) /* else libvirt's last error would be that of this call */
		made->persistent = know(sym_virDomainIsPersistent(made->domain));
	if (!made || made->running == KNOWN_NOT || made->persistent == KNOWN_NOT) {
		virt_fail_with_last(error);
		virt_domain_free(made);
		return -1;
	}
	*domain = made;
	return 0;
}

int virt_find(struct virt *virt, const char *word, struct virt_domain **domain, struct virt_error *error)
{
	return take_found(virt, look_up(virt, word), domain, error);
}

int virt_find_uuid(struct virt *virt, const char *uuid, struct virt_domain **domain, struct virt_error *error)
{
	return take_found(virt, sym_virDomainLookupByUUIDString(virt->connection, uuid), domain, error);
}

void virt_domain_free(struct virt_domain *domain)
{
	if (domain)
		sym_virDomainFree(domain->domain);
	free(domain);
}

/* Takes the @count domains of @found, and @found. Returns an array of as many; NULL: out of memory. */
static struct virt_domain **make_domains(struct virt *virt, virDomainPtr *found, size_t count)
{
	struct virt_domain **made = calloc(count + 1, sizeof(struct virt_domain *));
	size_t made_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct virt_domain *domain = make_domain(virt, found[i]);

		if (made && domain)
			made[made_count++] = domain;
		else
			virt_domain_free(domain);
	}
	free(found);
	if (made && made_count == count)
		return made;
	virt_list_free(made, made_count);
	return NULL;
}

static int compare_uuids(const void *a, const void *b)
{
	return strcmp((*(struct virt_domain *const *)a)->uuid, (*(struct virt_domain *const *)b)->uuid);
}

/* Where libvirt's answer to one of the questions is kept. */
static enum known *running_of(struct virt_domain *domain)
{
	return &domain->running;
}

static enum known *persistent_of(struct virt_domain *domain)
{
	return &domain->persistent;
}

static enum known *saved_of(struct virt_domain *domain)
{
	return &domain->saved;
}

/*
 * One question for all of them: one for each would be a tenth of what a rewrite costs (tests/bench/stored.c). @domains are in the order of
 * their UUIDs.
 */
static int know_all(struct virt *virt, struct virt_domain **domains, size_t count, unsigned int flag,
		    enum known *(*place)(struct virt_domain *), struct virt_error *error)
{
	virDomainPtr *found;
	int found_count = sym_virConnectListAllDomains(virt->connection, &found, flag);

	if (found_count < 0)
		return virt_fail_with_last(error);
	for (size_t i = 0; i < count; i++)
		*place(domains[i]) = KNOWN_NO;
	for (int i = 0; i < found_count; i++) {
		struct virt_domain key;
		const struct virt_domain *at = &key;
		struct virt_domain **same = NULL;

		if (sym_virDomainGetUUIDString(found[i], key.uuid) == 0)
			same = bsearch(&at, domains, count, sizeof(struct virt_domain *), compare_uuids);
		if (same)
			*place(*same) = KNOWN_YES;
		sym_virDomainFree(found[i]);
	}
	free(found);
	return 0;
}

static int know_states(struct virt *virt, bool persistent, struct virt_domain **domains, size_t count, struct virt_error *error)
{
	if (know_all(virt, domains, count, VIR_CONNECT_LIST_DOMAINS_ACTIVE, running_of, error) < 0 ||
	    (!persistent && know_all(virt, domains, count, VIR_CONNECT_LIST_DOMAINS_PERSISTENT, persistent_of, error) < 0))
		return -1;
	return know_all(virt, domains, count, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, saved_of, error);
}

/* In the order of their UUIDs. */
static int find_all(struct virt *virt, bool persistent, struct virt_domain ***domains, size_t *count, struct virt_error *error)
{
	virDomainPtr *found;
	int found_count = sym_virConnectListAllDomains(virt->connection, &found, persistent ? VIR_CONNECT_LIST_DOMAINS_PERSISTENT : 0);
	struct virt_domain **made;

	if (found_count < 0)
		return virt_fail_with_last(error);
	made = make_domains(virt, found, (size_t)found_count);
	if (!made)
		return virt_fail(error, "out of memory");
	qsort(made, (size_t)found_count, sizeof(struct virt_domain *), compare_uuids);
	for (int i = 0; persistent && i < found_count; i++)
		made[i]->persistent = KNOWN_YES;
	*domains = made;
	*count = (size_t)found_count;
	return 0;
}

int virt_list_stored(struct virt *virt, struct virt_domain ***domains, size_t *count, struct virt_error *error)
{
	return find_all(virt, true, domains, count, error);
}

int virt_list(struct virt *virt, bool persistent, struct virt_domain ***domains, size_t *count, struct virt_error *error)
{
	if (find_all(virt, persistent, domains, count, error) < 0)
		return -1;
	if (know_states(virt, persistent, *domains, *count, error) < 0) {
		virt_list_free(*domains, *count);
		return -1;
	}
	return 0;
}

int virt_list_runs(struct virt *virt, struct virt_run **runs, size_t *count, struct virt_error *error)
{
	virDomainPtr *found;
	int found_count = sym_virConnectListAllDomains(virt->connection, &found, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
	struct virt_run *made;
	size_t made_count = 0;

	if (found_count < 0)
		return virt_fail_with_last(error);
	made = calloc((size_t)found_count + 1, sizeof(*made));
	for (int i = 0; i < found_count; i++) {
		if (made && sym_virDomainGetUUIDString(found[i], made[made_count].uuid) == 0)
			made[made_count++].id = (int)sym_virDomainGetID(found[i]);
		sym_virDomainFree(found[i]);
	}
	free(found);
	if (!made)
		return virt_fail(error, "out of memory");
	*runs = made;
	*count = made_count;
	return 0;
}

void virt_list_free(struct virt_domain **domains, size_t count)
{
	for (size_t i = 0; domains && i < count; i++)
		virt_domain_free(domains[i]);
	free(domains);
}

const char *virt_domain_get_name(const struct virt_domain *domain)
{
	const char *name = sym_virDomainGetName(domain->domain);

	return name ? name : "";
}

const char *virt_domain_get_uuid(const struct virt_domain *domain)
{
	return domain->uuid;
}

bool virt_domain_is_running(const struct virt_domain *domain)
{
	return domain->running != KNOWN_NOT ? domain->running == KNOWN_YES : sym_virDomainIsActive(domain->domain) == 1;
}

int virt_domain_ask_persistent(const struct virt_domain *domain, struct virt_error *error)
{
	int answer = sym_virDomainIsPersistent(domain->domain);

	if (answer < 0)
		virt_fail_with_last(error);
	return answer;
}

bool virt_domain_is_persistent(const struct virt_domain *domain)
{
	return domain->persistent != KNOWN_NOT ? domain->persistent == KNOWN_YES : sym_virDomainIsPersistent(domain->domain) == 1;
}

int virt_domain_get_xml(const struct virt_domain *domain, enum virt_xml which, char **xml, struct virt_error *error)
{
	static const unsigned int flags[] = {
		[VIRT_XML_LIVE] = 0,
		[VIRT_XML_STORED] = VIR_DOMAIN_XML_INACTIVE,
		[VIRT_XML_SECRET] = VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE,
	};

	if (which == VIRT_XML_SAVED)
		*xml = sym_virDomainManagedSaveGetXMLDesc(domain->domain, 0);
	else
		*xml = sym_virDomainGetXMLDesc(domain->domain, flags[which]);
	return *xml ? 0 : virt_fail_with_last(error);
}

/* A function of libvirt's library for QEMU alone; NULL, with an error, where there is none. */
static void *find_qemu_function(const char *name, struct virt_error *error)
{
	void *library = dlopen(QEMU_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	void *function = library ? dlsym(library, name) : NULL;

	if (!function)
		virt_fail(error, dlerror());
	return function;
}

int virt_domain_ask_agent(struct virt_domain *domain, const char *command, int seconds, char **reply, struct virt_error *error)
{
	__typeof__(virDomainQemuAgentCommand) *ask = (__typeof__(ask))find_qemu_function("virDomainQemuAgentCommand", error);

	if (!ask)
		return -1;
	*reply = ask(domain->domain, command, seconds, 0);
	return *reply ? 0 : virt_fail_with_last(error);
}

/* A command for QEMU. It is sent from a thread of its own, since libvirt waits without limit for a QEMU that hangs. */
struct question {
	__typeof__(virDomainQemuMonitorCommand) *ask;
	virDomainPtr domain; /* a reference of its own */
	char *command;
	char *reply;
	int code;
	struct virt_error error;
};

#define AUTO_QUESTION CLEANUP(free_question)
static void free_question(struct question **question)
{
	if (!*question)
		return;
	if ((*question)->domain)
		sym_virDomainFree((*question)->domain);
	free((*question)->command);
	free((*question)->reply);
	free(*question);
}

static void *ask(void *data)
{
	struct question *question = data;

	question->code = question->ask(question->domain, question->command, &question->reply, 0);
	if (question->code != 0)
		question->code = virt_fail_with_last(&question->error);
	return NULL;
}

static int fill_question(struct question *question, struct virt_domain *domain, const char *command, struct virt_error *error)
{
	question->ask = (__typeof__(question->ask))find_qemu_function("virDomainQemuMonitorCommand", error);
	if (!question->ask)
		return -1;
	question->command = strdup(command);
	if (!question->command)
		return virt_fail(error, "out of memory");
	if (sym_virDomainRef(domain->domain) < 0)
		return virt_fail_with_last(error);
	question->domain = domain->domain;
	return 0;
}

/* A question that gets no reply in time is never freed: its thread may still be using it. */
int virt_domain_ask_qemu(struct virt_domain *domain, const char *command, int seconds, char **reply, struct virt_error *error)
{
	AUTO_QUESTION struct question *question = calloc(1, sizeof(*question));
	struct timespec end;
	pthread_t thread;
	char text[64];

	if (!question)
		return virt_fail(error, "out of memory");
	if (fill_question(question, domain, command, error) < 0)
		return -1;
	if (pthread_create(&thread, NULL, ask, question) != 0)
		return virt_fail(error, "cannot create a thread");
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end) != 0) {
		pthread_detach(thread);
		question = NULL;
		snprintf(text, sizeof(text), "no reply within %d seconds", seconds);
		return virt_fail(error, text);
	}
	*reply = TAKE(question->reply);
	if (question->code < 0)
		*error = question->error;
	return question->code;
}

/* ---- what changes a guest ---- */

int virt_define(struct virt *virt, const char *xml, struct virt_error *error)
{
	virDomainPtr domain = sym_virDomainDefineXML(virt->connection, xml);

	if (!domain)
		return virt_fail_with_last(error);
	sym_virDomainFree(domain);
	return 0;
}

/* Unlike virDomainCreate(), virDomainCreateWithFlags() gets the number of the run in the same call. */
int virt_domain_start(struct virt_domain *domain, int *run, struct virt_error *error)
{
	if (sym_virDomainCreateWithFlags(domain->domain, 0) < 0)
		return virt_fail_with_last(error);
	*run = (int)sym_virDomainGetID(domain->domain);
	return 0;
}

int virt_domain_destroy(struct virt_domain *domain, struct virt_error *error)
{
	return sym_virDomainDestroy(domain->domain) == 0 ? 0 : virt_fail_with_last(error);
}

static bool is_flag_unknown(void)
{
	const virError *last = sym_virGetLastError();

	return last && last->code == VIR_ERR_INVALID_ARG;
}

int virt_domain_undefine(struct virt_domain *domain, struct virt_error *error)
{
	int code = sym_virDomainUndefineFlags(domain->domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM | UNDEFINE_KEEP_TPM);

	/* Under an older libvirt its owner's own undefine has not kept the TPM's state either. */
	if (code < 0 && is_flag_unknown())
		code = sym_virDomainUndefineFlags(domain->domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
	return code == 0 ? 0 : virt_fail_with_last(error);
}

/* The number in a virDomainPtr is of the time when it was looked up. */
int virt_domain_get_run(const struct virt_domain *domain)
{
	virDomainPtr again = sym_virDomainLookupByUUIDString(domain->virt->connection, domain->uuid);
	unsigned int id = again ? sym_virDomainGetID(again) : (unsigned int)-1;

	if (again)
		sym_virDomainFree(again);
	return (int)id;
}

bool virt_domain_has_saved_state(const struct virt_domain *domain)
{
	return domain->saved != KNOWN_NOT ? domain->saved == KNOWN_YES : sym_virDomainHasManagedSaveImage(domain->domain, 0) != 0;
}

int virt_domain_set_metadata(struct virt_domain *domain, const char *xml, const char *prefix, const char *uri, struct virt_error *error)
{
	unsigned int flags = (virt_domain_is_persistent(domain) ? VIR_DOMAIN_AFFECT_CONFIG : 0) |
			     (virt_domain_is_running(domain) ? VIR_DOMAIN_AFFECT_LIVE : 0);

	if (sym_virDomainSetMetadata(domain->domain, VIR_DOMAIN_METADATA_ELEMENT, xml, prefix, uri, flags) == 0)
		return 0;
	return virt_fail_with_last(error);
}
