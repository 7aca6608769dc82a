import fc from "fast-check";
import { definitionHash } from "../../model/hash";
import { systemd } from "../../provider/posix/managers/systemd";
import { formatEnvironmentFile, parseEnvironmentFile } from "../../provider/posix/managers/systemd/environmentFile";
import { arbitraryDefinition, marker } from "../support/definitions";
import { BOTS, facts, live, UNIT, written } from "../support/systemdUnits";
import { codePoint } from "../support/text";

describe("render", () => {
  test("a service with everything", () => {
    const files = systemd.render("web", BOTS, marker, facts);
    expect(files.map(({ path, owner, group, mode, secret }) => ({ path, owner, group, mode, secret }))).toEqual([
      { path: UNIT, owner: "root", group: "root", mode: "0644" },
      { path: "/etc/pulumi-bots/web.env", owner: "root", group: "root", mode: "0600", secret: true },
    ]);
    expect(files[0]!.content).toMatchInlineSnapshot(`
     "# pulumi-bots: {"ownerId":"o1","urn":"urn:pulumi:prod::edi::bots:index:Service::web","definition":"d","triggers":"t","outdated":"i1"}
     # Managed by Pulumi (urn:pulumi:prod::edi::bots:index:Service::web): changes made here are found by \`pulumi refresh\` and undone by \`pulumi up\`.

     [Unit]
     Description=Web interface of the Bots EDI translator, 100 %%
     X-DisplayName=Bots Webserver
     Wants=bots-jobqueueserver.service
     After=bots-jobqueueserver.service
     StartLimitBurst=3
     StartLimitIntervalSec=45
     After=network-online.target

     [Service]
     Type=exec
     ExecStart=/opt/bots/bin/bots-webserver "-c/srv/bots/config" "a \\"b\\" \\\\ $$HOME\\n%%h"
     WorkingDirectory=/srv/bots
     UMask=0027
     User=bots
     Group=bots
     Restart=always
     RestartSec=5
     KillSignal=SIGTERM
     TimeoutStopSec=30
     KillMode=mixed
     StandardOutput=append:/var/log/bots/web.log
     StandardError=null
     ExecReload=/bin/kill -HUP $MAINPID
     Environment="BOTSENV=default"
     Environment="PATH=/opt/bots/bin:/usr/bin:/bin"
     EnvironmentFile=/etc/pulumi-bots/web.env
     LimitNOFILE=4096

     [Install]
     WantedBy=multi-user.target
     "
    `);
    expect(files[1]!.content).toMatchInlineSnapshot(`
     "TOKEN="se\\"cret
     \\$x"
     "
    `);
  });

  test("the smallest service", () => {
    expect(systemd.render("web", { command: ["/bin/true"] }, marker, facts)[0]!.content).toMatchInlineSnapshot(`
     "# pulumi-bots: {"ownerId":"o1","urn":"urn:pulumi:prod::edi::bots:index:Service::web","definition":"d","triggers":"t","outdated":"i1"}
     # Managed by Pulumi (urn:pulumi:prod::edi::bots:index:Service::web): changes made here are found by \`pulumi refresh\` and undone by \`pulumi up\`.

     [Service]
     Type=exec
     ExecStart=/bin/true

     [Install]
     WantedBy=multi-user.target
     "
    `);
  });

  test("options replace what is ours by default", () => {
    const systemdOptions = {
      service: { Type: "notify", ExecStart: "-/bin/sh -c 'exec $X'", ExecStartPre: ["/bin/a", "/bin/b"] },
      install: { WantedBy: "bots.target", Alias: "w.service" },
    };
    const [unit] = systemd.render("web", { options: { systemd: systemdOptions } }, marker, facts);
    expect(unit!.content.split("\n").slice(3).join("\n")).toMatchInlineSnapshot(`
     "[Service]
     Type=notify
     ExecStart=-/bin/sh -c 'exec $X'
     ExecStartPre=/bin/a
     ExecStartPre=/bin/b

     [Install]
     WantedBy=bots.target
     Alias=w.service
     "
    `);
  });

  test("systemd 219 has other names, and can't do everything", () => {
    const old = { ...facts, systemdVersion: 219 };
    const { logs: _, ...rest } = BOTS;
    const [unit] = systemd.render("web", rest, marker, old);
    expect(unit!.content).toContain("[Service]\nType=simple\n");
    expect(unit!.content).toMatch(/\[Service\][^[]*\nStartLimitBurst=3\nStartLimitInterval=45\n/);
    expect(systemd.defaults(live({ unit: unit!.content, environment: 'TOKEN="x"' }).definition).restart).toEqual(
      BOTS.restart,
    );
    expect(() => systemd.render("web", BOTS, marker, old)).toThrow("logs.stdout: a log file requires systemd 240");
    const bell = { command: ["/bin/true"], environment: { A: "\x07" } };
    expect(() => systemd.render("web", bell, marker, old)).toThrow(
      "environment.A: control characters require systemd 248",
    );
  });

  test("never writes a line that the definition did not mean", () => {
    expect(() =>
      systemd.render("web", { ...BOTS, description: "x\n[Service]\nExecStartPre=/evil" }, marker, facts),
    ).toThrow("Description=");
  });
});

describe("what is written reads back", () => {
  test("the example", () => {
    const seen = written(BOTS);
    expect(seen).toMatchObject({
      installed: true,
      definition: BOTS,
      marker,
      unmapped: [],
      overrides: [],
      warnings: [],
    });
    expect(systemd.validate(BOTS)).toEqual([]);
  });

  test("any definition", () => {
    fc.assert(
      fc.property(arbitraryDefinition, (definition) => {
        expect(systemd.validate(definition)).toEqual([]);
        const seen = written(definition);
        expect(seen.definition).toEqual(definition);
        expect(seen.unmapped).toEqual([]);
        expect(seen.marker).toEqual(marker);
      }),
      { numRuns: 2000 },
    );
  });

  test("a variable with a name that is special to JavaScript", () => {
    const environment = JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>;
    const seen = written({ command: ["/bin/a"], environment, secretEnvironment: ["constructor"] });
    expect(Object.entries(seen.definition.environment!).sort()).toEqual([...Object.entries(environment)]);
  });

  test("resolved, too; and resolving twice is resolving once", () => {
    fc.assert(
      fc.property(arbitraryDefinition, (definition) => {
        const resolved = systemd.defaults(definition);
        expect(systemd.defaults(written(definition).definition)).toEqual(resolved);
        expect(systemd.defaults(resolved)).toEqual(resolved);
        expect(definitionHash(systemd.defaults(resolved))).toBe(definitionHash(resolved));
      }),
      { numRuns: 500 },
    );
  });

  test("any content of an environment file", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (value) => {
        const text = formatEnvironmentFile({ A: value, B: "1" });
        expect(parseEnvironmentFile(text)).toEqual({ variables: { A: value, B: "1" }, odd: [] });
      }),
      { numRuns: 1000 },
    );
  });
});
