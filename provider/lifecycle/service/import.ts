import { HostError } from "../../../model/errors";
import { SecretPaths, type Props, type Values } from "../../../model/props";
import type { Live } from "../../../model/service";
import { observations } from "./state/observed";

/** Is the service unmanaged and defined by a program, whose settings can't be known without running it? */
export const isProgram = ({ observed, marker }: Live): boolean => observed !== undefined && marker === undefined;

/**
 * Inputs for an import: the values on the host, without defaults and without secrets of the connection. A definition that is
 * a program is imported with `existing: true`.
 */
export function importedInputs(host: string, name: string, live: Live): Props {
  const { secretEnvironment = [], ...definition } = live.definition;
  const own: Values = isProgram(live) ? { existing: true } : definition;
  const values: Values = { connection: { host }, name, ...own };
  if (live.startMode !== "automatic") values.startMode = live.masked ? "manual" : live.startMode;
  // A service of unknown status is neither started nor stopped.
  if (live.state.status !== "running") values.running = live.state.status === "unknown" ? "unmanaged" : false;
  const secret = live.secret === true ? Object.keys(live.definition.environment ?? {}) : secretEnvironment;
  return { values, secrets: new SecretPaths(secret.map((key) => ["environment", key])) };
}

/** Notes for the import of a definition that is a program: what could be read, and how to go on. */
export function importNotes(name: string, { observed = [], files }: Live): string[] {
  const file = files[0]?.path;
  const why =
    file === undefined
      ? `The definition of ${name} is not known: it is imported with existing: true, and never changed.`
      : `${file} is a program, and its settings can't be read reliably without running it: ${name} is imported with existing: true, and ${file} is never changed.`;
  const lines = observations(observed);
  return [
    [
      why,
      ...(lines.length > 0 ? ["What could be read:", ...lines] : ["None of its settings could be read."]),
      `To define ${name} in the program instead, remove existing and set command and the other properties: the next up replaces ${file ?? "the service"}, keeps a copy on the host and restarts ${name}.`,
    ].join("\n"),
  ];
}

/**
 * Explains connection errors of an import. The engine passes only the id, even for the `import` option (pulumi/pulumi
 * pkg/resource/deploy/step.go, ImportStep), so the resource's connection is unknown and only the provider's counts.
 */
export function importProblem(error: unknown): unknown {
  const way = ["unreachable", "timeout", "authentication", "hostKey"];
  if (!(error instanceof HostError) || !way.includes(error.kind)) return error;
  const { kind, host, reason } = error;
  const text =
    `${reason}\nAn import uses only the connection in the provider's configuration, because Pulumi does not pass the one of the resource. ` +
    `Set it there (\`pulumi config set --path 'bots:hosts.${host}.user' …\`, likewise address, port, keys and become) and run ` +
    "`pulumi up` once, because an existing stack imports with the configuration of its last `up`. Or give the resource an " +
    "explicit provider with this connection";
  return new HostError(kind, host, text, { cause: error });
}
