import { draftOf } from "../../cli/draft";
import { flags, withoutFlag, type Given } from "../../cli/flags";
import { connectionSchema } from "../../schema/connection";
import { serviceSchema } from "../../schema/service";

const poller: Given = { host: "edi1", name: "edi-poller", command: "/opt/edi/bin/poller --interval 5" };
const bots: Given = { preset: "bots-webserver", host: "edi1", "bots-bin": "/opt/bots/bin", "bots-path": "/srv/bots" };
const said = (given: Given, argv?: string[]) =>
  Object.fromEntries(draftOf(given, argv).problems.map(({ flag, message }) => [flag, message]));

describe("the flags", () => {
  test("set no secret: the command line of a process can be read by others", () => {
    expect(flags.filter(({ isSecret }) => isSecret)).toEqual([]);
    expect(flags.map(({ path }) => path.join("."))).not.toContain("connection.password");
  });

  test("each says what it is", () => {
    expect(flags.filter(({ description }) => !/^\S.*(\w|--)\)?\]?$/.test(description))).toEqual([]);
  });

  test("exist for every property of a service but those that are left out", () => {
    const covered = new Set(flags.filter(({ of }) => of === "service").map(({ path }) => path[0]));
    const missing = Object.keys(serviceSchema.shape).filter((property) => !covered.has(property));
    expect(missing.sort()).toEqual([...withoutFlag].sort());
  });

  test("exist for every variable that holds a secret of a connection", () => {
    const variables = Object.keys(connectionSchema.shape).filter((name) => name.endsWith("Env"));
    const own = flags.map(({ path }) => path.join("."));
    expect(variables.filter((name) => !own.includes(`connection.${name}`))).toEqual([]);
  });
});

describe("a service", () => {
  test("with what it needs", () => {
    const { draft, problems } = draftOf(poller);
    expect(problems).toEqual([]);
    expect(draft.service).toEqual({
      connection: { host: "edi1" },
      name: "edi-poller",
      command: ["/opt/edi/bin/poller", "--interval", "5"],
    });
  });

  test("with a command after --, which is taken as it is", () => {
    const { command: _, ...others } = poller;
    const { draft, problems } = draftOf(others, ["/opt/edi/poller", "a b", '"c"']);
    expect(problems).toEqual([]);
    expect(draft.service.command).toEqual(["/opt/edi/poller", "a b", '"c"']);
  });

  test("with properties of every type", () => {
    const { draft, problems } = draftOf({
      ...poller,
      environment: ["TZ=UTC", "OPTIONS=a=b"],
      running: "false",
      adopt: true,
      requires: ["postgresql"],
      "ready-tcp": "8080",
      "settle-seconds": "1.5",
    });
    expect(problems).toEqual([]);
    expect(draft.service).toMatchObject({
      environment: { TZ: "UTC", OPTIONS: "a=b" },
      running: false,
      adopt: true,
      requires: ["postgresql"],
      ready: { tcp: 8080 },
      settleSeconds: 1.5,
    });
  });

  test("the value of a secret variable is in none of the properties", () => {
    const { draft, problems } = draftOf({ ...poller, secret: ["TOKEN"] });
    expect([problems, draft.secrets, draft.service.environment]).toEqual([[], ["TOKEN"], undefined]);
  });
});

describe("all errors are reported at once, each at its flag", () => {
  test("nothing is set", () => {
    expect(said({})).toEqual({
      "--name": "is required",
      "--command": "is required",
      "--host": expect.stringMatching(/^is required: name the machine here/),
    });
  });

  test("wrong types, paths, words, and rules over several flags", () => {
    const wrong: Given = {
      host: "edi 1",
      name: "bots/web",
      command: "bin/poller",
      "working-directory": "srv",
      environment: ["TZ", "A B=1"],
      secret: ["pass=word"],
      restart: "allways",
      "ready-tcp": "80a",
      "ready-http": "http://localhost/",
      "connection-port": "70000",
      "bots-bin": "/opt",
    };
    expect(said(wrong)).toEqual({
      "--host": expect.stringContaining("must be a host name"),
      "--name": expect.stringContaining("may contain only letters"),
      "--command": expect.stringContaining("absolute"),
      "--working-directory": "must be an absolute path",
      "--environment TZ": "must be NAME=VALUE",
      "--environment A B": expect.stringContaining("name"),
      "--secret": expect.stringContaining("without its value"),
      "--restart": 'must be "always" or "onFailure" or "never", not "allways"; did you mean "always"?',
      "--ready-tcp": "must be a number, not text",
      "--connection-port": "must be 1 to 65535",
      "--bots-bin": "needs --preset",
    });
  });

  test("two probes", () => {
    expect(said({ ...poller, "ready-tcp": "80", "ready-http": "http://localhost/" })).toEqual({
      "--ready-tcp, --ready-http": "give exactly one of tcp, http, command",
    });
  });

  test("an argument of the command, a quote, and two commands", () => {
    expect(said({ ...poller, manager: "upstart", command: "/opt/x 'a" })).toEqual({
      "--command": "has a quote that is not closed",
    });
    expect(said(poller, ["/opt/x"])).toEqual({ "--command": expect.stringContaining("as well") });
    expect(said({ host: "edi1", name: "x" }, ["/opt/x", "a\0b"])).toEqual({
      "--command, argument 1": "must not contain a NUL character",
    });
  });

  test("a text that is no variable's name is not repeated: it may be the secret", () => {
    expect(JSON.stringify(draftOf({ ...poller, secret: ["hunter2 is it"] }).problems)).not.toContain("hunter2");
  });

  test("a secret on Windows, where every user could read it", () => {
    const windows = { "connection-type": "winrm", "connection-password-env": "P", command: "C:\\edi\\poller.exe" };
    expect(said({ ...poller, ...windows, secret: ["TOKEN"] })).toEqual({
      "--secret TOKEN": expect.stringContaining("must not be secret"),
    });
  });
});

describe("a preset", () => {
  test("gives the definition, and flags change it", () => {
    const { draft, problems } = draftOf({ ...bots, environment: ["TZ=UTC"], user: "edi", "ready-timeout": "120" });
    expect(problems).toEqual([]);
    expect(draft.service).toMatchObject({
      name: "bots-webserver",
      command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
      environment: { TZ: "UTC", PYTHONUNBUFFERED: "1" },
      runAs: { user: "edi" },
      ready: { http: { url: "http://127.0.0.1:8080/login/" }, timeoutSeconds: 120 },
    });
  });

  test("for Windows, by the connection and the paths", () => {
    const given: Given = {
      ...{ preset: "bots-webserver", host: "edi3", "connection-type": "winrm", "connection-password-env": "P" },
      ...{ "bots-bin": "C:\\Python312\\Scripts", "bots-path": "C:\\Bots", "bots-flavour": "4.x" },
    };
    const { draft, problems } = draftOf(given);
    expect(problems).toEqual([]);
    expect(draft.service).toMatchObject({
      command: ["C:\\Python312\\Scripts\\bots-webserver.exe", "-cC:\\Bots\\config"],
      stop: { timeoutSeconds: 30 },
    });
    expect(draft.service.runAs).toBeUndefined();
    const srvany = { ...given, manager: "srvany" };
    expect(draftOf(srvany).problems).toEqual([]);
    expect(draftOf(srvany).draft.service.restart).toBeUndefined();
  });

  test("another probe replaces its own", () => {
    expect(draftOf({ ...bots, "ready-tcp": "8080" }).draft.service.ready).toEqual({ tcp: 8080 });
  });

  test("of a service that exists already only names it and says when it is ready", () => {
    const { draft, problems } = draftOf({ ...bots, existing: true });
    expect(problems).toEqual([]);
    expect(Object.keys(draft.service).sort()).toEqual(["connection", "existing", "name", "ready"]);
  });

  test("errors in the installation are reported together with errors in the service", () => {
    const wrong = { preset: "bots-webserver", "bots-bin": "opt", "ready-tcp": "0" };
    expect(said(wrong)).toEqual({
      "--bots-bin": "must be an absolute path",
      "--bots-path": "is required",
      "--ready-tcp": "must be 1 to 65535",
    });
    expect(said({ preset: "bots-engine" })).toEqual({
      "--preset": expect.stringContaining("must be bots-webserver or"),
    });
  });

  test("what the daemon can't do is a note", () => {
    expect(draftOf({ ...bots, preset: "bots-dirmonitor" }).draft.notes).toEqual([
      expect.stringMatching(/^bots-jobqueueserver of classic Bots .* never runs them/),
    ]);
  });
});
