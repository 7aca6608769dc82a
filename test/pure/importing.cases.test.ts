import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readInitScript } from "../../provider/managers/importing";
import { wrongs, type Ran } from "../support/scriptReadings";

const FOLDER = join(__dirname, "../support/cases");
const P = "/opt/p";
const LOG = "/var/log/p.log";
const pipe = { stdout: "pipe", stderr: "pipe" };

/** What a host ran of `test/support/cases/initd`, called with `start` in an empty environment. */
const RAN: Record<string, Ran[]> = {
  "c01-daemon4": [{ argv: [P, "-4", "-u", "x"] }],
  "d02-mkdirp2": [{ argv: [P, "--pid", "/run/app/app.pid"], user: "bin" }],
  "d04-initdscript": [{ argv: [P, "-a", "b"] }],
  "d06-helperwait": [{ argv: ["/opt/q", "--wait-for-db"] }, { argv: [P, "a"], stdout: "discard", stderr: "discard" }],
  "d23-set3": [{ argv: [P, "a", "b c"] }],
  "d27-subshellcd": [{ argv: [P, "a"] }],
  "d28-bgcd": [{ argv: [P, "a"] }],
  "e02-cddash": [{ argv: [P, "a"] }],
  "e04-ampappend": [{ argv: [P, "a"], stdout: LOG, stderr: LOG }],
  "e05-pipeamp": [{ argv: [P, "a"], ...pipe }],
  "e06-arithfor": [{ argv: [P, "a"] }],
  "e07-regex": [{ argv: [P, "a"] }],
  "m02-assigninline": [{ argv: [P, "--conf", "/etc/a", "--again", "/etc/a"] }],
  "m03-redirorder": [{ argv: [P, "a"], stdout: LOG }],
  "m05-helper-env": [
    { argv: ["/opt/q", "migrate"], environment: { LANG: "C" } },
    { argv: [P, "serve"], environment: { LANG: "C" } },
  ],
  "m06-shift2": [{ argv: [P, "a", "b"], user: "bin", group: "daemon", stdout: "discard", stderr: "discard" }],
  "m07-local": [{ argv: [P, "-a", "real"] }],
  "m08-allexport": [{ argv: [P], environment: { FOO: "bar" } }],
  "m10-exportquoted": [{ argv: [P], environment: { BAR: "2", FOO: "a b", BAZ: "3" } }],
  "m11-envfunc": [{ argv: [P, "x"], environment: { FOO: "bar" } }],
  "m12-envu": [{ argv: [P], environment: { KEEP: "y" } }],
  "m14-ifs": [{ argv: [P, "a b", "c"] }],
  "m16-array": [{ argv: [P, "-a", "b c", "-d"] }],
  "m17-appendop": [{ argv: [P, "-a", "-b"] }],
  "m19-startasbash": [{ argv: [P, "-a", "b c"], user: "bin", stdout: LOG, stderr: LOG }],
  "m21-sourcecomposed": [{ argv: [P, "-c", "/etc/p.conf"] }],
  "m22-sourcecomposed-if": [{ argv: [P, "-c", "/etc/p.conf"] }],
  "m25-pipe-logger": [{ argv: [P, "a"], ...pipe }],
  "m47-xtestfile": [{ argv: [P, "-nox"] }],
  "m61-execredir": [{ argv: [P, "a"], stdout: "/var/log/all.log", stderr: "/var/log/all.log" }],
  "m62-daemonpkg": [
    { argv: ["/usr/bin/daemon", "--name=x", "--env=FOO=bar", "--user=bin", "--chdir=/opt", "--", P, "a"] },
  ],
  "m81-ampredir": [{ argv: [P, "a"] }],
  "m91-callredir": [{ argv: [P, "a"], stdout: LOG, stderr: LOG }],
  "n08-date": [{ argv: [P, "a"], stdout: "/var/log/app/DATE.log", stderr: "/var/log/app/2026-11-27.log" }],
  "n09-tee": [{ argv: [P, "a"], ...pipe }],
};

describe("an init script is read as the host runs it, or not at all", () => {
  test("every case is here", () => {
    expect(readdirSync(join(FOLDER, "initd")).sort()).toEqual(Object.keys(RAN).sort());
  });

  test.each(Object.entries(RAN))("%s", (name, ran) => {
    const text = readFileSync(join(FOLDER, "initd", name), "utf8");
    const reading = readInitScript({ path: `/etc/init.d/${name}`, text, isPrivate: false }, []);
    expect(wrongs(reading, ran)).toEqual([]);
    for (const one of reading.observed) expect(one.unknown ?? one.value).toBeDefined();
  });
});
