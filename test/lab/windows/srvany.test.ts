import type { Values } from "../../../model/props";
import { until } from "../../engine/support/run";
import { describeWith } from "../../support/requirements";
import { PROGRAM, World, type Service } from "./support/world";

/** A service as the documentation of Bots has it, by its commands, with the program and its arguments in one value. */
async function byThePage(world: World, web: Service): Promise<void> {
  const key = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${web.name}\\Parameters`;
  await world.run(
    `sc.exe create "${web.name}" binPath= "C:\\Windows\\System32\\srvany.exe" start= auto DisplayName= "${web.name}"`,
  );
  await world.run(`sc.exe description "${web.name}" "This is the webserver for Bots EDI translator."`);
  await world.run(`reg.exe add "${key}" /v Application /d "${PROGRAM} --record ${web.record} by-hand" /f`);
  await world.run(`sc.exe start "${web.name}"`);
  await until(() => world.exists(web.record), `${web.name} runs`);
}

describeWith(["windows"], "services under srvany, over WinRM", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.inLab();
    await world.host.copy("C:\\trial\\srvany.exe", "C:\\windows\\system32\\srvany.exe");
  });
  afterAll(() => world.stop());

  const given = (web: Service, found: Values) => web.program({ ...found, connection: world.connection });

  test("promise 2: its life: created, read, changed, destroyed; a program that died is found and started again", async () => {
    const web = world.service("any");
    const args = ["two words", 'a "quoted" one', "back\\slash\\", "%PATH%", "a&b|c<d>e^f", "ünï 日本"];
    const program = web.program({ manager: "srvany", arguments: args, workingDirectory: "C:\\trial" });
    await web.up(program);
    expect(web.outputs).toMatchObject({ status: "running", manager: "srvany", unmapped: [] });
    expect([(await web.started()).arguments.slice(2), (await web.started()).folder]).toEqual([args, "C:\\trial"]);
    expect([await web.refresh(), (await web.up(program)).did, await world.ours()]).toEqual([[], "same", []]);
    const { pid } = web.outputs;
    await world.run(`taskkill.exe /f /pid ${String(pid)}`);
    expect([await web.refresh(), await web.scmState()]).toEqual([["running"], "RUNNING"]);
    expect(web.outputs["status"]).toBe("failed");
    await web.up(program);
    expect([await web.refresh(), web.outputs["status"]]).toEqual([[], "running"]);
    expect(web.outputs["pid"]).not.toBe(pid);
    await web.up(web.program({ manager: "srvany", description: "other" }));
    expect([(await web.started()).arguments.length, await web.refresh()]).toEqual([2, []]);
    await web.destroy();
    expect([await web.scmState(), await world.exists("C:\\windows\\system32\\srvany.exe")]).toEqual([undefined, true]);
  });

  test("promise 3: a program that ends at once is a failed start, and the service does not stay up without it", async () => {
    const web = world.service("ends");
    const said = await web.failure(web.program({ manager: "srvany", arguments: ["--exit", "0"] }));
    expect(said).toContain("did not stay up: srvany runs, but the program has ended");
    expect(await web.scmState()).toBe("STOPPED");
  });

  test("the page's procedure: an import and an up change nothing", async () => {
    const web = world.service("Bots Webserver");
    await byThePage(world, web);
    const found = await web.import(`${world.host.name}/Bots Webserver`);
    expect(found).toMatchObject({
      command: [PROGRAM, "--record", web.record, "by-hand"],
      description: "This is the webserver for Bots EDI translator.",
    });
    const { pid } = web.outputs;
    expect((await web.up(given(web, found))).did).toBe("same");
    expect([await web.refresh(), web.outputs["pid"], web.outputs["manager"]]).toEqual([[], pid, "srvany"]);
  });

  test("the page's procedure: adopted as it is, the process runs on; then it moves to NSSM, split rightly, and back", async () => {
    const web = world.service("Bots Job Queue");
    await byThePage(world, web);
    const description = "This is the webserver for Bots EDI translator.";
    const same = web.program({ arguments: ["by-hand"], description, adopt: true });
    await web.up(same);
    expect([web.outputs["manager"], await web.refresh()]).toEqual(["srvany", []]);
    const { pid } = web.outputs;
    expect((await web.up(same)).did).toBe("same");
    await web.up(web.program({ manager: "nssm", arguments: ["by-hand", "a b"] }));
    expect(web.outputs).toMatchObject({ manager: "nssm", status: "running", unmapped: [] });
    expect([(await web.started()).arguments.slice(2), await web.refresh()]).toEqual([["by-hand", "a b"], []]);
    expect(web.outputs["pid"]).not.toBe(pid);
    const said = await web.failure(web.program({ manager: "srvany", arguments: ["--exit", "1"] }));
    expect(said).toContain("Rolled back");
    expect([(await web.started()).arguments.slice(2), await web.refresh()]).toEqual([["by-hand", "a b"], []]);
    await web.up(web.program({ manager: "srvany" }));
    expect([web.outputs["manager"], await web.refresh()]).toEqual(["srvany", []]);
    expect(await world.exists("C:\\Program Files\\nssm\\nssm.exe")).toBe(true);
  });

  test("without srvany on the host the error says where to put it", async () => {
    const web = world.service("nowhere");
    const path = "C:\\tools\\srvany-ng.exe";
    const said = await web.failure(web.program({ manager: "srvany", options: { srvany: { path } } }));
    expect(said).toContain(`options.srvany.path: ${path} does not exist`);
    await world.host.copy("C:\\trial\\srvany.exe", path);
    await web.up(web.program({ manager: "srvany", options: { srvany: { path } } }));
    expect([await web.value("ImagePath"), await web.refresh()]).toEqual([`"${path}"`, []]);
  });
});
