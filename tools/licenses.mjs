// Writes the licences of what esbuild has bundled (its metafile, the first argument) to the second.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [metafile, target] = process.argv.slice(2);
const { inputs } = JSON.parse(readFileSync(metafile, "utf8"));
const packages = Object.keys(inputs).flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);

const texts = [...new Set(packages)].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
});
if (texts.length === 0) throw new Error(`${metafile} names no packages`);
writeFileSync(target, `What plugin.js holds of other projects:\n\n${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
