import { UNKNOWN, type Path, type Props, type Values } from "../../model/props";
import type { Connection } from "../../schema/connection";
import { providerSchema, type ProviderConfig } from "../../schema/provider";
import { validate } from "../../schema/validate";
import { connectionIssues } from "../transports/connectionIssues";
import type { CheckRequest, CheckResult } from "./lifecycle";

/** Checks the provider's configuration: `bots:` in the stack configuration, or the arguments of an explicit provider. */
export function checkProviderConfig({ news }: CheckRequest): CheckResult {
  const failures = validate(providerSchema, news.values);
  const all = ways(news.values);
  if (failures.length === 0) failures.push(...all.flatMap(([path, way]) => connectionIssues(way, path)));
  for (const [path] of all) markSecrets(news, path);
  return { inputs: news, failures };
}

/** The effective limits: environment variables override the configuration. */
export function limits(config: ProviderConfig): { maxConnections?: number; maxSessionsPerHost?: number } {
  const pick = (variable: string, value: number | undefined) => {
    const given = process.env[variable];
    if (given === undefined || given === "") return value;
    if (!/^[1-9]\d*$/.test(given))
      throw new Error(`the environment variable ${variable} must be a whole number of at least 1, not "${given}"`);
    return Number(given);
  };
  const maxConnections = pick("BOTS_MAX_CONNECTIONS", config.maxConnections);
  const maxSessionsPerHost = pick("BOTS_MAX_SESSIONS_PER_HOST", config.maxSessionsPerHost);
  return {
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(maxSessionsPerHost === undefined ? {} : { maxSessionsPerHost }),
  };
}

/** Marks keys and passwords of a connection as secret, even if the user did not. */
export function markSecrets({ values, secrets }: Props, at: Path): void {
  const connection = at.reduce<unknown>((value, key) => (value as Values | undefined)?.[key as string], values);
  if (connection === null || typeof connection !== "object") return;
  const hidden: Path[] = [["privateKey"], ["passphrase"], ["password"], ["become", "password"]];
  for (const path of [...hidden, ...hidden.map((inner) => ["jump", ...inner])]) {
    const value = path.reduce<unknown>((inner, key) => (inner as Values | undefined)?.[key as string], connection);
    if (value !== undefined && value !== UNKNOWN) secrets.add([...at, ...path]);
  }
}

function ways(values: Values): [Path, Connection][] {
  const all: [Path, unknown][] = [[["connection"], values.connection]];
  if (values.hosts !== null && typeof values.hosts === "object") {
    for (const [name, way] of Object.entries(values.hosts)) all.push([["hosts", name], way]);
  }
  return all.filter(([, way]) => way !== undefined) as [Path, Connection][];
}
