import type { Command, Lines, Step, Value } from "../block/block";
import { PAUSE } from "../block/block";
import { joined } from "../registry/bytes";
import type { RegistryValue } from "../registry/values";

/** Exit codes of sc.exe (winerror.h). */
const CODE = {
  cannotAcceptControl: 1061,
  notThere: 1060,
  notActive: 1062,
  runsAlready: 1056,
  existsAlready: 1073,
  markedForDeletion: 1072,
  timeout: 1460,
};

export const value = (text: string): Value => ({ value: text });
/** A path below HKEY_LOCAL_MACHINE, as reg.exe takes it. */
export const keyPath = (path: string): Value => value(`HKLM\\${path}`);

/** What `sc create` and `sc config` set. An undefined part stays as it is. */
export interface ScmConfig {
  imagePath?: string | undefined;
  displayName?: string | undefined;
  /** `auto`, `delayed-auto`, `demand`, `disabled`. */
  start?: string | undefined;
  account?: string | undefined;
  dependencies?: readonly string[] | undefined;
}

function settings(config: ScmConfig): (string | Value)[] {
  const { imagePath, displayName, start, account, dependencies } = config;
  return [
    ...(imagePath === undefined ? [] : ["binPath=", value(imagePath)]),
    ...(displayName === undefined ? [] : ["DisplayName=", value(displayName)]),
    ...(start === undefined ? [] : ["start=", start]),
    // The accounts without a password want an empty one.
    ...(account === undefined ? [] : ["obj=", value(account), "password=", ""]),
    // A slash alone stands for no service.
    ...(dependencies === undefined ? [] : ["depend=", value(dependencies.join("/") || "/")]),
  ];
}

/** Creates a service that no boot starts yet. One that exists already gets its settings from {@link config}. */
export const create = (name: string, { imagePath, displayName }: ScmConfig): Command => ({
  program: "sc.exe",
  args: ["create", value(name), ...settings({ imagePath, displayName, start: "disabled" })],
  ok: [0, CODE.existsAlready],
});

export const config = (name: string, wanted: ScmConfig): Command => ({
  program: "sc.exe",
  args: ["config", value(name), ...settings(wanted)],
});

export const describe = (name: string, description: string): Command => ({
  program: "sc.exe",
  args: ["description", value(name), value(description)],
});

export const start = (name: string): Command => ({
  program: "sc.exe",
  args: ["start", value(name)],
  ok: [0, CODE.runsAlready],
});

/** Asks the service to stop, and waits until it has. A service that is starting takes no such request, and is asked again. */
export function stop(name: string, seconds: number): Lines {
  return (pen) => {
    const [again, done] = [pen.label(), pen.label()];
    return [
      "set /a WAITED=0",
      `:${again}`,
      ...pen.attempt({ program: "sc.exe", args: ["stop", value(name)] }),
      ...[CODE.notActive, CODE.notThere].map((code) => `if "!R!"=="${code}" goto ${done}`),
      `if not "!R!"=="0" if not "!R!"=="${CODE.cannotAcceptControl}" (set "RC=!R!" & goto :eof)`,
      "set /a WAITED+=1",
      `if !WAITED! GEQ ${seconds} (set "RC=${CODE.timeout}" & goto :eof)`,
      PAUSE,
      `goto ${again}`,
      `:${done}`,
    ];
  };
}

/** Deletes the service, and waits until it is gone: somebody may have it open. */
export function remove(name: string, seconds: number): Lines {
  return (pen) => {
    const [again, done] = [pen.label(), pen.label()];
    return [
      ...pen.run({ program: "sc.exe", args: ["delete", value(name)], ok: [0, CODE.notThere, CODE.markedForDeletion] }),
      "set /a WAITED=0",
      `:${again}`,
      ...pen.attempt({ program: "sc.exe", args: ["query", value(name)] }),
      `if "!R!"=="${CODE.notThere}" goto ${done}`,
      "set /a WAITED+=1",
      `if !WAITED! GEQ ${seconds} (set "RC=${CODE.markedForDeletion}" & goto :eof)`,
      PAUSE,
      `goto ${again}`,
      `:${done}`,
    ];
  };
}

const TYPE_NAMES: Record<number, string> = {
  1: "REG_SZ",
  2: "REG_EXPAND_SZ",
  3: "REG_BINARY",
  4: "REG_DWORD",
  7: "REG_MULTI_SZ",
  11: "REG_QWORD",
};

/** Characters to stand between the texts of a list: one that no text has. */
const SEPARATORS = ["|", "~", "\x7f", "\u00a6", "\u2016", "\ue000"];

/** Sets a registry value. */
export function setValue(path: string, name: string, wanted: RegistryValue): Command {
  const { number, data } = joined(wanted);
  const separator =
    wanted.type === "multiSz" ? SEPARATORS.find((one) => !wanted.data.some((text) => text.includes(one))) : undefined;
  const texts: Partial<Record<RegistryValue["type"], () => string>> = {
    sz: () => String(wanted.data),
    expandSz: () => String(wanted.data),
    dword: () => String(wanted.data),
    qword: () => String(wanted.data),
    multiSz: () => (wanted.data as readonly string[]).join(separator),
  };
  return {
    program: "reg.exe",
    args: [
      ...["add", keyPath(path), ...(name === "" ? ["/ve"] : ["/v", value(name)])],
      ...["/t", TYPE_NAMES[number] ?? "REG_BINARY"],
      ...(separator === undefined ? [] : ["/s", value(separator)]),
      ...["/d", value(texts[wanted.type]?.() ?? data.toString("hex")), "/f"],
    ],
  };
}

/** Deletes a key with all below it. That it is gone already is fine. */
export const deleteKey = (path: string): Command => ({
  program: "reg.exe",
  args: ["delete", keyPath(path), "/f"],
  ok: [0, 1],
});

export const deleteValue = (path: string, name: string): Command => ({
  program: "reg.exe",
  args: ["delete", keyPath(path), "/v", value(name), "/f"],
  ok: [0, 1],
});

export const copyKey = (from: string, to: string): Command => ({
  program: "reg.exe",
  args: ["copy", keyPath(from), keyPath(to), "/s", "/f"],
});

/** What an exit code of a command means, where people may not know it. */
const MEANINGS: Record<number, string> = {
  5: "access is denied",
  1051: "services that require it still run: stop them first",
  1053: "the program did not answer the service control manager in time; a program that is no Windows service itself needs a wrapper such as nssm",
  [CODE.timeout]: "it did not stop in time",
  1057: "the account does not exist, or its password is wrong",
  1058: "the service is disabled, so that it can't be started",
  [CODE.notThere]: "there is no such service",
  1068: "a service that it requires could not be started",
  1069: 'the logon failed: the password is wrong, or the account lacks the right "Log on as a service". Grant it in secpol.msc (Local Policies, User Rights Assignment), by group policy, or by entering the account once in services.msc',
  [CODE.markedForDeletion]:
    "the service is marked for deletion, and Windows deletes it when nobody has it open any more: close services.msc, Task Manager, Event Viewer and monitoring tools on the host, or restart it",
  1075: "a service that it requires does not exist",
  1078: "another service has this display name",
};

export function failureText(step: Step | undefined, code: number, output: string): string {
  const meaning = MEANINGS[code];
  const said = output === "" ? "" : `\n${output.replace(/^/gm, "  ")}`;
  return `step \`${step?.name ?? "?"}\` failed with code ${code}${meaning === undefined ? "" : ` (${meaning})`}${said}`;
}
