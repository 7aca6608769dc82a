import * as z from "zod";
import { isObject } from "../model/props";

declare module "zod" {
  /** Metadata of a property, besides zod's own `description`, `default`, `examples` and `id`. */
  interface GlobalMeta {
    /** The default in words, if it is not a fixed value: "the value of `host`". */
    unset?: string;
    /** The unit of a number. */
    unit?: string;
    /** Encrypted in the state, hidden in output. */
    secret?: boolean;
    /** The meaning of each word of an enumeration. */
    words?: Readonly<Record<string, string>>;
    /** What a change does to the service, if no service manager decides that. */
    change?: string;
    /** The value must be known at preview, so it can't be an output of another resource. */
    plain?: boolean;
    /** Groups of properties of an object: at most one of each group may be given. */
    exclusive?: readonly (readonly string[])[];
  }
}

/** An enumeration: each word with its meaning. It becomes an enum type in every SDK. */
export function words<const T extends Readonly<Record<string, string>>>(id: string, meanings: T) {
  return z.enum(Object.keys(meanings) as (keyof T & string)[]).meta({ id, words: meanings });
}

/** The parts of JSON Schema that zod generates from our schemas, with our metadata. */
export interface JsonSchema extends Pick<
  z.GlobalMeta,
  "unset" | "unit" | "secret" | "words" | "change" | "plain" | "exclusive"
> {
  type?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  $ref?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: string[];
  const?: unknown;
  required?: string[];
  $defs?: Record<string, JsonSchema>;
}

/** A zod schema as JSON Schema. A property without a description, examples or words of its own takes those of its type. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  for (const { properties = {} } of [json, ...Object.values(json.$defs ?? {})]) {
    for (const [name, property] of Object.entries(properties)) {
      const { description, examples, words: meanings } = json.$defs?.[referenced(property) ?? ""] ?? {};
      properties[name] = { ...withoutUndefined({ description, examples, words: meanings }), ...property };
    }
  }
  const { $ref: _, ...rest } = json;
  return { ...json.$defs?.[referenced(json) ?? ""], ...rest };
}

const withoutUndefined = <T extends object>(from: T) =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** The schema of an output: without default, unit and examples, because nobody sets outputs. */
export function asOutput({ description, words: meanings, ...type }: JsonSchema): JsonSchema {
  const kept = Object.fromEntries(
    Object.entries(type).filter(([key]) => !["default", "unset", "unit", "change", "examples"].includes(key)),
  );
  return { ...withoutUndefined({ description, words: meanings }), ...kept };
}

/** The name of the type that a reference points to. */
export const referenced = ({ $ref }: JsonSchema): string | undefined => $ref?.replace("#/$defs/", "");

/** The description of a property, in paragraphs. Examples that are objects are not in it: see {@link longExamples}. */
export function paragraphs(json: JsonSchema, change?: string): string[] {
  const { description, words: meanings = {}, examples = [] } = json;
  const list = Object.keys(meanings).length > 1 ? Object.entries(meanings) : [];
  const short = examples.filter((example) => !isObject(example)).map(literal);
  const facts = [
    json.default === undefined && json.unit ? `In ${json.unit}.` : undefined,
    defaultOf(json) === undefined ? undefined : `Default: ${defaultOf(json)}.`,
    json.secret ? "Pulumi keeps it as a secret." : undefined,
    change,
    short.length > 0 ? `Example: \`${short.join("`, `")}\`.` : undefined,
  ];
  const texts = [description, ...list.map(([word, meaning]) => `- \`${word}\`: ${meaning}`), sentence(facts)];
  if (list.length === 0) return [sentence(texts)].filter((text) => text !== "");
  return texts.filter((text) => text !== undefined && text !== "") as string[];
}

const sentence = (parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(" ");

/** The default in words, with its unit. */
export function defaultOf({ default: value, unset, unit }: JsonSchema): string | undefined {
  if (value === undefined) return unset;
  return `\`${typeof value === "string" ? value : literal(value)}\`${unit === undefined ? "" : ` ${unit}`}`;
}

/** The examples that take lines of their own. */
export const longExamples = ({ examples = [] }: JsonSchema): object[] => examples.filter(isObject);

/** A value as a literal that is valid in TypeScript and in YAML. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    return `${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: ${literal(inner)}`;
  });
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
