import fc from "fast-check";
import type { LabHost } from "../../lab";
import type { HostFacts } from "../../provider/posix/facts";
import type { Definition, Live, Marker } from "../../model/service";
import type { Step } from "../../provider/posix/shell/step";
import type { Change } from "../../provider/posix/managers/driver";
import { upstart } from "../../provider/posix/managers/upstart";
import { managerOnHost } from "../support/managerOnHost";
import { describeWith } from "../support/requirements";
import { hardText } from "../support/upstart/definitions";
import { upstart as column } from "./lifecycle/support/upstart";
import { labHost } from "../support/hosts";
import { dumpsOf, programModel } from "./support/dumps";

const marker: Marker = {
  ownerId: "o1",
  urn: "urn:pulumi:prod::edi::bots:index:Service::web",
  definition: "d",
  triggers: "t",
};
const facts = { upstartVersion: "1.13.2", init: "upstart" } as HostFacts;
const sleeper: Definition = { command: ["/bin/sleep", "1000"] };

/** With the initctl that plays a recorded one; it reads job files in its own way and runs them for real. */
describeWith(["lab"], "jobs of upstart", () => {
  let host: LabHost;

  beforeAll(async () => {
    host = await labHost({ kind: "sysvinit" });
    await column.prepare!(host);
  });

  afterAll(() => host?.stop());

  const onHost = managerOnHost({ manager: upstart, host: () => host, facts: () => facts, marker });

  async function run(steps: readonly Step[], args: readonly string[] = []) {
    const { fields, stderr, failed } = await onHost.run(steps, args);
    return { fields, stderr, failed };
  }

  async function read(...names: string[]): Promise<Live[]> {
    const { fields, failed, stderr } = await run([upstart.fragment], names);
    if (failed !== undefined) throw new Error(stderr);
    return names.map((name) => {
      const own = [...fields].filter(([key]) => key.startsWith(`${name}/`));
      const stripped = own.map(([key, value]): [string, string] => [key.slice(name.length + 1), value]);
      return upstart.parse(name, { fields: new Map(stripped), shared: new Map() });
    });
  }

  async function apply(name: string, definition: Definition | undefined, change: Partial<Change>) {
    const [live] = await read(name);
    const files = definition ? upstart.render(name, definition, marker, facts) : [];
    const verify = definition ? upstart.verify(name, files, facts) : [];
    const write = definition ? { write: { files, remove: [] } } : {};
    return run([...verify, ...upstart.steps({ name, action: "none", ...write, ...change }, live!, facts)]);
  }

  test("every argument and every variable arrives exactly as given, plain and secret, as root and as another user", async () => {
    await host.run("mkdir -m 777 /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump", {
      input:
        '#!/bin/sh\ncat /proc/$$/cmdline >"$DUMP.cmdline"\ncat /proc/$$/environ >"$DUMP.new"\nmv "$DUMP.new" "$DUMP.environ"\nexec sleep 1000\n',
    });
    const cases = fc.sample(fc.record({ ...programModel(hardText), user: fc.boolean() }), 40);
    const definitions = cases.map(({ args, plain, secret, user }, i): Definition => ({
      command: ["/usr/local/bin/dump", ...args],
      environment: { ...plain, ...secret, DUMP: `/run/dump/${i}` },
      secretEnvironment: Object.keys(secret),
      ...(user && { runAs: { user: "games" } }),
    }));
    const names = definitions.map((_, i) => `dump-${i}`);
    const files = definitions.flatMap((definition, i) => upstart.render(names[i]!, definition, marker, facts));
    const write = upstart.steps({ name: "x", action: "none", write: { files, remove: [] } }, {} as Live, facts);
    const start = {
      name: "start",
      script: `for n in ${names.join(" ")}; do initctl start $n || return; done; sleep 1`,
    };
    expect(await run([write[0]!, start])).toMatchObject({ failed: undefined });
    const dumps = await dumpsOf(host, cases.length, (i, what) => `${i}.${what}`);
    for (const [i, { args, user }] of cases.entries()) {
      expect(dumps[i]!.args).toEqual(args);
      expect(dumps[i]!.variables).toMatchObject({
        ...definitions[i]!.environment!,
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ...(user && { HOME: "/usr/games", USER: "games", LOGNAME: "games" }),
      });
    }
    const lives = await read(...names);
    lives.forEach(({ definition, state }, i) => {
      expect(upstart.defaults(definition)).toEqual(upstart.defaults(definitions[i]!));
      expect(state).toMatchObject({ status: "running", inTransit: false });
    });
  });

  test("a change counts after the restart, which upstart's own `restart` would not do", async () => {
    await apply("changed", sleeper, { startMode: "automatic", action: "start" });
    const [before] = await read("changed");
    const changed = { command: ["/bin/sleep", "2000"] };
    expect(await apply("changed", changed, {})).toMatchObject({ failed: undefined });
    // Upstart says that it runs when there is its shell, which is not the program yet.
    const arrived = "until pid=$(pgrep -f '^/bin/sleep [12]000$'); do sleep 0.1; done";
    const running = async () => (await host.run(`${arrived}; tr '\\0' ' ' </proc/$pid/cmdline`)).stdout;
    await host.run("initctl restart changed");
    expect(await running()).toBe("/bin/sleep 1000 ");
    // With a script before its stop, a job is not even restarted.
    expect((await read("changed"))[0]!.state.incarnation).toBe(before!.state.incarnation);
    expect(await apply("changed", undefined, { action: "restart" })).toMatchObject({ failed: undefined });
    expect(await running()).toBe("/bin/sleep 2000 ");
    const [after] = await read("changed");
    expect(after!.state.incarnation).not.toBe(before!.state.incarnation);
    expect(await run(upstart.removal("changed", after!, facts))).toMatchObject({ failed: undefined });
    expect((await read("changed"))[0]).toMatchObject({ installed: false, state: { status: "notInstalled" } });
    expect((await host.run("ls /etc/init/changed*")).stdout).toBe("");
  });

  test("manual: an override with that word, which comes and goes and survives a write", async () => {
    await apply("mode", sleeper, { startMode: "manual" });
    expect((await host.run("cat /etc/init/mode.override; initctl show-config mode")).stdout).not.toContain("start on");
    expect((await read("mode"))[0]).toMatchObject({ startMode: "manual", overrides: [], unmapped: [] });
    await apply("mode", { ...sleeper, umask: "0077" }, {});
    expect((await read("mode"))[0]).toMatchObject({ startMode: "manual" });
    await apply("mode", undefined, { startMode: "automatic" });
    expect((await read("mode"))[0]).toMatchObject({ startMode: "automatic" });
    expect((await host.run("initctl show-config mode")).stdout).toContain("start on runlevel [2345]");
  });

  test("a job whose file was deleted while it ran is stopped all the same, and stopping what is stopped is well", async () => {
    await apply("orphan", sleeper, { action: "start" });
    await host.run("rm /etc/init/orphan.conf");
    const [live] = await read("orphan");
    expect(live).toMatchObject({ installed: false, state: { status: "running", reason: "its job file was deleted" } });
    expect(await run(upstart.removal("orphan", live!, facts))).toMatchObject({ failed: undefined });
    expect((await read("orphan"))[0]!.state).toMatchObject({ status: "notInstalled" });
    expect(await run(upstart.removal("orphan", live!, facts))).toMatchObject({ failed: undefined });
  });

  test("a start that fails says so in upstart's words, and a script that the host's shell can't read is found before", async () => {
    const failed = await apply("nobody", { ...sleeper, runAs: { user: "no-such-user" } }, { action: "start" });
    expect(failed).toMatchObject({ failed: "start", stderr: expect.stringContaining("Job failed to start") });
    const [job] = upstart.render("bad", sleeper, marker, facts);
    const broken = { ...job!, content: job!.content.replace("exec /bin", "if then /bin") };
    expect(await run(upstart.verify("bad", [broken], facts))).toMatchObject({ failed: "verify" });
  });

  test("what init-checkconf leaves behind is taken away", async () => {
    const traces = async () => (await host.run("find /tmp /root | sort")).stdout;
    const before = await traces();
    const [job] = upstart.render("checked", sleeper, marker, facts);
    expect(await run(upstart.verify("checked", [job!], facts))).toMatchObject({ failed: undefined });
    const broken = { ...job!, content: job!.content.replace("console log", "console log to a file") };
    expect(await run(upstart.verify("checked", [broken], facts))).toMatchObject({
      failed: "verify",
      stderr: expect.stringContaining("syntax invalid"),
    });
    expect(await traces()).toBe(before);
  });

  test("a job with instances is not taken for stopped while one of them is there: which one is meant can't be told", async () => {
    const job = `instance $PORT\nexec /bin/sh -c 'exec sleep "$PORT"'\n`;
    await host.run("cat >/etc/init/many-of-it.conf; initctl reload-configuration", { input: job });
    expect((await read("many-of-it"))[0]!.state).toMatchObject({ status: "stopped" });
    await host.run("initctl start many-of-it PORT=8080; initctl start many-of-it PORT=8081");
    const [live] = await read("many-of-it");
    expect(live).toMatchObject({
      state: { status: "unknown", inTransit: false, reason: expect.stringContaining("has several instances") },
    });
    const { failed, stderr } = await run(upstart.removal("many-of-it", live!, facts));
    expect({ failed, stderr }).toEqual({
      failed: "stop",
      stderr: expect.stringMatching(/instances[^]*\(8080\)[^]*\(8081\)/),
    });
    await host.run("initctl stop many-of-it PORT=8080; initctl stop many-of-it PORT=8081");
    expect(await run(upstart.removal("many-of-it", live!, facts))).toMatchObject({ failed: undefined });
    expect((await read("many-of-it"))[0]!.state).toMatchObject({ status: "notInstalled" });
  });

  test("a job whose program does not fork as `expect` says, which upstart itself can't stop, is stopped", async () => {
    await host.run("cat >/etc/init/unforked.conf; initctl reload-configuration; timeout 1 initctl start unforked", {
      input: "expect fork\nexec /bin/sleep 1000\n",
    });
    // As after an attempt that took its time: upstart says at once that it is stopped already.
    await host.run("timeout 1 initctl stop unforked");
    const [live] = await read("unforked");
    expect(live!.state).toMatchObject({ status: "running", inTransit: true });
    expect(await run(upstart.removal("unforked", live!, facts))).toMatchObject({ failed: undefined });
    expect((await read("unforked"))[0]!.state).toMatchObject({ status: "notInstalled" });
    expect(await host.run(`kill -0 ${live!.state.pid}`)).toMatchObject({ code: 1 });
  });

  test("secrets are for root alone, or for the job's user alone", async () => {
    const secret = { environment: { A: "s" }, secretEnvironment: ["A"] };
    await apply("secret-root", { ...sleeper, ...secret }, {});
    await apply("secret-games", { ...sleeper, ...secret, runAs: { user: "games" } }, {});
    const { stdout } = await host.run(
      "stat -c '%U %a' /etc/pulumi-bots/secret-root.env /etc/pulumi-bots/secret-games.env",
    );
    expect(stdout).toBe("root 600\ngames 400\n");
  });

  test("the processes are all of the job's session, and of no other", async () => {
    await apply("many", { command: ["/bin/sh", "-c", "sleep 1000 & sleep 1000 & wait"] }, { action: "start" });
    await host.run("sleep 0.3");
    const { fields } = await run([upstart.processesStep("many", sleeper)]);
    const pids = (fields.get("processes") ?? "").split(" ");
    expect(pids).toHaveLength(3);
    expect(pids[0]).toBe(String((await read("many"))[0]!.state.pid));
  });
});
