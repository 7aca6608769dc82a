/** The n-th time that an operation begins a step: some steps run twice. */
export interface Moment {
  step: string;
  nth: number;
  last: boolean;
}

/** Reports each step that an operation begins, until it is stopped. */
export type Telling = (told: (step: string) => void) => () => void;

/** The moments of an operation, recorded in a run without failures, so that new steps are covered without a change here. */
export async function momentsOf(telling: Telling, run: () => Promise<unknown>): Promise<Moment[]> {
  const steps: string[] = [];
  const off = telling((step) => steps.push(step));
  await run();
  off();
  if (steps.length < 2) throw new Error(`an operation that tells of no more than ${steps.length} steps`);
  return steps.map((step, i) => ({
    step,
    nth: steps.slice(0, i).filter((one) => one === step).length,
    last: i === steps.length - 1,
  }));
}

/** Calls `act` when the moment has come. */
export function at(moment: Moment, telling: Telling, act: () => void): { came: boolean } {
  const state = { came: false };
  let seen = 0;
  const off = telling((step) => {
    if (step !== moment.step || seen++ !== moment.nth) return;
    off();
    state.came = true;
    act();
  });
  return state;
}

/** Tries all moments, several at a time. Each result must be "right". */
export async function everywhere(
  moments: readonly Moment[],
  atATime: number,
  attemptAt: (moment: Moment) => Promise<string>,
): Promise<void> {
  const queue = [...moments.entries()];
  const results: [string, string][] = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [i, moment] = next;
      results[i] = [moment.step, await attemptAt(moment)];
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  expect(results).toEqual(moments.map(({ step }) => [step, "right"]));
}
