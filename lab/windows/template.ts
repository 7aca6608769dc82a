import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mustExec } from "../exec";
import { cached, work } from "../template";
import { source } from "./python";
import { COMPILER, WINE, WINESERVER, wineEnvironment } from "./wine";

/**
 * A prefix without the drives that lead out of it. Debian's Wine notes the folder of its socket in it, which copies must not
 * share.
 */
const makePrefix = `
${WINE} wineboot --init
${WINE} winecfg -v win10
${WINESERVER} -k || true
${WINESERVER} -w
[ ! -e wineserver ] || rm -rf "/tmp/$(cat wineserver)" wineserver
rm -f dosdevices/z: dosdevices/com*
mkdir -p drive_c/lab/run drive_c/tools`;

/** A Wine prefix that was booted once: what a host's file system is made from. */
export function prefixTemplate(): Promise<string> {
  const version = execFileSync(WINE, ["--version"], { encoding: "utf8" });
  const environment = (tree: string) =>
    Object.entries(wineEnvironment(tree)).map(([name, value]) => `${name}=${value}`);
  return cached("windows", { version, environment: environment(""), makePrefix }, async (tree) => {
    mkdirSync(tree);
    await work(tree, ["env", "-i", "-C", tree, ...environment(tree), "sh", "-euxc", makePrefix]);
  });
}

/** The programs of the lab's own, compiled: programs/*.c, each a file. */
export function labPrograms(): Promise<string> {
  const folder = source("programs");
  const sources = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  const options = ["-municode", "-O1", "-s", "-Wall", "-Wextra", "-Wno-unused-function", "-Werror"];
  const libraries = ["-lws2_32", "-lcrypt32", "-liphlpapi", "-lntdll"];
  return cached("windows-programs", { sources, options, libraries }, async (tree) => {
    mkdirSync(tree);
    for (const [name] of sources.filter(([name]) => name!.endsWith(".c"))) {
      const program = join(tree, name!.replace(/c$/, "exe"));
      await mustExec(COMPILER, [...options, "-o", program, join(folder, name!), ...libraries]);
    }
  });
}
