import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WinRmServer } from "../../lab/windows/winRmServer";
import { HostError } from "../../model/errors";
import { startRelay, type Relay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { failure, servers, verbs } from "../support/winrm/transport";

/** A prime, so that the cuts fall on other places of each message. */
const STEP = 149;

describeWith(["winrm"], "a connection that is cut", () => {
  const { start, connect } = servers();
  const folder = mkdtempSync(join(tmpdir(), "winrm-"));
  const file = join(folder, "file");
  let server: WinRmServer;
  let relay: Relay;
  beforeAll(async () => {
    server = await start();
    relay = await startRelay({ address: "127.0.0.1", port: server.port });
  });
  afterAll(async () => {
    await relay.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs a program that leaves a line, with the connection cut at some place of it. */
  async function cutAt(cut: (bytes: number) => void, bytes: number, stdin?: Buffer) {
    appendFileSync(file, "");
    const before = readFileSync(file, "utf8").length;
    const transport = await connect(server, { port: relay.port });
    const [logins, start] = [relay.count, (await verbs(server)).length];
    cut(bytes);
    const line = stdin ? `cat >/dev/null; echo x >>${file}; echo done; exit 5` : `echo x >>${file}; echo done; exit 5`;
    const end = await transport.run({ line, ...(stdin && { stdin }) }).catch((error: unknown) => error);
    cut(Infinity);
    transport.close();
    const times = (readFileSync(file, "utf8").length - before) / 2;
    const asked = (await verbs(server)).slice(start);
    return { end, times, asked, wasCut: relay.count > logins };
  }

  /** Cuts further and further, until an operation gets through whole. */
  async function everywhere(cut: (bytes: number) => void, stdin?: Buffer) {
    const seen = { whole: 0, gaps: 0, lost: 0 };
    for (let bytes = 1; ; bytes += STEP) {
      const { end, times, asked, wasCut } = await cutAt(cut, bytes, stdin);
      if (end instanceof Error) {
        expect(end).toMatchObject({ name: "HostError", kind: "lostConnection" } satisfies Partial<HostError>);
        expect(times).toBeLessThanOrEqual(1);
        seen.lost++;
      } else {
        expect(end).toMatchObject({ code: 5 });
        const { hasGap, stdout } = end as { hasGap: boolean; stdout: Buffer };
        if (!hasGap) expect(stdout.toString()).toBe("done\n");
        expect(times).toBe(1);
        if (hasGap) seen.gaps++;
        else seen.whole++;
      }
      // A command is sent once, whatever happens.
      expect(asked.filter((verb) => verb === "Command").length).toBeLessThanOrEqual(1);
      if (!wasCut) return seen;
    }
  }

  test("on the way there, anywhere: the program ran once, or not at all", async () => {
    const seen = await everywhere((bytes) => relay.cutAfter(bytes));
    expect(seen.whole).toBeGreaterThan(10);
    expect(seen.lost + seen.gaps).toBeGreaterThan(5);
  });

  test("on the way back, anywhere: the program ran once", async () => {
    const seen = await everywhere((bytes) => relay.cutAfterAnswered(bytes));
    expect(seen.whole).toBeGreaterThan(10);
    expect(seen.gaps + seen.lost).toBeGreaterThan(3);
  });

  test("cut within its input: the program never runs with half of it", async () => {
    const seen = await everywhere((bytes) => relay.cutAfter(bytes * 10), Buffer.alloc(12_000, "x"));
    expect(seen.lost).toBeGreaterThan(5);
  });

  test("a host that can't be reached any more: it is unknown how the program ends", async () => {
    const own = await start();
    const way = await startRelay({ address: "127.0.0.1", port: own.port });
    const transport = await connect(own, { port: way.port, connectTimeoutSeconds: 1 });
    const line = `echo begun; exec sleep 1000`;
    const end = failure(transport.run({ line }));
    await own.until((event) => event.event === "request" && event.verb === "Receive");
    await way.close();
    const error = await end;
    expect(error.kind).toBe("lostConnection");
    expect(error.reason).toMatch(/^the connection was lost and reconnecting failed: .*connection refused$/);
  });
});
