/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check_guest.c - what `nestctl list` and `nestctl verify` know of one guest, row by row. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "doctor/checks.h"
#include "guests/describe.h"
#include "guests/diagnosis.h"
#include "guests/diagnosis_read.h"
#include "guests/saved.h"
#include "macros.h"
#include "shell_name.h"

#define ANSWER_SECONDS 10

/* ---- libvirt ---- */

static void advise_daemon(struct findings *findings, const struct virt_error *error)
{
	const char *unit = session_find_unit(error);

	if (unit)
		finding_advise(findings_add(findings, "libvirt", FINDING_NOT, "its daemon is not running"), "systemctl start %s.socket",
			       unit);
	else
		finding_advise(findings_add(findings, "libvirt", FINDING_NOT, "%s", error->message),
			       "systemctl start virtqemud.socket, or libvirtd.socket where this libvirt has that");
}

/* Whether this host's daemon answers for @uri. Another host's may ask for a password, and would do so twice. */
static bool is_of_daemon(const char *uri)
{
	if (!uri)
		uri = getenv("LIBVIRT_DEFAULT_URI");
	if (!uri)
		return geteuid() == 0;
	return strncmp(uri, "qemu:///system", 14) == 0 || strncmp(uri, "qemu+unix:///system", 19) == 0;
}

static void ask(const char *uri)
{
	struct virt_error error;
	struct virt *virt;
	bool is_local;

	if (virt_open(uri, false, &virt, &error) == 0)
		virt_ask_local_qemu(virt, &is_local, &error);
	_exit(0);
}

/*
 * A daemon that takes connections and answers none blocks whoever asks it, virsh too: so a child asks first, and is waited for
 * ANSWER_SECONDS.
 */
static bool does_answer(const char *uri)
{
	int ends[2];
	pid_t pid;
	bool answers;

	if (!is_of_daemon(uri) || pipe2(ends, O_CLOEXEC) < 0)
		return true;
	pid = fork();
	if (pid == 0)
		ask(uri);
	close(ends[1]);
	answers = pid < 0 || poll(&(struct pollfd){.fd = ends[0]}, 1, 1000 * ANSWER_SECONDS) != 0;
	close(ends[0]);
	if (pid > 0 && !answers)
		kill(pid, SIGKILL);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return answers;
}

static bool check_libvirt(const char *uri, const char *guest, struct session *session, struct findings *findings)
{
	struct virt_error error;
	struct finding *finding;
	bool is_local;

	if (!does_answer(uri)) {
		finding = findings_add(findings, "libvirt", FINDING_NOT, "it takes connections, but has not answered for %d s",
				       ANSWER_SECONDS);
		finding_advise(finding, "systemctl restart virtqemud, or libvirtd where this libvirt has that (running guests go on)");
		return false;
	}
	if (virt_open(uri, false, &session->virt, &error) < 0 || virt_ask_local_qemu(session->virt, &is_local, &error) < 0) {
		advise_daemon(findings, &error);
		return false;
	}
	if (!is_local) {
		finding = findings_add(findings, "libvirt", FINDING_UNKNOWN, "its guests are not this host's");
		finding_advise(finding, "run this on that host");
		return false;
	}
	if (virt_is_session(session->virt)) {
		finding = findings_add(findings, "libvirt", FINDING_UNKNOWN,
				       "qemu:///session, a user's own guests: the hook and the watcher are for the host's");
		finding_advise(finding, "sudo nestctl doctor%s", guest ? " GUEST" : "");
	} else {
		findings_add(findings, "libvirt", FINDING_OK, "it answers");
	}
	return true;
}

static bool find_guest(const struct session *session, const char *word, struct virt_domain **guest, struct findings *findings)
{
	struct virt_error error;
	struct finding *finding;
	char shown[320];

	if (virt_find(session->virt, word, guest, &error) == 0)
		return true;
	if (error.no_domain)
		finding = findings_add(findings, "guest", FINDING_NOT, "'%s': libvirt knows no guest of this name or UUID",
				       nestxml_text_escape(word, shown, sizeof(shown)));
	else
		finding = findings_add(findings, "guest", FINDING_UNKNOWN, "libvirt: %s", error.message);
	finding_advise(finding, "virsh list --all");
	return false;
}

/* ---- the guest ---- */

static void check_policy(const struct diagnosis *diagnosis, const char *name, struct findings *findings)
{
	char source[320];

	if (diagnosis->policy_error.code != NESTXML_OK) {
		finding_advise(findings_add(findings, "policy", FINDING_NOT, "unknown: %s", diagnosis->policy_error.message),
			       "correct that; see: man nestxml.conf");
		return;
	}
	nestxml_policy_describe_source(&diagnosis->policy, source, sizeof(source));
	if (diagnosis->policy.nested == NESTXML_NESTED_LEAVE)
		finding_advise(findings_add(findings, "policy", FINDING_NOT, "leave, stated by %s: its nesting is left alone", source),
			       "nestctl set %s require", name);
	else
		findings_add(findings, "policy", FINDING_OK, "%s, stated by %s", nestxml_nested_to_string(diagnosis->policy.nested),
			     source);
}

/* An argument for QEMU that decides in place of the CPU, and for which the hook refuses a start. */
static void check_override(const struct diagnosis *diagnosis, const char *override, const char *name, struct findings *findings)
{
	char manager[160];
	const char *nested = nestxml_nested_to_string(diagnosis->policy.nested);
	struct finding *finding = findings_add(findings, "definition", FINDING_NOT, "%s overrides its <cpu>, so it does not start under %s",
					       override, nested);

	if (diagnosis->manager)
		finding_advise(finding,
			       "remove %s in the configuration of the program that manages the guest (%s), or set nested = leave for it",
			       override, nestxml_text_escape(diagnosis->manager, manager, sizeof(manager)));
	else if (virt_domain_is_persistent(diagnosis->guest))
		finding_advise(finding, "virsh edit %s: remove %s, or set nested = leave for this guest", name, override);
	else
		finding_advise(finding, "end the guest, and create it without %s, or set nested = leave for it", override);
}

/* What the guest is made from. If it was undefined while it runs, libvirt still answers with the definition that it had. */
static const struct nestxml_domain *get_definition(const struct diagnosis *diagnosis)
{
	bool is_stored = virt_domain_is_persistent(diagnosis->guest) || !diagnosis->live.domain;

	return is_stored ? diagnosis->stored.domain : diagnosis->live.domain;
}

static void check_definition(const struct diagnosis *diagnosis, const struct plan *plan, const char *name, struct findings *findings)
{
	const char *override = nestxml_domain_get_cpu_override(get_definition(diagnosis));
	struct finding *finding;
	char manager[160];
	char text[768];

	if (override && diagnosis->is_refused && plan->state != PLAN_IMPOSSIBLE) {
		check_override(diagnosis, override, name, findings);
		return;
	}
	describe_cpu(get_definition(diagnosis), text, sizeof(text));
	switch (plan->state) {
	case PLAN_UNKNOWN: /* the row before says why */
	case PLAN_LEAVE:
		break;
	case PLAN_CURRENT:
		findings_add(findings, "definition", FINDING_OK, "%s",
			     virt_domain_is_persistent(diagnosis->guest) ? text
									 : "no definition is stored: the guest is gone once it stops");
		break;
	case PLAN_REWRITE:
		finding = findings_add(findings, "definition", FINDING_NOT, "%s: this CPU does not state the guest's policy", text);
		if (virt_domain_is_persistent(diagnosis->guest))
			finding_advise(finding, "nestctl apply %s", name);
		else
			finding_advise(finding, "create the guest again with a <cpu> that states its policy: see nestxml(1)");
		break;
	case PLAN_MANAGED:
		finding = findings_add(findings, "definition", FINDING_NOT,
				       "%s: this CPU does not state the guest's policy, and another program manages the guest (%s)", text,
				       nestxml_text_escape(plan->manager, manager, sizeof(manager)));
		finding_advise(finding, "state it in that program's own configuration");
		break;
	case PLAN_IMPOSSIBLE:
		finding = findings_add(findings, "definition", FINDING_NOT, "its policy cannot be met: %s", plan->error.message);
		finding_advise(finding, "change its definition, or its policy: nestctl set %s POLICY", name);
		break;
	}
}

/* Its next start, from its managed save, is refused. */
static void add_refused_save(const struct diagnosis *diagnosis, const struct saved *saved, const char *name, struct findings *findings)
{
	struct finding *finding = findings_add(findings, "managed save", FINDING_NOT,
					       "the guest's next start, from this save, is refused: %s", saved->reason);

	if (saved->needs_host)
		finding_advise(finding, "%s", diagnosis_advise_host(diagnosis));
	else
		finding_advise(finding, "virsh managedsave-remove %s (what was saved is lost)", name);
}

/* libvirt resumes it with the CPU that was saved, which cannot be changed. */
static void check_saved_state(const struct session *session, const struct diagnosis *diagnosis, const struct plan *plan, const char *name,
			      struct findings *findings)
{
	struct saved saved = {0};

	if (virt_domain_is_running(diagnosis->guest))
		return;
	if (session->host_policy.config)
		saved_read(diagnosis->guest, &session->host_policy, plan, &saved);
	if (!diagnosis->has_saved_state)
		findings_add(findings, "managed save", FINDING_OK, "none");
	else if (saved.known && saved.verdict == NESTXML_VERDICT_REFUSE)
		add_refused_save(diagnosis, &saved, name, findings);
	else if (!saved.known && saved.reason[0])
		finding_advise(findings_add(findings, "managed save", FINDING_UNKNOWN,
					    "it is unknown whether the guest's next start, from this save, would be refused: %s",
					    saved.reason),
			       "nestctl list");
	else
		finding_advise(findings_add(findings, "managed save", FINDING_UNKNOWN,
					    "its next start resumes what was saved, with the CPU that it had then"),
			       "virsh start %s; then shut it down from inside, and start it again", name);
}

static void check_running(const struct diagnosis *diagnosis, const char *name, struct findings *findings)
{
	static const enum finding_mark marks[] = {
		[QEMU_ANSWER_NONE] = FINDING_UNKNOWN,
		[QEMU_ANSWER_YES] = FINDING_OK,
		[QEMU_ANSWER_NO] = FINDING_NOT,
	};
	struct finding *finding;
	char text[1024];

	if (!virt_domain_is_running(diagnosis->guest)) {
		finding_advise(findings_add(findings, "running", FINDING_UNKNOWN, "it is not running"), "virsh start %s", name);
		return;
	}
	diagnosis_describe_verdict(diagnosis, text, sizeof(text));
	finding = findings_add(findings, "running", marks[diagnosis_is_policy_met(diagnosis)], "nested: %s", text);
	diagnosis_describe_advice(diagnosis, text, sizeof(text));
	if (finding->mark != FINDING_OK)
		finding_advise(finding, "%s", text);
}

static void check_all(const struct session *session, struct diagnosis *diagnosis, struct findings *findings)
{
	const char *name = nestxml_shell_name(virt_domain_get_name(diagnosis->guest), virt_domain_get_uuid(diagnosis->guest));
	AUTO_PLAN struct plan plan = {0};
	char why[640];

	if (!diagnosis_read(&session->host_policy, diagnosis, why, sizeof(why))) {
		finding_advise(findings_add(findings, "guest", FINDING_UNKNOWN, "%s", why), "virsh dominfo %s", name);
		return;
	}
	check_policy(diagnosis, name, findings);
	if (diagnosis->policy_error.code == NESTXML_OK) {
		plan_make(&session->host_policy, get_definition(diagnosis), &plan);
		plan_spare_manager(&plan);
		check_definition(diagnosis, &plan, name, findings);
	}
	check_saved_state(session, diagnosis, &plan, name, findings);
	check_running(diagnosis, name, findings);
}

void check_guest(const char *root, const char *uri, const char *guest, struct findings *findings, bool *needs_host)
{
	CLEANUP(session_close) struct session session = {0};
	CLEANUP(diagnosis_clear) struct diagnosis diagnosis = {0};

	*needs_host = true;
	if (!check_libvirt(uri, guest, &session, findings) || !guest)
		return;
	if (host_policy_read(root, &session.host_policy, &diagnosis.policy_error) != 0) {
		session.host_policy = (struct host_policy){0};
		if (nestxml_host_new(root, &session.host_policy.host, NULL) != 0)
			return;
	}
	diagnosis.host = session.host_policy.host;
	if (!find_guest(&session, guest, &diagnosis.guest, findings))
		return;
	check_all(&session, &diagnosis, findings);
	*needs_host = diagnosis.policy.nested != NESTXML_NESTED_DISABLE &&
		      !(diagnosis.stored.domain && nestxml_domain_is_tcg(diagnosis.stored.domain));
}
