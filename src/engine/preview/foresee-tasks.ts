import type { Step } from "../../model/plan.ts";
import { type PreviewProblem, pathText, type RunInputs } from "../../model/run.ts";
import type { Task } from "../../model/task.ts";
import type { TaskPath } from "../objects/materialize.ts";
import { taskNamed } from "../steps/task-named.ts";
import { type Foreseen, findsOut, foresee, type PendingFacts } from "./foresee.ts";

/** A task that will run, or may. */
export interface ForeseenTask {
  readonly path: TaskPath;
  readonly task: Task;
  /** Facts that earlier tasks find out. */
  readonly pending: PendingFacts;
  /** Why it is not known yet whether it runs. */
  readonly why?: string;
}

/** The tasks at `paths` without those that conditions are known to skip, and what is wrong with the others' conditions. */
export function foreseeTasks(
  inputs: RunInputs,
  paths: readonly TaskPath[],
  simulated: boolean,
): { readonly tasks: readonly ForeseenTask[]; readonly problems: readonly PreviewProblem[] } {
  const steps = new Map<string, Foreseen>();
  const tasks: ForeseenTask[] = [];
  const problems: PreviewProblem[] = [];
  let pending: PendingFacts = new Set();
  const judge = (when: string | undefined, path: PreviewProblem["path"]): Foreseen => {
    if (when === undefined) return true;
    const seen = foresee(when, pending, inputs, simulated);
    if (typeof seen === "object" && "wrong" in seen)
      problems.push({ path, message: `when cannot be evaluated: ${seen.wrong}` });
    return seen;
  };
  for (const path of paths) {
    const { task: name, ...place } = path;
    const key = pathText(place);
    const step = steps.get(key) ?? judge(stepAt(inputs, path)?.when, place);
    steps.set(key, step);
    if (step === false) continue;
    const task = taskNamed(inputs.pkg, name);
    const own = judge(task.when, path);
    if (own === false) continue;
    const why = laterOf(step) ?? laterOf(own);
    tasks.push({ path, task, pending, ...(why !== undefined && { why }) });
    if (findsOut(inputs.pkg, name, inputs.facts)) pending = new Set([...pending, name]);
  }
  return { tasks, problems };
}

/** The step of a task's place. */
export function stepAt({ plans }: Pick<RunInputs, "plans">, path: TaskPath): Step | undefined {
  const plan = plans.find(({ name }) => name === path.plan);
  const phase = plan?.phases.find(({ name }) => name === path.phase);
  return phase?.steps.find(({ name }) => name === path.step);
}

function laterOf(seen: Foreseen): string | undefined {
  return typeof seen === "object" && "later" in seen ? seen.later : undefined;
}
