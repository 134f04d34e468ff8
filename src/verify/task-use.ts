import type { OperatorPackage } from "../model/package.ts";
import type { Phase, Plan, Step } from "../model/plan.ts";
import type { Task } from "../model/task.ts";

/** A task where a step names it. */
export interface TaskUse {
  readonly plan: Plan;
  readonly phase: Phase;
  readonly step: Step;
  /** As the step writes it. */
  readonly name: string;
  /** Undefined when no task has that name. */
  readonly task: Task | undefined;
  /** Indexes of the phase in the plan, the step in the phase and the task in the step. */
  readonly position: readonly [phase: number, step: number, task: number];
}

/** Every place where a step names a task, in the order of the file. */
export function taskUses({ operator }: OperatorPackage): TaskUse[] {
  // The first of several tasks of one name, as their duplicates are reported already.
  const tasks = new Map(operator.tasks.toReversed().map((task) => [task.name, task]));
  return operator.plans.flatMap((plan) =>
    plan.phases.flatMap((phase, i) =>
      phase.steps.flatMap((step, j) =>
        step.tasks.map(
          (name, k): TaskUse => ({
            plan,
            phase,
            step,
            name,
            task: tasks.get(name),
            position: [i, j, k],
          }),
        ),
      ),
    ),
  );
}

/** Path in operator.yaml of a used task, or of the step around it. */
export function pathOfUse(
  { plan, position: [phase, step, task] }: TaskUse,
  part: "task" | "step" = "task",
): (string | number)[] {
  const path = ["plans", plan.name, "phases", phase, "steps", step];
  return part === "task" ? [...path, "tasks", task] : [...path, "name"];
}

/** `deploy.nodes.statefulset`: the step for people. */
export function stepText({ plan, phase, step }: TaskUse): string {
  return `${plan.name}.${phase.name}.${step.name}`;
}

/**
 * Whether the work of `later` begins only after that of `earlier` has ended: they are in one plan, and where their ways part, the order is serial and
 * `later` stands behind.
 */
export function runsAfter(later: TaskUse, earlier: TaskUse): boolean {
  if (later.plan !== earlier.plan) return false;
  const level = later.position.findIndex((index, at) => index !== earlier.position[at]);
  if (level < 0) return false;
  const strategy = [later.plan, later.phase, later.step][level]?.strategy;
  return strategy === "serial" && (later.position[level] ?? 0) > (earlier.position[level] ?? 0);
}
