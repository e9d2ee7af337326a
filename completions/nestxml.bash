# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# nestxml.bash - completion of nestxml; what is not an option is a file.
_nestxml()
{
	local current=${COMP_WORDS[COMP_CWORD]} words word
	words='--nested=require --nested=optional --nested=disable --nested=policy
		--mode=keep --mode=host-model --mode=host-passthrough --mode=maximum --vendor=auto --vendor=intel --vendor=amd
		--in-place --output= --check --diff --quiet --verbose --help --version'
	COMPREPLY=()
	while IFS= read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen -W "$words" -- "$current")
}
complete -o default -o nosort -F _nestxml nestxml
