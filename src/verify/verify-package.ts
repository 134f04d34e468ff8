import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Capabilities } from "../model/scope.ts";
import { NEWEST_KUBERNETES, OLDEST_KUBERNETES } from "./known-capabilities.ts";
import type { ParamCheck } from "./kudo/rules/param-checks.ts";
import { verifyKudoPackage } from "./kudo/verify-kudo-package.ts";
import { type PackageView, viewPackage } from "./package-view.ts";
import { checkExpressions } from "./rules/check-expressions.ts";
import { checkNames } from "./rules/check-names.ts";
import { checkTexts } from "./rules/check-texts.ts";
import { deletedBeforeUse } from "./rules/deleted-before-use.ts";
import { deployPlan } from "./rules/deploy-plan.ts";
import { everChanging } from "./rules/ever-changing.ts";
import { factsInOrder } from "./rules/facts-in-order.ts";
import { gateNames } from "./rules/gate-names.ts";
import { knownFacts } from "./rules/known-facts.ts";
import { meters } from "./rules/meters.ts";
import { missingTasks } from "./rules/missing-tasks.ts";
import { missingTemplates } from "./rules/missing-templates.ts";
import { missingTriggers } from "./rules/missing-triggers.ts";
import { podNames } from "./rules/pod-names.ts";
import { renders } from "./rules/renders.ts";
import { rendersObjects } from "./rules/renders-objects.ts";
import { sameObject } from "./rules/same-object.ts";
import { simulation } from "./rules/simulation.ts";
import { stepPods } from "./rules/step-pods.ts";
import { unusedParameters } from "./rules/unused-parameters.ts";
import { unusedPlans } from "./rules/unused-plans.ts";
import { unusedTasks } from "./rules/unused-tasks.ts";
import { unusedTemplates } from "./rules/unused-templates.ts";
import { usedBeforeApplied } from "./rules/used-before-applied.ts";

/** Finds one kind of mistake. Pure. */
export type VerifyRule = (view: PackageView) => Issue[];

const RULES: readonly VerifyRule[] = [
  deployPlan,
  missingTasks,
  missingTemplates,
  missingTriggers,
  checkNames,
  checkExpressions,
  checkTexts,
  knownFacts,
  factsInOrder,
  renders,
  rendersObjects,
  sameObject,
  podNames,
  usedBeforeApplied,
  deletedBeforeUse,
  everChanging,
  stepPods,
  gateNames,
  meters,
  simulation,
  unusedTasks,
  unusedPlans,
  unusedTemplates,
  unusedParameters,
];

/**
 * All that is wrong with a well-formed package, each problem once. Works without a cluster: the templates of every step of every plan are rendered with the
 * default parameters for the newest Kubernetes and for 1.20. The dialect decides which rules hold. Takes a draft too.
 */
export function verifyPackage(
  pkg: OperatorPackage,
  options: {
    readonly capabilities?: readonly Capabilities[];
    /** Of a KUDO package: further checks of how its parameters are described. */
    readonly paramChecks?: readonly ParamCheck[];
  } = {},
): Issue[] {
  if (pkg.dialect === "kudo") return verifyKudoPackage(pkg, options.paramChecks);
  const view = viewPackage(pkg, options.capabilities ?? [NEWEST_KUBERNETES, OLDEST_KUBERNETES]);
  const issues = RULES.flatMap((rule) => rule(view));
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()];
}
