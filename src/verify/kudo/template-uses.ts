import type { GoTemplate } from "../../go-template/go-template.ts";
import type {
  CommandNode,
  NodeList,
  Operand,
  PipeNode,
  TemplateNode,
} from "../../go-template/node.ts";

/** A name and where it is first used: a position in the template's text. */
export interface NameUse {
  readonly name: string;
  readonly pos: number;
}

/** What a Go template names of what it is given, wherever in it. */
export interface TemplateUses {
  /** `X` of `.Params.X`, each once. */
  readonly parameters: readonly NameUse[];
  /** It uses `.Params` as a whole: any parameter may be read. */
  readonly usesAllParameters: boolean;
  /** `X` of `.Pipes.X`. */
  readonly pipes: readonly NameUse[];
  /** `X` of `.X`, `Params` and `Pipes` among them. */
  readonly builtIns: readonly NameUse[];
}

/**
 * Walks the whole tree and knows in each place what the dot and the variables are (D-13): inside `range .Params.LIST` the dot is an item, and `.host` is no built-in; `$root := .`
 * goes on being all that there is. Of what cannot be known nothing is said.
 */
export function templateUses(template: GoTemplate): TemplateUses {
  const walker = new Walker(template);
  walker.template(template.name, "root");
  const list = (names: ReadonlyMap<string, number>): NameUse[] =>
    [...names].map(([name, pos]) => ({ name, pos })).toSorted((a, b) => a.pos - b.pos);
  return {
    parameters: list(walker.parameters),
    usesAllParameters: walker.usesAll,
    pipes: list(walker.pipes),
    builtIns: list(walker.builtIns),
  };
}

/** What a value is, as far as it matters: all that a template is given, `.Params`, `.Pipes`, or something else. */
type Shape = "root" | "params" | "pipes" | "value";

/** Variables of a block, and those around it. */
interface Scope {
  readonly own: Map<string, Shape>;
  readonly outer: Scope | undefined;
}

/** Functions that read one member of a map, named by their second argument, or their first for maps that come last. */
const MEMBER_OF: ReadonlySet<string> = new Set(["index", "hasKey"]);

class Walker {
  readonly parameters = new Map<string, number>();
  readonly pipes = new Map<string, number>();
  readonly builtIns = new Map<string, number>();
  usesAll = false;
  private readonly trees: GoTemplate["templates"];
  private readonly seen = new Set<string>();

  constructor({ templates }: GoTemplate) {
    this.trees = templates;
  }

  template(name: string, dot: Shape): void {
    const key = `${dot} ${name}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.list(this.trees.get(name) ?? [], dot, { own: new Map([["$", dot]]), outer: undefined });
  }

  private list(nodes: NodeList, dot: Shape, scope: Scope): void {
    for (const node of nodes) this.node(node, dot, scope);
  }

  private node(node: TemplateNode, dot: Shape, scope: Scope): void {
    switch (node.kind) {
      case "action": {
        const shape = this.pipe(node.pipe, dot, scope);
        if (node.pipe.names.length === 0) this.whole(shape);
        return;
      }
      case "if":
      case "with":
      case "range": {
        const inner: Scope = { own: new Map(), outer: scope };
        const shape = this.pipe(node.pipe, dot, inner, node.kind === "range");
        if (node.kind === "range") this.whole(shape);
        const dotInside = node.kind === "if" ? dot : node.kind === "with" ? shape : "value";
        this.list(node.list, dotInside, { own: new Map(), outer: inner });
        if (node.elseList) this.list(node.elseList, dot, { own: new Map(), outer: inner });
        return;
      }
      case "template": {
        const shape = node.pipe ? this.pipe(node.pipe, dot, scope) : "value";
        this.template(node.name, shape);
        return;
      }
      default:
        return;
    }
  }

  /** What a pipeline gives; its variables get it, those of a loop its items. */
  private pipe(pipe: PipeNode, dot: Shape, scope: Scope, loops = false): Shape {
    let shape: Shape = "value";
    for (const [index, command] of pipe.commands.entries()) {
      if (index > 0) this.whole(shape);
      shape = this.command(command, dot, scope);
    }
    for (const name of pipe.names) {
      const given = loops ? "value" : shape;
      if (pipe.assigns) assign(scope, name, given);
      else scope.own.set(name, given);
    }
    return shape;
  }

  private command({ args }: CommandNode, dot: Shape, scope: Scope): Shape {
    const [first] = args;
    if (args.length === 1 && first) return this.operand(first, dot, scope);
    const shapes = args.map((arg) => this.operand(arg, dot, scope));
    const isMember = first?.kind === "identifier" && MEMBER_OF.has(first.name);
    const [, of, member] = args;
    if (isMember && of && member?.kind === "string" && args.length === 3) {
      const given = shapes[1] ?? "value";
      return given === "value" ? "value" : this.follow(given, [member.text], member.pos);
    }
    for (const shape of shapes) this.whole(shape);
    return "value";
  }

  private operand(operand: Operand, dot: Shape, scope: Scope): Shape {
    switch (operand.kind) {
      case "pipe":
        return this.pipe(operand, dot, scope);
      case "dot":
        return dot;
      case "field":
        return this.follow(dot, operand.names, operand.pos);
      case "variable":
        return this.follow(lookUp(scope, operand.name), operand.names, operand.pos);
      case "chain":
        return this.follow(this.operand(operand.of, dot, scope), operand.names, operand.pos);
      default:
        return "value";
    }
  }

  private follow(from: Shape, names: readonly string[], pos: number): Shape {
    const [name, ...rest] = names;
    if (name === undefined) return from;
    switch (from) {
      case "root": {
        note(this.builtIns, name, pos);
        const next = name === "Params" ? "params" : name === "Pipes" ? "pipes" : "value";
        return this.follow(next, rest, pos);
      }
      case "params":
        note(this.parameters, name, pos);
        return "value";
      case "pipes":
        note(this.pipes, name, pos);
        return "value";
      case "value":
        return "value";
    }
  }

  /** Something is done with all that a value holds. */
  private whole(shape: Shape): void {
    if (shape === "root" || shape === "params") this.usesAll = true;
  }
}

function note(names: Map<string, number>, name: string, pos: number): void {
  const known = names.get(name);
  if (known === undefined || pos < known) names.set(name, pos);
}

function lookUp(scope: Scope | undefined, name: string): Shape {
  for (let at = scope; at; at = at.outer) {
    const shape = at.own.get(name);
    if (shape !== undefined) return shape;
  }
  return "value";
}

/** A variable that may be one thing or another is neither. */
function assign(scope: Scope, name: string, shape: Shape): void {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const before = at.own.get(name);
    if (before === undefined) continue;
    at.own.set(name, before === shape ? shape : "value");
    return;
  }
}
