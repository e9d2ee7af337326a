# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's packages, which apt has installed: guests by policy, upgrade, remove, next to another program's hook, purge. For inside.

hooks=${hook%/*}
ok "the watcher is enabled" test -L "$watcher"

# ---- a guest by policy ----

define stated qemu "$no"
demand stated
ok "a guest that its policy contradicts is refused" not virsh start stated
ok "with the reason" grep -q 'nested=require' /run/said
ok "the hook's helper fixes it" becomes_current stated
ok "then it starts" virsh start stated
ok "with svm" is "$(said stated)" 'VMX=0 SVM=1'

# ---- upgrade ----

echo x >>"$hook" # as another version's bytes would be
ok "an upgrade" dpkg -i /packages/2/libnestxml0_*.deb /packages/2/libnestxml-dev_*.deb /packages/2/nestxml_*.deb
ok "tells libvirtd" grep -q 'libvirtd (PID [0-9]*) was told' /run/said
ok "ships the new hook" cmp "$hook" /usr/libexec/nestxml/qemu
ok "and leaves the guest alone" alive stated
ok "nestctl hook status" nestctl hook status
virsh -q destroy stated
define_stale second
demand second
ok "the new one judges" not virsh start second

# ---- remove, and install next to another program's hook ----

ok "the guest starts again" virsh start stated
mount --bind "$hooks" "$hooks"
mount -o remount,bind,ro "$hooks"
# systemd as far as the scripts ask: what would be done to the service is noted
mkdir -p /run/systemd/system /run/fake
printf '#!/bin/sh\necho "$*" >>/run/fake/done\n' >/run/fake/deb-systemd-invoke
printf '#!/bin/sh\n' >/run/fake/systemctl
chmod 755 /run/fake/*
ok "where the hook cannot be taken away, dpkg does not remove" not env "PATH=/run/fake:$PATH" dpkg --remove nestxml
umount "$hooks"
ok "and the watcher goes on" is "$(cat /run/fake/done)" 'start nestxml.service'
ok "as does the package" is "$(dpkg-query --show --showformat '${db:Status-Status}' nestxml)" installed
rm -r /run/systemd/system /run/fake
ok "remove" apt-get remove --yes nestxml
ok "takes the hook away" not test -e "$hook"
ok "keeps the policy" test -e /etc/nestxml/nestxml.conf
ok "leaves the guest alone" alive stated
ok "and nobody judges" virsh start second
virsh -q destroy second
printf '#!/bin/sh\nexit 0\n' >"$hook"
chmod 755 "$hook"
ok "install next to another program's hook" dpkg -i /packages/2/nestxml_*.deb
ok "keeps that" is "$(tail -n 1 "$hook")" 'exit 0'
define_stale second
ok "and judges in qemu.d" not virsh start second
rm "$hook"

# ---- purge ----

mkdir -p /etc/modprobe.d
printf '# Written by nestctl host enable; the next run replaces the whole file.\noptions kvm-amd nested=1\n' >/etc/modprobe.d/nestxml.conf
ok "purge" apt-get purge --yes nestxml libnestxml-dev libnestxml0
ok "leaves the guest alone" alive stated
ok "in the usual way" becomes_current second
define_stale second
ok "and nobody judges any more" virsh start second
for guest in stated second; do
	virsh -q destroy $guest
	virsh -q undefine $guest
done
