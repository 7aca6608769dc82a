import type { LabHost } from "../../lab";
import type { HostFacts } from "../../model/host";
import type { Definition, Live, Marker } from "../../model/service";
import type { Fields, Step } from "../../model/step";
import { PRELUDE } from "../../provider/hosts/posix/prelude";
import type { Change, Manager } from "../../provider/managers/manager";

/** What steps have found and said, and the one that failed. */
export interface Outcome {
  fields: Fields;
  stderr: string;
  failed?: string;
}

/** A manager on a host that exists only once the tests run. */
export interface Place {
  manager: Manager;
  host: () => LabHost;
  facts: () => HostFacts;
  marker: Marker;
}

/** Drives a manager alone: no lifecycle decides, and no transport of ours leads to the host. */
export function managerOnHost({ manager, host, facts, marker }: Place) {
  /** Runs steps as the operation's shell would. */
  async function run(steps: readonly Step[], args: readonly string[] = [], shell = "sh"): Promise<Outcome> {
    const functions = steps.map(({ script }, i) => `step_${i}() {\n${script}\n}`);
    const calls = steps.map(
      (_, i) => `(step_${i} ${args.join(" ")}) </dev/null >&2 || { echo "NONCE ! ${i}" >&3; exit; }`,
    );
    const script = ["pb_nonce=NONCE", "exec 3>&1", PRELUDE, ...functions, `{ ${calls.join("\n")}\nexit; }`].join("\n");
    const { stdout, stderr } = await host().run(`exec ${shell} -s`, { input: script });
    const fields = new Map<string, string>();
    const outcome: Outcome = { fields, stderr };
    for (const line of stdout.split("\n")) {
      const [, kind, key = "", value = ""] = /^NONCE (\S) (\S+) ?(.*)$/.exec(line) ?? [];
      if (kind === "!") outcome.failed = steps[Number(key)]!.name;
      else if (kind) fields.set(key, kind === "=" ? value : Buffer.from(value, "base64").toString());
    }
    return outcome;
  }

  async function readAll(...names: string[]): Promise<Live[]> {
    const { fields, failed, stderr } = await run([manager.fragment], names);
    if (failed !== undefined) throw new Error(stderr);
    const all = [...fields];
    const shared = new Map(all.filter(([key]) => !key.includes("/")));
    return names.map((name) => {
      const own = all.filter(([key]) => key.startsWith(`${name}/`));
      return manager.parse(name, { fields: new Map(own.map(([k, v]) => [k.slice(name.length + 1), v])), shared });
    });
  }

  const read = async (name: string): Promise<Live> => (await readAll(name))[0]!;

  async function apply(name: string, definition: Definition | undefined, change: Partial<Change>): Promise<Outcome> {
    const live = await read(name);
    const files = definition ? manager.render(name, definition, marker, facts()) : [];
    const verify = definition ? manager.verify(name, files, facts()) : [];
    const write = definition ? { write: { files, remove: live.overrides } } : {};
    return run([...verify, ...manager.steps({ name, action: "none", ...write, ...change }, live, facts())]);
  }

  const remove = async (name: string): Promise<Outcome> => run(manager.removal(name, await read(name), facts()));

  return { run, readAll, read, apply, remove };
}
