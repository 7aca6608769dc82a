/* eslint-disable @typescript-eslint/no-require-imports -- not compiled: it is what lies here */
// Where the engine runs this folder as a Node program (PulumiPlugin.yaml), with the address of the engine as its argument.
require("../dist/plugin/main.js");
