import { urnOf } from "../../wire/plugin";
import { NSSM, PROGRAM, describeOver } from "./support/world";

describeOver(["WinRM", "SSH and PowerShell"], "services on Windows that others made or changed", (host) => {
  test.each([
    [
      "the program",
      `reg.exe add HKLM\\SYSTEM\\CurrentControlSet\\Services\\NAME\\Parameters /v AppParameters /d other /f`,
      ["command"],
    ],
    [
      "a value of NSSM that no property covers",
      "reg.exe add HKLM\\SYSTEM\\CurrentControlSet\\Services\\NAME\\Parameters /v AppRedirectHook /t REG_DWORD /d 1 /f",
      ["unmapped"],
    ],
    ["a variable", `${NSSM} set NAME AppEnvironmentExtra A=2`, ["environment.A"]],
    ["the start mode", "sc.exe config NAME start= demand", ["startMode"]],
    ["the description", 'sc.exe description NAME "by hand"', ["description"]],
    [
      "failure actions",
      "sc.exe failure NAME reset= 60 actions= reboot/1000",
      ["actions", "onNonCrashFailures", "resetSeconds"].map((what) => `options.windows.failureActions.${what}`),
    ],
    ["the SID", "sc.exe sidtype NAME restricted", ["options.windows.serviceSid"]],
    ["a load order group", "sc.exe config NAME group= TDI", ["options.windows.group"]],
    ["a stop", "sc.exe stop NAME", ["running"]],
  ])("promise 2: a change by hand is found, and the next up repairs it: %s", async (what, line, found) => {
    const world = host();
    const web = world.service(`drift-${what.replace(/\W/g, "-")}`);
    const program = web.program({ environment: { A: "1" }, description: "ours" });
    await web.up(program);
    await world.run(line.replace("NAME", web.name));
    if (what === "a stop") await world.until(web, "STOPPED");
    const differences = (await web.refresh()) as string[];
    expect([...new Set(differences.map((path) => path.replace(/\[.*/, "")))]).toEqual(found);
    await web.up(program);
    expect([await web.refresh(), await web.scmState()]).toEqual([[], "RUNNING"]);
  });

  test("promise 2: a service that is gone reads as gone, and is made again", async () => {
    const world = host();
    const web = world.service("vanished");
    await web.up(web.program());
    await world.run("sc.exe stop vanished");
    await world.until(web, "STOPPED");
    await world.run("sc.exe delete vanished");
    expect(await web.refresh()).toBe("gone");
    await web.up(web.program());
    expect([await web.refresh(), await web.scmState()]).toEqual([[], "RUNNING"]);
  });

  test("promise 6: a service made by hand is refused without adopt, and taken over with it; a copy stays", async () => {
    const world = host();
    const web = world.service("adopted");
    await world.byHand("adopted", "by-hand");
    const said = await web.failure(web.program());
    expect(said).toContain('there is a service "adopted" already');
    expect(said).toContain("set adopt: true");
    expect((await web.started()).arguments.at(-1)).toBe("by-hand");
    await web.up(web.program({ adopt: true, arguments: ["ours"] }));
    expect((await web.started()).arguments.at(-1)).toBe("ours");
    expect(await web.refresh()).toEqual([]);
    expect(await web.value("ImagePath")).toContain(NSSM);
    await web.destroy();
    expect(await web.scmState()).toBeUndefined();
    expect((await world.ours()).join("\n")).toContain("by-hand");
  });

  test("an adoption that breaks it is rolled back, and what was made by hand runs again", async () => {
    const world = host();
    const web = world.service("regretted");
    await world.byHand("regretted", "by-hand");
    const said = await web.failure(web.program({ adopt: true, arguments: ["--exit", "1"] }));
    expect(said).toContain("Rolled back");
    expect([(await web.started()).arguments.at(-1), await web.scmState()]).toEqual(["by-hand", "RUNNING"]);
    expect(await web.value("marker", "pulumi-bots")).toBeUndefined();
  });

  test("import: an up of the same touches nothing", async () => {
    const world = host();
    const web = world.service("imported");
    await world.byHand("imported", "by-hand");
    const found = await web.import(`${world.host.name}/imported`);
    expect(found).toMatchObject({
      command: [PROGRAM, "--record", web.record, "by-hand"],
      workingDirectory: "C:\\trial",
    });
    const pid = web.outputs["pid"];
    const program = web.program({ ...found, connection: world.connection });
    expect((await web.up(program)).did).toBe("same");
    expect([await web.refresh(), web.outputs["pid"]]).toEqual([[], pid]);
  });

  test("existing: a service of another kind is stopped and started, and its definition stays", async () => {
    const world = host();
    await world.run(`sc.exe create plain binPath= "${NSSM} run" start= demand`);
    const plain = world.service("plain");
    const existing = {
      existing: true,
      command: undefined,
      startMode: "manual",
      running: false,
      settleSeconds: undefined,
    };
    await plain.up(plain.program(existing));
    expect(plain.outputs).toMatchObject({ status: "stopped", startMode: "manual" });
    expect(await plain.refresh()).toEqual([]);
    await plain.up(plain.program({ ...existing, startMode: "automatic" }));
    expect(await plain.value("Start")).toBe("0x2");
    await plain.destroy();
    expect(await plain.scmState()).toBe("STOPPED");
  });

  test("another resource is refused, and the error names the owner; a rename takes it over without a restart", async () => {
    const world = host();
    const web = world.service("renamed");
    await web.up(web.program());
    const pid = web.outputs["pid"];
    const other = world.service("renamed", undefined, urnOf("bots:index:Service", "other"));
    expect(await other.failure(web.program({ arguments: ["other"] }))).toContain(`It belongs to ${web.urn}`);
    const renamed = world.service("renamed", undefined, urnOf("bots:index:Service", "renamed-too"));
    await renamed.up(web.program());
    expect(renamed.outputs["pid"]).toBe(pid);
    await web.destroy();
    expect([await renamed.refresh(), await renamed.scmState()]).toEqual([[], "RUNNING"]);
  });
});
