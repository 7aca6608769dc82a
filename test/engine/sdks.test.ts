import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { labFolder } from "../../lab/paths";
import { changes } from "../../provider/changes";
import { MANAGERS } from "../../provider/managers";
import type { Manifest } from "../../schema/manifest";
import { packageSchema } from "../../schema/package";
import { programs } from "../support/programs";
import { describeWith } from "../support/requirements";
import { LanguageHost } from "./support/languageHost";
import { YamlProject } from "./support/project";

const PYTHON = process.env["PULUMI_BOTS_PYTHON"] ?? "";
/** As tools/setup.sh builds the CLI, so that Go has compiled most of it already. */
const GO_FLAGS = ["-mod=mod", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", "-s -w"];
/** What Python's language host does, in short. */
const RUN_PYTHON = `
import asyncio, os, runpy, sys
import pulumi.runtime as runtime
env = os.environ
runtime.configure(runtime.Settings(
    project=env["PULUMI_PROJECT"], stack=env["PULUMI_STACK"], organization=env["PULUMI_ORGANIZATION"],
    monitor=env["PULUMI_MONITOR"], engine=env["PULUMI_ENGINE"],
    parallel=int(env["PULUMI_PARALLEL"]), dry_run=env["PULUMI_DRY_RUN"] == "true",
))
asyncio.run(runtime.run_in_stack(lambda: runpy.run_path(sys.argv[1])))
`;

/** Stays: with the same paths, Go compiles and links only what has changed. A folder for each checkout. */
const folder = join(labFolder(), "../sdks", createHash("sha256").update(process.cwd()).digest("hex").slice(0, 8));
const schemaFile = join(folder, "schema.json");
const at = (...parts: string[]) => join(folder, ...parts);
/** All that a program says, and its exit code. */
const run = (command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", cwd: folder, ...options });
  return { code: status, output: stdout + stderr };
};
const good = { code: 0, output: expect.not.stringMatching(/error/i) as string };
const planned = { "edi-dev": "create", edi1: "create", "edi1-webserver": "create" };

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name !== "go") rmSync(at(name), { recursive: true });
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  writeFileSync(schemaFile, JSON.stringify(packageSchema(manifest, changes(MANAGERS))));
});

/** What a preview of a program in another language plans. */
async function preview(runtime: string, command: string[], env: NodeJS.ProcessEnv = {}) {
  const project = new YamlProject("edi");
  const [host, address] = await LanguageHost.start(command, env);
  try {
    await project.write({}, { runtime }).init();
    const { code, found, output } = await project.planned("--client", address);
    return { code, found, output: code === 0 ? "" : output };
  } finally {
    host.stop();
    await project.remove();
  }
}

describe("TypeScript", () => {
  const tsc = (...files: string[]) => {
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
    return run(process.execPath, [
      resolve("node_modules/typescript/lib/tsc.js"),
      ...options,
      "--skipLibCheck",
      ...files,
    ]);
  };

  beforeAll(() => {
    mkdirSync(at("node_modules"));
    symlinkSync(resolve("."), at("node_modules", "pulumi-bots"));
    for (const name of ["@pulumi", "@types"]) symlinkSync(resolve("node_modules", name), at("node_modules", name));
  });

  test("the programs of the pages compile, and one with a mistake does not", () => {
    const written = programs("ts");
    expect(written.length).toBeGreaterThanOrEqual(2);
    const files = written.map(({ page, text }, i) => {
      const file = at(`${i}-${page.replace(/\W/g, "-")}.ts`);
      writeFileSync(file, text);
      return file;
    });
    writeFileSync(at("mistake.ts"), written[0]!.text.replace("deploy", 'deploy", prot: "22'));
    const { code, output } = tsc(...files, at("mistake.ts"));
    const errors = output.split("\n").filter((line) => line.includes("error"));
    expect({ code, errors }).toEqual({
      code: 2,
      errors: [expect.stringMatching(/^mistake\.ts\(.*'prot' does not exist/) as string],
    });
  });
});

describeWith(["pulumi", "pulumi-language-yaml"], "YAML", () => {
  test("the programs of the pages can be previewed, without a warning", async () => {
    const written = programs("yaml").filter(({ text }) => text.includes("runtime: yaml"));
    expect(written.length).toBeGreaterThanOrEqual(2);
    for (const { page, text } of written) {
      const project = await new YamlProject("edi").init();
      try {
        writeFileSync(
          join(project.folder, "Pulumi.yaml"),
          text.replace(/node_modules\/pulumi-bots|\/path\/to\/pulumi-bots/, process.cwd()),
        );
        const { code, output } = await project.pulumi("preview");
        const said = output.split("\n").filter((line) => /(warning|error): (?!using pulumi-language)/.test(line));
        expect({ page, code, said }).toEqual({ page, code: 0, said: [] });
        expect(output).toMatch(/\+ [2-4] to create/);
      } finally {
        await project.remove();
      }
    }
  });
});

describeWith(["generate-sdks"], "the SDKs that Pulumi generates", () => {
  beforeAll(() => void execFileSync("generate-sdks", [schemaFile, at("sdks")]));

  test("Node: it compiles, and has not the name of this package", () => {
    expect(JSON.parse(readFileSync(at("sdks/nodejs/package.json"), "utf8"))).toMatchObject({ name: "pulumi-bots-sdk" });
    symlinkSync(resolve("node_modules"), at("sdks/nodejs/node_modules"));
    const tsc = resolve("node_modules/typescript/lib/tsc.js");
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    expect(run(process.execPath, [tsc, ...options, at("sdks/nodejs/index.ts")])).toEqual({ code: 0, output: "" });
  });

  describeWith(["python"], "Python", () => {
    beforeAll(() => {
      // What pip writes: the SDK asks for its own version.
      mkdirSync(at("sdks/python/pulumi_bots-0.1.0.dist-info"));
      writeFileSync(at("sdks/python/pulumi_bots-0.1.0.dist-info/METADATA"), "Name: pulumi_bots\nVersion: 0.1.0\n");
    });

    const env = { ...process.env, PYTHONPATH: at("sdks/python"), MYPYPATH: at("sdks/python") };
    const mypy = ["-m", "mypy", "--cache-dir", join(dirname(PYTHON), "../mypy"), "--follow-imports=silent"];
    const program = programs("python")[0]!.text;

    test("the program of the page has the right types, and one with a mistake does not", () => {
      writeFileSync(at("main.py"), program);
      writeFileSync(at("mistake.py"), program.replace('user="deploy"', "user=22"));
      const { code, output } = run(PYTHON, [...mypy, "main.py", "mistake.py"], { env });
      const errors = output.split("\n").filter((line) => line.includes("error: "));
      expect({ code, errors }).toEqual({ code: 1, errors: [expect.stringMatching(/^mistake\.py:.*"user"/) as string] });
    });

    describeWith(["pulumi"], "with the engine", () => {
      test("the program of the page can be previewed", async () => {
        writeFileSync(at("main.py"), program);
        expect(await preview("python", [PYTHON, "-c", RUN_PYTHON, at("main.py")], env)).toEqual({
          code: 0,
          found: planned,
          output: "",
        });
      });

      test("a list is good for a directive of systemd, as is text for a word", async () => {
        writeFileSync(
          at("lists.py"),
          program
            .replace('"4096"}', '"4096", "ExecStartPre": ["/bin/true", "/bin/date"]}')
            .replace("bots.BecomeMethod.SUDO", '"sudo"'),
        );
        expect(await preview("python", [PYTHON, "-c", RUN_PYTHON, at("lists.py")], env)).toEqual({
          code: 0,
          found: planned,
          output: "",
        });
      });

      test("the plugin reports what is wrong with an argument", async () => {
        writeFileSync(at("wrong.py"), program.replace('path="/srv/bots"', 'path="srv/bots"'));
        const { code, output } = await preview("python", [PYTHON, "-c", RUN_PYTHON, at("wrong.py")], env);
        expect({ code, output }).toEqual({
          code: 1,
          output: expect.stringContaining("must be an absolute path") as string,
        });
      });
    });
  });

  describeWith(["go"], "Go", () => {
    beforeAll(() => {
      mkdirSync(at("go/running"), { recursive: true });
      writeFileSync(at("go/main.go"), programs("go")[0]!.text);
      const path = /"(\S+\/sdk\/go)\/bots"/.exec(programs("go")[0]!.text)![1]!;
      const module = readFileSync("tools/generate-sdks/go.mod", "utf8").replace(/^module .*/m, "module edi");
      writeFileSync(at("go/go.mod"), `${module}\nrequire ${path} v0.0.0\nreplace ${path} => ${at("sdks/go")}\n`);
      copyFileSync("tools/generate-sdks/go.sum", at("go/go.sum"));
    });

    test("the program of the page compiles, and so does a service that shall not run", () => {
      expect(run("go", ["build", ...GO_FLAGS, "-o", "program", "."], { cwd: at("go") })).toEqual(good);
      // A package that is no program is compiled and not linked.
      writeFileSync(
        at("go/running/running.go"),
        readFileSync(at("go/main.go"), "utf8")
          .replace("package main", "package running")
          .replace("&bots.DaemonArgs{", "&bots.DaemonArgs{\nRunning: pulumi.Bool(false),"),
      );
      expect(run("go", ["build", ...GO_FLAGS, "./running"], { cwd: at("go") })).toEqual(good);
    });

    describeWith(["pulumi"], "with the engine", () => {
      test("the program of the page can be previewed", async () => {
        expect(await preview("go", [at("go/program")])).toEqual({ code: 0, found: planned, output: "" });
      });
    });
  });
});
