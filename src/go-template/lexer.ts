import { isPrintable, quote } from "../functions/go/quote.ts";
import { keyword, type Token, type TokenKind } from "./token.ts";

/** The tokens of a template, one at a time, as Go's lexer cuts them. After an error there is only the end. */
export class Lexer {
  private readonly input: string;
  private pos = 0;
  private start = 0;
  private line = 1;
  private startLine = 1;
  private inAction = false;
  private parens = 0;
  private failed = false;

  constructor(input: string) {
    this.input = input;
  }

  next(): Token {
    if (this.failed) return { kind: "eof", value: "EOF", pos: this.pos, line: this.startLine };
    return this.inAction ? this.action() : this.text();
  }

  private text(): Token {
    for (;;) {
      const open = this.input.indexOf("{{", this.pos);
      if (open < 0) {
        this.pos = this.input.length;
        return this.pos > this.start ? this.token("text") : this.token("eof");
      }
      if (open > this.pos) {
        const trim = hasLeftTrim(this.input, open + 2);
        this.pos = trim ? trimRight(this.input, this.start, open) : open;
        const found = this.token("text");
        this.pos = open;
        this.skip();
        if (found.value !== "") return found;
      }
      const delim = this.leftDelim();
      if (delim) return delim;
    }
  }

  /** Nothing when it opened a comment, which was passed over. */
  private leftDelim(): Token | undefined {
    this.pos += 2;
    const after = hasLeftTrim(this.input, this.pos) ? 2 : 0;
    if (this.input.startsWith("/*", this.pos + after)) {
      this.pos += after;
      this.skip();
      return this.comment();
    }
    const found = this.token("leftDelim");
    this.inAction = true;
    this.pos += after;
    this.skip();
    this.parens = 0;
    return found;
  }

  private comment(): Token | undefined {
    const close = this.input.indexOf("*/", this.pos + 2);
    if (close < 0) return this.error("unclosed comment");
    this.pos = close + 2;
    const delim = this.rightDelimHere();
    if (delim === "none") return this.error("comment ends before closing delimiter");
    // Go 1.23 does not count the lines of a comment, which only its messages of parsing tell.
    this.start = this.pos;
    this.pos += delim === "trim" ? 4 : 2;
    if (delim === "trim") this.pos = skipSpaces(this.input, this.pos);
    this.skip();
    return undefined;
  }

  private rightDelimHere(): "none" | "plain" | "trim" {
    if (isSpace(this.input.charCodeAt(this.pos)) && this.input.startsWith("-}}", this.pos + 1))
      return "trim";
    return this.input.startsWith("}}", this.pos) ? "plain" : "none";
  }

  private rightDelim(trim: boolean): Token {
    if (trim) {
      this.pos += 2;
      this.skip();
    }
    this.pos += 2;
    const found = this.token("rightDelim");
    if (trim) {
      this.pos = skipSpaces(this.input, this.pos);
      this.skip();
    }
    this.inAction = false;
    return found;
  }

  private action(): Token {
    const delim = this.rightDelimHere();
    if (delim !== "none")
      return this.parens === 0
        ? this.rightDelim(delim === "trim")
        : this.error("unclosed left paren");
    if (this.pos >= this.input.length) return this.error("unclosed action");
    const code = this.input.charCodeAt(this.pos);
    if (isSpace(code)) return this.space();
    const char = this.input.charAt(this.pos);
    switch (char) {
      case "=":
        return this.take(1, "assign");
      case ":":
        if (this.input[this.pos + 1] === "=") return this.take(2, "declare");
        return this.error("expected :=");
      case "|":
        return this.take(1, "pipe");
      case '"':
        return this.quoted('"', "string", "unterminated quoted string");
      case "'":
        return this.quoted("'", "charConstant", "unterminated character constant");
      case "`":
        return this.raw();
      case "$":
        this.pos++;
        return this.name("variable", "variable");
      case "(":
        this.parens++;
        return this.take(1, "leftParen");
      case ")":
        this.parens--;
        return this.parens < 0 ? this.error("unexpected right paren") : this.take(1, "rightParen");
      case ".":
        if (!isDigit(this.input.charCodeAt(this.pos + 1))) {
          this.pos++;
          return this.name("field", "dot");
        }
        return this.number();
      case "+":
      case "-":
        return this.number();
      default:
    }
    if (isDigit(code)) return this.number();
    const rune = String.fromCodePoint(this.input.codePointAt(this.pos) ?? 0);
    if (isAlphaNumeric(rune)) return this.identifier();
    if (code < 0x80 && code >= 0x20 && code !== 0x7f) return this.take(1, "char");
    return this.error(`unrecognized character in action: ${unicode(rune)}`);
  }

  /** A run of spaces; the last one belongs to ` -}}`. */
  private space(): Token {
    const end = skipSpaces(this.input, this.pos);
    if (this.input.startsWith("-}}", end)) {
      if (end - this.pos === 1) return this.rightDelim(true);
      this.pos = end - 1;
    } else this.pos = end;
    return this.token("space");
  }

  private identifier(): Token {
    this.pos = this.word(this.pos);
    const word = this.input.slice(this.start, this.pos);
    if (!this.atTerminator()) return this.badCharacter();
    if (word === "true" || word === "false") return this.token("bool");
    return this.token(keyword(word) ?? "identifier");
  }

  /** What follows `.` or `$`. */
  private name(kind: "field" | "variable", alone: "dot" | "variable"): Token {
    if (this.atTerminator()) return this.token(alone);
    this.pos = this.word(this.pos);
    return this.atTerminator() ? this.token(kind) : this.badCharacter();
  }

  private word(from: number): number {
    let at = from;
    for (;;) {
      const code = this.input.charCodeAt(at);
      if (isWordCode(code)) at++;
      else if (code >= 0x80) {
        const rune = String.fromCodePoint(this.input.codePointAt(at) ?? 0);
        if (!isAlphaNumeric(rune)) return at;
        at += rune.length;
      } else return at;
    }
  }

  private atTerminator(): boolean {
    const { input, pos } = this;
    if (pos >= input.length || isSpace(input.charCodeAt(pos))) return true;
    return ".,|:)(".includes(input.charAt(pos)) || input.startsWith("}}", pos);
  }

  private badCharacter(): Token {
    const rune = String.fromCodePoint(this.input.codePointAt(this.pos) ?? 0);
    this.pos += rune.length;
    return this.error(`bad character ${unicode(rune)}`);
  }

  private quoted(mark: string, kind: TokenKind, unterminated: string): Token {
    let at = this.pos + 1;
    for (;;) {
      const char = this.input[at];
      if (char === mark) break;
      const isEnd = char === undefined || char === "\n";
      const escaped = char === "\\" ? this.input[at + 1] : "";
      if (isEnd || escaped === undefined || escaped === "\n") return this.error(unterminated);
      at += char === "\\" ? 2 : 1;
    }
    this.pos = at + 1;
    return this.token(kind);
  }

  private raw(): Token {
    const end = this.input.indexOf("`", this.pos + 1);
    if (end < 0) return this.error("unterminated raw quoted string");
    this.pos = end + 1;
    return this.token("rawString");
  }

  private number(): Token {
    const isNumber = this.scanNumber();
    const sign = isNumber ? this.input[this.pos] : undefined;
    if (isNumber && sign !== "+" && sign !== "-") return this.token("number");
    if (isNumber && this.scanNumber() && this.input[this.pos - 1] === "i")
      return this.token("complex");
    return this.error(`bad number syntax: ${quote(this.input.slice(this.start, this.pos))}`);
  }

  private scanNumber(): boolean {
    NUMBER.lastIndex = this.pos;
    this.pos += NUMBER.exec(this.input)?.[0].length ?? 0;
    const rune = String.fromCodePoint(this.input.codePointAt(this.pos) ?? 0);
    if (this.pos >= this.input.length || !isAlphaNumeric(rune)) return true;
    this.pos += rune.length;
    return false;
  }

  private take(length: number, kind: TokenKind): Token {
    this.pos += length;
    return this.token(kind);
  }

  private token(kind: TokenKind): Token {
    const value = this.input.slice(this.start, this.pos);
    const found = { kind, value, pos: this.start, line: this.startLine };
    this.skip();
    return found;
  }

  private skip(): void {
    for (let at = this.start; at < this.pos; at++)
      if (this.input.charCodeAt(at) === NEWLINE) this.line++;
    this.start = this.pos;
    this.startLine = this.line;
  }

  private error(message: string): Token {
    this.failed = true;
    return { kind: "error", value: message, pos: this.start, line: this.startLine };
  }
}

const NEWLINE = 10;

/** Go's scan of numbers: generous, what is wrong shows when they are read. */
const NUMBER =
  /[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/y;

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95
  );
}

function isAlphaNumeric(rune: string): boolean {
  return isWordCode(rune.charCodeAt(0)) || /^[\p{L}\p{Nd}]$/u.test(rune);
}

function hasLeftTrim(input: string, at: number): boolean {
  return input[at] === "-" && isSpace(input.charCodeAt(at + 1));
}

function skipSpaces(input: string, from: number): number {
  let at = from;
  while (isSpace(input.charCodeAt(at))) at++;
  return at;
}

function trimRight(input: string, from: number, to: number): number {
  let at = to;
  while (at > from && isSpace(input.charCodeAt(at - 1))) at--;
  return at;
}

/** `U+007B '{'` */
function unicode(rune: string): string {
  const code = rune.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase().padStart(4, "0");
  return `U+${hex}${isPrintable(rune) ? ` '${rune}'` : ""}`;
}
