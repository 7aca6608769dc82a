#!/usr/bin/env bash
# What `npm run bench` runs. Nothing is asserted there: read the numbers, as ratios, on a quiet computer.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node dist/bench/service.js "$@"
