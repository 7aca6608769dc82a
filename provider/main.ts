import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join, relative } from "node:path";

/** The program. All else is in plugin.js, so that Node keeps what it compiles of that file. */
const PLUGIN = join(__dirname, "plugin.js");

/** Where the user's programs keep what can be made again. */
function cacheFolder(): string {
  if (process.platform === "win32") return process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
}

/** Compiled code is kept from Node 22.1 on. Node's own default is a folder in /tmp, where other users could put code for us. */
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
  // Node writes at its end, but the engine kills its plugins. By then most of what a run needs has been compiled.
  setTimeout(() => flushCompileCache?.(), 1000).unref();
}

/** Stack traces name the TypeScript. The map is read for the first of them: `--enable-source-maps` reads it at each start. */
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
