import { HostError } from "../../model/errors";
import { Connections } from "../../provider/lifecycle/connections";
import { ServiceLifecycle } from "../../provider/lifecycle/service";
import { MANAGERS } from "../../provider/managers";
import type { Host } from "../../provider/platform";
import { minimal, props, recordingLog, seen, urn } from "../support/serviceLifecycle";

/** A host that can't be reached, for a reason of ours. */
const unreachable = (error: Error): Host => {
  const fail = () => Promise.reject(error);
  return { name: "edi1", whileConnecting: () => () => {}, survey: fail, operate: fail };
};
const read = (error: Error, state: object = {}) => {
  const connections = new Connections({}, { get: () => unreachable(error) });
  const call = { urn, log: recordingLog(), signal: new AbortController().signal, deadline: Date.now() + 300_000 };
  return new ServiceLifecycle({ connections, managers: MANAGERS }).read({ ...call, id: "edi1/web", ...state });
};

describe("an import that does not reach its host says that the connection of the resource was not there", () => {
  test.each(["unreachable", "timeout", "authentication", "hostKey"] as const)("%s", async (kind) => {
    const error = new HostError(kind, "edi1", "login as root was refused.");
    await expect(read(error)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(
        /^edi1: login as root was refused\.\nAn import uses only the connection in the provider's configuration.*'bots:hosts\.edi1\.user'.* and run `pulumi up` once.*explicit provider/,
      ),
    });
  });

  test("not a refresh, and not another error", async () => {
    const error = new HostError("unreachable", "edi1", "no answer");
    await expect(read(error, { inputs: props(minimal), outputs: props(seen) })).rejects.toBe(error);
    const remote = new HostError("cancelled", "edi1", "stopped");
    await expect(read(remote)).rejects.toBe(remote);
  });
});
