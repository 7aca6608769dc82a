import type { HostFacts } from "../facts";
import type { Live } from "../../../model/service";
import type { Rollback, RolledBackTo } from "../../platform";
import { restoreStep } from "../host/former";
import { driverOf } from "../managers";
import type { Change, Driver } from "../managers/driver";
import type { Step } from "../shell/step";

interface About {
  name: string;
  facts: HostFacts;
  look: (driver: Driver) => Promise<Live>;
  /** Runs steps; returns the reason if they fail. */
  run: (steps: readonly Step[]) => Promise<string | undefined>;
}

/** Restores the backup and starts the service, unless it was never stopped. */
export async function rollBack(rollback: Rollback, about: About): Promise<RolledBackTo> {
  const { manager, to, before, replaces } = rollback;
  const { name, facts, look, run } = about;
  const driver = driverOf(manager);
  const here = await look(driver);
  if (to !== manager) {
    // Removed from this manager first, so that two never run.
    const failure = await run([...driver.removal(name, here, facts), restoreStep(name)]);
    return failure === undefined ? startRestored(driverOf(to), rollback, about) : { failure };
  }
  if (replaces) {
    const failure = await run([
      ...driver.steps({ name, action: "stop" }, here, facts),
      restoreStep(name),
      // Makes the manager read the restored files.
      ...driver.steps({ name, write: { files: [], remove: [] }, action: "none" }, before, facts),
    ]);
    return failure === undefined ? startRestored(driver, rollback, about) : { failure };
  }
  const untouched = here.state.status === "running" && here.state.incarnation === before.state.incarnation;
  const change = changeBack(name, before.startMode, untouched ? "none" : "restart");
  const failure = await run([restoreStep(name), ...driver.steps(change, before, facts)]);
  return failure === undefined ? { definition: before.definition, existing: false } : { failure };
}

/** Sets the start mode after a restore, and starts the service if it ran before; by its own means if it is unmanaged. */
async function startRestored(driver: Driver, { before, ran }: Rollback, about: About): Promise<RolledBackTo> {
  const { name, facts, look, run } = about;
  const restored = await look(driver);
  const existing = restored.marker === undefined;
  const change = changeBack(name, before.startMode, ran ? "start" : "none");
  const failure = await run(
    existing ? driver.existingSteps(change, restored, facts) : driver.steps(change, restored, facts),
  );
  return failure === undefined ? { definition: restored.definition, existing } : { failure };
}

/** A change without files to write: they are restored already, and the manager reads them again. */
function changeBack(name: string, startMode: Live["startMode"], action: Change["action"]): Change {
  return { name, write: { files: [], remove: [] }, startMode, action };
}
