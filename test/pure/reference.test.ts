import { readFileSync } from "node:fs";
import { z } from "zod";
import type { JsonSchema } from "../../schema/about";
import { connectionSchema } from "../../schema/connection";
import { optionsSchema } from "../../schema/options";
import { packageSchema } from "../../schema/package";
import { providerSchema } from "../../schema/provider";
import { readySchema } from "../../schema/ready";
import { daemonSchema, daemonsSchema, serverSchema } from "../../schema/server";
import { serviceSchema } from "../../schema/service";
import { generated } from "../../tools/generate";

test.each([...generated(".")])("%s is what `npm run reference` writes", (path, text) => {
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("words are enum types in the arguments, and plain text in the outputs: YAML assigns no enum to a text", () => {
  interface Property {
    $ref?: string;
  }
  type Shape = Record<string, Property>;
  const { types, resources } = packageSchema("1.0.0", () => undefined) as {
    types: Record<string, { enum?: { name: string; value: string }[] }>;
    resources: Record<string, { inputProperties: Shape; properties: Shape }>;
  };
  const service = resources["bots:index:Service"]!;
  const enumOf = ({ $ref = "" }: Property) => types[$ref.replace("#/types/", "")]?.enum;
  expect(enumOf(service.inputProperties.startMode!)).toMatchObject([{ value: "automatic" }, { value: "manual" }]);
  expect(Object.entries(service.properties).filter(([, property]) => enumOf(property))).toEqual([]);
  const names = Object.values(types).flatMap((type) => type.enum ?? []);
  expect(names.filter(({ name }) => !/^[A-Z][A-Za-z0-9]*$/.test(name))).toEqual([]);
});

const about = (schema: z.ZodType) => (z.globalRegistry.get(schema) ?? {}) as JsonSchema;

const schemas = {
  connectionSchema,
  readySchema,
  optionsSchema,
  providerSchema,
  serviceSchema,
  daemonSchema,
  daemonsSchema,
  serverSchema,
};

test.each(Object.entries(schemas))("the examples and defaults of %s are what it takes", (_, schema) => {
  const whole: z.ZodType = schema;
  for (const example of about(whole).examples ?? []) expect(whole.safeParse(example).error).toBeUndefined();
  for (const [name, property] of Object.entries<z.ZodType>(schema.shape)) {
    const { examples = [], default: value, description } = about(property);
    expect([name, description]).not.toEqual([name, undefined]);
    if (value !== undefined) expect([name, property.safeParse(value).error]).toEqual([name, undefined]);
    for (const example of examples) {
      // An example of a switch shows what stands beside it.
      const good = [property, whole].some((type) => type.safeParse(example).success);
      expect([name, example, good]).toEqual([name, example, true]);
    }
  }
});
