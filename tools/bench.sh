#!/usr/bin/env bash
# Runs a benchmark (`npm run bench`). Its argument is a file of bench/: service (the default), winrm or windows. The benchmarks check
# nothing: compare the numbers on a quiet computer.
set -u
setup_with_winrm=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node "dist/bench/${1:-service}.js"
