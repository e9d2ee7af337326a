/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt.c - libvirt by dlopen, with libvirt's own types. */
#include "virt.h"

#include <ctype.h>
#include <dlfcn.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>

#include "../lib/private.h"

#define LIBRARY "libvirt.so.0"
#define AGENT_LIBRARY "libvirt-qemu.so.0"

/* clang-format off */
#define FUNCTIONS(use)              \
	use(ConnectClose)           \
	use(ConnectGetType)         \
	use(ConnectGetURI)          \
	use(ConnectOpen)            \
	use(ConnectOpenReadOnly)    \
	use(DomainFree)             \
	use(DomainGetName)          \
	use(DomainGetUUIDString)    \
	use(DomainGetXMLDesc)       \
	use(DomainIsActive)         \
	use(DomainIsPersistent)     \
	use(DomainLookupByName)     \
	use(DomainLookupByUUIDString) \
	use(GetLastError)           \
	use(SetErrorFunc)
/* clang-format on */

#define DECLARE(name) __typeof__(vir##name) *name;
struct virt {
	FUNCTIONS(DECLARE)
	virConnectPtr connection;
};

struct virt_domain {
	struct virt *virt;
	virDomainPtr domain;
	char uuid[VIR_UUID_STRING_BUFLEN];
	bool running;
	bool persistent;
};

/* ---- errors ---- */

static int fail(struct virt_error *error, const char *message)
{
	error->no_domain = false;
	nestxml_text_escape(message ? message : "unknown error", error->message, sizeof(error->message));
	return -1;
}

static int fail_with_last(const struct virt *virt, struct virt_error *error)
{
	virErrorPtr last = virt->GetLastError();

	fail(error, last ? last->message : NULL);
	error->no_domain = last && last->code == VIR_ERR_NO_DOMAIN;
	return -1;
}

/* Without one libvirt prints each error to stderr by itself. */
static void ignore_error(void *context, virErrorPtr error)
{
	(void)context;
	(void)error;
}

/* ---- the connection ---- */

static int load(struct virt *virt, struct virt_error *error)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool complete = handle != NULL;

#define LOAD(name) complete = complete && (virt->name = (__typeof__(virt->name))dlsym(handle, "vir" #name)) != NULL;
	FUNCTIONS(LOAD)
	return complete ? 0 : fail(error, dlerror());
}

int virt_open(const char *uri, bool writable, struct virt **virt, struct virt_error *error)
{
	struct virt *made = calloc(1, sizeof(*made));
	int code = made ? load(made, error) : fail(error, "out of memory");

	if (code == 0) {
		made->SetErrorFunc(NULL, ignore_error);
		made->connection = writable ? made->ConnectOpen(uri) : made->ConnectOpenReadOnly(uri);
		if (!made->connection)
			code = fail_with_last(made, error);
	}
	if (code == 0)
		*virt = made;
	else
		virt_close(made);
	return code;
}

void virt_close(struct virt *virt)
{
	if (virt && virt->connection)
		virt->ConnectClose(virt->connection);
	free(virt);
}

/* "qemu:///system" and "qemu+unix:///system"; any other transport, and any host, may lead elsewhere. */
static bool is_local_uri(const char *uri)
{
	static const char *const starts[] = {"qemu:///", "qemu+unix:///"};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (strncmp(uri, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

bool virt_is_local_qemu(const struct virt *virt)
{
	const char *type = virt->ConnectGetType(virt->connection);
	AUTO_FREE char *uri = virt->ConnectGetURI(virt->connection);

	return type && strcmp(type, "QEMU") == 0 && uri && is_local_uri(uri);
}

/* ---- guests ---- */

/* As virsh does it: a tenant who names his guest by another's UUID is not asked in its place. */
static virDomainPtr look_up(const struct virt *virt, const char *word)
{
	size_t digits = 0;
	virDomainPtr found = NULL;

	for (const char *at = word; *at; at++)
		digits += isxdigit((unsigned char)*at) ? 1 : 0;
	if (digits == 32 && strspn(word, "0123456789abcdefABCDEF-") == strlen(word))
		found = virt->DomainLookupByUUIDString(virt->connection, word);
	return found ? found : virt->DomainLookupByName(virt->connection, word);
}

int virt_find(struct virt *virt, const char *word, struct virt_domain **domain, struct virt_error *error)
{
	struct virt_domain *made = calloc(1, sizeof(*made));
	int running = -1;
	int persistent = -1;

	if (!made)
		return fail(error, "out of memory");
	made->virt = virt;
	made->domain = look_up(virt, word);
	if (made->domain && virt->DomainGetUUIDString(made->domain, made->uuid) == 0) {
		running = virt->DomainIsActive(made->domain);
		persistent = virt->DomainIsPersistent(made->domain);
	}
	if (running < 0 || persistent < 0) {
		fail_with_last(virt, error);
		virt_domain_free(made);
		return -1;
	}
	made->running = running == 1;
	made->persistent = persistent == 1;
	*domain = made;
	return 0;
}

void virt_domain_free(struct virt_domain *domain)
{
	if (domain && domain->domain)
		domain->virt->DomainFree(domain->domain);
	free(domain);
}

const char *virt_domain_get_name(const struct virt_domain *domain)
{
	const char *name = domain->virt->DomainGetName(domain->domain);

	return name ? name : "";
}

const char *virt_domain_get_uuid(const struct virt_domain *domain)
{
	return domain->uuid;
}

bool virt_domain_is_running(const struct virt_domain *domain)
{
	return domain->running;
}

bool virt_domain_is_persistent(const struct virt_domain *domain)
{
	return domain->persistent;
}

int virt_domain_get_xml(const struct virt_domain *domain, bool live, char **xml, struct virt_error *error)
{
	*xml = domain->virt->DomainGetXMLDesc(domain->domain, live ? 0 : VIR_DOMAIN_XML_INACTIVE);
	return *xml ? 0 : fail_with_last(domain->virt, error);
}

int virt_domain_ask_agent(struct virt_domain *domain, const char *command, int seconds, char **reply, struct virt_error *error)
{
	void *handle = dlopen(AGENT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	__typeof__(virDomainQemuAgentCommand) *ask = handle ? (__typeof__(ask))dlsym(handle, "virDomainQemuAgentCommand") : NULL;

	if (!ask)
		return fail(error, dlerror());
	*reply = ask(domain->domain, command, seconds, 0);
	return *reply ? 0 : fail_with_last(domain->virt, error);
}
