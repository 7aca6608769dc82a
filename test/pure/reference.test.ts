import { readFileSync } from "node:fs";
import { reference } from "../../tools/reference";

test("docs/reference.md is what `npm run reference` writes", () => {
  expect(readFileSync("docs/reference.md", "utf8")).toBe(reference("."));
});
