import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LAUNCHER, Plugin, props, urnOf, type PluginOptions } from "./plugin";

const MAIN = path.resolve("dist", "test", "wire", "support", "memoryMain.js");
const URN = urnOf("bots:index:Thing", "web");
const inMemory = (options: PluginOptions = {}): PluginOptions => ({
  launcher: process.execPath,
  args: [MAIN],
  ...options,
});

let folder: string;

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build`);
});
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "bots wire "))));
afterEach(() => rmSync(folder, { recursive: true }));

describe("the process", () => {
  test("stdout holds the port and nothing else, whatever is printed", async () => {
    const plugin = await Plugin.start(inMemory({ env: { BOTS_TEST_NOISE: "1" }, cwd: folder }));
    await plugin.create(URN, props({ name: "web", seconds: 0.1 }));
    expect(plugin.printed.stdout).toMatch(/^\d+\n$/);
    expect(plugin.printed.stderr).toContain("noise\nnoise\n");
    expect(plugin.printed.stderr).toContain("serving\n");
    await plugin.stop();
  });

  test.each(["SIGTERM", "SIGINT"] as const)("leaves at once on %s, also when it is busy", async (signal) => {
    const plugin = await Plugin.start(inMemory());
    const creating = plugin.create(URN, props({ name: "web", seconds: 30 })).catch((error: unknown) => error);
    await plugin.logged(({ message, ephemeral }) => message === "creating" && ephemeral);
    const before = Date.now();
    await plugin.kill(signal);
    expect(await plugin.ended()).toEqual({ code: 0, signal: null });
    expect(Date.now() - before).toBeLessThan(1_000);
    expect(await creating).toMatchObject({ code: "UNAVAILABLE" });
    await plugin.stop();
  });

  test("leaves when the engine dies", async () => {
    const plugin = await Plugin.start(inMemory());
    const creating = plugin.create(URN, props({ name: "web", seconds: 30 })).catch((error: unknown) => error);
    await plugin.logged(({ message }) => message === "creating");
    plugin.engine.stop();
    expect(await plugin.ended()).toEqual({ code: 1, signal: null });
    await creating;
    await plugin.stop();
  });

  test("stays after a cancel, which the engine sends at the end of every run", async () => {
    const plugin = await Plugin.start(inMemory());
    await plugin.cancel();
    expect(await plugin.version()).toBe("0.0.1");
    await plugin.stop();
  });

  test("starts without the SDK, fast", async () => {
    const list = `process.on("exit", () => console.error(JSON.stringify(Object.keys(require.cache))))`;
    const preload = `data:text/javascript,import { createRequire } from "node:module"; const require = createRequire("/"); ${list}`;
    const plugin = await Plugin.start(inMemory({ args: ["--import", preload, MAIN] }));
    await plugin.stop();
    const loaded = JSON.parse(/^\[.*\]$/m.exec(plugin.printed.stderr)?.[0] ?? "[]") as string[];
    const sdk = loaded.filter((file) => file.includes("@pulumi/pulumi/"));
    expect(sdk.length).toBeGreaterThan(0);
    expect(sdk.filter((file) => !file.includes("@pulumi/pulumi/proto/"))).toEqual([]);
  });
});

describe("the launcher", () => {
  /** The package as npm installs it, with or without a dist. */
  function install(withDist: boolean): string {
    mkdirSync(path.join(folder, "package", "provider"), { recursive: true });
    const launcher = path.join(folder, "package", "provider", "pulumi-resource-bots");
    cpSync(LAUNCHER, launcher);
    if (withDist) {
      const main = path.join(folder, "package", "dist", "plugin", "main.js");
      mkdirSync(path.dirname(main), { recursive: true });
      symlinkSync(MAIN, main);
    }
    return launcher;
  }

  test("finds dist through symlinks, hands on the arguments, and becomes node", async () => {
    const launcher = install(true);
    symlinkSync(launcher, path.join(folder, "absolute"));
    symlinkSync("absolute", path.join(folder, "relative"));
    const plugin = await Plugin.start({ launcher: path.join(folder, "relative"), args: ["-v=3"], cwd: folder });
    await plugin.create(URN, props({ name: "web" }));
    expect(plugin.logs.map(({ message }) => message)).toContain("created");
    const command = execFileSync("ps", ["-o", "comm=", "-p", String(plugin.process.pid)]).toString();
    expect(command.trim()).not.toBe("sh");
    await plugin.stop();
  });

  test("says in words that dist is missing", () => {
    const { status, stdout, stderr } = spawnSync(install(false), { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/dist\/plugin\/main\.js is missing: run npm run build\n$/);
  });

  test("says in words that Node is missing", () => {
    const env = { PATH: path.join(folder, "bin") };
    mkdirSync(env.PATH);
    for (const tool of ["dirname", "readlink"]) symlinkSync(`/usr/bin/${tool}`, path.join(env.PATH, tool));
    const { status, stdout, stderr } = spawnSync("/bin/sh", [install(true)], { encoding: "utf8", env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^pulumi-resource-bots: Node.js 20.19 or later is needed .*\n$/);
  });
});

test("the folder runs as a Node program, as the language host of the engine runs it", async () => {
  const args = [path.resolve("node_modules", "@pulumi", "pulumi", "cmd", "run-plugin"), path.resolve("provider")];
  const plugin = await Plugin.start({ launcher: process.execPath, args, cwd: folder });
  expect(JSON.parse(await plugin.getSchema())).toMatchObject({ name: "bots" });
  await plugin.stop();
});
