import Handlebars from "handlebars";
import type { Problem } from "./problem.ts";
import type { At } from "./template-tree.ts";

/** A failure of Handlebars' parser in our words, with its place. */
export function parseFailure(text: string, error: unknown): Problem {
  if (error instanceof RangeError)
    return { code: "nesting", message: "the template is nested too deep", at: { line: 1, col: 1 } };
  const { lineNumber, column } = Object(error) as { lineNumber?: number; column?: number };
  if (lineNumber !== undefined) {
    const message = String(Object(error).message).replace(/ - \d+:\d+$/, "");
    return syntax(clashText(message), { line: lineNumber, col: (column ?? 0) + 1 });
  }
  const stop = parseAgain(text);
  return stop ? explain(text, stop) : syntax("the template cannot be read", { line: 1, col: 1 });
}

interface Stop {
  readonly at: At;
  /** What stands there. */
  readonly text: string;
  /** The grammar's name for it; absent for what is no token at all. */
  readonly token?: string;
  readonly expected: readonly string[];
}

/** What the generated parser (jison) offers beside its types. */
interface Parser {
  parse(text: string): unknown;
  parseError(
    message: string,
    hash: { text?: string; token?: string | null; expected?: string[] },
  ): never;
  readonly lexer: {
    readonly yylloc: {
      first_line: number;
      first_column: number;
      last_line: number;
      last_column: number;
    };
  };
}

/** Handlebars' message holds no column: parse once more with a hook that keeps the state. */
function parseAgain(text: string): Stop | undefined {
  const parser: Parser = Object.create(Reflect.get(Handlebars, "Parser"));
  let stop: Stop | undefined;
  parser.parseError = (message, { text: found = "", token, expected = [] }) => {
    const place = parser.lexer.yylloc;
    const at = token
      ? { line: place.first_line, col: place.first_column + 1 }
      : { line: place.last_line, col: place.last_column + 1 };
    stop = { at, text: found, ...(token && { token }), expected };
    throw new Error(message);
  };
  try {
    parser.parse(text);
  } catch {
    return stop;
  }
  return stop;
}

function explain(text: string, { at, text: found, token, expected }: Stop): Problem {
  const wants = (name: string) => expected.some((each) => each.includes(name));
  if (token === undefined) return syntax("a comment or tag that begins here is not closed", at);
  if (token === "EOF" && wants("OPEN_ENDBLOCK")) return unclosedBlock(text, at);
  if (token === "EOF") return syntax("the template ends within a tag: }} is missing", at);
  if (token === "OPEN_ENDBLOCK") return syntax("this closes a block that was not opened", at);
  if (token.includes("INVERSE"))
    return syntax("{{else}} stands outside a block, or twice in one", at);
  const habit = writtenOtherwise(text, { at, found, token, expected });
  if (habit) return habit;
  if (token.startsWith("CLOSE")) return syntax("something is missing before this", at);
  if (token === "NUMBER" && restOf(text, { ...at, col: at.col - 1 }).startsWith("."))
    return syntax(`write the number of an item in brackets: .[${found}]`, at);
  if (token === "INVALID" && !restOf(text, at).includes("}}"))
    return syntax("the tag is not closed: }} is missing", at);
  return syntax(`${JSON.stringify(found.split("\n")[0])} cannot stand here`, at);
}

/** What is right in another language, or runs into the YAML beside it. */
function writtenOtherwise(
  text: string,
  { at, found, token, expected }: Omit<Stop, "text" | "token"> & { found: string; token: string },
): Problem | undefined {
  if (token === "CLOSE_UNESCAPED")
    return syntax(
      "}}} closes {{{ only",
      at,
      'where } belongs to the YAML, write "{{X}}" in quotes',
    );
  if (token === "CLOSE" && expected.some((each) => each.includes("CLOSE_UNESCAPED")))
    return syntax(
      "{{{ is closed by }}}",
      at,
      'where { belongs to the YAML, write "{{X}}" in quotes',
    );
  if (token === "CLOSE_BLOCK_PARAMS")
    return syntax(
      "there are no pipes",
      at,
      "write (quote X) for X | quote, and {{quote X}} in a tag",
    );
  const before = restOf(text, { line: at.line, col: 1 })[at.col - 2] ?? "";
  if (token === "SEP" && found === "." && /[\s{(~]/.test(before))
    return syntax("a name does not begin with a dot", at, "write Params.X, Name");
  if (/^[<>=!&+*]/.test(found) && /[\s]/.test(before))
    return syntax(
      "there are no operators",
      at,
      "call a function: (eq A B), (gt A B), (not A), (add A B)",
    );
  return undefined;
}

function unclosedBlock(text: string, end: At): Problem {
  const open: { name: string; index: number }[] = [];
  for (const tag of text.matchAll(/(?<!\\)\{\{~?([#^/])\s*([^\s}|(~]+)/g)) {
    if (tag[1] === "/") open.pop();
    else open.push({ name: tag[2] ?? "", index: tag.index });
  }
  const last = open.at(-1);
  if (!last) return syntax("a block is not closed", end);
  return syntax(
    `{{#${last.name}}} is not closed: {{/${last.name}}} is missing`,
    placeOf(text, last.index),
  );
}

/** Handlebars: `if doesn't match each`, `Invalid path: a/..`. */
function clashText(message: string): string {
  const [, opened, closed] = /^(.*) doesn't match (.*)$/.exec(message) ?? [];
  if (opened !== undefined) return `{{#${opened}}} is closed by {{/${closed}}}`;
  return message.replace(/^Invalid path: (.*)$/, "$1 is no path: .. and this can only stand first");
}

function restOf(text: string, at: At): string {
  return text
    .split("\n")
    .slice(at.line - 1)
    .join("\n")
    .slice(at.col - 1);
}

function placeOf(text: string, index: number): At {
  const before = text.slice(0, index).split("\n");
  return { line: before.length, col: (before.at(-1) ?? "").length + 1 };
}

function syntax(message: string, at: At, hint?: string): Problem {
  return { code: "template-syntax", message, at, ...(hint && { hint }) };
}
