import type { Field } from "../../common/shell/expand";

/** What `[ … ]` answers, where its words tell it; `exists` knows files. */
export function truth(
  name: string,
  args: readonly Field[],
  exists: (path: string) => boolean | undefined,
): boolean | undefined {
  const words = name === "test" ? args : args.slice(0, -1);
  if (words.some((word) => ["-a", "-o", "&&", "||"].includes(word.text))) return undefined;
  const [first, second, third] = words;
  if (first?.text === "!" && first.unknown === undefined) {
    const rest = truth("test", words.slice(1), exists);
    return rest === undefined ? undefined : !rest;
  }
  const known = (field: Field | undefined) => (field?.unknown === undefined ? (field?.text ?? "") : undefined);
  if (words.length <= 2 && /^-[a-z]$/.test(first?.text ?? "")) {
    const text = known(second);
    if (text === undefined) return undefined;
    if (first!.text === "-n") return text !== "";
    if (first!.text === "-z") return text === "";
    return "efrsx".includes(first!.text[1]!) ? exists(text) : undefined;
  }
  if (words.length === 1) return known(first) === undefined ? undefined : known(first) !== "";
  const [left, right] = [known(first), known(third)];
  if (left === undefined || right === undefined || words.length !== 3) return undefined;
  switch (second?.text) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "-eq":
    case "-ne":
    case "-gt":
    case "-lt":
    case "-ge":
    case "-le":
      return /^-?\d+$/.test(left) && /^-?\d+$/.test(right)
        ? compare(Number(left), Number(right), second.text)
        : undefined;
    default:
      return undefined;
  }
}

function compare(left: number, right: number, operator: string): boolean {
  if (operator === "-eq") return left === right;
  if (operator === "-ne") return left !== right;
  return operator.startsWith("-g")
    ? left > right || (operator === "-ge" && left === right)
    : left < right || (operator === "-le" && left === right);
}
