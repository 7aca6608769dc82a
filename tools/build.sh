#!/usr/bin/env bash
# Writes dist/: what tsc makes of the TypeScript, and in dist/plugin the provider, bundled: it starts in half the time.
cd "$(dirname "$0")/.." || exit 1
npx --no-install tsc -p tsconfig.json
code=$?
# What a former version had: `ssh.js` would be loaded instead of `ssh/index.js`.
find dist -name '*.js' -exec sh -c '
  for file; do
    source=${file#dist/} && source=${source%.js}
    [ -e "$source.ts" ] || [ -e "$source.js" ] || rm -f "$file" "$file.map" "${file%.js}.d.ts"
  done' sh {} +

# In the bundle is all but what must be the same as in programs (the SDK, and google-protobuf, which has global names), what
# is native (ssh2) and what gRPC loads for a service that we don't offer.
rm -rf dist/plugin
npx --no-install esbuild provider/main.ts provider/plugin.ts --outdir=dist/plugin --log-level=warning \
  --bundle --platform=node --target=node20.19 --main-fields=module,main --sourcemap --sources-content=false \
  --external:./plugin.js --external:@pulumi/pulumi/index.js --external:../components/construct.js --external:google-protobuf \
  --external:ssh2 --external:@grpc/proto-loader --metafile=dist/plugin/bundle.json || exit 1
node tools/licenses.mjs dist/plugin/bundle.json dist/plugin/LICENSES.txt && rm dist/plugin/bundle.json || exit 1

# The shell that the provider reads lies beside it: tsc and esbuild don't copy it.
find dist/provider -name '*.sh' -delete
for folder in dist/provider/posix/shell dist/plugin; do
  (cd provider/posix/shell && find . -name '*.sh' -exec cp --parents -t "$OLDPWD/$folder" {} +) || exit 1
done
exit $code
