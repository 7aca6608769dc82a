import * as pulumi from "@pulumi/pulumi";
import { isObject } from "../model/props";
import { BotsServer } from "./BotsServer";
import type { BotsServerArgs, Daemons } from "./types";
import { isLater } from "./inputs";

/**
 * Creates a `BotsServer` for a program in another language. Such a program gets only the names of the services, which is what
 * `requires` of other services needs.
 */
export async function constructBotsServer(
  name: string,
  args: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<{ urn: pulumi.Output<string>; state: pulumi.Inputs }> {
  const daemons = (await plain(args.daemons, 2)) as Daemons;
  const { urn, url, services } = new BotsServer(name, { ...args, daemons } as BotsServerArgs, options);
  const names = Object.entries(services).map(([daemon, service]) => [daemon, service.name] as const);
  return { urn, state: { url, services: Object.fromEntries(names) } };
}

/**
 * The set of daemons can't depend on outputs, so this takes their values, `levels` deep. The values are known, because they have
 * passed the check. Everything below a secret becomes a secret.
 */
async function plain(given: unknown, levels: number): Promise<unknown> {
  if (isLater(given)) {
    const output: pulumi.Output<unknown> = pulumi.output(given);
    const value = await new Promise((resolve) => output.apply(resolve));
    return (await pulumi.isSecret(output)) ? atLevel(value, levels, pulumi.secret) : value;
  }
  if (levels === 0 || !isObject(given)) return given;
  const entries = Object.entries(given).map(async ([key, value]) => [key, await plain(value, levels - 1)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function atLevel(value: unknown, levels: number, change: (value: unknown) => unknown): unknown {
  if (levels === 0) return change(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, atLevel(inner, levels - 1, change)]));
}
