import type { LabHost } from "../lab";
import { SecretPaths, type Props, type Values } from "../model/props";
import { Hosts } from "../provider/hosts";
import { Connections } from "../provider/lifecycle/connections";
import { ServiceLifecycle } from "../provider/lifecycle/service";
import { Conversation } from "../provider/posix/host/conversation";
import { MANAGERS } from "../provider/posix/managers";
import { connectionTo } from "../test/engine/support/daemons";

/** Counts round trips: the first message of a shell, and each block. Polls while a start settles are counted separately. */
interface Count {
  trips: number;
  polls: number;
}

/** The round trips of each operation on one service, over an open connection. */
export async function roundTrips(host: LabHost): Promise<void> {
  const count: Count = { trips: 0, polls: 0 };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back below, and called on their own objects
  const { ready, run } = Conversation.prototype;
  let settles = false;
  Conversation.prototype.ready = function (...args) {
    count.trips++;
    return ready.apply(this, args);
  };
  Conversation.prototype.run = function (...args) {
    if (settles && args[0].every(({ quiet }) => quiet)) count.polls++;
    else count.trips++;
    return run.apply(this, args);
  };
  const hosts = new Hosts();
  try {
    const lifecycle = new ServiceLifecycle({ connections: new Connections({}, hosts), managers: MANAGERS });
    const status = (message: string) => void (settles = message.startsWith("waiting until"));
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warning: quiet, status };
    const time = 120_000;
    const call = () => ({
      urn: "urn:pulumi:bench::bench::bots:index:Service::trips",
      log,
      signal: AbortSignal.timeout(time),
      deadline: Date.now() + time,
    });
    const given = (description: string): Props => {
      const values: Values = { connection: connectionTo(host), name: "trips", description, settleSeconds: 1 };
      return { values: { ...values, command: ["/bin/sleep", "infinity"] }, secrets: new SecretPaths([]) };
    };
    const rows: Record<string, Count> = {};
    const counted = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      Object.assign(count, { trips: 0, polls: 0 });
      settles = false;
      const result = await work();
      rows[what] = { ...count };
      return result;
    };
    await lifecycle.read({ ...call(), id: `${host.name}/none`, inputs: given("one") });
    const inputs = given("one");
    const { id, outputs } = await counted("create", () => lifecycle.create({ ...call(), inputs }));
    await counted("no-op read", () => lifecycle.read({ ...call(), id, inputs, outputs }));
    const old = { oldInputs: inputs, oldOutputs: outputs, ignoreChanges: [] };
    const update = { ...call(), id, inputs: given("two"), ...old };
    const updated = await counted("update", () => lifecycle.update(update));
    await counted("delete", () => lifecycle.delete({ ...call(), id, inputs, ...updated }));
    console.table(rows);
  } finally {
    Object.assign(Conversation.prototype, { ready, run });
    hosts.close();
  }
}
