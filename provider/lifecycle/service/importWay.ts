import { HostError } from "../../../model/errors";

/**
 * The engine asks for an import by the id alone, with `import:` too (pulumi/pulumi pkg/resource/deploy/step.go, ImportStep):
 * the connection of the resource does not come with it, only the provider's configuration counts.
 */
export function importProblem(error: unknown): unknown {
  const way = ["unreachable", "timeout", "authentication", "hostKey"];
  if (!(error instanceof HostError) || !way.includes(error.kind)) return error;
  const { kind, host, reason } = error;
  const text =
    `${reason}\nAn import uses only the connection in the provider's configuration, because Pulumi does not pass the one of the resource. ` +
    `Set it there (\`pulumi config set --path 'bots:hosts.${host}.user' …\`, likewise address, port, keys and become), or give the ` +
    "resource an explicit provider with this connection";
  return new HostError(kind, host, text, { cause: error });
}
