import { serverSchema } from "../../schema/server";
import { said, withValue } from "../support/stackConfiguration";

const number = "must be a number, not text: remove the quotes";
const text = (given: string) =>
  /^a |^an /.test(given)
    ? `must be text, not ${given}`
    : `must be text, not ${/\d/.test(given) ? "a number" : given}: put it in quotes`;
const empty = "must not be empty";
const object = (given: string) => `must be an object, not ${given}`;
const bool = "must be true or false, not text";
const folder = "must be an absolute path";

/** A mistake in each property. Those of a login and of a daemon stand for all that have the same shape. */
const mistakes: [path: string, value: unknown, message: string][] = [
  ["connection", "edi1", object("text")],
  ["connection.type", "shh", 'must be "ssh" or "winrm" or "local", not "shh"; did you mean "ssh"?'],
  ["connection.host", "edi 1", "must be a host name or an address, such as edi1, 10.0.0.5 or ::1"],
  ["connection.address", "edi1/", "must be a host name or an address, such as edi1, 10.0.0.5 or ::1"],
  ["connection.port", "22", number],
  ["connection.user", 0, text("0")],
  ["connection.privateKey", "", empty],
  ["connection.privateKeyFile", ["a"], text("a list")],
  ["connection.passphrase", true, text("true")],
  ["connection.passphraseEnv", "", empty],
  ["connection.password", 4711, text("4711")],
  ["connection.passwordEnv", "", empty],
  ["connection.agentSocket", "", empty],
  ["connection.hostKey", "", empty],
  ["connection.knownHosts", "", empty],
  ["connection.knownHostsFile", "", empty],
  ["connection.legacyAlgorithms", "yes", bool],
  ["connection.connectTimeoutSeconds", 0, "must be at least 1"],
  ["connection.suspended", true, text("true")],
  ["connection.become", true, object("true")],
  ["connection.become.method", "su", 'must be "sudo" or "none", not "su"; did you mean "sudo"?'],
  ["connection.become.user", "", empty],
  ["connection.become.password", "", empty],
  ["connection.become.passwordEnv", "", empty],
  ["connection.jump", "bastion", object("text")],
  ["connection.jump.host", undefined, "is required"],
  ["connection.jump.port", 0, "must be 1 to 65535"],
  ["connection.authentication", "kerberos", 'must be "ntlm" or "basic", not "kerberos"'],
  ["connection.tls", true, object("true")],
  ["connection.tls.caCertificate", "", empty],
  ["connection.tls.fingerprintSha256", "", empty],
  ["connection.tls.insecureSkipVerify", "yes", bool],
  ["bots", undefined, "is required"],
  ["bots.existing", false, "must be true: this package can't install Bots yet, so Bots must be on the host already"],
  ["bots.bin", "opt/bots/bin", folder],
  ["bots.suffix", "py", 'must be ".py", not "py"; did you mean ".py"?'],
  ["bots.flavour", "clasic", 'must be "classic" or "4.x", not "clasic"; did you mean "classic"?'],
  ["environment", undefined, "is required"],
  ["environment.path", "~/bots", folder],
  ["environment.config", true, "must be an absolute path or false"],
  ["environment.name", "a b", 'may contain only letters, digits, "_" and "-"'],
  ["environment.web", 8080, object("a number")],
  ["environment.web.port", 65536, "must be 1 to 65535"],
  ["environment.web.tls", "yes", bool],
  ["environment.queue", 28082, object("a number")],
  ["environment.queue.port", 28082.5, "must be a whole number, not a fraction"],
  ["daemons", ["webserver"], object("a list")],
  ["daemons.webserver", "on", "must be true, false or an object"],
  ["daemons.jobQueue", 1, "must be true, false or an object"],
  ["daemons.dirMonitor", "true", "must be true, false or an object"],
  ["daemons.webserver.name", "", empty],
  ["daemons.webserver.displayName", "", empty],
  ["daemons.webserver.description", "a\nb", "must be one line without control characters"],
  ["daemons.webserver.command", "/usr/bin/bots-webserver", "must be a list, not text"],
  ["daemons.webserver.workingDirectory", "srv", folder],
  ["daemons.webserver.umask", 27, text("27")],
  ["daemons.webserver.environment", ["A=1"], object("a list")],
  ["daemons.webserver.runAs", "bots", object("text")],
  ["daemons.webserver.runAs.user", "a:b", "must be a user or group name, or a numeric id"],
  ["daemons.webserver.runAs.password", "", empty],
  ["daemons.webserver.runAs.group", "", empty],
  ["daemons.webserver.startMode", "auto", 'must be "automatic" or "delayed" or "manual" or "disabled", not "auto"'],
  ["daemons.webserver.running", "yes", 'must be true, false or "unmanaged"'],
  ["daemons.webserver.hold", true, text("true")],
  ["daemons.webserver.restart", "always", object("text")],
  [
    "daemons.webserver.restart.policy",
    "allways",
    'must be "always" or "onFailure" or "never", not "allways"; did you mean "always"?',
  ],
  ["daemons.webserver.restart.delaySeconds", -1, "must not be negative"],
  ["daemons.webserver.restart.maxAttempts", 1.5, "must be a whole number, not a fraction"],
  ["daemons.webserver.stop", 30, object("a number")],
  ["daemons.webserver.stop.signal", "TERM", "must be a signal name, such as SIGTERM"],
  ["daemons.webserver.stop.timeoutSeconds", "30", number],
  ["daemons.webserver.stop.mode", "all", 'must be "mixed" or "process" or "group", not "all"'],
  ["daemons.webserver.reload", { signal: "SIGHUP", command: ["/bin/x"] }, "give either signal or command"],
  ["daemons.webserver.reload.signal", "HUP", "must be a signal name, such as SIGTERM"],
  ["daemons.webserver.reload.command", [], "must name the program"],
  ["daemons.webserver.requires", "queue", "must be a list, not text"],
  ["daemons.webserver.logs", "/var/log", object("text")],
  ["daemons.webserver.logs.stdout", "", empty],
  ["daemons.webserver.logs.stderr", "", empty],
  ["daemons.webserver.ready", true, "must be an object or false"],
  ["daemons.webserver.ready.tcp", "8080", number],
  ["daemons.webserver.ready.http", "http://localhost/", object("text")],
  ["daemons.webserver.ready.http.url", "localhost:8080", "must be an http or https URL"],
  ["daemons.webserver.ready.http.status", "200", number],
  ["daemons.webserver.ready.http.headers", "Server", object("text")],
  ["daemons.webserver.ready.command", "true", "must be a list, not text"],
  ["daemons.webserver.ready.readOnly", "yes", bool],
  ["daemons.webserver.ready.timeoutSeconds", "60", number],
  ["daemons.webserver.settleSeconds", "3", number],
  ["daemons.webserver.triggers", "abc", object("text")],
  [
    "daemons.webserver.whenChanged",
    "restarts",
    'must be "restart" or "reload" or "defer", not "restarts"; did you mean "restart"?',
  ],
  [
    "daemons.webserver.manager",
    "runit",
    'must be "auto" or "systemd" or "lsb" or "startStopDaemon" or "upstart" or "openrc" or "nssm" or "srvany" or "scm", not "runit"',
  ],
  ["daemons.webserver.options", [], object("a list")],
  ["daemons.webserver.options.systemd", "x", object("text")],
  ["daemons.webserver.options.systemd.unit", "x", object("text")],
  ["daemons.webserver.options.systemd.service", "x", object("text")],
  ["daemons.webserver.options.systemd.install", "x", object("text")],
  ["daemons.webserver.options.lsb", "x", object("text")],
  ["daemons.webserver.options.lsb.pidFile", "web.pid", folder],
  ["daemons.webserver.options.lsb.runlevels", [2, 2], "must not name a run level twice"],
  ["daemons.webserver.options.lsb.requiredStart", "$network", "must be a list, not text"],
  ["daemons.webserver.options.lsb.requiredStop", "$network", "must be a list, not text"],
  ["daemons.webserver.options.startStopDaemon", "x", object("text")],
  ["daemons.webserver.options.startStopDaemon.pidFile", "web.pid", folder],
  ["daemons.webserver.options.startStopDaemon.runlevels", [], "must name a run level"],
  ["daemons.webserver.options.startStopDaemon.requiredStart", true, "must be a list, not true"],
  ["daemons.webserver.options.startStopDaemon.requiredStop", true, "must be a list, not true"],
  ["daemons.webserver.options.upstart", "x", object("text")],
  ["daemons.webserver.options.upstart.author", "", empty],
  ["daemons.webserver.options.upstart.startOn", ["runlevel 2"], text("a list")],
  ["daemons.webserver.options.upstart.stopOn", "", empty],
  ["daemons.webserver.options.openrc", "x", object("text")],
  ["daemons.webserver.options.openrc.runlevel", "a b", "must be the name of a run level"],
  ["daemons.webserver.options.openrc.need", "net", "must be a list, not text"],
  ["daemons.webserver.options.openrc.use", "dns", "must be a list, not text"],
  ["daemons.webserver.options.openrc.after", "queue", "must be a list, not text"],
  ["daemons.webserver.options.nssm", "x", object("text")],
  ["daemons.webserver.options.nssm.path", "nssm.exe", folder],
  ["daemons.webserver.options.nssm.noConsole", "yes", bool],
  ["daemons.webserver.options.nssm.throttleSeconds", -1, "must not be negative"],
  ["daemons.webserver.options.nssm.stopMethods", ["window", "window"], "must not name a method twice"],
  ["daemons.webserver.options.nssm.stopWindowSeconds", "1", number],
  ["daemons.webserver.options.nssm.stopThreadsSeconds", "1", number],
  [
    "daemons.webserver.options.nssm.priority",
    "hgh",
    'must be "realtime" or "high" or "aboveNormal" or "normal" or "belowNormal" or "idle", not "hgh"; did you mean "high"?',
  ],
  ["daemons.webserver.options.nssm.affinity", [1, 1], "must not name a CPU twice"],
  ["daemons.webserver.options.nssm.rotate", true, object("true")],
  ["daemons.webserver.options.nssm.rotate.bytes", 0.5, "must be a whole number, not a fraction"],
  ["daemons.webserver.options.nssm.rotate.seconds", -1, "must not be negative"],
  ["daemons.webserver.options.nssm.rotate.online", "yes", bool],
  ["daemons.webserver.options.nssm.upload", "", empty],
  ["daemons.webserver.options.srvany", "x", object("text")],
  ["daemons.webserver.options.srvany.path", "srvany.exe", folder],
  ["daemons.webserver.options.windows", "x", object("text")],
  ["daemons.webserver.options.windows.failureActions", [], object("a list")],
  ["daemons.webserver.options.windows.failureActions.actions", [], "must name an action"],
  ["daemons.webserver.options.windows.failureActions.resetSeconds", -1, "must not be negative"],
  ["daemons.webserver.options.windows.failureActions.command", "", empty],
  ["daemons.webserver.options.windows.failureActions.rebootMessage", "", empty],
  ["daemons.webserver.options.windows.failureActions.onNonCrashFailures", "yes", bool],
  [
    "daemons.webserver.options.windows.serviceSid",
    "limited",
    'must be "none" or "unrestricted" or "restricted", not "limited"',
  ],
  ["daemons.webserver.options.windows.group", "", empty],
  ["daemons.webserver.adopt", "yes", bool],
  ["daemons.webserver.existing", "yes", bool],
  [
    "daemons.webserver.onFailedUpdate",
    "rolback",
    'must be "rollback" or "keep", not "rolback"; did you mean "rollback"?',
  ],
  ["runAs", "bots", object("text")],
  ["runAs.user", "", empty],
  ["runAs.password", "", empty],
  ["runAs.group", 0, text("0")],
  ["umask", "27", 'must be three or four octal digits, such as "0027"'],
  ["triggers", 1, object("a number")],
  ["hold", "", empty],
  ["adopt", 1, "must be true or false, not a number"],
  ["suspended", true, text("true")],
];

describe("a mistake in each property is reported at its key", () => {
  test.each(mistakes)("%s", (path, value, message) => {
    expect(said({ servers: { edi1: withValue(path, value) } })).toContain(`edi:servers.edi1.${path}: ${message}`);
  });

  test("no property has been forgotten", () => {
    const tried = new Set(mistakes.map(([path]) => path));
    // Those of a jump host are those of a login; those of the other daemons are those of the web server.
    const same = /^connection\.jump\.|^daemons\.(jobQueue|dirMonitor)\./;
    const forgotten = propertiesOf(serverSchema).filter((path) => !tried.has(path) && !same.test(path));
    expect(forgotten).toEqual([]);
  });
});

/** The paths of all properties that a schema has. */
function propertiesOf(schema: unknown, path = ""): string[] {
  const { def } = schema as { def: { innerType?: unknown; options?: unknown[]; shape?: Record<string, unknown> } };
  if (def.innerType) return propertiesOf(def.innerType, path);
  const options = def.options?.flatMap((option) => propertiesOf(option, path)) ?? [];
  const properties = Object.entries(def.shape ?? {}).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [at, ...propertiesOf(value, at)];
  });
  return [...options, ...properties];
}
