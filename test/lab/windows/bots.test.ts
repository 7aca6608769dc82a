import { createServer, type AddressInfo } from "node:net";
import { presets, type BotsEnvironment } from "../../../bots";
import { SecretPaths, type Props } from "../../../model/props";
import { describeWith } from "../../support/requirements";
import { PROGRAM, World, type Service } from "./support/world";

const environment: BotsEnvironment = { flavour: "4.x", bin: "C:\\Bots\\Scripts", path: "C:/Bots/" };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

// The programs are stand-ins, our ticker.exe under the names of Bots: Wine has no Python for Windows to install Bots into. They
// listen where a test says so, which a probe of the port sees; the probes of the presets need curl.exe.
describeWith(["windows"], "the presets of Bots on a Windows host", () => {
  let world: World;
  let [web, queue, monitor]: Service[] = [];
  let port: number;
  beforeAll(async () => {
    world = await World.start();
    for (const daemon of ["webserver", "jobqueueserver", "dirmonitor"]) {
      await world.host.copy(PROGRAM, `C:\\Bots\\Scripts\\bots-${daemon}.exe`);
    }
    [web, queue, monitor] = ["webserver", "jobqueueserver", "dirmonitor"].map((name) => world.service(`bots-${name}`));
    port = await freePort();
  });
  afterAll(() => world.stop());

  /** A preset with arguments for the stand-in. "-" takes the place of the value that it expects after `-c`. */
  function program(daemon: keyof typeof presets, service: Service, more: string[] = [], ready?: object): Props {
    const { ready: _, ...preset } = presets[daemon](environment);
    const command = [...preset.command, "-", "--record", service.record, ...more];
    const values = { ...preset, command, connection: world.connection, settleSeconds: 1, ...(ready && { ready }) };
    return { values, secrets: new SecretPaths([]) };
  }

  test("each daemon runs with what Bots needs, under its names, and a refresh finds no difference", async () => {
    await queue!.up(program("jobQueue", queue!));
    await monitor!.up(program("dirMonitor", monitor!));
    await web!.up(program("webserver", web!, ["--listen", String(port)], { tcp: port }));
    for (const service of [web!, queue!, monitor!]) {
      expect(service.outputs).toMatchObject({ status: "running", manager: "nssm", unmapped: [] });
      expect(await service.refresh()).toEqual([]);
    }
    const { arguments: args, folder, environment: variables } = await web!.started();
    expect([args[0], folder]).toEqual(["-cC:\\Bots\\config", "C:\\Bots"]);
    expect(variables).toMatchObject({
      PATH: "C:\\Bots\\Scripts;C:\\Windows\\System32;C:\\Windows",
      PYTHONUNBUFFERED: "1",
      BOTSENV: "default",
    });
    expect(await web!.value("Application", "Parameters")).toBe("C:\\Bots\\Scripts\\bots-webserver.exe");
    expect([await web!.value("DisplayName"), await web!.value("Description")]).toEqual([
      "Bots Webserver",
      "Web interface of the Bots EDI translator",
    ]);
  });

  test("the queue is restarted while the monitor runs, and stopped although it ignores Ctrl-C, as in classic Bots", async () => {
    const args = ["--ignore-ctrl", "--child"];
    const { values, secrets } = program("jobQueue", queue!, args);
    const { stop } = presets.jobQueue({ ...environment, flavour: "classic" });
    const pid = monitor!.outputs["pid"];
    await queue!.up({ values: { ...values, stop }, secrets });
    expect(await monitor!.refresh()).toEqual([]);
    expect(monitor!.outputs["pid"]).toBe(pid);
    const began = Date.now();
    await queue!.up({ values: { ...values, stop, running: false }, secrets });
    expect(await queue!.scmState()).toBe("STOPPED");
    expect(Date.now() - began).toBeLessThan(20_000);
    expect((await world.host.run("tasklist.exe")).stdout).not.toContain("bots-jobqueueserver.exe");
  });

  test("a destroy removes all of them", async () => {
    for (const service of [web!, monitor!, queue!]) {
      await service.destroy();
      expect(await service.scmState()).toBeUndefined();
    }
    expect(await world.ours()).toEqual([]);
  });
});
