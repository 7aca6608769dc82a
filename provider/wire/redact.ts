import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { getAt, type Props } from "../../model/props";
import { decode } from "./codec";

/** Takes out of a text what must not be shown. */
export type Redact = (text: string) => string;

/** Shorter ones are no secrets worth the name, and stand in every second word. */
const SHORTEST = 4;
const SHORTEST_LINE = 8;

/** Puts `[secret]` where one of the secrets stands: whole, as JSON, or a line of it, for logs are cut into lines. */
export function redacting(secrets: Iterable<string>): Redact {
  const texts = new Set<string>();
  for (const secret of secrets) {
    if (secret.trim().length < SHORTEST) continue;
    texts.add(secret).add(JSON.stringify(secret).slice(1, -1));
    const lines = secret.split(/\r?\n/).map((line) => line.trim());
    if (lines.length > 1) lines.filter((line) => line.length >= SHORTEST_LINE).forEach((line) => texts.add(line));
  }
  // The longest first: else of one that has another one in it the rest would be left.
  const all = [...texts].sort((a, b) => b.length - a.length);
  return (text) => all.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

/** What must not be shown: the secrets of the configuration for good, and those of a request while it is answered. */
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

/** The property bags of any request. One that can't be read is refused by whoever the request is for. */
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
