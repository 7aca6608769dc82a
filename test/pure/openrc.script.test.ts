import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { definitionHash } from "../../model/hash";
import { openrc } from "../../provider/posix/managers/openrc";
import { DIVIDER, machineryHash } from "../../provider/posix/managers/openrc/machinery";
import { arbitraryDefinition, BOTS, facts, live, written } from "../support/openrcScripts";
import { marker } from "../support/definitions";

describe("render", () => {
  test("a service with everything", () => {
    const files = openrc.render("web", BOTS, marker, facts);
    expect(files.map(({ path, owner, group, mode, secret }) => ({ path, owner, group, mode, secret }))).toEqual([
      { path: "/etc/init.d/web", owner: "root", group: "root", mode: "0755" },
      { path: "/etc/pulumi-bots/web.env", owner: "root", group: "root", mode: "0600", secret: true },
    ]);
    expect(files[0]!.content.split(DIVIDER)[0]!.replace(/[0-9a-f]{64}/, "HASH")).toMatchInlineSnapshot(`
     "#!/sbin/openrc-run
     # pulumi-bots: {"ownerId":"o1","urn":"urn:pulumi:prod::edi::bots:index:Service::web","definition":"d","triggers":"t","outdated":"i1"}
     # Managed by Pulumi (urn:pulumi:prod::edi::bots:index:Service::web): changes made here are found by \`pulumi refresh\` and undone by \`pulumi up\`.
     # pulumi-bots-machinery: HASH

     name='Bots Webserver'
     description='Web interface of the Bots EDI translator, 100 %'
     supervisor=supervise-daemon
     respawn_delay=5
     command_user=bots
     command_group=bots
     directory=/srv/bots
     umask=0027
     stopsig=SIGTERM
     stop_timeout=30
     stop_mode=mixed
     reload_signal=SIGHUP
     output_log=/var/log/bots/web.log
     error_log=/dev/null
     boot_runlevel=boot
     respawn_max=59
     respawn_period=885
     command=/opt/bots/bin/bots-webserver
     command_args='-c/srv/bots/config '\\''a "b" \\ $HOME
     * '\\''\\'\\'''\\''c'\\''\\'\\'''\\'''\\'''
     extra_started_commands=reload
     environment='
     BOTSENV=default
     PATH=/opt/bots/bin:/usr/bin:/bin
     '
     environment_file=/etc/pulumi-bots/web.env

     depend() {
     	want bots-jobqueueserver
     	need net
     	after bots-jobqueueserver postgresql
     }

     "
    `);
    expect(files[1]!.content).toMatchInlineSnapshot(`
     "TOKEN='se'\\''cret
     $x'
     "
    `);
  });

  test("the smallest service", () => {
    const [script] = openrc.render("web", { command: ["/bin/true"] }, marker, facts);
    expect(script!.content.split(DIVIDER)[0]!.split("\n").slice(4).join("\n")).toMatchInlineSnapshot(`
     "
     command=/bin/true

     "
    `);
  });

  test.each([["dash"], ["bash", "--posix"], ["busybox", "sh"]])("%s can read the script", (program, ...args) => {
    const [script] = openrc.render("web", BOTS, marker, facts);
    const { status, stderr } = spawnSync(program, [...args, "-n"], { input: script!.content, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("secrets stand in the file for root alone", () => {
    const [script] = openrc.render("web", BOTS, marker, facts);
    expect(script!.content).not.toContain("se'cret");
    expect(script!.content).not.toContain("$x");
  });
});

describe("what is written reads back", () => {
  test("the example", () => {
    expect(written(BOTS)).toMatchObject({
      installed: true,
      definition: BOTS,
      marker,
      unmapped: [],
      overrides: [],
      warnings: [],
    });
    expect(openrc.validate(BOTS)).toEqual([]);
  });

  test("any definition", () => {
    fc.assert(
      fc.property(arbitraryDefinition, (definition) => {
        expect(openrc.validate(definition)).toEqual([]);
        const seen = written(definition);
        expect(seen.definition).toEqual(definition);
        expect(seen.unmapped).toEqual([]);
        expect(seen.marker).toEqual(marker);
      }),
      { numRuns: 2000 },
    );
  });

  test("resolved, too; and resolving twice is resolving once", () => {
    fc.assert(
      fc.property(arbitraryDefinition, (definition) => {
        const resolved = openrc.defaults(definition);
        expect(openrc.defaults(written(definition).definition)).toEqual(resolved);
        expect(openrc.defaults(resolved)).toEqual(resolved);
        expect(definitionHash(openrc.defaults(resolved))).toBe(definitionHash(resolved));
      }),
      { numRuns: 500 },
    );
  });

  test("a variable with a name that is special to JavaScript", () => {
    const environment = JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>;
    const seen = written({ command: ["/bin/a"], environment, secretEnvironment: ["constructor"] });
    expect(Object.entries(seen.definition.environment!).sort()).toEqual([...Object.entries(environment)]);
  });
});

describe("a change by hand", () => {
  const [script] = openrc.render("web", BOTS, marker, facts);
  const edited = (from: string | RegExp, to: string) => {
    const content = script!.content.replace(from, () => to);
    expect(content).not.toBe(script!.content);
    return live({ script: content, environment: "TOKEN='x'\n" });
  };

  test.each<[string, string | RegExp, string, object]>([
    [
      "another program",
      "command=/opt/bots/bin/bots-webserver",
      "command=/opt/x",
      { command: ["/opt/x", ...BOTS.command!.slice(1)] },
    ],
    ["another user", "command_user=bots", "command_user=nobody", { runAs: { user: "nobody", group: "bots" } }],
    ["other seconds", "stop_timeout=30", "stop_timeout=40", { stop: { ...BOTS.stop, timeoutSeconds: 40 } }],
    [
      "no supervisor",
      "supervisor=supervise-daemon",
      "supervisor=''",
      { restart: { ...BOTS.restart, policy: "never" } },
    ],
    [
      "a variable",
      "BOTSENV=default",
      "BOTSENV=other",
      { environment: { BOTSENV: "other", PATH: BOTS.environment!.PATH, TOKEN: "x" } },
    ],
    [
      "another need",
      "need net",
      "need net dbus",
      { options: { openrc: { ...BOTS.options!.openrc, need: ["net", "dbus"] } } },
    ],
    [
      "later ones",
      "after bots-jobqueueserver postgresql",
      "after bots-jobqueueserver",
      { options: { openrc: { runlevel: "boot", need: ["net"] } } },
    ],
    [
      "another run level",
      "boot_runlevel=boot",
      "boot_runlevel=single",
      { options: { openrc: { ...BOTS.options!.openrc, runlevel: "single" } } },
    ],
    ["in double quotes", "umask=0027", 'umask="0077"', {}],
  ])("shows as a property: %s", (what, from, to, changed) => {
    const seen = edited(from, to);
    if (what === "in double quotes") expect(seen.unmapped).not.toEqual([]);
    else {
      expect(seen.definition).toMatchObject(changed);
      expect(seen.definition).not.toMatchObject(BOTS);
      expect(seen.unmapped).toEqual([]);
    }
  });

  test.each<[string, string | RegExp, string, string[]]>([
    ["another setting", "umask=0027", "umask=0027\nnicelevel=5", ["nicelevel=5"]],
    ["a value that is none", "umask=0027", "umask=often", ["umask=often"]],
    ["a period of its own", "respawn_period=885", "respawn_period=1", ["respawn_max=59", "respawn_period=1"]],
    ["a command", "umask=0027", "umask=0027\nulimit -n 5", ["ulimit -n 5"]],
    ["a want without order", "want bots-jobqueueserver", "want bots-jobqueueserver x", ["want x"]],
    ["another dependency", "need net", "need net\n\tbefore x", ["\tbefore x"]],
    ["arguments with a variable", /^command_args=.*$/m, 'command_args="$X"', ['command_args="$X"']],
    ["the machinery", "start() {", "start() {\n  logger hello", ["  logger hello"]],
    ["machinery taken away", /^status\(\)[^]*?^}$/m, "", ["(lines below the settings are missing or moved)"]],
    ["something at the end", /$/, "echo hello\n", ["echo hello"]],
    ["without its end", new RegExp(`${DIVIDER}[^]*`), "", ["(lines below the settings are missing or moved)"]],
  ])("shows as a line: %s", (_, from, to, lines) => {
    expect(edited(from, to).unmapped.map(({ line }) => line)).toEqual(expect.arrayContaining(lines));
  });

  test("a line in the file with secrets shows without its text", () => {
    const { unmapped } = written(BOTS, { environment: "TOKEN='x'\nrm -rf secret\n" });
    expect(unmapped).toEqual([
      { file: "/etc/pulumi-bots/web.env", line: "line 2 (not shown: the file holds secrets)" },
    ]);
  });

  test("settings laid over the service show, and comments don't", () => {
    const conf = { "conf.3.path": "/etc/conf.d/web", "conf.3.text": "# mine\n\numask=0077\n" };
    expect(written(BOTS, conf)).toMatchObject({
      unmapped: [{ file: "/etc/conf.d/web", line: "umask=0077" }],
      overrides: ["/etc/conf.d/web"],
    });
    expect(written(BOTS, { ...conf, "conf.3.text": "# mine\n" })).toMatchObject({ unmapped: [], overrides: [] });
  });

  test("the machinery of another version of the provider is none", () => {
    const machinery = "start() { :; }\n";
    const [head] = script!.content
      .replace(/^(# pulumi-bots-machinery: ).*$/m, `$1${machineryHash(machinery)}`)
      .split(DIVIDER);
    const later = live({ script: `${head}${DIVIDER}\n${machinery}`, environment: "TOKEN='x'\n" });
    expect(later.unmapped).toEqual([]);
  });
});

describe("run levels", () => {
  const smallest = { command: ["/bin/true"] };
  test("in the wanted one: at boot, and no drift", () => {
    expect(written(smallest, { levels: "default " })).toMatchObject({
      startMode: "automatic",
      definition: smallest,
      unmapped: [],
    });
    expect(written(BOTS, { levels: "boot " })).toMatchObject({
      startMode: "automatic",
      definition: BOTS,
      unmapped: [],
    });
    expect(written(BOTS, { levels: "" })).toMatchObject({ startMode: "manual", definition: BOTS, unmapped: [] });
  });

  test("in another one: a changed property", () => {
    expect(written(smallest, { levels: "boot " }).definition.options).toEqual({ openrc: { runlevel: "boot" } });
  });

  test("in more than one: a line", () => {
    expect(written(smallest, { levels: "boot default " })).toMatchObject({
      definition: smallest,
      unmapped: [{ file: "/etc/runlevels/boot/web" }],
    });
  });
});
