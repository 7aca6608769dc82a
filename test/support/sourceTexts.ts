import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A text that the program may print: its constant parts, in order. Any text may come between two of them. */
export type SourceText = readonly string[];

const ROOMS = ["provider", "components", "stacks", "schema", "bots", "model"];

/** Every text in the sources: strings, templates and concatenations of them in TypeScript, and whole shell files. */
export function sourceTexts(root = "."): SourceText[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((file) => join(root, room, file)),
  ).flatMap((file) => {
    if (file.endsWith(".sh")) return [[readFileSync(file, "utf8")]];
    return file.endsWith(".ts") ? textsOf(file) : [];
  });
}

function textsOf(file: string): SourceText[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const texts: SourceText[] = [];
  const visit = (node: ts.Node): void => {
    const parts = partsOf(node);
    if (parts !== undefined) texts.push(parts);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** The constant parts of an expression that yields a text; undefined for other expressions. */
function partsOf(node: ts.Node): string[] | undefined {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [partsOf(node.left), partsOf(node.right)];
  if (left === undefined && right === undefined) return undefined;
  const [before, after] = [left ?? ["", ""], right ?? ["", ""]];
  return [...before.slice(0, -1), before.at(-1)! + after[0]!, ...after.slice(1)];
}

/** Does a quotation match a text? `…` in the quotation stands for any text. The rest must be in the source, in this order. */
export function isIn(quotation: string, text: SourceText): boolean {
  let [part, from] = [0, 0];
  return quotation.split("…").every((wanted) => {
    for (; part < text.length; part++, from = 0) {
      const at = text[part]!.indexOf(wanted, from);
      if (at < 0) continue;
      from = at + wanted.length;
      return true;
    }
    return false;
  });
}
