import { literal } from "../../schema/about";
import type { Values } from "../../model/props";
import { constantName } from "./names";

/** A TypeScript program with the service. */
export function typescript(resource: string, service: Values, secrets: readonly string[]): string {
  const config = secrets.length > 0;
  const lines = [
    ...(config ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    'import * as bots from "pulumi-bots";',
    "",
    ...(config ? ["const config = new pulumi.Config();"] : []),
    `export const ${constantName(resource)} = new bots.Service(${JSON.stringify(resource)}, {`,
    ...Object.entries(withSecrets(service, secrets)).map(([key, value]) => `  ${entry(key, value, 2)},`),
    "});",
  ];
  return `${lines.join("\n")}\n`;
}

/** Source text instead of a value. */
class Source {
  constructor(readonly text: string) {}
}

function withSecrets(service: Values, secrets: readonly string[]): Values {
  if (secrets.length === 0) return service;
  const hidden = secrets.map((name) => [name, new Source(`config.requireSecret(${JSON.stringify(name)})`)]);
  return { ...service, environment: { ...(service.environment as object), ...Object.fromEntries(hidden) } };
}

const entry = (key: string, value: unknown, indent: number): string => {
  const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
  return `${name}: ${source(value, indent, name.length + 3)}`;
};

/** A value as source text, in one line where it fits. `used`: the characters of the line that are taken already. */
function source(value: unknown, indent: number, used: number): string {
  if (value instanceof Source) return value.text;
  if (value === null || typeof value !== "object") return literal(value);
  const isOneLine = !Object.values(value).some((inner) => inner instanceof Source);
  const line = isOneLine ? literal(value) : undefined;
  if (line !== undefined && indent + used + line.length <= 120) return line;
  const inner = indent + 2;
  const parts = Array.isArray(value)
    ? value.map((item) => source(item, inner, 1))
    : Object.entries(value).map(([key, item]) => entry(key, item, inner));
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${parts.map((part) => `${" ".repeat(inner)}${part},\n`).join("")}${" ".repeat(indent)}${close}`;
}
