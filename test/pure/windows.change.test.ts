import { render, type Step } from "../../provider/windows/block/block";
import { liveOf } from "../../provider/windows/managers/live";
import { nssm } from "../../provider/windows/managers/nssm";
import { changeSteps, removalSteps } from "../../provider/windows/verbs/change";
import { preflightResult, preflightStep } from "../../provider/windows/verbs/preflight";
import { restoreSteps } from "../../provider/windows/verbs/restore";
import type { Change } from "../../provider/platform";
import { optionValues, serviceRecord, sz } from "../support/windows";

const marker = { ownerId: "o1", urn: "urn:1", definition: "d", triggers: "t" };
const definition = { command: ["C:\\bots\\web.exe", '100 % "x" & y'], description: "serves" };
const write = { definition, marker };
const names = (steps: readonly Step[]) => steps.map(({ name }) => name);

function steps(change: Partial<Change>, record = serviceRecord()): Step[] {
  const whole: Change = { manager: "nssm", live: liveOf(nssm, record), action: "none", ...change };
  const wrapper = { path: "C:\\tools\\nssm.exe", isGiven: false };
  const { define, run } = changeSteps(whole, {
    name: "web",
    record,
    driver: nssm,
    wrapper,
    original: "original-1",
    stopSeconds: 60,
  });
  return [...define, ...run];
}

/** The commands of a step as they run, with the values in their places. */
function commands(all: readonly Step[]): string[] {
  const { lines, variables } = render({ nonce: "5eed", lock: "web", lockSeconds: 60, steps: all });
  return lines
    .filter((line) => line.includes("System32") && !line.includes("ping.exe"))
    .map((line) => line.replace(/^<nul %SystemRoot%\\System32\\/, "").replace(/ >>"%Program.*/, ""))
    .map((line) => line.replace(/!(\w+)!/g, (whole, name: string) => variables[name] ?? whole));
}

test("promise 5: a new service is announced, marked before it has a definition, and starts at boot last of all", () => {
  const create = steps({ write, startMode: "automatic", action: "start" }, serviceRecord({ scm: null }));
  expect(names(create)).toEqual([
    ...["announce the service", "create the service", "write the marker", "configure the service"],
    ...["write the parameters", "set the start mode", "start the service"],
  ]);
  const [manager, announce, made] = commands(create);
  expect(manager).toContain("/v manager");
  expect(announce).toContain("add HKLM\\SOFTWARE\\pulumi-bots\\services\\web /v pending");
  expect(made).toContain("start= disabled");
});

test("an update keeps a backup that is complete before anything is changed, and creates nothing", () => {
  const update = steps({ write, action: "restart", backsUp: true });
  expect(names(update)).toEqual([
    ...["back up the service", "write the marker", "configure the service", "write the parameters"],
    ...["stop the service", "start the service"],
  ]);
  const backup = commands(update).slice(0, 3);
  expect(backup.map((line) => line.split(" ")[1])).toEqual(["delete", "copy", "add"]);
  expect(backup[2]).toContain("/v former");
});

test("an adopted service is copied for good and stopped before its definition is replaced", () => {
  const adopt = steps({ write, action: "restart", backsUp: true, keepsOriginal: true, takesOver: true });
  expect(names(adopt)).toEqual([
    ...["keep the original", "back up the service", "stop the service", "write the marker", "configure the service"],
    ...["write the parameters", "start the service"],
  ]);
  expect(commands(adopt)[0]).toContain("pulumi-bots\\kept\\web\\original-1");
});

test("the account is set only when it changes, with the empty password that Windows wants", () => {
  const config = (user: string) =>
    commands(steps({ write: { definition: { ...definition, runAs: { user } }, marker } })).find((line) =>
      line.startsWith("sc.exe config"),
    );
  expect(config("SYSTEM")).not.toContain("obj=");
  expect(config("LocalService")).toContain('obj= "NT AUTHORITY\\LocalService" password= ""');
});

test("values of others are removed where they would change what runs", () => {
  const record = serviceRecord({
    keys: { "": { Environment: { type: "multiSz", data: ["A=1"] } }, odd: { x: sz("1") } },
  });
  const lines = commands(steps({ write }, record)).join("\n");
  expect(lines).toContain("Services\\web /v Environment /f");
  expect(lines).toContain("delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\web\\odd /f");
});

test("the backup goes back with all of its keys; without one the service is removed", () => {
  const former = {
    ImagePath: sz('"C:\\other\\nssm.exe"'),
    DisplayName: sz("Web"),
    Start: { type: "dword" as const, data: 3 },
  };
  const restored = commands(restoreSteps(serviceRecord({ own: { "": { former: sz("nssm") }, former } }), 60));
  expect(restored[0]).toBe(
    'sc.exe config web binPath= "\\"C:\\other\\nssm.exe\\"" DisplayName= Web start= demand depend= /',
  );
  expect(restored.at(-1)).toContain("copy HKLM\\SOFTWARE\\pulumi-bots\\services\\web\\former HKLM\\SYSTEM");
  const removal = removalSteps({ name: "web", record: serviceRecord(), stopSeconds: 60 });
  expect(names(restoreSteps(serviceRecord(), 60))).toEqual(names(removal));
});

test("options that a change has set are taken back with the backup", () => {
  const former = { ImagePath: sz('"C:\\x.exe"'), ...optionValues({ serviceSid: "unrestricted" }) };
  const now = optionValues({ failureActions: { actions: [{ type: "restart" }] }, group: "TDI" });
  const record = serviceRecord({ keys: { "": now }, own: { "": { former: sz("scm") }, former } });
  const lines = commands(restoreSteps(record, 60));
  expect(lines).toContain('sc.exe failure web reset= 0 reboot= "" command= "" actions= ""');
  expect(lines).toContain("sc.exe failureflag web 0");
  expect(lines).toContain("sc.exe sidtype web unrestricted");
  expect(lines).toContain('sc.exe config web group= ""');
});

test("what the host lacks is told by property, and shims of package managers are no nssm.exe", () => {
  const wanted = { ...definition, workingDirectory: "C:\\no such", logs: { stdout: "C:\\no\\web.log" } };
  const lines = render({ nonce: "5eed", lock: "web", lockSeconds: 1, steps: [preflightStep(nssm, wanted)] }).lines;
  expect(lines).toContainEqual(expect.stringContaining("echo #missing workingDirectory#"));
  const output = [
    "#missing workingDirectory#",
    "#missing logs.stdout#",
    "#program 331264 C:\\ProgramData\\chocolatey\\bin\\nssm.exe#",
    "#program 368640 C:\\my tools\\nssm.exe#",
  ].join("\r\n");
  expect(preflightResult({ driver: nssm, definition: wanted, host: "edi3" }, output)).toEqual({
    missing: [
      { path: ["workingDirectory"], message: "the folder C:\\no such does not exist on edi3" },
      { path: ["logs", "stdout"], message: "the folder C:\\no does not exist on edi3" },
    ],
    program: { path: "C:\\my tools\\nssm.exe", size: 368640 },
  });
});

test("NSSM 2.24 is doubted where Windows has changed its consoles", () => {
  const { facts } = serviceRecord();
  expect(nssm.wrapper?.doubtful(331_264, facts)).toContain("2.24");
  expect(nssm.wrapper?.doubtful(368_640, facts)).toBeUndefined();
  expect(nssm.wrapper?.doubtful(331_264, { ...facts, build: 9600 })).toBeUndefined();
});
