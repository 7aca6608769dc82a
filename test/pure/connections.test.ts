import { Connections } from "../../provider/lifecycle/connections";
import type { ProviderConfig } from "../../schema/provider";
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

test("who says it in one way does not get it in another one too", () => {
  const config = { connection: { privateKey: "k", passphrase: "p", hostKey: "h", passwordEnv: "E" } };
  expect(effective(config, { privateKeyFile: "f", knownHostsFile: "g" })).toEqual({
    host: "edi1",
    privateKeyFile: "f",
    knownHostsFile: "g",
    passphrase: "p",
    passwordEnv: "E",
  });
});
