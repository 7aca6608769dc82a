import fc from "fast-check";
import { joinArguments, joinArgv, splitArguments, splitCommandLine } from "../../provider/windows/argv";

/** Examples of "Parsing C command-line arguments" (Microsoft), and of CommandLineToArgvW. */
test.each([
  ['"a b c" d e', ["a b c", "d", "e"]],
  ['"ab\\"c" "\\\\" d', ['ab"c', "\\", "d"]],
  ['a\\\\\\b d"e f"g h', ["a\\\\\\b", "de fg", "h"]],
  ['a\\\\\\"b c d', ['a\\"b', "c", "d"]],
  ['a\\\\\\\\"b c" d e', ["a\\\\b c", "d", "e"]],
  ['a"b"" c d', ['ab" c d']],
  ['""', [""]],
  [" \t ", []],
])("arguments %j", (line, args) => {
  expect(splitArguments(line)).toEqual(args);
});

test.each([
  ['"C:\\Program Files\\x\\y.exe" -a "b c"', ["C:\\Program Files\\x\\y.exe", "-a", "b c"]],
  ["C:\\x\\y.exe -a", ["C:\\x\\y.exe", "-a"]],
  ['"C:\\x\\"', ["C:\\x\\"]],
  ["y.exe", ["y.exe"]],
  ["", []],
])("a command line %j", (line, argv) => {
  expect(splitCommandLine(line)).toEqual(argv);
});

const words = fc.array(fc.string({ unit: fc.constantFrom(..."ab \t\"\\%^&!'é日\n") }));

test("every argument arrives as it was given", () => {
  fc.assert(fc.property(words, (args) => expect(splitArguments(joinArguments(args))).toEqual(args)));
  fc.assert(
    fc.property(words, (args) => {
      const argv = ["C:\\Program Files\\a b\\c.exe", ...args];
      expect(splitCommandLine(joinArgv(argv))).toEqual(argv);
    }),
  );
});
