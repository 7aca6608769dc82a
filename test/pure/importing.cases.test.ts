import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readInitScript, readOpenrcScript, type ProgramReading } from "../../provider/posix/importing";
import { upstart } from "../../provider/posix/managers/upstart";
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

describe("an OpenRC service is read as the host runs it, or not at all", () => {
  const discard = { stdout: "discard", stderr: "discard" };
  test.each<[string, Ran[]]>([
    ["o1", [{ argv: ["/opt/rec", "o1", "-a"], ...discard }]],
    ["o4", [{ argv: ["/opt/rec", "o4"], ...discard }]],
  ])("%s", (name, ran) => {
    const text = readFileSync(join(FOLDER, "openrc", name), "utf8");
    const reading = readOpenrcScript({ path: `/etc/init.d/${name}`, text, isPrivate: false }, [], name);
    expect(reading.data).toBeUndefined();
    expect(wrongs(reading, ran)).toEqual([]);
    expect(reading).toMatchObject({ programs: ["/opt/rec"], pidFiles: [`/run/${name}.pid`], ambiguous: false });
  });
});

describe("an upstart job is read as the host runs it, or not at all", () => {
  test.each<[string, Ran[]]>([
    ["a1", [{ argv: [P, "-a"] }]],
    ["a2", [{ argv: [P, "--mode", "prod"] }]],
    ["a9", [{ argv: [P, "2", "$A", "b c"], environment: { A: "2" } }]],
  ])("%s", (name, ran) => {
    const conf = readFileSync(join(FOLDER, "upstart", `${name}.conf`), "utf8");
    const fields = new Map(Object.entries({ status: `${name} stop/waiting`, conf }));
    const { definition, observed = [] } = upstart.parse(name, { fields, shared: new Map() });
    expect(definition).toEqual({});
    const command = observed.find(({ property }) => property === "command")?.value as string[] | undefined;
    const reading: ProgramReading = {
      observed,
      programs: [],
      pidFiles: [],
      ambiguous: false,
      ...(command && { command }),
    };
    expect(wrongs(reading, ran)).toEqual([]);
    expect(command !== undefined).toBe(name === "a9");
  });
});

describe("what is not certain", () => {
  const read = (text: string, files: Record<string, string> = {}, isPrivate = false) =>
    readInitScript(
      { path: "/etc/init.d/web", text, isPrivate: false },
      Object.entries(files).map(([path, content]) => ({ path, text: content, isPrivate })),
    );
  const start = (line: string) => `case "$1" in\nstart)\n${line}\n;;\nesac\n`;

  test.each([
    ["/usr/sbin/apache2ctl configtest && /usr/sbin/apache2ctl start", "several programs"],
    ["/usr/bin/supervisorctl start web", "can't be told"],
    ["/usr/bin/supervisorctl status || /opt/p", "several programs"],
    ["/opt/q migrate", "can't be told"],
    ["/opt/q --check-config || exit 1\n/opt/p &", "several programs"],
    ["OUT=$(/opt/q check)\n/opt/p &", "several programs"],
    ["/usr/sbin/httpd -k start", "can't be told"],
    ["chroot /srv/web /opt/p", "several programs"],
    ["nice -n 5 /opt/p", "nice starts it"],
    ["sudo -u web /opt/p &", "sudo starts it"],
    ["start-stop-daemon --start --new-option 5 --exec /opt/p", "--new-option"],
    ["start-stop-daemon --start --chroot /srv --exec /opt/p", "another root"],
    ["start-stop-daemon --start $OPTIONS --exec /opt/p", "$OPTIONS is not set"],
    ['su web -c "/opt/p $OPTIONS"', "$OPTIONS is not set"],
    ["su -s /usr/bin/fish web -c /opt/p", "several programs"],
    ["/bin/sh /opt/p.sh", "sh starts it"],
    ["p &", "without a folder"],
    [". /etc/init.d/web.sh\n$RUN", "$RUN is not set"],
    ["", "no line"],
    ["/opt/p &\nfi", "can't be read as a shell script"],
  ])("a helper is never the daemon, and its starter never guessed: %s", (line, why) => {
    const { observed, command } = read(start(line));
    expect(command).toBeUndefined();
    expect(observed).toContainEqual(
      expect.objectContaining({ property: "command", unknown: expect.stringContaining(why) }),
    );
  });

  test("is still a hint which processes to look for: those that are certainly started come first", () => {
    expect(read(start("/opt/q check\n/opt/p &")).programs).toEqual(["/opt/p"]);
    expect(
      read("D=/opt/p\n[ -r /etc/default/web ] && . /etc/default/web\nstart-stop-daemon -S -p $P -x $D"),
    ).toMatchObject({
      programs: ["/opt/p"],
      ambiguous: true,
    });
    expect(read("httpd=${HTTPD-/usr/sbin/httpd}\n$httpd &").programs).toEqual(["/usr/sbin/httpd"]);
    expect(read("nice -n 5 /opt/p a &").programs).toEqual(["/opt/p"]);
  });

  test("pid files are those that the start, the stop, a variable or the header names for certain", () => {
    const text = `#!/bin/sh
# pidfile: /var/run/one.pid
PIDFILE=/run/two.pid
OTHER_PIDFILE=$SOMEWHERE/x.pid
case $1 in
start) start-stop-daemon --start -bmp /var/run/three.pid --exec /opt/p ;;
stop) start-stop-daemon --stop --pidfile=/run/four.pid; killproc -p /run/five.pid /opt/p; kill $(cat $PIDFILE) ;;
esac
`;
    const { pidFiles } = read(text);
    expect(pidFiles).toEqual(["/run/one.pid", "/run/three.pid", "/run/two.pid", "/run/four.pid"]);
  });

  test("what a private file sets is secret wherever it goes", () => {
    const text = '. /etc/default/web\nexport TOKEN\nexport PLAIN=1\n/opt/p --token "$TOKEN" &\n';
    const { observed } = read(text, { "/etc/default/web": "TOKEN=s3cret\n" }, true);
    const secret = Object.fromEntries(observed.map((one) => [one.property, one.secret ?? false]));
    expect(secret).toEqual({ command: true, "environment.TOKEN": true, "environment.PLAIN": false });
    expect(observed.find(({ property }) => property === "environment.TOKEN")).toMatchObject({
      file: "/etc/default/web",
      line: 1,
    });
  });

  test.each([
    'eval "$RUN &"',
    'su web -c "$RUN" &',
    "env T=$TOKEN /opt/p &",
    'f() { "$@" & }\nf /opt/p "$TOKEN"',
    "A=${TOKEN#x}; /opt/p $A &",
    "start-stop-daemon -S -b -x /opt/p -- --token=$TOKEN",
    "cd $FOLDER; umask $MASK; /opt/p >>$LOG &",
    "g",
  ])("nor does it come out by another way: %s", (line) => {
    const conf =
      "RUN='/opt/p --token s3cret'\nTOKEN=s3cret\nFOLDER=/s3cret\nMASK=0s3cret\nLOG=/var/s3cret\ng() { /opt/p ${X:-s3cret} & }\n";
    const { observed } = read(`. /etc/default/web\n${line}\n`, { "/etc/default/web": conf }, true);
    const open = observed.filter(({ secret }) => secret !== true);
    expect(JSON.stringify(open)).not.toContain("s3cret");
    expect(observed.some(({ secret }) => secret)).toBe(true);
    const broken = read(". /etc/default/web\n/opt/p &\n", { "/etc/default/web": "s3cret) (s3cret;;\n" }, true);
    expect(JSON.stringify(broken)).not.toContain("s3cret");
  });

  test("an OpenRC service with private settings is no definition, which would show them", () => {
    const text = "#!/sbin/openrc-run\ncommand=/opt/p\ncommand_args=$ARGS\ncommand_background=yes\n";
    const confs = [{ path: "/etc/conf.d/web", text: "ARGS='--token s3cret'\n", isPrivate: true }];
    const { data, observed } = readOpenrcScript({ path: "/etc/init.d/web", text, isPrivate: false }, confs, "web");
    expect(data).toBeUndefined();
    expect(observed).toContainEqual(expect.objectContaining({ value: ["/opt/p", "--token", "s3cret"], secret: true }));
    expect(JSON.stringify(observed.filter(({ secret }) => secret !== true))).not.toContain("s3cret");
  });

  test("the header says its texts and levels, each with its line", () => {
    const text = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          web
# Required-Start:    $remote_fs $syslog
# Should-Start:      queue $named
# Default-Start:     2 3 5
# Short-Description: Web
# Description:       Web interface
#                    of the translator
### END INIT INFO
`;
    const { observed } = read(text);
    const file = "/etc/init.d/web";
    expect(observed.slice(0, 5)).toEqual([
      { property: "options.lsb.requiredStart", value: ["$remote_fs", "$syslog"], file, line: 4 },
      { property: "requires", value: ["queue"], file, line: 5 },
      { property: "options.lsb.runlevels", value: [2, 3, 5], file, line: 6 },
      { property: "displayName", value: "Web", file, line: 7 },
      { property: "description", value: "Web interface of the translator", file, line: 8 },
    ]);
    expect(read("#!/bin/sh\n# chkconfig: 345 85 15\n# description: Web \\\n#   server\n").observed.slice(0, 2)).toEqual(
      [
        { property: "options.lsb.runlevels", value: [3, 4, 5], file, line: 2 },
        { property: "description", value: "Web server", file, line: 3 },
      ],
    );
  });
});
