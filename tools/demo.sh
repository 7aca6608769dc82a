#!/usr/bin/env bash
# Runs the demo (`npm run demo`).
set -u
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/demo/main.js "$@"
