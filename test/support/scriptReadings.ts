import type { ProgramReading } from "../../provider/posix/importing";

/** What a recorder in place of a program noted when a host ran a script. Output: a file, `discard`, `pipe`; unset: the caller's. */
export interface Ran {
  argv: string[];
  cwd?: string;
  user?: string;
  group?: string;
  umask?: string;
  stdout?: string;
  stderr?: string;
  environment?: Record<string, string>;
}

/**
 * Where a reading is certain and differs from what the host ran. A setting that a reading does not mention has the caller's value.
 */
export function wrongs(reading: ProgramReading, ran: readonly Ran[]): string[] {
  const wrong: string[] = [];
  const claims = new Map(reading.observed.map((one) => [one.property, one]));
  const check = (property: string, real: unknown, usual: unknown) => {
    const claim = claims.get(property);
    if (claim?.unknown !== undefined) return;
    const said = claim ? claim.value : usual;
    if (JSON.stringify(said) !== JSON.stringify(real ?? usual)) {
      wrong.push(`${property}: ${JSON.stringify(said)} but ran ${JSON.stringify(real ?? usual)}`);
    }
  };
  const [only] = ran;
  if (reading.command && (ran.length !== 1 || JSON.stringify(reading.command) !== JSON.stringify(only!.argv))) {
    wrong.push(`command: ${JSON.stringify(reading.command)} but ran ${JSON.stringify(ran.map(({ argv }) => argv))}`);
  }
  if (claims.get("command")?.value !== undefined && reading.command === undefined)
    wrong.push("command is said but not given");
  if (reading.ambiguous || ran.length !== 1) return wrong;
  check("workingDirectory", only!.cwd, "/");
  check("umask", only!.umask, "0022");
  check("runAs.user", only!.user, "root");
  check("runAs.group", only!.group, claims.has("runAs.user") ? undefined : "root");
  check("logs.stdout", only!.stdout, undefined);
  check("logs.stderr", only!.stderr, undefined);
  const environment = only!.environment ?? {};
  if (claims.get("environment")?.unknown === undefined) {
    const names = [...claims.keys()].flatMap((name) => (name.startsWith("environment.") ? [name.slice(12)] : []));
    for (const name of new Set([...names, ...Object.keys(environment)]))
      check(`environment.${name}`, environment[name], undefined);
  }
  return wrong;
}
