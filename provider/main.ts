import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join, relative } from "node:path";

/** Everything except this entry point is in plugin.js, so that Node can cache its compiled code. */
const PLUGIN = join(__dirname, "plugin.js");

/** The user's cache folder. */
function cacheFolder(): string {
  if (process.platform === "win32") return process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
}

/** Caches compiled code (Node 22.1 or later). Node's default is a folder in /tmp, where other users could plant code. */
function keepCompiled(): void {
  const { enableCompileCache, flushCompileCache } = nodeModule as {
    enableCompileCache?: (folder: string) => unknown;
    flushCompileCache?: () => void;
  };
  try {
    enableCompileCache?.(join(cacheFolder(), "pulumi-bots", "node"));
  } catch {
    return; // a user without a home directory
  }
  // Node writes the cache at exit, but the engine kills its plugins. After 1 s, most of what a run needs is compiled.
  setTimeout(() => flushCompileCache?.(), 1000).unref();
}

/** Makes stack traces name the TypeScript. Unlike `--enable-source-maps`, reads the map only when a stack is first shown. */
function mapStackTraces(): void {
  let map: nodeModule.SourceMap | undefined;
  const place = (frame: NodeJS.CallSite): string => {
    const [text, line, column] = [
      (frame as { toString(): string }).toString(),
      frame.getLineNumber() ?? 1,
      frame.getColumnNumber() ?? 1,
    ];
    if (frame.getFileName() !== PLUGIN) return text;
    map ??= new nodeModule.SourceMap(JSON.parse(readFileSync(`${PLUGIN}.map`, "utf8")) as nodeModule.SourceMapPayload);
    const origin = map.findOrigin(line, column);
    if (!("fileName" in origin)) return text;
    const file = relative(join(__dirname, "..", ".."), join(__dirname, origin.fileName));
    return text.replace(`${PLUGIN}:${line}:${column}`, `${file}:${origin.lineNumber}:${origin.columnNumber}`);
  };
  Error.prepareStackTrace = (error, frames) =>
    [String(error), ...frames.map((frame) => `    at ${place(frame)}`)].join("\n");
}

keepCompiled();
mapStackTraces();
void (require("./plugin.js") as typeof import("./plugin")).run(process.argv.slice(2));
