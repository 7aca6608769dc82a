import type { Values } from "../../model/props";
import { ConfigurationError, serversOf } from "../../stacks/configuration";
import { serverSchema } from "../../schema/server";

/** A server with about everything in it. */
const whole = (): Values => ({
  connection: {
    type: "ssh",
    host: "edi1",
    address: "edi1.example.com",
    port: 22,
    user: "deploy",
    privateKeyFile: "~/.ssh/id_ed25519",
    become: { method: "sudo" },
    jump: { host: "bastion" },
  },
  bots: { existing: true, bin: "/opt/bots/bin", suffix: ".py", flavour: "4.x" },
  environment: {
    path: "/srv/bots",
    config: "/etc/bots/config",
    name: "prod",
    web: { port: 8080 },
    queue: { port: 28082 },
  },
  daemons: { webserver: { name: "bots-web", ready: { timeoutSeconds: 5 } }, jobQueue: true, dirMonitor: false },
  runAs: { user: "bots" },
});

/** What is said of a configuration, line by line, without the head. */
function said(settings: Values): string[] {
  try {
    serversOf(settings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).toMatch(/^The stack configuration is invalid:\n {2}/);
    return error.message.split("\n  ").slice(1);
  }
  return [];
}

/** The server with one value set; `undefined` takes it out. */
function withValue(path: string, value: unknown): Values {
  const server = whole();
  const keys = path.split(".");
  const last = keys.pop()!;
  let at: Values = server;
  for (const key of keys) at = (at[key] ??= {}) as Values;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return server;
}

test("what is right is taken, whole", () => {
  expect(serversOf({ servers: { edi1: whole() } })).toEqual({ edi1: whole() });
  expect(serversOf({ servers: {} })).toEqual({});
});

const number = "must be a number, not text";
const text = (given: string) =>
  /^a |^an /.test(given)
    ? `must be text, not ${given}`
    : `must be text, not ${/\d/.test(given) ? "a number" : given}: put it in quotes`;
const empty = "must not be empty";
const object = (given: string) => `must be an object, not ${given}`;
const bool = "must be true or false, not text";
const folder = "must be an absolute path";

/** A mistake in each property. Those of a login and of a daemon stand for all that have the same shape. */
const mistakes: [path: string, value: unknown, message: string][] = [
  ["connection", "edi1", object("text")],
  ["connection.type", "shh", 'must be "ssh" or "local", not "shh"; did you mean "ssh"?'],
  ["connection.host", "edi 1", "must be a host name or an address, such as edi1, 10.0.0.5 or ::1"],
  ["connection.address", "edi1/", "must be a host name or an address, such as edi1, 10.0.0.5 or ::1"],
  ["connection.port", "22", number],
  ["connection.user", 0, text("0")],
  ["connection.privateKey", "", empty],
  ["connection.privateKeyFile", ["a"], text("a list")],
  ["connection.passphrase", true, text("true")],
  ["connection.passphraseEnv", "", empty],
  ["connection.password", 4711, text("4711")],
  ["connection.passwordEnv", "", empty],
  ["connection.agentSocket", "", empty],
  ["connection.hostKey", "", empty],
  ["connection.knownHosts", "", empty],
  ["connection.knownHostsFile", "", empty],
  ["connection.legacyAlgorithms", "yes", bool],
  ["connection.connectTimeoutSeconds", 0, "must be at least 1"],
  ["connection.suspended", true, text("true")],
  ["connection.become", true, object("true")],
  ["connection.become.method", "su", 'must be "sudo" or "none", not "su"; did you mean "sudo"?'],
  ["connection.become.user", "", empty],
  ["connection.become.password", "", empty],
  ["connection.become.passwordEnv", "", empty],
  ["connection.jump", "bastion", object("text")],
  ["connection.jump.host", undefined, "is required"],
  ["connection.jump.port", 0, "must be 1 to 65535"],
  ["bots", undefined, "is required"],
  ["bots.existing", false, "must be true: Bots has to be on the host already, installing it is not built yet"],
  ["bots.bin", "opt/bots/bin", folder],
  ["bots.suffix", "py", 'must be ".py", not "py"; did you mean ".py"?'],
  ["bots.flavour", "clasic", 'must be "classic" or "4.x", not "clasic"; did you mean "classic"?'],
  ["environment", undefined, "is required"],
  ["environment.path", "~/bots", folder],
  ["environment.config", true, "must be an absolute path or false"],
  ["environment.name", "a b", 'may hold letters, digits, "_" and "-" only'],
  ["environment.web", 8080, object("a number")],
  ["environment.web.port", 65536, "must be 1 to 65535"],
  ["environment.web.tls", "yes", bool],
  ["environment.queue", 28082, object("a number")],
  ["environment.queue.port", 28082.5, "must be a whole number, not a fraction"],
  ["daemons", ["webserver"], object("a list")],
  ["daemons.webserver", "on", "must be true, false or an object"],
  ["daemons.jobQueue", 1, "must be true, false or an object"],
  ["daemons.dirMonitor", "true", "must be true, false or an object"],
  ["daemons.webserver.name", "", empty],
  ["daemons.webserver.displayName", "", empty],
  ["daemons.webserver.description", "a\nb", "must be one line without control characters"],
  ["daemons.webserver.command", "/usr/bin/bots-webserver", "must be a list, not text"],
  ["daemons.webserver.workingDirectory", "srv", folder],
  ["daemons.webserver.umask", 27, text("27")],
  ["daemons.webserver.environment", ["A=1"], object("a list")],
  ["daemons.webserver.runAs", "bots", object("text")],
  ["daemons.webserver.runAs.user", "a:b", "must be a user or group name, or a numeric id"],
  ["daemons.webserver.runAs.group", "", empty],
  ["daemons.webserver.startMode", "auto", 'must be "automatic" or "manual", not "auto"'],
  ["daemons.webserver.running", "yes", 'must be true, false or "unmanaged"'],
  ["daemons.webserver.hold", true, text("true")],
  ["daemons.webserver.restart", "always", object("text")],
  [
    "daemons.webserver.restart.policy",
    "allways",
    'must be "always" or "onFailure" or "never", not "allways"; did you mean "always"?',
  ],
  ["daemons.webserver.restart.delaySeconds", -1, "must not be negative"],
  ["daemons.webserver.restart.maxAttempts", 1.5, "must be a whole number, not a fraction"],
  ["daemons.webserver.stop", 30, object("a number")],
  ["daemons.webserver.stop.signal", "TERM", "must be a signal name, such as SIGTERM"],
  ["daemons.webserver.stop.timeoutSeconds", "30", number],
  ["daemons.webserver.stop.mode", "all", 'must be "mixed" or "process" or "group", not "all"'],
  ["daemons.webserver.reload", { signal: "SIGHUP", command: ["/bin/x"] }, "give either signal or command"],
  ["daemons.webserver.reload.signal", "HUP", "must be a signal name, such as SIGTERM"],
  ["daemons.webserver.reload.command", [], "must name the program"],
  ["daemons.webserver.requires", "queue", "must be a list, not text"],
  ["daemons.webserver.logs", "/var/log", object("text")],
  ["daemons.webserver.logs.stdout", "", empty],
  ["daemons.webserver.logs.stderr", "", empty],
  ["daemons.webserver.ready", true, "must be an object or false"],
  ["daemons.webserver.ready.tcp", "8080", number],
  ["daemons.webserver.ready.http", "http://localhost/", object("text")],
  ["daemons.webserver.ready.http.url", "localhost:8080", "must be an http or https URL"],
  ["daemons.webserver.ready.http.status", "200", number],
  ["daemons.webserver.ready.http.headers", "Server", object("text")],
  ["daemons.webserver.ready.command", "true", "must be a list, not text"],
  ["daemons.webserver.ready.readOnly", "yes", bool],
  ["daemons.webserver.ready.timeoutSeconds", "60", number],
  ["daemons.webserver.settleSeconds", "3", number],
  ["daemons.webserver.triggers", "abc", object("text")],
  [
    "daemons.webserver.whenChanged",
    "restarts",
    'must be "restart" or "reload" or "defer", not "restarts"; did you mean "restart"?',
  ],
  [
    "daemons.webserver.manager",
    "nssm",
    'must be "auto" or "systemd" or "lsb" or "startStopDaemon" or "upstart" or "openrc", not "nssm"',
  ],
  ["daemons.webserver.options", [], object("a list")],
  ["daemons.webserver.options.systemd", "x", object("text")],
  ["daemons.webserver.options.systemd.unit", "x", object("text")],
  ["daemons.webserver.options.systemd.service", "x", object("text")],
  ["daemons.webserver.options.systemd.install", "x", object("text")],
  ["daemons.webserver.options.lsb", "x", object("text")],
  ["daemons.webserver.options.lsb.pidFile", "web.pid", folder],
  ["daemons.webserver.options.lsb.runlevels", [2, 2], "must not name a run level twice"],
  ["daemons.webserver.options.lsb.requiredStart", "$network", "must be a list, not text"],
  ["daemons.webserver.options.lsb.requiredStop", "$network", "must be a list, not text"],
  ["daemons.webserver.options.startStopDaemon", "x", object("text")],
  ["daemons.webserver.options.startStopDaemon.pidFile", "web.pid", folder],
  ["daemons.webserver.options.startStopDaemon.runlevels", [], "must name a run level"],
  ["daemons.webserver.options.startStopDaemon.requiredStart", true, "must be a list, not true"],
  ["daemons.webserver.options.startStopDaemon.requiredStop", true, "must be a list, not true"],
  ["daemons.webserver.options.upstart", "x", object("text")],
  ["daemons.webserver.options.upstart.author", "", empty],
  ["daemons.webserver.options.upstart.startOn", ["runlevel 2"], text("a list")],
  ["daemons.webserver.options.upstart.stopOn", "", empty],
  ["daemons.webserver.options.openrc", "x", object("text")],
  ["daemons.webserver.options.openrc.runlevel", "a b", "must be the name of a run level"],
  ["daemons.webserver.options.openrc.need", "net", "must be a list, not text"],
  ["daemons.webserver.options.openrc.use", "dns", "must be a list, not text"],
  ["daemons.webserver.options.openrc.after", "queue", "must be a list, not text"],
  ["daemons.webserver.adopt", "yes", bool],
  ["daemons.webserver.existing", "yes", bool],
  [
    "daemons.webserver.onFailedUpdate",
    "rolback",
    'must be "rollback" or "keep", not "rolback"; did you mean "rollback"?',
  ],
  ["runAs", "bots", object("text")],
  ["runAs.user", "", empty],
  ["runAs.group", 0, text("0")],
  ["umask", "27", 'must be three or four octal digits, such as "0027"'],
  ["triggers", 1, object("a number")],
  ["hold", "", empty],
  ["adopt", 1, "must be true or false, not a number"],
  ["suspended", true, text("true")],
];

describe("a mistake in each property is said at its key", () => {
  test.each(mistakes)("%s", (path, value, message) => {
    expect(said({ servers: { edi1: withValue(path, value) } })).toContain(`edi:servers.edi1.${path}: ${message}`);
  });

  test("no property has been forgotten", () => {
    const tried = new Set(mistakes.map(([path]) => path));
    // Those of a jump host are those of a login; those of the other daemons are those of the web server.
    const same = /^connection\.jump\.|^daemons\.(jobQueue|dirMonitor)\./;
    const forgotten = propertiesOf(serverSchema).filter((path) => !tried.has(path) && !same.test(path));
    expect(forgotten).toEqual([]);
  });
});

/** The paths of all properties that a schema has. */
function propertiesOf(schema: unknown, path = ""): string[] {
  const { def } = schema as { def: { innerType?: unknown; options?: unknown[]; shape?: Record<string, unknown> } };
  if (def.innerType) return propertiesOf(def.innerType, path);
  const options = def.options?.flatMap((option) => propertiesOf(option, path)) ?? [];
  const properties = Object.entries(def.shape ?? {}).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [at, ...propertiesOf(value, at)];
  });
  return [...options, ...properties];
}

test("all mistakes are said in one go, with what was meant", () => {
  const one = withValue("connection.prot", 22);
  const two = {
    ...withValue("environment.web.prot", 80),
    daemon: {},
    bots: { existing: true, bin: "bin", package: "x" },
  };
  expect(said({ servers: { edi1: one, "edi2.example.com": two }, default: {}, defaults: { runas: {} } })).toEqual([
    'edi:default: is not a property; did you mean "defaults"?',
    'edi:defaults.runas: is not a property; did you mean "runAs"?',
    'edi:servers.edi1.connection.prot: is not a property; did you mean "port"?',
    'edi:servers["edi2.example.com"].bots.bin: must be an absolute path',
    'edi:servers["edi2.example.com"].bots.package: is not a property',
    'edi:servers["edi2.example.com"].environment.web.prot: is not a property; did you mean "port"?',
    'edi:servers["edi2.example.com"].daemon: is not a property; did you mean "daemons"?',
    'edi:servers["edi2.example.com"].environment.name: is for Bots 4.x (bots.flavour: "4.x"): with BOTSENV set, classic Bots would look for its data in another folder',
  ]);
});

test("the whole configuration may be of a wrong kind", () => {
  expect(said({})).toEqual(["edi:servers: is required"]);
  expect(said({ servers: "edi1" })).toEqual(["edi:servers: must be an object, not text"]);
  expect(said({ servers: ["edi1"] })).toEqual(["edi:servers: must be an object, not a list"]);
  expect(said({ servers: { edi1: null } })).toEqual(["edi:servers.edi1: must be an object, not null"]);
  expect(said({ servers: { "edi 1": whole() } })).toEqual([
    'edi:servers["edi 1"]: must be named as a machine is, such as edi1: letters, digits, "." "-" "_"',
  ]);
});

describe("defaults", () => {
  const one = (defaults: Values, server: Values) => serversOf({ servers: { edi1: server }, defaults }).edi1;
  const { bots, environment } = whole();

  test("hold for what a server does not say; objects are merged", () => {
    const defaults = { bots, environment, connection: { user: "deploy", become: { method: "sudo" } }, adopt: true };
    const server = { connection: { user: "root" }, environment: { web: { port: 8081 } }, adopt: false };
    expect(one(defaults, server)).toEqual({
      bots,
      environment: { ...(environment as Values), web: { port: 8081 } },
      connection: { user: "root", become: { method: "sudo" } },
      adopt: false,
    });
  });

  test("another way to say the same takes the place of the default's", () => {
    const connection = { privateKeyFile: "~/.ssh/id", hostKey: "ssh-ed25519 AAAA" };
    const server = { bots, environment, connection: { privateKey: "KEY", knownHosts: "x ssh-ed25519 AAAA" } };
    expect(one({ connection }, server)?.connection).toEqual(server.connection);
    const ready = one(
      {
        bots,
        environment,
        daemons: { webserver: { ready: { http: { url: "http://localhost/" }, timeoutSeconds: 5 } } },
      },
      { daemons: { webserver: { ready: { tcp: 8080 } } } },
    )?.daemons;
    expect(ready).toEqual({ webserver: { ready: { tcp: 8080, timeoutSeconds: 5 } } });
  });

  test("lists are replaced; a daemon that is true is on as the defaults have it, one that is false is off", () => {
    const daemons = { webserver: { requires: ["a"] }, jobQueue: { name: "queue" }, dirMonitor: { name: "monitor" } };
    const own = { webserver: { requires: ["b"] }, jobQueue: true, dirMonitor: false };
    expect(one({ bots, environment, daemons }, { daemons: own })?.daemons).toEqual({
      webserver: { requires: ["b"] },
      jobQueue: { name: "queue" },
      dirMonitor: false,
    });
  });

  test("a mistake in them is said once, where it stands, whether or not there are servers", () => {
    const defaults = { connection: { port: "22", host: "edi1" }, environment: { web: { port: 0 } } };
    const wanted = [
      "edi:defaults.connection.port: must be a number, not text",
      "edi:defaults.environment.web.port: must be 1 to 65535",
      "edi:defaults.connection.host: must not be in the defaults, because it identifies one machine",
    ];
    expect(said({ servers: {}, defaults })).toEqual(wanted);
    const { connection: _, ...server } = whole();
    expect(said({ servers: { a: server, b: { ...server, environment: { path: "/srv/bots" } } }, defaults })).toEqual(
      wanted,
    );
  });
});

describe("two servers", () => {
  const server = (more: Values = {}) => ({ bots: { existing: true, bin: "/b" }, environment: { path: "/e" }, ...more });

  test("of one machine must differ in the names of services and in ports", () => {
    const connection = { host: "edi1" };
    const second = { environment: { path: "/e2", web: { port: 8081 } }, daemons: { webserver: { name: "web2" } } };
    expect(said({ servers: { one: server({ connection }), two: server({ connection, ...second }) } })).toEqual([]);
    expect(said({ servers: { one: server({ connection }), two: server({ connection }) } })).toEqual([
      "edi:servers.two.daemons.webserver.name: the service bots-webserver on edi1 is already used by one",
      "edi:servers.two.environment.web.port: port 8080 on edi1 is already used by one",
    ]);
  });

  test("that are reached the same way are one machine: an entry that was copied and half edited", () => {
    const servers = {
      edi1: server({ connection: { address: "10.0.0.5" } }),
      edi2: server({ connection: { address: "10.0.0.5" } }),
    };
    expect(said({ servers })[0]).toBe(
      "edi:servers.edi2.daemons.webserver.name: the service bots-webserver on 10.0.0.5:22 is already used by edi1",
    );
    const behind = { address: "127.0.0.1", port: 2201 };
    expect(
      said({ servers: { a: server({ connection: behind }), b: server({ connection: { ...behind, port: 2202 } }) } }),
    ).toEqual([]);
  });
});
