import type { Definition, Live } from "../../model/service";
import { systemd } from "../../provider/posix/managers/systemd";
import { describeWith } from "../support/requirements";
import { systemdHost } from "./support/systemdHost";

describeWith(["lab"], "systemd on a real host: what it finds there", () => {
  const lab = systemdHost();
  const { run, readAll, read, apply, sleeper } = lab;

  const UNIT = "[Service]\nExecStart=/bin/sleep 1000\n";
  const WANTED = "[Install]\nWantedBy=multi-user.target\n";
  const etc = "/etc/systemd/system";
  const make = (path: string, text: string) => `printf '${text.replaceAll("\n", "\\n")}' >${path}`;
  test.each<[state: string, name: string, shell: string, Partial<Live>]>([
    [
      "enabled",
      "boot1",
      `${make(`${etc}/boot1.service`, UNIT + WANTED)}; systemctl enable boot1`,
      { startMode: "automatic" },
    ],
    [
      "enabled-runtime",
      "boot2",
      `${make(`${etc}/boot2.service`, UNIT + WANTED)}; systemctl enable --runtime boot2`,
      { startMode: "manual", warnings: [expect.stringContaining("enabled only until the next boot")] as string[] },
    ],
    ["disabled", "boot3", make(`${etc}/boot3.service`, UNIT + WANTED), { startMode: "manual", warnings: [] }],
    ["static", "boot4", make(`${etc}/boot4.service`, UNIT), { startMode: "manual" }],
    [
      "static",
      "boot5",
      `f=/usr/lib/systemd/system; mkdir -p $f/multi-user.target.wants; ${make("$f/boot5.service", UNIT)}; ln -s ../boot5.service $f/multi-user.target.wants`,
      { startMode: "automatic", warnings: [expect.stringContaining("even when disabled")] as string[] },
    ],
    [
      "linked",
      "boot6",
      `${make("/srv/boot6.service", UNIT + WANTED)}; systemctl link /srv/boot6.service`,
      { startMode: "manual" },
    ],
    [
      "enabled",
      "boot7",
      `${make("/srv/boot7.service", UNIT + WANTED)}; systemctl enable /srv/boot7.service`,
      { startMode: "automatic" },
    ],
    [
      "enabled",
      "boot8",
      `${make(`${etc}/boot8.service`, `${UNIT}[Install]\nAlias=boot8b.service\n`)}; systemctl enable boot8`,
      { startMode: "automatic" },
    ],
    [
      "enabled",
      "boot9b",
      `${make(`${etc}/boot9.service`, `${UNIT}[Install]\nAlias=boot9b.service\n`)}; systemctl enable boot9`,
      { aliasOf: "boot9.service" },
    ],
    [
      "indirect",
      "boot10",
      `${make(`${etc}/boot10.service`, `${UNIT}[Install]\nAlso=boot3.service\n`)}; systemctl enable boot10; systemctl disable boot3`,
      { startMode: "manual" },
    ],
    ["masked", "boot11", "systemctl mask boot11", { startMode: "disabled", masked: true }],
    ["masked-runtime", "boot12", "systemctl mask --runtime boot12", { startMode: "disabled", masked: true }],
    [
      "enabled",
      "boot13@x",
      `${make(`${etc}/boot13@.service`, UNIT + WANTED)}; systemctl enable boot13@x`,
      { startMode: "automatic" },
    ],
    [
      "enabled-runtime",
      "boot14",
      `${make("/run/systemd/system/boot14.service", UNIT + WANTED)}; systemctl enable --runtime boot14`,
      { startMode: "manual" },
    ],
    ["transient", "boot15", "systemd-run --unit boot15 sleep 1000", { startMode: "manual", installed: true }],
  ])("what systemd calls %s, as a start mode: %s", async (state, name, shell, seen) => {
    expect(await lab.host.run(`{ ${shell}; } 2>&1 && systemctl daemon-reload`)).toMatchObject({ code: 0 });
    expect((await lab.host.run(`systemctl show -P UnitFileState ${name}`)).stdout.trim()).toBe(state);
    expect(await read(name)).toMatchObject(seen);
  });

  test("drop-ins, masks and files that systemd has not loaded", async () => {
    await apply("drift", sleeper, { startMode: "automatic", action: "start" });
    const dropIn = "/etc/systemd/system/drift.service.d/a b.conf";
    await lab.host.run(
      `mkdir -p "${dropIn.replace(/\/[^/]*$/, "")}"; printf '[Service]\\nUser=nobody\\n' >"${dropIn}"`,
    );
    expect(await read("drift")).toMatchObject({
      ...{ definition: sleeper, unmapped: [{ file: dropIn, line: "User=nobody" }], overrides: [dropIn] },
    });
    const live = await read("drift");
    await run(
      systemd.steps({ name: "drift", action: "none", write: { files: [], remove: [dropIn] } }, live, lab.facts),
    );
    expect(await read("drift")).toMatchObject({ unmapped: [], overrides: [], state: { status: "running" } });
    expect((await lab.host.run("ls -d /etc/systemd/system/drift.service.d")).code).not.toBe(0);

    await lab.host.run("sed -i s/1000/3000/ /etc/systemd/system/drift.service");
    expect(await read("drift")).toMatchObject({
      definition: { command: ["/bin/sleep", "3000"] },
    });

    await lab.host.run("systemctl stop drift; rm /etc/systemd/system/drift.service; systemctl mask drift");
    expect(await read("drift")).toMatchObject({ installed: true, masked: true, startMode: "disabled" });
    await apply("drift", sleeper, { startMode: "automatic", action: "start" });
    expect(await read("drift")).toMatchObject({
      masked: false,
      startMode: "automatic",
      state: { status: "running" },
    });

    await lab.host.run("systemctl mask --runtime drift; systemctl daemon-reload");
    await apply("drift", sleeper, { startMode: "automatic", action: "restart" });
    expect(await read("drift")).toMatchObject({ masked: false, state: { status: "running" } });
  });

  test("starts that fail, and loops", async () => {
    const failing = async (definition: Definition) => {
      const outcome = await apply("fails", definition, { action: "start" });
      return { outcome, live: await read("fails") };
    };
    const user = await failing({ ...sleeper, runAs: { user: "nobody-here" } });
    expect(user.outcome.failed).toBe("start");
    expect(user.live.state).toMatchObject({ status: "failed", reason: "exit code 217: user does not exist" });
    const folder = await failing({ ...sleeper, workingDirectory: "/no/such" });
    expect(folder.live.state.reason).toContain("exit code 200: working directory");
    const loop: Definition = {
      command: ["/bin/sh", "-c", "echo going down >&2; exit 3"],
      restart: { policy: "always", delaySeconds: 30 },
    };
    const { live } = await failing(loop);
    expect(live.state).toMatchObject({ status: "flapping", reason: "waits for its restart after exit code 3" });
    const { fields } = await run([systemd.logStep("fails", loop, 20)]);
    if ((await lab.host.run("journalctl -n 1")).stdout) expect(fields.get("log")).toContain("going down");
    const limited = await failing({ ...loop, restart: { policy: "always", delaySeconds: 0.1, maxAttempts: 2 } });
    expect(limited.live.installed).toBe(true);
    await lab.host.run("sleep 1");
    expect((await read("fails")).state).toMatchObject({
      status: "failed",
      reason: "exit code 3, gave up restarting it",
    });
    await lab.host.run(
      "sed -i s/^Exec/X-Exec/ /etc/systemd/system/fails.service; systemctl reset-failed fails; systemctl daemon-reload",
    );
    expect((await read("fails")).state).toMatchObject({
      status: "failed",
      reason: "Unit fails.service has a bad unit file setting.",
    });
    // The limit is used up; a wanted start must work all the same.
    expect((await apply("fails", sleeper, { action: "start" })).failed).toBeUndefined();
    await run(systemd.removal("fails", await read("fails"), lab.facts));
    expect((await lab.host.run("systemctl list-units --all --no-legend 'fails*'")).stdout).toBe("");
  });

  test("a log that goes to files", async () => {
    const definition: Definition = {
      command: ["/bin/sh", "-c", "echo out; echo err >&2; exec sleep 1000"],
      logs: { stdout: "/var/log/a b.log", stderr: "/var/log/err.log" },
    };
    await apply("logs", definition, { action: "start" });
    await lab.host.run("sleep 0.3");
    const { fields } = await run([systemd.logStep("logs", definition, 5)]);
    expect(fields.get("log")).toContain("/var/log/a b.log:\nout\n/var/log/err.log:\nerr");
    expect((await lab.host.run(systemd.logHint("logs", definition))).stdout).toContain("out");
  });

  test("removal when half of it is gone, or all", async () => {
    for (const spoil of [
      "rm /etc/systemd/system/half.service",
      "systemctl disable half",
      "rm -r /etc/pulumi-bots",
      "true",
    ]) {
      await apply(
        "half",
        { ...sleeper, environment: { A: "b" }, secretEnvironment: ["A"] },
        { startMode: "automatic", action: "start" },
      );
      await lab.host.run(`${spoil}`);
      for (let i = 0; i < 2; i++) {
        const live = await read("half");
        expect(await run(systemd.removal("half", live, lab.facts))).not.toHaveProperty("failed");
      }
      expect(await read("half")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect(
        (await lab.host.run("find /etc/systemd /etc/pulumi-bots -name '*half*' 2>/dev/null; pgrep -x half")).stdout,
      ).toBe("");
    }
  });

  test("a unit that systemd generated from an init script does not count as one", async () => {
    await lab.host.run(
      `cat >/etc/init.d/oldway; chmod 755 /etc/init.d/oldway; ln -s ../init.d/oldway /etc/rc3.d/S01oldway; systemctl daemon-reload`,
      {
        input:
          "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: oldway\n# Default-Start: 2 3 4 5\n# Default-Stop: 0 1 6\n### END INIT INFO\nexit 0\n",
      },
    );
    const live = await read("oldway");
    expect(live).toMatchObject({ installed: false, files: [], warnings: [] });
    expect(live.marker).toBeUndefined();
  });

  test("many at once, some of them unknown", async () => {
    const names = ["nothing-1", "dbus", "nothing-2", "ssh"];
    expect((await readAll(...names)).map(({ installed }) => installed)).toEqual([false, true, false, true]);
  });
});
