import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changes } from "../provider/changes";
import { MANAGERS } from "../provider/posix/managers";
import { argumentFiles } from "./arguments";
import { managersTables } from "./managersTable";
import { overview, reference } from "./reference";

/** Every generated file, whole, by its path: from the schemas and the rules of the managers. `npm run reference` writes them. */
export function generated(root: string): Map<string, string> {
  const changesOf = changes(MANAGERS);
  const page = (path: string, texts: Readonly<Record<string, () => string>>) =>
    [path, Object.entries(texts).reduce(withText, readFileSync(join(root, path), "utf8"))] as const;
  return new Map([
    ...argumentFiles(changesOf),
    ["docs/reference.md", reference(changesOf)],
    page("docs/managers.md", managersTables),
    page("README.md", { properties: () => overview(changesOf) }),
  ]);
}

/** A page with a text in its place, between two comments. */
function withText(page: string, [name, make]: [string, () => string]): string {
  const begin = `<!-- ${name}: npm run reference -->`;
  const [before = "", rest] = page.split(begin);
  if (rest === undefined) throw new Error(`there is no ${begin}`);
  return `${before}${begin}\n\n${make()}\n\n${rest.slice(rest.indexOf("<!-- end -->"))}`;
}

if (require.main === module) {
  const root = join(__dirname, "../..");
  for (const [path, text] of generated(root)) writeFileSync(join(root, path), text);
}
