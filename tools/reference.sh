#!/usr/bin/env bash
# What `npm run reference` runs: writes docs/reference.md, and the tables in docs/managers.md.
set -u
setup_without_pulumi=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/reference.js
