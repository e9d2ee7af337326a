/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent.c - stands in for libvirt-qemu.so.0: a guest agent whose replies are the files /run/agent/reply-*. */
#include <libvirt/libvirt-qemu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first whose words are all in the command answers. */
static const struct {
	const char *words[2];
	const char *file;
} replies[] = {
	{{"guest-file-open", "/proc/cpuinfo"}, "/run/agent/reply-open-cpuinfo"},
	{{"guest-file-open", "/dev/kvm"}, "/run/agent/reply-open-kvm"},
	{{"guest-file-read", "1000"}, "/run/agent/reply-read"},
	{{"guest-file-close", ""}, "/run/agent/reply-close"},
};

/* NULL where there is none, and libvirt's last error is then "... No such file or directory", as from a real agent. */
static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? calloc(1, 1 << 20) : NULL;

	if (text && fread(text, 1, (1 << 20) - 1, file) == 0)
		text[0] = '\0';
	if (file)
		fclose(file);
	else
		virConnectOpenReadOnly("qemu+unix:///system?socket=/nowhere");
	return text;
}

char *virDomainQemuAgentCommand(virDomainPtr domain, const char *command, int timeout, unsigned int flags)
{
	char *slow = read_all("/run/agent/slow");
	int seconds = slow ? atoi(slow) : 0;

	(void)domain;
	(void)flags;
	free(slow);
	sleep((unsigned int)(seconds < timeout ? seconds : timeout));
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
		if (strstr(command, replies[i].words[0]) && strstr(command, replies[i].words[1]))
			return read_all(replies[i].file);
	return NULL;
}
