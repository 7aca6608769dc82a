import { posix } from "node:path";
import type { Definition } from "../../../../model/service";
import type { Fields } from "../../../../model/step";
import type { Found } from "./choose";
import type { Field } from "../../common/shell/expand";
import type { Launch } from "./launch";
import type { Walk } from "./walk";

/** Of a script and its process: what can be said in properties, and what can't. */
export interface Described {
  definition: Definition;
  lost: string[];
  warnings: string[];
}

const BOOT_FOLDERS = new Set(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]);
/** Variables of the shell and of a login, which every start sets anew. */
const NOT_CARRIED = new Set([
  "PWD",
  "OLDPWD",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TERM",
  "IFS",
  "PS1",
  "PS2",
  "SHLVL",
  "_",
]);

/** Folder, mask, account, variables and logs of a daemon: as its process has them, else as the script says. */
export function describe(launch: Launch | undefined, started: Walk, daemon: Found, fields: Fields): Described {
  const all: Described[] = [
    folder(launch, daemon, fields),
    umask(launch, daemon),
    account(launch, daemon, fields),
    environment(launch, started),
    logs(launch, daemon),
  ];
  return {
    definition: Object.assign({}, ...all.map(({ definition }) => definition)) as Definition,
    lost: all.flatMap(({ lost }) => lost),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

const said = (definition: Definition, lost: string[] = [], warnings: string[] = []): Described => ({
  definition,
  lost,
  warnings,
});

function folder(launch: Launch | undefined, { process }: Found, fields: Fields): Described {
  const { workingDirectory } = process ?? {};
  if (workingDirectory?.endsWith(" (deleted)")) {
    return said({}, [], [`it runs in a folder that is gone: ${workingDirectory}`]);
  }
  const home = launch?.login === true ? accountOf(launch.user?.text ?? "", fields)?.home : undefined;
  const path =
    workingDirectory || (launch?.workingDirectory?.unknown === undefined ? launch?.workingDirectory?.text : "") || home;
  return said(path?.startsWith("/") && path !== "/" ? { workingDirectory: path } : {});
}

function umask(launch: Launch | undefined, { process }: Found): Described {
  const text = process?.umask ?? (launch?.umask?.unknown === undefined ? launch?.umask?.text : undefined);
  if (text === undefined || !/^[0-7]{1,4}$/.test(text)) return said({}, text === undefined ? [] : [`umask ${text}`]);
  const mask = text.slice(-3).padStart(4, "0");
  return said(mask === "0022" ? {} : { umask: mask });
}

interface Account {
  user: string;
  uid: number;
  gid: number;
  home: string;
}

function account(launch: Launch | undefined, { process }: Found, fields: Fields): Described {
  if (process) {
    if (process.uid === 0 && process.gid === 0) return said({});
    const user = accountOf(process.uid, fields, process.passwd);
    if (!user) return said({}, [], [`it runs as user id ${process.uid}, which has no name on the host`]);
    const group = user.gid === process.gid ? undefined : (groupOf(process.gid, fields) ?? String(process.gid));
    return said({ runAs: { ...(process.uid !== 0 && { user: user.user }), ...(group !== undefined && { group }) } });
  }
  const unknown = [launch?.user, launch?.group].find((field) => field?.unknown !== undefined);
  if (unknown) return said({}, [`user ${unknown.unknown}`]);
  const given = launch?.user?.text ?? "root";
  const user = accountOf(/^\d+$/.test(given) ? Number(given) : given, fields);
  const groupText = launch?.group?.text;
  const group =
    groupText !== undefined && /^\d+$/.test(groupText) ? (groupOf(Number(groupText), fields) ?? groupText) : groupText;
  const own = user && groupOf(user.gid, fields);
  const runAs = {
    ...(given !== "root" && given !== "0" && { user: user?.user ?? given }),
    ...(group !== undefined && group !== own && { group }),
  };
  return said(Object.keys(runAs).length > 0 ? { runAs } : {});
}

/** A line of passwd(5): by name or number. */
function accountOf(who: string | number, fields: Fields, line = ""): Account | undefined {
  const lines = [line, ...(fields.get("foreign.passwd") ?? "").split("\n")].map((entry) => entry.split(":"));
  const found = lines.find(([user, , uid]) =>
    typeof who === "number" ? uid === String(who) : user !== "" && user === who,
  );
  return found && { user: found[0]!, uid: Number(found[2]), gid: Number(found[3]), home: found[5] ?? "" };
}

function groupOf(gid: number, fields: Fields): string | undefined {
  const lines = (fields.get("foreign.group") ?? "").split("\n").map((entry) => entry.split(":"));
  return lines.find(([, , id]) => id === String(gid))?.[0];
}

function environment(launch: Launch | undefined, { secret }: Walk): Described {
  const lost: string[] = [];
  const variables: Record<string, string> = {};
  for (const [name, value] of launch?.environment ?? []) {
    if (NOT_CARRIED.has(name)) continue;
    if (value.unknown !== undefined) lost.push(`export ${name}=${value.unknown}`);
    else if (name !== "PATH" || value.text.split(":").some((one) => !BOOT_FOLDERS.has(one)))
      variables[name] = value.text;
  }
  const names = Object.keys(variables);
  const secretEnvironment = names.filter((name) => secret.has(name)).sort();
  return said(
    {
      ...(names.length > 0 && { environment: variables }),
      ...(secretEnvironment.length > 0 && { secretEnvironment }),
    },
    lost,
  );
}

function logs(launch: Launch | undefined, { process }: Found): Described {
  const lost: string[] = [];
  const path = (field: Field | undefined, live: string | undefined): string | undefined => {
    if (field === undefined || field.text.startsWith("&")) return undefined;
    if (field.unknown !== undefined) {
      if (live?.startsWith("/") && !live.startsWith("/dev/") && !live.endsWith(" (deleted)")) return live;
      lost.push(`output to ${field.unknown}`);
      return undefined;
    }
    if (field.text === "/dev/null") return "discard";
    if (field.text.startsWith("/dev/")) return undefined;
    return posix.resolve(launch?.workingDirectory?.text ?? "/", field.text);
  };
  const stdout = path(launch?.stdout, process?.stdout);
  const stderr = path(launch?.stderr, process?.stderr);
  const found = {
    ...(stdout !== undefined && { stdout }),
    ...(stderr !== undefined && stderr !== stdout && { stderr }),
  };
  return said(Object.keys(found).length > 0 ? { logs: found } : {}, lost);
}
