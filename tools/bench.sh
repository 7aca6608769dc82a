#!/usr/bin/env bash
# What `npm run bench` runs. Its argument is a file of bench/: service (the default), winrm or windows. Nothing is asserted there:
# read the numbers, as ratios, on a quiet computer.
set -u
setup_with_winrm=yes
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node "dist/bench/${1:-service}.js"
