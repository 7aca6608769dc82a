import { liveOf } from "../../provider/windows/managers/live";
import { nssm } from "../../provider/windows/managers/nssm";
import { scm } from "../../provider/windows/managers/scm";
import { descendants } from "../../provider/windows/reading/record";
import { dword, serviceRecord, sz } from "../support/windows";

const marker = { ownerId: "o1", urn: "urn:1", definition: "d", triggers: "t" };
const live = (...changes: Parameters<typeof serviceRecord>) => liveOf(nssm, serviceRecord(...changes));

test("a service of NSSM: its definition, the process of its program, and no marker", () => {
  expect(live()).toEqual({
    installed: true,
    definition: { command: ["C:\\bots\\web.exe", "-c", "conf"], runAs: { user: "LocalSystem" } },
    startMode: "automatic",
    masked: false,
    ...{ files: [], unmapped: [], overrides: [], warnings: [] },
    state: {
      ...{ status: "running", pid: 102, incarnation: "100/102@52", startedUptime: 52 },
      ...{ restartCount: 0, inTransit: false },
    },
  });
});

test("a service that is not there", () => {
  expect(live({ scm: null })).toMatchObject({ installed: false, state: { status: "notInstalled" } });
});

test("texts, account and dependencies come from the service control manager", () => {
  const keys = { "": { Description: sz("serves"), DependOnService: { type: "multiSz" as const, data: ["queue"] } } };
  const { definition } = live({ scm: { displayName: "Bots Web", account: "NT AUTHORITY\\LocalService" }, keys });
  expect(definition).toMatchObject({
    displayName: "Bots Web",
    description: "serves",
    requires: ["queue"],
    runAs: { user: "NT AUTHORITY\\LocalService" },
  });
});

test.each([
  [{ Start: dword(2) }, "automatic"],
  [{ Start: dword(2), DelayedAutostart: dword(0) }, "automatic"],
  [{ Start: dword(2), DelayedAutostart: dword(1) }, "delayed"],
  [{ Start: dword(3), DelayedAutostart: dword(1) }, "manual"],
  [{ Start: dword(4) }, "disabled"],
])("start mode %j", (values, mode) => {
  expect(live({ keys: { "": values } }).startMode).toBe(mode);
});

test.each([
  [{ state: "Stopped" }, { status: "stopped" }],
  [{ state: "Stopped", exitCode: 1077 }, { status: "stopped" }],
  [
    { state: "Stopped", exitCode: 1066, specificExitCode: 3 },
    { status: "failed", reason: "exit code 3" },
  ],
  [
    { state: "Stopped", exitCode: 1069 },
    { status: "failed", reason: "the logon of its account failed" },
  ],
  [{ state: "Start Pending" }, { status: "stopped", inTransit: true }],
  [{ state: "Stop Pending" }, { status: "stopped", inTransit: true }],
  [{ state: "Paused" }, { status: "flapping" }],
  [{ state: "Unknown" }, { status: "unknown" }],
] as const)("state %j", (scm, state) => {
  expect(live({ scm }).state).toMatchObject(state);
});

test("NSSM without a program does not count as running", () => {
  const processes = [{ pid: 100, parent: 1, name: "nssm.exe", created: 50 }];
  expect(live({ processes }).state).toMatchObject({ status: "flapping", reason: expect.stringContaining("waits") });
});

test("a process whose pid was used before is no child", () => {
  const processes = [
    { pid: 100, parent: 1, name: "nssm.exe", created: 50 },
    { pid: 7, parent: 100, name: "old.exe", created: 20 },
    { pid: 8, parent: 100, name: "web.exe", created: 60 },
    { pid: 9, parent: 8, name: "worker.exe", created: 61 },
  ];
  expect(descendants(processes, 100).map(({ pid }) => pid)).toEqual([8, 9]);
});

test("promise 6: the marker says whose it is; one that can't be parsed says nothing", () => {
  const withMarker = (text: string) => live({ keys: { "pulumi-bots": { marker: sz(text) } } }).marker;
  expect(withMarker(JSON.stringify(marker))).toEqual(marker);
  expect([withMarker("{"), withMarker('{"ownerId":1}'), withMarker("null")]).toEqual([undefined, undefined, undefined]);
});

test("promise 5: a create that was cut off before its marker is ours all the same", () => {
  expect(live({ own: { "": { pending: sz(JSON.stringify(marker)) } } }).marker).toEqual(marker);
});

test("promise 2: what no property covers is unmapped", () => {
  const { unmapped } = live({
    keys: {
      "": { Start: dword(2), DependOnGroup: { type: "multiSz", data: ["TDI"] }, Group: sz(""), Type: dword(16) },
      parameters: { Application: sz("C:\\bots\\web.exe"), AppRedirectHook: dword(1) },
      "parameters\\appevents": { hook: sz("x") },
    },
  });
  expect(unmapped.map(({ file, line }) => [file.split("\\").at(-1), line.split("=")[0]])).toEqual([
    ["parameters", '"AppRedirectHook"'],
    ["appevents", '"hook"'],
    ["web", '"DependOnGroup"'],
  ]);
});

test("an unquoted image path with blanks is named with its cure", () => {
  const { warnings } = live({ scm: { imagePath: "C:\\Program Files\\nssm\\nssm.exe" } });
  expect(warnings.join()).toContain("not quoted");
  expect(warnings.join()).toContain("C:\\Program.exe");
});

test("a service that no wrapper has is one of the service control manager, and not there under NSSM", () => {
  const plain = { scm: { imagePath: "C:\\x\\svc.exe -k", displayName: "X" }, keys: { parameters: {} } };
  expect(live(plain)).toMatchObject({ installed: false, definition: {} });
  expect(liveOf(scm, serviceRecord(plain))).toMatchObject({
    installed: true,
    definition: { command: ["C:\\x\\svc.exe", "-k"], displayName: "X" },
    unmapped: [],
  });
});

test("a service that shares its process with others is observed, and no definition is made of it", () => {
  const shared = { scm: { imagePath: "C:\\svchost.exe -k x" }, keys: { "": { Type: dword(0x20) } } };
  const { definition, observed } = liveOf(scm, serviceRecord(shared));
  expect(definition).toEqual({});
  expect(observed).toContainEqual(expect.objectContaining({ property: "command", value: "C:\\svchost.exe -k x" }));
});

test.each([
  ['"C:\\web\\WinSW-x64.exe"', "C:\\web\\WinSW-x64.xml"],
  ['"C:\\tools\\winsw.exe" "C:\\my web\\web.xml"', "C:\\my web\\web.xml"],
])("promise 13: a service of WinSW is observed, with the file of its settings: %s", (imagePath, file) => {
  const { definition, observed } = liveOf(scm, serviceRecord({ scm: { imagePath } }));
  expect(definition).toEqual({});
  expect(observed).toContainEqual(
    expect.objectContaining({ property: "command", unknown: `WinSW reads it from ${file}` }),
  );
  const ours = serviceRecord({ scm: { imagePath }, keys: { "pulumi-bots": { manager: sz("scm") } } });
  expect(liveOf(scm, ours).definition.command).toHaveLength(file.startsWith("C:\\my") ? 2 : 1);
});

test("the marker says which manager a service is for, whatever else was changed there by hand", () => {
  const changed = { scm: { imagePath: "C:\\x\\svc.exe" }, keys: { "pulumi-bots": { manager: sz("nssm") } } };
  expect(live(changed)).toMatchObject({ installed: true, definition: {} });
  expect(liveOf(scm, serviceRecord(changed)).installed).toBe(false);
});
