import { errorIssue, type Issue } from "../../model/issue.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { needsOf } from "../needs-of.ts";
import type { PackageView } from "../package-view.ts";
import type { RenderedTemplate } from "../render-plans.ts";
import { pathOfUse, runsAfter, stepText, type TaskUse } from "../task-use.ts";

/**
 * What the pods of an applied object need is not applied only by a later task of the same plan: that task would wait for the pods, and the pods for it.
 * What the plan does not apply at all, or `deploy` has applied before another plan begins, is there as far as can be known.
 */
export function usedBeforeApplied({ pkg, renderings }: PackageView): Issue[] {
  return renderings.flatMap(({ templates }) => {
    const applied = templates.filter(({ act }) => act === "apply");
    const makers = makersOf(applied);
    return applied.flatMap(({ use, objects }) =>
      objects.flatMap(({ object }) =>
        needsOf(object).flatMap((need) => {
          const maker = onlyMakerBehind(use, makers.get(`${need.kind}/${need.name}`) ?? []);
          return maker ? tooLateIssue(pkg, use, object, need, maker) : [];
        }),
      ),
    );
  });
}

/** Where each object is applied, by `kind/name`. */
function makersOf(applied: readonly RenderedTemplate[]): Map<string, TaskUse[]> {
  const makers = new Map<string, TaskUse[]>();
  for (const { use, objects } of applied)
    for (const { object } of objects) {
      const key = `${object.kind}/${object.metadata.name}`;
      makers.set(key, [...(makers.get(key) ?? []), use]);
    }
  return makers;
}

/** The first that applies it, if all of the plan run after `use` and no earlier plan does. */
function onlyMakerBehind(use: TaskUse, makers: readonly TaskUse[]): TaskUse | undefined {
  const isDeployed =
    use.plan.name !== "deploy" && makers.some(({ plan }) => plan.name === "deploy");
  const inPlan = makers.filter(({ plan }) => plan === use.plan);
  return !isDeployed && inPlan.every((maker) => runsAfter(maker, use)) ? inPlan[0] : undefined;
}

function tooLateIssue(
  pkg: OperatorPackage,
  use: TaskUse,
  object: KubeObject,
  need: { readonly kind: string; readonly name: string },
  maker: TaskUse,
): Issue {
  const sameStep = maker.step === use.step;
  const where = sameStep ? `task ${maker.name} of the step` : `step ${stepText(maker)}`;
  const message = `${refText(refOf(object))} of step ${stepText(use)} uses ${need.kind} ${need.name}, which only the later ${where} applies: its pods would wait for ever`;
  const at = pkg.placeOf("operator.yaml", pathOfUse(use, sameStep ? "task" : "step"));
  return errorIssue("used-before-applied", message, at, `move ${where} before it`);
}
