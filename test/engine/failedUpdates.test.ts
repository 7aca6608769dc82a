import { describeWith } from "../support/requirements";
import type { CliResult, YamlProject } from "./support/project";
import { Scene } from "./support/scene";

const breaks = ["/bin/sh", "-c", "echo 'bad configuration' >&2; sleep 0.3; exit 4"];
const never = { restart: { policy: "never" } };

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "promise 4: an update that does not come up", () => {
  const scene = new Scene();

  describe("is rolled back", () => {
    let project: YamlProject;
    const good = () => scene.service("web", { ...never, environment: { VERSION: "1" } });
    const bad = () => scene.service("web", { ...never, environment: { VERSION: "2" }, command: breaks });

    beforeAll(async () => {
      project = await scene.running({ web: good() });
    });

    test("up fails with the reason and the log, and says that the old one runs", async () => {
      const unit = await scene.shell("cat /etc/systemd/system/web.service");
      const up = await project.write({ web: bad() }).up();
      expect(up.code).not.toBe(0);
      expect(up.output).toContain("web did not come up: it did not stay up: exit code 4");
      expect(up.output).toContain("bad configuration");
      expect(up.output).toContain("Rolled back: the previous definition runs again");
      expect(await scene.shell("cat /etc/systemd/system/web.service")).toBe(unit);
      expect(
        await scene.shell("cat /proc/$(systemctl show -p MainPID --value web)/environ | tr '\\0' '\\n'"),
      ).toContain("VERSION=1");
      expect(await scene.shell("ls /var/lib/pulumi-bots")).toBe("");
    });

    test("the state stays old, which is the truth: a refresh finds nothing", async () => {
      const { web } = await project.resources();
      expect(web).toMatchObject({ outputs: { status: "running", environment: { VERSION: "1" } } });
      expect(web?.initErrors).toBeUndefined();
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    });

    test("the next up tries again; mended, it succeeds", async () => {
      expect((await project.up()).output).toContain("Rolled back");
      const mended = scene.service("web", { ...never, environment: { VERSION: "2" } });
      await project.write({ web: mended }).must("up", "--yes", "--skip-preview");
      expect((await project.resources())["web"]).toMatchObject({ outputs: { environment: { VERSION: "2" } } });
      expect(await project.drifted()).toMatchObject({ code: 0 });
    });
  });

  describe('stays where it is with onFailedUpdate: "keep"', () => {
    let project: YamlProject;

    beforeAll(async () => {
      project = await scene.running({ kept: scene.service("kept", never) });
      const bad = scene.service("kept", { ...never, command: breaks, onFailedUpdate: "keep" });
      const up = await project.write({ kept: bad }).up();
      expect(up.output).toContain("bad configuration");
      expect(up.output).not.toContain("Rolled back");
    });

    test("the state has what is on the host", async () => {
      const { kept } = await project.resources();
      expect(kept).toMatchObject({ outputs: { command: breaks, status: "failed", running: false } });
      expect(kept?.initErrors).toHaveLength(1);
      expect(await scene.shell("cat /etc/systemd/system/kept.service")).toContain("bad configuration");
    });

    test("the next up after mending succeeds", async () => {
      await project.write({ kept: scene.service("kept", never) }).must("up", "--yes", "--skip-preview");
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect(await scene.shell("ls /var/lib/pulumi-bots")).toBe("");
    });
  });

  describe("and whose former definition does not come up any more either", () => {
    const good = () => scene.service("lost", { ...never, command: ["/opt/daemon"] });
    const mend = () => scene.shell("printf '#!/bin/sh\\nexec sleep infinity\\n' >/opt/daemon; chmod 755 /opt/daemon");
    let project: YamlProject;

    beforeAll(async () => {
      await mend();
      project = await scene.running({ lost: good() });
      await scene.shell("rm /opt/daemon"); // it runs on, but can't be started again
    });

    test("up says both, and the state has what is on the host", async () => {
      const up = await project.write({ lost: scene.service("lost", { ...never, command: breaks }) }).up();
      expect(up.code).toBe(1);
      expect(up.output).toContain("bad configuration");
      expect(up.output).toContain("The previous definition could not be restored");
      expect((await project.resources())["lost"]).toMatchObject({
        outputs: { command: ["/opt/daemon"], running: false },
        initErrors: [expect.stringContaining("could not be restored")],
      });
    });

    test("the next up after mending succeeds", async () => {
      await mend();
      await project.write({ lost: good() }).must("up", "--yes", "--skip-preview");
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect(await scene.shell("ls /var/lib/pulumi-bots")).toBe("");
    });
  });

  describe("that can be seen to be wrong beforehand touches nothing", () => {
    const table = [
      {
        what: "a directive that systemd does not know",
        name: "directive",
        properties: { options: { systemd: { service: { LimitNOFLIE: "4096" } } } },
        words: "'LimitNOFLIE' in section",
      },
      {
        what: "a value that systemd does not take",
        name: "value",
        properties: { options: { systemd: { service: { Nice: "very" } } } },
        words: "Failed to parse nice priority 'very'",
      },
      {
        what: "a program that is not there",
        name: "program",
        properties: { command: ["/opt/none"] },
        words: "command[0]: there is no program /opt/none",
      },
      {
        what: "a user that does not exist",
        name: "user",
        properties: { runAs: { user: "nouser" } },
        words: 'runAs.user: there is no user "nouser"',
      },
    ];
    const units = table.map(({ name }) => name).join(" ");
    const look = () => scene.shell(`systemctl show -p MainPID ${units}; cat /etc/systemd/system/*.service`);
    let project: YamlProject;
    let before: string;
    let up: CliResult;

    beforeAll(async () => {
      project = await scene.running(Object.fromEntries(table.map(({ name }) => [name, scene.service(name)])));
      before = await look();
      project.write(Object.fromEntries(table.map(({ name, properties }) => [name, scene.service(name, properties)])));
      up = await project.up("--continue-on-error");
    });

    test.each(table)("$what: the error says so", ({ words }) => {
      expect(up.code).not.toBe(0);
      expect(up.output).toContain(words);
    });

    test("same processes, same files, and the state stays as it was", async () => {
      expect(await look()).toBe(before);
      for (const { outputs, initErrors } of Object.values(await project.resources())) {
        expect([outputs.status, initErrors]).toEqual(["running", undefined]);
      }
      expect(await project.drifted()).toMatchObject({ code: 0 });
    });
  });
});
