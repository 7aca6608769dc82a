#!/usr/bin/env bash
# Checks the shell that is sent to hosts.
cd "$(dirname "$0")/.." || exit 1
command -v shellcheck >/dev/null || { echo "shellcheck is missing: apt-get install shellcheck"; exit 1; }
find provider -name '*.sh' -exec shellcheck {} +
