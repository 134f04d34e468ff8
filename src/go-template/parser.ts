import { quote } from "../functions/go/quote.ts";
import { Lexer } from "./lexer.ts";
import {
  type BranchNode,
  type CallNode,
  type CommandNode,
  type NodeList,
  nodeText,
  type Operand,
  type PipeNode,
  type TemplateNode,
} from "./node.ts";
import { readNumber } from "./read-number.ts";
import { GoTemplateError, placeOf } from "./template-error.ts";
import { type Token, type TokenKind, tokenText } from "./token.ts";
import { unquote } from "./unquote.ts";

/** Blocks and parentheses within each other; Go has no such limit. */
export const MAX_NESTING = 400;

/** The longest template, in UTF-16 units. */
export const MAX_TEXT: number = 4 * 1024 * 1024;

/** What a text is read with. */
export interface Source {
  /** The template's name, which messages begin with. */
  readonly name: string;
  readonly text: string;
  /** Whether there is such a function. */
  hasFunction(name: string): boolean;
  /** The templates found so far, by name. */
  readonly templates: Map<string, NodeList>;
}

/** Reads the text and everything it defines into `source.templates`. Throws `GoTemplateError`. */
export function parseInto(source: Source): void {
  if (source.text.length > MAX_TEXT) {
    const reason = `the template is longer than ${MAX_TEXT} characters`;
    const message = `template: ${source.name}: ${reason}`;
    throw new GoTemplateError("limit", message, reason, { line: 1, col: 1 });
  }
  const lexer = new Lexer(source.text);
  new Parser(source, lexer, 0).main();
}

/** `{{end}}` or `{{else}}`, where a list of nodes stops. */
interface Stop {
  readonly kind: "stop";
  readonly text: "{{end}}" | "{{else}}";
}

const EOF: Token = { kind: "eof", value: "EOF", pos: 0, line: 1 };

/** One template of the text: the whole one, or what `define` or `block` encloses, which has its own variables. */
class Parser {
  private readonly source: Source;
  private readonly lexer: Lexer;
  /** Go's look-ahead: the newest token first. */
  private readonly tokens: [Token, Token, Token] = [EOF, EOF, EOF];
  private peeked = 0;
  private readonly variables: string[] = ["$"];
  /** How often each name is among them. */
  private readonly known = new Map([["$", 1]]);
  private ranges = 0;
  private actionLine = 0;
  private depth: number;

  constructor(source: Source, lexer: Lexer, depth: number) {
    this.source = source;
    this.lexer = lexer;
    this.depth = depth;
  }

  main(): void {
    const nodes: TemplateNode[] = [];
    while (this.peek().kind !== "eof") {
      if (this.peek().kind === "leftDelim") {
        const delim = this.next();
        if (this.nextNonSpace().kind === "define") {
          this.inner().definition();
          continue;
        }
        this.backup2(delim);
      }
      const node = this.textOrAction();
      if (node?.kind === "stop") this.fail(`unexpected ${node.text}`);
      if (node) nodes.push(node);
    }
    this.add(this.source.name, nodes);
  }

  private inner(): Parser {
    return new Parser(this.source, this.lexer, this.depth);
  }

  private definition(): void {
    const context = "define clause";
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    this.expect("rightDelim", context);
    const [nodes, stop] = this.itemList();
    if (stop.text !== "{{end}}") this.fail(`unexpected ${stop.text} in ${context}`);
    this.add(name, nodes);
  }

  private add(name: string, nodes: NodeList): void {
    const known = this.source.templates.get(name);
    if (known === undefined || isEmptyList(known)) this.source.templates.set(name, nodes);
    else if (!isEmptyList(nodes))
      this.fail(`template: multiple definition of template ${quote(name)}`);
  }

  private itemList(): [NodeList, Stop] {
    const nodes: TemplateNode[] = [];
    while (this.peekNonSpace().kind !== "eof") {
      const node = this.textOrAction();
      if (node?.kind === "stop") return [nodes, node];
      if (node) nodes.push(node);
    }
    return this.fail("unexpected EOF");
  }

  private textOrAction(): TemplateNode | Stop | undefined {
    const token = this.nextNonSpace();
    if (token.kind === "text") return { kind: "text", pos: token.pos, text: token.value };
    if (token.kind !== "leftDelim") return this.unexpected(token, "input");
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    return node;
  }

  private action(): TemplateNode | Stop {
    const token = this.nextNonSpace();
    switch (token.kind) {
      case "block":
        return this.block();
      case "break":
      case "continue":
        return this.jump(token.kind, token.pos);
      case "else":
        return this.elseStop();
      case "end":
        this.expect("rightDelim", "end");
        return { kind: "stop", text: "{{end}}" };
      case "if":
      case "range":
      case "with":
        return this.control(token.kind);
      case "template":
        return this.template();
      default:
    }
    this.backup();
    const { pos } = this.peek();
    return { kind: "action", pos, pipe: this.pipeline("command", "rightDelim") };
  }

  private jump(kind: "break" | "continue", pos: number): TemplateNode {
    const token = this.nextNonSpace();
    if (token.kind !== "rightDelim") this.unexpected(token, `{{${kind}}}`);
    if (this.ranges === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, pos };
  }

  private elseStop(): Stop {
    const { kind } = this.peekNonSpace();
    if (kind !== "if" && kind !== "with") this.expect("rightDelim", "else");
    return { kind: "stop", text: "{{else}}" };
  }

  private control(kind: BranchNode["kind"]): BranchNode {
    const known = this.variables.length;
    this.deeper();
    const pipe = this.pipeline(kind, "rightDelim");
    if (kind === "range") this.ranges++;
    const [list, stop] = this.itemList();
    if (kind === "range") this.ranges--;
    const elseList = stop.text === "{{else}}" ? this.elseList(kind) : undefined;
    this.forget(known);
    this.depth--;
    return { kind, pos: pipe.pos, pipe, list, elseList };
  }

  /** `{{else if}}` is an `if` within the `else`, which takes the `{{end}}` for both. */
  private elseList(kind: BranchNode["kind"]): NodeList {
    if (kind !== "range" && this.peek().kind === kind) {
      this.next();
      return [this.control(kind)];
    }
    const [nodes, stop] = this.itemList();
    if (stop.text !== "{{end}}") this.fail(`expected end; found ${stop.text}`);
    return nodes;
  }

  private block(): CallNode {
    const context = "block clause";
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = this.pipeline(context, "rightDelim");
    this.deeper();
    const block = this.inner();
    const [nodes, stop] = block.itemList();
    if (stop.text !== "{{end}}") this.fail(`unexpected ${stop.text} in ${context}`);
    block.add(name, nodes);
    this.depth--;
    return { kind: "template", pos: token.pos, name, pipe };
  }

  private template(): CallNode {
    const context = "template clause";
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    if (this.nextNonSpace().kind === "rightDelim")
      return { kind: "template", pos: token.pos, name, pipe: undefined };
    this.backup();
    return { kind: "template", pos: token.pos, name, pipe: this.pipeline(context, "rightDelim") };
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "rawString")
      return this.unexpected(token, context);
    return this.unquoted(token.value);
  }

  private unquoted(quoted: string): string {
    return unquote(quoted) ?? this.fail("invalid syntax");
  }

  private pipeline(context: string, end: TokenKind): PipeNode {
    const { pos } = this.peekNonSpace();
    const { names, assigns } = this.declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) break;
      if (!STARTS_OPERAND.has(token.kind)) this.unexpected(token, context);
      this.backup();
      commands.push(this.command());
    }
    if (commands.length === 0) this.fail(`missing value for ${context}`);
    for (const [index, { args }] of commands.entries())
      if (index > 0 && NOT_EXECUTABLE.has(args[0]?.kind ?? "nil"))
        this.fail(`non executable command in pipeline stage ${index + 1}`);
    return { kind: "pipe", pos, assigns, names, commands };
  }

  private declarations(context: string): { names: string[]; assigns: boolean } {
    const names: string[] = [];
    for (;;) {
      const variable = this.peekNonSpace();
      if (variable.kind !== "variable") return { names, assigns: false };
      this.next();
      const after = this.peek();
      const following = this.peekNonSpace();
      if (following.kind === "assign" || following.kind === "declare") {
        this.nextNonSpace();
        names.push(variable.value);
        this.declare(variable.value);
        return { names, assigns: following.kind === "assign" };
      }
      if (following.kind === "char" && following.value === ",") {
        this.nextNonSpace();
        names.push(variable.value);
        this.declare(variable.value);
        if (context !== "range" || names.length >= 2)
          this.fail(`too many declarations in ${context}`);
        if (!SECOND_VARIABLE.has(this.peekNonSpace().kind))
          this.fail("range can only initialize variables");
        continue;
      }
      if (after.kind === "space") this.backup3(variable, after);
      else this.backup2(variable);
      return { names, assigns: false };
    }
  }

  private declare(name: string): void {
    this.variables.push(name);
    this.known.set(name, (this.known.get(name) ?? 0) + 1);
  }

  private forget(length: number): void {
    for (const name of this.variables.splice(length))
      this.known.set(name, (this.known.get(name) ?? 1) - 1);
  }

  private command(): CommandNode {
    const { pos } = this.peekNonSpace();
    const args: Operand[] = [];
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand) args.push(operand);
      const token = this.next();
      if (token.kind === "space") continue;
      if (token.kind === "rightDelim" || token.kind === "rightParen") this.backup();
      else if (token.kind !== "pipe") this.unexpected(token, "operand");
      break;
    }
    if (args.length === 0) this.fail("empty command");
    return { kind: "command", pos, args };
  }

  private operand(): Operand | undefined {
    const term = this.term();
    const { kind, pos } = this.peek();
    if (!term || kind !== "field") return term;
    const names: string[] = [];
    while (this.peek().kind === "field") names.push(this.next().value.slice(1));
    switch (term.kind) {
      case "field":
        return { kind: "field", pos, names: [...term.names, ...names] };
      case "variable":
        return { ...term, pos, names };
      case "identifier":
      case "pipe":
      case "chain":
        return { kind: "chain", pos, of: term, names };
      case "nil":
      case "dot":
      case "bool":
      case "number":
      case "string":
        return this.fail(`unexpected . after term ${quote(nodeText(term))}`);
    }
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace();
    const { kind, pos, value } = token;
    switch (kind) {
      case "identifier":
        if (!this.source.hasFunction(value)) this.fail(`function ${quote(value)} not defined`);
        return { kind: "identifier", pos, name: value };
      case "dot":
      case "nil":
        return { kind, pos };
      case "variable":
        if (!this.known.get(value)) this.fail(`undefined variable ${quote(value)}`);
        return { kind, pos, name: value, names: [] };
      case "field":
        return { kind, pos, names: [value.slice(1)] };
      case "bool":
        return { kind, pos, value: value === "true" };
      case "charConstant":
      case "complex":
      case "number": {
        const number = readNumber(value);
        if (typeof number === "string") return this.fail(number);
        return { kind: "number", pos, text: value, ...number };
      }
      case "leftParen": {
        this.deeper();
        const pipe = this.pipeline("parenthesized pipeline", "rightParen");
        this.depth--;
        return pipe;
      }
      case "string":
      case "rawString":
        return { kind: "string", pos, quoted: value, text: this.unquoted(value) };
      default:
    }
    this.backup();
    return undefined;
  }

  private next(): Token {
    if (this.peeked > 0) this.peeked--;
    else this.tokens[0] = this.lexer.next();
    return this.tokens[this.peeked] ?? EOF;
  }

  private peek(): Token {
    if (this.peeked > 0) return this.tokens[this.peeked - 1] ?? EOF;
    this.peeked = 1;
    this.tokens[0] = this.lexer.next();
    return this.tokens[0];
  }

  private nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.kind !== "space") return token;
    }
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.backup();
    return token;
  }

  private backup(): void {
    this.peeked++;
  }

  private backup2(first: Token): void {
    this.tokens[1] = first;
    this.peeked = 2;
  }

  private backup3(first: Token, second: Token): void {
    this.tokens[1] = second;
    this.tokens[2] = first;
    this.peeked = 3;
  }

  private expect(kind: TokenKind, context: string): void {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
  }

  private deeper(): void {
    if (++this.depth > MAX_NESTING) {
      const reason = `blocks and parentheses are nested more than ${MAX_NESTING} deep`;
      const message = `template: ${this.source.name}:${this.tokens[0].line}: ${reason}`;
      const at = placeOf(this.source.text, this.tokens[0].pos);
      throw new GoTemplateError("limit", message, reason, at);
    }
  }

  private unexpected(token: Token, context: string): never {
    const text = tokenText(token);
    if (token.kind !== "error") return this.fail(`unexpected ${text} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === token.line) return this.fail(text);
    const within = text.endsWith(" action") ? "" : " in action";
    return this.fail(`${text}${within} started at ${this.source.name}:${this.actionLine}`);
  }

  /** Go names the line of the newest token, as far as it has counted. */
  private fail(reason: string): never {
    const [{ line, pos }] = this.tokens;
    const message = `template: ${this.source.name}:${line}: ${reason}`;
    throw new GoTemplateError("parse", message, reason, placeOf(this.source.text, pos));
  }
}

const STARTS_OPERAND: ReadonlySet<TokenKind> = new Set([
  "bool",
  "charConstant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParen",
]);
const SECOND_VARIABLE: ReadonlySet<TokenKind> = new Set(["variable", "rightDelim", "rightParen"]);
const NOT_EXECUTABLE: ReadonlySet<Operand["kind"]> = new Set([
  "bool",
  "dot",
  "nil",
  "number",
  "string",
]);

/** Nothing but space: such a template does not count as defined. */
function isEmptyList(nodes: NodeList): boolean {
  return nodes.every((node) => node.kind === "text" && node.text.trim() === "");
}
