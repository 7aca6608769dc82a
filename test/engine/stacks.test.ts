import type { LabHost } from "../../lab";
import { describeWith } from "../support/requirements";
import { allAnswer, answers, labServer, ServersProject, type StackConfig } from "./support/servers";
import { labHost } from "../support/hosts";

const units = ["bots-webserver", "bots-jobqueueserver", "bots-dirmonitor"];

async function pids(host: LabHost): Promise<string> {
  return (await host.run(`systemctl show -p MainPID --value ${units.join(" ")}`)).stdout;
}

describeWith(["lab", "pulumi"], "the program of stacks/", () => {
  let one: LabHost;
  let two: LabHost;
  const projects: ServersProject[] = [];
  const project = async (config: StackConfig) => {
    const made = await ServersProject.create(config);
    projects.push(made);
    return made;
  };

  beforeAll(async () => {
    [one, two] = await Promise.all([
      labHost({ kind: "systemd", bots: true }),
      labHost({ kind: "systemd", bots: true }),
    ]);
  });
  afterAll(async () => {
    for (const made of projects) made.remove();
    await Promise.all([one, two].map((host) => host?.stop()));
  });

  describe("two servers", () => {
    let servers: ServersProject;
    const config = (more: object = {}) => ({ "edi:servers": { one: labServer(one, more), two: labServer(two) } });

    test("up from nothing: all daemons answer, and start at boot", async () => {
      servers = await project(config());
      const { failure, output } = await servers.up();
      expect(failure).toBe("");
      expect(output).toMatch(/warning: one: bots-jobqueueserver of classic Bots .* never runs them/);
      expect(await Promise.all([answers(one), answers(two)])).toEqual([allAnswer, allAnswer]);
      const { servers: shown } = await servers.stack.outputs();
      expect(shown?.value).toEqual({
        one: {
          url: `http://127.0.0.1:${one.ports.web}/`,
          services: { webserver: "bots-webserver", jobQueue: "bots-jobqueueserver", dirMonitor: "bots-dirmonitor" },
        },
        two: expect.objectContaining({ url: `http://127.0.0.1:${two.ports.web}/` }),
      });
    });

    test("a second up changes nothing, and a refresh finds nothing", async () => {
      const before = await pids(one);
      await servers.stack.up({ expectNoChanges: true });
      expect(await servers.drift()).toBe("");
      expect(await pids(one)).toBe(before);
    });

    test("after a reboot they are up again", async () => {
      await one.reboot();
      expect(await answers(one)).toBe(allAnswer);
      expect(await servers.drift()).toBe("");
      await servers.stack.up({ expectNoChanges: true });
    });

    test("a queue that hangs is found: it runs, and has its port, but does not answer", async () => {
      await one.run("systemctl kill -s STOP bots-jobqueueserver");
      const drift = await servers.drift();
      await one.run("systemctl kill -s CONT bots-jobqueueserver");
      expect(drift).toContain("one-jobQueue");
      expect(drift).not.toMatch(/one-webserver|two-/);
      expect(await servers.drift()).toBe("");
    });

    test("a suspended server is not contacted, and a warning reports it", async () => {
      const before = await one.connections();
      await servers.configure(config({ suspended: "being rebuilt until Friday" }));
      const { failure, output } = await servers.up();
      expect(failure).toBe("");
      expect(output).toMatch(/warning: .*one is suspended.*being rebuilt until Friday/);
      expect(await servers.drift()).toBe("");
      expect(await one.connections()).toBe(before);
      await servers.configure(config());
      await servers.stack.up({ expectNoChanges: true });
    });

    test("gone with destroy", async () => {
      await servers.stack.destroy();
      for (const host of [one, two]) {
        expect((await host.run(`systemctl is-active ${units.join(" ")}`)).stdout).toBe("inactive\n".repeat(3));
      }
    });
  });

  test("one of two is down: the other is updated, and the error says which one, where, and why", async () => {
    const dead = labServer(two, { daemons: { webserver: true } });
    Object.assign(dead["connection"] as object, { port: two.ports.spare[0], connectTimeoutSeconds: 3 });
    const servers = await project({ "edi:servers": { edi1: labServer(one), edi2: dead } });
    const { failure, output } = await servers.up({ continueOnError: true });
    expect(failure).not.toBe("");
    expect(await answers(one)).toBe(allAnswer);
    expect(output).toMatch(new RegExp(`error: edi2: .*127\\.0\\.0\\.1.*${two.ports.spare[0]}`));
    await servers.stack.destroy();
  });

  test("a stranger has the queue's port: it is named, although the queue is alive", async () => {
    const port = two.ports.queue;
    await two.run(`systemd-run --quiet --unit stranger python3 -m http.server ${port} --bind 127.0.0.1`);
    const daemons = { webserver: false, jobQueue: { ready: { timeoutSeconds: 3 } } };
    const servers = await project({ "edi:servers": { edi2: labServer(two, { daemons }) } });
    const { failure, output } = await servers.up();
    expect(failure).not.toBe("");
    expect(output).toMatch(new RegExp(`port ${port} is held by another program: pid \\d+ \\(python3\\)`));
    expect(output).toContain("Address already in use");
    await two.run("systemctl stop stranger");
    expect((await servers.up()).failure).toBe("");
    await servers.stack.destroy();
  });

  test("an installation with .py programs, started without -c", async () => {
    // Classic Bots then reads the configuration inside its own package, whatever the working directory is.
    await two.run(`
      package=$(echo /opt/bots/lib/python3*/site-packages/bots)
      cp /srv/bots/config/bots.ini /srv/bots/config/settings.py $package/config/
      for daemon in webserver jobqueueserver dirmonitor; do
        ln -s /opt/bots/bin/bots-$daemon /usr/local/bin/bots-$daemon.py
      done`);
    const { environment } = labServer(two) as { environment: object };
    const old = labServer(two, {
      bots: { existing: true, bin: "/usr/local/bin", suffix: ".py" },
      environment: { ...environment, config: false },
      daemons: { webserver: { name: "bots-web" }, jobQueue: true, dirMonitor: true },
    });
    const servers = await project({ "edi:servers": { edi2: old } });
    const { failure, output } = await servers.up();
    expect(failure).toBe("");
    expect(output).toMatch(/warning: edi2: environment\.config is false.*inside its own Python package/);
    expect(await answers(two)).toBe(allAnswer);
    const { stdout } = await two.run("systemctl show -p ExecStart --value bots-web; ls /etc/systemd/system");
    expect(stdout).toContain("argv[]=/usr/local/bin/bots-webserver.py ;");
    expect(stdout).not.toContain("bots-webserver.service");
    await servers.stack.destroy();
  });
});
