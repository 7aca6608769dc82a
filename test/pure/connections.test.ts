import { Connections } from "../../provider/lifecycle/connections";
import type { ProviderConfig } from "../../schema/provider";
import { withDefaults } from "../../stacks/defaults";
import type { Connection } from "../../schema/connection";

const effective = (config: ProviderConfig, own?: Connection) =>
  new Connections(config, {
    get: () => {
      throw new Error("not asked for");
    },
  }).effective("edi1", own);

test("the provider's defaults, then what it knows of the host, then the resource's own", () => {
  const config = {
    connection: { user: "a", port: 1, address: "x" },
    hosts: { edi1: { user: "b", port: 2 }, edi2: { port: 9 } },
  };
  expect(effective(config, { port: 3 })).toEqual({ host: "edi1", address: "x", user: "b", port: 3 });
});

test("setting one of several alternatives drops the inherited others", () => {
  const config = { connection: { privateKey: "k", passphrase: "p", hostKey: "h", passwordEnv: "E" } };
  expect(effective(config, { privateKeyFile: "f", knownHostsFile: "g" })).toEqual({
    host: "edi1",
    privateKeyFile: "f",
    knownHostsFile: "g",
    passphrase: "p",
    passwordEnv: "E",
  });
});

describe("a connection of another type", () => {
  const linux = { user: "deploy", port: 2222, privateKeyFile: "f", become: { method: "sudo" as const } };

  test("inherits what both types have, and not the port", () => {
    const windows = { type: "winrm" as const, passwordEnv: "E" };
    const expected = { host: "edi1", type: "winrm", user: "deploy", passwordEnv: "E" };
    expect(effective({ connection: linux, hosts: { edi1: windows } })).toEqual(expected);
    expect(effective({ connection: linux }, windows)).toEqual(expected);
    expect(withDefaults({ connection: linux }, { connection: windows })).toEqual({
      connection: { type: "winrm", user: "deploy", passwordEnv: "E" },
    });
  });

  test("inherits everything of its own type, also where the type is set above", () => {
    const windows = { port: 5986, tls: { insecureSkipVerify: true }, passwordEnv: "E" };
    const defaults = { connection: { type: "winrm" as const, ...windows } };
    expect(effective(defaults, { user: "edi" })).toEqual({ host: "edi1", type: "winrm", ...windows, user: "edi" });
    expect(effective({ connection: { tls: {} } }, { type: "winrm" })).toEqual({ host: "edi1", type: "winrm", tls: {} });
    expect(effective(defaults, { type: "ssh" })).toEqual({ host: "edi1", type: "ssh", passwordEnv: "E" });
  });

  test("the computer that runs Pulumi needs no login", () => {
    const own = { type: "local" as const };
    expect(effective({ connection: linux }, own)).toEqual({ host: "edi1", type: "local", become: { method: "sudo" } });
  });
});
