import { isTrue } from "../../expressions/evaluate.ts";
import type { Expression } from "../../model/expression.ts";
import type { Json } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { type ConditionInputs, conditionScope, factsIn, lacksFact } from "../objects/conditions.ts";

/** What a condition will be when the run gets there: known now, known later (and why), or never (and what is wrong with it). */
export type Foreseen = boolean | { readonly later: string } | { readonly wrong: string };

/** Facts that a task of the run finds out before a place is reached, by the task's name. */
export type PendingFacts = ReadonlySet<string>;

/** Thrown through a template that reads a fact which is not known yet. */
export class UnknownFact extends Error {
  override readonly name = "UnknownFact";
  /** Why what the template says is not known: a sentence. */
  readonly why: string;

  constructor(task: string) {
    super(`fact ${task} is not known yet`);
    this.why = dependsOn(task);
  }
}

/** Whether a task, when it runs, will find out something that is not known yet: all but one-time acts that are done. */
export function findsOut(
  { operator }: OperatorPackage,
  name: string,
  facts: Readonly<Record<string, Json>>,
): boolean {
  const task = operator.tasks.find((one) => one.name === name);
  if (task?.kind !== "Exec") return false;
  return !(task.record?.once === "ever" && Object.hasOwn(facts, name));
}

/** What a condition will be. */
export function foresee(
  expression: Expression,
  pending: PendingFacts,
  inputs: ConditionInputs,
  simulated: boolean,
): Foreseen {
  const unknown = [...factsIn(expression)].find((name) => name === "*" || pending.has(name));
  const [first] = pending;
  if (unknown !== undefined && first !== undefined)
    return { later: dependsOn(unknown === "*" ? first : unknown) };
  try {
    return isTrue(expression, conditionScope(inputs));
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    // A simulated run says so when it gets there, and goes on.
    if (simulated && lacksFact(expression, inputs)) return { later: "it is not evaluated" };
    return { wrong: error.message };
  }
}

/** Facts for templates: reading one that is not known yet throws `UnknownFact`. */
export function guardedFacts(
  facts: Readonly<Record<string, Json>>,
  pending: PendingFacts,
): Readonly<Record<string, Json>> {
  const [first] = pending;
  if (first === undefined) return facts;
  const guard = (name: string | symbol): void => {
    if (typeof name === "string" && pending.has(name)) throw new UnknownFact(name);
  };
  return new Proxy(facts, {
    get(target, name) {
      guard(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      guard(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      guard(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys() {
      throw new UnknownFact(first);
    },
  });
}

function dependsOn(task: string): string {
  return `it depends on what task ${task} finds out`;
}
