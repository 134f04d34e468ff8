import { rollUp } from "../../engine/steps/pending.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Plan, Step } from "../../model/plan.ts";
import type { FixedObject, RunPath } from "../../model/run.ts";
import type { PlanStatus } from "../../model/status.ts";

/**
 * The plans that applied some objects, with nothing in them to do but to apply these again: their steps' timeouts, gates, rollouts and meters hold; conditions and requirements
 * do not, for they have been judged. In the order that the package lists them.
 */
export function fixPlans(
  { operator }: Pick<OperatorPackage, "operator">,
  only: readonly FixedObject[],
): readonly Plan[] {
  return operator.plans
    .filter(({ name }) => only.some(({ path }) => path.plan === name))
    .map(({ name, strategy, phases }) => ({
      name,
      strategy,
      phases: phases.map((phase) => ({
        ...phase,
        steps: phase.steps.map((step) => {
          const here = only.filter(({ path }) => isIn(path, name, phase.name, step.name));
          return fixStep(step, here);
        }),
      })),
    }));
}

/** The statuses that such plans begin with: all steps without anything to do are COMPLETE. */
export function fixStatuses(plans: readonly Plan[], uid: string, at: string): PlanStatus[] {
  return plans.map((plan) =>
    rollUp({
      name: plan.name,
      status: "PENDING",
      lastUpdatedTimestamp: at,
      uid,
      phases: plan.phases.map((phase) => ({
        name: phase.name,
        status: "PENDING",
        steps: phase.steps.map(({ name, tasks }) => ({
          name,
          status: tasks.length === 0 ? ("COMPLETE" as const) : ("PENDING" as const),
        })),
      })),
    }),
  );
}

function fixStep(step: Step, here: readonly FixedObject[]): Step {
  const { name, strategy } = step;
  if (here.length === 0) return { name, strategy, tasks: [] };
  const tasks = step.tasks.filter((task) => here.some(({ path }) => path.task === task));
  const { when: _, require: __, rollout, gate, ...rules } = step;
  const hasSet = here.some(({ ref }) => ref.kind === "StatefulSet");
  const isRolled = rollout !== undefined && hasSet;
  // Without its StatefulSet there is nothing that says which pods a gate asks.
  const isGated = gate !== undefined && (hasSet || gate.pods !== undefined);
  return { ...rules, tasks, ...(isRolled && { rollout }), ...(isGated && { gate }) };
}

function isIn(path: RunPath, plan: string, phase: string, step: string): boolean {
  return path.plan === plan && path.phase === phase && path.step === step;
}
