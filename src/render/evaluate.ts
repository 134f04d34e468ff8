import { isEmpty, nameOfKind } from "../functions/kinds.ts";
import { type FunctionContext, FunctionError } from "../functions/template-function.ts";
import { isMap } from "../model/json.ts";
import { didYouMean } from "../model/nearest.ts";
import { Budget } from "./budget.ts";
import { TEMPLATE_FUNCTIONS } from "./functions.ts";
import { RenderError } from "./problem.ts";
import type {
  At,
  Call,
  Choice,
  Expression,
  Loop,
  LoopName,
  Narrow,
  Node,
  Path,
} from "./template-tree.ts";

/**
 * The text of a template. Handlebars' meaning, with these differences: what is not there is an error unless the template asks whether it is,
 * `#if`, `#unless` and `#with` take for empty what Go does, `#each` goes through a map in the order of its keys, and nothing is ever escaped.
 * No code is generated and only own members of plain data can be reached. Throws `RenderError`.
 */
export function evaluate(
  nodes: readonly Node[],
  scope: Readonly<Record<string, unknown>>,
  context: FunctionContext,
): string {
  return new Evaluation(scope, context).nodes(nodes, {
    contexts: [scope],
    names: new Map(),
    loops: [],
  });
}

/** What names stand for at one place of a template. */
interface Bindings {
  /** `this`, then `../`, and so on outwards. */
  readonly contexts: readonly unknown[];
  readonly names: ReadonlyMap<string, unknown>;
  /** The turn of each loop around, innermost first. */
  readonly loops: readonly Readonly<Record<LoopName, unknown>>[];
}

/** What a path leads to when there is nothing. */
const MISSING = Symbol("missing");

class Evaluation {
  private readonly budget = new Budget();
  private readonly scope: Readonly<Record<string, unknown>>;
  private readonly context: FunctionContext;

  constructor(scope: Readonly<Record<string, unknown>>, context: FunctionContext) {
    this.scope = scope;
    this.context = context;
  }

  nodes(nodes: readonly Node[], here: Bindings): string {
    let text = "";
    for (const node of nodes) {
      text += this.node(node, here);
      this.budget.output(text.length, node.kind === "text" ? START : node.at);
    }
    return text;
  }

  private node(node: Node, here: Bindings): string {
    switch (node.kind) {
      case "text":
        return node.text;
      case "print":
        return printed(this.expression(node.value, here, false), node.value);
      case "choice":
        return this.choice(node, here);
      case "loop":
        return this.loop(node, here);
      case "narrow":
        return this.narrow(node, here);
    }
  }

  private choice(node: Choice, here: Bindings): string {
    const value = this.expression(node.test, here, true);
    const full = !isEmpty(value) || (node.includeZero && value === 0);
    return this.nodes(full ? node.full : node.empty, here);
  }

  private loop(node: Loop, here: Bindings): string {
    const turns = turnsOf(this.expression(node.over, here, true), node.over.at);
    if (turns.length === 0) return this.nodes(node.empty, here);
    let text = "";
    for (const [index, [key, item]] of turns.entries()) {
      this.budget.turn(node.at);
      const turn = { index, key, first: index === 0, last: index === turns.length - 1 };
      const inside = within(here, item, [node.names, [item, key]]);
      text += this.nodes(node.body, { ...inside, loops: [turn, ...here.loops] });
      this.budget.output(text.length, node.at);
    }
    return text;
  }

  private narrow(node: Narrow, here: Bindings): string {
    const value = this.expression(node.to, here, true);
    if (isEmpty(value)) return this.nodes(node.empty, here);
    return this.nodes(node.body, within(here, value, [node.names, [value]]));
  }

  /** @param mayBeMissing whoever asks can do with null in place of what is not there */
  private expression(expression: Expression, here: Bindings, mayBeMissing: boolean): unknown {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "path":
        return this.path(expression, here, mayBeMissing);
      case "call":
        return this.call(expression, here);
    }
  }

  private call(call: Call, here: Bindings): unknown {
    const { name, args, at } = call;
    const entry = TEMPLATE_FUNCTIONS.get(name);
    if (!entry) throw new Error(`unchecked template: ${name}`);
    const lenient = entry.takesMissing === true;
    if (name === "and" || name === "or") return this.lazy(call, here);
    const values = args.map((arg) => this.expression(arg, here, lenient));
    for (const value of values) this.budget.value(value, at);
    this.budget.spend(entry.work ?? 0, at);
    const result = answer(() => entry.call(values, this.context), name, at);
    this.budget.value(result, at);
    return result;
  }

  /** `and` stops at the first empty operand, `or` at the first that is not; that one is the value. */
  private lazy({ name, args }: Call, here: Bindings): unknown {
    let value: unknown = null;
    for (const arg of args) {
      value = this.expression(arg, here, true);
      if (isEmpty(value) === (name === "and")) return value;
    }
    return value;
  }

  private path(path: Path, here: Bindings, mayBeMissing: boolean): unknown {
    let value = this.start(path, here);
    for (const part of path.parts) {
      const next = memberOf(value, part);
      if (next === MISSING && mayBeMissing) return null;
      if (next === MISSING) throw new RenderError(missing(path, value, part));
      value = next;
    }
    return value;
  }

  private start({ from }: Path, here: Bindings): unknown {
    switch (from.type) {
      case "root":
        return this.scope;
      case "name":
        return here.names.get(from.name);
      case "loop":
        return here.loops[from.up]?.[from.name];
      case "context":
        return here.contexts[from.up];
    }
  }
}

const START: At = { line: 1, col: 1 };

function printed(value: unknown, { at }: Expression): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  throw new RenderError({
    code: "print",
    message: `${nameOfKind(value)} cannot be printed as text`,
    at,
    hint: "use toYaml or toJson, or join for a list",
  });
}

/** Keys and items of what is looped over. */
function turnsOf(value: unknown, at: At): [unknown, unknown][] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (isMap(value))
    return Object.keys(value)
      .sort()
      .map((key) => [key, value[key]]);
  const message = `{{#each}} needs a list or a map, got ${nameOfKind(value)}`;
  throw new RenderError({ code: "type", message, at });
}

function within(
  here: Bindings,
  item: unknown,
  [given, values]: readonly [readonly string[], readonly unknown[]],
): Bindings {
  const names = new Map([...here.names, ...given.map((name, i) => [name, values[i]] as const)]);
  return { ...here, contexts: [item, ...here.contexts], names };
}

/** An own member of plain data; nothing that an object inherits. */
function memberOf(value: unknown, part: string): unknown {
  if (Array.isArray(value)) {
    if (part === "length") return value.length;
    return /^\d+$/.test(part) && Object.hasOwn(value, part) ? value[Number(part)] : MISSING;
  }
  return isMap(value) && Object.hasOwn(value, part) ? value[part] : MISSING;
}

function missing({ text, at }: Path, value: unknown, part: string): RenderError["problem"] {
  const near = isMap(value) ? didYouMean(part, Object.keys(value)) : "";
  const why =
    isMap(value) || Array.isArray(value)
      ? `there is no ${part}`
      : `${nameOfKind(value)} has no ${part}`;
  const hint = `if it may be absent, ask with {{#if ${text}}} or (default "…" ${text})`;
  return { code: "missing-value", message: `${text}: ${why}${near}`, at, hint };
}

function answer(call: () => unknown, name: string, at: At): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const message =
      name === "fail" || name === "required" ? error.message : `${name}: ${error.message}`;
    throw new RenderError({ code: "function", message, at });
  }
}
