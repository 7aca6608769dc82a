import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabHost } from "../../../lab";
import type { HostError } from "../../../model/errors";
import { shCommand } from "../../../provider/posix/shell/quote";
import { Pool, type PoolLimits } from "../../../provider/transports/pool";
import { targetOf } from "../../support/target";
import type { Connection } from "../../../schema/connection";
import { until } from "../../engine/support/run";
import { labHost } from "../../support/hosts";

/** What ssh2 does with each message of the protocol. */
export type Changes = Partial<Omit<Connection, "host">> & { host?: string };

/** A key that no host has. */
export const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

export const fingerprintOf = (key: string) =>
  /SHA256:\S+/.exec(execFileSync("ssh-keygen", ["-l", "-f", "-"], { input: `${key}\n`, encoding: "utf8" }))![0];

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A host with sshd for all tests of a block, and pools that end with each. */
export function sshHost() {
  let host: LabHost;
  let folder: string;
  const pools: Pool[] = [];

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    folder = mkdtempSync(join(tmpdir(), "pulumi-bots-ssh-"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await host?.stop();
  });
  afterEach(() => pools.splice(0).forEach((pool) => pool.close()));

  const pool = (limits?: PoolLimits) => {
    const made = new Pool(limits);
    pools.push(made);
    return made;
  };
  /** A right connection; each test spoils what it is about. */
  const to = (changes: Changes = {}): Connection & { host: string } => ({
    host: host.name,
    address: host.address,
    port: host.port,
    privateKey: host.privateKey,
    hostKey: host.hostKey,
    connectTimeoutSeconds: 20,
    ...changes,
  });
  const without = (connection: Connection & { host: string }, ...keys: (keyof Connection)[]) => {
    for (const key of keys) delete connection[key];
    return connection;
  };
  const run = async (connection: Connection & { host: string }, argv: string[], on = pool()) => {
    const transport = await on.transport(targetOf(connection));
    const { code, stdout, stderr } = await transport.exec({ command: shCommand(...argv) });
    return { code, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  const failure = async (connection: Connection & { host: string }, on = pool()): Promise<HostError> => {
    const error = await run(connection, ["true"], on).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ name: "HostError", host: host.name });
    return error as HostError;
  };
  /** How many logins sshd refuses meanwhile: its log of one may come after its answer to us. */
  const refusals = async (body: () => Promise<void>) => {
    const count = async () =>
      (await host.sshLog()).match(/Failed (password|publickey|keyboard-interactive)/g)?.length ?? 0;
    const before = await count();
    await body();
    await until(async () => (await count()) > before, "sshd has logged that it refused a login");
    return (await count()) - before;
  };
  /** sshd with other settings, for one test. */
  const withSshd = async (settings: string, body: () => Promise<void>) => {
    const restart = "sshd -t && { systemctl reset-failed ssh; systemctl restart ssh; } && sleep 0.3"; // not "too often"
    expect(await host.run(`echo '${settings}' >/etc/ssh/sshd_config.d/00-test.conf; ${restart}`)).toMatchObject({
      code: 0,
    });
    try {
      await body();
    } finally {
      await host.run(`rm /etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
    }
  };

  return {
    pool,
    to,
    without,
    run,
    failure,
    refusals,
    withSshd,
    get host() {
      return host;
    },
    get folder() {
      return folder;
    },
  };
}
