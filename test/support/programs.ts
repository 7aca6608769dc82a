import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const pages = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** The blocks of a language on the pages for users that are whole programs: what they import, or what runs them, stands in them. */
export function programs(language: string): { page: string; text: string }[] {
  const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm");
  return pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(block)]
      .map(([, text]) => ({ page, text: text! }))
      .filter(({ text }) => /^(import|package|from|name:) /m.test(text)),
  );
}
