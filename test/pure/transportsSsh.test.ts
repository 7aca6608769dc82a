import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Server, type Connection as Client } from "ssh2";
import { HostError } from "../../model/errors";
import { Connections } from "../../provider/lifecycle/connections";
import { Hosts } from "../../provider/hosts";
import { shCommand } from "../../provider/posix/shell/quote";
import { Pool } from "../../provider/transports/pool";
import { hostKeyPair } from "../support/hostKey";
import { targetOf } from "../support/target";
import type { Connection } from "../../schema/connection";
import { recordingLog } from "../support/serviceLifecycle";

jest.setTimeout(60_000);

const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
const hostKey = hostKeyPair();
const keys = {
  ed25519: pem(generateKeyPairSync("ed25519").privateKey),
  ec: pem(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey),
  rsa: pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey),
};

/** The server of ssh2, which does what a test needs of a server. */
async function serve({ ident = "OpenSSH_9.2", onClient }: { ident?: string; onClient: (client: Client) => void }) {
  const clients: Client[] = [];
  const server = new Server({ hostKeys: [hostKey.private], ident }, (client) => {
    client.on("error", () => {});
    clients.push(client);
    onClient(client);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    for (const client of clients) client.end();
    server.close();
  };
  return { port, close };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const to = (port: number, changes: Partial<Omit<Connection, "host">> = {}): Connection & { host: string } => ({
  host: "edi1",
  address: "127.0.0.1",
  port,
  hostKey: hostKey.public,
  privateKey: keys.rsa,
  connectTimeoutSeconds: 20,
  ...changes,
});

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));
const pool = () => {
  const made = new Pool();
  ends.push(() => made.close());
  return made;
};
async function failure(work: Promise<unknown>): Promise<HostError & { seconds: number }> {
  const start = performance.now();
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(HostError);
  return Object.assign(error as HostError, { seconds: (performance.now() - start) / 1000 });
}

describe("a channel that the server refuses is judged by the code of the refusal", () => {
  // Without a listener for it the server of ssh2 answers "administratively prohibited", without words.
  const strict = { onClient: (client: Client) => client.on("authentication", (login) => login.accept()) };

  test("a bastion that forbids forwarding is not asked again, whatever words it uses", async () => {
    const bastion = await serve(strict);
    ends.push(bastion.close);
    const { host: _, connectTimeoutSeconds: __, ...way } = to(bastion.port);
    const target = targetOf(to(22, { jump: { ...way, host: "bastion" } }));
    const error = await failure(pool().transport(target));
    expect(error.message).toMatch(
      /^edi1: 127\.0\.0\.1:22 through bastion: the jump host forbids forwarding to this host \(Allow/,
    );
    expect(error.kind).toBe("unreachable");
    expect(error.seconds).toBeLessThan(15);
  });

  test("a session that is forbidden is not asked for again", async () => {
    const server = await serve(strict);
    ends.push(server.close);
    const transport = await pool().transport(targetOf(to(server.port)));
    const error = await failure(transport.exec({ command: shCommand("true") }));
    expect(error).toMatchObject({
      kind: "remote",
      reason: "the SSH server refuses to open a session: no reason given",
    });
    expect(error.seconds).toBeLessThan(4);
  });

  test("a server that is full is asked again, for long only while sessions of ours are open", async () => {
    let asked = 0;
    const onClient = (client: Client) =>
      client
        .on("authentication", (login) => login.accept())
        .on("session", (_accept, reject) => {
          asked++;
          reject();
        });
    const server = await serve({ onClient });
    ends.push(server.close);
    const transport = await pool().transport(targetOf(to(server.port)));
    const error = await failure(transport.exec({ command: shCommand("true") }));
    expect(error.message).toMatch(/refuses to open a session: .*MaxSessions/);
    expect(asked).toBeGreaterThan(2);
    expect(error.seconds).toBeLessThan(30);
  });
});

describe("a key that the server's version can't know is refused with the reason", () => {
  const refusal = async (ident: string, privateKey: string) => {
    const onClient = (client: Client) => client.on("authentication", (login) => login.reject(["publickey"]));
    const server = await serve({ ident, onClient });
    ends.push(server.close);
    return (await failure(pool().transport(targetOf(to(server.port, { privateKey }))))).message;
  };

  test.each<[string, keyof typeof keys, string]>([
    [
      "OpenSSH_5.3",
      "ed25519",
      "the host runs OpenSSH 5.3, which does not support Ed25519 keys (new in 6.5): use an RSA key",
    ],
    ["OpenSSH_6.4p1", "ed25519", "does not support Ed25519 keys"],
    ["OpenSSH_4.3", "ec", "the host runs OpenSSH 4.3, which does not support ECDSA keys (new in 5.7): use an RSA key"],
  ])("%s, %s", async (ident, type, hint) => expect(await refusal(ident, keys[type])).toContain(hint));

  test.each<[string, keyof typeof keys]>([
    ["OpenSSH_6.6.1", "ed25519"],
    ["OpenSSH_for_Windows_8.1", "ed25519"],
    ["OpenSSH_10.0", "ed25519"],
    ["OpenSSH_5.3", "rsa"],
    ["dropbear_2014.63", "ed25519"],
  ])("not %s, %s", async (ident, type) => {
    const message = await refusal(ident, keys[type]);
    expect(message).toContain("login as root was refused");
    expect(message).not.toContain("does not support");
  });
});

describe("a request that waits for a connection is told why, at the first attempt", () => {
  const settled = (condition: () => boolean) =>
    new Promise<void>((done) => {
      const timer = setInterval(() => condition() && (clearInterval(timer), done()), 10);
    });

  test("each waiting request is told once, also a later one, and through a jump host", async () => {
    const shared = pool();
    const port = await freePort();
    const told: string[] = [];
    const wait = (name: string, target = targetOf(to(port))) =>
      shared.transport(target, undefined, (reason) => told.push(`${name}: ${reason}`)).catch(() => {});
    void wait("a");
    void wait("b");
    await settled(() => told.length === 2);
    void wait("c");
    const { host: _, connectTimeoutSeconds: __, ...way } = to(port);
    void wait("d", targetOf(to(22, { jump: { ...way, host: "bastion" } })));
    await settled(() => told.length === 4);
    const refused = `127.0.0.1:${port}: connection refused`;
    expect(told.slice(0, 3)).toEqual([`a: ${refused}`, `b: ${refused}`, `c: ${refused}`]);
    expect(told[3]).toBe(`d: jump host bastion: ${refused}`);
  });

  test("an IPv6 address stands in brackets before its port", async () => {
    const port = await freePort();
    const target = targetOf(to(port, { address: "::1", connectTimeoutSeconds: 1 }));
    expect((await failure(pool().transport(target))).message).toMatch(`edi1: [::1]:${port}: `);
  });

  test("a server that says nothing, too", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on("error", () => {})));
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    ends.push(() => (sockets.forEach((socket) => socket.destroy()), silent.close()));
    const { port } = silent.address() as AddressInfo;
    const told: string[] = [];
    void pool()
      .transport(targetOf(to(port)), undefined, (reason) => told.push(reason))
      .catch(() => {});
    await settled(() => told.length > 0);
    expect(told).toEqual([`127.0.0.1:${port}: no answer yet`]);
  });

  test("each resource gets one line in its log", async () => {
    const hosts = new Hosts();
    ends.push(() => hosts.close());
    const connections = new Connections({}, hosts);
    const port = await freePort();
    const connection = to(port, { connectTimeoutSeconds: 2 });
    const line = `edi1: 127.0.0.1:${port}: connection refused; retrying for up to 2 s`;
    const read = async () => {
      const log = recordingLog();
      const host = connections.host("edi1", connection, log);
      const error = await failure(host.survey({ name: "web" }, AbortSignal.timeout(30_000)));
      expect(error.message).toContain("connection refused");
      return log.lines;
    };
    expect(await Promise.all([read(), read()])).toEqual([[line], [line]]);
  });
});
