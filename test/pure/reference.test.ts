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

interface Property {
  $ref?: string;
  type?: string;
  oneOf?: Property[];
  items?: Property;
  additionalProperties?: Property;
  description?: string;
  secret?: boolean;
}
type Shape = Record<string, Property>;
interface Resource {
  inputProperties: Shape;
  properties: Shape;
}

describe("the package schema", () => {
  const schema = packageSchema({ version: "1.0.0" }, () => undefined) as {
    types: Record<string, { properties?: Shape; enum?: { name: string; value: string }[] }>;
    resources: Record<string, Resource>;
    provider: Pick<Resource, "inputProperties">;
  };
  const service = schema.resources["bots:index:Service"]!;
  const enumOf = ({ $ref = "" }: Property) => schema.types[$ref.replace("#/types/", "")]?.enum;
  const shapes = [
    ...Object.values(schema.types).flatMap(({ properties }) => properties ?? []),
    ...Object.values(schema.resources).flatMap(({ inputProperties, properties }) => [inputProperties, properties]),
    schema.provider.inputProperties,
  ];
  const properties = shapes.flatMap((shape) => Object.entries(shape));
  /** A property, and all that it is made of. */
  const within = (property: Property | undefined): Property[] =>
    property === undefined
      ? []
      : [
          property,
          ...[property.items, property.additionalProperties, ...(property.oneOf ?? [])].flatMap((inner) =>
            within(inner),
          ),
        ];
  const faulty = (fault: (property: Property) => boolean) =>
    properties.filter(([, property]) => within(property).some(fault)).map(([name]) => name);

  test("has enum types in the arguments, and plain text in the outputs: YAML assigns no enum to a text", () => {
    expect(enumOf(service.inputProperties.startMode!)).toMatchObject([
      { value: "automatic" },
      { value: "delayed" },
      { value: "manual" },
      { value: "disabled" },
    ]);
    expect(Object.entries(service.properties).filter(([, property]) => enumOf(property))).toEqual([]);
    const names = Object.values(schema.types).flatMap((type) => type.enum ?? []);
    expect(names.filter(({ name }) => !/^[A-Z][A-Za-z0-9]*$/.test(name))).toEqual([]);
  });

  test("has no union in a list or a map, which the Python SDK can't check, and no enum in a union, which is text in Go", () => {
    expect(faulty(({ items, additionalProperties }) => Boolean(items?.oneOf ?? additionalProperties?.oneOf))).toEqual(
      [],
    );
    expect(faulty(({ oneOf }) => (oneOf ?? []).some(enumOf))).toEqual([]);
    expect(properties.some(([, { oneOf }]) => oneOf !== undefined)).toBe(true);
  });

  test("says of each property what it is, and keeps keys, passphrases and passwords secret", () => {
    expect(properties.filter(([, { description }]) => !description).map(([name]) => name)).toEqual([]);
    const secret = properties.filter((property) => property[1].secret).map(([name]) => name);
    expect([...new Set(secret)].sort()).toEqual(["passphrase", "password", "privateKey"]);
  });

  test("names no address while none is set, and takes every one from the repository of package.json", () => {
    const made = (repository?: string) =>
      packageSchema({ version: "1.0.0", ...(repository ? { repository } : {}) }, () => undefined);
    const names = ["repository", "homepage", "publisher", "pluginDownloadURL", "logoUrl"];
    expect(names.filter((name) => name in made())).toEqual([]);
    expect(JSON.stringify(made())).not.toContain("importBasePath");
    for (const address of [
      "https://git.example.com/edi/pulumi-bots",
      "git+https://git.example.com/edi/pulumi-bots.git",
    ]) {
      expect(made(address)).toMatchObject({
        repository: "https://git.example.com/edi/pulumi-bots",
        publisher: "edi",
        pluginDownloadURL: "git://git.example.com/edi/pulumi-bots.git/provider",
        logoUrl: "https://git.example.com/edi/pulumi-bots/raw/HEAD/docs/logo.png",
        language: { go: { importBasePath: "git.example.com/edi/pulumi-bots/sdk/go/bots" } },
      });
    }
    expect(() => made("git.example.com/edi")).toThrow("repository must be https://HOST/OWNER/NAME");
  });
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
