import fc from "fast-check";
import { definitionHash } from "../../model/hash";
import type { Definition } from "../../model/service";
import {
  arbitraryScriptDefinition,
  botsDefinition,
  facts,
  MANAGERS,
  written,
  type ScriptManager,
} from "../support/initScripts";
import { marker } from "../support/definitions";

const managers = Object.keys(MANAGERS) as ScriptManager[];

describe.each(managers)("the script of %s", (manager) => {
  const one = MANAGERS[manager];
  const bots = botsDefinition(manager);

  test("as people see it", () => {
    const files = one.render("web", bots, marker, facts);
    expect(files.map(({ path, owner, group, mode, secret }) => ({ path, owner, group, mode, secret }))).toEqual([
      { path: "/etc/init.d/web", owner: "root", group: "root", mode: "0755" },
      { path: "/etc/pulumi-bots/web.env", owner: "root", group: "root", mode: "0600", secret: true },
    ]);
    expect(files[0]!.content).toMatchSnapshot();
    expect(files[1]!.content).toBe("export TOKEN='ge'\\''heim\n$x'\n");
  });

  test("holds no secret", () => {
    const [script] = one.render("web", bots, marker, facts);
    expect(script!.content).not.toContain("heim");
  });

  test("reads back as what was written", () => {
    const seen = written(manager, bots);
    expect(seen.definition).toEqual(bots);
    expect(seen).toMatchObject({ installed: true, marker, unmapped: [], warnings: [] });
  });

  test("reads back as what was written, whatever it is", () => {
    fc.assert(
      fc.property(arbitraryScriptDefinition(manager), (definition) => {
        expect(one.validate(definition)).toEqual([]);
        const seen = written(manager, definition);
        expect(one.defaults(seen.definition)).toEqual(one.defaults(definition));
        expect(definitionHash(one.defaults(seen.definition))).toBe(definitionHash(one.defaults(definition)));
        expect(seen.unmapped).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("what is unset is read back as unset", () => {
    const definition: Definition = { command: ["/bin/a"] };
    expect(written(manager, definition).definition).toEqual(definition);
  });

  test("the detection reads which manager made it", () => {
    const [script] = one.render("web", bots, { ...marker, urn: "u".repeat(8000) }, facts);
    expect(script!.content.slice(0, 4000)).toContain(`\n# pulumi-bots-manager: ${manager}\n`);
  });

  test("no text of a user becomes a header line", () => {
    const text = "x\n# Provides: sshd\r\u2028# Required-Start: evil\n### END INIT INFO\\";
    const definition: Definition = { command: ["/bin/a"], displayName: text, description: text };
    const [script] = one.render("web", definition, { ...marker, urn: "a\n# Provides: b" }, facts);
    const lines = script!.content.split("\n# Settings")[0]!.split(/[\n\r\u2028]/);
    expect(lines.filter((line) => line.startsWith("# Provides"))).toEqual(["# Provides:          web"]);
    expect(lines.filter((line) => line === "### END INIT INFO")).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith("\\"))).toEqual([]);
    expect(written(manager, definition).definition).toEqual(definition);
  });

  test("a value that looks like the end of the settings is a value", () => {
    const text = "\n# End of the settings.\nPATH=/evil\n# Settings: values in single quotes.\n";
    const definition: Definition = { command: ["/bin/a", text], environment: { A: text } };
    expect(written(manager, definition)).toMatchObject({ definition, unmapped: [] });
  });
});

describe("what somebody changes by hand shows", () => {
  const bots = botsDefinition("lsb");
  const after = (from: string | RegExp, to: string) => {
    const seen = written("lsb", bots, {
      change: (text) => {
        const changed = text.replace(from, to);
        expect(changed).not.toBe(text);
        return changed;
      },
    });
    return { definition: seen.definition, lines: seen.unmapped.map(({ line }) => line) };
  };

  test.each<[string, string | RegExp, string, object]>([
    ["a setting", "STOP_TIMEOUT=30", "STOP_TIMEOUT=7", { stop: { timeoutSeconds: 7 } }],
    [
      "an argument",
      "-c/srv/bots/config",
      "-c/srv/other",
      { command: [bots.command![0], "-c/srv/other", bots.command![2]] },
    ],
    ["a variable", "VARIABLE_BOTSENV=default", "VARIABLE_BOTSENV=x", { environment: { BOTSENV: "x" } }],
    ["a mask", "UMASK=0027", "UMASK=0077", { umask: "0077" }],
    ["run levels", "# Default-Start:     3 5", "# Default-Start:     3", { options: { lsb: { runlevels: [3] } } }],
    ["order", "# Should-Start:      bots-jobqueueserver", "# Should-Start:      x", { requires: ["x"] }],
    ["facilities", "$network $syslog", "$network", { options: { lsb: { requiredStart: ["$network"] } } }],
  ])("as a property: %s", (_, from, to, expected) => {
    const { definition, lines } = after(from, to);
    expect(definition).toMatchObject(expected);
    expect(definition).not.toEqual(bots);
    expect(lines).toEqual([]);
  });

  test.each<[string, string | RegExp, string, string[]]>([
    ["a new setting", "UMASK=0027", "UMASK=0027\nLIMIT=5", ["LIMIT=5"]],
    ["a command among the settings", "UMASK=0027", "UMASK=0027\nulimit -n 5", ["ulimit -n 5"]],
    ["a value with an expansion", "STDERR=discard", 'STDERR="$HOME"', ['STDERR="$HOME"']],
    ["a value that the script does not know", "STOP_MODE=mixed", "STOP_MODE=all", ["STOP_MODE=all"]],
    ["an argument that is not counted", "COMMAND=3", "COMMAND=2", ["COMMAND_2=" + bots.command![2]!]],
    ["another name", "NAME=web", "NAME=other", ["NAME=other"]],
    ["another file of secrets", /SECRETS=.*/, "SECRETS=/tmp/x", ["SECRETS=/tmp/x"]],
    [
      "a derived header line",
      "# Default-Stop:      0 1 2 4 6",
      "# Default-Stop:      0",
      ["# Default-Stop:      0", "(missing) # Default-Stop:      0 1 2 4 6"],
    ],
    ["a second header line", "# Default-Stop:", "# Default-Start: 1\n# Default-Stop:", ["# Default-Start: 1"]],
    ["a line of the machinery", "\numask 022\n", "\numask 0\n", ["umask 0", "(missing) umask 022"]],
    ["a line that is gone", "unlock() {\n", "", ["(missing) unlock() {"]],
    ["a nonsense run level", "# Default-Start:     3 5", "# Default-Start:     3 5 x", ["# Default-Start: 3 5 x"]],
    [
      "another machinery hash",
      /machinery: \w/,
      "machinery: z",
      ["(lines of the script were moved or taken away by hand)"],
    ],
  ])("as a line: %s", (_, from, to, expected) => {
    expect(after(from, to).lines).toEqual(expected);
  });

  test("a line at the end, or all settings gone", () => {
    expect(written("lsb", bots, { change: (text) => text + "echo more\n" }).unmapped.map(({ line }) => line)).toEqual([
      "echo more",
    ]);
    expect(written("lsb", bots, { change: (text) => text.replace("# Settings", "#Settings") }).unmapped).not.toEqual(
      [],
    );
  });

  test("a link, an odd line among the secrets (not shown), owners and modes", () => {
    const seen = written("lsb", bots, {
      link: "/opt/web.init",
      environment: "export TOKEN=a\nfoo geheim\n",
      stat: "bots:bots 775 /etc/init.d/web\nroot:root 644 /etc/pulumi-bots/web.env\n",
    });
    expect(seen.unmapped).toEqual([
      { file: "/etc/init.d/web", line: "(it is a symbolic link to /opt/web.init)" },
      { file: "/etc/pulumi-bots/web.env", line: "line 2 (not shown: the file holds secrets)" },
      { file: "/etc/pulumi-bots/web.env", line: "(others can read it: owner root:root, mode 0644)" },
    ]);
    expect(seen.files).toMatchObject([
      { owner: "bots:bots", mode: "0775", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { owner: "root:root", mode: "0644" },
    ]);
  });

  test("a broken marker: the owner is unknown", () => {
    const seen = written("lsb", bots, { change: (text) => text.replace('{"ownerId"', "{") });
    expect(seen.marker).toBeUndefined();
    expect(seen.warnings.join()).toContain("can't be parsed");
  });

  test("an older renderer's script is no difference", () => {
    // Another text with its own fitting hash, as an older release would have written it.
    const { createHash } = jest.requireActual<typeof import("node:crypto")>("node:crypto");
    const seen = written("lsb", bots, {
      change: (text) => {
        const [head, rest] = text.replace("lock() {\n", "lock() {\n  :\n").split("\n\n# Settings") as [string, string];
        const tail = rest.slice(rest.lastIndexOf("\n# End of the settings.\n") + 24).trim();
        const kept = head
          .split("\n")
          .filter(
            (line) =>
              !/^# (pulumi-bots:|Managed by|pulumi-bots-machinery|Required-|Should-Start|Default-Start)/.test(line),
          );
        const hash = createHash("sha256")
          .update([...kept, tail].join("\n"))
          .digest("hex")
          .slice(0, 32);
        return `${head.replace(/machinery: \w+/, `machinery: ${hash}`)}\n\n# Settings${rest}`;
      },
    });
    expect(seen).toMatchObject({ definition: bots, unmapped: [], marker });
  });
});
