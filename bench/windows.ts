import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startWindowsHost } from "../lab/windows/host";
import { python } from "../lab/windows/python";
import type { WindowsHost } from "../lab/windows/types";
import { SecretPaths, type Props } from "../model/props";
import { Hosts } from "../provider/hosts";
import { Connections } from "../provider/lifecycle/connections";
import { ServiceLifecycle } from "../provider/lifecycle/service";
import { MANAGERS } from "../provider/managers";
import { startRelay, type Relay } from "../test/support/relay";

const NSSM = "C:\\Program Files\\nssm\\nssm.exe";
const services = ["one", "two", "three", "four"];
/** The same facts in one batch, as a client without WMI reads them. */
const BATCH = services
  .map((name) => `sc queryex ${name} & reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\${name} /s`)
  .join(" & ");

/** Requests, bytes and seconds of each operation on a Windows host of the lab, with answers at once and after 50 ms. */
async function bench(): Promise<void> {
  for (const delayMs of [0, 50]) {
    const host = await startWindowsHost({ nssm: true, winRm: { delayMs } });
    const nssm = join(host.root, NSSM.slice(3).replaceAll("\\", "/"));
    mkdirSync(dirname(nssm), { recursive: true });
    copyFileSync(join(host.root, "tools/nssm.exe"), nssm);
    const relay = await startRelay({ address: host.address, port: host.port });
    try {
      console.log(`Answers after ${delayMs} ms:`);
      console.table(await rowsOf(host, relay));
    } finally {
      await relay.close();
      await host.stop();
    }
  }
}

async function rowsOf(host: WindowsHost, relay: Relay): Promise<Record<string, object>> {
  const hosts = new Hosts();
  const lifecycle = new ServiceLifecycle({ connections: new Connections({}, hosts), managers: MANAGERS });
  const rows: Record<string, object> = {};
  const counted = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const asked = async () => (await host.winRmService.events()).filter(({ event }) => event === "request").length;
    const before = { requests: await asked(), bytes: relay.bytes, at: performance.now() };
    const result = await work();
    rows[what] = {
      seconds: ((performance.now() - before.at) / 1000).toFixed(2),
      requests: (await asked()) - before.requests,
      kB: ((relay.bytes - before.bytes) / 1000).toFixed(0),
    };
    return result;
  };
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warning: quiet, status: quiet };
  const call = (name: string) => {
    const urn = `urn:pulumi:bench::bench::bots:index:Service::${name}`;
    return { urn, log, signal: AbortSignal.timeout(240_000), deadline: Date.now() + 240_000 };
  };
  const { name: machine, user, password } = host;
  const connection = { type: "winrm", host: machine, address: "127.0.0.1", port: relay.port, user, password };
  const given = (name: string, description: string): Props => ({
    values: { connection, name, description, command: ["C:\\lab\\ticker.exe"], settleSeconds: 1 },
    secrets: new SecretPaths([]),
  });
  const read = (name: string, state: { outputs?: Props } = {}) =>
    lifecycle.read({ ...call(name), id: `${machine}/${name}`, inputs: given(name, "a"), ...state });
  try {
    await counted("login and a read of nothing", () => read("none"));
    const states = new Map<string, { id: string; outputs: Props }>();
    for (const name of services) {
      const create = () => lifecycle.create({ ...call(name), inputs: given(name, "a") });
      states.set(name, await (name === "one" ? counted("create", create) : create()));
    }
    await counted("no-op read of one", () => read("one", states.get("one")));
    await counted("no-op read of four", () => Promise.all(services.map((name) => read(name, states.get(name)))));
    await counted("pywinrm: one batch about four", () => pywinrm(relay.port, host));
    const old = { ...states.get("one")!, oldInputs: given("one", "a"), oldOutputs: states.get("one")!.outputs };
    await counted("update of a text", () =>
      lifecycle.update({ ...call("one"), ...old, inputs: given("one", "b"), ignoreChanges: [] }),
    );
    const [id, outputs] = [states.get("two")!.id, states.get("two")!.outputs];
    await counted("delete", () => lifecycle.delete({ ...call("two"), id, inputs: given("two", "a"), outputs }));
    return rows;
  } finally {
    hosts.close();
  }
}

async function pywinrm(port: number, { user, password }: WindowsHost): Promise<void> {
  const script = join(__dirname.replace(/[\\/]dist[\\/]bench$/, "/bench"), "pywinrm.py");
  await promisify(execFile)(python(), ["-W", "ignore", script, String(port), user, password, "1", BATCH]);
}

bench().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
