import type { LabHost } from "../../lab";
import { SecretPaths, type Props, type Values } from "../../model/props";
import { Hosts } from "../../provider/hosts";
import { Connections } from "../../provider/lifecycle/connections";
import { ServiceLifecycle } from "../../provider/lifecycle/service";
import { MANAGERS } from "../../provider/posix/managers";
import { connectionTo } from "../engine/support/daemons";
import { until } from "../engine/support/run";
import { describeWith } from "../support/requirements";
import { urnOf } from "../wire/plugin";
import { Resource } from "./lifecycle/support/resource";
import { labHost } from "../support/hosts";

/** A server as Debian packages it, with an init script of its maintainers. */
interface Packaged {
  /** Of the script. */
  name: string;
  /** What the kernel calls its processes. */
  process: string;
  pidFile: string;
  /** Shell: has it listen on a port of this host's alone. */
  configure: (port: number) => string;
  /** The same server in the foreground, as a definition of ours. */
  command: (port: number) => string[];
  more?: Values;
}

const packaged: Packaged[] = [
  {
    name: "nginx",
    process: "nginx",
    pidFile: "/run/nginx.pid",
    configure: (port) => `echo 'server { listen 127.0.0.1:${port}; }' >/etc/nginx/sites-enabled/default`,
    command: () => ["/usr/sbin/nginx", "-g", "daemon off;"],
  },
  {
    name: "redis-server",
    process: "redis-server",
    pidFile: "/run/redis/redis-server.pid",
    configure: (port) => `sed -i 's/^port .*/port ${port}/; s/^bind .*/bind 127.0.0.1/' /etc/redis/redis.conf`,
    command: () => ["/usr/bin/redis-server", "/etc/redis/redis.conf", "--daemonize", "no"],
    more: { runAs: { user: "redis" } },
  },
  {
    name: "apache2",
    process: "apache2",
    pidFile: "/run/apache2/apache2.pid",
    configure: (
      port,
    ) => `echo 'Listen 127.0.0.1:${port}' >/etc/apache2/ports.conf; echo 'ServerName localhost' >>/etc/apache2/ports.conf
      rm -f /etc/apache2/sites-enabled/*`,
    command: () => ["/usr/sbin/apachectl", "-DFOREGROUND"],
  },
  {
    name: "haproxy",
    process: "haproxy",
    pidFile: "/run/haproxy.pid",
    configure: (port) => `printf 'listen lab\\n\\tbind 127.0.0.1:${port}\\n' >>/etc/haproxy/haproxy.cfg`,
    command: () => ["/usr/sbin/haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"],
  },
  {
    name: "lighttpd",
    process: "lighttpd",
    pidFile: "/run/lighttpd.pid",
    configure: (port) => `cat >/etc/lighttpd/lighttpd.conf <<'END'
server.document-root = "/var/www/html"
server.port = ${port}
server.bind = "127.0.0.1"
server.pid-file = "/run/lighttpd.pid"
server.username = "www-data"
server.groupname = "www-data"
END`,
    command: () => ["/usr/sbin/lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"],
  },
  {
    name: "memcached",
    process: "memcached",
    pidFile: "/run/memcached.pid",
    configure: (port) => `sed -i 's/^-p .*/-p ${port}/; s/^-l .*/-l 127.0.0.1/; /^-l ::1/d' /etc/memcached.conf`,
    command: (port) => ["/usr/bin/memcached", "-p", String(port), "-l", "127.0.0.1", "-u", "memcache"],
  },
  {
    name: "tinyproxy",
    process: "tinyproxy",
    pidFile: "/run/tinyproxy/tinyproxy.pid",
    configure: (port) =>
      `sed -i 's/^Port .*/Port ${port}/; s/^#*Listen .*/Listen 127.0.0.1/' /etc/tinyproxy/tinyproxy.conf`,
    command: () => ["/usr/bin/tinyproxy", "-d", "-c", "/etc/tinyproxy/tinyproxy.conf"],
  },
];

describeWith(["lab"], "Debian's own init scripts, with existing: true", () => {
  let host: LabHost;
  let lifecycle: ServiceLifecycle;
  const hosts = new Hosts();
  const shell = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await host.run(command);
    if (code !== 0) throw new Error(`${command}: ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  };

  beforeAll(async () => {
    host = await labHost({ kind: "sysvinit", packages: packaged.map(({ name }) => name) });
    const { host: name, ...way } = connectionTo(host);
    const connections = new Connections({ hosts: { [name as string]: way } }, hosts);
    lifecycle = new ServiceLifecycle({ connections, managers: MANAGERS });
  });
  afterAll(async () => {
    hosts.close();
    await host?.stop();
  });

  test.each(packaged)("promise 12, never two, never none: $name", async (one) => {
    const { name, process, pidFile, configure, command } = one;
    const { ports } = host;
    const port = [ports.web, ports.queue, ports.engine, ...ports.spare][packaged.indexOf(one)]!;
    const script = `/etc/init.d/${name}`;
    /** The processes of its program that no other one of them has started. */
    const tops = () =>
      shell(`for pid in $(pgrep -x ${process}); do
        case " $(pgrep -x ${process} | tr '\\n' ' ') " in *" $(ps -o ppid= -p $pid | tr -d ' ') "*) ;; *) echo $pid ;; esac
      done`).then((text) => text.split("\n").filter(Boolean).map(Number));
    const files = () => shell(`stat -c '%n %Y %a' ${script} /etc/default/${name}* 2>/dev/null; sha256sum ${script}`);
    const listens = () =>
      until(async () => (await host.run(`ss -Htln sport = :${port} | grep -q .`)).code === 0, `${name} listens`);

    await shell(`${configure(port)}\nupdate-rc.d ${name} enable\n${script} start </dev/null >/dev/null 2>&1`);
    await listens();
    const web = new Resource(lifecycle, urnOf("bots:index:Service", name));
    const connection = connectionTo(host);
    const program = (values: Values): Props => ({
      values: { connection, name, settleSeconds: 1, ready: { tcp: port }, ...values },
      secrets: new SecretPaths(),
    });
    const existing = program({ existing: true });

    // Imported: the same process, and no file is touched.
    const before = [await tops(), await files()] as const;
    expect(before[0].length).toBe(1);
    expect(await web.import(`${host.name}/${name}`)).toEqual({ connection: { host: host.name }, name, existing: true });
    expect(web.outputs).toMatchObject({ manager: "lsb", status: "running", pid: before[0][0], startMode: "automatic" });
    expect(await shell(`tr -d ' \\n' <${pidFile}`)).toBe(String(before[0][0]));
    expect((await web.up(existing)).did).toBe("same");
    expect([await tops(), await files(), await web.refresh()]).toEqual([...before, []]);

    // Stopped, killed, switched off by hand: found, and repaired.
    await shell(
      `${script} stop </dev/null >/dev/null 2>&1; until ! pgrep -x ${process} >/dev/null; do sleep 0.1; done`,
    );
    expect(await web.refresh()).toEqual(["running"]);
    await web.up(existing);
    expect((await tops()).length).toBe(1);
    await shell(`pkill -9 -x ${process}; until ! pgrep -x ${process} >/dev/null; do sleep 0.1; done`);
    expect(await web.refresh()).toEqual(["running"]);
    await web.up(existing);
    await shell(`update-rc.d ${name} disable`);
    expect(await web.refresh()).toEqual(["startMode"]);
    await web.up(existing);
    expect([await web.refresh(), (await tops()).length, await files()]).toEqual([[], 1, before[1]]);

    // A definition of ours takes its place, and goes back without a restart.
    await web.up(program({ command: command(port), ...one.more }));
    expect([await web.refresh(), (await tops()).length]).toEqual([[], 1]);
    expect(await shell(`cat /var/lib/pulumi-bots/${name}/original-*/files${script} | sha256sum`)).toBe(
      before[1].split("\n").at(-1)!.split(" ")[0] + "  -",
    );
    const ours = await tops();
    await web.up(existing);
    expect([await tops(), await web.refresh()]).toEqual([ours, []]);
    await web.destroy();
    expect(await tops()).toEqual(ours);
  });
});
