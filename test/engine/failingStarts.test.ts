import { describeWith } from "../support/requirements";
import type { CliResult, YamlProject } from "./support/project";
import { Scene, traces } from "./support/scene";

const shell = (script: string) => ["/bin/sh", "-c", script];
const never = { restart: { policy: "never" } };

/** A service that can't start, and the words that a person needs. */
const table = [
  {
    what: "dies after a moment",
    name: "dies",
    properties: { ...never, command: shell("echo 'no mailbox configured' >&2; sleep 0.4; exit 3") },
    words: ["it did not stay up: exit code 3", "no mailbox configured", "journalctl -u dies.service"],
    recorded: true,
  },
  {
    what: "dies again and again",
    name: "loops",
    properties: {
      restart: { policy: "always", delaySeconds: 0.1 },
      command: shell("echo 'port in use'; sleep 0.3; exit 1"),
    },
    words: ["loops did not come up", "port in use"],
    recorded: true,
  },
  {
    what: "lives, but without its port",
    name: "hangs",
    properties: { ready: { tcp: 9, timeoutSeconds: 1 } },
    words: ["it runs, but was not ready within 1 s: nothing listens on port 9"],
    recorded: true,
  },
  {
    what: "is missing",
    name: "program",
    properties: { command: ["/opt/none/bin/daemon"] },
    words: ["command[0]: there is no program /opt/none/bin/daemon"],
    recorded: false,
  },
  {
    what: "is not executable",
    name: "data",
    properties: { command: ["/etc/hostname"] },
    words: ["command[0]: /etc/hostname is not executable"],
    recorded: false,
  },
  {
    what: "has no user, group, folders: all at once",
    name: "nothing",
    properties: {
      runAs: { user: "nouser", group: "nogroup1" },
      workingDirectory: "/srv/none",
      logs: { stdout: "/var/log/none/out.log" },
    },
    words: [
      'runAs.user: there is no user "nouser"',
      'runAs.group: there is no group "nogroup1"',
      "workingDirectory: there is no folder /srv/none",
      "logs.stdout: there is no folder /var/log/none",
    ],
    recorded: false,
  },
];

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "promise 3: a start counts only when the service stays up",
  () => {
    const scene = new Scene();
    let project: YamlProject;
    let up: CliResult;

    beforeAll(async () => {
      const services = table.map(({ name, properties }) => [name, scene.service(name, properties)]);
      project = await scene.project(Object.fromEntries(services) as object);
      up = await project.up("--continue-on-error");
    });

    test("up fails", () => expect(up.code).not.toBe(0));

    test.each(table)("a program that $what: the error says so", ({ words }) => {
      for (const word of words) expect(up.output).toContain(word);
    });

    test("what was put on the host is in the state, and nothing else", async () => {
      const resources = await project.resources();
      const recorded = table.filter((row) => row.recorded).map(({ name }) => name);
      expect(Object.keys(resources).sort()).toEqual(recorded.sort());
      for (const name of recorded) expect(resources[name]).toMatchObject({ outputs: { running: false } });
      for (const { name } of table.filter((row) => !row.recorded)) {
        expect((await traces(scene.host)).filter((path) => path.includes(`/${name}`))).toEqual([]);
      }
    });

    test("what failed is stopped rather than left looping", async () => {
      expect(await scene.shell("systemctl is-active dies loops hangs")).not.toMatch(/^active|activating/m);
    });

    test("once the cause is corrected, the next up succeeds", async () => {
      await project
        .write(Object.fromEntries(table.map(({ name }) => [name, scene.service(name)])))
        .must("up", "--yes", "--skip-preview");
      for (const { outputs, initErrors } of Object.values(await project.resources())) {
        expect({ status: outputs.status, initErrors }).toEqual({ status: "running", initErrors: undefined });
      }
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect(await scene.shell("ls -d /run/lock/pulumi-bots* /run/pulumi-bots/.lock/* /var/lib/pulumi-bots")).toBe("");
    });
  },
);
