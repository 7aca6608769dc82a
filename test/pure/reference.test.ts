import { readFileSync } from "node:fs";
import { withManagersTables } from "../../tools/managersTable";
import { reference } from "../../tools/reference";

test("docs/reference.md is what `npm run reference` writes", () => {
  expect(readFileSync("docs/reference.md", "utf8")).toBe(reference("."));
});

test("docs/managers.md says what check and diff ask each manager", () => {
  const page = readFileSync("docs/managers.md", "utf8");
  expect(page).toBe(withManagersTables(page));
});
