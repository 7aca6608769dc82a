import type { Values } from "../../model/props";
import { serversOf } from "../../stacks/configuration";
import { said, whole, withValue } from "../support/stackConfiguration";

test("a valid configuration is accepted unchanged", () => {
  expect(serversOf({ servers: { edi1: whole() } })).toEqual({ edi1: whole() });
  expect(serversOf({ servers: {} })).toEqual({});
});

test("all mistakes are reported at once, with what was meant", () => {
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
    'edi:servers["edi 1"]: must be a machine name, such as edi1: letters, digits, ".", "-" and "_"',
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

  test("a mistake in them is reported once, at its key, with and without servers", () => {
    const defaults = { connection: { port: "22", host: "edi1" }, environment: { web: { port: 0 } } };
    const wanted = [
      "edi:defaults.connection.port: must be a number, not text: remove the quotes",
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
      "edi:servers.edi2.daemons.webserver.name: the service bots-webserver on 10.0.0.5 is already used by edi1",
    );
    const byName = { edi1: server({ connection: { address: "10.0.0.5", port: 22 } }), "10.0.0.5": server() };
    expect(said({ servers: byName })).toHaveLength(2);
    const behind = { address: "127.0.0.1", port: 2201 };
    expect(
      said({ servers: { a: server({ connection: behind }), b: server({ connection: { ...behind, port: 2202 } }) } }),
    ).toEqual([]);
  });

  test("on Windows are one machine by the address and the port of WinRM", () => {
    const windows = (connection: object) => ({
      connection: { type: "winrm", address: "edi3.example.com", ...connection },
      bots: { existing: true, bin: "C:\\Python312\\Scripts" },
      environment: { path: "C:\\Bots" },
    });
    const machine =
      /^edi:servers\.b\.daemons\.webserver\.name: the service bots-webserver on edi3\.example\.com is already/;
    for (const other of [{}, { port: 5985 }, { tls: {} }, { tls: {}, port: 5986 }]) {
      expect(said({ servers: { a: windows({}), b: windows(other) } })[0]).toMatch(machine);
    }
    expect(said({ servers: { a: windows({}), b: windows({ port: 15985 }) } })).toEqual([]);
  });

  test("a Windows server takes from the defaults of Linux servers what both have", () => {
    const defaults = { connection: { user: "deploy", privateKeyFile: "~/.ssh/id", become: { method: "sudo" } } };
    const edi3 = {
      connection: { type: "winrm", user: "Administrator", passwordEnv: "P" },
      bots: { existing: true, bin: "C:\\Python312\\Scripts" },
      environment: { path: "C:\\Bots" },
    };
    expect(serversOf({ servers: { edi3 }, defaults }).edi3?.connection).toEqual(edi3.connection);
    expect(said({ servers: { edi3: { ...edi3, environment: { path: "/srv/bots" } } }, defaults })).toEqual([
      "edi:servers.edi3.environment.path: must be a directory of Windows, as bots.bin is",
    ]);
  });
});
