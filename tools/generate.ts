import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changes } from "../provider/changes";
import { MANAGERS } from "../provider/managers";
import type { Manifest } from "../schema/manifest";
import { argumentFiles } from "./arguments";
import { installation, withPlugin } from "./installation";
import { managersTables } from "./managersTable";
import { overview, reference } from "./reference";

/** The text of every generated file, by its path: from the schemas, the managers' rules and package.json. `npm run reference` writes them. */
export function generated(root: string): Map<string, string> {
  const changesOf = changes(MANAGERS);
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const { typescript, languages, goImport } = installation(JSON.parse(manifest) as Manifest);
  const page = (path: string, texts: Readonly<Record<string, () => string>>) =>
    [path, Object.entries(texts).reduce(withText, readFileSync(join(root, path), "utf8"))] as const;
  return new Map<string, string>([
    ...argumentFiles(changesOf),
    ["docs/reference.md", reference(changesOf)],
    page("docs/managers.md", managersTables),
    withGoImport(page("docs/languages.md", { typescript: () => typescript, languages: () => languages }), goImport),
    page("README.md", { typescript: () => typescript, properties: () => overview(changesOf) }),
    ["package.json", withPlugin(manifest)],
  ]);
}

/** A page with a generated text between two comments. */
function withText(page: string, [name, make]: [string, () => string]): string {
  const begin = `<!-- ${name}: npm run reference -->`;
  const [before = "", rest] = page.split(begin);
  if (rest === undefined) throw new Error(`there is no ${begin}`);
  return `${before}${begin}\n\n${make()}\n\n${rest.slice(rest.indexOf("<!-- end -->"))}`;
}

/** A page whose Go program imports the SDK by its published path. */
const withGoImport = ([path, text]: readonly [string, string], goImport: string) =>
  [path, text.replace(/"\S+\/sdk\/go\/bots"/g, JSON.stringify(goImport))] as const;

if (require.main === module) {
  const root = join(__dirname, "../..");
  for (const [path, text] of generated(root)) writeFileSync(join(root, path), text);
}
