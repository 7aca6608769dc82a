#!/usr/bin/env bash
# What `npm run lab:windows -- --host HOST …` runs: the tests of Windows services against a Windows host that you have.
set -u
setup_without_pulumi=yes setup_with_winrm=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/windowsHost.js "$@"
