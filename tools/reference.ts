import {
  asOutput,
  defaultOf,
  jsonSchema,
  longExamples,
  paragraphs,
  referenced,
  type JsonSchema,
} from "../schema/about";
import type { Changes } from "../schema/package";
import { serverOutputsSchema } from "../schema/server";
import { serviceOutputsSchema } from "../schema/serviceOutputs";
import { exampleLines, namedTypes, typeText, type NamedType } from "./arguments";

/** The sections of the reference: first the types that programs use, then the types of their properties. */
const ORDER = ["ServiceArgs", "Connection", "Ready", "ManagerOptions", "BotsServerArgs", "ProviderArgs"];

/** Types that extend another type: only their additional properties are listed. */
const BESIDE: Readonly<Record<string, string>> = {
  Jump: "Connection",
  DaemonReady: "Ready",
  DaemonArgs: "ServiceArgs",
};

/** docs/reference.md: every property of every type, from the schemas. */
export function reference(changes: Changes): string {
  const types = namedTypes();
  const listed: string[] = [];
  const list = (name: string) => {
    const type = types.get(name);
    if (type === undefined || listed.includes(name) || type.json.enum) return;
    listed.push(name);
    for (const property of Object.values(type.json.properties ?? {})) typesIn(property).forEach(list);
  };
  ORDER.forEach(list);
  [...types.values()].filter(({ file }) => file.values === "got").forEach(({ name }) => list(name));
  return [
    "# Reference",
    "",
    "Made from `schema/` by `npm run reference`. The properties have the same names in every language. Each may be an output of",
    "another resource, except `daemons` of a server, which must be known at preview. A property without a default is optional and",
    "unset, unless it is marked as required.",
    "",
    ...listed.flatMap((name) => section(types.get(name)!, types, changes)),
    ...outputs("Service", serviceOutputsSchema, types),
    ...outputs("BotsServer", serverOutputsSchema, types),
  ].join("\n");
}

function section({ name, json }: NamedType, types: Map<string, NamedType>, changes: Changes): string[] {
  const ofService = name === "ServiceArgs" || name === "DaemonArgs";
  const base = types.get(BESIDE[name] ?? "");
  const same = (key: string) => JSON.stringify(json.properties?.[key]) === JSON.stringify(base?.json.properties?.[key]);
  const own = Object.entries(json.properties ?? {}).filter(([key]) => !same(key));
  const missing = Object.keys(base?.json.properties ?? {}).filter((key) => !(key in (json.properties ?? {})));
  const except = missing.length > 0 ? `, except ${missing.map((key) => `\`${key}\``).join(", ")}` : "";
  return [
    `## ${name}`,
    "",
    ...paragraphs(json).flatMap((text) => [text, ""]),
    ...(base ? [`It has the properties of [${base.name}](#${base.name.toLowerCase()})${except}.`, ""] : []),
    ...longExamples(json).flatMap((example) => ["```ts", ...exampleLines(example), "```", ""]),
    ...(own.length > 0 ? ["| property | type | default | |", "| --- | --- | --- | --- |"] : []),
    ...own.map(([key, property]) => {
      const { default: value, unset: _, unit, ...rest } = property;
      const isRequired = json.required?.includes(key);
      const inUnit = value === undefined && unit !== undefined ? { unit } : {};
      const about = paragraphs({ ...rest, ...inUnit }, ofService ? changes(key) : undefined);
      const examples = referenced(property) === undefined ? longExamples(property) : [];
      const shown = examples.map((example) => `Example: \`${exampleLines(example).join(" ")}\`.`);
      const without = isRequired ? "required" : (defaultOf(property) ?? "");
      return row(`\`${key}\``, typeCell(property, types), without, cell([...about, ...shown]));
    }),
    ...(own.length > 0 ? [""] : []),
  ];
}

function outputs(name: string, schema: Parameters<typeof jsonSchema>[0], types: Map<string, NamedType>): string[] {
  const { properties = {} } = jsonSchema(schema);
  return [
    `## Outputs of a ${name}`,
    "",
    "| output | type | |",
    "| --- | --- | --- |",
    ...Object.entries(properties).map(([key, property]) =>
      row(`\`${key}\``, typeCell(property, types), cell(paragraphs(asOutput(property)))),
    ),
    "",
  ];
}

/** Paragraphs in a table cell; each item of a list has its own line. */
const cell = (texts: readonly string[]) =>
  texts.reduce((all, text, i) => {
    if (i === 0) return text;
    return text.startsWith("- ") || texts[i - 1]!.startsWith("- ")
      ? `${all}<br>${text.replace(/^- /, "")}`
      : `${all} ${text}`;
  }, "");

const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** A type, with the words of an enumeration, and links to types that have a section. */
function typeCell(json: JsonSchema, types: Map<string, NamedType>): string {
  const spelt = (inner: JsonSchema): string => {
    const own = types.get(typeText(inner, spelt))?.json;
    if (own?.enum) return own.enum.map((word) => JSON.stringify(word)).join(" | ");
    if (inner.anyOf) return inner.anyOf.map(spelt).join(" | ");
    return typeText(inner, spelt);
  };
  const sections = typesIn(json).filter((name) => types.has(name) && !types.get(name)!.json.enum);
  const links = sections.map((name) => `[${name}](#${name.toLowerCase()})`);
  const text = spelt(json);
  return links.length === 1 && text === sections[0] ? links[0]! : [`\`${text}\``, ...links].join(" ");
}

function typesIn(json: JsonSchema): string[] {
  const inner = [...(json.anyOf ?? []), json.items, json.additionalProperties];
  const below = inner.flatMap((one) => (typeof one === "object" ? typesIn(one) : []));
  return referenced(json) === undefined ? below : [typeText(json, () => ""), ...below];
}

/** The README's overview: the first sentence of the description in the schema, the default, and what a change does. */
export function overview(changes: Changes): string {
  const service = namedTypes().get("ServiceArgs")!.json;
  const { properties: live = {} } = jsonSchema(serviceOutputsSchema);
  const rows = Object.entries(service.properties ?? {}).map(([key, property]) => {
    const change = (changes(key) ?? "").replace(/^A change ([^.]*)\.$/, "$1");
    const isRequired = service.required?.includes(key);
    return row(`\`${key}\``, firstSentence(property), isRequired ? "required" : (defaultOf(property) ?? ""), change);
  });
  const only = Object.keys(live).filter((key) => !(key in (service.properties ?? {})));
  return [
    "<!-- prettier-ignore-start -->",
    "",
    "| property | what it is | default | a change … |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    `Outputs: the live values of these properties, and ${only.map((key) => `\`${key}\``).join(", ")}.`,
    "",
    `\`connection\` has: ${withDefaults(namedTypes().get("Connection")!.json)}.`,
    "",
    `The provider has: ${withDefaults(namedTypes().get("ProviderArgs")!.json)}.`,
    "",
    "<!-- prettier-ignore-end -->",
  ].join("\n");
}

const firstSentence = ({ description = "" }: JsonSchema) => description.split(/(?<=\.) /)[0]!;

function withDefaults({ properties = {} }: JsonSchema): string {
  const names = Object.entries(properties).map(([key, property]) => {
    const value = defaultOf(property);
    return value === undefined ? `\`${key}\`` : `\`${key}\` (${value})`;
  });
  return names.join(", ");
}
