import * as pulumi from "@pulumi/pulumi";
import * as bots from "../../index";
import { describeWith } from "../support/requirements";
import { InlineProject } from "./support/inline";
import { newKey } from "./support/keys";
import { Scene } from "./support/scene";

/** Services with about everything wrong that can be, and what the engine says: property and reason. */
const table: [what: string, wrong: object, said: Record<string, string>][] = [
  [
    "wrong types, relative paths, unknown properties, ports out of range, secrets in public places",
    {
      name: "bots web",
      command: ["bin/daemon", pulumi.secret("inf1n1ty")],
      description: pulumi.secret("conf1dential"),
      environment: ["A"],
      enviroment: {},
      running: "yes",
      settleSeconds: "3",
      workingDirectory: "srv",
      restart: { policy: "allways", polcy: "always" },
      logs: { stdout: "log.txt" },
      ready: { tcp: 70000 },
      connection: { host: "edi1", port: 0, adress: "10.0.0.1" },
    },
    {
      name: "may contain only letters, digits",
      "command[0]": "absolute",
      "command[1]": "is a secret",
      description: "is a secret",
      environment: "must be an object, not a list",
      enviroment: 'is not a property; did you mean "environment"?',
      running: 'must be true, false or "unmanaged"',
      settleSeconds: "must be a number, not text: remove the quotes",
      workingDirectory: "must be an absolute path",
      "restart.policy": 'did you mean "always"?',
      "restart.polcy": 'is not a property; did you mean "policy"?',
      "logs.stdout": "absolute",
      "ready.tcp": "must be 1 to 65535",
      "connection.port": "must be 1 to 65535",
      "connection.adress": 'is not a property; did you mean "address"?',
    },
  ],
  [
    "control characters, names of variables and signals, rules over several properties, a suffix",
    {
      name: "web.service",
      displayName: "bell\u0007",
      description: "one\ntwo",
      environment: { "A=B": "1" },
      startMode: "auto",
      stop: { signal: "TERM" },
      whenChanged: "reload",
      ready: { tcp: 1, command: ["/bin/true"] },
    },
    {
      name: 'must be given without ".service"',
      displayName: "must be one line without control characters",
      description: "must be one line without control characters",
      'environment["A=B"]': "name",
      startMode: 'must be "automatic" or "delayed" or "manual" or "disabled"',
      "stop.signal": "must be a signal name, such as SIGTERM",
      whenChanged: 'is "reload", which needs reload.signal or reload.command',
      ready: "give exactly one of tcp, http, command",
    },
  ],
  [
    "the name of a template, nothing to run, no machine",
    { name: "web@", command: undefined, connection: {} },
    { name: "template", command: "is required", "connection.host": "is required: name the machine here" },
  ],
  [
    "the name of a path, a list for text",
    { name: "../web", workingDirectory: ["/srv"], command: "/bin/sleep 1" },
    {
      name: "may contain only letters, digits",
      workingDirectory: "must be text, not a list",
      command: "must be a list, not text",
    },
  ],
];

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "promise 1: bad inputs are errors at preview, at their property, all at once",
  () => {
    const scene = new Scene();
    const project = new InlineProject("edi");
    beforeAll(() => project.init(() => Promise.resolve()));
    afterAll(() => project.remove());

    /** The lines of the diagnostics about a service with these properties, by property. */
    async function preview(properties: object): Promise<Record<string, string>> {
      const args = { ...scene.service("web").properties, ...properties } as unknown as bots.ServiceArgs;
      project.program(() => Promise.resolve(void new bots.Service("web", args)));
      const { output } = await project.failure((stack) => stack.preview({ color: "never" }));
      const diagnostics = output.slice(output.lastIndexOf("Diagnostics:"));
      expect(diagnostics).not.toMatch(/inf1n1ty|conf1dential|wr0ng/);
      const lines = [
        ...diagnostics.matchAll(/property (\S+) value [^]*? has a problem: (.*)|has a problem: ([^:\s]+): (.*)/g),
      ];
      const found = lines.map(([, property, reason, secret, of]) => [property ?? secret, reason ?? of] as const);
      return Object.fromEntries(found) as Record<string, string>;
    }

    test.each(table)("%s", async (_, wrong, said) => {
      const connections = await scene.host.connections();
      const found = await preview(wrong);
      expect(found).toEqual(
        Object.fromEntries(Object.entries(said).map(([property, words]) => [property, expect.stringContaining(words)])),
      );
      expect(await scene.host.connections()).toBe(connections);
    });

    test("a passphrase that does not open the key, or is missing", async () => {
      const { privateKey } = newKey("opensesame");
      expect(await preview({ connection: { host: "edi1", privateKey, passphrase: "wr0ng" } })).toEqual({
        "connection.passphrase": "does not decrypt the private key",
      });
      expect(await preview({ connection: { host: "edi1", privateKey } })).toEqual({
        "connection.passphrase": "is required because the private key is encrypted: set passphrase or passphraseEnv",
      });
    });

    test("in a YAML program: YAML's own check reports what the schema forbids, ours reports the rest, and no host is contacted", async () => {
      const connections = await scene.host.connections();
      const wrong = { enviroment: {}, ready: { tcp: "eighty" }, restart: { policy: "allways" } };
      const project = await scene.project({ web: scene.service("web", wrong) });
      const shape = await project.pulumi("preview");
      expect(shape.output).toContain("Existing properties are: environment");
      expect(shape.output).toContain("tcp: Cannot assign type 'string' to type 'integer'");
      expect(shape.output).toContain('Allowed values are Always ("always"), OnFailure ("onFailure"), Never ("never")');

      const description = { "fn::secret": "conf1dential" };
      project.write({ web: scene.service("web.service", { command: ["bin/daemon"], description }) });
      const values = await project.pulumi("preview");
      expect(values.code).toBe(1);
      expect(values.output).toContain(
        'property name value {web.service} has a problem: must be given without ".service"',
      );
      expect(values.output).toMatch(/'web' has a problem: command\[0\]: must be an absolute path/);
      expect(values.output).toContain("has a problem: description: is a secret");
      expect(values.output).not.toContain("conf1dential");
      expect(await scene.host.connections()).toBe(connections);
    });
  },
);
