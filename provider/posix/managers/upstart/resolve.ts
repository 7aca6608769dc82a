import type { Definition } from "../../../../model/service";
import { normaliseSignal } from "../common/signals";
import { normaliseEvents, splitRequired } from "./events";
import { STOP_SECONDS } from "./helpers";
import { requiredOf, START_ON, STOP_ON } from "./render";

/** A definition as upstart would carry it out: every value in its one spelling, upstart's defaults filled in. */
export function resolve(definition: Definition): Definition {
  const { restart, stop, umask, workingDirectory, runAs, options, logs, reload, secretEnvironment, ...rest } =
    definition;
  const { startOn = START_ON, stopOn = STOP_ON, author } = options?.upstart ?? {};
  const { events, required } = splitRequired(normaliseEvents(startOn) ?? startOn);
  const requires = [...new Set([...required, ...requiredOf(definition)])].sort();
  const { stderr, ...stdout } = logs ?? {};
  return {
    ...rest,
    ...(secretEnvironment?.length && { secretEnvironment: [...secretEnvironment].sort() }),
    umask: umask?.padStart(4, "0") ?? "0022",
    workingDirectory: workingDirectory ?? "/",
    runAs: runAs?.user === undefined && runAs?.group === undefined ? { user: "root" } : runAs,
    restart: { policy: "never", delaySeconds: 0, ...withoutUndefined(restart) },
    stop: {
      timeoutSeconds: STOP_SECONDS,
      mode: "group",
      ...withoutUndefined(stop),
      signal: normaliseSignal(stop?.signal ?? "SIGTERM") ?? stop!.signal!,
    },
    ...(reload && { reload }),
    ...(reload?.signal !== undefined && { reload: { signal: normaliseSignal(reload.signal) ?? reload.signal } }),
    ...(requires.length ? { requires } : {}),
    ...(logs &&
      Object.keys(logs).length > 0 && {
        logs: stderr === undefined || stderr === stdout.stdout ? stdout : { ...stdout, stderr },
      }),
    options: {
      ...options,
      upstart: { ...(author !== undefined && { author }), startOn: events, stopOn: normaliseEvents(stopOn) ?? stopOn },
    },
  };
}

function withoutUndefined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
}
