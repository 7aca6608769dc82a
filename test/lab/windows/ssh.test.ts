import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { nssm } from "../../../lab/windows/wine";
import { startRelay, type Relay } from "../../support/relay";
import { describeWith } from "../../support/requirements";
import type { LabMachine } from "./support/machine";
import { World } from "./support/world";

describeWith(["windows"], "a Windows host over SSH", () => {
  let world: World<LabMachine>;
  let relay: Relay;
  beforeAll(async () => {
    world = await World.inLab({}, "SSH and cmd");
    relay = await startRelay({ address: world.host.lab.address, port: world.host.lab.ssh.port });
  });
  afterAll(async () => {
    await relay?.close();
    await world?.stop();
  });
  afterEach(() => {
    world.port = undefined;
  });

  const run = () => world.host.file("C:\\Program Files\\pulumi-bots\\run");

  test("promise 7: a connection that is cut while the first file is on its way is made again, and the create goes on", async () => {
    world.port = relay.port;
    relay.cutAfter(9_000);
    const web = world.service("cut-upload");
    await web.up(web.program());
    expect([relay.count, await web.scmState(), await world.ours()]).toEqual([2, "RUNNING", []]);
  });

  // The steps of a change are announced before its block is sent.
  test.each([100, 400, 800, 1300, 2000])(
    "promise 5: a create whose connection was cut after %i ms of its steps is completed by the next one",
    async (milliseconds) => {
      world.port = relay.port;
      const cut = world.service(`cut-${milliseconds}`);
      cut.onStatus((message) => {
        if (message.includes("create the service")) setTimeout(() => relay.cut(), milliseconds);
      });
      await cut.up(cut.program({ description: "ünï" })).catch(() => {});
      const web = world.service(cut.name);
      web.state = cut.state;
      await web.up(web.program({ description: "ünï" }));
      expect([await web.refresh(), await web.scmState(), await world.ours()]).toEqual([[], "RUNNING", []]);
    },
  );

  test.each([300, 900])("promise 4: the same for an update, after %i ms", async (milliseconds) => {
    world.port = relay.port;
    const web = world.service(`updated-${milliseconds}`);
    await web.up(web.program({ arguments: ["old"] }));
    const end = web.onStatus((message) => {
      if (message.includes("write the parameters")) setTimeout(() => relay.cut(), milliseconds);
    });
    await web.up(web.program({ arguments: ["new"] })).catch(() => {});
    end();
    await web.up(web.program({ arguments: ["new"] }));
    expect([(await web.started()).arguments.at(-1), await web.refresh(), await world.ours()]).toEqual(["new", [], []]);
  });

  test("promise 5: operations over SSH and over WinRM on one service come one after the other", async () => {
    const winRm = world.over("WinRM");
    const [one, other] = [world.service("twice"), winRm.service("twice")];
    const results = await Promise.allSettled([
      one.up(one.program({ arguments: ["one"] })),
      other.up(other.program({ arguments: ["one"] })),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    expect([await one.scmState(), await world.ours()]).toEqual(["RUNNING", []]);
    winRm.closeAll();
  });

  test("what a cut connection has left is removed by a later run, and what lives is not", async () => {
    const before = existsSync(run()) ? readdirSync(run()) : [];
    const [old, young] = ["00000000000000000000aaaa", "00000000000000000000bbbb"];
    for (const name of [old, young]) {
      mkdirSync(join(run(), name, "ü.000"), { recursive: true });
      writeFileSync(join(run(), name, "op.cmd"), "");
    }
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    utimesSync(join(run(), old), twoDaysAgo, twoDaysAgo);
    const web = world.service("sweeping");
    await web.up(web.program({ description: "ünï" }));
    expect(await web.refresh()).toEqual([]);
    expect(readdirSync(run()).sort()).toEqual([...before, young].sort());
  });

  test("a login that can't write in the folder of the provider is told so", async () => {
    const ours = world.host.file("C:\\Program Files\\pulumi-bots");
    mkdirSync(ours, { recursive: true });
    renameSync(ours, `${ours}-away`);
    writeFileSync(ours, "");
    const web = world.service("unwritable");
    expect(await web.failure(web.program())).toContain("the login must be an administrator of the host");
    rmSync(ours);
    renameSync(`${ours}-away`, ours);
  });

  test("a manager of Linux and sudo are errors at their properties, and root is no user", async () => {
    const web = world.service("wrong");
    const linux = web.program({ command: ["/opt/web"], manager: "systemd" });
    expect(await web.failure(linux)).toMatch(
      /^manager: systemd can't be used on \S+: it is a service manager of Linux, and the host runs Microsoft Windows 10/,
    );
    const sudo = { ...world.connection, become: { method: "sudo" } };
    const unknown = web.program({ connection: sudo, command: undefined, existing: true, settleSeconds: undefined });
    expect(await web.failure(unknown)).toMatch(/^connection.become: is for Linux, and \S+ runs Windows/);
    const root = web.program({ connection: { ...world.connection, user: undefined } });
    expect(await web.failure(root)).toContain("which has no root: set connection.user to an administrator");
    expect([web.state, await web.scmState()]).toEqual([undefined, undefined]);
  });

  test("options.nssm.upload: nssm.exe goes to a host that has none, once, and stays for other services", async () => {
    const installed = world.host.file("C:\\Program Files\\nssm\\nssm.exe");
    rmSync(installed);
    const options = (upload: string) => ({ options: { nssm: { upload } } });
    const web = world.service("uploaded");
    expect(await web.failure(web.program())).toContain("or over SSH options.nssm.upload");
    expect(await web.failure(web.program(options("/nowhere/nssm.exe")))).toMatch(
      /^options.nssm.upload: can't be read on the computer that runs Pulumi: ENOENT/,
    );
    expect(await web.failure(web.program(options(__filename)))).toMatch(
      /^options.nssm.upload: .* is not a program of Windows$/,
    );
    expect([web.state, await web.scmState()]).toEqual([undefined, undefined]);
    await web.up(web.program(options(nssm())));
    expect(await web.value("ImagePath")).toBe('"C:\\Program Files\\pulumi-bots\\bin\\nssm.exe"');
    expect(readdirSync(world.host.file("C:\\Program Files\\pulumi-bots\\bin"))).toEqual(["nssm.exe"]);
    expect([await web.refresh(), await web.scmState()]).toEqual([[], "RUNNING"]);
    expect((await web.up(web.program())).did).toBe("same");
    const other = world.service("uploaded-before");
    await other.up(other.program());
    await web.destroy();
    expect([await other.refresh(), await other.scmState()]).toEqual([[], "RUNNING"]);
    copyFileSync(nssm(), installed);
  });

  test("promise 12: without PowerShell a change of the definition is found, and what runs is unknown", async () => {
    const web = world.service("blind");
    await web.up(web.program());
    const flag = world.host.file("C:\\lab\\no-powershell");
    writeFileSync(flag, "");
    await world.run('sc.exe description blind "by hand"');
    expect(await web.refresh()).toEqual(expect.arrayContaining(["description"]));
    expect(web.outputs["status"]).toBe("unknown");
    expect(await web.failure(web.program({ arguments: ["more"] }))).toContain("does not answer Get-CimInstance");
    rmSync(flag);
    await web.up(web.program());
    expect(await web.refresh()).toEqual([]);
  });
});
