import { errorIssue, type Issue, warningIssue } from "../../model/issue.ts";
import { type ObjectRef, refKey, refOf, refText } from "../../model/kube-object.ts";
import { secretsName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { PackageView } from "../package-view.ts";
import { instanceNameOf, type RenderedTemplate } from "../render-plans.ts";
import { stepText } from "../task-use.ts";

/**
 * Each applied object comes from one template. Two templates that render it in one step are an error, as is one template that renders it twice: the one
 * overwrites the other. In different steps they may be meant to follow each other, and are a warning. The Secret that keeps the secret parameters is
 * kplan's own and no template's.
 */
export function sameObject({ pkg, renderings }: PackageView): Issue[] {
  return renderings.flatMap(({ templates }) => {
    const applied = templates.filter(({ act }) => act === "apply").flatMap(objectsOf);
    return [
      ...applied
        .filter(({ ref }) => isOwnSecret(ref, pkg))
        .map((made) => ownSecretIssue(made, pkg)),
      ...clashes(applied, pkg),
    ];
  });
}

interface Made {
  readonly ref: ObjectRef;
  readonly from: RenderedTemplate;
}

function objectsOf(from: RenderedTemplate): Made[] {
  return from.objects.map(({ object }) => ({ ref: refOf(object), from }));
}

function clashes(applied: readonly Made[], pkg: OperatorPackage): Issue[] {
  const byObject = new Map<string, Made[]>();
  const issues: Issue[] = [];
  for (const made of applied) {
    const earlier = byObject.get(refKey(made.ref)) ?? [];
    byObject.set(refKey(made.ref), [...earlier, made]);
    // With the step's own first: an error says more than a warning.
    const inStep = earlier.find(
      (other) =>
        other.from.use.step === made.from.use.step &&
        (other.from.key !== made.from.key || other.from === made.from),
    );
    const other = inStep ?? earlier.find((each) => each.from.key !== made.from.key);
    if (other) issues.push(clashIssue(made, other, pkg));
  }
  return issues;
}

function clashIssue(made: Made, other: Made, pkg: OperatorPackage): Issue {
  const at = placeOf(made.from, pkg);
  const what = refText(made.ref);
  const [here, there] = [stepText(made.from.use), stepText(other.from.use)];
  if (made.from === other.from)
    return errorIssue("same-object", `templates/${made.from.key} renders ${what} twice`, at);
  const both = `templates/${other.from.key} and templates/${made.from.key} both render ${what}`;
  if (made.from.use.step === other.from.use.step)
    return errorIssue(
      "same-object",
      `${both} in step ${here}: the one would overwrite the other`,
      at,
    );
  return warningIssue("same-object", `${both}, in steps ${there} and ${here}`, at);
}

function isOwnSecret({ kind, apiVersion, name }: ObjectRef, pkg: OperatorPackage): boolean {
  return kind === "Secret" && apiVersion === "v1" && name === secretsName(instanceNameOf(pkg));
}

function ownSecretIssue({ ref, from }: Made, pkg: OperatorPackage): Issue {
  const message = `templates/${from.key} renders ${refText(ref)}, which is where kplan keeps the values of secret parameters`;
  return errorIssue("reserved-object", message, placeOf(from, pkg), "give the Secret another name");
}

function placeOf({ use, resource }: RenderedTemplate, pkg: OperatorPackage) {
  const index = pkg.operator.tasks.findIndex((task) => task.name === use.name);
  return pkg.placeOf("operator.yaml", ["tasks", index, "spec", "resources", resource]);
}
