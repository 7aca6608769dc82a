import { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import path from "node:path";
import type { Values } from "../../model/props";
import { encode } from "../../provider/wire/codec";
import { Plugin, props, type WireError } from "./plugin";

const MAIN = path.resolve("dist", "provider", "main.js");

/** Makes a process print which modules it has loaded, when it ends. */
const list = `process.on("exit", () => console.error(JSON.stringify(Object.keys(require.cache))))`;
const preload = `data:text/javascript,import { createRequire } from "node:module"; const require = createRequire("/"); ${list}`;
const start = () => Plugin.start({ launcher: process.execPath, args: ["--import", preload, MAIN] });
/** Ends it, and tells what it has loaded that takes time: the SDK, and our components. */
async function loadedBy(plugin: Plugin): Promise<string[]> {
  await plugin.stop();
  const all = JSON.parse(/^\[.*\]$/m.exec(plugin.printed.stderr)?.[0] ?? "[]") as string[];
  expect(all).toContain(MAIN);
  return all.filter((file) => /\/@pulumi\/pulumi\/(?!proto\/)|\/dist\/components\//.test(file));
}

/** The answer to Construct, or the error that it is. */
function construct(plugin: Plugin, type: string, inputs: Values): Promise<unknown> {
  const request = new ConstructRequest().setType(type).setName("edi1").setProject("edi").setStack("dev");
  request.setMonitorendpoint("127.0.0.1:1").setInputs(encode(props(inputs)));
  return plugin.raw("construct", request).catch((error: unknown) => error as WireError);
}

test("a component that is unknown or wrong is refused, and the SDK is not loaded for it", async () => {
  const plugin = await start();
  expect(await construct(plugin, "bots:index:Fleet", {})).toMatchObject({
    code: "UNIMPLEMENTED",
    message: "provider bots has no component bots:index:Fleet",
  });
  expect(await construct(plugin, "bots:index:BotsServer", {})).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: "The arguments of edi1 are invalid:",
  });
  expect(await loadedBy(plugin)).toEqual([]);
});

test("with the SDK loaded there is nothing but the port on stdout; an engine that is gone is an error", async () => {
  const plugin = await start();
  const inputs = { bots: { existing: true, bin: "/opt/bots/bin" }, environment: { path: "/srv/bots" } };
  const answers = await Promise.all([1, 2, 3].map(() => construct(plugin, "bots:index:BotsServer", inputs)));
  for (const answer of answers) expect(answer).toMatchObject({ code: "UNAVAILABLE" });
  expect(plugin.printed.stdout).toMatch(/^\d+\n$/);
  expect(await loadedBy(plugin)).toContainEqual(expect.stringMatching(/dist\/components\/BotsServer\.js$/));
});
