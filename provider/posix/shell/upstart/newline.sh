# shellcheck shell=sh
# $1 is a newline. A job's script can't have one in quotes, because upstart removes the common indentation of all lines, and ends
# the script at a line `end script`. A variable could collide with the program's own.

set -- "$(printf '\n.')"
set -- "${1%.}"
