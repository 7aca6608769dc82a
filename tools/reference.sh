#!/usr/bin/env bash
# Writes the generated files (`npm run reference`), which come from the schemas and the managers' rules (tools/generate.ts).
set -u
setup_without_pulumi=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/generate.js
