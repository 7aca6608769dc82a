# shellcheck shell=sh disable=SC2086,SC2194
# Delays a restart: upstart restarts a program as soon as `post-stop` exits. A job that is being stopped does not wait. If
# upstart does not answer, the wait does no harm. A line `delay=…` precedes this code.

while [ $delay -gt 0 ]; do
  case $(/sbin/initctl status "$UPSTART_JOB" 2>/dev/null) in *" stop/"*) break ;; esac
  sleep 1
  delay=$((delay - 1))
done
