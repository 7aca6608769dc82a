#!/usr/bin/env bash
# Writes dist/: what tsc makes of the TypeScript, and the shell files beside it, which tsc does not copy.
cd "$(dirname "$0")/.." || exit 1
npx --no-install tsc -p tsconfig.json
code=$?
find dist/provider -name '*.sh' -delete
# What a former version had: `ssh.js` would be loaded instead of `ssh/index.js`.
find dist -name '*.js' -exec sh -c '
  for file; do
    source=${file#dist/} && source=${source%.js}
    [ -e "$source.ts" ] || [ -e "$source.js" ] || rm -f "$file" "$file.map" "${file%.js}.d.ts"
  done' sh {} +
find provider -name '*.sh' -exec sh -c 'for file; do mkdir -p "dist/${file%/*}" && cp "$file" "dist/$file" || exit 1; done' sh {} + || exit 1
exit $code
