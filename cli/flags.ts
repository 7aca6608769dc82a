import { setAt, type Path, type Values } from "../model/props";
import { serverSchema } from "../schema/server";
import { serviceSchema } from "../schema/service";
import { propertyAt, type Property } from "./property";

/** A flag of `new-service` that sets one property. */
export interface Flag extends Property {
  /** Without the dashes: `ready-tcp`. */
  name: string;
  /** What the value is, for the help: `port`. */
  value: string;
  path: Path;
  /** `service`: a property of the service; `bots`: one of the Bots installation, from which a preset makes the service. */
  of: "service" | "bots";
}

type Row = readonly [name: string, value: string, path: string, description?: string];

/** The flags by group. Their types and texts come from the schema. */
const rows: Readonly<Record<string, { of: Flag["of"]; flags: readonly Row[] }>> = {
  "Host:": {
    of: "service",
    flags: [
      ["host", "name", "connection.host", "The name of the machine. It identifies the service together with its name"],
      ["address", "address", "connection.address"],
      ["connection-type", "type", "connection.type"],
      ["connection-port", "port", "connection.port"],
      ["connection-user", "user", "connection.user"],
      ["connection-private-key-file", "file", "connection.privateKeyFile"],
      ["connection-passphrase-env", "variable", "connection.passphraseEnv"],
      ["connection-password-env", "variable", "connection.passwordEnv"],
      ["connection-host-key", "key", "connection.hostKey"],
      ["connection-become", "method", "connection.become.method"],
      ["connection-become-password-env", "variable", "connection.become.passwordEnv"],
      ["connection-authentication", "method", "connection.authentication"],
      ["connection-tls-fingerprint", "sha256", "connection.tls.fingerprintSha256"],
    ],
  },
  "Service:": {
    of: "service",
    flags: [
      ["name", "name", "name"],
      ["display-name", "text", "displayName"],
      ["description", "text", "description"],
      [
        "command",
        "line",
        "command",
        "The program and its arguments, separated by blanks. Instead of it, they may follow after a --",
      ],
      ["working-directory", "path", "workingDirectory"],
      ["environment", "name=value", "environment", "An environment variable. Repeat it for more"],
      ["user", "user", "runAs.user", "The user that the program runs as"],
      ["group", "group", "runAs.group", "The group that the program runs as"],
      ["umask", "octal", "umask"],
      ["start-mode", "mode", "startMode"],
      ["running", "true|false|unmanaged", "running"],
      ["restart", "policy", "restart.policy"],
      ["restart-delay", "seconds", "restart.delaySeconds"],
      ["restart-attempts", "number", "restart.maxAttempts"],
      ["stop-signal", "signal", "stop.signal"],
      ["stop-timeout", "seconds", "stop.timeoutSeconds"],
      ["stop-mode", "mode", "stop.mode"],
      ["requires", "service", "requires", "A service that starts before this one. Repeat it for more"],
      ["log-stdout", "path", "logs.stdout"],
      ["log-stderr", "path", "logs.stderr"],
      ["ready-tcp", "port", "ready.tcp"],
      ["ready-http", "url", "ready.http.url"],
      ["ready-http-status", "code", "ready.http.status"],
      ["ready-timeout", "seconds", "ready.timeoutSeconds"],
      ["settle-seconds", "seconds", "settleSeconds"],
      ["manager", "name", "manager"],
      ["nssm-path", "path", "options.nssm.path"],
      ["existing", "", "existing"],
      ["adopt", "", "adopt"],
    ],
  },
  "Bots, for a preset:": {
    of: "bots",
    flags: [
      ["bots-bin", "path", "bots.bin"],
      ["bots-suffix", "suffix", "bots.suffix"],
      ["bots-flavour", "flavour", "bots.flavour"],
      ["bots-path", "path", "environment.path"],
      ["bots-config", "path", "environment.config"],
      ["bots-name", "name", "environment.name"],
      ["web-port", "port", "environment.web.port"],
      ["web-tls", "", "environment.web.tls"],
      ["queue-port", "port", "environment.queue.port"],
    ],
  },
};

/** The properties of a service that have no flag: write them into the printed program. */
export const withoutFlag = ["hold", "reload", "triggers", "whenChanged", "onFailedUpdate"] as const;

/** The flags that set properties, by group. */
export const groups: Readonly<Record<string, readonly Flag[]>> = Object.fromEntries(
  Object.entries(rows).map(([title, { of, flags }]) => [title, flags.map((row) => flagOf(row, of))]),
);

export const flags: readonly Flag[] = Object.values(groups).flat();

export const flagNamed = (name: string): Flag => flags.find((flag) => flag.name === name)!;

function flagOf([name, value, at, description]: Row, of: Flag["of"]): Flag {
  const path = at.split(".");
  const property = propertyAt(of === "service" ? serviceSchema : serverSchema, path);
  return { ...property, ...(description !== undefined && { description }), name, value, path, of };
}

/** What was given on the command line: a text for each flag, a list of texts for one that repeats. */
export type Given = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** The properties that the flags set. A text that is not of the right type stays as it is, and the schema refuses it. */
export function valuesOf(given: Given, of: Flag["of"]): Values {
  const values: Values = {};
  for (const flag of flags) {
    const value = given[flag.name];
    if (flag.of === of && value !== undefined) setAt(values, flag.path, typed(flag, value));
  }
  return values;
}

function typed({ kind, name }: Flag, value: string | readonly string[] | true): unknown {
  if (value === true) return true;
  if (typeof value !== "string") return kind === "pairs" ? Object.fromEntries(value.map(pair)) : [...value];
  if (kind === "number" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (name === "running" && (value === "true" || value === "false")) return value === "true";
  return value;
}

function pair(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
