import type { z } from "zod";
import type { Path } from "../model/props";

/** What the schema says about a property, as far as a flag needs it. */
export interface Property {
  kind: "text" | "number" | "boolean" | "list" | "pairs" | "other";
  /** The first sentence of its description. */
  description: string;
  /** The words of an enumeration. */
  words?: readonly string[];
  isSecret: boolean;
}

interface Def {
  type: string;
  innerType?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  entries?: Record<string, string>;
}

const kinds: Readonly<Record<string, Property["kind"]>> = {
  string: "text",
  enum: "text",
  literal: "text",
  number: "number",
  boolean: "boolean",
  array: "list",
  record: "pairs",
};

/** The property at `path` in the schema of an object. */
export function propertyAt(schema: z.ZodType, path: Path): Property {
  let at = schema;
  for (const key of path) {
    const next: z.ZodType | undefined = bare(at).shape?.[key];
    if (next === undefined) throw new Error(`there is no property ${path.join(".")}`);
    at = next;
  }
  const { type, entries } = bare(at);
  const { description = "", secret = false } = at.meta() ?? {};
  return {
    kind: kinds[type] ?? "other",
    description: firstSentence(description),
    isSecret: secret,
    ...(entries && { words: Object.keys(entries) }),
  };
}

/** The definition of a type without `optional` and other wrappers. */
function bare(type: z.ZodType): Def {
  const def = type.def as unknown as Def;
  return def.innerType === undefined ? def : bare(def.innerType);
}

function firstSentence(text: string): string {
  const end = text.search(/[.:;] /);
  return (end < 0 ? text : text.slice(0, end)).replace(/\.$/, "").replaceAll("`", "");
}
