import { describeOver } from "./support/world";

// What a real Windows host may do in another way than the lab's: a run against such a host begins here.
describeOver(["WinRM"], "what differs first between Windows and the lab", (host) => {
  test("sc.exe: the exit codes by which the provider decides", async () => {
    const world = host();
    const web = world.service("codes");
    const code = async (line: string) => (await world.host.run(`sc.exe ${line}`)).code;
    expect([await code("query codes"), await code("stop codes"), await code("delete codes")]).toEqual([
      1060, 1060, 1060,
    ]);
    await web.up(web.program());
    expect([await code("start codes"), await code('create codes binPath= "C:\\x.exe"')]).toEqual([1056, 1073]);
    await web.up(web.program({ running: false }));
    expect([await code("stop codes"), await code("query codes")]).toEqual([1062, 0]);
    await web.destroy();
    expect(await code("query codes")).toBe(1060);
  });

  test("long values: a variable of 6,000 characters, arguments of 6,000, a description of 900", async () => {
    const world = host();
    const web = world.service("long");
    const environment = { LONG: "a b^&".repeat(1200) };
    const args = Array.from({ length: 60 }, (_, i) => `${i}-${"x".repeat(97)}`);
    await web.up(web.program({ environment, arguments: args, description: "long ".repeat(180).trim() }));
    const started = await web.started();
    expect([started.arguments.slice(2), started.environment["LONG"]]).toEqual([args, environment.LONG]);
    expect(await web.refresh()).toEqual([]);
  });

  test("two operations on one service at the same time: one after the other, and nothing of ours remains", async () => {
    const world = host();
    const one = world.service("twice");
    await one.up(one.program());
    const two = world.service("twice", world.lifecycle());
    two.state = one.state;
    await Promise.all([one.up(one.program({ description: "one" })), two.up(two.program({ description: "two" }))]);
    expect(["one", "two"]).toContain(await one.value("Description"));
    expect([await one.scmState(), await world.ours()]).toEqual(["RUNNING", []]);
  });
});
