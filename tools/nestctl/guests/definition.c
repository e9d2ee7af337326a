/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* definition.c - a guest's stored definition: read, planned for, rewritten, and nothing of it lost. */
#include "guests/definition.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "guests/describe.h"
#include "macros.h"
#include "xml_error.h"

int definition_read(const struct virt_domain *guest, enum virt_xml which, const struct host_policy *host_policy,
		    struct definition *definition, char *why, size_t size)
{
	struct definition made = {0};
	struct virt_error virt_error;
	struct nestxml_error error;

	if (virt_domain_get_xml(guest, which, &made.xml, &virt_error) < 0) {
		snprintf(why, size, "its definition cannot be read from libvirt: %s", virt_error.message);
		return -1;
	}
	if (nestxml_domain_new(made.xml, strlen(made.xml), &made.domain, &error) != 0) {
		nestxml_xml_error_describe("its definition", &error, why, size);
		definition_clear(&made);
		return -1;
	}
	plan_make(host_policy, made.domain, &made.plan);
	*definition = made;
	return 0;
}

void definition_clear(struct definition *definition)
{
	plan_clear(&definition->plan);
	nestxml_domain_free(definition->domain);
	free(definition->xml);
}

void definition_describe_warnings(const struct plan *plan, char *text, size_t size)
{
	size_t count = plan->edits ? nestxml_edits_count_warnings(plan->edits) : 0;
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s\n", nestxml_edits_get_warning(plan->edits, i));
}

/* ---- what may not change ---- */

/* The document without its <cpu> and the white space before that, since a new one brings its own; the caller's to free. */
static char *cut_cpu(const char *xml, const struct nestxml_domain *domain)
{
	size_t length = strlen(xml);
	size_t start = length;
	size_t end = length;
	char *rest = malloc(length + 1);

	if (!rest)
		return NULL;
	if (nestxml_domain_get_cpu_span(domain, &start, &end))
		while (start > 0 && strchr(" \t\r\n", xml[start - 1]))
			start--;
	memcpy(rest, xml, start);
	memcpy(rest + start, xml + end, length - end + 1);
	return rest;
}

/* ---- what has become of it ---- */

/* What is stored before a definition is written, or after. */
enum kept {
	KEPT_UNTOUCHED, /* what was there before: nothing was defined yet */
	KEPT_AS_PLANNED,
	KEPT_AND_MORE, /* the same, and another program or libvirt itself has changed the rest, which stays */
	KEPT_DROPPED,  /* libvirt has dropped what its <cpu> stated, or another program has defined the guest as it was before */
	KEPT_REPLACED, /* another program has changed the definition */
	KEPT_GONE,     /* the guest has since been undefined */
	KEPT_UNKNOWN,  /* it could not be read back */
};

/* Compares @xml, which is not exactly what was defined, with what was asked for; @why says what is not as asked. */
static enum kept compare(const struct definition *before, const char *xml, char *why, size_t size)
{
	AUTO_FREE char *rest_before = cut_cpu(before->xml, before->domain);
	AUTO_FREE char *rest_after = NULL;
	struct nestxml_domain *after;
	struct nestxml_error error;
	bool same;
	bool states;
	int code = nestxml_domain_new(xml, strlen(xml), &after, &error);

	if (code != 0) {
		nestxml_xml_error_describe("its definition", &error, why, size);
		return KEPT_UNKNOWN;
	}
	rest_after = cut_cpu(xml, after);
	states = nestxml_domain_is_stating(after, before->plan.vendor, before->plan.policy.nested);
	nestxml_domain_free(after);
	if (!rest_before || !rest_after) {
		snprintf(why, size, "out of memory");
		return KEPT_UNKNOWN;
	}
	same = strcmp(rest_before, rest_after) == 0;
	if (states)
		return same ? KEPT_AS_PLANNED : KEPT_AND_MORE;
	snprintf(why, size, "libvirt did not keep what its new <cpu> states");
	return same ? KEPT_DROPPED : KEPT_REPLACED;
}

/* Reads back what has become of @xml: @after, the caller's to free. */
static enum kept read_back(const struct virt_domain *guest, const struct definition *before, const char *xml, char **after, char *why,
			   size_t size)
{
	struct virt_error error;

	if (virt_domain_get_xml(guest, VIRT_XML_SECRET, after, &error) < 0) {
		*after = NULL;
		snprintf(why, size, "its definition cannot be read from libvirt: %s", error.message);
		return error.no_domain ? KEPT_GONE : KEPT_UNKNOWN;
	}
	/* libvirt still has the XML of a running guest that was undefined. */
	if (virt_domain_ask_persistent(guest, &error) == 0)
		return KEPT_GONE;
	/* As a rule it is what was defined, since that is spliced into libvirt's own text. */
	return strcmp(*after, xml) == 0 ? KEPT_AS_PLANNED : compare(before, *after, why, size);
}

/*
 * Whether @seen, which is to be overwritten, is what is stored (KEPT_UNTOUCHED): if not, another program's later change would be lost. A
 * guest that was undefined while it runs can still be read, and a write would define it again.
 */
static enum kept look_again(const struct virt_domain *guest, const char *seen, char *why, size_t size)
{
	AUTO_FREE char *now = NULL;
	struct virt_error error;
	int persistent = virt_domain_ask_persistent(guest, &error);

	if (persistent == 0)
		return KEPT_GONE;
	if (persistent > 0 && virt_domain_get_xml(guest, VIRT_XML_SECRET, &now, &error) == 0)
		return strcmp(now, seen) == 0 ? KEPT_UNTOUCHED : KEPT_REPLACED;
	now = NULL;
	snprintf(why, size, "its definition cannot be read from libvirt: %s", error.message);
	return error.no_domain ? KEPT_GONE : KEPT_UNKNOWN;
}

/* ---- the rewrite ---- */

/* If another program redefines the guest in the meantime, try again; but not for ever, since a libvirt may drop the feature each time. */
#define ATTEMPTS 3

/*
 * Attempts to rewrite, one after the other. A later one finds what libvirt made of the one before; what may have to be put back is what the
 * first one found.
 */
struct attempts {
	size_t count;
	char *first; /* what was stored before the first one, or by another program since */
	char *made;  /* what libvirt made of the last one; NULL: it was another program's */
};

static bool is_last(const struct attempts *attempts)
{
	return attempts->count == ATTEMPTS;
}

/* Returns false if it is out of memory. */
static bool begin(struct attempts *attempts, const char *xml)
{
	if (!attempts->made || strcmp(xml, attempts->made) != 0) {
		free(attempts->first);
		attempts->first = strdup(xml);
		free(attempts->made);
		attempts->made = NULL;
	}
	return attempts->first != NULL;
}

static void fail(struct rewritten *rewritten, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct rewritten *rewritten, const char *format, ...)
{
	va_list arguments;

	rewritten->result = REWRITE_FAILED;
	va_start(arguments, format);
	vsnprintf(rewritten->message, sizeof(rewritten->message), format, arguments);
	va_end(arguments);
}

static void add_note(struct rewritten *rewritten, const char *note)
{
	size_t used = strlen(rewritten->message);

	snprintf(rewritten->message + used, sizeof(rewritten->message) - used, "%s", note);
}

static void fail_as(enum kept kept, const char *why, struct rewritten *rewritten)
{
	if (kept == KEPT_REPLACED)
		fail(rewritten, "not rewritten: another program keeps redefining it");
	else if (kept == KEPT_GONE)
		fail(rewritten, "it has been undefined in the meantime");
	else
		fail(rewritten, "rewritten, but the result could not be checked: %s; look at it with virsh edit", why);
}

static void put_back(struct virt *virt, const struct virt_domain *guest, const struct attempts *attempts, const char *why,
		     struct rewritten *rewritten)
{
	struct virt_error error;
	char unread[640];
	enum kept kept = look_again(guest, attempts->made, unread, sizeof(unread));

	if (kept != KEPT_UNTOUCHED) {
		fail_as(kept, unread, rewritten);
		return;
	}
	if (virt_define(virt, attempts->first, &error) < 0) {
		fail(rewritten, "%s, and putting the old definition back failed: %s; look at it with virsh edit", why, error.message);
		return;
	}
	rewritten->defines++;
	fail(rewritten, "not rewritten: %s; the old definition was put back", why);
}

/* This attempt has changed nothing; the one before may have. */
static void give_up(struct virt *virt, const struct virt_domain *guest, const struct attempts *attempts, const char *why,
		    struct rewritten *rewritten)
{
	if (attempts->made)
		put_back(virt, guest, attempts, why, rewritten);
	else
		fail(rewritten, "not rewritten: %s", why);
}

static void report_failed_define(struct virt *virt, const struct virt_domain *guest, const struct attempts *attempts,
				 const struct virt_error *error, struct rewritten *rewritten)
{
	char why[640];

	if (virt_is_alive(virt)) {
		snprintf(why, sizeof(why), "libvirt rejects it: %s", error->message);
		give_up(virt, guest, attempts, why, rewritten);
	} else {
		fail(rewritten,
		     "the connection to libvirt was lost (%s), so whether it was rewritten is unknown; look at it with virsh edit",
		     error->message);
	}
}

/*
 * The definition is read once more, since not every change by another program has an event. Who is connected is asked last: a program that
 * connects after that needs several calls before it can change anything, and the write is a single one. Returns KEPT_UNTOUCHED: it may
 * be written; KEPT_REPLACED: another program is at work on it; or why it cannot be read, with @why.
 */
static enum kept look_before_write(const struct virt_domain *guest, const char *seen, const struct rewrite_terms *terms, char *why,
				   size_t size)
{
	enum kept kept;

	if (terms && terms->may_write && !terms->may_write(terms->context))
		return KEPT_REPLACED;
	kept = look_again(guest, seen, why, size);
	if (kept == KEPT_UNTOUCHED && terms && terms->is_undisturbed && !terms->is_undisturbed(terms->context))
		return KEPT_REPLACED;
	return kept;
}

/*
 * Nothing is written in this attempt. If another program is at work on the guest, the next attempt is for the caller's terms to decide, or
 * comes now if there are none. Returns as conclude().
 */
static bool withdraw(enum kept kept, const char *why, const struct rewrite_terms *terms, const struct attempts *attempts,
		     struct rewritten *rewritten)
{
	if (terms && terms->may_write) {
		rewritten->result = REWRITE_YIELDED;
		snprintf(rewritten->message, sizeof(rewritten->message), "not rewritten now: another program is at work on it");
		return false;
	}
	if (kept == KEPT_UNKNOWN && !attempts->made)
		fail(rewritten, "not rewritten: %s", why);
	else
		fail_as(kept, why, rewritten);
	return kept == KEPT_REPLACED && !is_last(attempts);
}

/* Finds out what has become of @xml, which was defined. Returns true if another attempt is to be made, with what is stored by now. */
static bool conclude(struct virt *virt, const struct virt_domain *guest, const struct definition *before, const char *xml,
		     struct attempts *attempts, struct rewritten *rewritten)
{
	AUTO_FREE char *after = NULL;
	char why[640];
	enum kept kept = read_back(guest, before, xml, &after, why, sizeof(why));

	switch (kept) {
	case KEPT_AS_PLANNED:
	case KEPT_AND_MORE:
		rewritten->result = REWRITE_DONE;
		rewritten->is_current = true;
		describe_rewritten(&before->plan, rewritten->message, sizeof(rewritten->message));
		if (kept == KEPT_AND_MORE)
			add_note(rewritten, "; something outside its <cpu> has changed too");
		return false;
	case KEPT_DROPPED:
		free(attempts->made);
		attempts->made = TAKE(after);
		if (is_last(attempts))
			put_back(virt, guest, attempts, why, rewritten);
		return !is_last(attempts);
	case KEPT_REPLACED:
		free(attempts->made);
		attempts->made = NULL;
		fail_as(kept, why, rewritten);
		return !is_last(attempts);
	case KEPT_UNTOUCHED: /* not after a write */
	case KEPT_GONE:
	case KEPT_UNKNOWN:
		fail_as(kept, why, rewritten);
		return false;
	}
	return false;
}

/* Returns as conclude(). */
static bool define(struct virt *virt, const struct virt_domain *guest, const struct definition *before, const struct rewrite_terms *terms,
		   struct attempts *attempts, struct rewritten *rewritten)
{
	AUTO_FREE char *xml = NULL;
	struct virt_error error;
	enum kept kept;
	size_t length;
	char why[640];

	if (nestxml_edits_apply(before->plan.edits, &xml, &length) != 0) {
		give_up(virt, guest, attempts, "out of memory", rewritten);
		return false;
	}
	kept = look_before_write(guest, before->xml, terms, why, sizeof(why));
	if (kept != KEPT_UNTOUCHED)
		return withdraw(kept, why, terms, attempts, rewritten);
	if (virt_define(virt, xml, &error) < 0) {
		report_failed_define(virt, guest, attempts, &error, rewritten);
		return false;
	}
	rewritten->defines++;
	return conclude(virt, guest, before, xml, attempts, rewritten);
}

/* Returns as conclude(). */
static bool rewrite(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
		    const struct rewrite_terms *terms, struct attempts *attempts, struct rewritten *rewritten)
{
	struct definition before;
	bool again = false;
	char why[640];

	rewritten->result = REWRITE_NOTHING;
	if (definition_read(guest, VIRT_XML_SECRET, host_policy, &before, why, sizeof(why)) < 0) {
		if (attempts->made)
			fail_as(KEPT_UNKNOWN, why, rewritten);
		else
			fail(rewritten, "%s", why);
		return false;
	}
	if (terms && terms->spares_managers)
		plan_spare_manager(&before.plan);
	describe_plan(&before.plan, rewritten->message, sizeof(rewritten->message));
	definition_describe_warnings(&before.plan, rewritten->warnings, sizeof(rewritten->warnings));
	switch (before.plan.state) {
	case PLAN_LEAVE:
		break;
	case PLAN_CURRENT:
		rewritten->is_current = true;
		break;
	case PLAN_REWRITE:
		if (begin(attempts, before.xml))
			again = define(virt, guest, &before, terms, attempts, rewritten);
		else
			fail(rewritten, "not rewritten: out of memory");
		break;
	case PLAN_MANAGED:
		rewritten->result = REWRITE_LEFT;
		break;
	case PLAN_UNKNOWN:
	case PLAN_IMPOSSIBLE:
		rewritten->result = REWRITE_FAILED;
		break;
	}
	definition_clear(&before);
	return again;
}

void definition_rewrite_on(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
			   const struct rewrite_terms *terms, struct rewritten *rewritten)
{
	struct attempts attempts = {.count = 1};

	*rewritten = (struct rewritten){0};
	while (rewrite(virt, guest, host_policy, terms, &attempts, rewritten))
		attempts.count++;
	free(attempts.first);
	free(attempts.made);
}

void definition_rewrite(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
			struct rewritten *rewritten)
{
	definition_rewrite_on(virt, guest, host_policy, NULL, rewritten);
}

/* ---- a guest that a rewrite has brought back ---- */

#define BROUGHT_BACK "another program undefined it while it was being rewritten, and the rewrite brought it back; "

static enum undone fail_undo(const char *why, char *message, size_t size)
{
	snprintf(message, size, BROUGHT_BACK "it is not undefined again, because %s", why);
	return UNDO_FAILED;
}

/* It was @seen when it was read. */
static enum undone undefine(struct virt_domain *guest, const char *seen, const struct rewrite_terms *terms, char *message, size_t size)
{
	struct virt_error error;
	char why[640];

	switch (look_before_write(guest, seen, terms, why, sizeof(why))) {
	case KEPT_UNTOUCHED:
		break;
	case KEPT_UNKNOWN:
		return fail_undo(why, message, size);
	default:
		snprintf(message, size, BROUGHT_BACK "it is kept, since that program may already have noticed that it is back");
		return UNDO_KEPT;
	}
	if (virt_domain_undefine(guest, &error) < 0) {
		snprintf(message, size, BROUGHT_BACK "undefining it failed: %s", error.message);
		return UNDO_FAILED;
	}
	snprintf(message, size,
		 "undefined again: another program undefined it while it was being rewritten, and the rewrite had brought it back");
	return UNDO_DONE;
}

static enum undone undo(struct virt_domain *guest, const struct host_policy *host_policy, const struct rewrite_terms *terms, char *message,
			size_t size)
{
	AUTO_DEFINITION struct definition stored = {0};
	char why[640];

	if (definition_read(guest, VIRT_XML_SECRET, host_policy, &stored, why, sizeof(why)) < 0)
		return fail_undo(why, message, size);
	if (stored.plan.state != PLAN_CURRENT) {
		snprintf(message, size, "another program undefined it while it was being rewritten, and has defined it again; it is kept");
		return UNDO_KEPT;
	}
	return undefine(guest, stored.xml, terms, message, size);
}

static bool is_undefined(const struct virt_domain *guest)
{
	struct virt_error error;
	int persistent = virt_domain_ask_persistent(guest, &error);

	return persistent == 0 || (persistent < 0 && error.no_domain);
}

/* Whatever kept it from being undefined: another program may have been first. */
enum undone definition_undo(struct virt_domain *guest, const struct host_policy *host_policy, const struct rewrite_terms *terms,
			    char *message, size_t size)
{
	enum undone undone = undo(guest, host_policy, terms, message, size);

	if (undone == UNDO_DONE || !is_undefined(guest))
		return undone;
	snprintf(message, size, BROUGHT_BACK "it has since been undefined again, and not by nestxml");
	return UNDO_GONE;
}
