import { foreign } from "../support/upstart/reading";

describe("a job made by hand", () => {
  test("of the documentation's form: a bare program name, found as the host finds it", () => {
    const conf =
      'description "Queue"\nauthor "bots@example.org"\nstart on runlevel [2345]\nstop on runlevel [!2345]\nrespawn\nexec bots-jobqueueserver.py\n';
    const {
      definition,
      unmapped,
      startMode,
      marker: none,
    } = foreign(conf, { "program.bots-jobqueueserver.py": "/usr/local/bin/bots-jobqueueserver.py" });
    expect({ definition, unmapped, startMode, none }).toEqual({
      definition: {
        description: "Queue",
        command: ["/usr/local/bin/bots-jobqueueserver.py"],
        restart: { policy: "always" },
        options: { upstart: { author: "bots@example.org" } },
      },
      unmapped: [],
      startMode: "automatic",
      none: undefined,
    });
  });

  test("of plain stanzas, with everything that has a property", () => {
    const conf = `# a comment
start on (local-filesystems   # disks
  and net-device-up IFACE!=lo)
env CONFIG=/srv/bots
env OPTS="-q  -v"
setuid bots
chdir /srv
umask 27
kill timeout 20
kill signal INT
respawn
respawn limit 10 5
normal exit 0
console none
exec /usr/bin/bots-webserver.py -c/srv/bots --port=80
`;
    const live = foreign(conf);
    expect(live).toMatchObject({
      definition: {
        command: ["/usr/bin/bots-webserver.py", "-c/srv/bots", "--port=80"],
        environment: { CONFIG: "/srv/bots", OPTS: "-q  -v" },
        ...{ runAs: { user: "bots" }, workingDirectory: "/srv", umask: "0027", logs: { stdout: "discard" } },
        ...{ stop: { signal: "SIGINT", timeoutSeconds: 20 }, restart: { policy: "onFailure" } },
        options: { upstart: { startOn: "(local-filesystems and net-device-up IFACE!=lo)" } },
      },
      unmapped: [],
      warnings: [expect.stringContaining('no "stop on"')],
    });
    expect(live.observed).toBeUndefined();
  });

  test.each([
    ["limit nofile 4096 4096", "limit nofile 4096 4096"],
    ["nice -5", "nice -5"],
    ["respawn limit 3 60", "respawn limit 3 60"],
    ["normal exit 0 TERM", "normal exit 0 TERM"],
    ["reload signal USR1", "reload signal USR1"],
    ["console output", "console output"],
    ["whatever this is", "whatever this is"],
  ])("what no property covers is left over: %s", (stanza, line) => {
    const { unmapped, definition } = foreign(`${stanza}\nexec /opt/web\n`);
    expect(unmapped).toEqual([{ file: "/etc/init/web.conf", line }]);
    expect(definition.command).toEqual(["/opt/web"]);
    expect(definition.reload).toBeUndefined();
  });

  test.each([
    "pre-start exec mkdir /run/web\nexec /opt/web",
    "pre-start script\nmkdir /run/web\nend script\nexec /opt/web",
    "post-stop script\ndelay=5\nend script\nexec /opt/web",
    "expect fork\nexec /opt/web",
    "expect daemon\nexec /opt/web",
    "chroot /srv/web\nexec /opt/web",
    "instance $N\nexec /opt/web",
    "env A\nexec /opt/web",
    "script\nexec /opt/web\nend script",
    "exec /opt/web $UNKNOWN",
    "exec /opt/web `date`",
    "exec /opt/web *.conf",
    "exec /opt/web | logger",
    "exec /opt/web >> /var/log/web.log",
    "exec /opt/web &",
    "emits something",
  ])("a program is observed and never a definition: %s", (text) => {
    const live = foreign(`description "Web"\nkill timeout 9\nsetuid bots\n${text}\n`);
    expect(live).toMatchObject({ definition: {}, unmapped: [], startMode: "manual" });
    expect(live.observed).toContainEqual({ property: "description", value: "Web", file: "/etc/init/web.conf" });
    expect(live.observed).toContainEqual({ property: "stop.timeoutSeconds", value: 9, file: "/etc/init/web.conf" });
  });

  test("of what a script says each is there with its line, or the reason", () => {
    const conf =
      "env CONFIG=/srv/bots\nsetuid bots\nscript\n  export A=1\n  cd /srv/bots && umask 027\n  [ -e /etc/debug ] && B=1\n" +
      '  export B\n  exec /opt/web -p 80 "$CONFIG" > /dev/null 2>&1\nend script\n';
    const file = "/etc/init/web.conf";
    expect(foreign(conf).observed).toEqual([
      { property: "command", value: ["/opt/web", "-p", "80", "/srv/bots"], file, line: 8 },
      { property: "workingDirectory", value: "/srv/bots", file, line: 5 },
      { property: "umask", value: "0027", file, line: 5 },
      { property: "runAs.user", value: "bots", file, line: 4 },
      { property: "logs.stdout", value: "discard", file, line: 8 },
      { property: "logs.stderr", value: "discard", file, line: 8 },
      { property: "environment.CONFIG", value: "/srv/bots", file, line: 4 },
      { property: "environment.A", value: "1", file, line: 4 },
      { property: "environment.B", unknown: "it depends on a condition", file, line: 6 },
    ]);
  });

  test.each(["script\nexec /opt/web --password x\nend script\n", "env TOKEN=x\nexec /opt/web --password x\n"])(
    "a job that not everybody may read says nothing that is not secret: %s",
    (conf) => {
      const live = foreign(conf, { stat: "root:root 600 /etc/init/web.conf" });
      expect(live.definition).toEqual({});
      expect(live.observed!.length).toBeGreaterThan(0);
      expect(live.observed!.every(({ secret }) => secret)).toBe(true);
    },
  );

  test("an override is part of it, and its stanzas win", () => {
    const live = foreign("start on runlevel [2345]\numask 022\nexec /opt/web\n", {
      override: "manual\numask 077\nnice 3\n",
    });
    expect(live).toMatchObject({
      ...{ startMode: "manual", definition: { umask: "0077" }, overrides: ["/etc/init/web.override"] },
      unmapped: [{ file: "/etc/init/web.override", line: "nice 3" }],
    });
    expect(foreign("start on x\nexec /opt/web\n", { override: "# off\nmanual\n" })).toMatchObject({
      startMode: "manual",
      overrides: [],
    });
  });

  test("a marker that can't be read makes it somebody else's, with a warning", () => {
    expect(foreign("# pulumi-bots: {\nexec /opt/web\n").warnings).toContainEqual(
      expect.stringContaining("treated as unmanaged"),
    );
  });
});
