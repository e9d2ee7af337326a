/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* managers.c - whether a program manages a guest, by the namespaces of its metadata. */
#include "managers.h"

#include <string.h>

#include "config.h"
#include "macros.h"

/*
 * Namespaces of programs that only describe a guest, and do not rely on being the only ones that define and start it. Any other namespace
 * counts as a manager's, since nobody knows all of them, and what a manager believes of its guests must stay true.
 */
static const char *const harmless[] = {
	NESTXML_METADATA_NAMESPACE,
	"http://libosinfo.org/xmlns/libvirt/domain/1.0", /* which system the guest runs: virt-install, virt-manager, cockpit */
	"https://github.com/cockpit-project/cockpit-machines",
	"https://github.com/cockpit-project/cockpit/tree/master/pkg/machines", /* of its older versions */
};

static bool is_manager(const struct nestxml_config *config, const char *name_space)
{
	/* What is said last counts. */
	for (size_t i = config->managers_count; i > 0; i--)
		if (strcmp(config->managers[i - 1].name_space, name_space) == 0)
			return config->managers[i - 1].is_manager;
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strcmp(harmless[i], name_space) == 0)
			return false;
	return true;
}

const char *nestxml_find_manager(const struct nestxml_config *config, const struct nestxml_domain *domain)
{
	for (size_t i = 0; i < nestxml_domain_count_metadata_namespaces(domain); i++) {
		const char *name_space = nestxml_domain_get_metadata_namespace(domain, i);

		if (is_manager(config, name_space))
			return name_space;
	}
	return NULL;
}
