import { openrc } from "../../provider/posix/managers/openrc";
import type { Definition } from "../../model/service";
import { BOTS } from "../support/openrcScripts";

describe("what OpenRC can't do is an error at the property", () => {
  test.each<[string, object]>([
    ["command", { command: undefined }],
    ["command.0", { command: ["bots"] }],
    ["restart.policy", { restart: { policy: "onFailure" } }],
    ["restart.delaySeconds", { restart: { delaySeconds: 0.5 } }],
    ["restart.maxAttempts", { restart: { maxAttempts: 1 } }],
    ["stop.timeoutSeconds", { stop: { timeoutSeconds: 0 } }],
    ["stop.signal", { stop: { signal: "SIGRTMIN+3" } }],
    ["workingDirectory", { workingDirectory: "srv" }],
    ["runAs.user", { runAs: { user: "a:b" } }],
    ["logs.stdout", { logs: { stdout: "web.log" } }],
    ["environment.A=B", { environment: { "A=B": "1" } }],
    ["environment.UID", { environment: { UID: "1" } }],
    ["requires.1", { requires: ["a", "../b"] }],
    ["options.openrc.need.0", { options: { openrc: { need: ["a b"] } } }],
    ["options.openrc.after.0", { requires: ["a"], options: { openrc: { after: ["a"] } } }],
    ["options.systemd", { options: { systemd: { unit: { A: "b" } } } }],
  ])("%s", (path, change) => {
    const issues = openrc.validate({ ...BOTS, ...change });
    expect(issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });

  test("the settings of the Bots daemons can be done", () => {
    const definition: Definition = {
      command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
      restart: { policy: "always", delaySeconds: 5, maxAttempts: 60 },
      stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
    };
    expect(openrc.validate(definition)).toEqual([]);
  });

  test.each(["", "a b", "a/b", "-a", ".a", "a.sh", "a~", "rc", "é", "a@b"])("the name %j is refused", (name) => {
    expect(openrc.validateName(name)).toEqual(expect.any(String));
  });
  test.each(["bots-webserver", "web.1", "net.eth0", "a_b+c"])("the name %j is taken", (name) => {
    expect(openrc.validateName(name)).toBeUndefined();
  });
});

describe("what a change asks for", () => {
  test.each([
    [["command", 1], "restart"],
    [["environment", "A"], "restart"],
    [["restart", "delaySeconds"], "restart"],
    [["stop", "timeoutSeconds"], "reload"],
    [["description"], "reload"],
    [["requires", 0], "reload"],
    [["options", "openrc", "need"], "reload"],
    [["options", "openrc", "runlevel"], "enable"],
    [["startMode"], "enable"],
    [["ready", "tcp"], "none"],
  ] as const)("%j: %s", (path, consequence) => {
    expect(openrc.impact(path)).toBe(consequence);
  });
});
