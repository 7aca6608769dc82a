#!/usr/bin/env node
/* eslint-disable @typescript-eslint/no-require-imports -- not compiled: it is what lies here */
// Where the engine runs this folder as a Node program (PulumiPlugin.yaml), and what `npm install -g` puts on the PATH.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const main = join(__dirname, "..", "dist", "plugin", "main.js");
if (!existsSync(main)) {
  console.error(`pulumi-resource-bots: ${main} is missing: run npm run build`);
  process.exit(1);
}
require(main);
