import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { presets } from "../../bots";
import type { Definition } from "../../model/service";
import { upstart } from "../../provider/posix/managers/upstart";
import { parseJobFile } from "../../provider/posix/managers/upstart/jobFile";
import { quoteToken, takeToken } from "../../provider/posix/managers/upstart/tokens";
import { anyText } from "../support/definitions";
import { hardText, upstartDefinition } from "../support/upstart/definitions";
import { facts, fieldsOf, marker, read } from "../support/upstart/reading";

const full: Definition = {
  displayName: 'Bots "web"',
  description: 'Web server of Bots: it\'s "fine" \\o/ #1',
  command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/it's", "", "two\nlines", "\nend script\n  exec evil"],
  workingDirectory: "/srv/bots folder",
  umask: "0027",
  environment: { BOTS: "a b", LINES: "x\n\n y", PASSWORD: "se'cret\nend script" },
  secretEnvironment: ["PASSWORD"],
  runAs: { user: "bots", group: "adm" },
  restart: { policy: "onFailure", delaySeconds: 5, maxAttempts: 60 },
  stop: { signal: "SIGINT", timeoutSeconds: 30, mode: "mixed" },
  reload: { signal: "SIGUSR1" },
  requires: ["queue", "db"],
  logs: { stdout: "/var/log/bots/web.log", stderr: "discard" },
  options: { upstart: { author: "edi@example.org", startOn: "runlevel  [345]", stopOn: "runlevel [!345]" } },
};

describe("rendering", () => {
  test("a definition with everything in it", () => {
    const files = upstart.render("web", full, marker, facts);
    for (const file of files) expect({ ...file, content: "" }).toMatchSnapshot(file.path);
    for (const file of files) expect(file.content).toMatchSnapshot(file.path);
  });

  test("the presets of Bots", () => {
    const environment = { flavour: "classic", bin: "/opt/bots/bin", suffix: ".py", path: "/srv/bots" } as const;
    for (const make of Object.values(presets)) {
      const { ready: _, name, ...definition } = make(environment);
      expect(upstart.validate(definition)).toEqual([]);
      expect(upstart.render(name, definition, marker, facts)[0]!.content).toMatchSnapshot(name);
    }
  });

  test.each(["and", "or"])(
    "a required service called %s is refused: upstart takes that word for an operator",
    (name) => {
      expect(upstart.validate({ command: ["/bin/true"], requires: ["queue", name] })).toEqual([
        { path: ["requires", 1], message: expect.stringContaining(`can't be "${name}"`) },
      ]);
    },
  );

  test("reload by signal is refused where upstart is too old for it", () => {
    expect(() => upstart.render("web", full, marker, { ...facts, upstartVersion: "1.5" })).toThrow(
      "reload.signal: requires upstart 1.10, but the host has 1.5",
    );
  });
});

describe("what was rendered", () => {
  test("is read back as the same definition, with nothing left over", () => {
    fc.assert(
      fc.property(upstartDefinition, (definition) => {
        expect(upstart.validate(definition)).toEqual([]);
        const live = read("web", fieldsOf("web", definition));
        expect(upstart.defaults(live.definition)).toEqual(upstart.defaults(definition));
        expect(live).toMatchObject({ marker, unmapped: [], overrides: [], warnings: [], startMode: "automatic" });
      }),
      { numRuns: 500 },
    );
  });

  test("what is read back is what is written next time", () => {
    fc.assert(
      fc.property(upstartDefinition, (definition) => {
        const [first] = upstart.render("web", upstart.defaults(definition), marker, facts);
        const { definition: again } = read("web", fieldsOf("web", upstart.defaults(definition)));
        expect(upstart.render("web", upstart.defaults(again), marker, facts)[0]!.content).toBe(first!.content);
      }),
    );
  });

  test("can't be made to hold stanzas or a marker that are not ours", () => {
    const evil = 'x"\nexec evil\n# pulumi-bots: {"ownerId":"o2"}\nend script\nrespawn';
    const definition: Definition = {
      command: ["/bin/true", evil],
      environment: { A: evil, B: evil },
      secretEnvironment: ["B"],
    };
    const file = parseJobFile(upstart.render("web", definition, { ...marker, urn: evil }, facts)[0]!.content);
    expect(file.stanzas.map(({ name }) => name)).toEqual([
      "start on",
      "stop on",
      "console",
      "pre-stop script",
      "script",
    ]);
    expect(file.stray).toEqual([]);
    for (const property of ["displayName", "description", "workingDirectory"] as const) {
      expect(upstart.validate({ command: ["/bin/true"], [property]: `/${evil}` })).toMatchObject([
        { path: [property] },
      ]);
    }
  });

  test.each(["dash", "bash --posix", "busybox sh"])("argv and environment arrive exactly as given, in %s", (shell) => {
    const [program, ...options] = shell.split(" ");
    const dump = ["/bin/sh", "-c", "cat /proc/$$/cmdline; printf '=\\0'; cat /proc/$$/environ", "dump"];
    const sample = fc.sample(
      fc.record({ args: fc.array(hardText, { maxLength: 4 }), value: hardText, other: anyText }),
      200,
    );
    for (const { args, value, other } of sample) {
      const definition: Definition = { command: [...dump, ...args], environment: { VALUE: value, OTHER: other } };
      const [job] = upstart.render("web", definition, marker, facts);
      const input = parseJobFile(job!.content).stanzas.at(-1)!.text!;
      const words = execFileSync(program!, [...options, "-e"], { input, encoding: "utf8" }).split("\0");
      expect(words.slice(0, args.length + 5)).toEqual([...dump, ...args, "="]);
      expect(words.slice(args.length + 5)).toEqual(expect.arrayContaining([`VALUE=${value}`, `OTHER=${other}`]));
    }
  });
});

describe("a change by hand", () => {
  const lines = upstart.render("web", full, marker, facts)[0]!.content.split("\n");
  const shown = (conf: string, more: Record<string, string> = {}) => {
    const live = read("web", new Map([...fieldsOf("web", full), ["conf", conf], ...Object.entries(more)]));
    const same =
      JSON.stringify(upstart.defaults(live.definition)) ===
      JSON.stringify(upstart.defaults(read("web", fieldsOf("web", full)).definition));
    return {
      live,
      isShown: !same || live.unmapped.length > 0 || live.marker === undefined || live.startMode !== "automatic",
    };
  };

  test("of any line shows", () => {
    for (const [i, line] of lines.entries()) {
      if (line.trim() === "" || /^# (Managed by|pulumi-bots-machinery)/.test(line)) continue;
      const without = lines.filter((_, j) => j !== i).join("\n");
      expect({ taken: line, isShown: shown(without).isShown }).toEqual({ taken: line, isShown: true });
    }
  });

  test.each([
    "nice 5",
    "expect fork",
    "manual",
    "umask 000",
    "pre-start exec /bin/true",
    "env A=b",
    "limit nofile 1 1",
    "no stanza",
  ])("shows when it adds: %s", (stanza) => {
    const at = lines.indexOf("console log");
    expect(shown([...lines.slice(0, at), stanza, ...lines.slice(at)].join("\n")).isShown).toBe(true);
  });

  test("in a script shows as a line", () => {
    const { live } = shown(
      lines.join("\n").replace("exec '/opt", "exec /bin/echo '/opt").replace("\nscript\n", "\nscript\n  ulimit -n 9\n"),
    );
    expect(live.unmapped).toContainEqual({ file: "/etc/init/web.conf", line: "ulimit -n 9" });
  });

  test("in an override shows, and is not taken for the definition", () => {
    const { live } = shown(lines.join("\n"), { override: "umask 000\n" });
    expect(live.definition.umask).toBe("0027");
    expect(live).toMatchObject({
      overrides: ["/etc/init/web.override"],
      unmapped: [{ file: "/etc/init/web.override", line: "umask 000" }],
    });
  });

  test("a line of the file of secrets is shown by its number alone", () => {
    const { live } = shown(lines.join("\n"), { environment: "export PASSWORD='x'\nrm -rf $HOME\n" });
    expect(live.unmapped).toEqual([
      { file: "/etc/pulumi-bots/web.env", line: "line 2 (not shown: the file holds secrets)" },
    ]);
    expect(live.definition.environment!.PASSWORD).toBe("x");
  });

  test("a machinery that another version wrote is no change", () => {
    const [job] = upstart.render("web", full, marker, facts);
    const machinery = job!.content.replace("sleep 0.2", "sleep 0.3");
    const hash = /machinery: (\w+)/.exec(machinery)![1]!;
    expect(shown(machinery).isShown).toBe(true);
    const { machineryHash } = jest.requireActual<typeof import("../../provider/posix/managers/upstart/render")>(
      "../../provider/posix/managers/upstart/render",
    );
    const { parseJob } = jest.requireActual<typeof import("../../provider/posix/managers/upstart/parse")>(
      "../../provider/posix/managers/upstart/parse",
    );
    const lines = parseJob("web", [{ path: "x", file: parseJobFile(machinery) }], { ours: true }).machinery;
    expect(shown(machinery.replace(hash, machineryHash(lines))).isShown).toBe(false);
  });
});

describe("tokens", () => {
  test("any line of text is read back from its quotes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = text.replaceAll("\n", "");
        expect(takeToken(`${quoteToken(line)} #`, 0, "#\n \t", true)?.value).toBe(line);
      }),
    );
  });
});
