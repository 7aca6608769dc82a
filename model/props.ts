/** The position of a value in a property bag: `["environment", "PATH"]`, `["command", 1]`. */
export type Path = readonly (string | number)[];

/** A value that the engine does not know yet (preview of something that depends on an uncreated resource). */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** Plain property values, as decoded from the wire: JSON plus {@link UNKNOWN} anywhere. */
export type Values = Record<string, unknown>;

/** A property bag: plain values, and which of them are secret. */
export interface Props {
  values: Values;
  secrets: SecretPaths;
}

/** The set of paths whose values are secret. A secret path covers everything below it. */
export class SecretPaths {
  readonly #paths = new Map<string, Path>();

  constructor(paths: Iterable<Path> = []) {
    for (const path of paths) this.add(path);
  }

  add(path: Path): this {
    this.#paths.set(JSON.stringify(path), path);
    return this;
  }

  /** Is the value at `path`, or one of its parents, secret? */
  covers(path: Path): boolean {
    return path.some((_, i) => this.#paths.has(JSON.stringify(path.slice(0, i + 1)))) || this.#paths.has("[]");
  }

  [Symbol.iterator](): IterableIterator<Path> {
    return this.#paths.values();
  }
}

/** Formats a path in the syntax of the Pulumi engine: `environment["A=B"].x[0]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text ? `${text}.${key}` : key;
  }, "");
}

/** The value at `path`: undefined when it or a parent is missing, {@link UNKNOWN} when it or a parent is unknown. */
export function getAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (value === UNKNOWN) return UNKNOWN;
    const isIn = value !== null && typeof value === "object" && Object.hasOwn(value, key);
    return isIn ? (value as Record<string | number, unknown>)[key] : undefined;
  }, values);
}

/** Sets the value at `path`, and creates missing parents. Every key becomes an own property, even `__proto__`. */
export function setAt(values: object, path: Path, value: unknown): void {
  const [key, ...rest] = path as [string | number, ...Path];
  const inner = rest.length === 0 ? value : (getAt(values, [key]) ?? {});
  Object.defineProperty(values, key, { value: inner, writable: true, enumerable: true, configurable: true });
  if (rest.length > 0) setAt(inner as object, rest, value);
}

/**
 * A copy without unknown values: unknown properties are omitted. Unknown elements of a list become a text that is valid
 * everywhere, so that the others keep their positions. The paths of unknown values are added to `found`.
 */
export function withoutUnknowns(value: unknown, path: Path = [], found: Path[] = []): unknown {
  if (value === UNKNOWN) {
    found.push(path);
    return "/unknown";
  }
  if (Array.isArray(value)) return value.map((item, i) => withoutUnknowns(item, [...path, i], found));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const known = withoutUnknowns(inner, [...path, key], found);
      return inner === UNKNOWN ? [] : [[key, known]];
    }),
  );
}

/** Those of the given properties that an object has. */
export function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]]))) as Pick<T, K>;
}

/** Is it an object, and not a list? */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
