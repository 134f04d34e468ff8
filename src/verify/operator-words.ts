import type { Expectation, Gate } from "../model/gate.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Plan, Step } from "../model/plan.ts";
import type { Requirement } from "../model/requirement.ts";
import type { ExecTask } from "../model/task.ts";
import type { TaskUse } from "./task-use.ts";

/** Keys and indexes from the root of operator.yaml. */
export type WordPath = readonly (string | number)[];

/** Where in a run a text of operator.yaml takes effect. */
export type Moment =
  /** Before the first write of a run of the plan. */
  | { readonly kind: "plan"; readonly plan: Plan }
  /** When the step begins, or while and after its tasks run. */
  | { readonly kind: "step"; readonly when: "begins" | "runs"; readonly step: TaskUse }
  /** When the task begins, wherever a step names it. */
  | { readonly kind: "task"; readonly task: string };

/** An expression of operator.yaml. */
export interface PlacedExpression {
  readonly text: string;
  readonly path: WordPath;
  /** `steps[0].when` and so on: how it is called in a sentence. */
  readonly moment: Moment;
  /** All that it can name. */
  readonly names: readonly string[];
  readonly wants: "bool" | "int";
}

/** A text of operator.yaml that is a template. */
export interface PlacedText {
  readonly text: string;
  readonly path: WordPath;
  readonly moment: Moment;
  /** `Record` has a meaning in it. */
  readonly hasRecord: boolean;
}

/** All expressions and all templates that stand in operator.yaml. */
export interface OperatorWords {
  readonly expressions: readonly PlacedExpression[];
  readonly texts: readonly PlacedText[];
}

const WORLD = ["Params", "Facts", "Capabilities"];

/** Collects the expressions and templates of operator.yaml, in the order of its plans and then of its tasks. */
export function operatorWords(pkg: OperatorPackage): OperatorWords {
  const words = new Collector(pkg);
  for (const plan of pkg.operator.plans) {
    words.requirements(plan.require, ["plans", plan.name], { kind: "plan", plan });
    for (const [i, phase] of plan.phases.entries())
      for (const [j, step] of phase.steps.entries())
        words.step(step, {
          plan,
          phase,
          step,
          name: "",
          task: undefined,
          position: [i, j, -1],
        });
  }
  for (const [index, task] of pkg.operator.tasks.entries()) {
    const moment: Moment = { kind: "task", task: task.name };
    if (task.when !== undefined)
      words.condition(task.when, ["tasks", index, "when"], moment, WORLD);
    if (task.kind === "Exec") words.exec(task, ["tasks", index, "spec"], moment);
  }
  return words;
}

class Collector implements OperatorWords {
  readonly expressions: PlacedExpression[] = [];
  readonly texts: PlacedText[] = [];
  private readonly pkg: OperatorPackage;

  constructor(pkg: OperatorPackage) {
    this.pkg = pkg;
  }

  condition(text: string, path: WordPath, moment: Moment, names: readonly string[]): void {
    this.expressions.push({ text, path, moment, names, wants: "bool" });
  }

  requirements(
    requirements: readonly Requirement[] | undefined,
    path: WordPath,
    moment: Moment,
  ): void {
    for (const [index, { expression, message }] of (requirements ?? []).entries()) {
      const at = [...path, "require", index];
      this.condition(expression, [...at, "expression"], moment, WORLD);
      this.text(message, [...at, "message"], moment);
    }
  }

  step(step: Step, use: TaskUse): void {
    const [i, j] = use.position;
    const path = ["plans", use.plan.name, "phases", i, "steps", j];
    const begins: Moment = { kind: "step", when: "begins", step: use };
    const runs: Moment = { kind: "step", when: "runs", step: use };
    if (step.when !== undefined) this.condition(step.when, [...path, "when"], begins, WORLD);
    this.requirements(step.require, path, begins);
    if (step.gate) this.gate(step.gate, [...path, "gate"], runs);
    this.text(step.rollout?.statefulSet, [...path, "rollout", "statefulSet"], runs);
  }

  exec(task: ExecTask, path: WordPath, moment: Moment): void {
    const hasRecord = task.record !== undefined;
    this.text(task.pods, [...path, "pods"], moment);
    this.text(task.pod, [...path, "pod"], moment);
    for (const [index, word] of task.command.entries())
      this.text(word, [...path, "command", index], moment, hasRecord);
    this.text(task.stdin, [...path, "stdin"], moment, hasRecord);
    for (const [index, { secret, key }] of (task.stdinFrom ?? []).entries()) {
      this.text(secret, [...path, "stdinFrom", index, "secret"], moment);
      this.text(key, [...path, "stdinFrom", index, "key"], moment);
    }
    this.text(task.record?.name, [...path, "record", "name"], moment);
  }

  private gate(gate: Gate, path: WordPath, moment: Moment): void {
    this.text(gate.pods, [...path, "pods"], moment);
    for (const [index, word] of gate.command.entries())
      this.text(word, [...path, ...this.wordPath(path, index, gate.command.length)], moment);
    for (const [index, expectation] of gate.expect.entries())
      this.expectation(expectation, [...path, "expect", index], moment);
    if (gate.slowWhen !== undefined)
      this.condition(gate.slowWhen, [...path, "slowWhen"], moment, [...WORLD, "Pods", "Expected"]);
  }

  /** Where a word of a gate's command stands: `sql` is the last word of the `client`'s command. */
  private wordPath(gate: WordPath, index: number, length: number): WordPath {
    if (!isThere(this.pkg, [...gate, "sql"])) return ["exec", index];
    return index === length - 1 ? ["sql"] : ["client", index];
  }

  private expectation(expectation: Expectation, path: WordPath, moment: Moment): void {
    this.text(expectation.message, [...path, "message"], moment);
    if (expectation.kind === "same") return;
    const names = [...WORLD, "Pods", "Expected", "Pod", "Values"];
    this.condition(expectation.of, [...path, expectation.kind], moment, names);
    if (expectation.kind !== "count") return;
    for (const bound of ["min", "max"] as const) {
      const text = expectation[bound];
      const inBounds = [...WORLD, "Pods", "Expected"];
      if (text !== undefined)
        this.expressions.push({
          text,
          path: [...path, bound],
          moment,
          names: inBounds,
          wants: "int",
        });
    }
  }

  private text(text: string | undefined, path: WordPath, moment: Moment, hasRecord = false): void {
    if (text?.includes("{{")) this.texts.push({ text, path, moment, hasRecord });
  }
}

/** Whether operator.yaml has a value at a path: one that is not there has the place of what is around it. */
function isThere(pkg: OperatorPackage, path: WordPath): boolean {
  const at = pkg.placeOf("operator.yaml", path);
  const around = pkg.placeOf("operator.yaml", path.slice(0, -1));
  return at.line !== around.line || at.col !== around.col;
}
