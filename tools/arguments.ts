import type { z } from "zod";
import { asOutput, jsonSchema, literal, longExamples, paragraphs, referenced, type JsonSchema } from "../schema/about";
import { connectionSchema, loginSchema } from "../schema/connection";
import { logsSchema, reloadSchema, restartSchema, runAsSchema, stopSchema } from "../schema/definition";
import { optionsSchema } from "../schema/options";
import type { Changes } from "../schema/package";
import { providerSchema } from "../schema/provider";
import { readySchema } from "../schema/ready";
import { serverSchema } from "../schema/server";
import { serviceSchema } from "../schema/service";
import { serviceOutputsSchema } from "../schema/serviceOutputs";

/** A file of types: those of its schemas, and the types that they refer to, unless an earlier file has them. */
interface Generated {
  path: string;
  schemas: Readonly<Record<string, z.ZodType>>;
  /** Do programs give the values, so that each may be an output of another resource, or do they receive them? */
  values: "given" | "got";
}

export const FILES: readonly Generated[] = [
  {
    path: "resources/types/connection.ts",
    schemas: { Login: loginSchema, Connection: connectionSchema },
    values: "given",
  },
  { path: "resources/types/ready.ts", schemas: { Ready: readySchema }, values: "given" },
  { path: "resources/types/options.ts", schemas: { ManagerOptions: optionsSchema }, values: "given" },
  {
    path: "resources/types/definition.ts",
    schemas: { RunAs: runAsSchema, Restart: restartSchema, Stop: stopSchema, Reload: reloadSchema, Logs: logsSchema },
    values: "given",
  },
  { path: "resources/types/provider.ts", schemas: { ProviderArgs: providerSchema }, values: "given" },
  { path: "resources/types/service.ts", schemas: { ServiceArgs: serviceSchema }, values: "given" },
  { path: "resources/types/outputs.ts", schemas: { "": serviceOutputsSchema }, values: "got" },
  { path: "components/types.ts", schemas: { BotsServerArgs: serverSchema }, values: "given" },
];

/** Types that extend another type. */
const BASES: Readonly<Record<string, string>> = {
  Connection: "Login",
  Jump: "Login",
  DaemonReady: "Ready",
  DaemonArgs: "ServiceArgs",
};

const NAMES: Readonly<Record<string, string>> = { Daemon: "DaemonArgs" };
const nameOf = (id: string) => NAMES[id] ?? id;

export interface NamedType {
  name: string;
  json: JsonSchema;
  file: Generated;
}

/** All types, in the order of the files, each after the types that it refers to. */
export function namedTypes(): Map<string, NamedType> {
  const types = new Map<string, NamedType>();
  for (const file of FILES) {
    for (const [root, schema] of Object.entries(file.schemas)) {
      const json = jsonSchema(schema);
      const definitions = { ...json.$defs, [root]: json };
      const add = (id: string) => {
        const definition = definitions[id]!;
        const name = nameOf(id);
        if (types.has(name)) return;
        for (const reference of references(definition)) add(reference);
        if (name !== "") types.set(name, { name, json: definition, file });
      };
      add(root);
    }
  }
  return types;
}

function references(json: JsonSchema): string[] {
  const inner = [...Object.values(json.properties ?? {}), ...(json.anyOf ?? []), json.items, json.additionalProperties];
  const below = inner.flatMap((one) => (typeof one === "object" ? references(one) : []));
  const own = referenced(json);
  return own === undefined ? below : [own, ...below];
}

/** The files of types, by path: what programs in TypeScript see, with the documentation from the schemas. */
export function argumentFiles(changes: Changes): Map<string, string> {
  const types = namedTypes();
  const files = new Map<string, string>();
  for (const file of FILES) {
    const own = [...types.values()].filter((type) => type.file === file);
    const texts = own.map((type) => declaration(type, types, changes));
    if (file.values === "got") texts.push(outputs());
    files.set(file.path, [`${HEAD}${imports(file, texts.join("\n"), types)}`, ...texts].join("\n"));
  }
  return files;
}

const HEAD = "// Made from schema/ by `npm run reference`: change it there.\n";

function imports(file: Generated, text: string, types: Map<string, NamedType>): string {
  const lines: string[] = [];
  const folder = file.path.startsWith("components") ? "../resources/types" : ".";
  const sdk = ["Input", "Output", "Unwrap"].filter((name) => text.includes(`${name}<`));
  if (sdk.length > 0) lines.push(`import type { ${sdk.join(", ")} } from "@pulumi/pulumi";`);
  for (const other of FILES) {
    const names = [...types.values()]
      .filter((type) => type.file === other)
      .flatMap(({ name, json }) => (json.exclusive ? [name, propertiesOf(name)] : [name]));
    const used = names
      .filter((name) => new RegExp(`[^\\w.\`]${name}\\b(?![\\w\`])`).test(withoutComments(text)))
      .sort();
    if (other === file || used.length === 0) continue;
    lines.push(
      `import type { ${used.join(", ")} } from "${folder}/${other.path.split("/").at(-1)!.replace(".ts", "")}";`,
    );
  }
  if (text.includes("AtMostOne<")) lines.push(`import type { AtMostOne } from "${folder}/atMostOne";`);
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}

/** The interface of a type that extends another one. */
const propertiesOf = (name: string) => `${name}Properties`;

const withoutComments = (text: string) => text.replace(/\/\*\*[^]*?\*\//g, "");

function declaration({ name, json, file }: NamedType, types: Map<string, NamedType>, changes: Changes): string {
  if (json.enum) {
    const docs = comment(paragraphs(json), "");
    return `${docs}export type ${name} = ${plain(json)};\n`;
  }
  const base = types.get(BASES[name] ?? "");
  const inherited = base?.json.properties ?? {};
  const own = Object.entries(json.properties ?? {}).filter(([key, value]) => !same(value, inherited[key]));
  const replaced = Object.keys(inherited).filter((key) => !same(json.properties?.[key], inherited[key]));
  const omit = replaced.map((key) => JSON.stringify(key)).join(" | ");
  const baseName = base?.json.exclusive ? propertiesOf(base.name) : base?.name;
  const heritage = base ? ` extends ${omit ? `Omit<${baseName}, ${omit}>` : baseName}` : "";
  const ofService = name === "ServiceArgs" || name === "DaemonArgs";
  const members = own.map(([key, value]) => {
    const mark = json.required?.includes(key) ? "" : "?";
    const type = file.values === "got" || value.plain ? plain(value) : input(value);
    return `${docs(value, ofService ? changes(key) : undefined)}  ${key}${mark}: ${type};\n`;
  });
  const about = comment(paragraphs(json), "", longExamples(json));
  const body = `${heritage} {\n${members.join("")}}\n`;
  if (!json.exclusive) return `${about}export interface ${name}${body}`;
  const groups = json.exclusive.map((group) => `AtMostOne<${group.map((key) => JSON.stringify(key)).join(" | ")}>`);
  const isBase = baseName !== undefined && omit === "" && members.length === 0;
  const properties = isBase ? baseName : propertiesOf(name);
  const alias = `${about}export type ${name} = ${[properties, ...groups].join(" & ")};\n`;
  return isBase ? alias : `/** The properties of {@link ${name}}. */\nexport interface ${properties}${body}\n${alias}`;
}

const same = (one: JsonSchema | undefined, other: JsonSchema | undefined) =>
  JSON.stringify(one) === JSON.stringify(other);

/** The outputs of a service, for the class. The SDK needs their names before their values are known. */
function outputs(): string {
  const { properties = {}, required = [] } = jsonSchema(serviceOutputsSchema);
  const members = Object.entries(properties).map(([key, value]) => {
    const type = plain(value);
    const shown = referenced(value) !== undefined && !value.words ? `Unwrap<${type}>` : type;
    return `${comment(paragraphs(asOutput(value)), "  ")}  readonly ${key}: Output<${shown}${required.includes(key) ? "" : " | undefined"}>;\n`;
  });
  const names = Object.keys(properties).map((key) => `  ${JSON.stringify(key)},\n`);
  return [
    `/** What a service is on its host. */\nexport interface ServiceOutputs {\n${members.join("")}}\n`,
    `export const serviceOutputs = [\n${names.join("")}] as const satisfies readonly (keyof ServiceOutputs)[];\n`,
  ].join("\n");
}

function input(json: JsonSchema): string {
  return json.type === undefined && !json.anyOf && !json.$ref ? "unknown" : `Input<${typeText(json, input)}>`;
}

const plain = (json: JsonSchema): string => typeText(json, plain);

/** The type of a value; `inner` is the type of the values in a list or a map. */
export function typeText(json: JsonSchema, inner: (json: JsonSchema) => string): string {
  const reference = referenced(json);
  if (reference !== undefined) return nameOf(reference);
  if (json.anyOf) return json.anyOf.map((one) => typeText(one, inner)).join(" | ");
  if (json.enum) return json.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.type === "array") {
    const item = inner(json.items ?? {});
    return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
  }
  if (json.type === "object") return `Record<string, ${inner((json.additionalProperties ?? {}) as JsonSchema)}>`;
  if (json.type === "integer") return "number";
  return json.type ?? "unknown";
}

const docs = (json: JsonSchema, change: string | undefined) =>
  comment(paragraphs(json, change), "  ", longExamples(json));

/** A documentation comment, with examples as code. */
function comment(texts: readonly string[], indent: string, examples: readonly object[] = []): string {
  const lines = texts.flatMap((text, i) => {
    const isList = text.startsWith("- ") && texts[i - 1]?.startsWith("- ");
    return [...(i === 0 || isList ? [] : [""]), ...wrapped(text, 116 - indent.length)];
  });
  const shown = examples.flatMap((example) => ["", "```ts", ...exampleLines(example), "```"]);
  const all = lines.length > 0 ? [...lines, ...shown] : shown.slice(1);
  if (all.length === 0) return "";
  if (all.length === 1) return `${indent}/** ${all[0]} */\n`;
  return `${indent}/**\n${all.map((line) => `${indent} *${line ? ` ${line}` : ""}\n`).join("")}${indent} */\n`;
}

/** An example on one line, or on a line for each of its properties. */
export function exampleLines(value: object): string[] {
  const line = literal(value);
  if (line.length <= 100) return [line];
  return ["{", ...Object.entries(value).map(([key, inner]) => `  ${key}: ${literal(inner)},`), "}"];
}

function wrapped(text: string, width: number): string[] {
  const hanging = text.startsWith("- ") ? "  " : "";
  return text.split(" ").reduce<string[]>(
    (lines, word) => {
      const last = lines.at(-1)!;
      if (last === "") return [word];
      return `${last} ${word}`.length <= width
        ? [...lines.slice(0, -1), `${last} ${word}`]
        : [...lines, `${hanging}${word}`];
    },
    [""],
  );
}
