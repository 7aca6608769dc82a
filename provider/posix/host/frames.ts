/** One line of the output of the provider's script. */
export type Frame =
  /** The script runs as this process. `born`: its start time. */
  | { type: "hello"; pid: string; born: string }
  | ({ type: "facts" } & Told)
  | { type: "locked" }
  | { type: "busy"; holder: string }
  | { type: "ready" }
  | { type: "begin"; step: number }
  /** `size`: bytes of the whole line. */
  | { type: "field"; key: string; value: string; size: number }
  /** A field whose line has not the stated length: it was cut off. */
  | { type: "torn"; key: string }
  /** Something could not be read or written. */
  | { type: "unread"; why: string }
  | { type: "printed"; text: string }
  | ({ type: "end"; step: number; code: number } & Told)
  | { type: "done" }
  | { type: "bye" };

/** The host's statement about its answer so far. */
export interface Told {
  /** Bytes of fields since the shell began; undefined if the host's kernel is too old to tell. */
  size: number | undefined;
  /** The folder of the answer's file, if something is missing. */
  torn: string | undefined;
}

/** A longer line (bytes) without the nonce is noise: only its end is kept. */
const MOST_NOISE = 64 * 1024;
/** Characters of noise that are kept for an error. */
const KEPT = 4000;

/** Splits a stream into frames. Lines without the nonce (a login shell's banner) are noise; its end is kept for errors. */
export class Framing {
  /** The size of all noise. */
  noiseBytes = 0;
  #rest: Buffer[] = [];
  #length = 0;
  #ours = false;
  #noise = "";

  constructor(readonly nonce: string) {}

  /** The end of the noise. */
  get noise(): string {
    return (this.#noise + Buffer.concat(this.#rest).toString()).slice(-KEPT).trim();
  }

  /** Bytes of the incomplete last line. */
  get pending(): number {
    return this.#length;
  }

  /** Adds a chunk, and returns the frames that it completes. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]).toString();
      this.#keep([]);
      start = end + 1;
      // A banner without a newline may precede the first line of the script.
      const at = line.indexOf(`${this.nonce} `);
      const frame = at === -1 ? undefined : parse(line.slice(at + this.nonce.length + 1), this.nonce.length + 1);
      if (frame) frames.push(frame);
      else this.#addNoise(`${line}\n`);
    }
    if (start < chunk.length) {
      this.#rest.push(chunk.subarray(start));
      this.#length += chunk.length - start;
      if (this.#length > MOST_NOISE && !this.#ours) this.#shorten();
    }
    return frames;
  }

  #keep(rest: Buffer[]): void {
    this.#rest = rest;
    this.#length = rest.reduce((sum, { length }) => sum + length, 0);
    this.#ours = false;
  }

  #addNoise(text: string): void {
    this.noiseBytes += text.length;
    this.#noise = (this.#noise + text.slice(-KEPT)).slice(-KEPT);
  }

  /** Shortens a long line. What remains is short, so each byte is scanned only once. */
  #shorten(): void {
    const line = Buffer.concat(this.#rest);
    if (line.includes(`${this.nonce} `)) {
      this.#keep([line]);
      this.#ours = true;
      return;
    }
    const end = line.length - this.nonce.length;
    this.#addNoise(line.subarray(0, end).toString("latin1"));
    this.#keep([line.subarray(end)]);
  }
}

const decode = (base64: string) => Buffer.from(base64, "base64").toString();

function parse(line: string, before: number): Frame | undefined {
  const [word, first = "", ...others] = line.split(" ");
  switch (word) {
    case "=":
    case ":":
      return field(before, word, first, others[0] ?? "", others.slice(1).join(" "));
    case "x":
      return { type: "unread", why: [first, ...others].join(" ") };
    case "2":
      return { type: "printed", text: decode(first) };
    case "b":
      return { type: "begin", step: Number(first) };
    case "e":
      return { type: "end", step: Number(first), code: Number(others[0]), ...told(others.slice(1)) };
    case "d":
      return { type: "done" };
    case "hello":
      return { type: "hello", pid: first, born: others[0] ?? "" };
    case "facts":
      return { type: "facts", ...told([first, ...others]) };
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

/** Parses `= KEY BYTES VALUE` or `: KEY BYTES:CHARACTERS BASE64`, where BYTES is `-` for the content of a file. */
function field(before: number, word: "=" | ":", key: string, lengths: string, text: string): Frame {
  const size = before + Buffer.byteLength(`${word} ${key} ${lengths} ${text}\n`);
  const torn: Frame = { type: "torn", key };
  if (word === "=")
    return lengths === String(Buffer.byteLength(text)) ? { type: "field", key, value: text, size } : torn;
  const [bytes, characters] = lengths.split(":");
  const value = Buffer.from(text, "base64");
  if (characters !== String(text.length) || (bytes !== "-" && bytes !== String(value.length))) return torn;
  return { type: "field", key, value: value.toString(), size };
}

function told([size = "", ...where]: readonly string[]): Told {
  return { size: /^\d+$/.test(size) ? Number(size) : undefined, torn: where.join(" ").trim() || undefined };
}
