# SPDX-License-Identifier: LGPL-2.1-or-later
# nestctl.fish - completion of nestctl for fish.
set -l guests '(virsh list --all --name 2>/dev/null | string match -v "")'

complete -c nestctl -f
complete -c nestctl -n __fish_use_subcommand -a 'doctor host guest verify list apply set watch hook'
complete -c nestctl -l help -s h
complete -c nestctl -n __fish_use_subcommand -l version -s V
complete -c nestctl -n '__fish_seen_subcommand_from host' -a 'enable disable'
complete -c nestctl -n '__fish_seen_subcommand_from host' -l nova-provider
complete -c nestctl -n '__fish_seen_subcommand_from host' -l no-reload
complete -c nestctl -n '__fish_seen_subcommand_from host' -l shadow-vmcs -x -a 'yes no'
complete -c nestctl -n '__fish_seen_subcommand_from host apply' -l dry-run
complete -c nestctl -n '__fish_seen_subcommand_from doctor host guest verify list hook' -l json
complete -c nestctl -n '__fish_seen_subcommand_from guest' -l devstack
complete -c nestctl -n '__fish_seen_subcommand_from guest' -l nova
complete -c nestctl -n '__fish_seen_subcommand_from doctor verify apply set' -a $guests
complete -c nestctl -n '__fish_seen_subcommand_from verify' -l ask-qemu
complete -c nestctl -n '__fish_seen_subcommand_from verify' -l ask-guest
complete -c nestctl -n '__fish_seen_subcommand_from list' -l nested
complete -c nestctl -n '__fish_seen_subcommand_from list' -l unmet
complete -c nestctl -n '__fish_seen_subcommand_from apply' -l all
complete -c nestctl -n '__fish_seen_subcommand_from apply' -l diff
complete -c nestctl -n '__fish_seen_subcommand_from set' -a 'require optional disable leave'
complete -c nestctl -n '__fish_seen_subcommand_from doctor verify list apply set watch' -l connect -s c -x
complete -c nestctl -n '__fish_seen_subcommand_from hook' -a 'install status remove'
