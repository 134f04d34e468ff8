import { errorIssue, type Issue, warningIssue } from "../../model/issue.ts";
import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { renderTemplate } from "../../render/render-template.ts";
import type { PackageView } from "../package-view.ts";
import { type RenderedTemplate, scopeOfStep } from "../render-plans.ts";
import { CONSTANTS } from "../render-with-facts.ts";
import { pathOfUse, stepText, type TaskUse } from "../task-use.ts";

/**
 * A rollout has one StatefulSet to change, which the step applies, and a gate without `pods` one to ask. Steps of which not every template could be rendered are
 * passed over. Pods that only start one after the other cannot be brought back by a recovery that needs several of them, so that is a warning.
 */
export function stepPods(view: PackageView): Issue[] {
  return view.renderings.flatMap(({ templates, capabilities }) =>
    stepsOf(view).flatMap((uses) => {
      const [use] = uses;
      const sets = use && setsOf(uses, templates);
      if (use === undefined || sets === undefined) return [];
      const named = nameGiven(view, use, capabilities);
      return issuesOf(view, use, sets, named);
    }),
  );
}

/** The tasks of each step that has a gate or a rollout. */
function stepsOf({ uses }: PackageView): TaskUse[][] {
  const steps = new Map<string, TaskUse[]>();
  for (const use of uses) {
    if (!use.step.gate && !use.step.rollout) continue;
    const key = JSON.stringify(pathOfUse(use, "step"));
    steps.set(key, [...(steps.get(key) ?? []), use]);
  }
  return [...steps.values()];
}

/** The StatefulSets that a step applies; undefined when that cannot be known. */
function setsOf(
  uses: readonly TaskUse[],
  templates: readonly RenderedTemplate[],
): KubeObject[] | undefined {
  const found: KubeObject[] = [];
  for (const use of uses) {
    if (use.task === undefined) return undefined;
    if (use.task.kind !== "Apply") continue;
    for (const resource of use.task.resources.keys()) {
      const rendered = templates.find((each) => each.use === use && each.resource === resource);
      if (rendered === undefined) return undefined;
      found.push(...rendered.objects.map(({ object }) => object).filter(isStatefulSet));
    }
  }
  return found;
}

function isStatefulSet({ kind, apiVersion }: KubeObject): boolean {
  return kind === "StatefulSet" && apiVersion.startsWith("apps/");
}

/** The name that the rollout gives, as it renders; `undefined` when it gives none or does not render. */
function nameGiven(
  { pkg }: PackageView,
  { plan, phase, step }: TaskUse,
  capabilities: Parameters<typeof scopeOfStep>[2],
): string | undefined {
  const text = step.rollout?.statefulSet;
  if (text === undefined) return undefined;
  const scope = scopeOfStep(pkg, { plan, phase, step, name: "" }, capabilities);
  try {
    const input = { key: "operator.yaml", text, scope, constants: CONSTANTS };
    return renderTemplate({ ...input, declared: pkg.parameters });
  } catch (error) {
    // Another rule says what is wrong with it; or it needs facts.
    if (error instanceof KplanError) return undefined;
    throw error;
  }
}

function issuesOf(
  { pkg }: PackageView,
  use: TaskUse,
  sets: readonly KubeObject[],
  named: string | undefined,
): Issue[] {
  const { rollout, gate } = use.step;
  const step = pathOfUse(use, "step").slice(0, -1);
  const place = (...field: string[]) => pkg.placeOf("operator.yaml", [...step, ...field]);
  const where = stepText(use);
  const names = sets.map(({ metadata }) => metadata.name);
  const count = sets.length === 0 ? "none" : names.join(" and ");
  const issues: Issue[] = [];
  if (rollout && named === undefined && rollout.statefulSet === undefined && sets.length !== 1)
    issues.push(
      errorIssue(
        "rollout-target",
        `the rollout of step ${where} needs one StatefulSet, and the step applies ${count}`,
        place("rollout"),
        sets.length > 1 ? "say which: rollout: {statefulSet: …}" : undefined,
      ),
    );
  if (rollout && named !== undefined && !names.includes(named))
    issues.push(
      errorIssue(
        "rollout-target",
        `the rollout of step ${where} is of StatefulSet ${named}, and the step applies ${count}`,
        place("rollout", "statefulSet"),
      ),
    );
  if (gate && gate.pods === undefined && !rollout && sets.length !== 1)
    issues.push(
      errorIssue(
        "gate-pods",
        `the gate of step ${where} does not say which pods it asks, and the step applies ${sets.length === 0 ? "no StatefulSet" : count}`,
        place("gate"),
        "give it pods: with a label selector",
      ),
    );
  const target = sets.find(({ metadata }) => metadata.name === named) ?? sets[0];
  if (rollout && target && isOnDelete(target))
    issues.push(
      errorIssue(
        "rollout-target",
        `StatefulSet ${target.metadata.name} of step ${where} cannot be rolled out: its updateStrategy is OnDelete, and a rollout works by the partition of RollingUpdate`,
        place("rollout"),
      ),
    );
  if (rollout && gate && target && !isParallel(target))
    issues.push(
      warningIssue(
        "ordered-pods",
        `StatefulSet ${target.metadata.name} of step ${where} starts its pods one after the other: when all are gone, only the first comes back until it is ready`,
        place("rollout"),
        "set podManagementPolicy: Parallel: the rollout changes them one at a time all the same",
      ),
    );
  return issues;
}

function isOnDelete({ spec }: KubeObject): boolean {
  const strategy = isMap(spec) ? spec.updateStrategy : undefined;
  return isMap(strategy) && strategy.type === "OnDelete";
}

function isParallel({ spec }: KubeObject): boolean {
  return isMap(spec) && spec.podManagementPolicy === "Parallel";
}
