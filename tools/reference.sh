#!/usr/bin/env bash
# What `npm run reference` runs: writes what is made from the schemas and the rules of the managers (tools/generate.ts).
set -u
setup_without_pulumi=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/generate.js
