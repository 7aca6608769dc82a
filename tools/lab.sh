#!/usr/bin/env bash
# Manages throw-away hosts (`npm run lab -- …`). `npm run lab -- up` boots one and prints how to reach it.
set -u
setup_without_pulumi=yes # nobody should wait minutes for a CLI that a host does not need
case " $* " in *" windows "*) setup_with_winrm=yes ;; esac
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/lab/cli.js "$@"
