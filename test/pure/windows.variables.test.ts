import fc from "fast-check";
import { writeVariables } from "../../provider/windows/block/variables";

/** What cmd.exe makes of the lines, by its documented rules. */
function evaluated(variables: Record<string, string>): Record<string, string> {
  const { lines, folders } = writeVariables(variables);
  const found: Record<string, string> = { PBQ: '"', PBC: "^", PBE: "!" };
  folders.forEach((folder, i) => (found[`PBU${i}`] = folder.slice(0, -4)));
  for (const line of lines) {
    expect(line).toMatch(/^[\t\x20-\x7f]{1,8191}$/);
    const [, name = "", text = ""] = /^set "(PBV\d+)=(.*)"$/.exec(line) ?? [];
    if (name === "") continue;
    expect(text).not.toMatch(/["^]/);
    const parsed = text.replaceAll("%%", "%");
    found[name] = parsed.replace(/!(\w+)!/g, (_, variable: string) => found[variable]!);
  }
  return Object.fromEntries(Object.keys(variables).map((name) => [name, found[name]!]));
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }).map((any) => any.replace(/[\0-\x08\x0a-\x1f]/g, "")),
  fc
    .array(fc.constantFrom(...'ab \\"%^&|<>()!;,=\t', "%PATH%", "!PBQ!", "ünï", "日本", "😀", "x".repeat(900)))
    .map((parts) => parts.join("")),
);

test("promise 2: any value is written so that cmd.exe reads it unchanged", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (values) => {
      const variables = Object.fromEntries(values.map((value, i) => [`PBV${i}`, value]));
      expect(evaluated(variables)).toEqual(variables);
    }),
  );
});

test("text outside of ASCII is the name of a folder, once for all values", () => {
  const { lines, folders } = writeVariables({ PBV0: 'ünï "日本" 100 %', PBV1: "日本" });
  expect(folders).toEqual(["ü.000", "ï.001", "日本.002"]);
  expect(lines.slice(-2)).toEqual(['set "PBV0=!PBU0!n!PBU1! !PBQ!!PBU2!!PBQ! 100 %%"', 'set "PBV1=!PBU2!"']);
});

test("a name has no more characters than a file system takes", () => {
  const { folders } = writeVariables({ PBV0: "日".repeat(51) });
  expect(folders).toEqual([`${"日".repeat(50)}.000`, "日.001"]);
});

test.each([
  [
    "a\nb",
    'a value has a line break or another control character (code 10), which SSH can\'t carry to Windows: "a\\nb"',
  ],
  ["a\ud800", "a value has half a character"],
])("what can't be carried is refused: %j", (value, said) => {
  expect(() => writeVariables({ PBV0: value })).toThrow(said);
});
