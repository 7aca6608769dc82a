import { LocalTransport } from "../../provider/transports/local";
import { shCommand } from "../../provider/posix/shell/quote";
import { Semaphore } from "../../provider/transports/semaphore";
import { targetOf } from "../support/target";

const local = new LocalTransport("here");
const text = async (argv: string[], stdin = "") =>
  (await local.exec({ command: shCommand(...argv), stdin })).stdout.toString();

test("a program gets its arguments as they are, and input", async () => {
  expect(await text(["printf", "[%s]", "a b", "$HOME", "*", ""])).toBe("[a b][$HOME][*][]");
  expect(await text(["cat"], "ä".repeat(200_000))).toHaveLength(200_000);
});

test("a program sees nothing of what Pulumi was told", async () => {
  process.env["PULUMI_CONFIG"] = "secret-config";
  const environment = await text(["env"]);
  delete process.env["PULUMI_CONFIG"];
  expect(environment).toContain("PATH=");
  expect(environment).not.toContain("secret-config");
});

test("exit codes, signals, and programs that are not there", async () => {
  expect(await local.exec({ command: shCommand("sh", "-c", "echo x >&2; exit 9") })).toMatchObject({
    code: 9,
    stderr: Buffer.from("x\n"),
  });
  await expect(local.exec({ command: shCommand("sh", "-c", "kill -9 $$") })).rejects.toMatchObject({
    kind: "remote",
    message: expect.stringContaining("SIGKILL"),
  });
  await expect(local.exec({ command: shCommand("/no/such/program") })).rejects.toMatchObject({
    kind: "remote",
    host: "here",
  });
});

test("an abort is cancelled, or a time-out, as its reason says", async () => {
  const command = shCommand("sleep", "5");
  await expect(local.exec({ command, signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: "cancelled" });
  await expect(local.exec({ command, signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ kind: "timeout" });
});

test("slots are given in order, and given back once", async () => {
  const semaphore = new Semaphore(1);
  const free = await semaphore.acquire();
  const order: number[] = [];
  const waiting = [1, 2].map(async (n) => {
    const mine = await semaphore.acquire();
    order.push(n);
    return mine;
  });
  free();
  free();
  const first = await waiting[0]!;
  await Promise.resolve();
  expect(order).toEqual([1]);
  first();
  (await waiting[1]!)();
  expect(order).toEqual([1, 2]);
});

test("a connection says what to dial", () => {
  expect(targetOf({ host: "edi1" })).toEqual({
    type: "ssh",
    name: "edi1",
    hops: [{ name: "edi1", address: "edi1", port: 22, user: "root", login: {} }],
    connectTimeoutSeconds: 30,
  });
  const jump = { host: "bastion", user: "jump", password: "p" };
  const target = targetOf({
    host: "edi1",
    address: "10.0.0.1",
    port: 2222,
    hostKey: "k",
    jump,
    connectTimeoutSeconds: 5,
  });
  expect(target).toMatchObject({
    hops: [
      { name: "bastion", address: "bastion", port: 22, user: "jump", login: { password: "p" } },
      { name: "edi1", address: "10.0.0.1", port: 2222, user: "root", login: { hostKey: "k" } },
    ],
    connectTimeoutSeconds: 5,
  });
  expect(targetOf({ host: "me", type: "local" })).toEqual({ type: "local", name: "me" });
});
