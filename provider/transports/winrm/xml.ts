import { SaxesParser } from "saxes";

/** An element of a document. Namespace and local name identify it, because the sender chooses the prefixes. */
export interface Element {
  uri: string;
  local: string;
  attributes: Record<string, string>;
  children: Element[];
  /** Its own text, without that of its children. */
  text: string;
}

/** Parses a document. Throws when it is not well-formed or has a document type declaration. */
export function parseXml(text: string): Element {
  const parser = new SaxesParser({ xmlns: true });
  const root: Element = { uri: "", local: "", attributes: {}, children: [], text: "" };
  const open: Element[] = [root];
  const current = () => open[open.length - 1]!;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("a document type declaration is not allowed");
  });
  parser.on("opentag", ({ uri, local, attributes }) => {
    const values = Object.values(attributes).map(({ local: name, value }) => [name, value] as const);
    const element: Element = { uri, local, attributes: Object.fromEntries(values), children: [], text: "" };
    current().children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  const add = (part: string) => void (current().text += part);
  parser.on("text", add);
  parser.on("cdata", add);
  parser.write(text).close();
  const [document] = root.children;
  if (document === undefined) throw new Error("the document is empty");
  return document;
}

/** All elements at a path below an element. Each step is a namespace and a local name. */
export function findAll(element: Element, ...path: (readonly [uri: string, local: string])[]): Element[] {
  return path.reduce<Element[]>(
    (found, [uri, local]) =>
      found.flatMap(({ children }) => children.filter((child) => child.uri === uri && child.local === local)),
    [element],
  );
}

export const find = (element: Element, ...path: (readonly [uri: string, local: string])[]): Element | undefined =>
  findAll(element, ...path)[0];

/** Escapes text for an element or an attribute. Line ends and tabs become references, because a parser would change them. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Characters that are not allowed in XML 1.0: control characters, lone surrogates, U+FFFE and U+FFFF. */
export const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
