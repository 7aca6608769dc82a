/** What a script of ours says, line by line. */
export type Frame =
  /** It runs, as this process: pid and when it was started. */
  | { type: "hello"; pid: string; born: string }
  | { type: "locked" }
  | { type: "busy"; holder: string }
  | { type: "ready" }
  | { type: "begin"; step: number }
  | { type: "field"; key: string; value: string }
  | { type: "printed"; text: string }
  | { type: "end"; step: number; code: number }
  | { type: "done" }
  | { type: "bye" };

/** Cuts a stream into frames. Lines without the nonce (a login shell's banner) are noise, kept for errors. */
export class Framing {
  #rest: Buffer[] = [];
  #noise = "";

  constructor(readonly nonce: string) {}

  /** The last lines that were not ours. */
  get noise(): string {
    return (this.#noise + Buffer.concat(this.#rest).toString()).trim();
  }

  /** The frames that are complete with this chunk. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]).toString();
      this.#rest = [];
      start = end + 1;
      // A banner without newline may stand before our first line.
      const at = line.indexOf(`${this.nonce} `);
      const frame = at === -1 ? undefined : parse(line.slice(at + this.nonce.length + 1));
      if (frame) frames.push(frame);
      else this.#noise = `${this.#noise}${line}\n`.slice(-4000);
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
    return frames;
  }
}

const decode = (base64: string) => Buffer.from(base64, "base64").toString();

function parse(line: string): Frame | undefined {
  const [, word = "", rest = ""] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
  const [first = "", ...others] = rest.split(" ");
  switch (word) {
    case "=":
      return { type: "field", key: first, value: others.join(" ") };
    case ":":
      return { type: "field", key: first, value: decode(others.join("")) };
    case "2":
      return { type: "printed", text: decode(first) };
    case "b":
      return { type: "begin", step: Number(first) };
    case "e":
      return { type: "end", step: Number(first), code: Number(others[0]) };
    case "d":
      return { type: "done" };
    case "hello":
      return { type: "hello", pid: first, born: others[0] ?? "" };
    case "busy":
      return { type: "busy", holder: decode(first).trim() };
    case "locked":
    case "ready":
    case "bye":
      return { type: word };
    default:
      return undefined;
  }
}
