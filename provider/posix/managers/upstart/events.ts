import { quoteToken, takeToken } from "./tokens";

/** The expressions of `start on` and `stop on`: parentheses, `and`, `or`, event names and their arguments. */
export interface Events {
  tokens: string[];
  end: number;
}

/** Reads an event expression up to the end of its line, or of its parentheses. Undefined for an open quote. */
export function takeEvents(text: string, start: number): Events | undefined {
  const tokens: string[] = [];
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const c = text[at]!;
    if (c === "#") while (at < text.length && text[at] !== "\n") at++;
    else if (c === "\n" && depth <= 0) break;
    else if (/\s/.test(c)) at++;
    else if (text.startsWith("\\\n", at)) at += 2;
    else if (c === "(" || c === ")") {
      depth += c === "(" ? 1 : -1;
      tokens.push(c);
      at++;
    } else {
      const token = takeToken(text, at, "()#\n \t", true);
      if (!token) return undefined;
      tokens.push(/^[^\s()#"'\\]+$/.test(token.value) ? token.value : quoteToken(token.value));
      at = token.end;
    }
  }
  return { tokens, end: at };
}

/** An expression in canonical form. Undefined when it is invalid (init(5) of upstart, "Event definition"). */
export function normaliseEvents(text: string): string | undefined {
  const found = takeEvents(text, 0);
  return found && found.end === text.length && isExpression(found.tokens) ? formatEvents(found.tokens) : undefined;
}

export function formatEvents(tokens: readonly string[]): string {
  return tokens.join(" ").replaceAll("( ", "(").replaceAll(" )", ")");
}

const isOperator = (token: string | undefined) => token === "and" || token === "or";

/** Events and operators must alternate, parentheses must match, and named arguments must come last. */
export function isExpression(tokens: readonly string[]): boolean {
  let depth = 0;
  let state: "wants event" | "in event" | "named" | "closed" = "wants event";
  for (const token of tokens) {
    if (token === "(") {
      if (state !== "wants event") return false;
      depth++;
    } else if (token === ")") {
      if (state === "wants event" || --depth < 0) return false;
      state = "closed";
    } else if (isOperator(token)) {
      if (state === "wants event") return false;
      state = "wants event";
    } else {
      if (state === "closed" || (state === "named" && !token.includes("="))) return false;
      state = state !== "wants event" && token.includes("=") ? "named" : "in event";
    }
  }
  return depth === 0 && state !== "wants event";
}

/** The condition of a job that starts after other jobs: `(EVENTS) and started A and started B`. */
export function withRequired(events: string, required: readonly string[]): string {
  return required.length ? [`(${events})`, ...required.map((name) => `started ${name}`)].join(" and ") : events;
}

/** The inverse of {@link withRequired}. */
export function splitRequired(events: string): { events: string; required: string[] } {
  const [, inner, rest] = /^\((.*?)\)((?: and started [\w.+:@-]+)+)$/.exec(events) ?? [];
  if (inner === undefined || rest === undefined || !isExpression(takeEvents(inner, 0)?.tokens ?? [])) {
    return { events, required: [] };
  }
  const deeper = splitRequired(inner);
  return { events: deeper.events, required: [...deeper.required, ...rest.split(" and started ").slice(1)] };
}
