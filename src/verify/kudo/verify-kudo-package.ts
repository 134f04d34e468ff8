import type { Issue } from "../../model/issue.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { deletedBeforeUse } from "../rules/deleted-before-use.ts";
import { everChanging } from "../rules/ever-changing.ts";
import { podNames } from "../rules/pod-names.ts";
import { sameObject } from "../rules/same-object.ts";
import { usedBeforeApplied } from "../rules/used-before-applied.ts";
import { type KudoView, viewKudoPackage } from "./kudo-view.ts";
import { definedNames } from "./rules/defined-names.ts";
import { distinctPipes } from "./rules/distinct-pipes.ts";
import { goodValues } from "./rules/good-values.ts";
import { incompleteObjects } from "./rules/incomplete-objects.ts";
import { namespaceObjects } from "./rules/namespace-objects.ts";
import { oldApis } from "./rules/old-apis.ts";
import { type ParamCheck, paramChecks } from "./rules/param-checks.ts";
import { parameterGroups } from "./rules/parameter-groups.ts";
import { parameterNames } from "./rules/parameter-names.ts";
import { passingWorkloads } from "./rules/passing-workloads.ts";
import { plansOfParameters } from "./rules/plans-of-parameters.ts";
import { rendersAll } from "./rules/renders-all.ts";
import { stepsAgree } from "./rules/steps-agree.ts";
import { tasksOfPlans } from "./rules/tasks-of-plans.ts";
import { templatesOfTasks } from "./rules/templates-of-tasks.ts";
import { unusedKudoParameters } from "./rules/unused-kudo-parameters.ts";
import { versionTexts } from "./rules/version-texts.ts";

/** Finds one kind of mistake of a KUDO package. Pure. */
export type KudoRule = (view: KudoView) => readonly Issue[];

/** KUDO's own, in its order (compat section 1.6). */
const KUDO_RULES: readonly KudoRule[] = [
  parameterNames,
  versionTexts,
  tasksOfPlans,
  plansOfParameters,
  definedNames,
  unusedKudoParameters,
  goodValues,
  parameterGroups,
  templatesOfTasks,
  rendersAll,
  namespaceObjects,
];

/** What KUDO never said: warnings, however bad, for KUDO's own command finds such a package valid. */
const FURTHER_RULES: readonly KudoRule[] = [
  incompleteObjects,
  distinctPipes,
  stepsAgree,
  passingWorkloads,
  oldApis,
  sameObject,
  podNames,
  usedBeforeApplied,
  deletedBeforeUse,
  everChanging,
];

/**
 * All that is wrong with a KUDO package, each problem once: what `kubectl kudo package verify` finds, with its sentences (D-13: only where it is so), and then what KUDO did not
 * look for, as warnings. Takes a draft too.
 * @param checks further checks of how parameters are described
 */
export function verifyKudoPackage(
  pkg: OperatorPackage,
  checks: readonly ParamCheck[] = [],
): Issue[] {
  const view = viewKudoPackage(pkg);
  const own = KUDO_RULES.flatMap((rule) => rule(view));
  const further = FURTHER_RULES.flatMap((rule) => rule(view))
    .filter(({ code }) => code !== "reserved-object")
    .map((issue): Issue => ({ ...issue, severity: "warning" }));
  const issues = [...own, ...paramChecks(pkg, checks), ...further];
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()];
}
