import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PropertyError } from "../../model/errors";
import { SecretPaths, UNKNOWN, type Path, type Props, type Values } from "../../model/props";
import { decode, encode } from "../../provider/wire/codec";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const output = (fields: object) => ({ [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });
const fromWire = (tree: object): Props => decode(Struct.fromJavaScript(tree as never));
const overWire = (props: Props): Props => decode(Struct.deserializeBinary(encode(props).serializeBinary()));
const paths = (props: Props): Path[] => [...props.secrets];

// Leaves, lists and objects as a program can send them. `__proto__` is a name that protobuf's maps cannot hold.
const key = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }).filter((name) => name !== "__proto__");
const { tree } = fc.letrec<{ tree: unknown; object: Values }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(UNKNOWN),
    ),
    fc.array(fc.oneof(tie("tree"), fc.constant(null)), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
}));
const values = fc.dictionary(key, tree, { maxKeys: 5, noNullPrototype: true });

/** Every path in a value, outer ones first. */
function allPaths(value: unknown, path: Path = []): Path[] {
  const below =
    value !== null && typeof value === "object"
      ? Object.entries(value).flatMap(([name, item]) =>
          item === null ? [] : allPaths(item, [...path, Array.isArray(value) ? Number(name) : name]),
        )
      : [];
  return path.length ? [path, ...below] : below;
}

const bags = values.chain((bag) =>
  fc.subarray(allPaths(bag)).map((chosen): Props => {
    const secrets = new SecretPaths();
    for (const path of chosen) if (!secrets.covers(path)) secrets.add(path);
    return { values: bag, secrets };
  }),
);

test("what is encoded and decoded again is the same", () => {
  fc.assert(
    fc.property(bags, (props) => {
      const again = overWire(props);
      expect(again.values).toStrictEqual(props.values);
      expect(new Set(paths(again))).toEqual(new Set(paths(props)));
    }),
  );
});

test("a secret appears nowhere outside of its wrapper", () => {
  fc.assert(
    fc.property(bags, (props) => {
      const clear = (wire: unknown, path: Path): void => {
        if (wire === null || typeof wire !== "object") return expect(props.secrets.covers(path)).toBe(false);
        if ((wire as Values)[SIGNATURE]) return;
        for (const [name, item] of Object.entries(wire)) clear(item, [...path, Array.isArray(wire) ? +name : name]);
      };
      clear(encode(props).toJavaScript(), []);
    }),
  );
});

test("a secret within a secret, in a list, in an object", () => {
  const props = fromWire({
    a: secret({ b: secret("x"), c: [secret("y")] }),
    d: [1, secret(2)],
    e: { f: secret(null) },
  });
  expect(props.values).toEqual({ a: { b: "x", c: ["y"] }, d: [1, 2], e: {} });
  expect(paths(props)).toEqual([["a"], ["d", 1], ["e", "f"]]);
});

test("secret paths that the bag marks twice, or that are not there, are wrapped once or not at all", () => {
  const props = { values: { a: { b: "x" } }, secrets: new SecretPaths([["a"], ["a", "b"], ["gone"]]) };
  expect(encode(props).toJavaScript()).toEqual({ a: secret({ b: "x" }) });
  const whole = { values: { a: 1, b: "x" }, secrets: new SecretPaths([[]]) };
  expect(encode(whole).toJavaScript()).toEqual({ a: secret(1), b: secret("x") });
});

test("unknown values of every type, plain and in output values", () => {
  const props = fromWire({
    text: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    list: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    hidden: secret("04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
    output: output({ secret: true }),
    known: output({ value: [1], dependencies: ["urn"] }),
  });
  expect(props.values).toEqual({ text: UNKNOWN, list: UNKNOWN, hidden: UNKNOWN, output: UNKNOWN, known: [1] });
  expect(paths(props)).toEqual([["hidden"], ["output"]]);
});

test("a reference to a resource is its id, to a component its urn", () => {
  const reference = (fields: object) => ({ [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", ...fields });
  const props = fromWire({
    service: reference({ urn: "urn:a", id: "edi1/web" }),
    planned: reference({ urn: "urn:a", id: "" }),
    component: reference({ urn: "urn:c" }),
  });
  expect(props.values).toEqual({ service: "edi1/web", planned: UNKNOWN, component: "urn:c" });
});

test("assets and archives are refused where they stand, all at once", () => {
  const tree = {
    a: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "x" },
    "b.c": [{ [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7" }, { [SIGNATURE]: "something new" }],
  };
  expect(() => fromWire(tree)).toThrow(PropertyError);
  expect(() => fromWire(tree)).toThrow(
    "a: assets are not supported: give the text itself, or the path of a file\n" +
      '["b.c"][0]: archives are not supported\n' +
      '["b.c"][1]: a value of an unknown kind',
  );
});

test("undefined and null are no properties; in a list they keep their place", () => {
  expect(fromWire({ a: null, b: { c: null }, d: [null] }).values).toEqual({ b: {}, d: [null] });
  const props = { values: { a: undefined, b: { c: null }, d: [undefined] }, secrets: new SecretPaths([["a"]]) };
  expect(encode(props).toJavaScript()).toEqual({ b: {}, d: [null] });
});

test("text that was cut within a character is repaired, because the engine would refuse the whole message", () => {
  expect(overWire({ values: { a: "\udc00x" }, secrets: new SecretPaths() }).values).toEqual({ a: "\ufffdx" });
});

test("what can't be sent to the engine is named", () => {
  expect(() => encode({ values: { a: [1n] }, secrets: new SecretPaths() })).toThrow(
    "a[0]: a bigint can't be sent to the engine",
  );
});
