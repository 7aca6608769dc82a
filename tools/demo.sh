#!/usr/bin/env bash
# What `npm run demo` runs.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/demo/main.js "$@"
