import { errorIssue, type Issue } from "../../model/issue.ts";
import { refOf, refText } from "../../model/kube-object.ts";
import { needsOf } from "../needs-of.ts";
import type { PackageView } from "../package-view.ts";
import type { RenderedTemplate } from "../render-plans.ts";
import { pathOfUse, runsAfter, stepText, type TaskUse } from "../task-use.ts";

/**
 * What the pods of an applied object need was not deleted by an earlier task of the same plan, unless a task between the two, or beside one of them, may apply it
 * again. A deletion that stands under a condition may not happen and is passed over.
 */
export function deletedBeforeUse({ pkg, renderings }: PackageView): Issue[] {
  return renderings.flatMap(({ templates }) => {
    const deleted = templates.filter(({ act, use }) => act === "delete" && isUnconditional(use));
    return templates.flatMap(({ act, use, objects }) =>
      act !== "apply"
        ? []
        : objects.flatMap(({ object }) =>
            needsOf(object).flatMap((need) => {
              const deleter = deleted.find(
                (one) =>
                  runsAfter(use, one.use) &&
                  names(one, need) &&
                  !templates.some((other) => appliesAgain(other, one.use, use, need)),
              );
              if (deleter === undefined) return [];
              const message = `${refText(refOf(object))} of step ${stepText(use)} uses ${need.kind} ${need.name}, which task ${deleter.use.name} of step ${stepText(deleter.use)} has deleted before: its pods would wait for ever`;
              const at = pkg.placeOf("operator.yaml", pathOfUse(deleter.use));
              const hint = `move task ${deleter.use.name} behind it, or delete something else`;
              return errorIssue("deleted-before-use", message, at, hint);
            }),
          ),
    );
  });
}

type Named = Readonly<Record<"kind" | "name", string>>;

function isUnconditional({ step, task }: TaskUse): boolean {
  return step.when === undefined && task?.when === undefined;
}

function names({ objects }: RenderedTemplate, { kind, name }: Named): boolean {
  return objects.some(({ object }) => object.kind === kind && object.metadata.name === name);
}

/** Whether a task that may run between the two applies the object. */
function appliesAgain(other: RenderedTemplate, deleter: TaskUse, user: TaskUse, need: Named) {
  const { act, use } = other;
  if (act !== "apply" || use.plan !== user.plan || !names(other, need)) return false;
  return !runsAfter(deleter, use) && !runsAfter(use, user);
}
