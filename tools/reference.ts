import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { withManagersTables } from "./managersTable";

/** The reference in docs/, made from the comments on the interfaces that programs use. `npm run reference` writes it. */
export function reference(root: string): string {
  const files = ["resources", "components"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(folder, file)),
  );
  const sections = files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022, true);
    return source.statements.flatMap((statement) => section(statement, source));
  });
  return [
    "# Reference",
    "",
    "Made from the comments in `resources/` and `components/` by `npm run reference`: change it there.",
    "Every property may be an output of another resource. In YAML and other languages the names are the same.",
    "",
    ...sections,
  ].join("\n");
}

type Documented = ts.InterfaceDeclaration | ts.ClassDeclaration;

function section(statement: ts.Statement, source: ts.SourceFile): string[] {
  if (!isDocumented(statement)) return [];
  const name = statement.name?.text ?? "";
  const inherits = (statement.heritageClauses ?? [])
    .flatMap((clause) => [...clause.types])
    .map((type) => type.getText(source))
    .filter((base) => !base.startsWith("pulumi."));
  const members = [...statement.members].flatMap((member) => row(member, source));
  return [
    `## ${name}`,
    "",
    comment(statement),
    ...(inherits.length > 0
      ? ["", `With everything of ${inherits.map((base) => `[${base}](#${base.toLowerCase()})`).join(", ")}.`]
      : []),
    "",
    ...(members.length > 0
      ? [
          `| ${ts.isClassDeclaration(statement) ? "output" : "property"} | type | |`,
          "| --- | --- | --- |",
          ...members,
          "",
        ]
      : []),
  ];
}

function isDocumented(statement: ts.Statement): statement is Documented {
  if (!ts.isInterfaceDeclaration(statement) && !ts.isClassDeclaration(statement)) return false;
  return (ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export) !== 0;
}

function row(member: ts.TypeElement | ts.ClassElement, source: ts.SourceFile): string[] {
  if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
  const hidden =
    ts.getCombinedModifierFlags(member) &
    (ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Static);
  if (hidden !== 0 || member.name.getText(source).startsWith("#")) return [];
  const required = ts.isPropertySignature(member) && member.questionToken === undefined ? " (required)" : "";
  const type = plain(member.type?.getText(source) ?? "");
  const cells = [
    `\`${member.name.getText(source)}\`${required}`,
    `\`${type}\``,
    comment(member).replace(/\s*\n\s*/g, " "),
  ];
  return [`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`];
}

/** A type without "may be an output", which holds for all. */
function plain(type: string): string {
  const inner = /^(?:pulumi\.)?(?:Input|Output|Unwrap)<(.*)>$/s.exec(type.trim())?.[1];
  const text = inner === undefined ? type : plain(inner);
  return text
    .replace(/(?:pulumi\.)?(?:Input|Output|Unwrap)<([^<>]*)>/g, "$1")
    .replace(/\s+/g, " ")
    .replace(/ \| undefined$/, "");
}

/** The text of the comment on a declaration, examples included. */
function comment(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = docs.map((doc) => {
    const body = ts.getTextOfJSDocComment(doc.comment) ?? "";
    const tags = (doc.tags ?? []).map((tag) => `*${tag.tagName.text}:* ${ts.getTextOfJSDocComment(tag.comment) ?? ""}`);
    return [body, ...tags].join("\n\n").trim();
  });
  return text.join("\n").replace(/\{@link (\w+)\}/g, "`$1`");
}

if (require.main === module) {
  const root = join(__dirname, "../..");
  writeFileSync(join(root, "docs/reference.md"), reference(root));
  const managers = join(root, "docs/managers.md");
  writeFileSync(managers, withManagersTables(readFileSync(managers, "utf8")));
}
