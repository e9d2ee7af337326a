# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The RPMs, installed by rpm itself with what their scriptlets do: upgrade, erase, next to another program's hook. For inside. What they require
# Debian has under other names, so that --nodeps it is; the database ends with the test.

hooks=${hook%/*}
modprobe=/etc/modprobe.d/nestxml.conf
by_nestctl='# Written by nestctl host enable; the next run replaces the whole file.\noptions kvm-amd nested=1\n'
force=() # Debian 12's rpm installs nothing without it, that of 13 does not know it
! rpm --force-debian --version >/dev/null 2>&1 || force=(--force-debian)
rpms() {
	rpm "${force[@]}" --define '_dbpath /run/rpm' "$@"
}
is_release() { # N
	is "$(rpms -q --queryformat '%{NAME}-%{RELEASE}\n' nestxml libnestxml0 libnestxml-devel)" \
		"$(printf '%s\n' "nestxml-$1" "libnestxml0-$1" "libnestxml-devel-$1")"
}

# ---- install ----

ok "rpm installs" rpms -i --nodeps /packages/rpm/1/*.rpm
ok "three packages" is_release 1
ok "each file is as it was packed" rpms -V --nodeps nestxml libnestxml0 libnestxml-devel
ok "the directory of policies is there, and is theirs" rpms -qf /etc/nestxml/nestxml.conf.d
ok "the library is where programs find it" grep -q 'libnestxml.so.0 ' <(ldconfig -p)
ok "%post puts the hook in place" cmp "$hook" /usr/libexec/nestxml/qemu
ok "and tells libvirtd" nestctl hook status
ok "and enables the watcher" test -L "$watcher"
define stated qemu "$no"
demand stated
ok "a guest that its policy contradicts is refused" not virsh start stated
ok "with the reason" grep -q 'nested=require' "$said"
ok "the hook's helper fixes it" becomes_current stated
ok "then it starts" virsh start stated
ok "with svm" is "$(said stated)" 'VMX=0 SVM=1'

# ---- upgrade ----

echo x >>"$hook" # as another version's bytes would be
ok "rpm upgrades" rpms -U --nodeps /packages/rpm/2/*.rpm
ok "all three" is_release 2
ok "ships the new hook" cmp "$hook" /usr/libexec/nestxml/qemu
ok "tells libvirtd again" nestctl hook status
ok "keeps the watcher enabled" test -L "$watcher"
ok "keeps the policy" grep -q 'guest stated' /etc/nestxml/nestxml.conf
ok "and leaves the guest alone" alive stated
define_stale second
demand second
ok "the new one judges" not virsh start second

# ---- erase ----

mkdir -p /etc/modprobe.d
# shellcheck disable=SC2059 # it is the format
printf "$by_nestctl" >"$modprobe"
ok "before, there is what was told" test -e /run/nestxml
mount --bind "$hooks" "$hooks"
mount -o remount,bind,ro "$hooks"
ok "where the hook cannot be taken away, rpm does not erase" not rpms -e nestxml
ok "nor with the library in one transaction" not rpms -e --nodeps nestxml libnestxml0
ok "which it says" grep -q "$hook needs this library" "$said"
ok "both stay" rpms -q nestxml libnestxml0
ok "so does the hook, and judges" nestctl hook status
ok "nestctl stays, and so does the watcher" test -x /usr/bin/nestctl -a -L "$watcher"
umount "$hooks"
ok "rpm erases" rpms -e nestxml libnestxml-devel libnestxml0
ok "the hook is gone" not test -e "$hook"
ok "and the watcher's link" not test -L "$watcher"
ok "and what was told" not test -e /run/nestxml
ok "and what nestctl host enable wrote" not test -e "$modprobe"
ok "the administrator's policy stays" grep -q 'guest second' /etc/nestxml/nestxml.conf
ok "the guest is left alone" alive stated
define_stale second
ok "and nobody judges" virsh start second
virsh -q destroy second

# ---- next to another program's hook ----

printf '#!/bin/sh\nexit 0\n' >"$hook"
chmod 755 "$hook"
cp -p "$hook" /run/theirs
ok "rpm installs next to another program's hook" rpms -i --nodeps /packages/rpm/2/*.rpm
ok "keeps that" cmp "$hook" /run/theirs
define_stale second
ok "and judges in qemu.d" not virsh start second
# shellcheck disable=SC2059 # it is the format
printf "${by_nestctl}options kvm-amd avic=1\n" >"$modprobe"
ok "rpm erases once more" rpms -e nestxml libnestxml-devel libnestxml0
ok "and keeps the other's hook" cmp "$hook" /run/theirs
ok "and options that the administrator added" grep -q avic "$modprobe"
define_stale second
ok "and nobody judges any more" virsh start second
ok "rpm installs a third time" rpms -i --nodeps /packages/rpm/2/*.rpm
echo 'options kvm-amd nested=1' >"$modprobe"
ok "and erases" rpms -e nestxml libnestxml-devel libnestxml0
ok "and keeps a file that nestctl did not write, whatever it says" test -e "$modprobe"
rm -r "$hook" "$modprobe" /etc/nestxml # the administrator's own
for guest in stated second; do
	virsh -q destroy $guest
	virsh -q undefine $guest
done
