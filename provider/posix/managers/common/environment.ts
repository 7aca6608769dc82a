import type { Definition } from "../../../../model/service";

/** The variables that every user of the host may read, and those that go to a file that only root can read, by name. */
export function splitEnvironment(definition: Definition): Record<"plain" | "secret", Record<string, string>> {
  const entries = Object.entries(definition.environment ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const isSecret = ([name]: [string, string]) => definition.secretEnvironment?.includes(name) ?? false;
  return {
    plain: Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
    secret: Object.fromEntries(entries.filter(isSecret)),
  };
}
