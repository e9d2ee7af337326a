# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# nestctl.bash - completion of nestctl.

# Tenants choose guests' names, and compgen -W would expand and run what is in them.
_nestctl_guests()
{
	local name
	while IFS= read -r name; do
		if [ "$name" ] && [[ $name == "$1"* ]]; then
			COMPREPLY+=("$(printf '%q' "$name")")
		fi
	done < <(virsh list --all --name 2>/dev/null)
}

_nestctl()
{
	local word current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} words=
	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		words='doctor host guest verify list apply set watch hook --help --version'
	else
		case $command in
		doctor) words='--json --connect= --help' ;;
		host) words='enable disable --json --nova-provider --no-reload --dry-run --shadow-vmcs=yes --shadow-vmcs=no --help' ;;
		guest) words='--json --devstack --nova --help' ;;
		verify) words='--ask-qemu --ask-guest --json --connect= --help' ;;
		list) words='--nested --unmet --json --connect= --help' ;;
		apply) words='--all --dry-run --diff --connect= --help' ;;
		set) words='--connect= --help' ;;
		watch) words='--connect= --help' ;;
		hook) words='install status remove --json --help' ;;
		esac
		case $command:$COMP_CWORD in
		doctor:2 | verify:2 | set:2 | apply:*) [[ $current == -* ]] || _nestctl_guests "$current" ;;
		set:3) words='require optional disable leave' ;;
		esac
	fi
	while IFS= read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen -W "$words" -- "$current")
}
complete -F _nestctl nestctl
