import { describeOver } from "./support/world";

describeOver(["WinRM", "SSH and cmd"], "the life of a service under NSSM", (host) => {
  test("it runs as its program says, and the next up and a refresh change nothing", async () => {
    const world = host();
    const web = world.service("made");
    const args = ["two words", "", 'a "quoted" one', "back\\slash\\", "%PATH%", "a&b|c<d>e^f", "ünï 日本"];
    const program = web.program({
      arguments: args,
      displayName: "Ünï Webserver",
      description: 'serves "everything" & more, 100 %',
      workingDirectory: "C:\\trial",
      environment: { GREETING: "hello  world", PERCENT: "100 % of it", QUOTE: 'a "b"' },
      logs: { stdout: "C:\\trial\\made.log" },
      stop: { timeoutSeconds: 5 },
      restart: { policy: "onFailure", delaySeconds: 2 },
    });
    await web.up(program);
    expect(web.outputs).toMatchObject({
      ...{ status: "running", running: true, manager: "nssm", unmapped: [], restartPending: false },
      ...{ startMode: "automatic", machineId: world.host.machineId },
    });
    const started = await web.started();
    expect(started.arguments).toEqual(["--record", web.record, ...args]);
    expect(started.folder).toBe("C:\\trial");
    expect(started.environment).toMatchObject({ GREETING: "hello  world", PERCENT: "100 % of it", QUOTE: 'a "b"' });
    expect(await web.scmState()).toBe("RUNNING");
    const pid = web.outputs["pid"];
    expect([await web.refresh(), await web.refresh(), web.outputs["pid"]]).toEqual([[], [], pid]);
    expect((await web.up(program)).did).toBe("same");
    expect(await world.ours()).toEqual([]);
  });

  test("a change of a text restarts nothing, one of the program does, and the start mode is set", async () => {
    const world = host();
    const web = world.service("changed");
    await web.up(web.program());
    const pid = web.outputs["pid"];
    await web.up(web.program({ description: "said", startMode: "delayed" }));
    expect([web.outputs["pid"], await web.value("Start"), await web.value("DelayedAutostart")]).toEqual([
      pid,
      "0x2",
      "0x1",
    ]);
    await web.up(web.program({ description: "said", startMode: "manual", arguments: ["more"] }));
    expect(web.outputs["pid"]).not.toBe(pid);
    expect([(await web.started()).arguments.at(-1), await web.value("Start")]).toEqual(["more", "0x3"]);
    expect(await web.refresh()).toEqual([]);
    await web.up(web.program({ startMode: "disabled", running: false, arguments: ["more"] }));
    expect([await web.scmState(), await web.value("Start"), await web.refresh()]).toEqual(["STOPPED", "0x4", []]);
    await web.up(web.program({ arguments: ["more"] }));
    expect([await web.scmState(), await web.value("Start"), await web.refresh()]).toEqual(["RUNNING", "0x2", []]);
  });

  test("promise 6: a destroy leaves nothing behind, and a second one is a success", async () => {
    const world = host();
    const web = world.service("gone");
    await web.up(web.program({ arguments: ["--ignore-ctrl"], stop: { timeoutSeconds: 1 } }));
    const state = web.state;
    await web.destroy();
    expect([await web.scmState(), await web.value("ImagePath"), await world.ours()]).toEqual([
      undefined,
      undefined,
      [],
    ]);
    web.state = state;
    await web.destroy();
    web.state = state;
    expect(await web.refresh()).toBe("gone");
  });

  test("logs go to a file, and the last lines stand in the error of a failed start", async () => {
    const world = host();
    const web = world.service("dying");
    const dies = {
      arguments: ["--out", "hello", "--err", "the last words", "--exit", "3"],
      logs: { stdout: "C:\\trial\\dying.log" },
    };
    const said = await web.failure(web.program(dies));
    expect(said).toContain("the last words");
    expect(said).toMatch(/did not stay up|keeps restarting/);
    expect(await world.host.read("C:\\trial\\dying.log")).toContain("hello");
    expect([web.outputs["running"], await web.scmState()]).toEqual([false, "STOPPED"]);
    await web.up(web.program());
    expect([await web.refresh(), await web.scmState()]).toEqual([[], "RUNNING"]);
  });

  test("promise 4: an update that does not come up is rolled back, and the former definition runs again", async () => {
    const world = host();
    const web = world.service("rolling");
    const good = web.program({ arguments: ["good"], description: "good" });
    await web.up(good);
    const said = await web.failure(web.program({ arguments: ["--exit", "1"], description: "bad" }));
    expect(said).toContain("Rolled back: the previous definition runs again.");
    expect((await web.started()).arguments.at(-1)).toBe("good");
    expect([await web.value("Description"), await web.refresh(), await world.ours()]).toEqual(["good", [], []]);
    expect((await web.up(good)).did).toBe("same");
  });

  test("what the host lacks is an error at its property, and nothing is made", async () => {
    const world = host();
    const web = world.service("lacking");
    const lacks = {
      command: ["C:\\no\\program.exe"],
      workingDirectory: "C:\\no such",
      logs: { stdout: "C:\\no\\log" },
    };
    const said = await web.failure(web.program(lacks));
    for (const property of ["command[0]", "workingDirectory", "logs.stdout"]) expect(said).toContain(`${property}: `);
    expect(await web.scmState()).toBeUndefined();
    expect(await world.exists("C:\\no")).toBe(false);
  });

  test("ready: its own process listens on the port, and a stranger there does not count", async () => {
    const world = host();
    const port = world.host.freePort;
    const web = world.service("listening");
    await web.up(web.program({ arguments: ["--listen", String(port)], ready: { tcp: port } }));
    expect(await web.refresh()).toEqual([]);
    const late = world.service("late");
    const said = await late.failure(late.program({ ready: { tcp: port, timeoutSeconds: 2 } }));
    expect(said).toContain(`port ${port} is held by another program: pid ${String(web.outputs["pid"])}`);
  });

  test("ready: a command knows the processes of the service, and its output is in the error", async () => {
    const world = host();
    const web = world.service("asked");
    const ready = (code: number) => ({
      ready: {
        command: ["C:\\windows\\system32\\cmd.exe", "/d", "/c", `echo pids %SERVICE_PIDS% & exit ${code}`],
        timeoutSeconds: 1,
      },
    });
    await web.up(web.program(ready(0)));
    const said = await web.failure(web.program({ ...ready(7), arguments: ["changed"] }));
    expect(said).toMatch(/its ready command failed \(exit code 7\): pids \d+/);
  });
});
