import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { python } from "../lab/windows/python";
import { startWinRmServer, type WinRmServer } from "../lab/windows/winRmServer";
import { WinRmTransport } from "../provider/transports/winrm";
import { winRmTarget } from "../provider/transports/winrm/target";
import { startRelay } from "../test/support/relay";

const operations = 50;

/** Runs commands in sequence on one service of the lab, with our client and with pywinrm. */
async function bench(): Promise<void> {
  const server = await startWinRmServer();
  try {
    console.table([await measure("ours", server, ours), await measure("pywinrm", server, pywinrm)]);
  } finally {
    await server.stop();
  }
}

/** Returns the seconds per operation. */
type Work = (port: number, server: WinRmServer) => Promise<number[]>;

async function measure(how: string, server: WinRmServer, work: Work) {
  const relay = await startRelay({ address: "127.0.0.1", port: server.port });
  const asked = async () => (await server.events()).filter(({ event }) => event === "request").length;
  const before = await asked();
  const seconds = await work(relay.port, server);
  const requests = (await asked()) - before;
  const sorted = [...seconds].sort((a, b) => a - b);
  const row = {
    client: how,
    operations,
    connections: relay.count,
    "requests each": requests / operations,
    "kB each": (relay.bytes / operations / 1000).toFixed(1),
    "first ms": ((seconds[0] ?? 0) * 1000).toFixed(0),
    "median ms": ((sorted[operations >> 1] ?? 0) * 1000).toFixed(1),
    "all s": seconds.reduce((all, one) => all + one, 0).toFixed(2),
  };
  await relay.close();
  return row;
}

async function ours(port: number, { user, password }: WinRmServer): Promise<number[]> {
  const target = winRmTarget({ host: "bench", address: "127.0.0.1", port, user, password });
  const seconds: number[] = [];
  let start = performance.now();
  const transport = await WinRmTransport.connect(target, 1, new AbortController().signal);
  for (let number = 0; number < operations; number++) {
    const { code, stdout } = await transport.run({ line: "echo $NUMBER", environment: { NUMBER: String(number) } });
    if (code !== 0 || stdout.toString() !== `${number}\n`) throw new Error(`wrong output: ${stdout.toString()}`);
    seconds.push((performance.now() - start) / 1000);
    start = performance.now();
  }
  transport.close();
  return seconds;
}

async function pywinrm(port: number, { user, password }: WinRmServer): Promise<number[]> {
  const script = join(__dirname.replace(/[\\/]dist[\\/]bench$/, "/bench"), "pywinrm.py");
  const args = ["-W", "ignore", script, String(port), user, password, String(operations)];
  const { stdout } = await promisify(execFile)(python(), args);
  return stdout.trim().split("\n").map(Number);
}

bench().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
