import type { LabHost } from "../../lab";
import type { HostFacts } from "../../provider/posix/facts";
import type { Definition, Live, Marker } from "../../model/service";
import type { Fields, Step } from "../../provider/posix/shell/step";
import { prelude } from "../../provider/posix/shell/library";
import type { Change, Driver } from "../../provider/posix/managers/driver";
import { emitted, ofName } from "./shell";

/** What steps have emitted and printed, and the step that failed. */
export interface Outcome {
  fields: Fields;
  stderr: string;
  failed?: string;
}

/** A manager on a host that is started when the tests run. */
export interface Place {
  manager: Driver;
  host: () => LabHost;
  facts: () => HostFacts;
  marker: Marker;
}

/** Drives a manager without a lifecycle and without a transport of ours. */
export function managerOnHost({ manager, host, facts, marker }: Place) {
  /** Runs steps as the shell of an operation does. */
  async function run(steps: readonly Step[], args: readonly string[] = [], shell = "sh"): Promise<Outcome> {
    const functions = steps.map(({ script }, i) => `step_${i}() {\n${script}\n}`);
    const calls = steps.map(
      (_, i) => `(step_${i} ${args.join(" ")}) </dev/null >&2 || { echo "NONCE ! ${i}" >&3; exit; }`,
    );
    const script = [
      "pb_nonce=NONCE",
      "exec 3>&1",
      prelude(functions.join("\n")),
      ...functions,
      `{ ${calls.join("\n")}\nexit; }`,
    ].join("\n");
    const { stdout, stderr } = await host().run(`exec ${shell} -s`, { input: script });
    const [, failed] = /^NONCE ! (\d+)$/m.exec(stdout) ?? [];
    return { fields: emitted(stdout), stderr, ...(failed !== undefined && { failed: steps[Number(failed)]!.name }) };
  }

  async function readAll(...names: string[]): Promise<Live[]> {
    const { fields, failed, stderr } = await run([manager.fragment], names);
    if (failed !== undefined) throw new Error(stderr);
    const shared = new Map([...fields].filter(([key]) => !key.includes("/")));
    return names.map((name) => manager.parse(name, { fields: ofName(name, fields), shared }));
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
