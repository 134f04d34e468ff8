import Handlebars from "handlebars";
import { didYouMean } from "../model/nearest.ts";
import { TEMPLATE_FUNCTIONS } from "./functions.ts";
import { insteadOf } from "./go-words.ts";
import { MAX_NESTING, MAX_OPEN, MAX_OUTPUT } from "./limits.ts";
import { parseFailure } from "./parse-failure.ts";
import type { Problem } from "./problem.ts";
import type {
  At,
  Call,
  Expression,
  Literal,
  LoopName,
  Node,
  Path,
  PathStart,
} from "./template-tree.ts";

/** A template as far as it could be read. */
export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  readonly problems: readonly Problem[];
}

const CACHED = 500;
const cache = new Map<string, ParsedTemplate>();

/**
 * Reads a template: Handlebars' own grammar and white space rules, then our tree of what the language allows. Everything else Handlebars can say
 * (partials, decorators, sections of other names) is a problem. The same text is read once.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const known = cache.get(text);
  if (known) return known;
  const parsed = read(text);
  const [oldest] = cache.keys();
  if (cache.size >= CACHED && oldest !== undefined) cache.delete(oldest);
  cache.set(text, parsed);
  return parsed;
}

function read(text: string): ParsedTemplate {
  if (text.length > MAX_OUTPUT)
    return failed({
      code: "template-size",
      message: `the template is longer than ${MAX_OUTPUT} characters`,
      at: { line: 1, col: 1 },
    });
  if (openAtMost(text) > MAX_OPEN)
    return failed({
      code: "nesting",
      message: "blocks or parentheses are nested too deep",
      at: { line: 1, col: 1 },
    });
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(text);
  } catch (error) {
    return failed(parseFailure(text, error));
  }
  const reader = new TreeReader();
  return { nodes: reader.nodes(program, []), problems: reader.problems };
}

/** How many blocks (an `else if` is one more) or parentheses stand open at once, roughly: text between tags counts too. */
function openAtMost(text: string): number {
  let [parentheses, most] = [0, 0];
  const blocks: number[] = [];
  let open = 0;
  for (const [mark] of text.matchAll(/\{\{~?[#^/]|\{\{~?\s*else\s+\w|[()]/g)) {
    if (mark === "(") parentheses++;
    else if (mark === ")") parentheses = Math.max(0, parentheses - 1);
    else if (mark.endsWith("/")) open -= blocks.pop() ?? 0;
    else {
      open++;
      if (/[#^]$/.test(mark)) blocks.push(1);
      else blocks.push((blocks.pop() ?? 0) + 1);
    }
    most = Math.max(most, parentheses, open);
  }
  return most;
}

function failed(problem: Problem): ParsedTemplate {
  return { nodes: [], problems: [problem] };
}

/** What Handlebars calls statements and expressions, told apart by `type`. */
type Statement =
  | hbs.AST.MustacheStatement
  | hbs.AST.BlockStatement
  | hbs.AST.ContentStatement
  | hbs.AST.CommentStatement
  | hbs.AST.PartialStatement
  | hbs.AST.PartialBlockStatement;
type Operand =
  | hbs.AST.PathExpression
  | hbs.AST.SubExpression
  | hbs.AST.StringLiteral
  | hbs.AST.NumberLiteral
  | hbs.AST.BooleanLiteral
  | hbs.AST.NullLiteral
  | hbs.AST.UndefinedLiteral;

const BLOCKS = ["if", "unless", "each", "with"] as const;
const MOST_NAMES = { if: 0, unless: 0, each: 2, with: 1 } as const;
const LOOP_NAMES: readonly string[] = ["index", "key", "first", "last"] satisfies LoopName[];

/** Turns Handlebars' tree into ours; names after `as` are known while their block is read. */
class TreeReader {
  readonly problems: Problem[] = [];
  private depth = 0;

  /** The nodes of a program; `names` are those that blocks around it gave with `as`. */
  nodes(program: hbs.AST.Program | undefined, names: readonly string[]): Node[] {
    return (program?.body ?? []).flatMap((statement) => this.node(statement as Statement, names));
  }

  private node(statement: Statement, names: readonly string[]): Node[] {
    switch (statement.type) {
      case "ContentStatement":
        return [{ kind: "text", text: statement.value }];
      case "CommentStatement":
        return [];
      case "MustacheStatement":
        return this.print(statement, names);
      case "BlockStatement":
        return this.nested(statement, () => this.block(statement, names)) ?? [];
      default:
        return this.refuse(
          statement,
          "not-supported",
          "partials and decorators are not part of the language",
          {
            hint: "repeat the text, or give it a template of its own",
          },
        );
    }
  }

  private print(statement: hbs.AST.MustacheStatement, names: readonly string[]): Node[] {
    const value = this.invocation(statement, names);
    return value ? [{ kind: "print", value, at: atOf(statement) }] : [];
  }

  private block(statement: hbs.AST.BlockStatement, names: readonly string[]): Node[] {
    const { path, params, inverse } = statement;
    const at = atOf(statement);
    const kind = BLOCKS.find((name) => name === path.original);
    if (kind === undefined) return this.unknownBlock(path);
    const [operand, ...surplus] = params;
    if (operand === undefined || surplus.length > 0)
      return this.refuse(
        statement,
        "arguments",
        `{{#${kind}}} takes one value, got ${params.length}`,
        {
          hint:
            surplus.length > 0 ? `put a function call in parentheses: {{#${kind} (eq a b)}}` : "",
        },
      );
    const given = statement.program?.blockParams ?? inverse?.blockParams ?? [];
    if (given.length > MOST_NAMES[kind])
      return this.refuse(
        statement,
        "arguments",
        `{{#${kind}}} gives ${MOST_NAMES[kind]} names, not ${given.length}`,
      );
    const includeZero = this.includeZero(statement.hash, kind);
    const value = this.expression(operand as Operand, names);
    if (value === undefined) return [];
    const main = this.nodes(statement.program, [...names, ...given]);
    const other = this.nodes(inverse, names);
    if (kind === "each")
      return [{ kind: "loop", over: value, names: given, body: main, empty: other, at }];
    if (kind === "with")
      return [{ kind: "narrow", to: value, names: given, body: main, empty: other, at }];
    const [full, empty] = kind === "if" ? [main, other] : [other, main];
    return [{ kind: "choice", test: value, includeZero, full, empty, at }];
  }

  private unknownBlock(path: hbs.AST.PathExpression): Node[] {
    const hint = `write {{#if ${path.original}}} or {{#each ${path.original}}}`;
    const near = didYouMean(path.original, BLOCKS);
    return this.refuse(
      path,
      "unknown-block",
      `there is no block #${path.original}${near}; there are #${BLOCKS.join(", #")}`,
      near ? {} : { hint },
    );
  }

  private includeZero(hash: hbs.AST.Hash | undefined, kind: string): boolean {
    for (const pair of hash?.pairs ?? []) {
      const value = pair.value as Operand;
      if (
        pair.key === "includeZero" &&
        (kind === "if" || kind === "unless") &&
        value.type === "BooleanLiteral"
      )
        return value.value;
      this.refuse(pair, "arguments", `{{#${kind}}} knows no ${pair.key}=`);
    }
    return false;
  }

  private expression(operand: Operand, names: readonly string[]): Expression | undefined {
    switch (operand.type) {
      case "PathExpression":
        return this.path(operand, names);
      case "SubExpression":
        return this.nested(operand, () => this.call(operand, names));
      case "StringLiteral":
      case "NumberLiteral":
      case "BooleanLiteral":
        return literal(operand.value, operand);
      default:
        return literal(null, operand);
    }
  }

  /** `{{name}}` is a call when it has arguments or names a function, else a value. */
  private invocation(
    statement: hbs.AST.MustacheStatement,
    names: readonly string[],
  ): Expression | undefined {
    const { params, hash } = statement;
    const path = statement.path as Operand;
    if (path.type !== "PathExpression") {
      this.refuse(statement, "literal", "a text or number between {{ and }} has no use", {
        hint: "for {{ itself write \\{{",
      });
      return undefined;
    }
    const called = params.length > 0 || hash !== undefined;
    const simple = !path.data && path.depth === 0 && path.parts.length === 1 && !isScoped(path);
    const namesFunction =
      simple && !names.includes(path.original) && TEMPLATE_FUNCTIONS.has(path.original);
    return called || namesFunction
      ? this.call({ path, params, hash, loc: statement.loc }, names)
      : this.path(path, names);
  }

  private call(
    { path, params, hash, loc }: Pick<hbs.AST.SubExpression, "path" | "params" | "hash" | "loc">,
    names: readonly string[],
  ): Call | undefined {
    const name = path.original;
    const at = atOf({ loc });
    const entry = TEMPLATE_FUNCTIONS.get(name);
    const args = params.flatMap((param) => this.expression(param as Operand, names) ?? []);
    if (entry === undefined) {
      const hint = insteadOf(name);
      const near = hint ? "" : didYouMean(name, TEMPLATE_FUNCTIONS.keys());
      this.refuse(path, "unknown-function", `there is no function ${name}${near}`, {
        ...(hint && { hint }),
      });
      return undefined;
    }
    for (const pair of hash?.pairs ?? [])
      this.refuse(pair, "arguments", `${name} knows no ${pair.key}=; arguments stand in order`);
    const [fewest, most] = entry.arity;
    if (params.length < fewest || params.length > most)
      this.refuse(
        path,
        "arguments",
        `${name} takes ${countText(fewest, most)}, got ${params.length}`,
      );
    return { kind: "call", name, args, at };
  }

  private path(path: hbs.AST.PathExpression, names: readonly string[]): Path | undefined {
    const at = atOf(path);
    const made = (from: PathStart, parts: readonly string[]): Path => ({
      kind: "path",
      from,
      parts,
      text: path.original,
      at,
    });
    const [first = "", ...rest] = path.parts;
    if (!path.data) {
      const isName = path.depth === 0 && !isScoped(path) && names.includes(first);
      return isName
        ? made({ type: "name", name: first }, rest)
        : made(
            { type: "context", up: path.depth, bare: path.depth === 0 && !isScoped(path) },
            path.parts,
          );
    }
    if (first === "root") return made({ type: "root" }, rest);
    if (isLoopName(first) && rest.length === 0)
      return made({ type: "loop", up: path.depth, name: first }, []);
    this.refuse(
      path,
      "unknown-name",
      `there is no ${path.original}${didYouMean(first, ["root", ...LOOP_NAMES])}`,
      {
        hint: "there are @root, @index, @key, @first, @last",
      },
    );
    return undefined;
  }

  /** Refuses what is nested too deep, before the recursion gets there. */
  private nested<T>(node: { readonly loc: hbs.AST.SourceLocation }, inner: () => T): T | undefined {
    if (this.depth >= MAX_NESTING) {
      this.refuse(
        node,
        "nesting",
        `blocks and parentheses are nested more than ${MAX_NESTING} deep`,
      );
      return undefined;
    }
    this.depth++;
    try {
      return inner();
    } finally {
      this.depth--;
    }
  }

  private refuse(
    node: { readonly loc: hbs.AST.SourceLocation },
    code: string,
    message: string,
    { hint = "" }: { readonly hint?: string } = {},
  ): never[] {
    this.problems.push({ code, message, at: atOf(node), ...(hint && { hint }) });
    return [];
  }
}

function literal(value: Literal["value"], node: { readonly loc: hbs.AST.SourceLocation }): Literal {
  return { kind: "literal", value, at: atOf(node) };
}

/** `this.x` and `./x` say where they begin. */
function isScoped(path: hbs.AST.PathExpression): boolean {
  return /^(this\b|\.)/.test(path.original);
}

function isLoopName(name: string): name is LoopName {
  return LOOP_NAMES.includes(name);
}

function atOf({ loc }: { readonly loc: hbs.AST.SourceLocation }): At {
  return { line: loc.start.line, col: loc.start.column + 1 };
}

function countText(fewest: number, most: number): string {
  if (most === Number.MAX_SAFE_INTEGER) return `${fewest} or more arguments`;
  if (fewest === most) return fewest === 1 ? "1 argument" : `${fewest} arguments`;
  return `${fewest} to ${most} arguments`;
}
