import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { PropertyError, type Issue } from "../../model/errors";
import { formatPath, SecretPaths, UNKNOWN, type Path, type Props, type Values } from "../../model/props";

/** The key that marks an object on the wire as a special value; its value is one of the signatures below. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const REFUSED = new Map([
  ["c44067f5952c0a294b673a41bacd8c17", "assets are not supported: give the text itself, or the path of a file"],
  ["0def7320c3a5731c473e5ecbe6d01bc7", "archives are not supported"],
  ["803fd3297a5875dc03ca845dda5d2a98", "text that is not UTF-8 is not supported"],
]);

/** Sentinels for unknown values. There is one for each type, but the engine accepts the first for all types. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_TEXTS = new Set([
  UNKNOWN_TEXT,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Decodes a property bag. Throws a `PropertyError` that lists every value of an unsupported kind. */
export function decode(struct: Struct | undefined): Props {
  return decodeTree(struct?.toJavaScript() ?? {});
}

/** Decodes a bag that is plain JavaScript, such as the JSON text of a configuration value. */
export function decodeTree(tree: Values): Props {
  const secrets = new SecretPaths();
  const issues: Issue[] = [];

  const markSecret = (path: Path): void => {
    // A secret inside a secret adds nothing, and `encode` would not write it back.
    if (!secrets.covers(path)) secrets.add(path);
  };

  const object = (wire: Values, path: Path): Values =>
    Object.fromEntries(
      Object.entries(wire)
        .map(([key, value]) => [key, decodeValue(value, [...path, key])] as const)
        // Pulumi treats a null property as unset. In a list, null holds a position and stays.
        .filter(([, value]) => value !== null),
    );

  const decodeValue = (wire: unknown, path: Path): unknown => {
    if (typeof wire === "string") return UNKNOWN_TEXTS.has(wire) ? UNKNOWN : wire;
    if (Array.isArray(wire)) return wire.map((item, i) => decodeValue(item, [...path, i]));
    if (wire === null || typeof wire !== "object") return wire;
    const fields = wire as Values;
    switch (fields[SIGNATURE]) {
      case undefined:
        return object(fields, path);
      case SECRET:
        markSecret(path);
        return decodeValue(fields.value, path);
      case OUTPUT:
        if (fields.secret === true) markSecret(path);
        return "value" in fields ? decodeValue(fields.value, path) : UNKNOWN;
      case RESOURCE:
        // The engine itself would have sent the id, or the URN of a resource without an id (a component).
        return fields.id === "" ? UNKNOWN : decodeValue(fields.id ?? fields.urn, path);
      default:
        issues.push({ path, message: REFUSED.get(String(fields[SIGNATURE])) ?? "a value of an unknown kind" });
        return null;
    }
  };

  const values = object(tree, []);
  if (issues.length) throw new PropertyError(issues);
  return { values, secrets };
}

/** Encodes a property bag, with every secret in its wrapper. Omits undefined and null properties. */
export function encode({ values, secrets }: Props): Struct {
  const object = (value: object, path: Path, inSecret: boolean): Record<string, JavaScriptValue> =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined && item !== null)
        .map(([key, item]) => [wellFormed(key), encodeValue(item, [...path, key], inSecret)]),
    );

  const encodeValue = (value: unknown, path: Path, inSecret: boolean): JavaScriptValue => {
    if (!inSecret && secrets.covers(path)) return { [SIGNATURE]: SECRET, value: encodeValue(value, path, true) };
    if (value === UNKNOWN) return UNKNOWN_TEXT;
    if (value === undefined || value === null) return null;
    if (typeof value === "string") return wellFormed(value);
    if (typeof value === "boolean" || typeof value === "number") return value;
    if (Array.isArray(value)) return value.map((item, i) => encodeValue(item, [...path, i], inSecret));
    if (typeof value === "object") return object(value, path, inSecret);
    throw new TypeError(`${formatPath(path)}: a ${typeof value} can't be sent to the engine`);
  };

  return Struct.fromJavaScript(object(values, [], false));
}

/** Replaces lone surrogates (text cut inside a character), for which the engine would reject the whole message. */
export function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
