import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostFacts } from "./types";

const environment = "/srv/bots";

/**
 * Bots 3.3.1 with versions that work together: its package accepts any Django, and would get one that it can't run with. The
 * environment is created by hand, because this Bots has no program for that.
 */
export const installBots = `
python3 -m venv /opt/bots
/opt/bots/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
  bots-ediint==3.3.1 Django==2.2.28 CherryPy==18.10.0 cheroot==11.1.2 pyinotify==0.9.6
package=$(/opt/bots/bin/python -c 'import importlib.util; print(importlib.util.find_spec("bots").submodule_search_locations[0])')
mkdir -p ${environment}/config ${environment}/botssys/sqlitedb ${environment}/inbox ${environment}/outbox
cp $package/install/bots.ini $package/install/settings.py ${environment}/config/
: >${environment}/config/__init__.py
cp -r $package/usersys ${environment}/usersys
cp $package/install/botsdb ${environment}/botssys/sqlitedb/botsdb
chown -R bots:bots ${environment}
chmod -R u+rwX ${environment}`;

/** Sets keys of an ini file in place, or removes whole sections (`null`). Everything else stays, including comments. */
export function editIni(text: string, changes: Record<string, Record<string, string> | null>): string {
  const out: string[] = [];
  const todo = new Map(
    Object.entries(changes).map(([section, keys]) => [section, keys && new Map(Object.entries(keys))]),
  );
  let section: string | undefined;
  const finish = () => {
    const keys = section === undefined ? undefined : todo.get(section);
    for (const [key, value] of keys ?? []) out.push(`${key} = ${value}`);
    if (keys) todo.delete(section!);
  };
  for (const line of text.split("\n")) {
    const header = /^\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      finish();
      section = header;
    }
    const keys = section === undefined ? undefined : todo.get(section);
    if (keys === null) continue;
    const key = /^([^#;[\s][^=:]*?)\s*[=:]/.exec(line)?.[1];
    if (key !== undefined && keys?.has(key)) {
      out.push(`${key} = ${keys.get(key)}`);
      keys.delete(key);
    } else out.push(line);
  }
  finish();
  for (const [name, keys] of todo) {
    if (!keys) continue;
    out.push(`[${name}]`, ...[...keys].map(([key, value]) => `${key} = ${value}`));
  }
  return out.join("\n");
}

/** Personalises the Bots environment of a new host: ports, secret, a watched directory. */
export function personaliseBots(root: string, { ports }: Pick<HostFacts, "ports">): void {
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(root, environment, "config", file);
    writeFileSync(path, change(readFileSync(path, "utf8"))); // writing in place keeps owner and mode
  };
  edit("bots.ini", (text) =>
    editIni(text, {
      directories: { botssys: `${environment}/botssys`, usersys: "usersys" }, // usersys is imported by name
      settings: { port: String(ports.engine) },
      webserver: { port: String(ports.web) },
      jobqueue: { enabled: "True", port: String(ports.queue) },
      dirmonitor2: null, // the samples in the template watch the home of a developer
      dirmonitor1: { path: `${environment}/inbox`, filemask: "*.edi", route: "t_route" },
      acceptance: { runacceptancetest: "False" },
    }),
  );
  edit("settings.py", (text) =>
    text
      .replace(/^SECRET_KEY\s*=.*$/m, `SECRET_KEY = '${randomBytes(32).toString("hex")}'`)
      .replace(/^(\s*)BOTSSYS_PATH\s*=.*$/gm, `$1BOTSSYS_PATH = '${environment}/botssys'`),
  );
}
