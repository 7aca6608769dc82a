import type { Assignment, DoubleQuotedChild, ParameterExpansionPart, SyntaxNode, Word, WordPart } from "unbash";
import { Unreadable, unknown, type Field, type Reason, type Value } from "./state";

/** What the words of a command are made from. */
export interface Context {
  /** The value of a variable or a special parameter except `@` and `*`. */
  lookup(name: string): Value;
  readonly positional: readonly Field[];
  readonly ifs?: Reason | undefined;
  /** The shell is bash, so bash's own syntax has its meaning. */
  readonly isBash: boolean;
  reason(why: string, ofHost?: boolean): Reason;
  /** A text at the current place. */
  value(text: string): Value;
  /** Evaluates what the expansion of the word runs or sets. */
  survey(node: SyntaxNode): void;
}

/** A part of a word. `open`: unquoted, so the shell splits it at blanks. `next`: a new word begins after it. */
interface Piece extends Value {
  open?: boolean;
  many?: boolean;
  next?: boolean;
}

/** Longer values or more words than this are not a configuration. */
const MAX_LENGTH = 32 * 1024;
const MAX_WORDS = 1000;

/** The words that the shell expands a word to (POSIX, "Word Expansions"). */
export function expandWord(word: Word, context: Context): Field[] {
  return split(piecesOf(word, context, false), context);
}

/** The same without field splitting: in an assignment, after `case`. */
export function expandText(word: Word, context: Context): Value {
  return joinPieces(piecesOf(word, context, true), context);
}

/** `NAME=value` as a word of a command. Whether the shell splits it depends on the shell, so blanks make it uncertain. */
export function expandAssignment(node: Assignment, context: Context): Field {
  if (node.value.type !== "Word" || node.index !== undefined || node.append === true) {
    context.survey(node);
    return { ...unknown(context.reason("arrays and += are not read")), text: `${node.name}=` };
  }
  const value = expandText(node.value, context);
  const fields = expandWord(node.value, context);
  const isOne = fields.length === 1 ? fields[0]!.text === value.text && !fields[0]!.many : value.text === "";
  const reason = value.reason ?? (isOne ? undefined : context.reason("shells differ in how they split it"));
  return { ...value, text: `${node.name}=${value.text}`, ...(reason && { reason }) };
}

function piecesOf(word: Word, context: Context, isText: boolean): Piece[] {
  const here = context.reason("");
  const literal = (text: string): Piece => context.value(text);
  const no = (text: string, why: string): Piece => ({ ...literal(text), reason: { ...here, why }, many: true });
  if (/\\\n/.test(word.text) && /[$`]/.test(word.text)) return [no(word.value, "a line ends in its middle")];
  const tilde = word.text.startsWith("~") || (isText && word.text.includes(":~"));
  if (tilde) return [no(word.value, "a home folder (~) is only known on the host")];
  if (word.parts === undefined) return [literal(word.value)];
  return word.parts.flatMap((part) => pieces(part));

  function pieces(part: WordPart): Piece[] {
    switch (part.type) {
      case "Literal":
      case "SingleQuoted":
        return [literal(part.value)];
      case "Glob":
        if (isText && part.kind !== "bracket") return [literal(part.text)];
        return [no(part.text, "a pattern is only known on the host")];
      case "DoubleQuoted": {
        const inner = part.parts.flatMap((child) => quoted(child));
        return inner.length > 0 || part.parts.length > 0 ? inner : [literal("")];
      }
      case "AnsiCQuoted":
        return [context.isBash ? literal(part.value) : no(part.value, "$'…' is only known to some shells")];
      case "SimpleExpansion":
      case "ParameterExpansion":
      case "CommandExpansion":
      case "ArithmeticExpansion":
        return expansion(part).map((piece) => ({ ...piece, open: !isText }));
      default:
        context.survey(part);
        return [no(part.text, `${part.text.slice(0, 40)} is not read`)];
    }
  }

  function quoted(child: DoubleQuotedChild): Piece[] {
    if (child.type === "Literal") return [literal(child.value)];
    if (child.type === "SimpleExpansion" || child.type === "ParameterExpansion") {
      const name = child.type === "SimpleExpansion" ? child.text.slice(1) : child.parameter;
      const isPlain = child.type === "SimpleExpansion" || isSimple(child);
      if (name === "@" && isPlain) {
        return context.positional.map((field, i, { length }) => ({ ...field, ...(i < length - 1 && { next: true }) }));
      }
    }
    return expansion(child).map((piece) => ({ ...piece, many: false }));
  }

  function expansion(part: Exclude<DoubleQuotedChild, { type: "Literal" }>): Piece[] {
    if (part.type === "CommandExpansion" || part.type === "ArithmeticExpansion") {
      context.survey(part);
      const why = part.type === "CommandExpansion" ? "the output of a command" : "arithmetic";
      return [{ ...no("", `${why} is only known when it is run`), reason: context.reason(`${why} is not read`, true) }];
    }
    if (part.type === "SimpleExpansion") return parameter(part.text.slice(1));
    if (isSimple(part)) return parameter(part.parameter);
    return [withDefault(part) ?? notRead(part)];
  }

  function parameter(name: string): Piece[] {
    if (name === "@" || name === "*") {
      const reason = context.positional.find((field) => field.reason)?.reason ?? context.ifs;
      const all = context.positional.map(({ text }) => text).join(" ");
      const secret = context.positional.some((field) => field.secret);
      return [{ ...literal(all), many: true, ...(reason && { reason }), ...(secret && { secret }) }];
    }
    const value = context.lookup(name);
    return [{ ...value, many: true }];
  }

  /** `${NAME:-word}` and `${NAME:+word}` of a known variable. */
  function withDefault(part: ParameterExpansionPart): Piece | undefined {
    const { operation, parameter: name } = part;
    if (operation?.type !== "Default" || part.prefix || part.index) return undefined;
    const value = context.lookup(name);
    const { operator, operand } = operation;
    if (value.reason || !/^\w+$/.test(name)) return undefined;
    const isPlus = operator.endsWith("+");
    const isSet = value.text !== "";
    // Without the colon, empty and unset differ; `=` and `?` have further effects.
    if (!isSet && (operator.length === 1 || /[=?]/.test(operator))) return undefined;
    if (isSet !== isPlus) return { ...value, text: isPlus ? "" : value.text, many: true };
    if (/["'\\`]|\$\(/.test(operand.text)) return undefined;
    const text = joinPieces(piecesOf(operand, context, true), context);
    return { ...text, many: true, ...(value.secret && { secret: true }) };
  }

  function notRead(part: ParameterExpansionPart): Piece {
    context.survey(part);
    const value = context.lookup(part.parameter);
    const { operation } = part;
    // A guess: the usual case.
    const guess = operation?.type === "Default" && !operation.operand.parts ? operation.operand.value : "";
    const reason = value.reason ?? context.reason(`${part.text.slice(0, 40)} is not read`);
    return { ...value, text: value.text || guess, reason, many: true };
  }
}

const isSimple = (part: ParameterExpansionPart) => !part.operation && !part.prefix && !part.index;

function bound(pieces: readonly Piece[]): void {
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  if (length > MAX_LENGTH || pieces.length > MAX_WORDS)
    throw new Unreadable("it makes texts that are too long to be read");
}

function joinPieces(pieces: readonly Piece[], context: Context): Value {
  bound(pieces);
  const here = context.reason("several words in one are not read");
  const reason = pieces.find((piece) => piece.reason)?.reason ?? (pieces.some(({ next }) => next) ? here : undefined);
  const { file, line } = pieces.find((piece) => piece.file !== here.file) ?? here;
  return {
    text: pieces.map(({ text }) => text).join(""),
    file,
    line,
    ...(reason && { reason }),
    ...(pieces.some(({ secret }) => secret) && { secret: true }),
  };
}

function split(pieces: readonly Piece[], context: Context): Field[] {
  bound(pieces);
  const fields: Field[] = [];
  let field: Field | undefined;
  const end = () => {
    if (field) fields.push(field);
    field = undefined;
  };
  const add = (piece: Piece, text: string, reason = piece.reason, many = false) => {
    field ??= { text: "", file: piece.file, line: piece.line };
    field.text += text;
    if (reason) field.reason ??= reason;
    if (many) field.many = true;
    if (piece.secret) field.secret = true;
  };
  for (const piece of pieces) {
    if (piece.reason || !piece.open) add(piece, piece.text, piece.reason, piece.reason !== undefined && piece.many);
    else if (piece.text !== "" && (context.ifs || /[*?[\\]/.test(piece.text))) {
      add(piece, piece.text, context.ifs ?? context.reason("a pattern is only known on the host"), true);
    } else {
      const [first = "", ...rest] = piece.text.split(/[ \t\n]+/);
      if (first !== "") add(piece, first);
      for (const text of rest) {
        end();
        if (text !== "") add(piece, text);
      }
    }
    if (piece.next) end();
  }
  end();
  return fields;
}
