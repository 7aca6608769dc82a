import fc from "fast-check";
import { parseRegFile, renderRegFile } from "../../provider/windows/registry/regFile";
import { numberIn, textIn, valueIn, type RegistryValue } from "../../provider/windows/registry/values";

const HEAD = "Windows Registry Editor Version 5.00\r\n\r\n";
const parsed = (body: string) => parseRegFile(HEAD + body);
const values = (body: string) => Object.fromEntries(parsed(`[K]\r\n${body}\r\n`)[0]!.values);

test.each<[string, RegistryValue]>([
  ['"a"="C:\\\\x \\"y\\""', { type: "sz", data: 'C:\\x "y"' }],
  ['"a"="two\r\nlines"', { type: "sz", data: "two\r\nlines" }],
  ['"a"=""', { type: "sz", data: "" }],
  ['"a"=dword:0000000a', { type: "dword", data: 10 }],
  ['"a"=hex(2):25,00,58,00,25,00,00,00', { type: "expandSz", data: "%X%" }],
  ['"a"=hex(2):25,00,\\\r\n  58,00,25,00,00,00', { type: "expandSz", data: "%X%" }],
  ['"a"=hex(2):61,00', { type: "expandSz", data: "a" }],
  ['"a"=hex(7):61,00,00,00,62,00,00,00,00,00', { type: "multiSz", data: ["a", "b"] }],
  ['"a"=hex(7):00,00', { type: "multiSz", data: [] }],
  ['"a"=hex(b):01,00,00,00,00,00,00,00', { type: "qword", data: 1n }],
  ['"a"=hex:01,ff', { type: "binary", data: Buffer.from([1, 255]) }],
  ['"a"=hex:', { type: "binary", data: Buffer.alloc(0) }],
  ['"a"=hex(0):', { type: "other", number: 0, data: Buffer.alloc(0) }],
  ['"a"=hex(2):61', { type: "other", number: 2, data: Buffer.from("a") }],
  ['"a"=hex(4):01', { type: "other", number: 4, data: Buffer.from([1]) }],
  ['"a"=hex(1):61,00,00,00,62,00,00,00', { type: "other", number: 1, data: Buffer.from("a\0b\0", "utf16le") }],
])("a value %j", (line, value) => {
  expect(values(line)).toEqual({ a: value });
});

test("keys, the default value, and names with everything in them", () => {
  const body = '[HKEY_LOCAL_MACHINE\\a[b]]\r\n@="default"\r\n"q\\"\\\\ ="="1"\r\n; a comment\r\n\r\n[Empty]\r\n';
  const [key, empty, ...more] = parsed(body);
  expect(key).toMatchObject({ path: "HKEY_LOCAL_MACHINE\\a[b]" });
  expect([...key!.values]).toEqual([
    ["", { type: "sz", data: "default" }],
    ['q"\\ =', { type: "sz", data: "1" }],
  ]);
  expect(empty).toEqual({ path: "Empty", values: new Map() });
  expect(more).toEqual([]);
});

test("names are found without case, and texts and numbers only where they are some", () => {
  const [key] = parsed('[K]\r\n"Start"=dword:00000002\r\n"Path"="x"\r\n');
  expect(numberIn(key, "START")).toBe(2);
  expect(textIn(key, "path")).toBe("x");
  expect(textIn(key, "start")).toBeUndefined();
  expect(numberIn(key, "path")).toBeUndefined();
  expect(valueIn(key, "none")).toBeUndefined();
});

test.each([
  ["", 'the file does not begin with "Windows Registry Editor Version 5.00"'],
  [`${HEAD}"a"="b"\r\n`, "line 3: a value stands before the first key"],
  [`${HEAD}[K]\r\nrubbish\r\n`, "line 4: a key or a value is expected"],
  [`${HEAD}[K]\r\n"a"="cut off`, "line 4: the value can't be read"],
  [`${HEAD}[K]\r\n"a"=hex(2):61,0`, "line 4: a key or a value is expected"],
])("a file that can't be read: %j", (text, message) => {
  expect(() => parseRegFile(text)).toThrow(message);
});

const text = fc.string({ unit: fc.constantFrom(...'ab \\"%;[]=@é日\r\n\t') });
const value: fc.Arbitrary<RegistryValue> = fc.oneof(
  text.map((data) => ({ type: "sz" as const, data })),
  text.map((data) => ({ type: "expandSz" as const, data })),
  fc.array(text.filter(Boolean)).map((data) => ({ type: "multiSz" as const, data })),
  fc.nat().map((data) => ({ type: "dword" as const, data })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((data) => ({ type: "qword" as const, data })),
  fc.uint8Array().map((data) => ({ type: "binary" as const, data: Buffer.from(data) })),
  fc.uint8Array().map((data) => ({ type: "other" as const, number: 0, data: Buffer.from(data) })),
);

test("what is written is read back, whatever it is", () => {
  const entries = fc.uniqueArray(fc.tuple(text, value), { selector: ([name]) => name });
  fc.assert(
    fc.property(entries, (all) => {
      expect([...parseRegFile(renderRegFile([{ path: "HKLM\\x", values: all }]))[0]!.values]).toEqual(all);
    }),
  );
});

test("a key can be removed before it is written again", () => {
  const file = renderRegFile([
    { path: "HKLM\\x", removed: true, values: [["a", { type: "dword", data: 1 }]] },
    { path: "HKLM\\y", removed: true },
  ]);
  expect(file).toBe(`${HEAD}[-HKLM\\x]\r\n\r\n[HKLM\\x]\r\n"a"=dword:00000001\r\n\r\n[-HKLM\\y]\r\n`);
});
