import type { Definition } from "../../model/service";
import { systemd } from "../../provider/posix/managers/systemd";

describe("supports", () => {
  const ok = { command: ["/bin/a"] };

  test.each<[Definition, string]>([
    [{}, "command"],
    [{ command: [] }, "command"],
    [{ command: ["a"] }, "command.0"],
    [{ command: ["/a/../b"] }, "command.0"],
    [{ command: ["/a$b"] }, "command.0"],
    [{ command: ['/a"b'] }, "command.0"],
    [{ command: ["/bin/"] }, "command.0"],
    [{ command: ["/bin/a", "\0"] }, "command.1"],
    [{ command: ["/bin/a", "\ud800"] }, "command.1"],
    [{ ...ok, description: "a\nb" }, "description"],
    [{ ...ok, description: "" }, "description"],
    [{ ...ok, description: " a" }, "description"],
    [{ ...ok, description: "a\\" }, "description"],
    [{ ...ok, displayName: "a\rb" }, "displayName"],
    [{ ...ok, workingDirectory: "srv" }, "workingDirectory"],
    [{ ...ok, workingDirectory: "/srv/.." }, "workingDirectory"],
    [{ ...ok, umask: "0888" }, "umask"],
    [{ ...ok, environment: { "A=B": "1" } }, "environment.A=B"],
    [{ ...ok, environment: { A: "\0" } }, "environment.A"],
    [{ ...ok, runAs: { user: "-a" } }, "runAs.user"],
    [{ ...ok, runAs: { group: "a:b" } }, "runAs.group"],
    [{ ...ok, restart: { delaySeconds: -1 } }, "restart.delaySeconds"],
    [{ ...ok, restart: { maxAttempts: 1.5 } }, "restart.maxAttempts"],
    [{ ...ok, stop: { timeoutSeconds: 0 } }, "stop.timeoutSeconds"],
    [{ ...ok, stop: { signal: "SIGNIX" } }, "stop.signal"],
    [{ ...ok, reload: { signal: "SIGHUP", command: ["/bin/a"] } }, "reload"],
    [{ ...ok, reload: { command: ["a"] } }, "reload.command.0"],
    [{ ...ok, requires: ["a", "b c"] }, "requires.1"],
    [{ ...ok, logs: { stdout: "x.log" } }, "logs.stdout"],
    [{ ...ok, options: { systemd: { service: { ExecStart: "/bin/b" } } } }, "options.systemd.service.ExecStart"],
    [{ ...ok, runAs: { user: "a" }, options: { systemd: { service: { User: "b" } } } }, "options.systemd.service.User"],
    [
      { ...ok, environment: { A: "1" }, options: { systemd: { service: { Environment: "A=%h" } } } },
      "options.systemd.service.Environment",
    ],
    [{ ...ok, options: { systemd: { unit: { "A B": "x" } } } }, "options.systemd.unit.A B"],
    [{ ...ok, options: { systemd: { unit: { A: "x\ny" } } } }, "options.systemd.unit.A"],
    [{ ...ok, options: { systemd: { unit: { A: ["x", "y\\"] } } } }, "options.systemd.unit.A.1"],
  ])("%j is refused at %s", (definition, path) => {
    expect(systemd.validate(definition).map((issue) => issue.path.join("."))).toEqual([path]);
  });

  test.each<Definition>([
    { options: { systemd: { service: { ExecStart: "-/bin/a $X" } } } },
    { ...ok, description: "tab\tand \\ %%", runAs: { user: "DOMAIN\\domain users", group: "1000" } },
    { ...ok, environment: { _A1: "\n\t\x07 é" }, stop: { signal: "TERM" }, umask: "027" },
  ])("%j is fine", (definition) => {
    expect(systemd.validate(definition)).toEqual([]);
  });

  test.each([
    ["web", true],
    ["bots@1", true],
    ["", false],
    ["a b", false],
    ["a*", false],
    ["-a", false],
    [".a", false],
    ["a@", false],
    ["a/b", false],
    ["web.service", false],
    ["a".repeat(247), true],
    ["a".repeat(248), false],
  ])("name %s", (name, good) => {
    expect(systemd.validateName(name) === undefined).toBe(good);
  });
});
