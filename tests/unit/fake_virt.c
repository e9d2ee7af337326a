/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake_virt.c - a libvirt with one guest, which may refuse a definition, or store something else. */
#include "fake_virt.h"

static void drop(struct virt *virt)
{
	char *at = virt->drops ? strstr(virt->stored, virt->drops) : NULL;
	char *start = at;
	char *end;

	if (!at)
		return;
	while (start > virt->stored && *start != '<')
		start--;
	end = strchr(at, '>') + 1;
	memmove(start, end, strlen(end) + 1);
}

int virt_define(struct virt *virt, const char *xml, struct virt_error *error)
{
	virt->defines++;
	if (virt->meanwhile && virt->defines == virt->meanwhile_define)
		snprintf(virt->stored, sizeof(virt->stored), "%s", virt->meanwhile);
	if ((virt->fails_from > 0 && virt->defines >= virt->fails_from) || virt->defines == virt->fails_only) {
		snprintf(error->message, sizeof(error->message), "no such luck");
		return -1;
	}
	if (virt->defines <= sizeof(virt->instead) / sizeof(virt->instead[0]) && virt->instead[virt->defines - 1])
		xml = virt->instead[virt->defines - 1];
	snprintf(virt->stored, sizeof(virt->stored), "%s", xml);
	drop(virt);
	if (virt_is_alive(virt))
		return 0;
	snprintf(error->message, sizeof(error->message), "End of file while reading data");
	return -1;
}

bool virt_is_alive(const struct virt *virt)
{
	return virt->lost_from == 0 || virt->defines < virt->lost_from;
}

int virt_domain_get_xml(const struct virt_domain *domain, enum virt_xml which, char **xml, struct virt_error *error)
{
	assert_int_equal(which, VIRT_XML_SECRET);
	domain->virt->reads++;
	if (domain->virt->meanwhile && domain->virt->reads == domain->virt->meanwhile_read)
		snprintf(domain->virt->stored, sizeof(domain->virt->stored), "%s", domain->virt->meanwhile);
	if ((domain->virt->unreadable && domain->virt->defines >= domain->virt->readable_defines) ||
	    (domain->virt->unreadable_from > 0 && domain->virt->reads >= domain->virt->unreadable_from)) {
		snprintf(error->message, sizeof(error->message), "gone");
		error->no_domain = domain->virt->undefined;
		return -1;
	}
	*xml = strdup(domain->virt->stored);
	return 0;
}

/* It is asked right before a read, and once more after the one that follows a write. */
int virt_domain_ask_persistent(const struct virt_domain *domain, struct virt_error *error)
{
	const struct virt *virt = domain->virt;

	if (virt->unanswered_from > 0 && virt->reads + 1 >= virt->unanswered_from) {
		snprintf(error->message, sizeof(error->message), "connection lost");
		error->no_domain = false;
		return -1;
	}
	return virt->transient_from == 0 || virt->reads + 1 < virt->transient_from;
}

int virt_domain_undefine(struct virt_domain *domain, struct virt_error *error)
{
	if (domain->virt->fails_from > 0) {
		snprintf(error->message, sizeof(error->message), "no such luck");
		return -1;
	}
	domain->virt->stored[0] = '\0';
	return 0;
}

void fake_virt_begin(const struct tree *tree, struct virt *virt, const char *xml, const char *keys, struct host_policy *host_policy)
{
	struct nestxml_error error = {0};
	char text[256];

	snprintf(text, sizeof(text), "[guest *]\n%s\n", keys);
	tree_host(tree, "AuthenticAMD", "kvm_amd", "1\n");
	tree_write(tree, ADMIN_FILE, text);
	snprintf(virt->stored, sizeof(virt->stored), "%s", xml);
	CHECK(host_policy_read(tree->root, host_policy, &error) == 0, "%s", error.message);
}

bool fake_virt_may_write(void *context)
{
	return *(const bool *)context;
}
