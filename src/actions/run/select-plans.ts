import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ParameterChange, RunRecord } from "../../model/run.ts";
import { valuesInDialect } from "../../params/across-dialects.ts";
import { parameterChanges } from "../../params/parameter-changes.ts";
import { bearsParameters, isBaseline } from "../../store/run-store.ts";
import { besideUpgrade, kudoTriggeredPlans } from "./kudo-plans.ts";

/** What decides which plans run. Plain data. */
export interface PlanQuestion {
  readonly pkg: Pick<OperatorPackage, "dialect" | "operator" | "parameters" | "digest">;
  /** Values asked for, as a run record keeps them: stored texts, salted hashes of secrets. */
  readonly desired: Readonly<Record<string, string>>;
  /** Parameters that this upgrade brings along: the upgrade's own plan sees to them. */
  readonly introduced?: ReadonlySet<string>;
  /** Runs of this instance, newest first. */
  readonly runs: readonly RunRecord[];
  /** Values of an instance that another tool deployed (KUDO), when its `deploy` is COMPLETE and no run is known. */
  readonly adopted?: Readonly<Record<string, string>>;
}

/** Which plans run, and what is kept of an unfinished run. */
export type PlanChoice =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "run";
      /** In the order they run. */
      readonly plans: readonly string[];
      /** The unfinished run whose COMPLETE steps are kept. It goes on under its own number when no other run came after it. */
      readonly from?: RunRecord;
      /** Plans whose COMPLETE steps are kept; the others begin anew. */
      readonly keep: readonly string[];
      readonly changes: readonly ParameterChange[];
    };

/**
 * Which plans run (design section 4). Changes are counted against the last COMPLETE run, and against every unfinished one since: what such a run may have
 * half applied must be undone even when the values are as before. Until `deploy` has completed once, it goes on with the new values.
 * Throws a `bad-input` KplanError when a plan is not there.
 */
export function selectPlans(question: PlanQuestion): PlanChoice {
  const bearing = question.runs
    .filter(bearsParameters)
    .map((record) => inDialect(record, question));
  const last = bearing.findIndex((record) => isBaseline({ record }));
  const baseline = bearing[last]?.parameters ?? question.adopted;
  const unfinished = last < 0 ? bearing : bearing.slice(0, last);
  return baseline === undefined
    ? continueDeploy(question, unfinished[0])
    : applyChanges(question, [...unfinished, ...bearing.slice(last, last + 1)], baseline);
}

/** A run of the package before it was converted, with its values as this one writes them. */
function inDialect(record: RunRecord, { pkg }: PlanQuestion): RunRecord {
  const { dialect = "native", parameters } = record;
  if (dialect === pkg.dialect) return record;
  return { ...record, parameters: valuesInDialect(parameters, dialect, pkg).texts };
}

/** The plans that changes trigger, in the order of the package; a parameter without trigger triggers `update`, else `deploy`. Throws as `kudoTriggeredPlans`. */
export function triggeredPlans(
  pkg: Pick<OperatorPackage, "dialect" | "operator" | "parameters">,
  changed: Iterable<string>,
): readonly string[] {
  if (pkg.dialect === "kudo") return kudoTriggeredPlans(pkg, changed);
  const names = pkg.operator.plans.map(({ name }) => name);
  const fallback = names.includes("update") ? "update" : "deploy";
  const triggers = new Set(
    [...changed].map(
      (name) => pkg.parameters.find((parameter) => parameter.name === name)?.trigger ?? fallback,
    ),
  );
  return names.filter((name) => triggers.has(name));
}

/** The plan that takes an instance to another version of its package. */
function upgradePlan(pkg: Pick<OperatorPackage, "operator">): string {
  const names = new Set(pkg.operator.plans.map(({ name }) => name));
  return ["upgrade", "update"].find((name) => names.has(name)) ?? "deploy";
}

/** Of a native package `package verify` says it. Throws a `bad-input` KplanError. */
function refuseWithoutDeploy({
  operator: { name, plans },
}: Pick<OperatorPackage, "operator">): void {
  if (plans.some((plan) => plan.name === "deploy")) return;
  throw new KplanError("no-deploy-plan", `${name} has no plan deploy, which an install runs`, {
    kind: "bad-input",
  });
}

function continueDeploy(question: PlanQuestion, unfinished: RunRecord | undefined): PlanChoice {
  const { pkg, desired } = question;
  refuseWithoutDeploy(pkg);
  const fresh = { kind: "run", plans: ["deploy"], keep: [], changes: [] } as const;
  // Steps that another content of the package completed say nothing about this one.
  if (!unfinished || unfinished.digest !== pkg.digest) return fresh;
  const { changes } = parameterChanges(pkg, unfinished.parameters, desired);
  const triggered = triggeredPlans(
    pkg,
    changes.map(({ name }) => name),
  );
  const before = unfinished.plans.filter((name) => name !== "deploy" && !triggered.includes(name));
  const others = pkg.operator.plans
    .map(({ name }) => name)
    .filter((name) => before.includes(name) || (triggered.includes(name) && name !== "deploy"));
  const plans = ["deploy", ...others];
  const keep = plans.filter((name) => !triggered.includes(name));
  return { kind: "run", plans, keep, changes, from: unfinished };
}

function applyChanges(
  question: PlanQuestion,
  /** The unfinished runs since the last COMPLETE one, newest first, then that one. */
  applied: readonly RunRecord[],
  baseline: Readonly<Record<string, string>>,
): PlanChoice {
  const { pkg, desired } = question;
  const compare = (before: Readonly<Record<string, string>>): readonly ParameterChange[] =>
    parameterChanges(pkg, before, desired).changes;
  const changes = compare(baseline);
  const names = [...changes, ...applied.flatMap((record) => compare(record.parameters))]
    .map(({ name }) => name)
    .filter((name) => !question.introduced?.has(name));
  const otherContent = applied.some((record) => record.digest !== pkg.digest);
  const upgrade = otherContent ? [upgradePlan(pkg)] : [];
  const triggered = triggeredPlans(pkg, names);
  const others = otherContent && pkg.dialect === "kudo" ? besideUpgrade(triggered) : triggered;
  const plans = [...new Set([...upgrade, ...others])];
  if (plans.length === 0) return { kind: "nothing" };
  const [newest] = applied;
  const same =
    newest !== undefined &&
    newest.status !== "COMPLETE" &&
    newest.digest === pkg.digest &&
    compare(newest.parameters).length === 0 &&
    plans.every((name) => newest.plans.includes(name));
  if (!same) return { kind: "run", plans, keep: [], changes };
  return { kind: "run", plans: newest.plans, keep: newest.plans, changes, from: newest };
}
