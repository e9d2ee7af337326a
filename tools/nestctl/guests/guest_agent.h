/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent.h - what a guest says of itself through the QEMU guest agent. */
#ifndef NESTXML_AGENT_H
#define NESTXML_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "host/cpuinfo.h"

/** The guest's /dev/kvm. */
enum guest_agent_device { GUEST_AGENT_DEVICE_UNKNOWN, GUEST_AGENT_DEVICE_THERE, GUEST_AGENT_DEVICE_MISSING };

struct guest_agent_answer {
	bool answered; /* the rest is known */
	struct cpuinfo cpuinfo;
	enum guest_agent_device device;
	char error[512]; /* why it did not answer; ready for a terminal */
};

/** Carries a command to the agent, and the reply back, which is the caller's to free. On failure -1 and @error, ready for a terminal. */
struct guest_agent_channel {
	int (*ask)(void *context, const char *command, int seconds, char **reply, char *error, size_t size);
	void *context;
};

/** Asks for /proc/cpuinfo and /dev/kvm; takes about 10 s where the agent does not answer. The guest's word is nobody else's. */
void guest_agent_ask(const struct guest_agent_channel *line, struct guest_agent_answer *answer);

#endif
