import { getAt, setAt, type Path } from "../../../../../model/props";
import * as codecs from "../codecs";
import type { Codec } from "../codecs";
import type { Section } from "../unitFile";
import type { Mapping } from "./mapping";

interface Scalar {
  path: Path;
  section: Section;
  name: string;
  codec: Codec<unknown>;
  /** Whether an empty assignment resets it to the default. For other directives it is an error that systemd ignores. */
  resettable?: boolean;
  /** systemd's own default, if it is the same on every host. */
  default?: unknown;
  /** The first version of systemd that supports the codec's output. */
  since?: number;
}

/** Properties with one directive each: systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5). */
export const SCALARS: readonly Scalar[] = [
  scalar("description", "Unit", "Description", codecs.text, { resettable: true }),
  // systemd ignores directives that begin with X-.
  scalar("displayName", "Unit", "X-DisplayName", codecs.plainText, { resettable: true }),
  scalar("workingDirectory", "Service", "WorkingDirectory", codecs.path, { resettable: true, default: "/" }),
  scalar("umask", "Service", "UMask", codecs.umask, { default: "0022" }),
  scalar("runAs.user", "Service", "User", codecs.account, { resettable: true }),
  scalar("runAs.group", "Service", "Group", codecs.account, { resettable: true }),
  scalar("restart.policy", "Service", "Restart", codecs.restartPolicy, { default: "never" }),
  scalar("restart.delaySeconds", "Service", "RestartSec", codecs.seconds, { default: 0.1 }),
  scalar("stop.signal", "Service", "KillSignal", codecs.signal, { default: "SIGTERM" }),
  scalar("stop.timeoutSeconds", "Service", "TimeoutStopSec", codecs.secondsAboveZero, { default: 90 }),
  scalar("stop.mode", "Service", "KillMode", codecs.stopMode, { default: "group" }),
  scalar("logs.stdout", "Service", "StandardOutput", codecs.log, { since: 240 }),
  scalar("logs.stderr", "Service", "StandardError", codecs.log, { since: 240 }),
];

export const scalars: Mapping = {
  owns: SCALARS,

  check: (definition) =>
    SCALARS.flatMap(({ path, codec }) => {
      const value = getAt(definition, path);
      const message = value === undefined ? undefined : codec.check(value);
      return message ? [{ path, message }] : [];
    }),

  render: (definition, { systemdVersion }) =>
    SCALARS.flatMap(({ path, section, name, codec, since = 0 }) => {
      const value = getAt(definition, path);
      if (value === undefined) return [];
      const text = codec.format(value);
      if (systemdVersion < since && text !== "null") {
        throw new Error(`${path.join(".")}: a log file requires systemd ${since}, but the host has ${systemdVersion}`);
      }
      return [{ section, name, value: text }];
    }),

  parse: (directives, definition) => {
    for (const { path, section, name, codec, resettable } of SCALARS) {
      const values = resettable ? directives.effective(section, name) : directives.all(section, name);
      const last = values.at(-1);
      // Whether systemd ignores an empty assignment or resets the directive, an assignment after it counts.
      const value = last === undefined || last === "" ? undefined : codec.parse(last);
      if (value !== undefined) setAt(definition, path, value);
      if (value !== undefined || (resettable && last === undefined)) directives.take(section, name);
    }
  },
};

function scalar<T>(
  path: string,
  section: Section,
  name: string,
  codec: Codec<T>,
  more: { resettable?: boolean; default?: T; since?: number } = {},
): Scalar {
  return { path: path.split("."), section, name, codec: codec, ...more };
}
