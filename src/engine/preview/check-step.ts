import { canonicalJson } from "../../model/json.ts";
import { unmatchedRollouts } from "../rollout/unmatched-rollouts.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import type { PlacedStep } from "../steps/next-steps.ts";
import { TaskFailure } from "../steps/task-stop.ts";
import { checkWrites } from "./check-writes.ts";
import { planWrites } from "./plan-writes.ts";
import { checkKey } from "./preview-cache.ts";

/** Dry-runs the objects of a step that could not be checked before the run. Throws a `TaskFailure` with all problems, before any write of the step. */
export async function checkStep({ phase, step }: PlacedStep, ctx: TaskContext): Promise<void> {
  const paths = step.tasks.map((task) => ({
    plan: ctx.path.plan,
    phase,
    step: step.name,
    task,
  }));
  const options = callOptions(ctx);
  const plan = await planWrites(ctx.inputs, paths, { ...ctx, options });
  for (const message of plan.notes) {
    if (!ctx.told.has(message)) ctx.emit({ type: "warning", message });
    ctx.told.add(message);
  }
  const open = plan.writes.filter(
    ({ act, why, path, object }) =>
      act === "apply" &&
      why === undefined &&
      ctx.checked.get(checkKey(path, object))?.body !== canonicalJson(object),
  );
  const deps = { ...ctx, ...options, preview: ctx.checked };
  const checked = await checkWrites(open, ctx.inventory, deps);
  const problems = [...unmatchedRollouts(ctx.inputs, plan), ...checked.problems];
  const [first] = problems;
  if (first === undefined) return;
  throw new TaskFailure(problems.map(({ message }) => message).join("\n"), {
    result: "failed",
    ...(first.ref !== undefined && { ref: first.ref }),
    ...(first.hint !== undefined && { hint: first.hint }),
  });
}
