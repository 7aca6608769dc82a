#!/usr/bin/env bash
# What `npm test` runs: setup, then jest with the given arguments. The results are in dist/test-results.json as well.
set -u
setup_with_sdks=yes setup_with_winrm=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec npx --no-install jest "$@"
