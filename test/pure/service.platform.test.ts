import { SecretPaths, type Props, type Values } from "../../model/props";
import { Connections } from "../../provider/lifecycle/connections";
import { ServiceLifecycle } from "../../provider/lifecycle/service";
import { MemoryHost, rules } from "../support/memoryPlatform";

/** The lifecycle on a platform that is neither Linux nor Windows: what it needs of one is in provider/platform.ts alone. */

const urn = "urn:pulumi:dev::edi::bots:index:Service::web";
const silent = () => {};
const log = { debug: silent, info: silent, warning: silent, status: silent };
const call = () => ({ urn, log, signal: AbortSignal.timeout(30_000), deadline: Date.now() + 30_000 });
const id = "edi1/web";

const wanted = (values: Values = {}): Props => ({
  values: { connection: { host: "edi1" }, name: "web", command: ["/opt/web"], settleSeconds: 0, ...values },
  secrets: new SecretPaths([]),
});

let host: MemoryHost;
let lifecycle: ServiceLifecycle;
let inputs: Props;
let outputs: Props;
beforeEach(async () => {
  host = new MemoryHost();
  const connections = new Connections({}, { get: () => host });
  lifecycle = new ServiceLifecycle({ connections, managers: new Map([[rules.name, rules]]) });
  inputs = wanted();
  ({ outputs } = await lifecycle.create({ ...call(), inputs }));
});

const update = (news: Props) =>
  lifecycle.update({ ...call(), id, inputs: news, oldInputs: inputs, oldOutputs: outputs, ignoreChanges: [] });
const read = () => lifecycle.read({ ...call(), id, inputs, outputs });
const differences = (news: Props) =>
  lifecycle
    .diff({ urn, log, id, oldInputs: inputs, oldOutputs: outputs, news, ignoreChanges: [] })
    .properties.map(({ path }) => path[0]);

test("a service is created by one verb after the other, and is as its program says", () => {
  expect(lifecycle.check({ urn, log, news: wanted() }).failures).toEqual([]);
  expect(host.verbs).toEqual(["survey", "check", "apply", "observe", "settled"]);
  expect(outputs.values).toMatchObject({
    ...{ name: "web", manager: "memory", machineId: "m1", command: ["/opt/web"], startMode: "automatic" },
    ...{ status: "running", running: true, pid: 100, logHint: "log of web" },
  });
  expect(host.services.get("web")?.marker).toMatchObject({ urn, ownerId: outputs.values.ownerId });
  expect(differences(inputs)).toEqual([]);
});

test("what the host lacks is an error at the property, before anything is changed", async () => {
  await expect(update(wanted({ command: ["/opt/missing"] }))).rejects.toMatchObject({
    issues: [{ path: ["command", 0], message: "does not exist" }],
  });
  expect(host.verbs).toEqual(["survey", "check"]);
});

test("a read of what is as it was gives the same back", async () => {
  const seen = await read();
  expect(seen).toEqual({ id, inputs, outputs });
});

test("an update restarts the service if its manager's rules require it", async () => {
  const described = await update(wanted({ description: "Bots" }));
  expect(described.outputs.values).toMatchObject({ description: "Bots", pid: 100 });
  const commanded = await update(wanted({ command: ["/opt/web", "-v"] }));
  expect(commanded.outputs.values).toMatchObject({ command: ["/opt/web", "-v"], pid: 101, status: "running" });
  expect(host.backups.size).toBe(0);
});

test("an update that does not come up is rolled back", async () => {
  const failure = update(wanted({ command: ["/opt/broken"] }));
  await expect(failure).rejects.toThrow(
    /^edi1: web did not come up: it did not stay up: exit code 1\n.*\n {2}the last words\nRolled back/,
  );
  expect(host.verbs).toEqual([
    "survey",
    "check",
    "apply",
    "observe",
    "tail",
    "observe",
    "rollBack",
    "observe",
    "undone",
  ]);
  expect(host.services.get("web")).toMatchObject({
    definition: { command: ["/opt/web"] },
    state: { status: "running" },
  });
  expect(host.backups.size).toBe(0);
});

test("a refresh sees what was changed by hand, and the next update repairs it", async () => {
  const entry = host.services.get("web")!;
  entry.definition = { command: ["/opt/other"] };
  entry.state = { status: "stopped", restartCount: 0, inTransit: false };
  ({ outputs } = (await read())!);
  expect(outputs.values).toMatchObject({ command: ["/opt/other"], running: false, status: "stopped" });
  expect(differences(inputs).sort()).toEqual(["command", "running"]);
  ({ outputs } = await update(inputs));
  expect(outputs.values).toMatchObject({ command: ["/opt/web"], running: true, status: "running" });
  expect(differences(inputs)).toEqual([]);
});

test("a service of somebody else's is refused, and stays as it is", async () => {
  const entry = host.services.get("web")!;
  entry.definition = { command: ["/opt/other"] };
  delete entry.marker;
  const before = structuredClone(entry);
  await expect(lifecycle.create({ ...call(), inputs })).rejects.toThrow('there is a service "web" already');
  expect(host.services.get("web")).toEqual(before);
});

test("a deleted service has gone", async () => {
  await lifecycle.delete({ ...call(), id, inputs, outputs });
  expect(host.services.size).toBe(0);
  expect(await read()).toBeUndefined();
});
