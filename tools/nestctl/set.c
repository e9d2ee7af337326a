/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* set.c - `nestctl set`: a guest's own policy, in its metadata, and at once in its stored definition. */
#include <stdio.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/definition.h"
#include "guests/describe.h"
#include "guests/notes.h"
#include "guests/session.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"

static const char help[] = "Usage: nestctl set GUEST require|optional|disable|leave [-c URI]\n"
			   "States in the guest's own metadata what it is to have, and rewrites its stored\n"
			   "definition accordingly. A [guest ...] section of a policy file is stronger.\n"
			   "\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

#define METADATA_PREFIX "nested"

struct request {
	const char *uri; /* NULL: libvirt's own choice */
	const char *guest;
	enum nestxml_nested nested;
};

/* A section of a policy file may say otherwise, and wins. */
static void warn_of_section(const struct virt_domain *guest, const struct host_policy *host_policy, const struct request *request,
			    const char *shown)
{
	AUTO_DEFINITION struct definition definition = {0};
	char text[640];

	if (definition_read(guest, VIRT_XML_STORED, host_policy, &definition, text, sizeof(text)) < 0)
		return;
	if (definition.plan.policy.source != NESTXML_SOURCE_SECTION || definition.plan.policy.nested == request->nested)
		return;
	nestxml_policy_describe_source(&definition.plan.policy, text, sizeof(text));
	fprintf(stderr, "nestctl: guest '%s': %s is stronger and asks for nested=%s\n", shown, text,
		nestxml_nested_to_string(definition.plan.policy.nested));
}

static enum nestctl_status apply(const struct session *session, const struct virt_domain *guest, const struct request *request,
				 const char *shown)
{
	const char *word = nestxml_nested_to_string(request->nested);
	struct rewritten rewritten;

	warn_of_section(guest, &session->host_policy, request, shown);
	if (!virt_domain_is_persistent(guest)) {
		printf("guest '%s': its metadata states nested=%s until the guest ends; it has no stored definition\n", shown, word);
		return NESTCTL_YES;
	}
	definition_rewrite(session->virt, guest, &session->host_policy, &rewritten);
	if (rewritten.result == REWRITE_FAILED)
		return nestctl_fail(NESTCTL_NO, "guest '%s': its metadata states nested=%s now; its definition: %s", shown, word,
				    rewritten.message);
	printf("guest '%s': its metadata states nested=%s; %s%s\n", shown, word, rewritten.message,
	       rewritten.result == REWRITE_DONE && virt_domain_is_running(guest) ? DESCRIBE_RUNNING : "");
	notes_print(guest, rewritten.is_current ? rewritten.warnings : "");
	return NESTCTL_YES;
}

static enum nestctl_status set(const struct session *session, const struct request *request)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	struct virt_error error;
	char shown[320];
	char xml[64];
	enum nestctl_status status = session_find(session, request->guest, &guest);

	if (status != NESTCTL_YES)
		return status;
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	snprintf(xml, sizeof(xml), "<policy nested='%s'/>", nestxml_nested_to_string(request->nested));
	if (virt_domain_set_metadata(guest, xml, METADATA_PREFIX, NESTXML_METADATA_NAMESPACE, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "guest '%s': its metadata cannot be set: %s", shown, error.message);
	return apply(session, guest, request, shown);
}

static enum nestctl_status parse(int argc, char **argv, struct request *request)
{
	const struct option_rule rules[] = {OPTION_CONNECT(&request->uri)};
	enum nestctl_status status = options_take("set", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (argc - optind != 2 || !*argv[optind])
		return nestctl_usage("set", "a guest and its policy are required");
	if (nestxml_nested_from_string(argv[optind + 1], &request->nested) != 0)
		return nestctl_usage_word("set", "unknown policy", argv[optind + 1], "require, optional, disable or leave");
	request->guest = argv[optind];
	return NESTCTL_CONTINUE;
}

static enum nestctl_status run(int argc, char **argv)
{
	struct request request = {0};
	AUTO_SESSION struct session session = {0};
	enum nestctl_status status = parse(argc, argv, &request);

	if (status != NESTCTL_CONTINUE)
		return status;
	status = session_open(request.uri, true, "nothing was set", NULL, &session);
	return status == NESTCTL_YES ? nestctl_finish(set(&session, &request)) : status;
}

const struct nestctl_command nestctl_set = {
	.name = "set",
	.arguments = "GUEST POLICY",
	.summary = "state a guest's policy, and apply it",
	.run = run,
};
