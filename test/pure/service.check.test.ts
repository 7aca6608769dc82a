import { generateKeyPairSync } from "node:crypto";
import { formatPath, UNKNOWN, type Path, type Values } from "../../model/props";
import type { ProviderConfig } from "../../schema/provider";
import { lifecycle, minimal, props, recordingLog, urn } from "../support/serviceLifecycle";

const check = (values: Values, ...secrets: Path[]) =>
  Object.fromEntries(
    lifecycle()
      .check({ urn, log: recordingLog(), news: props({ ...minimal, ...values }, ...secrets) })
      .failures.map(({ path, message }) => [formatPath(path), message]),
  );

describe("promise 1: what is wrong is an error at its property, without a host", () => {
  test("the least that is right", () => expect(check({})).toEqual({}));

  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "right" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });

  test.each(["svc@corp.example.com", "DOM\\user", "1900", "Bots", "first.last", "web_1$", "münch", "1st"])(
    "a user that a host may have: %s",
    (user) => {
      expect(check({ runAs: { user, group: user } })).toEqual({});
      for (const manager of ["systemd", "lsb", "startStopDaemon", "openrc"])
        expect(check({ manager, runAs: { user } })).toEqual({});
    },
  );

  test.each(["", "-x", "a:b", "a/b", "..", " a", "a\nb", "4294967295"])("no user of any host: %j", (user) => {
    expect(check({ runAs: { user } })).toHaveProperty(["runAs.user"]);
  });

  test.each(["edi1", "10.0.0.5", "::1", "[::1]", "fe80::1%eth0", "[fe80::1%eth0]", "edi1.example.com.", "edi_1"])(
    "a machine or an address: %s",
    (host) => expect(check({ connection: { host, address: host, jump: { host } } })).toEqual({}),
  );

  test.each(["", "-x", "a/b", "a b", "[edi1", "user@edi1", ".edi1"])("no machine: %j", (host) => {
    expect(check({ connection: { host } })).toHaveProperty(["connection.host"]);
  });

  test.each<[string, Values, string, RegExp]>([
    ["a missing name", { name: undefined }, "name", /is required/],
    ["a name with a blank", { name: "bots web" }, "name", /./],
    ["a pattern for a name", { name: "bots*" }, "name", /./],
    ["a missing command", { command: undefined }, "command", /is required/],
    ["an empty command", { command: [] }, "command", /must name the program/],
    ["a relative program", { command: ["bots-webserver"] }, "command[0]", /absolute/],
    ["a program of Windows", { manager: "systemd", command: ["C:\\Bots\\python.exe"] }, "command[0]", /./],
    [
      "a program of Windows beside a folder of Linux",
      { command: ["C:\\x.exe"], workingDirectory: "/srv" },
      "workingDirectory",
      /drive/,
    ],
    [
      "a disabled service that should run",
      { manager: "nssm", command: ["C:\\x.exe"], startMode: "disabled" },
      "startMode",
      /running to false/,
    ],
    ["a folder of Windows", { workingDirectory: "C:\\Bots" }, "workingDirectory", /absolute/],
    ["a unit's name", { name: "web.service" }, "name", /without "\.service"/],
    [
      "an option of the only manager that it may come to",
      { options: { lsb: { pidFile: "C:\\web.pid" } } },
      "options.lsb.pidFile",
      /absolute/,
    ],
    ["text for a number", { settleSeconds: "5" }, "settleSeconds", /must be a number, not text: remove the quotes$/],
    ["a word for a number", { settleSeconds: "5s" }, "settleSeconds", /must be a number, not text$/],
    ["a number for an argument", { command: ["/x", 1] }, "command[1]", /must be text, not a number: put it in quotes/],
    ["text for a list", { command: "/x -a" }, "command", /must be a list, not text/],
    ["an unknown property", { enviroment: {} }, "enviroment", /did you mean "environment"/],
    [
      "an unknown property inside",
      { restart: { dealySeconds: 1 } },
      "restart.dealySeconds",
      /did you mean "delaySeconds"/,
    ],
    ["an unknown word", { restart: { policy: "allways" } }, "restart.policy", /did you mean "always"/],
    ["a name that can't be a variable's", { environment: { "A=B": "x" } }, 'environment["A=B"]', /./],
    ["a NUL in a value", { environment: { A: "x\0" } }, "environment.A", /NUL/],
    ["a line break in a description", { description: "a\nb" }, "description", /one line/],
    ["a port out of range", { ready: { tcp: 70000 } }, "ready.tcp", /1 to 65535/],
    ["two probes", { ready: { tcp: 1, command: ["/x"] } }, "ready", /exactly one/],
    [
      "a URL with a password",
      { ready: { http: { url: "http://a:b@localhost/" } } },
      "ready.http.url",
      /user or a password/,
    ],
    ["no URL", { ready: { http: { url: "localhost" } } }, "ready.http.url", /http or https URL/],
    ["a umask that is none", { umask: "99" }, "umask", /octal/],
    ["a relative folder", { workingDirectory: "srv" }, "workingDirectory", /absolute/],
    ["a signal that is none", { stop: { signal: "TERM" } }, "stop.signal", /SIGTERM/],
    ["a negative time", { settleSeconds: -1 }, "settleSeconds", /negative/],
    ["a reload that there is not", { whenChanged: "reload" }, "whenChanged", /needs reload/],
    ["a service that requires itself", { name: "web", requires: ["db", "web"] }, "requires[1]", /service itself/],
    ["another word for running", { running: "yes" }, "running", /"unmanaged"/],
    ["a host that is none", { connection: { host: "a/b" } }, "connection.host", /host name/],
    [
      "a login port as text",
      { connection: { host: "a", port: "22" } },
      "connection.port",
      /must be a number, not text/,
    ],
    [
      "a key that is none",
      { connection: { host: "a", privateKey: "x" } },
      "connection.privateKey",
      /not a private key/,
    ],
    ["a key without its passphrase", { connection: { host: "a", privateKey } }, "connection.passphrase", /is required/],
    [
      "a wrong passphrase",
      { connection: { host: "a", privateKey, passphrase: "wrong" } },
      "connection.passphrase",
      /does not decrypt/,
    ],
    [
      "a host key that is none",
      { connection: { host: "a", hostKey: "SHA256:x" } },
      "connection.hostKey",
      /ssh-ed25519/,
    ],
    [
      "a login for the machine itself",
      { connection: { host: "a", type: "local", port: 22 } },
      "connection.port",
      /is not used with type "local"/,
    ],
    [
      "a directive that we set",
      { options: { systemd: { service: { User: "x" } } }, runAs: { user: "y" } },
      "options.systemd.service.User",
      /./,
    ],
  ])("%s", (_, values, property, message) => {
    const failures = check(values);
    expect(Object.keys(failures)).toEqual([property]);
    expect(failures[property]).toMatch(message);
  });

  test("all at once", () => {
    const failures = check({
      manager: "lsb",
      name: "a b",
      command: ["x"],
      umask: "9",
      restart: { policy: "no" },
      foo: 1,
    });
    expect(Object.keys(failures).sort()).toEqual(["command[0]", "foo", "name", "restart.policy", "umask"]);
  });

  test("no host anywhere", () => {
    expect(check({ connection: undefined })["connection.host"]).toMatch(/is required/);
    const request = { urn, log: recordingLog(), news: props({ ...minimal, connection: undefined }) };
    expect(lifecycle({ connection: { host: "edi1" } }).check(request).failures).toEqual([]);
  });

  test("a secret where everybody can read it", () => {
    expect(check({}, ["command", 0])["command[0]"]).toMatch(/every user of the host could read it/);
    expect(check({ environment: { A: "x" } }, ["environment", "A"])).toEqual({});
  });

  test("unknown values count as valid, the others are checked", () => {
    const values = {
      name: UNKNOWN,
      command: [UNKNOWN, "a"],
      environment: { A: UNKNOWN, "B=": "x" },
      ready: { tcp: UNKNOWN },
      requires: [UNKNOWN],
    };
    expect(Object.keys(check(values))).toEqual(['environment["B="]']);
    expect(check({ connection: UNKNOWN })).toEqual({});
  });
});

describe("a connection is checked with what it inherits", () => {
  const check = (config: ProviderConfig, connection: Values) =>
    lifecycle(config)
      .check({ urn, log: recordingLog(), news: props({ ...minimal, connection }) })
      .failures.filter(({ path }) => path[0] === "connection")
      .map(({ path, message }) => `${formatPath(path)}: ${message}`);
  const password = { connection: { passwordEnv: "EDI_PASSWORD" } };

  test("what is missing may stand in the provider's configuration", () => {
    expect(check({}, { host: "edi3", type: "winrm" })).toEqual([
      "connection.password: is required for WinRM: set password or passwordEnv",
    ]);
    expect(check(password, { host: "edi3", type: "winrm" })).toEqual([]);
    expect(check({ hosts: { edi3: { type: "winrm", ...password.connection } } }, { host: "edi3" })).toEqual([]);
    expect(check({}, { host: UNKNOWN, type: "winrm" })).toEqual([]);
    expect(check({}, { host: "edi3", type: "winrm", password: UNKNOWN })).toEqual([]);
  });

  test("and what does not fit may, too", () => {
    const config = { connection: { type: "winrm" as const, ...password.connection } };
    expect(check(config, { host: "edi3", privateKeyFile: "~/.ssh/id" })).toEqual([
      'connection.privateKeyFile: is not used with type "winrm": remove it',
    ]);
    expect(check(config, { host: "edi3", authentication: "basic", port: UNKNOWN })).toEqual([]);
    expect(check(config, { host: "edi3", authentication: "basic" })).toEqual([
      expect.stringMatching(/^connection\.authentication: Basic sends the password in clear text/),
    ]);
    expect(check({}, { host: "edi3", type: "winrm", authentication: "kerberos" })[0]).toMatch(
      'connection.authentication: must be "ntlm" or "basic", not "kerberos"',
    );
  });
});

test("promise 9: what is secret in a connection becomes so, also where the user did not say it", () => {
  const connection = {
    host: "a",
    password: "p",
    become: { method: "sudo", password: "q" },
    jump: { host: "b", password: "r" },
  };
  const { inputs } = lifecycle().check({ urn, log: recordingLog(), news: props({ ...minimal, connection }) });
  expect([...inputs.secrets].map(formatPath).sort()).toEqual([
    "connection.become.password",
    "connection.jump.password",
    "connection.password",
  ]);
});

test("the reason of a hold is in every preview", () => {
  const log = recordingLog();
  lifecycle().check({ urn, log, news: props({ ...minimal, hold: "restore from backup" }) });
  expect(log.lines).toEqual(["web is on hold, neither started nor stopped: restore from backup"]);
});
