import type { Props, Values } from "../../../model/props";
import { describeWith } from "../../support/requirements";
import type { LabMachine } from "./support/machine";
import { World, type Service } from "./support/world";

const PASSWORD = "S3cret with blank & <quote>";

describeWith(["windows"], "services under accounts with a password, over WinRM", () => {
  let world: World<LabMachine>;
  beforeAll(async () => {
    world = await World.inLab();
    await account("EDI\\bots", PASSWORD);
    await account(".\\bots", "other");
  });
  afterAll(() => world.stop());

  /** The lab checks the passwords of these accounts when it starts a service. */
  const account = (user: string, password: string) =>
    world.run(`reg.exe add HKLM\\SOFTWARE\\lab\\accounts /v "${user}" /d "${password}" /f`);
  /** The password that the service control manager has of a service. */
  const passwordOf = async (service: Service) => {
    const { stdout } = await world.host.run(`reg.exe query HKLM\\SOFTWARE\\lab\\secrets /v ${service.name}`);
    return /REG_SZ +(.*?)\r?\n/.exec(stdout)?.[1];
  };
  /** Checked as the engine does, which marks the password as secret. */
  const program = (web: Service, runAs: Values, more: Values = {}): Props => web.program({ runAs, ...more });
  const everything = async () => {
    const events = await world.host.lab.winRmService.events();
    const keys = await world.run("reg.exe query HKLM\\SYSTEM\\CurrentControlSet\\Services /s");
    return JSON.stringify(events) + keys + (await world.ours()).join("\n");
  };

  test("the password is set, stands nowhere, and an up of the same sets nothing", async () => {
    const web = world.service("account");
    const runAs = { user: "EDI\\bots", password: PASSWORD };
    await web.up(program(web, runAs));
    expect([await passwordOf(web), await web.value("ObjectName"), await web.scmState()]).toEqual([
      PASSWORD,
      "EDI\\bots",
      "RUNNING",
    ]);
    expect(await everything()).not.toContain("S3cret");
    expect([await web.refresh(), (await web.up(program(web, runAs))).did]).toEqual([[], "same"]);
    const { pid } = web.outputs;
    await world.run("reg.exe add HKLM\\SOFTWARE\\lab\\secrets /v account /d touched /f");
    await web.up(program(web, runAs, { description: "changed" }));
    expect([await passwordOf(web), web.outputs["pid"]]).toEqual(["touched", pid]);
    await account("EDI\\bots", "rotated");
    await web.up(program(web, { ...runAs, password: "rotated" }, { description: "changed" }));
    expect([await passwordOf(web), web.outputs["pid"], await web.refresh()]).toEqual(["rotated", pid, []]);
    await account("EDI\\bots", PASSWORD);
    await web.destroy();
  });

  test("a wrong password: the error says what to grant, and the account from before is back with its password", async () => {
    const web = world.service("rolled");
    await web.up(program(web, { user: ".\\bots", password: "other" }));
    const said = await web.failure(program(web, { user: "EDI\\bots", password: "wrong one" }));
    expect(said).toContain('"Log on as a service"');
    expect(said).toContain("Rolled back");
    expect(said).not.toContain("wrong one");
    expect([await web.value("ObjectName"), await passwordOf(web), await web.scmState()]).toEqual([
      ".\\bots",
      "other",
      "RUNNING",
    ]);
    expect([await web.refresh(), await world.ours()]).toEqual([[], []]);
  });

  test("from an account to none and to a group managed one, which have no password", async () => {
    const web = world.service("leaves");
    await web.up(program(web, { user: ".\\bots", password: "other" }));
    await web.up(program(web, { user: "EDI\\gmsa$" }));
    expect([await web.value("ObjectName"), await web.value("password", "pulumi-bots")]).toEqual([
      "EDI\\gmsa$",
      undefined,
    ]);
    await web.up(web.program());
    expect([await web.value("ObjectName"), await web.refresh()]).toEqual(["LocalSystem", []]);
  });

  test.each(["configure the service", "set the account", "note the password"])(
    "promise 5: an update that was killed at `%s` is completed by the next one",
    async (moment) => {
      const web = world.service(`killed-${moment.replaceAll(" ", "-")}`);
      await web.up(web.program());
      const { state } = web;
      const runAs = { user: "EDI\\bots", password: PASSWORD };
      await web.killed(program(web, runAs), moment);
      const again = world.service(web.name);
      again.state = state;
      await again.up(program(again, runAs));
      expect([await passwordOf(again), await again.value("ObjectName"), await again.refresh()]).toEqual([
        PASSWORD,
        "EDI\\bots",
        [],
      ]);
      expect(await world.ours()).toEqual([]);
    },
  );

  test("a missing password is an error at check, also one of an imported service", async () => {
    const web = world.service("missing");
    expect(await web.failure(program(web, { user: "EDI\\bots" }))).toBe(
      "runAs.password: is required: Windows logs EDI\\bots on with it",
    );
    await world.byHand("missing", "theirs");
    await world.run('sc.exe config missing obj= "EDI\\bots" password= "by hand"');
    const found = await web.import(`${world.host.name}/missing`);
    expect(found).toMatchObject({ runAs: { user: "EDI\\bots" } });
    const { pid } = web.outputs;
    const runAs = { user: "EDI\\bots", password: PASSWORD };
    await web.up(web.program({ ...found, connection: world.connection, runAs }));
    expect([await passwordOf(web), web.outputs["pid"], await web.refresh()]).toEqual([PASSWORD, pid, []]);
  });

  test("an account that was changed by hand is found, and set again with its password", async () => {
    const web = world.service("drifted");
    const runAs = { user: "EDI\\bots", password: PASSWORD };
    await web.up(program(web, runAs));
    await world.run('sc.exe config drifted obj= ".\\bots" password= "other"');
    expect(await web.refresh()).toEqual(["runAs.user"]);
    await web.up(program(web, runAs));
    expect([await web.value("ObjectName"), await passwordOf(web), await web.refresh()]).toEqual([
      "EDI\\bots",
      PASSWORD,
      [],
    ]);
  });
});
