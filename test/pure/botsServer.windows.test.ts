import * as pulumi from "@pulumi/pulumi";
import type { BotsServerArgs } from "../../components/types";
import { SecretPaths } from "../../model/props";
import { Connections } from "../../provider/lifecycle/connections";
import { checkService } from "../../provider/lifecycle/service/check";
import { MANAGERS } from "../../provider/managers";
import { run } from "../support/mockedServer";

const later = <T>() => pulumi.output(pulumi.unknown as unknown as T);

describe("a Windows host differs by its connection and its paths alone", () => {
  const windows: BotsServerArgs = {
    connection: { type: "winrm", passwordEnv: "EDI3_PASSWORD" },
    bots: { existing: true, bin: "C:\\Python312\\Scripts", flavour: "4.x" },
    environment: { path: "C:\\Bots" },
  };

  /** What the provider's own check says about a service. */
  function failures(service: object) {
    const noHosts = {
      get: (): never => {
        throw new Error("a check contacts no host");
      },
    };
    const log = { debug: jest.fn(), info: jest.fn(), warning: jest.fn(), status: jest.fn() };
    const values = JSON.parse(JSON.stringify(service)) as Record<string, unknown>;
    const context = { managers: MANAGERS, connections: new Connections({}, noHosts) };
    return checkService(context, { urn: "", log, news: { values, secrets: new SecretPaths() } }).failures;
  }

  test.each(["nssm", "srvany"] as const)("the services of all daemons pass the check for %s", async (manager) => {
    const daemons = { webserver: { manager }, jobQueue: { manager }, dirMonitor: { manager } };
    const { services, warnings } = await run({ ...windows, daemons });
    expect(Object.keys(services)).toHaveLength(3);
    for (const service of Object.values(services)) expect(failures(service)).toEqual([]);
    expect(services["edi1-jobQueue"]!.displayName).toBe("Bots Job Queue");
    expect(services["edi1-webserver"]!.runAs).toBeUndefined();
    expect(services["edi1-dirMonitor"]!.requires).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/does not notice/), expect.stringMatching(/authorized_tasks/)]);
  });

  test("in a preview, one known directory tells the platform", async () => {
    const environment = { path: "C:\\Bots", web: { port: later<number>() } };
    const bots = { ...(windows.bots as object), existing: true, bin: later<string>() };
    const { services } = await run({ ...windows, bots, environment }, { preview: true });
    const { stop, restart, runAs } = services["edi1-webserver"]!;
    expect({ stop, restart, runAs }).toEqual({
      stop: { timeoutSeconds: 30 },
      restart: { policy: "always", delaySeconds: 5 },
      runAs: undefined,
    });
  });

  test("directories of two platforms are refused", async () => {
    await expect(run({ ...windows, environment: { path: "/srv/bots" } })).rejects.toThrow(
      "environment.path: must be a directory of Windows, as bots.bin is",
    );
    await expect(run({ ...windows, bots: { existing: true, bin: "/opt/bots/bin" } })).rejects.toThrow(
      "bots.bin: must be a directory of Windows, such as C:\\Python312\\Scripts, because connection.type is winrm",
    );
  });
});
