import fc from "fast-check";
import { Framing, type Frame } from "../../provider/hosts/posix/frames";

const NONCE = "c0ffee";
const base64 = (text: string) => Buffer.from(text).toString("base64");

const SAID: [string, Frame][] = [
  ["hello 12 345", { type: "hello", pid: "12", born: "345" }],
  ["locked", { type: "locked" }],
  ["ready", { type: "ready" }],
  ["b 0", { type: "begin", step: 0 }],
  ["= web/K  two  blanks ", { type: "field", key: "web/K", value: " two  blanks " }],
  ["= empty ", { type: "field", key: "empty", value: "" }],
  [`: web/L ${base64("ä\n\u0000b")}`, { type: "field", key: "web/L", value: "ä\n\u0000b" }],
  [`2 ${base64("oops\n")}`, { type: "printed", text: "oops\n" }],
  ["e 0 3", { type: "end", step: 0, code: 3 }],
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
