import { MANAGERS } from "../../../../provider/posix/managers";
import type { Cases } from "../support/cases";
import { traceLogins } from "../../../support/trace";
import { FOLDER } from "../support/probe";
import { secret } from "../support/resource";

export const creating: Cases = {
  name: "making it",
  together: (column, test) => {
    test("it runs as said, and starts at boot; the next up and a refresh change nothing: process and files stay", async (world) => {
      const web = world.service("made");
      const program = web.program(
        {
          description: "keeps account",
          arguments: ["two words", "", "$HOME `x` \"'\\ %h"],
          workingDirectory: FOLDER,
          umask: "0027",
          environment: { GREETING: "hello  world", EMPTY: "", TOKEN: "very secret" },
          runAs: { user: "games", group: "adm" },
          logs: { stdout: "/var/log/made.log" },
        },
        ...secret("TOKEN"),
      );
      await web.up(program);
      const pid = await web.probe.pid();
      expect(web.outputs).toMatchObject({
        ...{ status: "running", running: true, pid, restartCount: 0, manager: column.manager, unmapped: [] },
        ...{ restartPending: false, startMode: "automatic", machineId: world.host.machineId },
      });
      expect(await web.enabled()).toBe(true);
      const started = await web.probe.started();
      expect(started).toMatchObject({
        pid,
        arguments: ["made", "run", "two words", "", "$HOME `x` \"'\\ %h"],
        ...{ cwd: FOLDER, umask: "0027", uid: 5, gid: 4, fds: [] },
        environment: { GREETING: "hello  world", EMPTY: "", TOKEN: "very secret", USER: "games", LOGNAME: "games" },
      });
      expect(started.groups).not.toContain(0);
      expect(await world.shell("cat /var/log/made.log")).toBe("made says hello\nmade complains");

      const look = async () => [
        await web.probe.pid(),
        await world.shell("stat -c '%n %i %Y %Z' $(find /etc -type f -path '*made*')"),
      ];
      const before = await look();
      expect([await web.refresh(), await web.refresh()]).toEqual([[], []]);
      expect((await web.up(program)).did).toBe("same");
      expect([await look(), await web.probe.starts()]).toEqual([before, 1]);
    });

    test("its environment is that of the boot, not that of a login; `logHint` finds what it writes", async (world) => {
      const web = world.service("clean");
      await web.up(web.program({ environment: { GIVEN: "1" } }));
      const { environment } = await web.probe.started();
      expect(environment["PATH"]).toBe("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
      expect(environment["GIVEN"]).toBe("1");
      const others = Object.keys(environment).filter(
        (name) => !/^(PATH|GIVEN|HOME|USER|LOGNAME|SHELL)$/.test(name) && !column.ownVariables.test(name),
      );
      expect(others).toEqual([]);
      const shown = await world.shell(String(web.outputs["logHint"]));
      expect(shown).toContain("clean says hello");
      expect(shown).toContain("clean complains");
    });

    const whenUsual: typeof test = column.usual ? test : () => {};
    whenUsual("auto finds the manager, stores it, and naming it later is no change", async (world) => {
      const web = world.service("auto");
      await web.up(web.program({ manager: undefined, running: false }));
      expect(web.outputs["manager"]).toBe(column.manager);
      expect((await web.up(web.program({ manager: "auto", running: false }))).did).toBe("same");
      expect((await web.up(web.program({ running: false }))).did).toBe("same");
      expect(await web.refresh()).toEqual([]);
    });

    test("a manager that the host does not have is a clear error, and nothing is touched", async (world) => {
      const web = world.service("nowhere");
      const facts = await world.facts();
      const missing = [...MANAGERS.values()].filter((manager) => manager.unavailable(facts) !== undefined);
      expect(missing.length).toBeGreaterThan(0);
      for (const { name } of missing) {
        expect(await web.failure(web.program({ manager: name }))).toContain(`manager: ${name} can't be used on `);
      }
      expect(web.state).toBeUndefined();
      expect(await world.shell("find /etc /var/lib -name '*nowhere*'")).toBe("");
    });
  },
  alone: (_, test) => {
    test("a secret is in no file that others can read, in no arguments of any process, and a secret in the outputs", async (world) => {
      const token = "wh1sper-me";
      world.login(); // what a connection of before starts is not seen
      const trace = await traceLogins(world.host);
      const web = world.service("hiding");
      const runAs = { user: "games" };
      await web.up(web.program({ environment: { TOKEN: token, PLAIN: "1" }, runAs }, ...secret("TOKEN")));
      await web.up(web.program({ environment: { TOKEN: `${token}-2`, PLAIN: "1" }, runAs }, ...secret("TOKEN")));
      const commands = (await trace.end()).split("\n").map((line) => line.split("], [")[0] ?? "");
      expect(commands.length).toBeGreaterThan(10);
      expect(commands.filter((command) => command.includes(token))).toEqual([]);
      expect((await web.probe.started()).environment["TOKEN"]).toBe(`${token}-2`);
      expect(web.state?.outputs.secrets.covers(["environment", "TOKEN"])).toBe(true);
      expect(web.state?.outputs.secrets.covers(["environment", "PLAIN"])).toBe(false);
      expect(web.log.lines.join("\n")).not.toContain(token);
      const ours = await world.shell(
        `find / -xdev -newer /opt/probe -type f ! -path '${FOLDER}/*' ! -path '/proc/*' -exec grep -l ${token} {} + || true`,
      );
      expect(ours).not.toBe("");
      expect(await world.shell(`find ${ours.split("\n").join(" ")} -perm /077`)).toBe("");
    });
  },
};
