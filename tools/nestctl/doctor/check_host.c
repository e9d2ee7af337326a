/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check_host.c - what `nestctl host` and `nestctl guest` know, row by row. */
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "doctor/checks.h"
#include "host/kvm_device.h"
#include "host/next_load.h"
#include "host/obstacle.h"
#include "host/state.h"
#include "macros.h"

/* Everything that the rows rest on. The obstacle is what keeps nesting from being turned on. */
struct host {
	struct host_state state;
	bool has_obstacle;
	struct obstacle obstacle;
};

static bool has_module(const struct host *host)
{
	return host->state.module == HOST_MODULE_LIVE || host->state.module == HOST_MODULE_BUILTIN;
}

/* A guest whose own processor has no such extension: no firmware of its own can turn it on. */
static bool is_plain_guest(const struct host_state *state)
{
	return state->machine.is_guest && state->module == HOST_MODULE_NO_HARDWARE;
}

static void check_processor(const struct host *host, struct findings *findings)
{
	const struct host_state *state = &host->state;

	if (state->module == HOST_MODULE_NO_VENDOR || state->machine.encryption || is_plain_guest(state))
		finding_advise(findings_add(findings, "processor", FINDING_NOT, "%s", host->obstacle.cause), "%s", host->obstacle.remedy);
	else
		findings_add(findings, "processor", FINDING_OK, "%s, %s%s", state->arch, nestxml_vendor_to_string(state->vendor),
			     state->machine.is_guest ? "; this machine is a guest" : "");
}

static void check_firmware(const struct host *host, struct findings *findings)
{
	const char *feature = nestxml_vendor_feature(host->state.vendor);

	if (host->state.has_flag)
		findings_add(findings, "firmware", FINDING_OK, "%s is turned on: the processor shows %s", host->state.extension, feature);
	else if (host->state.module == HOST_MODULE_NO_HARDWARE)
		finding_advise(findings_add(findings, "firmware", FINDING_NOT, "%s", host->obstacle.cause), "%s", host->obstacle.remedy);
	else if (has_module(host))
		finding_advise(findings_add(findings, "firmware", FINDING_UNKNOWN, "the processor shows no %s", feature),
			       "look at: dmesg | grep -i kvm; if clearcpuid= on the kernel's command line hides %s, remove it", feature);
	else
		finding_advise(findings_add(findings, "firmware", FINDING_NOT, "the processor shows no %s", feature), "%s",
			       host->obstacle.remedy);
}

static void advise_enabling(const struct host *host, struct finding *finding)
{
	char text[1536];

	if (host->has_obstacle)
		finding_advise(finding, "%s", host->obstacle.remedy);
	else
		finding_advise(finding, "%s", obstacle_advise_enabling(&host->state, text, sizeof(text)));
}

static void check_module(const struct host *host, struct findings *findings)
{
	const struct host_state *state = &host->state;
	struct finding *finding;

	if (has_module(host)) {
		findings_add(findings, "module", FINDING_OK, "%s, %s", state->module_name,
			     state->module == HOST_MODULE_LIVE ? "loaded" : "built into this kernel");
		return;
	}
	finding = findings_add(findings, "module", FINDING_NOT, "%s", host->has_obstacle ? host->obstacle.cause : state->evidence);
	advise_enabling(host, finding);
}

static void check_nested(const struct host *host, struct findings *findings)
{
	enum finding_mark mark = FINDING_NOT;

	if (host->state.nested == NESTXML_STATE_ON)
		mark = FINDING_OK;
	else if (host->state.nested == NESTXML_STATE_UNKNOWN)
		mark = FINDING_UNKNOWN;
	if (mark == FINDING_OK)
		findings_add(findings, "nested", mark, "%s", host->state.evidence);
	else if (has_module(host))
		advise_enabling(host, findings_add(findings, "nested", mark, "%s%s%s", host->state.evidence, host->has_obstacle ? "; " : "",
						   host->has_obstacle ? host->obstacle.cause : ""));
}

static void advise_unknown_load(const struct host *host, struct finding *finding)
{
	if (!host->state.lines.unread)
		finding_advise(finding, "nestctl host enable");
	else if (geteuid() != 0)
		finding_advise(finding, "sudo nestctl doctor");
	else
		finding_advise(finding, "correct or remove what cannot be read: %s", host->state.lines.unread);
}

static void check_next_load(const struct host *host, struct findings *findings)
{
	struct next_load next;
	struct finding *finding;
	char text[1536];

	if (!has_module(host))
		return;
	next_load_find(&host->state, &next);
	if (host->state.module == HOST_MODULE_BUILTIN)
		findings_add(findings, "after a reboot", FINDING_OK, "as now, unless the kernel's command line is changed");
	else if (next.nested == NESTXML_STATE_UNKNOWN)
		advise_unknown_load(host, findings_add(findings, "after a reboot", FINDING_UNKNOWN, "not known (%s)", next.source));
	else if (next.nested == NESTXML_STATE_ON)
		findings_add(findings, "after a reboot", FINDING_OK, "on (%s)", next.source);
	else {
		finding = findings_add(findings, "after a reboot", FINDING_NOT, "off (%s)", next.source);
		if (host->state.nested == NESTXML_STATE_ON)
			finding_advise(finding, "%s", obstacle_advise_keeping(&host->state, text, sizeof(text)));
		else
			advise_enabling(host, finding);
	}
}

/* libvirt's user opens it, not the one who asks. */
static void check_mode(const struct kvm_device *device, const char *text, struct findings *findings)
{
	if (device->is_for_root_alone)
		finding_advise(
			findings_add(findings, "/dev/kvm", FINDING_UNKNOWN, "its mode is for root alone, and QEMU runs as another user"),
			"ls -l /dev/kvm; udevadm trigger /dev/kvm (which gives it to the group kvm)");
	else
		findings_add(findings, "/dev/kvm", FINDING_OK, "%s", text);
}

/* Only where a module is there: without one there is no device either. */
static void check_device(const char *root, const struct host *host, struct findings *findings)
{
	struct kvm_device device;
	char text[128];

	if (!has_module(host))
		return;
	kvm_device_try(root, &device);
	kvm_device_describe(&device, text, sizeof(text));
	switch (device.state) {
	case KVM_DEVICE_USABLE:
	case KVM_DEVICE_FORBIDDEN:
		check_mode(&device, text, findings);
		break;
	case KVM_DEVICE_MISSING:
		finding_advise(findings_add(findings, "/dev/kvm", FINDING_NOT, "%s", text), "%s",
			       host->state.machine.is_container ? "give this container the device, as with --device=/dev/kvm"
								: KVM_DEVICE_MAKE " && udevadm trigger /dev/kvm");
		break;
	default:
		finding_advise(
			findings_add(findings, "/dev/kvm", device.state == KVM_DEVICE_ERROR ? FINDING_UNKNOWN : FINDING_NOT, "%s", text),
			"ls -l /dev/kvm; dmesg | grep -i kvm");
		break;
	}
}

static void clear_host(struct host *host)
{
	host_state_clear(&host->state);
}

void check_host(const char *root, struct findings *findings)
{
	CLEANUP(clear_host) struct host host = {0};
	size_t first = findings->count;
	int code = host_state_read(root, &host.state);

	if (code != 0) {
		finding_advise(findings_add(findings, "host", FINDING_UNKNOWN, "its state cannot be read: %s", strerror(-code)),
			       "correct that, then: nestctl doctor");
		return;
	}
	host.has_obstacle = obstacle_find(&host.state, true, &host.obstacle);
	check_processor(&host, findings);
	if (findings->list[first].mark == FINDING_OK) {
		check_firmware(&host, findings);
		if (host.state.module != HOST_MODULE_NO_HARDWARE)
			check_module(&host, findings);
		check_nested(&host, findings);
		check_next_load(&host, findings);
		check_device(root, &host, findings);
	}
	for (size_t i = first; i < findings->count; i++)
		findings->list[i].is_of_host = true;
}
