import type { Shell, Status } from "./shell";
import type { Field } from "./state";

const COMPARE: Readonly<Record<string, (one: string, other: string) => boolean | undefined>> = {
  "=": (one, other) => one === other,
  "==": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  "-eq": (one, other) => numbers(one, other, (a, b) => a === b),
  "-ne": (one, other) => numbers(one, other, (a, b) => a !== b),
  "-lt": (one, other) => numbers(one, other, (a, b) => a < b),
  "-le": (one, other) => numbers(one, other, (a, b) => a <= b),
  "-gt": (one, other) => numbers(one, other, (a, b) => a > b),
  "-ge": (one, other) => numbers(one, other, (a, b) => a >= b),
};

function numbers(one: string, other: string, compare: (a: number, b: number) => boolean): boolean | undefined {
  return /^-?\d{1,15}$/.test(one) && /^-?\d{1,15}$/.test(other) ? compare(Number(one), Number(other)) : undefined;
}

/** The result of test(1) for certain texts and for files whose text is known. */
export function testStatus(words: readonly Field[], shell: Shell): Status {
  if (words[0]?.text === "!" && words.length > 1 && !words[0].reason) {
    const status = testStatus(words.slice(1), shell);
    return typeof status === "boolean" ? !status : status;
  }
  const [one, two, three] = words;
  const isCertain = !words.some((field) => field.reason);
  const unknown: Status = words.every((field) => !field.reason || field.reason.ofHost === true) ? "host" : "unsure";
  if (words.length === 1 && isCertain) return one!.text !== "";
  if (words.length === 2 && /^-[nz]$/.test(one!.text) && isCertain) return (two!.text === "") === (one!.text === "-z");
  if (words.length === 2 && /^-[efrs]$/.test(one!.text) && isCertain) {
    const file = shell.options.files.get(two!.text);
    return file && (file.text !== "" || one!.text !== "-s") ? true : "host";
  }
  if (words.length === 3 && isCertain && Object.hasOwn(COMPARE, two!.text)) {
    return COMPARE[two!.text]!(one!.text, three!.text) ?? "unsure";
  }
  return words.length === 2 && /^-[a-zA-Z]$/.test(one!.text) && !/^-[nz]$/.test(one!.text) ? "host" : unknown;
}
