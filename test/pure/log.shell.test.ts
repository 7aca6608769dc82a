import { mkdtempSync, rmSync, truncateSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logStep, type LogSources } from "../../provider/posix/managers/common/log";
import { runShell } from "../support/shell";

describe.each([["dash"], ["bash"], ["busybox", "sh"]])("the excerpt of a log, read by %s", (...shell) => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const read = (sources: Omit<LogSources, "user">) =>
    runShell(shell.filter(Boolean), logStep({ user: undefined, ...sources }).script);

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "log-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("the last lines of each file, with its name above", () => {
    writeFileSync(path("out"), "1\n2\n3\n");
    writeFileSync(path("err"), "no\n");
    const { fields, code } = read({ files: [path("out"), path("none"), path("err")], lines: 2 });
    expect([code, fields.get("log")]).toEqual([0, `${path("out")}:\n2\n3\n${path("err")}:\nno`]);
    expect(fields.has("log_late")).toBe(false);
  });

  test("two terabytes of nothing, and a line at their end", () => {
    writeFileSync(path("out"), "");
    truncateSync(path("out"), 2 ** 41);
    appendFileSync(path("out"), "\nthe last line\n");
    const started = Date.now();
    expect(read({ files: [path("out")], lines: 20 }).fields.get("log")).toMatch(/the last line$/);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("of a line that was cut nothing is shown", () => {
    writeFileSync(path("out"), `token=${"x".repeat(100_000)}`);
    expect(read({ files: [path("out")], lines: 20 }).fields.get("log")).toBe("(its last line is longer than 64 KB)");
    appendFileSync(path("out"), "\nno port\n");
    expect(read({ files: [path("out")], lines: 20 }).fields.get("log")).toBe("no port");
  });

  test("what hangs costs seconds, and what was read before it is shown", () => {
    writeFileSync(path("out"), "no port\n");
    const started = Date.now();
    const hangs = `(trap '' TERM; exec sleep 612.5)`;
    const { fields, code } = read({ files: [path("out")], lines: 20, after: hangs });
    expect([code, fields.get("log"), fields.get("log_late")]).toEqual([0, "no port", "5"]);
    expect(Date.now() - started).toBeLessThan(60_000);
  });

  test("what can't be read is reported", () => {
    writeFileSync(path("out"), "no port\n");
    const disk = `pb_read() { echo "tail: $1: Input/output error" >&2; return 1; }`;
    const broken = `${disk}\n${logStep({ files: [path("out")], user: undefined, lines: 20 }).script}`;
    const { fields } = runShell(shell.filter(Boolean), broken);
    expect(fields.get("log")).toContain(
      `tail: ${path("out")}: Input/output error\n(${path("out")} is not shown: it can't be read)`,
    );
  });
});
