import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const pages = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** The whole programs in one language on the pages for users: blocks that contain an import or a runtime. */
export function programs(language: string): { page: string; text: string }[] {
  const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm");
  return pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(block)]
      .map(([, text]) => ({ page, text: text! }))
      .filter(({ text }) => /^(import|package|from|name:) /m.test(text)),
  );
}
