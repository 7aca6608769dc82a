import fc from "fast-check";
import { Framing, type Frame } from "../../provider/posix/host/frames";

const NONCE = "c0ffee";
const base64 = (text: string) => Buffer.from(text).toString("base64");

const field = (line: string, key: string, value: string): [string, Frame] => [
  line,
  { type: "field", key, value, size: Buffer.byteLength(`${NONCE} ${line}\n`) },
];
const encoded = (text: string) => `${Buffer.byteLength(text)}:${base64(text).length} ${base64(text)}`;

const SAID: [string, Frame][] = [
  ["hello 12 345", { type: "hello", pid: "12", born: "345" }],
  ["facts 120 ", { type: "facts", size: 120, torn: undefined }],
  ["locked", { type: "locked" }],
  ["ready", { type: "ready" }],
  ["b 0", { type: "begin", step: 0 }],
  field("= web/K 14  two  blanks  ", "web/K", " two  blanks  "),
  field("= empty 0 ", "empty", ""),
  field(`: web/L ${encoded("ä\n\u0000b")}`, "web/L", "ä\n\u0000b"),
  field(`: web/F -:${base64("x\n").length} ${base64("x\n")}`, "web/F", "x\n"),
  ["= web/K 14  two", { type: "torn", key: "web/K" }],
  [`: web/L ${encoded("abcdef").slice(0, -2)}`, { type: "torn", key: "web/L" }],
  [`: web/L 7:8 ${base64("abcdef")}`, { type: "torn", key: "web/L" }],
  [": web/L ", { type: "torn", key: "web/L" }],
  ["x base64 was killed", { type: "unread", why: "base64 was killed" }],
  [`2 ${base64("oops\n")}`, { type: "printed", text: "oops\n" }],
  ["e 0 3 17 ", { type: "end", step: 0, code: 3, size: 17, torn: undefined }],
  ["e 1 0 - /my tmp", { type: "end", step: 1, code: 0, size: undefined, torn: "/my tmp" }],
  ["d", { type: "done" }],
  [`busy ${base64("urn:x\n")}`, { type: "busy", holder: "urn:x" }],
  ["bye", { type: "bye" }],
];
const TEXT = Buffer.from(
  `Welcome to édi1!\nlast login: ${SAID.map(([line]) => `${NONCE} ${line}\n`).join("")}${NONCE} what\nrest`,
);

test("frames come out the same, however the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(TEXT.length), { maxLength: 40 }), (cuts) => {
      const framing = new Framing(NONCE);
      const frames: Frame[] = [];
      let start = 0;
      for (const end of [...cuts.sort((a, b) => a - b), TEXT.length]) {
        frames.push(...framing.push(TEXT.subarray(start, end)));
        start = end;
      }
      expect(frames).toEqual(SAID.map(([, frame]) => frame));
      expect(framing.noise).toBe(`Welcome to édi1!\n${NONCE} what\nrest`);
    }),
  );
});

test("what a login shell prints is no frame, whatever it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(new Framing(NONCE).push(Buffer.from([...bytes, 10]))).toEqual([]);
    }),
  );
});

test("an endless line that is not ours costs no memory, and no time that grows with it", () => {
  const framing = new Framing(NONCE);
  const chunk = Buffer.alloc(64 * 1024, "x");
  for (let i = 0; i < 2000; i++) {
    framing.push(chunk);
    expect(framing.pending).toBeLessThan(2 * chunk.length);
  }
  expect(framing.noiseBytes).toBeGreaterThan(1900 * chunk.length);
  expect(framing.noise.length).toBeLessThan(10_000);
  expect(framing.push(Buffer.from(`${NONCE} ready\n`))).toEqual([{ type: "ready" }]);
});

test("a long line of ours that comes in pieces is kept whole", () => {
  const framing = new Framing(NONCE);
  const value = "v".repeat(300_000);
  const [line, frame] = field(`= k 300000 ${value}`, "k", value);
  const bytes = Buffer.from(`Welcome! ${NONCE} ${line}\n`);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += 1000) frames.push(...framing.push(bytes.subarray(at, at + 1000)));
  expect(frames).toEqual([frame]);
});
