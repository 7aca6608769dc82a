import type { Issue } from "../../../../../model/errors";
import type { Definition } from "../../../../../model/service";
import { splitEnvironment } from "../../common/environment";
import { issuesOfVariables, VARIABLE } from "../../common/values";
import { valuesOf, type Directives } from "../directives";
import { parseEnvironmentFile } from "../environmentFile";
import { IMPOSSIBLE, quoteWord, splitWords, unescapeSpecifiers } from "../escape";
import type { Mapping } from "./mapping";

/**
 * `environment` <-> Environment= of systemd.exec(5), one variable for each line; secret variables <-> our EnvironmentFile=,
 * which only root can read. Lines with specifiers or unusual quoting, and other environment files, stay raw.
 */
export const environment: Mapping = {
  owns: [
    { section: "Service", name: "Environment", path: ["environment"], shared: true },
    { section: "Service", name: "EnvironmentFile", path: ["secretEnvironment"], shared: true },
  ],

  check: (definition) => [
    ...issuesOfVariables(definition),
    ...Object.entries(definition.environment ?? {}).flatMap(([name, value]): Issue[] =>
      IMPOSSIBLE.test(value)
        ? [{ path: ["environment", name], message: "contains a character that a variable can't contain" }]
        : [],
    ),
    ...checkRawLines(definition),
  ],

  render: (definition, { environmentFile, systemdVersion }) => {
    const { plain, secret } = splitEnvironment(definition);
    for (const [name, value] of Object.entries({ ...plain, ...secret })) {
      if (systemdVersion < 248 && /[\x01-\x08\x0b-\x1f\x7f]/.test(value)) {
        throw new Error(
          `environment.${name}: control characters require systemd 248, but the host has ${systemdVersion}`,
        );
      }
    }
    const lines = Object.entries(plain).map(([name, value]) => ({
      section: "Service" as const,
      name: "Environment",
      value: quoteWord(`${name}=${value}`),
    }));
    return Object.keys(secret).length
      ? [...lines, { section: "Service", name: "EnvironmentFile", value: environmentFile }]
      : lines;
  },

  parse: (directives, definition, { environmentFile, environmentText }) => {
    const plain = parsePlain(directives);
    const files = directives.effective("Service", "EnvironmentFile");
    const ours = files.includes(environmentFile);
    if (ours)
      directives.take(
        "Service",
        "EnvironmentFile",
        files.filter((file) => file !== environmentFile),
      );
    const secret = ours ? parseEnvironmentFile(environmentText ?? "").variables : {};
    const all = { ...plain, ...secret };
    if (Object.keys(all).length) definition.environment = all;
    if (Object.keys(secret).length) definition.secretEnvironment = Object.keys(secret).sort();
  },
};

/** Raw lines may only set variables that `environment` does not set, otherwise the order would decide which value counts. */
function checkRawLines({ environment: variables, options }: Definition): Issue[] {
  const raw = options?.systemd?.service?.["Environment"];
  const twice =
    raw === undefined
      ? undefined
      : valuesOf(raw)
          .flatMap(namesIn)
          .find((name) => Object.hasOwn(variables ?? {}, name));
  return twice
    ? [
        {
          path: ["options", "systemd", "service", "Environment"],
          message: `sets ${twice}, as environment.${twice} does`,
        },
      ]
    : [];
}

function parsePlain(directives: Directives): Record<string, string> {
  const lines = directives.effective("Service", "Environment").map((line) => ({ line, variables: parseLine(line) }));
  const raw = lines.filter(({ variables }) => !variables).map(({ line }) => line);
  const plain = Object.fromEntries(lines.flatMap(({ variables }) => Object.entries(variables ?? {})));
  if (raw.flatMap(namesIn).some((name) => Object.hasOwn(plain, name))) return {};
  directives.take("Service", "Environment", raw);
  return plain;
}

/** The variables of one line. Undefined unless the whole line can be expressed exactly. */
function parseLine(line: string): Record<string, string> | undefined {
  const variables = new Map<string, string>();
  for (const { value } of splitWords(line) ?? [{ value: "" }]) {
    const text = unescapeSpecifiers(value);
    const equals = text?.indexOf("=") ?? -1;
    const name = text?.slice(0, Math.max(equals, 0)) ?? "";
    if (text === undefined || !VARIABLE.test(name) || IMPOSSIBLE.test(text)) return undefined;
    variables.set(name, text.slice(equals + 1));
  }
  return Object.fromEntries(variables);
}

/** The names that a raw line sets, as far as they are known. */
function namesIn(line: string): string[] {
  return [...line.matchAll(/(?:^|[\s"'])([A-Za-z_]\w*)=/g)].map(([, name = ""]) => name);
}
