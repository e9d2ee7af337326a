#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Apache CloudStack: the KVM agent's libvirt-vm-xml-transformer.sh, called as `SCRIPT transform XML`. The guest's policy is what this host's
# policy files state.
#
# The agent takes stdout and stderr together as the new XML, so on success nothing else may be printed. On failure the agent starts the
# guest with the XML that it had and logs what was printed; syslog has the reason too. nestxml's libvirt hook then judges that start.
set -u

fail()
{
	logger -t nestxml-cloudstack -p daemon.warning -- "$1" 2>/dev/null
	printf '%s\n' "$1"
	exit 1
}

if [ $# != 2 ] || [ "$1" != transform ]; then
	fail "nestxml: must be called by CloudStack's agent, as $0 transform XML"
fi
{
	message=$(printf '%s' "$2" | nestxml --quiet --nested=policy 2>&1 >&3) || fail "$message"
} 3>&1
