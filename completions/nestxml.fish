# SPDX-License-Identifier: LGPL-2.1-or-later
# nestxml.fish - completion of nestxml for fish; what is not an option is a file.
complete -c nestxml -l nested -s n -x -a 'require optional disable policy'
complete -c nestxml -l mode -s m -x -a 'keep host-model host-passthrough maximum'
complete -c nestxml -l vendor -x -a 'auto intel amd'
complete -c nestxml -l in-place -s i
complete -c nestxml -l output -s o -r
complete -c nestxml -l check -s c
complete -c nestxml -l diff -s d
complete -c nestxml -l quiet -s q
complete -c nestxml -l verbose -s v
complete -c nestxml -l help -s h
complete -c nestxml -l version -s V
