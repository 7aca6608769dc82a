import { PropertyError } from "../../../model/errors";

/** The id of a service: `host/name`. */
export function serviceId(host: string, name: string): string {
  return `${host}/${name}`;
}

/** Parses an id: `host/name`, or on import also `host/manager/name`. */
export function parseId(id: string): { host: string; manager?: string; name: string } {
  const [host, second, third, ...more] = id.split("/");
  if (!host || !second || third === "" || more.length > 0) {
    throw new PropertyError([
      {
        path: [],
        message: `the id "${id}" must have the form host/name or host/manager/name, such as edi1/bots-webserver`,
      },
    ]);
  }
  return third === undefined ? { host, name: second } : { host, manager: second, name: third };
}

export function hostOfId(id: string): string {
  return parseId(id).host;
}
