import type { ASTNode } from "@marcbachmann/cel-js";
import { partsOf } from "./parts-of.ts";

/** What one evaluation may still do. */
export interface Budget {
  reset(): void;
  /** Throws when it is used up. */
  spend(work: number): void;
}

/** Steps of one evaluation, and items and characters of the values in it, together at most. */
const MAX_WORK = 1_000_000;

/** A budget that is full. */
export function newBudget(): Budget {
  let left = MAX_WORK;
  return {
    reset: () => {
      left = MAX_WORK;
    },
    spend: (work) => {
      left -= work;
      if (left < 0) throw new Error("it has too much to do");
    },
  };
}

type Run = (this: ASTNode, ...args: unknown[]) => unknown;

/**
 * Makes every part of an expression spend from the budget: loops within loops and lists that double would else take any time and memory. The library bounds only the
 * text; it evaluates a part by its method `evaluate`, which it replaces by a quicker one when it first runs.
 */
export function meter(node: ASTNode, budget: Budget, isCompared = false): void {
  let run = Reflect.get(node, "evaluate") as Run;
  const metered: Run = function (...args) {
    budget.spend(1);
    const value = run.apply(this, args);
    if (isCompared && typeof value === "object") spendAll(value, budget);
    else if (Array.isArray(value)) budget.spend(value.length);
    else if (typeof value === "string") budget.spend(value.length / 8);
    return value;
  };
  Object.defineProperty(node, "evaluate", {
    get: () => metered,
    set: (quicker: Run) => {
      run = quicker;
    },
  });
  for (const part of partsOf(node)) meter(part, budget, COMPARING.includes(node.op));
}

/** Operators that look at all that is in a list or map, however deep. */
const COMPARING: readonly string[] = ["==", "!=", "in"];

function spendAll(value: unknown, budget: Budget): void {
  budget.spend(1);
  if (typeof value === "string") budget.spend(value.length / 8);
  const items = value instanceof Map ? value.values() : Array.isArray(value) ? value : [];
  for (const item of items) spendAll(item, budget);
}
