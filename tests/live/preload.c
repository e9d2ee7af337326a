/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* preload.c - a library that changes what QEMU is started with, while its command line is seen as it was. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
typedef int main_type(int, char **, char **);
typedef void nothing(void);
typedef int start_type(main_type *, int, char **, nothing *, nothing *, nothing *, void *);
static main_type *qemu;
static int rewritten(int count, char **words, char **environment)
{
	for (int i = 1; i + 1 < count; i++)
		if (strcmp(words[i], "-cpu") == 0)
			words[i + 1] = "max";
	return qemu(count, words, environment);
}
int __libc_start_main(main_type *main, int count, char **words, nothing *a, nothing *b, nothing *c, void *stack)
{
	qemu = main;
	return ((start_type *)dlsym(RTLD_NEXT, "__libc_start_main"))(rewritten, count, words, a, b, c, stack);
}
