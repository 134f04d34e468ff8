import { byteLength } from "../functions/go/bytes.ts";
import { quote } from "../functions/go/quote.ts";

/** What the lexer tells apart. */
export type TokenKind =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "comment"
  | "complex"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | "nil"
  | Keyword;

/** Words that are no names. */
export type Keyword =
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "range"
  | "template"
  | "with";

/** A piece of a template. */
export interface Token {
  readonly kind: TokenKind;
  /** The text, or of an error its message. */
  readonly value: string;
  /** Where it begins, in UTF-16 units from 0. */
  readonly pos: number;
  /** From 1. */
  readonly line: number;
}

/** The kind of a word that is no name. */
export function keyword(word: string): TokenKind | undefined {
  return KEYWORDS.get(word);
}

/** A token as messages name it. */
export function tokenText({ kind, value }: Token): string {
  if (kind === "eof") return "EOF";
  if (kind === "error") return value;
  if (kind === "dot" || kind === "nil" || isKeyword(kind)) return `<${value}>`;
  const first = Array.from(value).slice(0, 10).join("");
  return byteLength(value) > 10 ? `${quote(first)}...` : quote(value);
}

const WORDS: readonly Keyword[] = [
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
];
const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...WORDS.map((word) => [word, word] as const),
  ["nil", "nil"],
]);

function isKeyword(kind: TokenKind): boolean {
  return KEYWORDS.has(kind);
}
