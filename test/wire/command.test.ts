import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What `npm install` puts on the PATH as `pulumi-bots`: the built command. */
const { bin } = JSON.parse(readFileSync("package.json", "utf8")) as { bin: Record<string, string> };
const command = resolve(bin["pulumi-bots"]!);

const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
});

/** Runs it without a terminal. */
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", input: "" });
  return { code: status, stdout, stderr };
}
const newService = (...args: string[]) => run("new-service", ...args);
const poller = ["--host", "edi1", "--name", "edi-poller", "--", "/opt/edi/bin/poller"];

test("0: the program is on standard output, and nothing else is", () => {
  const { code, stdout, stderr } = newService("--secret", "TOKEN", ...poller);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "Set the secrets of the stack:\n  pulumi config set --secret TOKEN\n",
  });
  expect(stdout).toMatch(/^name: services\nruntime: yaml\n[^]*command: \[\/opt\/edi\/bin\/poller\]\n/);
});

test("1: the name is taken, and the file stays as it is", () => {
  const file = join(folder, "Pulumi.yaml");
  writeFileSync(file, "name: edi\nruntime: yaml # ours\n");
  expect(newService("--append", "Pulumi.yaml", ...poller)).toMatchObject({ code: 0, stdout: "" });
  const added = readFileSync(file, "utf8");
  expect(added).toMatch(/^name: edi\nruntime: yaml # ours\n[^]*edi-poller:/);
  expect(newService("--append", "Pulumi.yaml", ...poller)).toEqual({
    code: 1,
    stdout: "",
    stderr: "Pulumi.yaml has resources.edi-poller already\n",
  });
  expect(readFileSync(file, "utf8")).toBe(added);
  expect(newService("--append", "missing.yaml", ...poller)).toMatchObject({
    code: 1,
    stderr: /^missing\.yaml can't be/,
  });
  expect(readdirSync(folder)).toEqual(["Pulumi.yaml"]);
});

test("2: without a terminal nothing is asked, and the missing flags are named", () => {
  const { code, stdout, stderr } = newService("--ready-tcp", "0");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^--name: is required$/m);
  expect(stderr).toMatch(/^--host: is required/m);
  expect(stderr).toMatch(/^--command: is required$/m);
  expect(stderr).toMatch(/^--ready-tcp: must be 1 to 65535$/m);
});

test.each([
  ["an unknown flag", ["new-service", "--nme", "x"], /unknown option '--nme'/],
  ["an unknown command", ["new-servce"], /unknown command 'new-servce'/],
  ["an unknown output", ["new-service", "--output", "go"], /^--output: must be yaml or typescript or config$/m],
  ["config without a preset", ["new-service", "--output", "config", ...poller], /^--output config: needs --preset/m],
  [
    "TypeScript into a file",
    ["new-service", "--output", "typescript", "--append", "x", ...poller],
    /^--append: adds to/m,
  ],
])("2: %s", (_, args, message) => {
  const { code, stderr } = run(...args);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test("130: Ctrl-C at a question writes nothing", async () => {
  writeFileSync(join(folder, "Pulumi.yaml"), "name: edi\nruntime: yaml\n");
  const line = `stty columns 120; exec ${command} new-service --append Pulumi.yaml`;
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], { cwd: folder });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const before = shown;
    shown += chunk.toString();
    if (!before.includes("Any program") && shown.includes("Any program")) child.stdin.write("\r");
    if (!before.includes("connect to the host") && shown.includes("connect to the host")) child.stdin.write("\x03");
  });
  const code = await new Promise((done) => child.on("exit", done));
  expect(code).toBe(130);
  expect(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).toBe("name: edi\nruntime: yaml\n");
  expect(readdirSync(folder)).toEqual(["Pulumi.yaml"]);
});

test("--help shows the exit codes and examples, and the shells complete flags and words", () => {
  const { code, stdout } = newService("--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:[^]*Exit codes:[^]*130/);
  for (const shell of ["bash", "zsh", "fish"]) {
    expect(run("completion", shell)).toMatchObject({ code: 0, stdout: expect.stringContaining("pulumi-bots") });
  }
  expect(run("completion", "tcsh").code).toBe(2);
  expect(run("complete", "--", "new-service", "--working").stdout).toMatch(/^--working-directory\t/);
  expect(run("complete", "--", "new-service", "--restart", "").stdout).toMatch(/^always\t\nonFailure\t\nnever\t\n/);
});

test("docs/command.md shows what is printed", () => {
  const page = readFileSync("docs/command.md", "utf8");
  const [, line, printed] = /^\$ npx pulumi-bots (.*) <\/dev\/null\n([^]*?)```/m.exec(page)!;
  expect(run(...line!.split(" ")).stderr).toBe(printed);
});
