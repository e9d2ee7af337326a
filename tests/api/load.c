/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load.c - loads the library, uses it and lets go of it, again and again, as a program with plugins does: each time it works, and in the
 * end it is not there any more than at the first time.
 *
 *	load LIBRARY
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#define ROUNDS 50
#define MOST_LOST 4096 /* bytes a round; what the loader itself keeps is less */

static bool use(const char *path)
{
	static const char xml[] = "<domain type='kvm'><name>vm</name></domain>";
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	__typeof__(nestxml_domain_new) *make = library ? (__typeof__(make))dlsym(library, "nestxml_domain_new") : NULL;
	__typeof__(nestxml_domain_free) *release = library ? (__typeof__(release))dlsym(library, "nestxml_domain_free") : NULL;
	struct nestxml_domain *domain;

	if (!make || !release || make(xml, strlen(xml), &domain, NULL) != 0)
		return false;
	release(domain);
	return dlclose(library) == 0;
}

int main(int argc, char **argv)
{
	size_t before = 0;
	size_t lost;

	for (int i = 0; i < ROUNDS; i++) {
		if (argc != 2 || !use(argv[1])) {
			printf("not ok - round %d: %s\n", i, dlerror());
			return 1;
		}
		if (i == ROUNDS / 2)
			before = mallinfo2().uordblks;
	}
	lost = mallinfo2().uordblks - before;
	printf("loaded %d times, %zu bytes lost in the last half\n", ROUNDS, lost);
	return lost > (size_t)MOST_LOST * ROUNDS / 2;
}
