# shellcheck shell=sh
# The variables of the user that a job's script runs as already.

USER=$(id -un)
LOGNAME=$USER
eval "HOME=~$USER"
export HOME USER LOGNAME
