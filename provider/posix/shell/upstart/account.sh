# shellcheck shell=sh
# Sets the variables of the user that a job's script runs as.

USER=$(id -un)
LOGNAME=$USER
eval "HOME=~$USER"
export HOME USER LOGNAME
