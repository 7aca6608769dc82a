#!/usr/bin/env bash
# Runs the tests (`npm test`): setup, then jest with the given arguments. The results are also in dist/test-results.json.
set -u
setup_with_sdks=yes setup_with_winrm=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec npx --no-install jest "$@"
