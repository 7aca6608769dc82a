import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isScalar, parseDocument, Scalar, visit, type Node, type YAMLMap } from "yaml";

/** No line is folded, because a folded text is hard to read and to search for. */
const style = { lineWidth: 0 } as const;

/** Why something can't be added to a YAML file. */
export class YamlError extends Error {
  override name = "YamlError";
}

/** Parses a YAML file. Throws a {@link YamlError} that names line and column. */
export function parsed(text: string): Document.Parsed {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new YamlError(`is not valid YAML: ${error.message.split("\n")[0]}`);
  if (document.contents !== null && !isMap(document.contents)) throw new YamlError("is not a map at its top level");
  return document;
}

/**
 * Adds a value to a map of a YAML text, and creates the map if it is missing. Every line of the text stays as it is, unless the
 * map can't take a line of its own, because it is empty or in braces: then the `yaml` package writes the whole text again,
 * comments included.
 */
export function insert(text: string, map: readonly string[], key: string, value: unknown): string {
  const depth = existing(parsed(text), map);
  const [above, missing] = [map.slice(0, depth), [...map, key].slice(depth)];
  const whole = missing.slice(1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  const wanted = rewritten(text, above, missing[0]!, whole);
  const spliced = withLines(text, above, missing[0]!, whole);
  return spliced !== undefined && means(spliced, wanted) ? spliced : wanted;
}

/** How many of the nested maps are there. */
function existing(document: Document, map: readonly string[]): number {
  const missing = map.findIndex((_, i) => document.getIn(map.slice(0, i + 1), true) === undefined);
  return missing < 0 ? map.length : missing;
}

/** The text as the `yaml` package writes it with the value in it. */
function rewritten(text: string, map: readonly string[], key: string, value: unknown): string {
  const document = parsed(text);
  const at = map.length === 0 ? document.contents : document.getIn(map, true);
  const isEmpty = at === null || (isScalar(at) && at.value === null);
  if (isEmpty && map.length === 0) document.contents = asNode(document, { [key]: value }) as never;
  else if (isEmpty) document.setIn(map, asNode(document, { [key]: value }));
  else if (isMap(at)) at.set(asNode(document, key), asNode(document, value));
  else throw new YamlError(`has no map at ${map.join(".")}`);
  return document.toString(style);
}

/** The text with lines for the value below the last entry of the map; undefined when the map has no line of its own. */
function withLines(text: string, map: readonly string[], key: string, value: unknown): string | undefined {
  const document = parsed(text);
  const at = (map.length === 0 ? document.contents : document.getIn(map, true)) as YAMLMap<Node, Node> | null;
  if (!isMap(at) || at.flow === true || at.items.length === 0) return undefined;
  const end = (at as YAMLMap).range![1];
  const next = text.indexOf("\n", text[end - 1] === "\n" ? end - 1 : end);
  const [before, after] = next < 0 ? [`${text}\n`, ""] : [text.slice(0, next + 1), text.slice(next + 1)];
  const first = at.items[0]!.key.range![0];
  const indent = " ".repeat(first - (text.lastIndexOf("\n", first - 1) + 1));
  const alone = new Document();
  alone.contents = asNode(alone, { [key]: value });
  const lines = alone.toString({ ...style, flowCollectionPadding: false }).replace(/^(?=.)/gm, indent);
  return before + (text.includes("\r\n") ? lines.replaceAll("\n", "\r\n") : lines) + after;
}

function means(text: string, other: string): boolean {
  try {
    return isDeepStrictEqual(parsed(text).toJS(), parsed(other).toJS());
  } catch {
    return false;
  }
}

/** A value as a node: lists in one line, and texts in quotes wherever a reader of YAML could take them for something else. */
function asNode(document: Document, value: unknown): Node {
  const made = document.createNode(value) as Node;
  visit(made, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string") scalar.type = quotesFor(scalar.value);
    },
    Seq(_, list) {
      list.flow = true;
    },
  });
  return made;
}

/** YAML 1.1 and 1.2 differ in what is a number, a date or a boolean, and Pulumi's reader knows some of both. */
function quotesFor(text: string): Scalar.Type {
  const isPlain =
    /^[A-Za-z_/][\w/.-]*(?: [\w/.()-]+)*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i.test(text);
  if (isPlain || /^(?:edi|bots):\w+$/.test(text) || /^\.\/[\w/.-]+$/.test(text)) return Scalar.PLAIN;
  return /["\\]/.test(text) && !/['\x00-\x1f\x7f-\uffff]/.test(text) ? Scalar.QUOTE_SINGLE : Scalar.QUOTE_DOUBLE;
}
