# shellcheck shell=sh
# The newline is in $1: a line of a job's script can't hold one in quotes, for upstart takes common blanks off all lines, and a
# line that reads `end script` for the end. A variable could be one of the program's own.

set -- "$(printf '\n.')"
set -- "${1%.}"
