import { TEMPLATE_FUNCTIONS } from "./functions.ts";
import { parseTemplate } from "./parse-template.ts";
import type { At, Call, Expression, Node } from "./template-tree.ts";

/** A fact that a template reads. */
export interface FactUse {
  /** Its names after `Facts`: the task's first; none for `Facts` as a whole. */
  readonly path: readonly string[];
  readonly at: At;
  /** The template asks whether it is there (docs/templates.md, "What may be absent"). */
  readonly asked: boolean;
}

/** Every fact that a template reads, in the order it reads them. None for a template that does not parse. */
export function factUses(text: string): FactUse[] {
  if (!text.includes("Facts")) return [];
  return inNodes(parseTemplate(text).nodes);
}

function inNodes(nodes: readonly Node[]): FactUse[] {
  return nodes.flatMap(inNode);
}

function inNode(node: Node): FactUse[] {
  switch (node.kind) {
    case "text":
      return [];
    case "print":
      return inExpression(node.value, false);
    case "choice":
      return [...inExpression(node.test, true), ...inNodes(node.full), ...inNodes(node.empty)];
    case "loop":
      return [...inExpression(node.over, true), ...inNodes(node.body), ...inNodes(node.empty)];
    case "narrow":
      return [...inExpression(node.to, true), ...inNodes(node.body), ...inNodes(node.empty)];
  }
}

function inExpression(expression: Expression, asked: boolean): FactUse[] {
  switch (expression.kind) {
    case "literal":
      return [];
    case "call":
      return inCall(expression);
    case "path": {
      const [first, ...path] = expression.parts;
      const { type } = expression.from;
      const fromRoot = type === "root" || type === "context";
      return fromRoot && first === "Facts" ? [{ path, at: expression.at, asked }] : [];
    }
  }
}

/** Functions whose second argument names a member of the first. */
const BY_KEY: ReadonlySet<string> = new Set(["get", "hasKey", "index", "lookup"]);

function inCall({ name, args }: Call): FactUse[] {
  const takesMissing = TEMPLATE_FUNCTIONS.get(name)?.takesMissing === true;
  const [from, key] = args;
  const uses = args.flatMap((arg) => inExpression(arg, takesMissing));
  if (!BY_KEY.has(name) || from?.kind !== "path" || key?.kind !== "literal") return uses;
  // What is not there is then for the function to say.
  return uses.map((use) =>
    use.at === from.at ? { ...use, path: [...use.path, String(key.value)], asked: true } : use,
  );
}
