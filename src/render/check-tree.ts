import { didYouMean } from "../model/nearest.ts";
import { TEMPLATE_FUNCTIONS } from "./functions.ts";
import { insteadOf } from "./go-words.ts";
import type { Problem } from "./problem.ts";
import type { KnownMap, Shape } from "./shape.ts";
import type { At, Call, Expression, Node, Path } from "./template-tree.ts";

/** What a check found. */
export interface TreeCheck {
  readonly problems: readonly Problem[];
  /** Parameters that the template reads; `*` when it uses `Params` as a whole. */
  readonly parameters: ReadonlySet<string>;
}

/**
 * Follows every path of a template through what is known about its values, block by block.
 * @param anyParameter take every parameter for declared
 */
export function checkTree(nodes: readonly Node[], root: KnownMap, anyParameter = false): TreeCheck {
  const checker = new TreeChecker(root, anyParameter);
  checker.nodes(nodes, { contexts: [root], names: new Map(), loops: 0 });
  return checker;
}

/** Members that every JavaScript object seems to have: asked for only by mistake or malice. */
const HOSTILE: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  "prototype",
]);

/** Functions whose second argument names a member of the first. */
const BY_KEY: ReadonlySet<string> = new Set(["get", "hasKey", "index", "lookup"]);

/** What is known at one place of a template. */
interface Surroundings {
  /** What `this` is, then `../`, and so on outwards. */
  readonly contexts: readonly Shape[];
  /** Names given with `as`. */
  readonly names: ReadonlyMap<string, Shape>;
  /** How many loops are around. */
  readonly loops: number;
}

const OPEN: Shape = { kind: "open" };

class TreeChecker implements TreeCheck {
  readonly problems: Problem[] = [];
  readonly parameters: Set<string> = new Set();
  private readonly root: KnownMap;
  private readonly anyParameter: boolean;

  constructor(root: KnownMap, anyParameter: boolean) {
    this.root = root;
    this.anyParameter = anyParameter;
  }

  nodes(nodes: readonly Node[], here: Surroundings): void {
    for (const node of nodes) this.node(node, here);
  }

  private node(node: Node, here: Surroundings): void {
    switch (node.kind) {
      case "text":
        break;
      case "print":
        this.print(node.value, here);
        break;
      case "choice":
        this.expression(node.test, here);
        this.nodes(node.full, here);
        this.nodes(node.empty, here);
        break;
      case "loop": {
        const over = this.expression(node.over, here);
        if (over.kind === "scalar")
          this.report(
            node.over.at,
            "type",
            `${textOf(node.over)} is ${over.what}: there is nothing to loop over`,
          );
        const item = over.kind === "list" ? over.item : OPEN;
        this.nodes(node.body, { ...within(here, item, node.names), loops: here.loops + 1 });
        this.nodes(node.empty, here);
        break;
      }
      case "narrow":
        this.nodes(node.body, within(here, this.expression(node.to, here, true), node.names));
        this.nodes(node.empty, here);
        break;
    }
  }

  private print(value: Expression, here: Surroundings): void {
    const shape = this.expression(value, here);
    if (shape.kind === "open" || shape.kind === "scalar") return;
    const secret = shape.kind === "record" && shape.role === "secret";
    const what = shape.kind === "list" ? "a list" : "a map";
    this.report(
      value.at,
      "print",
      secret
        ? `${textOf(value)} is a secret: a template can only say where it is kept`
        : `${textOf(value)} is ${what} and cannot be printed as text`,
      secret
        ? `use ${textOf(value)}.name and ${textOf(value)}.key in a secretKeyRef`
        : `use (toYaml ${textOf(value)}) or (toJson ${textOf(value)})`,
    );
  }

  /** @param narrowing `Params` stands after `#with`: which of them are used is seen inside */
  private expression(expression: Expression, here: Surroundings, narrowing = false): Shape {
    switch (expression.kind) {
      case "literal":
        return { kind: "scalar", what: "a literal" };
      case "path":
        return this.path(expression, here, narrowing);
      case "call":
        this.call(expression, here);
        return OPEN;
    }
  }

  private call({ name, args }: Call, here: Surroundings): void {
    const [first, key, ...others] = args;
    if (BY_KEY.has(name) && first?.kind === "path" && key?.kind === "literal") {
      const shape = this.path(first, here, true);
      if (shape.kind === "record") this.member(shape, String(key.value), key.at, textOf(first));
      for (const other of others) this.expression(other, here);
      return;
    }
    for (const arg of args) this.expression(arg, here);
  }

  private path(path: Path, here: Surroundings, narrowing: boolean): Shape {
    const hostile = path.parts.find((part) => HOSTILE.has(part));
    if (hostile !== undefined) {
      this.report(path.at, "forbidden-name", `${path.text}: ${hostile} cannot be asked for`);
      return OPEN;
    }
    const start = this.start(path, here);
    if (start === undefined) return OPEN;
    let shape = start;
    let said = path.from.type === "name" ? path.from.name : "";
    for (const part of path.parts) {
      shape = this.member(shape, part, path.at, said);
      said = said === "" ? part : `${said}.${part}`;
    }
    if (shape.kind === "record" && shape.role === "params" && !narrowing) this.parameters.add("*");
    return shape;
  }

  private start(path: Path, here: Surroundings): Shape | undefined {
    const { from, at, text, parts } = path;
    switch (from.type) {
      case "name":
        return here.names.get(from.name) ?? OPEN;
      case "root":
        if (parts.length > 0) return this.root;
        return this.report(
          at,
          "whole-scope",
          "@root alone stands for everything",
          "name what is wanted: @root.Name",
        );
      case "loop":
        if (from.up < here.loops) return { kind: "scalar", what: "the turn of a loop" };
        return this.report(
          at,
          "unknown-name",
          `${text} has no meaning outside ${from.up > 0 ? `${from.up + 1} loops` : "{{#each}}"}`,
        );
      case "context":
        return this.context(path, from.up, from.bare, here);
    }
  }

  private context(path: Path, up: number, bare: boolean, here: Surroundings): Shape | undefined {
    const { at, text, parts } = path;
    const shape = here.contexts[up];
    if (shape === undefined)
      return this.report(
        at,
        "unknown-name",
        `${text} leads out of the template: ${here.contexts.length - 1} blocks are around it`,
      );
    const [first] = parts;
    if (first === undefined)
      return shape === this.root
        ? this.report(
            at,
            "whole-scope",
            `${text} stands for everything here: it means something only within {{#each}} and {{#with}}`,
          )
        : shape;
    const known = shape.kind === "record" && shape.members.has(first);
    if (bare && shape !== this.root && !known && this.root.members.has(first))
      return this.report(
        at,
        "shadowed-name",
        `within {{#each}} and {{#with}}, ${first} means a member of the item`,
        `write @root.${text} for the instance's, or this.${text} for the item's`,
      );
    return shape;
  }

  /** The shape of a member; reports one that cannot be there. */
  private member(shape: Shape, part: string, at: At, said: string): Shape {
    switch (shape.kind) {
      case "open":
      case "map":
        return OPEN;
      case "scalar":
        return (
          this.report(at, "type", `${said} is ${shape.what}: it has no member ${part}`) ?? OPEN
        );
      case "list":
        if (part === "length") return { kind: "scalar", what: "an integer" };
        if (/^\d+$/.test(part)) return shape.item;
        return (
          this.report(
            at,
            "type",
            `${said} is a list: it has items 0, 1, … and a length, no ${part}`,
          ) ?? OPEN
        );
      case "record": {
        if (shape.role === "params") this.parameters.add(part);
        if (shape.role === "params" && this.anyParameter) return OPEN;
        return shape.members.get(part) ?? this.unknown(shape, part, at, said) ?? OPEN;
      }
    }
  }

  private unknown(shape: KnownMap, part: string, at: At, said: string): undefined {
    const near = didYouMean(part, shape.members.keys());
    if (shape.role === "params")
      return this.report(
        at,
        "unknown-parameter",
        `no parameter ${part} is declared in params.yaml${near}`,
      );
    if (shape.role === "secret")
      return this.report(
        at,
        "unknown-name",
        `${said} is a secret: it has a name and a key, no ${part}`,
      );
    if (shape.role !== "root")
      return this.report(at, "unknown-name", `${said} has no ${part}${near}`);
    const params = this.root.members.get("Params");
    if (params?.kind === "record" && params.members.has(part))
      return this.report(at, "unknown-name", `${part} is a parameter`, `write Params.${part}`);
    if (TEMPLATE_FUNCTIONS.has(part))
      return this.report(
        at,
        "unknown-name",
        `${part} is a function`,
        `to call it here write (${part} …)`,
      );
    const hint = insteadOf(part);
    const words = [...shape.members.keys(), ...TEMPLATE_FUNCTIONS.keys()];
    const nearest = hint ? "" : didYouMean(part, words);
    return this.report(at, "unknown-name", `there is no ${part}${nearest}`, hint);
  }

  private report(at: At, code: string, message: string, hint?: string): undefined {
    this.problems.push({ code, message, at, ...(hint && { hint }) });
    return undefined;
  }
}

function within(here: Surroundings, item: Shape, given: readonly string[]): Surroundings {
  const names = new Map(here.names);
  for (const [index, name] of given.entries())
    names.set(name, index === 0 ? item : { kind: "scalar", what: "the turn of a loop" });
  return { ...here, contexts: [item, ...here.contexts], names };
}

function textOf(expression: Expression): string {
  if (expression.kind === "path") return expression.text;
  return expression.kind === "call" ? `(${expression.name} …)` : JSON.stringify(expression.value);
}
