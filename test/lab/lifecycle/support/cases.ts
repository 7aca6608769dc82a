import { describeWith } from "../../../support/requirements";
import type { Column } from "./column";
import { everTwice } from "./probe";
import { World } from "./world";

/** A case: what a user relies on, and how it is seen. Cases run at the same time on one host, each with names of its own. */
export type Case = (promise: string, run: (world: World) => Promise<void>) => void;

/** A group of cases. `alone` is for those that need the host to themselves: they come after all others. */
export interface Cases {
  name: string;
  together?: (column: Column, test: Case) => void;
  alone?: (column: Column, test: Case) => void;
}

/** Runs groups of cases on one host of a column. */
export function runCases(column: Column, groups: readonly Cases[]): void {
  describeWith(["lab", "strace"], `the life of a service: ${column.name}`, () => {
    let started: Promise<World> | undefined;
    const world = () => (started ??= World.start(column));
    afterAll(async () => (await started)?.stop());

    // Jest begins all concurrent tests before the others, and before any beforeAll.
    for (const { name, together } of groups) {
      if (!together) continue;
      describe(name, () =>
        together(column, (promise, run) => test.concurrent(promise, async () => (await world()).run(run))),
      );
    }
    for (const { name, alone } of groups) {
      if (!alone) continue;
      describe(name, () => alone(column, (promise, run) => test(promise, async () => (await world()).run(run))));
    }
    test("in all of this, there were never two processes of one service", async () => {
      expect(await everTwice((await world()).host)).toEqual([]);
    });
  });
}
