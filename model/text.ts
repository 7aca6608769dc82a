/**
 * Removes trailing characters that `one`, an expression for one character, matches. `/[…]+$/` would take quadratic time on
 * a long run of them inside the text.
 */
export function trimEndOf(text: string, one: RegExp): string {
  let end = text.length;
  while (end > 0 && one.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Removes such characters at both ends. */
export function trimOf(text: string, one: RegExp): string {
  const head = trimEndOf(text, one);
  let start = 0;
  while (start < head.length && one.test(head[start]!)) start++;
  return head.slice(start);
}

/**
 * Does the whole text match a pattern with `*` (any characters) and `?` (one character)? It backtracks only to the last
 * star, so a hostile pattern takes at most pattern times text; as a regular expression it could take exponential time.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [p, t, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === "*") [star, resume, p] = [p, t, p + 1];
    else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) [p, t] = [p + 1, t + 1];
    else if (star !== -1) [p, t, resume] = [star + 1, resume + 1, resume + 1];
    else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** `address:port` as in a URL: an IPv6 address is put in brackets, unless it already is. */
export function withPort(address: string, port: number): string {
  return `${address.includes(":") && !address.startsWith("[") ? `[${address}]` : address}:${port}`;
}
