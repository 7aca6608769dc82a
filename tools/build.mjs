// Writes dist/: the compiled TypeScript, and two bundles, which start in half the time: the provider in dist/plugin and the
// command in dist/command. It is JavaScript, because it also runs when somebody installs the package from git, on Windows too.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { licensesOf } from "./licenses.mjs";

process.chdir(join(import.meta.dirname, ".."));

/** After type errors the exit code is 1 at the end: tsc writes dist/ all the same. */
function compile() {
  try {
    execFileSync(process.execPath, ["node_modules/typescript/lib/tsc.js", "-p", "tsconfig.json"], { stdio: "inherit" });
  } catch {
    process.exitCode = 1;
  }
}

/** Removes files of an earlier version: `ssh.js` would be loaded instead of `ssh/index.js`. */
function removeStale() {
  for (const file of readdirSync("dist", { recursive: true }).filter((name) => name.endsWith(".js"))) {
    const base = file.slice(0, -".js".length);
    if (/^(plugin|command)/.test(file) || existsSync(`${base}.ts`) || existsSync(file)) continue;
    for (const old of [file, `${file}.map`, `${base}.d.ts`]) rmSync(join("dist", old), { force: true });
  }
}

/**
 * A bundle holds everything except packages that programs must share with the provider (the SDK, and google-protobuf, which has
 * global names), native code (ssh2), and what gRPC loads for a service that the provider does not offer.
 */
async function bundle(entryPoints, outdir) {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints,
    outdir,
    bundle: true,
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    sourcemap: true,
    sourcesContent: false,
    // Node has less to read at each start. Names stay as they are, for stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    logLevel: "warning",
    external: [
      ...["./plugin.js", "@pulumi/pulumi/index.js", "../components/construct.js"],
      ...["google-protobuf", "ssh2", "@grpc/proto-loader"],
    ],
  });
  licensesOf(Object.keys(metafile.inputs), `${outdir}/LICENSES.txt`);
}

/** Writes the package schema, because the engine asks for it in every run, and making it takes longer than reading it. */
function writeSchema() {
  const { BotsProvider } = createRequire(import.meta.url)("../dist/plugin/plugin.js");
  writeFileSync("dist/plugin/schema.json", new BotsProvider().schema());
}

/** Copies the shell code that the provider reads, because tsc and esbuild don't. */
function copyShell() {
  const from = "provider/posix/shell";
  const isShell = (path) => statSync(path).isDirectory() || path.endsWith(".sh");
  const old = existsSync(`dist/${from}`) ? readdirSync(`dist/${from}`, { recursive: true }) : [];
  for (const file of old.filter((name) => name.endsWith(".sh"))) rmSync(join("dist", from, file));
  for (const to of [`dist/${from}`, "dist/plugin"]) cpSync(from, to, { recursive: true, filter: isShell });
}

compile();
removeStale();
await bundle(["provider/main.ts", "provider/plugin.ts"], "dist/plugin");
await bundle(["cli/main.ts"], "dist/command");
copyShell();
writeSchema();
