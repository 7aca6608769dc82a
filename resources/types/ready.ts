// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";
import type { AtMostOne } from "./atMostOne";

/** An HTTP GET request that must be answered. */
export interface HttpProbe {
  /** The URL to GET, as seen from the host itself. Redirects are not followed. */
  url: Input<string>;
  /** The status code that the answer must have. Default: any from 200 to 399. */
  status?: Input<number>;
  /** Headers that the answer must have, by name. Default: none. */
  headers?: Input<Record<string, Input<string>>>;
}

/** The properties of {@link Ready}. */
export interface ReadyProperties {
  /**
   * A TCP port on which a process of the service must listen. Another program that listens on the port does not count.
   * Example: `8080`.
   */
  tcp?: Input<number>;
  /**
   * A URL that a process of the service must answer.
   *
   * ```ts
   * { url: "http://localhost:8080/login/", status: 200 }
   * ```
   */
  http?: Input<HttpProbe>;
  /**
   * A command that must exit with 0 within ten seconds: an absolute path and arguments, without a shell. It runs as
   * root; the environment variable `SERVICE_PIDS` holds the process ids of the service, separated by spaces. Example:
   * `["/usr/local/bin/check-edi", "--quick"]`.
   */
  command?: Input<Input<string>[]>;
  /** `command` changes nothing, so a refresh may run it too. Default: `false`. */
  readOnly?: Input<boolean>;
  /** Time limit for the service to become ready after its start. Default: `60` seconds. */
  timeoutSeconds?: Input<number>;
}

/**
 * How to tell, on the host, that the service does its work. Give exactly one of `tcp`, `http`, `command`.
 *
 * ```ts
 * { tcp: 8080 }
 * ```
 *
 * ```ts
 * { http: { url: "http://localhost:8080/login/" }, timeoutSeconds: 120 }
 * ```
 */
export type Ready = ReadyProperties & AtMostOne<"tcp" | "http" | "command">;
