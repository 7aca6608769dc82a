import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { getAt, type Props } from "../../model/props";
import { decode } from "./codec";

/** Replaces the secrets in a text. */
export type Redact = (text: string) => string;

/** Shorter secrets are not redacted: they would match parts of ordinary words. */
const SHORTEST = 4;
const SHORTEST_LINE = 8;

/** Replaces secrets with `[secret]`: the whole text, its JSON form, and each of its lines, because logs are split into lines. */
export function redacting(secrets: Iterable<string>): Redact {
  const texts = new Set<string>();
  for (const secret of secrets) {
    if (secret.trim().length < SHORTEST) continue;
    texts.add(secret).add(JSON.stringify(secret).slice(1, -1));
    const lines = secret.split(/\r?\n/).map((line) => line.trim());
    if (lines.length > 1) lines.filter((line) => line.length >= SHORTEST_LINE).forEach((line) => texts.add(line));
  }
  // The longest first: otherwise the rest of a secret that contains another one would remain.
  const all = [...texts].sort((a, b) => b.length - a.length);
  return (text) => all.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

/** The secrets to redact: those of the configuration always, those of a request in its answer. */
export class Secrets {
  #configured: string[] = [];

  configure(config: Props): void {
    this.#configured = textsIn(config);
  }

  of(request: object): Redact {
    return redacting([...this.#configured, ...bagsOf(request).flatMap(textsIn)]);
  }
}

const GETTERS = ["getProperties", "getInputs", "getOlds", "getOldInputs", "getNews", "getArgs"];

/** The property bags of a request. Skips a bag that can't be decoded: the method itself rejects it. */
function bagsOf(request: object): Props[] {
  const getters = request as Record<string, (() => unknown) | undefined>;
  return GETTERS.flatMap((getter) => {
    try {
      const bag = getters[getter]?.();
      return bag instanceof Object && "getFieldsMap" in bag ? [decode(bag as Struct)] : [];
    } catch {
      return [];
    }
  });
}

function textsIn({ values, secrets }: Props): string[] {
  const texts = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return value !== null && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
  };
  return [...secrets].flatMap((path) => texts(getAt(values, path)));
}
