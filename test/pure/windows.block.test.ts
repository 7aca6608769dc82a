import { readOutcome, render, type Block, type Command } from "../../provider/windows/block/block";
import { carry, PROTECT } from "../../provider/windows/block/carrier";

const block = (...commands: Command[]): Block => ({
  nonce: "5eed",
  lock: "web",
  lockSeconds: 60,
  steps: [{ name: "write the parameters", commands }],
});
const add: Command = {
  program: "reg.exe",
  args: ["add", "HKLM\\x y", "/d", { value: 'a "b" %PATH% !x! ünï\\' }, "/f"],
};

test("values travel as variables, quoted for the program, and stand in no line", () => {
  const { lines, variables } = render(block(add));
  expect(lines).toContain(
    '<nul %SystemRoot%\\System32\\reg.exe add "HKLM\\x y" /d !PBV0! /f >>"%ProgramFiles%\\pulumi-bots\\run\\5eed\\out.txt" 2>&1',
  );
  expect(variables).toEqual({ PBV0: '"a \\"b\\" %PATH% !x! ünï\\\\"' });
  expect(lines.join("\n")).not.toContain("PATH");
});

test("the first command that fails ends the block, with exit codes that count as success by command", () => {
  const { lines } = render(block({ program: "sc.exe", args: ["stop", "web"], ok: [0, 1062] }));
  const at = lines.findIndex((line) => line.includes("sc.exe"));
  expect(lines.slice(at + 1, at + 4)).toEqual([
    'set "R=!ERRORLEVEL!"',
    'if not "!R!"=="0" if not "!R!"=="1062" (set "RC=!R!" & goto :eof)',
    "echo #5eed#end#0#",
  ]);
});

test("promise 5: the steps run while the lock's file is open, which ends with the process", () => {
  const { lines } = render(block(add));
  const call = lines.indexOf('call :work 2>"%ProgramFiles%\\pulumi-bots\\web.lock"');
  expect(lines[call + 1]).toBe('if not "!RC!"=="busy" goto end');
  expect(lines.indexOf(":work")).toBeGreaterThan(call);
  expect(lines).toContain("if !WAITED! GEQ 60 goto end");
});

test("a command that cmd.exe would cut is refused", () => {
  const long = (length: number) => render(block({ program: "reg.exe", args: [{ value: "a".repeat(length) }] }));
  expect(() => long(8000)).not.toThrow();
  expect(() => long(8190)).toThrow(/^a command has \d+ characters, more than the 8191 that cmd.exe accepts$/);
});

test("a block is carried as variables that list in the order of its lines", () => {
  const script = render(block(add));
  const { environment, line } = carry("5eed", script);
  const lines = Object.keys(environment).filter((name) => name.startsWith("PBL"));
  expect([...lines].sort().map((name) => environment[name])).toEqual(script.lines);
  expect(environment).toMatchObject(script.variables);
  const run = '"%ProgramFiles%\\pulumi-bots\\run';
  expect(line).toBe(
    `C:\\Windows\\System32\\cmd.exe /d /s /c "(if not exist ${run}\\" (mkdir ${run}"&${PROTECT} >nul))` +
      `&mkdir ${run}\\5eed"&(for /f "tokens=1,* delims==" %a in ('set PBL') do @echo %b>>${run}\\5eed\\op.cmd")` +
      `&call ${run}\\5eed\\op.cmd"&rd /s /q ${run}\\5eed""`,
  );
});

test("a block without a lock leaves no file", () => {
  const { lines } = render({ nonce: "5eed", steps: [] });
  expect(lines).toContain("call :work 2>nul");
});

test.each(["", "off", "=a", " a", "ü", "a".repeat(1001)])("a line that could not be carried is refused: %j", (line) => {
  expect(() => carry("5eed", { lines: [line], variables: {} })).toThrow("can't be sent");
});

test.each([
  ["#5eed#begin#0#\r\n#5eed#end#0#\r\n#5eed#done#0#\r\n", { busy: false, output: "" }],
  ["#5eed#done#busy#\r\n", { busy: true, output: "" }],
  [
    "#5eed#begin#0#\r\nAccess is denied.\r\n#5eed#done#5# \r\n",
    { busy: false, failed: { step: 0, code: 5 }, output: "Access is denied." },
  ],
  [
    "#5eed#begin#0#\r\n#5eed#end#0#\r\n#5eed#begin#1#\r\nno such key\r\n#5eed#done#-2147024894#\r\n",
    { busy: false, failed: { step: 1, code: 2147942402 }, output: "no such key" },
  ],
  // Marks of another block are text.
  ["#other#done#5#\r\n#5eed#done#0#\r\n", { busy: false, output: "#other#done#5#" }],
])("what a block prints: %j", (printed, outcome) => {
  expect(readOutcome("5eed", printed)).toEqual(outcome);
});

test.each(["", "#5eed#begin#0#\r\n", "'C:\\x' is not recognized", "#5eed#done#"])(
  "promise 7: a block that did not come to its end has no outcome: %j",
  (printed) => {
    expect(readOutcome("5eed", printed)).toBeUndefined();
  },
);
