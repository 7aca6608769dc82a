import { shQuote } from "../shell/quote";
import type { Ready } from "../../../schema/service";

type Http = NonNullable<Ready["http"]>;

/** No tool may take longer, however slowly an answer drips. */
const LIMIT_SECONDS = 12;

/** What all the programs ask for alike: as browsers write a URL, without what is never sent, escaped where wget escapes. */
function asked(url: string): string {
  const parsed = new URL(url);
  parsed.hash = "";
  return parsed.href.replace(/[{}|^`]/g, encodeURIComponent);
}

/**
 * GET, no redirect followed, certificate not checked: it is the service's own host that asks. Nobody's settings count:
 * no proxy, no .curlrc, .netrc or .wgetrc, no pattern in the URL. Emits `http`, the head of the answer.
 */
export function httpProbe(url: string): string {
  const python = [
    "import ssl, sys, urllib.request, urllib.error",
    "class No(urllib.request.HTTPRedirectHandler):",
    "    def redirect_request(self, *a): return None",
    "c = ssl._create_unverified_context()",
    "o = urllib.request.build_opener(No, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=c))",
    "try: r = o.open(sys.argv[1], timeout=10)",
    "except urllib.error.HTTPError as e: r = e",
    'print("HTTP/1.1 %d" % (getattr(r, "status", None) or r.code)); print(r.headers)',
  ].join("\n");
  const quoted = shQuote(asked(url));
  return `
    http_get() {
      HOME=/nonexistent; no_proxy='*'; http_proxy=; https_proxy=
      export HOME no_proxy http_proxy https_proxy
      unset WGETRC CURL_HOME
      if have curl; then curl -q -g -skS -o /dev/null -D - -m 10 ${quoted} 2>&1
      elif have python3; then python3 -c ${shQuote(python)} ${quoted} 2>&1
      elif have wget && [ -n "$(wget --version 2>/dev/null)" ]
      then wget -q -S -t 1 --no-proxy --no-check-certificate --max-redirect=0 -T 10 -O /dev/null ${quoted} 2>&1
      elif have wget # BusyBox's: shows the first answer, though it follows redirects, and no headers of an error; its -T crashes on Debian 12
      then wget -S -O /dev/null ${quoted} 2>&1
      else echo "the host has none of curl, python3 and wget"
      fi
    }
    http=$(pb_bounded ${LIMIT_SECONDS} http_get)
    pb_tool "curl, python3 or wget"
    [ $? = 124 ] && http="no answer within ${LIMIT_SECONDS} s"
    emit http "$http"`;
}

/** Why an answer is not the wanted one. */
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
