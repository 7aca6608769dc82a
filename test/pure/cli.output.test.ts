import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { joinCommand, splitCommand } from "../../cli/commandLine";
import { draftOf } from "../../cli/draft";
import { readText, replaceText } from "../../cli/files";
import { addToConfiguration, configurationProblems } from "../../cli/output/configuration";
import { constantName, pluginFolder, resourceName } from "../../cli/output/names";
import { typescript } from "../../cli/output/typescript";
import { addToProgram, emptyProgram } from "../../cli/output/yaml";

type Values = Record<string, unknown>;

const hard = [
  "a b",
  "",
  '"',
  "'",
  `'"`,
  "\\",
  "C:\\x\\",
  "${x}",
  "$${x}",
  "$$",
  "$",
  "#",
  "- a",
  "a: b",
  "1_0",
  "0o7",
  "~",
];
const text = fc.oneof(fc.constantFrom(...hard), fc.string({ unit: "binary" }), fc.string());
const name = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/).filter((key) => key !== "__proto__");
const service = fc.record({
  name: fc.constant("web"),
  command: fc.array(text, { minLength: 1 }),
  environment: fc.dictionary(name, text, { noNullPrototype: true }),
});

/** What Pulumi YAML makes of a text: `$$` is a `$`. What it would replace is an error. */
function unescaped(value: unknown): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\$|\$\{/g, (found) => {
      if (found === "${") throw new Error(`a reference: ${value}`);
      return "$";
    });
  }
  if (Array.isArray(value)) return value.map(unescaped);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unescaped(inner)]));
}

const resourcesOf = (yaml: string) => (parse(yaml) as { resources: Record<string, { properties: Values }> }).resources;

/** Runs a printed program, and returns the name and the arguments of its resource. */
function made(source: string): [string, Values] {
  const body = source.replace(/^import .*$/gm, "").replace("export const", "const");
  let seen: [string, Values] | undefined;
  class Service {
    constructor(...args: [string, Values]) {
      seen = args;
    }
  }
  class Config {
    requireSecret(key: string) {
      return `secret of ${key}`;
    }
  }
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is the program under test
  const program = new Function("bots", "pulumi", body) as (bots: object, pulumi: object) => void;
  program({ Service }, { Config });
  return seen!;
}

describe("every text comes out as it went in", () => {
  test("in YAML", () => {
    fc.assert(
      fc.property(service, (values) => {
        const yaml = addToProgram(emptyProgram, "web", values, [], "./provider");
        const { environment = {}, ...others } = unescaped(resourcesOf(yaml).web!.properties) as Values;
        expect({ ...others, environment }).toEqual(values);
      }),
    );
  });

  test("in TypeScript", () => {
    fc.assert(fc.property(service, (values) => expect(made(typescript("web", values, []))).toEqual(["web", values])));
  });

  test("on a command line", () => {
    fc.assert(fc.property(fc.array(text), (words) => expect(splitCommand(joinCommand(words))).toEqual(words)));
  });
});

describe("a command line", () => {
  test.each<[string, string[] | undefined]>([
    ["/opt/x -a", ["/opt/x", "-a"]],
    ["  a \t b ", ["a", "b"]],
    [`C:\\Bots\\x.exe "-cC:\\My Bots"`, ["C:\\Bots\\x.exe", "-cC:\\My Bots"]],
    [`a'b c'"d e"`, ["ab cd e"]],
    [`''`, [""]],
    [`a 'b`, undefined],
  ])("%s", (line, words) => expect(splitCommand(line)).toEqual(words));
});

describe("a secret variable", () => {
  const values = { name: "web", environment: { TZ: "UTC" } };

  test("in YAML is a setting of the stack", () => {
    const program = parse(addToProgram(emptyProgram, "web", values, ["TOKEN"], "./provider")) as Values;
    expect(program).toMatchObject({
      config: { TOKEN: { type: "string", secret: true } },
      resources: { web: { properties: { environment: { TZ: "UTC", TOKEN: "${TOKEN}" } } } },
    });
  });

  test("in TypeScript too", () => {
    const [, { environment }] = made(typescript("web", values, ["TOKEN"]));
    expect(environment).toEqual({ TZ: "UTC", TOKEN: "secret of TOKEN" });
  });
});

describe("added to a program", () => {
  const program = `# ours
name: edi   # two blanks
runtime: {name: yaml}
packages: {bots: ../provider}
resources:
    # indented by four
    web:
        type: "bots:Service"
        properties: {name: 'web',   command: [/bin/web]} # as we like it

    # the last one
    last: {type: "bots:Service"} # kept
outputs:
    url: x
`;

  test("all lines that were there stay as they are, and the new ones follow the last resource", () => {
    const added = addToProgram(program, "poller", { name: "poller" }, [], "./provider");
    const lines = `    poller:
      type: bots:Service
      properties:
        name: poller
`;
    expect(added).toBe(program.replace("# kept\n", `# kept\n${lines}`));
  });

  test.each([
    ["no resources yet", "name: edi\nruntime: yaml # here\n"],
    ["no line break at the end", "name: edi\nruntime: yaml # here"],
    ["an empty section", "name: edi\nruntime: yaml # here\nresources:\n"],
    ["braces", "name: edi\nruntime: yaml # here\nresources: {}\n"],
    [
      "a block text at the end",
      "name: edi\nruntime: yaml # here\nresources:\n  a:\n    x: |\n      one\n\n      two\n",
    ],
    ["line breaks of Windows", "name: edi\r\nruntime: yaml # here\r\nresources:\r\n  a: { x: 1 }\r\n"],
  ])("%s", (_, before) => {
    const after = addToProgram(before, "poller", { name: "poller" }, ["TOKEN"], "./provider");
    const { resources = {}, ...others } = parse(before) as Values & { resources?: object };
    expect(parse(after)).toEqual({
      ...others,
      packages: { bots: "./provider" },
      config: { TOKEN: { type: "string", secret: true } },
      resources: {
        ...resources,
        poller: { type: "bots:Service", properties: { name: "poller", environment: { TOKEN: "${TOKEN}" } } },
      },
    });
    expect(after).toMatch(/^name: edi\r?\nruntime: yaml # here\r?\n/);
  });

  test.each([
    ["a resource of this name", program, "web", /^has resources\.web already$/],
    ["a setting of this name", `${program}config: { poller: 1 }\n`, "poller", /^has config\.poller already$/],
    ["another language", "name: edi\nruntime: nodejs\n", "poller", /^has no `runtime: yaml`$/],
    ["a list of resources", "name: edi\nruntime: yaml\nresources: [a]\n", "poller", /^has no map at resources$/],
    ["no YAML", "name: [edi\n", "poller", /^is not valid YAML: .* line \d/],
    ["a list", "- a\n", "poller", /^is not a map at its top level$/],
  ])("refused: %s", (_, before, resource, message) => {
    expect(() => addToProgram(before, resource, { name: "x" }, [], "./provider")).toThrow(message);
  });
});

describe("added to a stack configuration", () => {
  const given = { preset: "bots-jobqueueserver", host: "edi9", "bots-bin": "/opt/bots/bin", "bots-path": "/srv/bots" };
  const example = readFileSync("Pulumi.example.yaml", "utf8");
  const servers = (text: string) => (parse(text) as { config: Record<string, Values> }).config["edi:servers"];

  test("the server follows the others, and its daemon alone is on", () => {
    const { draft } = draftOf({ ...given, "bots-flavour": "4.x", "connection-port": "2222", "start-mode": "manual" });
    const text = addToConfiguration(example, draft);
    expect(servers(text)?.edi9).toEqual({
      connection: { port: 2222 },
      bots: { existing: true, bin: "/opt/bots/bin", flavour: "4.x" },
      environment: { path: "/srv/bots" },
      daemons: { webserver: false, jobQueue: { startMode: "manual" } },
    });
    const { edi9: _, ...others } = servers(text)!;
    expect(others).toEqual(servers(example));
    expect(configurationProblems(text, draft)).toEqual([]);
    for (const line of example.split("\n")) expect(text).toContain(line);
  });

  test("a server of that name is refused, and a conflict with another one is reported at its key", () => {
    expect(() => addToConfiguration(example, draftOf({ ...given, host: "edi1" }).draft)).toThrow(
      "has config.edi:servers.edi1 already",
    );
    const { draft } = draftOf({ ...given, address: "edi1.example.com" });
    expect(configurationProblems(addToConfiguration(example, draft), draft)).toContainEqual({
      flag: "edi:servers.edi9.daemons.jobQueue.name",
      message: expect.stringMatching(
        /^the service bots-jobqueueserver on edi1\.example\.com.* is already used by edi1$/,
      ),
    });
  });

  test("a secret variable leaves a place to set it", () => {
    const { draft } = draftOf({ ...given, secret: ["TOKEN"] });
    expect(servers(addToConfiguration("", draft))?.edi9).toMatchObject({ daemons: { jobQueue: { environment: {} } } });
  });
});

test("names of resources and constants", () => {
  expect(["Bots Webserver", "web@1", "äö"].map(resourceName)).toEqual(["Bots-Webserver", "web-1", "service"]);
  expect(["bots-webserver", "1x", "bots", "new"].map(constantName)).toEqual([
    "botsWebserver",
    "service1x",
    "serviceBots",
    "serviceNew",
  ]);
  expect(pluginFolder("/a/node_modules/pulumi-bots/provider", "/a")).toBe("./node_modules/pulumi-bots/provider");
  expect(pluginFolder("/opt/pulumi-bots/provider", "/a")).toBe("/opt/pulumi-bots/provider");
});

describe("a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-cli-"));
  const file = join(folder, "Pulumi.yaml");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is replaced whole, through a link, and keeps its mode", () => {
    writeFileSync(file, "old", { mode: 0o600 });
    symlinkSync(file, join(folder, "link"));
    replaceText(join(folder, "link"), "new");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new", 0o600]);
  });

  test("that is not UTF-8 is refused", () => {
    writeFileSync(file, Buffer.from([0xff, 0x41]));
    expect(() => readText(file)).toThrow(/encoded data was not valid/);
  });
});
