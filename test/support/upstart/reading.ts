import type { HostFacts } from "../../../provider/posix/facts";
import type { Definition, Marker } from "../../../model/service";
import { upstart } from "../../../provider/posix/managers/upstart";

export const marker: Marker = {
  ownerId: "o1",
  urn: "urn:pulumi:prod::edi::bots:index:Service::web",
  definition: "d",
  triggers: "t",
};
export const facts = { upstartVersion: "1.13.2", init: "upstart" } as HostFacts;

/** The fields that the fragment would emit once these files are on a host. */
export function fieldsOf(name: string, definition: Definition, more: Record<string, string> = {}): Map<string, string> {
  const [job, secrets] = upstart.render(name, definition, marker, facts);
  return new Map(
    Object.entries({
      status: `${name} stop/waiting`,
      conf: job!.content,
      ...(secrets && { environment: secrets.content }),
      ...more,
    }),
  );
}

export const read = (name: string, fields: Map<string, string>) => upstart.parse(name, { fields, shared: new Map() });
/** A job of somebody else's, as it is read. */
export const foreign = (conf: string, more: Record<string, string> = {}) =>
  read("web", new Map(Object.entries({ status: "web stop/waiting", conf, ...more })));
