import { SaxesParser } from "saxes";

/** An element of a document, by its namespace and local name: prefixes are the sender's choice. */
export interface Element {
  uri: string;
  local: string;
  attributes: Record<string, string>;
  children: Element[];
  /** The text directly in it. */
  text: string;
}

/** Reads a document. Throws when it is not well-formed, or declares entities. */
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

/** The elements below an element, step by step. A step is a local name, with its namespace where that matters. */
export function findAll(element: Element, ...path: (readonly [uri: string, local: string])[]): Element[] {
  return path.reduce<Element[]>(
    (found, [uri, local]) =>
      found.flatMap(({ children }) => children.filter((child) => child.uri === uri && child.local === local)),
    [element],
  );
}

export const find = (element: Element, ...path: (readonly [uri: string, local: string])[]): Element | undefined =>
  findAll(element, ...path)[0];

/** Text for an element or an attribute. Line ends and tabs go as references, since a parser changes them otherwise. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Characters that no XML 1.0 document can have: control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
export const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
