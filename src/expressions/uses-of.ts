import type { ASTNode } from "@marcbachmann/cel-js";
import { partsOf } from "./parts-of.ts";

/** A name from outside that an expression reads. */
export interface NameUse {
  /** `["Facts", "look", "uuid"]`: as far as it is written out. */
  readonly path: readonly string[];
  /** Where it begins in the text, from 0. */
  readonly offset: number;
  /** `has(a.b)` or `"b" in a` asks whether it is there. */
  readonly asked?: true;
}

/** The names that an expression reads from outside, in the order of their places. Names of types and of macros' own variables are none. */
export function usesOf(node: ASTNode): NameUse[] {
  return collect(node, new Set(TYPE_NAMES)).toSorted((a, b) => a.offset - b.offset);
}

const TYPE_NAMES = ["int", "uint", "double", "bool", "string", "list", "map", "null_type", "type"];

/** Functions that give each item a name: the first argument. */
export const MACROS: readonly string[] = ["all", "exists", "exists_one", "map", "filter"];

function collect(node: ASTNode, bound: ReadonlySet<string>): NameUse[] {
  const path = pathOf(node);
  if (path) {
    const [root = ""] = path;
    return bound.has(root) ? [] : [{ path, offset: node.start }];
  }
  if (node.op === "call" && node.args[0] === "has")
    return partsOf(node).flatMap((part) =>
      collect(part, bound).map((use) => ({ ...use, asked: true as const })),
    );
  if (node.op === "in") {
    const [key, from] = node.args;
    const path = key.op === "value" && typeof key.args === "string" && pathOf(from);
    if (path && !bound.has(path[0] ?? ""))
      return [{ path: [...path, String(key.args)], offset: from.start, asked: true }];
  }
  if (node.op === "rcall" && MACROS.includes(node.args[0])) {
    const [, receiver, [variable, ...bodies]] = node.args;
    const inside = variable?.op === "id" ? new Set([...bound, variable.args]) : bound;
    return [...collect(receiver, bound), ...bodies.flatMap((body) => collect(body, inside))];
  }
  return partsOf(node).flatMap((part) => collect(part, bound));
}

/** `a.b["c"]` as its names; undefined for anything else. */
function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === "id") return [node.args];
  if (node.op === ".") {
    const before = pathOf(node.args[0]);
    return before && [...before, node.args[1]];
  }
  if (node.op !== "[]") return undefined;
  const [from, key] = node.args;
  const before = pathOf(from);
  return before && key.op === "value" && typeof key.args === "string"
    ? [...before, key.args]
    : undefined;
}
