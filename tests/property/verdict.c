/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verdict.c - asks the library as the hook does, on hosts that exist in a temporary directory only. */
#include "verdict.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_root(const struct verdict_hosts *hosts, const struct judge_wish *wish, char *root, size_t size)
{
	snprintf(root, size, "%s/%s-%s-%s", hosts->directory, nestxml_nested_to_string(wish->nested), nestxml_mode_to_string(wish->mode),
		 nestxml_vendor_to_string(wish->vendor));
}

/* Writes @root/@path and the directories above it. */
static bool write_file(const char *root, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool write_file(const char *root, const char *path, const char *format, ...)
{
	char full[1024];
	va_list arguments;
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *at = full + strlen(root); (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(full, 0755);
		*at = '/';
	}
	file = fopen(full, "w");
	if (!file)
		return false;
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	return fclose(file) == 0 && chmod(full, 0644) == 0;
}

static bool make_host(const struct verdict_hosts *hosts, const struct judge_wish *wish)
{
	bool intel = wish->vendor == NESTXML_VENDOR_INTEL;
	char root[512];

	make_root(hosts, wish, root, sizeof(root));
	return write_file(root, "/proc/cpuinfo", "processor\t: 0\nvendor_id\t: %s\n", intel ? "GenuineIntel" : "AuthenticAMD") &&
	       write_file(root, intel ? "/sys/module/kvm_intel/parameters/nested" : "/sys/module/kvm_amd/parameters/nested", "%s\n",
			  intel ? "Y" : "1") &&
	       write_file(root, "/etc/nestxml/nestxml.conf", "[guest *]\nnested = %s\nmode = %s\n", nestxml_nested_to_string(wish->nested),
			  nestxml_mode_to_string(wish->mode));
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void verdict_hosts_remove(const struct verdict_hosts *hosts)
{
	nftw(hosts->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool verdict_hosts_make(struct verdict_hosts *hosts)
{
	const char *base = getenv("TMPDIR");
	bool made = true;

	snprintf(hosts->directory, sizeof(hosts->directory), "%s/property.XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(hosts->directory))
		return false;
	for (unsigned int i = 0; made && i < JUDGE_WISHES; i++) {
		struct judge_wish wish = judge_wish_get(i);

		made = make_host(hosts, &wish);
	}
	if (!made)
		verdict_hosts_remove(hosts);
	return made;
}

static int ask(const char *root, const char *xml, size_t length, enum nestxml_verdict *verdict)
{
	struct nestxml_check *check;
	int code = nestxml_check_new(root, NESTXML_OPERATION_START, "guest", xml, length, &check, NULL);

	if (code != 0)
		return code;
	*verdict = nestxml_check_get_verdict(check);
	nestxml_check_free(check);
	return 0;
}

/* What holds of a document, whatever its <cpu>. */
struct document {
	bool is_overridden; /* an argument for QEMU decides */
	bool is_lacking;    /* its CPU is described in full, without the feature: libvirt gives it no more than that */
	bool applies;	    /* the wish is about its vendor: TCG's is AMD, whatever the host */
};

static bool read_document(const char *xml, size_t length, const struct judge_wish *wish, struct document *document)
{
	struct nestxml_domain *domain;
	const char *model;

	if (nestxml_domain_new(xml, length, &domain, NULL) != 0)
		return false;
	model = nestxml_domain_get_cpu_model(domain);
	document->is_overridden = nestxml_domain_get_cpu_override(domain);
	document->is_lacking = nestxml_domain_has_expanded_cpu(domain) && *model && !nestxml_model_has_feature(model, wish->vendor) &&
			       !nestxml_domain_get_feature_policy(domain, wish->vendor);
	document->applies = nestxml_domain_get_vendor(domain, wish->vendor) == wish->vendor;
	nestxml_domain_free(domain);
	return true;
}

static enum nestxml_verdict expect(const struct document *document, const struct judge_wish *wish, bool is_stated)
{
	if (document->is_overridden)
		return wish->nested == NESTXML_NESTED_OPTIONAL ? NESTXML_VERDICT_PASS : NESTXML_VERDICT_REFUSE;
	if (is_stated || (wish->nested == NESTXML_NESTED_DISABLE && document->is_lacking))
		return NESTXML_VERDICT_PASS;
	return NESTXML_VERDICT_STALE;
}

const char *verdict_check(const struct verdict_hosts *hosts, const struct judge *judge, const struct judge_wish *wish, const char *input,
			  size_t input_length)
{
	struct document document;
	enum nestxml_verdict before;
	enum nestxml_verdict after;
	size_t output_length = 0;
	const char *output = judge_get_output(judge, &output_length);
	char root[512];

	if (!output || !read_document(input, input_length, wish, &document))
		return "it cannot be read a second time";
	if (!document.applies)
		return NULL;
	make_root(hosts, wish, root, sizeof(root));
	if (ask(root, input, input_length, &before) != 0 || ask(root, output, output_length, &after) != 0)
		return "there is no verdict";
	if (before != expect(&document, wish, judge_is_stated(judge, wish)))
		return "the verdict on the input is wrong";
	return after == expect(&document, wish, true) ? NULL : "the verdict on the output is wrong";
}
