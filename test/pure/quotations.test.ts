import { readdirSync, readFileSync } from "node:fs";
import { ConfigurationError, serversOf } from "../../stacks/configuration";
import { isIn, sourceTexts } from "../support/sourceTexts";

const pages = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const texts = sourceTexts();

/** The quotations in the first column of each table that follows the comment `<!-- quoted … -->`. */
const quotations = pages.flatMap((page) =>
  readFileSync(page, "utf8")
    .split(/<!-- quoted[^>]*-->\n+/)
    .slice(1)
    .flatMap((rest) => rest.split("\n\n")[0]!.split("\n").slice(2))
    .flatMap((row) =>
      [...row.split(" | ")[0]!.matchAll(/`([^`]+)`/g)].map(([, quotation]) => [page, quotation!] as const),
    ),
);

test("the pages have quotations", () => {
  expect(quotations.length).toBeGreaterThan(5);
});

test.each(quotations)("%s quotes a text of the sources: %s", (_page, quotation) => {
  expect(texts.some((text) => isIn(quotation, text))).toBe(true);
});

test("what is no text of the sources is no quotation", () => {
  expect(isIn("port … is held by … pid", ["port ", " is held by another program: ", "; "])).toBe(false);
  expect(isIn("port … is held by another program: …", ["port ", " is held by another program: ", "; "])).toBe(true);
});

test("docs/configuration.md shows the mistakes of a configuration as they are printed", () => {
  const bots = { existing: true };
  const settings = { servers: { edi1: { connection: { prot: 2222 }, bots, environment: { path: "srv/bots" } } } };
  const page = readFileSync("docs/configuration.md", "utf8").replace(/^ {4}/gm, "");
  let printed = "";
  try {
    serversOf(settings);
  } catch (error) {
    if (error instanceof ConfigurationError) printed = error.message;
  }
  expect(printed).not.toBe("");
  expect(page).toContain(printed);
});
