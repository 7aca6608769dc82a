import type { Values } from "../../model/props";
import { ConfigurationError, serversOf } from "../../stacks/configuration";

/** A server with nearly every property. */
export const whole = (): Values => ({
  connection: {
    type: "ssh",
    host: "edi1",
    address: "edi1.example.com",
    port: 22,
    user: "deploy",
    privateKeyFile: "~/.ssh/id_ed25519",
    become: { method: "sudo" },
    jump: { host: "bastion" },
  },
  bots: { existing: true, bin: "/opt/bots/bin", suffix: ".py", flavour: "4.x" },
  environment: {
    path: "/srv/bots",
    config: "/etc/bots/config",
    name: "prod",
    web: { port: 8080 },
    queue: { port: 28082 },
  },
  daemons: { webserver: { name: "bots-web", ready: { timeoutSeconds: 5 } }, jobQueue: true, dirMonitor: false },
  runAs: { user: "bots" },
});

/** The errors in a configuration, one a line, without the first line. */
export function said(settings: Values): string[] {
  try {
    serversOf(settings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).toMatch(/^The stack configuration is invalid:\n {2}/);
    return error.message.split("\n  ").slice(1);
  }
  return [];
}

/** The server with one value set; `undefined` removes it. */
export function withValue(path: string, value: unknown): Values {
  const server = whole();
  const keys = path.split(".");
  const last = keys.pop()!;
  let at: Values = server;
  for (const key of keys) at = (at[key] ??= {}) as Values;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return server;
}
