/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_agent.h - what a guest says of itself through the QEMU guest agent. */
#ifndef NESTXML_GUEST_AGENT_H
#define NESTXML_GUEST_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "guests/channel.h"
#include "host/cpuinfo.h"

/** The guest's /dev/kvm. */
enum guest_agent_device { GUEST_AGENT_DEVICE_UNKNOWN, GUEST_AGENT_DEVICE_THERE, GUEST_AGENT_DEVICE_MISSING };

struct guest_agent_answer {
	bool answered; /* the rest is known */
	struct cpuinfo cpuinfo;
	enum guest_agent_device device;
	char error[512]; /* why it did not answer; ready for a terminal */
};

/** Asks for /proc/cpuinfo and /dev/kvm; takes about 10 s where the agent does not answer. A guest can lie. */
void guest_agent_ask(const struct channel *channel, struct guest_agent_answer *answer);

#endif
