import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logStep } from "../../provider/posix/managers/common/log";
import { machinery } from "../../provider/posix/managers/openrc/machinery";
import { describeWith, type Requirement } from "../support/requirements";
import { runShell } from "../support/shell";

const SHELLS = { dash: ["dash"], bash: ["bash"], busybox: ["busybox", "sh"] } satisfies Partial<
  Record<Requirement, string[]>
>;

/** A tree of root's with a folder of somebody else (`games`, uid 5) and ways through it. Only root can make it. */
const TREE = `
chmod 755 .
mkdir safe theirs open sticky group
chown 5 theirs
chmod 777 open
chmod 1777 sticky
chgrp 60 group
chmod 775 group
echo fine >safe/log
echo secret >safe/secret
chmod 600 safe/secret
ln -s "$PWD/safe/log" safe/link
ln -s log safe/near
ln -s ../theirs safe/away
ln -s loop safe/loop
ln -s "$PWD/safe/secret" theirs/link
echo words >theirs/log
echo words >sticky/root
ln sticky/root sticky/second
echo words >sticky/alone
mkdir sticky/folder
ln -s "$PWD/safe/log" sticky/link
mkfifo theirs/pipe
ln -s "$PWD/safe" theirs/safe
mkdir 'safe/a b*'
`;

describe.each(Object.entries(SHELLS))("in %s", (requirement, shell) => {
  describeWith([requirement as Requirement, "root"], "root follows a path only where nobody else can change it", () => {
    let tree: string;
    beforeAll(() => {
      tree = mkdtempSync(join(tmpdir(), "others-"));
      execFileSync("sh", ["-c", TREE], { cwd: tree });
    });
    afterAll(() => rmSync(tree, { recursive: true, force: true }));

    test.each([
      ["/etc/passwd", ""],
      ["/etc/nothing/of/that/name", ""],
      ["/var/run/nothing/of/that/name", ""],
      ["/", ""],
      ["TREE/safe/log", ""],
      ["TREE/safe/not-yet", ""],
      ["TREE/safe/link", ""],
      ["TREE/safe/near", ""],
      ["TREE/safe/a b*/log", ""],
      ["TREE//safe/./../safe/log", ""],
      ["TREE/theirs/log", "5 TREE/theirs"],
      ["TREE/theirs/not-yet", "5 TREE/theirs"],
      ["TREE/theirs/safe/log", "5 TREE/theirs"],
      ["TREE/safe/away/log", "5 TREE/theirs"],
      ["TREE/safe/../theirs/../safe/log", "5 TREE/theirs"],
      ["TREE/open/log", "0 TREE/open"],
      ["TREE/group/log", "0 TREE/group"],
      ["TREE/safe/loop", "0 TREE/safe"],
      ["TREE/sticky/not-yet", "0 TREE/sticky"],
      ["TREE/sticky/root", "0 TREE/sticky"],
      ["TREE/sticky/alone", ""],
      ["TREE/sticky/link", "0 TREE/sticky"],
      ["TREE/sticky/folder/log", ""],
    ])("%s: %p", (path, answer) => {
      const at = (text: string) => text.replaceAll("TREE", tree);
      const { fields } = runShell(shell, `emit others "$(pb_others '${at(path)}')"`);
      expect(fields.get("others")).toBe(at(answer));
    });

    const excerpt = (file: string, user: string | undefined) =>
      runShell(shell, logStep({ files: [join(tree, file)], user, lines: 5 }).script).fields.get("log");

    test.each([
      ["safe/log", undefined, "fine"],
      ["safe/link", "games", "fine"],
      ["theirs/log", "games", "words"],
      ["theirs/log", undefined, expect.stringContaining("is not shown")],
      ["theirs/log", "root", expect.stringContaining("is not shown")],
    ])("the excerpt of %s, of a service of %s", (file, user, lines) => {
      expect(excerpt(file, user)).toEqual(lines);
    });

    test("the excerpt of a log that is a link to a file for root only does not have its lines", () => {
      for (const user of ["games", undefined]) expect(excerpt("theirs/link", user)).not.toContain("secret");
    });

    test("a pipe in the place of a log is not waited for", () => {
      expect(excerpt("theirs/pipe", "games")).toBe("");
    });

    const why = "could put a link in its place";
    test.each([
      ["safe/new", "games", ""],
      ["safe/log", "root", ""],
      ["theirs/new", "games", ""],
      ["theirs/link", "games", expect.stringContaining("can't be written by games")],
      ["theirs/new", "nobody", expect.stringContaining(`can't be written by nobody, and root must not`)],
      [
        "theirs/new",
        "root",
        expect.stringContaining("must be in a folder that only root can change, because root writes it"),
      ],
      ["open/new", "root", expect.stringContaining(`others, who may write in TREE/open, ${why}`)],
      ["open/new", "nobody", ""],
    ])("whether a service can write to %s as %s is known before anything is touched", (file, user, words) => {
      const { fields } = runShell(shell, `emit said "$(pb_shared '${join(tree, file)}' ${user})"`);
      expect(fields.get("said")?.replaceAll(tree, "TREE")).toEqual(words);
    });

    test("OpenRC: root makes and gives away no log where others can change the path", () => {
      const script = machinery().replaceAll("/var/log/pulumi-bots", `${tree}/own`);
      const make = (file: string, account: string) =>
        `command_user=${account} pb_account=${account}; pb_log '${join(tree, file)}'; echo $?`;
      const all = [
        ["own/x.log", "games"],
        ["safe/made", "games"],
        ["theirs/link", "games"],
        ["theirs/made", "root"],
      ];
      const { fields } = runShell(
        shell,
        `said=$( (${script}
${all.map(([file, account]) => make(file!, account!)).join("\n")}
ls -ln '${tree}/own/x.log' '${tree}/safe/made' '${tree}/safe/secret' | awk '{ print $1, $3 }'
ls '${tree}/theirs') 2>&1)
emit said "$said"`,
      );
      expect(fields.get("said")?.split("\n")).toEqual([
        ...["0", "0", "0", "1", "-rw-r----- 5", "-rw-r----- 5", "-rw------- 0", "link", "log", "pipe", "safe"],
      ]);
    });

    test.each(["emit_file it", "text_of"])(
      "%s reads with the rights of the user who could create a link there",
      (read) => {
        const text = (file: string) => {
          const script = `${read} '${join(tree, file)}'; [ '${read}' != text_of ] || emit it "$text"; true`;
          return runShell(shell, script).fields.get("it")?.trimEnd();
        };
        expect([text("safe/secret"), text("theirs/log"), text("safe/away/log")]).toEqual(["secret", "words", "words"]);
        expect(() => text("theirs/link")).toThrow("could not be read");
      },
    );
  });
});

describeWith(["root", "dash"], "who is asked to read", () => {
  test.each(["games", "5", "#none"])("%s", (user) => {
    const said = runShell(
      ["dash"],
      `emit who "$(pb_as '${user}' sh -c 'id -u; id -g; grep ^CapEff /proc/self/status')"`,
    );
    const is = user === "#none" ? "" : expect.stringMatching(/^5\n60\nCapEff:\t0+$/);
    expect(said.fields.get("who")).toEqual(is);
  });
});
