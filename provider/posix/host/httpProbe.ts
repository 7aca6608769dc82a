import type { Ready } from "../../../schema/ready";
import { call } from "../shell/library";

type Http = NonNullable<Ready["http"]>;

/** Time limit for a whole request, however slowly the answer arrives. */
const LIMIT_SECONDS = 12;

/** The URL that all tools request alike: normalized as in browsers, without the fragment, and escaped as wget does. */
function asked(url: string): string {
  const parsed = new URL(url);
  parsed.hash = "";
  return parsed.href.replace(/[{}|^`]/g, encodeURIComponent);
}

/** Sends GET without following redirects. The certificate is not checked, because the request comes from the service's host. */
export const httpProbe = (url: string): string => call("probe_http", asked(url), LIMIT_SECONDS);

/** Why an answer is not the wanted one; undefined when it is. */
export function httpProblem({ url, status, headers = {} }: Http, answer: string): string | undefined {
  const lines = answer.split(/\r?\n/).map((line) => line.trim());
  const codes = lines.flatMap((line) => (/^HTTP\/\S+ \d{3}/.test(line) ? [Number(line.split(" ")[1])] : []));
  const code = codes.find((each) => each >= 200); // 1xx come before the answer (RFC 9110, 15.2)
  if (code === undefined) return `GET ${url} failed: ${lines.at(-1) || lines.find(Boolean) || "no answer"}`;
  const fine = status === undefined ? code < 400 : code === status;
  if (!fine) return `GET ${url} answers ${code}${status === undefined ? "" : `, not ${status}`}`;
  const seen = new Map(
    lines.flatMap((line) => {
      const match = /^([\w-]+):(.*)$/.exec(line);
      return match ? [[match[1]!.toLowerCase(), match[2]!.trim()] as const] : [];
    }),
  );
  for (const [name, wanted] of Object.entries(headers)) {
    const found = seen.get(name.toLowerCase());
    if (found !== wanted) return `GET ${url} answers with ${name}: ${found ?? "none"}, not ${wanted}`;
  }
  return undefined;
}
