import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes the licences of the packages that `files` belong to. */
export function licensesOf(files, target) {
  const packages = files.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const texts = [...new Set(packages)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const own = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    return [`${name} ${version} (${license})`, ...own.map((file) => readFileSync(join(folder, file), "utf8").trim())];
  });
  const parts = texts.map((lines) => lines.join("\n\n"));
  writeFileSync(target, `What the bundle holds of other projects:\n\n${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}
