#!/usr/bin/env bash
# Runs the demo (`npm run demo`).
set -u
case " $* " in *" --windows "*) setup_with_winrm=yes ;; esac
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/tools/demo/main.js "$@"
