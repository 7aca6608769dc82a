import type { Block } from "../../provider/windows/block/block";
import { render } from "../../provider/windows/block/block";
import { printing, unprinted } from "../../provider/windows/block/printed";
import { renderRegFile } from "../../provider/windows/registry/regFile";

const block: Block = { nonce: "5eed", steps: [{ name: "read", commands: [{ program: "reg.exe", args: ["query"] }] }] };
const FILE = renderRegFile([{ path: "HKEY_LOCAL_MACHINE\\x", values: [["Wéb", { type: "sz", data: "日本" }]] }]);
const base64 = Buffer.from(`\uFEFF${FILE}`, "utf16le").toString("base64");
const encoded = `-----BEGIN CERTIFICATE-----\r\n${base64.replace(/(.{64})/g, "$1\r\n")}\r\n-----END CERTIFICATE-----\r\n`;

test("a file is printed in the step that has written it, which holds the last output of the block", () => {
  const { lines } = render(printing(block, ["key0"], "type"));
  const at = lines.findIndex((line) => line.startsWith("echo @5eed@file0@>>"));
  expect(lines[at + 1]).toMatch(/^if exist "[^"]*\\5eed\\key0" type "[^"]*\\5eed\\key0" >>/);
  expect(lines.indexOf("echo #5eed#end#0#")).toBeGreaterThan(at);
  expect(render(printing(block, ["key0"], "certutil")).lines.join("\n")).toContain("certutil.exe -f -encode");
});

test("the files come back without the output, and one that is not there does not", () => {
  const printed = `said\r\n@5eed@file0@\r\n${FILE}@5eed@file1@ \r\n@5eed@file2@\r\n\uFEFF${FILE}`;
  const found = unprinted(block, ["a", "b", "c"], "type", printed);
  expect(found?.output).toBe("said");
  expect([...found!.texts.keys()]).toEqual(["a", "c"]);
  expect(found!.texts.get("c")).toBe(FILE);
});

test("certutil.exe keeps every character", () => {
  expect(unprinted(block, ["a"], "certutil", `@5eed@file0@\r\n${encoded}`)?.texts.get("a")).toBe(FILE);
});

test.each(["\uFFFD\uFFFDW", "Windows Registry Editor\r\n\0", "W\0i\0"])(
  "what type can't have printed as it is: %j",
  (text) => expect(unprinted(block, ["a"], "type", `@5eed@file0@\r\n${text}`)).toBeUndefined(),
);
