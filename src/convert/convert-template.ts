import type { GoTemplate } from "../go-template/go-template.ts";
import type {
  BranchNode,
  CommandNode,
  NodeList,
  Operand,
  PipeNode,
  TemplateNode,
} from "../go-template/node.ts";
import { type Place, placeOf } from "../go-template/template-error.ts";
import type { Parameter } from "../model/parameter.ts";
import { TEMPLATE_FUNCTIONS } from "../render/functions.ts";
import type { Piece } from "./pieces.ts";
import {
  argument,
  call,
  canQuote,
  type PathValue,
  printable,
  text,
  typed,
  type Value,
} from "./value.ts";

/** A Go template in Handlebars, or what of it cannot be said there. */
export interface ConvertedTemplate {
  readonly pieces: readonly Piece[];
  readonly problems: readonly TemplateProblem[];
}

/** What has no counterpart in Handlebars. */
export interface TemplateProblem {
  readonly message: string;
  readonly at: Place;
}

/**
 * Says a Go template in Handlebars: variables become what they stand for, templates within the file stand where they are called, and the dot has a name. What a Go template
 * knows as a text and a native one as a number or boolean is made a text again wherever that can matter. Pure. It is no proof: `prove-template.ts` is.
 * @param parameters as the native package declares them
 */
export function convertTemplate(
  template: GoTemplate,
  parameters: ReadonlyMap<string, Parameter>,
): ConvertedTemplate {
  const writer = new Writer(template, parameters);
  const vars: Vars = { own: new Map([["$", ROOT]]), outer: undefined };
  writer.list(template.templates.get(template.name) ?? [], { dot: ROOT, vars, inLoop: false });
  return { pieces: writer.pieces, problems: writer.problems };
}

const ROOT: Value = { kind: "root" };
const NULL: Value = { kind: "null" };

/** Variables of a block and those around it. */
interface Vars {
  readonly own: Map<string, Value>;
  readonly outer: Vars | undefined;
}

/** Where in a template something stands. */
interface Here {
  readonly dot: Value;
  readonly vars: Vars;
  readonly inLoop: boolean;
}

/** These take a number for the text of it. */
const TAKES_NUMBERS: ReadonlySet<string> = new Set(
  "int int64 float64 add add1 sub mul div mod max min biggest quote squote toString".split(" "),
);
/** Another answer each time. */
/** Nodes of the value of a variable, and of a template: what stands for itself each time may grow without end. */
const MOST = { value: 500, steps: 50_000 } as const;
const IMPURE = /^(rand.*|uuidv4|shuffle|now|ago|gen.*|bcrypt|htpasswd|derivePassword)$/;

class Writer {
  readonly pieces: Piece[] = [];
  readonly problems: TemplateProblem[] = [];
  private readonly template: GoTemplate;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private steps = 0;
  private readonly calling = new Set<string>();
  private readonly names = new Set<string>();

  constructor(template: GoTemplate, parameters: ReadonlyMap<string, Parameter>) {
    this.template = template;
    this.parameters = parameters;
  }

  list(nodes: NodeList, here: Here): void {
    for (const node of nodes) {
      this.steps++;
      if (this.steps < MOST.steps) this.node(node, here);
      else if (this.steps === MOST.steps)
        this.refuse("the template would become too long", node.pos);
    }
  }

  private node(node: TemplateNode, here: Here): void {
    switch (node.kind) {
      case "text":
        this.pieces.push({ kind: "text", text: node.text });
        return;
      case "action":
        this.action(node.pipe, here);
        return;
      case "if":
      case "with":
      case "range":
        this.branch(node, here, "");
        return;
      case "template": {
        const dot = node.pipe ? this.pipe(node.pipe, here) : NULL;
        this.called(node.name, node.pos, { ...here, dot });
        return;
      }
      case "break":
      case "continue":
        this.refuse(`{{${node.kind}}}: a loop goes through all its items`, node.pos);
    }
  }

  /** The text of a template that is defined in the same file stands where it is called. */
  private called(name: string, pos: number, { dot, inLoop }: Here): void {
    const nodes = this.template.templates.get(name);
    if (nodes === undefined || this.calling.has(name)) {
      const what = nodes === undefined ? "is not there" : "calls itself";
      this.refuse(`template "${name}" ${what}`, pos);
      return;
    }
    this.calling.add(name);
    const vars: Vars = { own: new Map([["$", dot]]), outer: undefined };
    this.list(nodes, { dot, vars, inLoop });
    this.calling.delete(name);
  }

  private action(pipe: PipeNode, here: Here): void {
    const value = this.pipe(pipe, here);
    if (pipe.names.length > 0) return;
    switch (value.kind) {
      case "text":
        if (!value.text.includes("{{")) this.pieces.push({ kind: "text", text: value.text });
        else this.tag(`print ${this.argument(value, pipe.pos, here)}`);
        return;
      case "number":
        this.pieces.push({ kind: "text", text: value.text });
        return;
      case "bool":
        this.pieces.push({ kind: "text", text: String(value.value) });
        return;
      case "null":
        this.refuse("nothing is printed as <no value>", pipe.pos);
        return;
      default:
        this.tag(this.said(() => printable(value, here.inLoop), pipe.pos));
    }
  }

  /** @param chain `else ` where the block is the only thing in the `else` of another one */
  private branch(node: BranchNode, here: Here, chain: string): void {
    const vars: Vars = { own: new Map(), outer: here.vars };
    const inside = { ...here, vars };
    if (node.kind === "range") {
      this.loop(node, inside);
      return;
    }
    const value = this.pipe(node.pipe, inside);
    const test = this.said(() => this.argument(value, node.pos, here), node.pos);
    this.tag(chain ? `else if ${test}` : `#if ${test}`, true);
    const dot = node.kind === "with" ? value : here.dot;
    this.list(node.list, { ...inside, dot, vars: { own: new Map(), outer: vars } });
    this.otherwise(node, { ...inside, vars: { own: new Map(), outer: vars } });
    if (!chain) this.tag("/if", true);
  }

  private otherwise({ elseList }: BranchNode, here: Here): void {
    if (elseList === undefined || elseList.length === 0) return;
    const [only] = elseList;
    const isChain = elseList.length === 1 && (only?.kind === "if" || only?.kind === "with");
    if (isChain) this.branch(only, here, "else ");
    else {
      this.tag("else", true);
      this.list(elseList, here);
    }
  }

  private loop(node: BranchNode, here: Here): void {
    const { pipe } = node;
    // Its variables are the index and the item, never what is gone through.
    const over = this.pipe({ ...pipe, names: [] }, here);
    if (over.kind === "number") this.refuse("a loop over a number has no counterpart", node.pos);
    const names = pipe.names.map((name) => name.slice(1));
    const item = this.fresh(names.at(-1) ?? "item");
    const index = names.length > 1 ? this.fresh(names[0] ?? "index") : undefined;
    const given = index === undefined ? item : `${item} ${index}`;
    const list = this.said(() => this.argument(over, node.pos, here), node.pos);
    this.tag(`#each ${list} as |${given}|`, true);
    const own = new Map<string, Value>();
    const path = (from: string): Value => ({ kind: "path", from, parts: [] });
    if (pipe.assigns) this.refuse("a variable that changes has no counterpart", node.pos);
    if (pipe.names.length > 0) own.set(pipe.names.at(-1) ?? "", path(item));
    if (index !== undefined) own.set(pipe.names[0] ?? "", path(index));
    const vars: Vars = { own, outer: here.vars };
    this.list(node.list, { dot: path(item), vars, inLoop: true });
    if (node.elseList && node.elseList.length > 0) {
      this.tag("else", true);
      this.list(node.elseList, { ...here, vars: { own: new Map(), outer: here.vars } });
    }
    this.tag("/each", true);
    this.names.delete(item);
    if (index !== undefined) this.names.delete(index);
  }

  /** A name that means nothing else here. */
  private fresh(wanted: string): string {
    const plain = /^[A-Za-z_]\w*$/.test(wanted) ? wanted : "item";
    const taken = (name: string): boolean =>
      this.names.has(name) || TEMPLATE_FUNCTIONS.has(name) || RESERVED.includes(name);
    let name = plain;
    for (let count = 2; taken(name); count++) name = `${plain}${count}`;
    this.names.add(name);
    return name;
  }

  private pipe(pipe: PipeNode, here: Here): Value {
    let value: Value | undefined;
    for (const command of pipe.commands) value = this.command(command, here, value);
    const result = value ?? NULL;
    for (const name of pipe.names) {
      if (pipe.assigns) this.refuse("a variable that changes has no counterpart", pipe.pos);
      if (isImpure(result))
        this.refuse(`${name} keeps a value that is another one each time`, pipe.pos);
      const isLarge = sizeOf(result) > MOST.value;
      if (isLarge) this.refuse(`${name} stands for too long an expression`, pipe.pos);
      here.vars.own.set(name, isLarge ? NULL : result);
    }
    return result;
  }

  private command({ args }: CommandNode, here: Here, last: Value | undefined): Value {
    const [first, ...rest] = args;
    if (first === undefined) return NULL;
    if (first.kind !== "identifier") {
      if (rest.length > 0 || last) this.refuse("a value is called like a function", first.pos);
      return this.operand(first, here);
    }
    const values = rest.map((arg) => this.operand(arg, here));
    return this.call(first.name, last ? [...values, last] : values, first.pos);
  }

  private call(name: string, args: readonly Value[], pos: number): Value {
    const [first, second] = args;
    if (
      name === "index" &&
      first?.kind === "params" &&
      second?.kind === "text" &&
      args.length === 2
    )
      return this.parameter([second.text], pos);
    if (!TEMPLATE_FUNCTIONS.has(name))
      this.refuse(`function ${name} is none of native templates`, pos);
    const whole = args.find(({ kind }) => kind === "root" || kind === "params" || kind === "pipes");
    if (whole) this.refuse(`.${whole.kind === "root" ? "" : "Params"} as a whole`, pos);
    if ((name === "eq" || name === "ne") && args.length === 2 && first && second) {
      const simple = flagCompared(name, first, second) ?? flagCompared(name, second, first);
      if (simple) return simple;
    }
    if ((name === "int" || name === "int64") && isOf(first, "integer")) return typed(first);
    const plain = TAKES_NUMBERS.has(name)
      ? args.map((arg) => (arg.kind === "path" ? typed(arg) : arg))
      : args;
    return call(name, ...plain);
  }

  private operand(operand: Operand, here: Here): Value {
    switch (operand.kind) {
      case "pipe":
        return this.pipe(operand, here);
      case "dot":
        return here.dot;
      case "field":
        return this.follow(here.dot, operand.names, operand.pos);
      case "variable":
        return this.follow(this.variable(operand.name, here.vars), operand.names, operand.pos);
      case "chain":
        return this.follow(this.operand(operand.of, here), operand.names, operand.pos);
      case "identifier":
        return this.call(operand.name, [], operand.pos);
      case "string":
        if (!canQuote(operand.text))
          this.refuse(`the text ${operand.quoted} cannot be quoted`, operand.pos);
        return text(operand.text);
      case "number":
        return { kind: "number", text: this.number(operand) };
      case "bool":
        return { kind: "bool", value: operand.value };
      case "nil":
        return NULL;
    }
  }

  private number(operand: Extract<Operand, { kind: "number" }>): string {
    if (operand.int !== undefined && operand.ideal === "int") return String(operand.int);
    const { float = Number.NaN } = operand;
    const written = String(float);
    // 2.0 is a float in Go and an integer in Handlebars.
    if (!/^-?\d+\.\d+$/.test(written))
      this.refuse(`the number ${operand.text} cannot be written`, operand.pos);
    return written;
  }

  private variable(name: string, vars: Vars): Value {
    for (let at: Vars | undefined = vars; at; at = at.outer) {
      const value = at.own.get(name);
      if (value) return value;
    }
    return NULL;
  }

  private follow(from: Value, names: readonly string[], pos: number): Value {
    const [name, ...rest] = names;
    if (name === undefined) return from;
    switch (from.kind) {
      case "root":
        if (name === "Params") return this.follow({ kind: "params" }, rest, pos);
        if (name === "Pipes") {
          this.refuse("native packages have no Pipes", pos);
          return NULL;
        }
        return this.follow({ kind: "path", from: undefined, parts: [name] }, rest, pos);
      case "params":
        return this.parameter(names, pos);
      case "path":
        return { ...typed(from), parts: [...from.parts, name, ...rest] };
      case "call":
        return this.follow(call("lookup", from, text(name)), rest, pos);
      default:
        this.refuse(`.${name} of a value that has no members`, pos);
        return NULL;
    }
  }

  private parameter([name = "", ...rest]: readonly string[], pos: number): Value {
    const declared = this.parameters.get(name);
    if (declared === undefined) this.refuse(`parameter ${name} is not declared`, pos);
    const path: PathValue = { kind: "path", from: undefined, parts: ["Params", name, ...rest] };
    const isTyped = declared && ["integer", "number", "boolean"].includes(declared.type);
    return isTyped && rest.length === 0 ? { ...path, textOf: declared } : path;
  }

  private argument(value: Value, pos: number, { inLoop }: Pick<Here, "inLoop">): string {
    if (value.kind === "root" || value.kind === "params" || value.kind === "pipes") {
      this.refuse("all that there is as one value", pos);
      return "null";
    }
    return argument(value, inLoop);
  }

  private said(say: () => string, pos: number): string {
    try {
      return say();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.refuse("all that there is as one value", pos);
      return "null";
    }
  }

  private tag(inner: string, block = false): void {
    this.pieces.push({ kind: "tag", inner, block });
  }

  private refuse(message: string, pos: number): void {
    this.problems.push({ message, at: placeOf(this.template.text, pos) });
  }
}

/** What templates can name without a loop. */
const RESERVED: readonly string[] =
  "Name Namespace OperatorName OperatorVersion AppVersion PlanName PhaseName StepName TaskName Params Pipes Facts Capabilities Record this if unless each with else as".split(
    " ",
  );

function isOf(value: Value | undefined, type: Parameter["type"]): value is PathValue {
  return value?.kind === "path" && value.textOf?.type === type;
}

/** `eq .Params.FLAG "true"` is the flag itself. */
function flagCompared(name: "eq" | "ne", value: Value, to: Value): Value | undefined {
  if (!isOf(value, "boolean") || to.kind !== "text") return undefined;
  if (to.text !== "true" && to.text !== "false") return undefined;
  const wanted = (to.text === "true") === (name === "eq");
  return wanted ? typed(value) : call("not", typed(value));
}

function sizeOf(value: Value): number {
  if (value.kind !== "call") return 1;
  return value.args.reduce((sum, arg) => sum + sizeOf(arg), 1);
}

function isImpure(value: Value): boolean {
  return value.kind === "call" && (IMPURE.test(value.name) || value.args.some(isImpure));
}
