import { createServer, type AddressInfo } from "node:net";
import { presets, type BotsEnvironment } from "../../../bots";
import { SecretPaths, type Props } from "../../../model/props";
import { describeWith } from "../../support/requirements";
import { PROGRAM, World, type Service } from "./support/world";

let environment: BotsEnvironment;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

// The programs are stand-ins, our ticker.exe under the names of Bots: Wine has no Python for Windows to install Bots into. They
// answer as Bots does where the variable LISTEN says so.
describeWith(["windows"], "the presets of Bots on a Windows host", () => {
  let world: World;
  let [web, queue, monitor]: Service[] = [];
  beforeAll(async () => {
    world = await World.start();
    for (const daemon of ["webserver", "jobqueueserver", "dirmonitor"]) {
      await world.host.copy(PROGRAM, `C:\\Bots\\Scripts\\bots-${daemon}.exe`);
    }
    [web, queue, monitor] = ["webserver", "jobqueueserver", "dirmonitor"].map((name) => world.service(`bots-${name}`));
    const [port, queuePort] = [await freePort(), await freePort()];
    environment = {
      ...{ flavour: "4.x", bin: "C:\\Bots\\Scripts", path: "C:/Bots/" },
      ...{ web: { port }, queue: { port: queuePort } },
    };
  });
  afterAll(() => world.stop());

  /** A preset with arguments for the stand-in. "-" takes the place of the value that it expects after `-c`. */
  function program(daemon: keyof typeof presets, service: Service, more: string[] = []): Props {
    const preset = presets[daemon](environment);
    const command = [...preset.command, "-", "--record", service.record, ...more];
    const variables = { ...preset.environment, ...listening[daemon]() };
    const values = { ...preset, command, environment: variables, connection: world.connection, settleSeconds: 1 };
    return { values, secrets: new SecretPaths([]) };
  }
  const listening: Record<keyof typeof presets, () => object> = {
    webserver: () => ({ LISTEN: `${environment.web!.port} 200 bots-webserver` }),
    jobQueue: () => ({ LISTEN: `${environment.queue!.port} 501 bots-jobqueueserver` }),
    dirMonitor: () => ({}),
  };

  test("each daemon runs with what Bots needs, under its names, and a refresh finds no difference", async () => {
    await queue!.up(program("jobQueue", queue!));
    await monitor!.up(program("dirMonitor", monitor!));
    await web!.up(program("webserver", web!));
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

  test("ready: a page with another status, or from another server, is not Bots", async () => {
    const { values, secrets } = program("webserver", web!);
    const answering = (LISTEN: string) => ({ values: { ...values, environment: { LISTEN } }, secrets });
    const { port } = environment.web!;
    const ready = { timeoutSeconds: 3 };
    const wrong = async (LISTEN: string) => {
      const given = answering(LISTEN);
      return web!.failure({
        ...given,
        values: { ...given.values, ready: { ...(values["ready"] as object), ...ready } },
      });
    };
    expect(await wrong(`${port} 500 bots-webserver`)).toContain("500");
    expect(await wrong(`${port} 200 other`)).toContain("other");
    expect(await web!.refresh()).toEqual([]);
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
