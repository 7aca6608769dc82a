import type { Field } from "../../common/shell/expand";

/** What a shell carries along while it runs a script. */
export interface State {
  variables: Map<string, Field>;
  exported: Set<string>;
  workingDirectory?: Field;
  umask?: Field;
  /** It has left the function, or the script. */
  flow?: "exit" | "return" | undefined;
}

export const copyOf = (state: State): State => ({
  ...state,
  variables: new Map(state.variables),
  exported: new Set(state.exported),
});

/** What is left of several ways that a script may have taken: what differs can't be known; one that ended it does not count. */
export function merged(states: readonly State[]): State {
  const going = states.filter((state) => !state.flow);
  const [first, ...others] = going.length > 0 ? going : states;
  const state = copyOf(first!);
  for (const other of others) {
    for (const name of new Set([...state.variables.keys(), ...other.variables.keys()])) {
      const [one, two] = [state.variables.get(name), other.variables.get(name)];
      if (one?.text === two?.text && one?.unknown === two?.unknown) continue;
      state.variables.set(name, { text: "", unknown: `$${name}` });
    }
    for (const name of other.exported) state.exported.add(name);
    for (const key of ["workingDirectory", "umask"] as const) {
      const value = state[key] ?? other[key];
      if (value) state[key] = value;
    }
  }
  return state;
}
