import type { Block } from "../../provider/windows/block/block";
import { render } from "../../provider/windows/block/block";
import { asFile } from "../../provider/windows/block/carrier";
import type { Gathered } from "../../provider/windows/carrier";
import { BatchReader } from "../../provider/windows/reading/batchReader";
import { inHive, ownKey, serviceKey } from "../../provider/windows/reading/record";
import { renderRegFile } from "../../provider/windows/registry/regFile";
import { sz } from "../support/windows";

const STATE = `
SERVICE_NAME: web
        TYP                : 10  WIN32_OWN_PROCESS
        STATUS             : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)
        WIN32_BEENDEN_CODE : 1066  (0x42a)
        DIENST_BEENDEN_CODE: 3  (0x3)
        PRÜFPUNKT          : 0x0
        WARTEZEIT          : 0x0
        PID                : 100
        FLAGS              : `;
const PROCESSES = `boot 2026-11-28T08:00:00.1234567+01:00 2026-11-28T07:01:40.1234567+00:00
process 0 0  System Idle Process
process 100 4 2026-11-28T08:00:50.1234567+01:00 nssm.exe
end`;
const key = (path: string, values: Record<string, string>) => ({
  path: inHive(path),
  values: Object.entries(values).map(([name, data]) => [name, sz(data)] as const),
});
const KEY = renderRegFile([
  key(serviceKey("web"), { DisplayName: "Wéb", ImagePath: '"C:\\nssm.exe"', ObjectName: "LocalSystem" }),
  key(`${serviceKey("web")}\\Parameters`, { Application: "C:\\web.exe" }),
  key(`${serviceKey("web")}\\Security`, { Security: "x" }),
]);

interface Answer {
  code?: number;
  said?: string;
}

/** A host that answers by words, with a service `web`. */
function reader(changes: Record<string, Answer> = {}, files: Record<string, string> = { key0: KEY }) {
  const answers: Record<string, Answer> = {
    id: { said: "\n    MachineGuid    REG_SZ    m1\n" },
    ProductName: { said: "    ProductName    REG_SZ    Windows Server 2022 Datacenter" },
    CurrentBuildNumber: { said: "    CurrentBuildNumber    REG_SZ    20348" },
    processes: { said: PROCESSES },
    state0: { said: STATE },
    key0: {},
    own0: { code: 1 },
    ...changes,
  };
  const blocks: Block[] = [];
  const gather = (block: Block): Promise<Gathered> => {
    blocks.push(block);
    const output = Object.entries(answers).map(
      ([word, { code = 0, said = "" }]) => `${said}\n@${block.nonce}@${word}@${code}@`,
    );
    return Promise.resolve({
      outcome: { busy: false, output: output.join("\n") },
      files: new Map(Object.entries(files)),
    });
  };
  return { reader: new BatchReader({ host: "edi3", gather }), blocks };
}
const signal = AbortSignal.timeout(60_000);

test("one block reads a service, by what Windows does not translate", async () => {
  const { reader: host, blocks } = reader();
  const [record] = await host.services(["web"], signal);
  expect(record).toMatchObject({
    facts: { machineId: "m1", build: 20348, uptime: 100, initText: "Windows Server 2022 Datacenter (build 20348)" },
    scm: {
      state: "Running",
      pid: 100,
      exitCode: 1066,
      specificExitCode: 3,
      displayName: "Wéb",
      account: "LocalSystem",
    },
    processes: [
      { pid: 0, parent: 0, name: "System Idle Process", created: 0 },
      { pid: 100, parent: 4, name: "nssm.exe", created: 50 },
    ],
  });
  expect([...record!.keys.keys()]).toEqual(["", "parameters"]);
  expect([record!.own.size, record!.blind, blocks.length]).toEqual([0, undefined, 1]);
  // Nothing that stays: no file of a lock.
  expect(asFile(render(blocks[0]!)).text).not.toContain(".lock");
});

test("many services are read in several blocks, each of which a remote shell can hold", async () => {
  const names = Array.from({ length: 41 }, (_, i) => `web${i}`);
  const parts = names.flatMap((_, i) => [
    [`state${i}`, { code: 1060 }],
    [`key${i}`, { code: 1 }],
    [`own${i}`, { code: 1 }],
  ]);
  const { reader: host, blocks } = reader(Object.fromEntries(parts) as Record<string, Answer>, {});
  expect((await host.services(names, signal)).map(({ name }) => name)).toEqual(names);
  expect(blocks).toHaveLength(2);
  const { lines, variables } = render(blocks[0]!);
  expect([...lines, ...Object.values(variables)].join("").length).toBeLessThan(100_000);
});

test("a service that is not there", async () => {
  const [record] = await reader({ state0: { code: 1060 }, key0: { code: 1 } }, {}).reader.services(["web"], signal);
  expect([record!.scm, record!.keys.size]).toEqual([undefined, 0]);
});

test("an unfinished change, in the provider's own key", async () => {
  const own = renderRegFile([key(ownKey("web"), { former: "nssm" }), key(`${ownKey("web")}\\Former`, { A: "1" })]);
  const [record] = await reader({ own0: {} }, { key0: KEY, own0: own }).reader.services(["web"], signal);
  expect([...record!.own.keys()]).toEqual(["", "former"]);
});

test("promise 12: without PowerShell it is unknown what runs, and why", async () => {
  const blocked = { said: "blocked by group policy", code: 1 };
  const { reader: host } = reader({ processes: blocked, listeners: blocked });
  const [record] = await host.services(["web"], signal);
  expect([record!.processes, record!.blind]).toEqual([[], expect.stringContaining("does not answer Get-CimInstance")]);
  await expect(host.listeners(signal)).rejects.toThrow(
    /^edi3: can't tell who listens on a port.*blocked by group policy/,
  );
});

test("listeners", async () => {
  const { reader: host } = reader({ listeners: { said: "listener 0.0.0.0 8080 100\nlistener :: 135 7\nend" } });
  expect(await host.listeners(signal)).toEqual([
    { address: "0.0.0.0", port: 8080, pid: 100 },
    { address: "::", port: 135, pid: 7 },
  ]);
});

test.each<[string, Record<string, Answer>, Record<string, string> | undefined, string]>([
  ["no machine id", { id: { code: 1, said: "ERROR: Access is denied." } }, undefined, "Access is denied"],
  ["a state that is none", { state0: { said: "no such thing" } }, undefined, "does not tell the state of web (code 0)"],
  ["sc.exe that fails", { state0: { code: 5 } }, undefined, "does not tell the state of web (code 5)"],
  ["a key that can't be read", { key0: { code: 1 } }, {}, "the registry key of the service web can't be read"],
  ["a file that is missing", {}, {}, "a file that reg.exe has written is not there"],
  ["a file that is none", {}, { key0: "nonsense" }, "a file of reg.exe can't be read"],
])("promise 2: what can't be read is an error: %s", async (_, changes, files, said) => {
  await expect(reader(changes, files).reader.services(["web"], signal)).rejects.toThrow(said);
});
