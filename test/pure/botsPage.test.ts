import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync("docs/from-the-bots-page.md", "utf8");
/** The rows of the tables, each with its cells; a `\|` is no border. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\| (-|The page)/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );

test("there are rows for all parts of the page", () => {
  expect(rows.length).toBeGreaterThan(25);
  expect(page.match(/^## .*/gm)).toHaveLength(5);
});

test.each(rows)("%s", (_item, _instead, shownBy) => {
  const files = [...shownBy.matchAll(/`(test\/[\w/.]+\.test\.ts)`/g)].map(([, file]) => file!);
  expect(files).not.toEqual([]);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("its links lead to pages that are there", () => {
  const links = [...page.matchAll(/\]\((?!https:)([\w.-]+)(#[\w-]+)?\)/g)].map(([, file]) => join("docs", file!));
  expect(links.filter((file) => !existsSync(file))).toEqual([]);
});
