import { describeWith } from "../support/requirements";
import { Scene, traces } from "./support/scene";
import type { Steps, YamlProject } from "./support/project";

const unit = (name: string) => `/etc/systemd/system/${name}.service`;
const edit = (name: string, sed: string) => `sed -i '${sed}' ${unit(name)} && systemctl daemon-reload`;

/** What somebody does to a service, the properties it has, and where it is to show. */
const table: { what: string; name: string; properties?: object; byHand: string; found: string | string[] }[] = [
  { what: "stopped", name: "stopped", byHand: "systemctl stop stopped", found: ["running"] },
  {
    what: "killed with -9, its restarts being off",
    name: "killed",
    properties: { restart: { policy: "never" } },
    byHand: "kill -9 $(systemctl show -p MainPID --value killed)",
    found: ["running"],
  },
  {
    what: "another command in its unit",
    name: "command",
    byHand: edit("command", "s/infinity/4711/"),
    found: ["command[1]"],
  },
  {
    what: "another value of a variable in its unit, which systemd has not read yet",
    name: "variable",
    properties: { environment: { COLOUR: "red" } },
    byHand: `sed -i s/red/blue/ ${unit("variable")}`,
    found: ["environment.COLOUR"],
  },
  {
    what: "a variable added by hand",
    name: "added",
    properties: { environment: { COLOUR: "red" } },
    byHand: edit("added", "/^\\[Service\\]/a Environment=EXTRA=1"),
    found: ["environment.EXTRA"],
  },
  {
    what: "another description in its unit",
    name: "description",
    properties: { description: "as we said" },
    byHand: edit("description", "s/as we said/as they said/"),
    found: ["description"],
  },
  {
    what: "a directive that we have no property for",
    name: "directive",
    byHand: edit("directive", "/^\\[Service\\]/a Nice=5"),
    found: ["options.systemd.service.Nice"],
  },
  {
    what: "a drop-in",
    name: "dropin",
    byHand: `mkdir ${unit("dropin")}.d && printf '[Service]\\nEnvironment=EXTRA=1\\n' >${unit("dropin")}.d/local.conf && systemctl daemon-reload`,
    found: ["unmapped"],
  },
  { what: "disabled", name: "disabled", byHand: "systemctl disable disabled", found: ["startMode"] },
  {
    what: "its unit deleted",
    name: "deleted",
    byHand: `rm ${unit("deleted")}; systemctl daemon-reload`,
    found: "delete",
  },
  {
    what: "removed and masked",
    name: "masked",
    byHand: `systemctl disable --now masked; rm -f ${unit("masked")}; systemctl mask masked`,
    found: ["running", "startMode"],
  },
  {
    what: "another user",
    name: "user",
    properties: { runAs: { user: "nobody" } },
    byHand: edit("user", "s/^User=.*/User=games/"),
    found: ["runAs.user"],
  },
];

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "promise 2, drift: what is changed by hand is found at its property",
  () => {
    const scene = new Scene();
    let project: YamlProject;
    let drift: Steps;
    let before: string[];

    beforeAll(async () => {
      const services = table.map(({ name, properties }) => [name, scene.service(name, properties)]);
      services.push(["untouched", scene.service("untouched")]);
      project = await scene.running(Object.fromEntries(services) as object);
      for (const { byHand, what } of table) {
        const { code, stderr } = await scene.host.run(byHand);
        if (code !== 0) throw new Error(`${what}: ${stderr}`);
      }
      before = [...(await traces(scene.host)), await scene.shell("cat /etc/systemd/system/*.service")];
      drift = await project.drifted();
    });

    test("refresh --preview-only --expect-no-changes ends with 7", () => expect(drift.code).toBe(7));

    test.each(table)("$what: $found", ({ name, found }) => expect(drift.found[name]).toEqual(found));

    test("no drift is found at a service that nobody has changed", () =>
      expect(drift.found).not.toHaveProperty("untouched"));

    test("a read changes nothing on the host, not even a lock file is left", async () => {
      expect([...(await traces(scene.host)), await scene.shell("cat /etc/systemd/system/*.service")]).toEqual(before);
    });

    test("one up --refresh repairs all of it, over one connection for each of its processes", async () => {
      const untouched = await scene.pid("untouched");
      const up = await project.must("up", "--yes", "--skip-preview", "--refresh");
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      for (const { name } of table) {
        expect([name, await scene.shell(`systemctl is-active ${name}; systemctl is-enabled ${name}`)]).toEqual([
          name,
          "active\nenabled",
        ]);
      }
      expect(await scene.pid("untouched")).toBe(untouched);
      expect(up.output).toMatch(/warning: .*moved to \/var\/lib\/pulumi-bots\/dropin.*local\.conf/);
      expect(await scene.shell("find /var/lib/pulumi-bots/dropin -name local.conf")).toContain("local.conf");
      expect(await scene.shell(`ls ${unit("dropin")}.d`)).toBe("");
    });
  },
);
