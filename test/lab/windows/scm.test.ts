import type { Props, Values } from "../../../model/props";
import { describeWith } from "../../support/requirements";
import { NATIVE, World, type Service } from "./support/world";

const native = (web: Service, values: Values & { arguments?: string[] } = {}): Props => {
  const { arguments: more = [], ...rest } = values;
  return web.program({ command: [NATIVE, "--record", web.record, ...more], manager: "scm", ...rest });
};

describeWith(["windows"], "programs that are Windows services themselves, over WinRM", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.stop());

  test("its life: created, read, changed, destroyed", async () => {
    const web = world.service("native");
    const args = ["two words", 'a "quoted" one', "back\\slash\\", "100 %", "a&b|c<d>e^f", "ünï 日本"];
    const program = native(web, {
      arguments: args,
      displayName: "Ünï Service",
      description: "serves 100 %",
      environment: { GREETING: "hello  world", EMPTY: "" },
      restart: { policy: "onFailure", delaySeconds: 2.5, maxAttempts: 2 },
      options: { windows: { serviceSid: "unrestricted", group: "NetworkGroup" } },
    });
    await web.up(program);
    expect(web.outputs).toMatchObject({ status: "running", manager: "scm", unmapped: [], restartPending: false });
    expect((await web.started()).arguments.slice(2)).toEqual(args);
    expect([await web.refresh(), (await web.up(program)).did, await world.ours()]).toEqual([[], "same", []]);
    expect(await web.value("Environment")).toBe("GREETING=hello  world\\0EMPTY=");
    expect(await web.value("ServiceSidType")).toBe("0x1");
    expect(await web.value("Group")).toBe("NetworkGroup");
    const { pid } = web.outputs;
    await web.up(native(web, { arguments: args, description: "other" }));
    // Variables and the SID are part of a process.
    expect(web.outputs["pid"]).not.toBe(pid);
    const again = web.outputs["pid"];
    await web.up(native(web, { arguments: args, restart: { policy: "onFailure" } }));
    expect([web.outputs["pid"], await web.refresh()]).toEqual([again, []]);
    expect([await web.value("Environment"), await web.value("ServiceSidType")]).toEqual([undefined, "0x0"]);
    await web.destroy();
    expect([await web.scmState(), await world.ours()]).toEqual([undefined, []]);
  });

  test.each([
    ["the program", `sc.exe config NAME binPath= "${NATIVE} other"`, "command"],
    [
      "failure actions",
      "sc.exe failure NAME reset= 60 actions= restart/1000",
      "options.windows.failureActions.actions",
    ],
    [
      "a variable",
      "reg.exe add HKLM\\SYSTEM\\CurrentControlSet\\Services\\NAME /v Environment /t REG_MULTI_SZ /d A=1 /f",
      "environment.A",
    ],
    ["a stop", "sc.exe stop NAME", "running"],
  ])("promise 2: a change by hand is found, and the next up repairs it: %s", async (what, line, found) => {
    const web = world.service(`scm-${what.replace(/\W/g, "-")}`);
    await web.up(native(web));
    await world.run(line.replace("NAME", web.name));
    if (what === "a stop") await world.until(web, "STOPPED");
    const differences = (await web.refresh()) as string[];
    expect(differences.map((path) => path.replace(/\[.*/, ""))).toContain(found);
    await web.up(native(web));
    expect([await web.refresh(), await web.scmState()]).toEqual([[], "RUNNING"]);
  });

  test("promise 3: a service that stops at once is a failed start, and one that is no service says so", async () => {
    const web = world.service("stops");
    const said = await web.failure(native(web, { arguments: ["--exit", "7"] }));
    expect(said).toMatch(/did not stay up: exit code 7/);
    expect(await web.scmState()).toBe("STOPPED");
    const ticker = world.service("no-service");
    expect(await ticker.failure(ticker.program({ manager: "scm" }))).toContain("needs a wrapper such as nssm");
  });

  test("import and adoption: a service of an installer keeps its process, and is managed from then on", async () => {
    const web = world.service("installed");
    await world.run(`sc.exe create installed binPath= "${NATIVE} --record ${web.record} theirs" start= auto`);
    await world.run("sc.exe start installed");
    await world.until(web, "RUNNING");
    const found = await web.import(`${world.host.name}/installed`);
    expect(found).toMatchObject({ command: [NATIVE, "--record", web.record, "theirs"] });
    const { pid } = web.outputs;
    await web.up(web.program({ ...found, connection: world.connection }));
    expect([web.outputs["manager"], web.outputs["pid"]]).toEqual(["scm", pid]);
    const other = world.service("adopted-native");
    await world.run(`sc.exe create adopted-native binPath= "${NATIVE} theirs" start= demand`);
    expect(await other.failure(native(other))).toContain("set adopt: true");
    await other.up(native(other, { adopt: true }));
    expect([await other.refresh(), (await other.started()).arguments]).toEqual([[], ["--record", other.record]]);
  });

  test("promise 13: a service of WinSW is imported as one of somebody else, and says where its settings are", async () => {
    const web = world.service("winsw");
    const winsw = "C:\\trial\\WinSW-x64.exe"; // the program itself can't run here: it needs .NET
    await world.host.copy(NATIVE, winsw);
    await world.run(`sc.exe create winsw binPath= "${winsw}" start= demand`);
    const found = await web.import(`${world.host.name}/winsw`);
    expect(found).toMatchObject({ existing: true, startMode: "manual", running: false });
    expect(web.log.lines.join("\n")).toContain("command: not known, WinSW reads it from C:\\trial\\WinSW-x64.xml");
    await web.up(web.program({ ...found, connection: world.connection, command: undefined, running: true }));
    expect([web.outputs["status"], await web.value("ImagePath")]).toEqual(["running", winsw]);
  });

  test("promise 6: a service of an installer is moved to NSSM with adopt, and a copy of it stays", async () => {
    const web = world.service("replaced");
    await world.run(`sc.exe create replaced binPath= "${NATIVE} theirs" start= demand`);
    await world.run("reg.exe add HKLM\\SYSTEM\\CurrentControlSet\\Services\\replaced\\Parameters /v Port /d 80 /f");
    await world.run("sc.exe start replaced");
    expect(await web.failure(web.program({ manager: "nssm" }))).toContain("adopt: true moves it to nssm");
    const failed = await web.failure(web.program({ manager: "nssm", adopt: true, arguments: ["--exit", "1"] }));
    expect(failed).toContain("Rolled back");
    expect([await web.value("ImagePath"), await web.value("Port", "Parameters"), await web.scmState()]).toEqual([
      `${NATIVE} theirs`,
      "80",
      "RUNNING",
    ]);
    await web.up(web.program({ manager: "nssm", adopt: true }));
    expect([web.outputs["manager"], await web.refresh(), await web.value("Port", "Parameters")]).toEqual([
      "nssm",
      [],
      undefined,
    ]);
    expect((await world.ours()).join("\n")).toContain("theirs");
  });

  test("existing: it is started, stopped and switched on, and its definition stays", async () => {
    const web = world.service("theirs");
    await world.run(`sc.exe create theirs binPath= "${NATIVE} --record ${web.record}" start= demand`);
    const existing = { existing: true, command: undefined, settleSeconds: undefined };
    await web.up(web.program(existing));
    expect(web.outputs).toMatchObject({ status: "running", startMode: "automatic", manager: "scm" });
    await web.up(web.program({ ...existing, running: false, startMode: "manual" }));
    expect([await web.scmState(), await web.refresh()]).toEqual(["STOPPED", []]);
    await web.destroy();
    expect(await web.value("ImagePath")).toContain(NATIVE);
  });

  test.each([0, 300])(
    "promise 5: a move whose run was killed %i ms after it began is completed by the next run",
    async (moment) => {
      const web = world.service(`move-${moment}`);
      await web.up(web.program());
      const { state } = web;
      await web.killed(native(web), "stop the service", moment);
      const again = world.service(web.name);
      again.state = state;
      await again.up(native(again));
      expect(again.outputs).toMatchObject({ manager: "scm", status: "running", unmapped: [] });
      expect([await again.refresh(), await again.value("Application", "Parameters")]).toEqual([[], undefined]);
      const { code } = await world.host.run(`reg.exe query HKLM\\SOFTWARE\\pulumi-bots\\services\\${web.name}`);
      expect(code).toBe(1);
    },
  );

  test("a move from NSSM and back: never two, and a failed one goes back", async () => {
    const web = world.service("moved");
    await web.up(web.program());
    await web.up(native(web, { arguments: ["native"] }));
    expect([web.outputs["manager"], (await web.started()).arguments.at(-1)]).toEqual(["scm", "native"]);
    expect([await web.value("Application", "Parameters"), await web.refresh()]).toEqual([undefined, []]);
    expect(await web.failure(web.program({ manager: "nssm", arguments: ["--exit", "1"] }))).toContain("Rolled back");
    expect([web.outputs["manager"], await web.refresh(), await web.scmState()]).toEqual(["scm", [], "RUNNING"]);
    await web.up(web.program({ manager: "nssm", arguments: ["wrapped"] }));
    expect([web.outputs["manager"], (await web.started()).arguments.at(-1), await web.refresh()]).toEqual([
      "nssm",
      "wrapped",
      [],
    ]);
  });
});
