import { resumedStatus } from "../../engine/steps/pending.ts";
import { withoutTwins } from "../../engine/steps/without-twins.ts";
import { assertNever } from "../../model/assert-never.ts";
import type { Dialect, OperatorPackage } from "../../model/package.ts";
import type { Plan } from "../../model/plan.ts";
import type {
  InventoryEntry,
  ParameterChange,
  RunKind,
  RunOutcome,
  RunRecord,
} from "../../model/run.ts";
import type { PlanStatus } from "../../model/status.ts";

/** What a run is begun with. */
export interface NewRun {
  readonly kind: RunKind;
  /** Name of the OperatorVersion. */
  readonly operatorVersion: string;
  /** Of the package. */
  readonly digest: string;
  readonly dialect?: Dialect;
  readonly instance: string;
  readonly namespace: string;
  /** In the order they run. */
  readonly plans: readonly Plan[];
  /** An unfinished run; the COMPLETE steps of the plans in `keep` count as done. */
  readonly from?: RunRecord;
  readonly keep: readonly string[];
  readonly changes: readonly ParameterChange[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly inventory: readonly InventoryEntry[];
  /** Ids of requirements that need not hold, besides those that were allowed before. */
  readonly allow: readonly string[];
  /** What `--api-upgrade` says now; what it said before when absent. */
  readonly apiUpgrade?: boolean;
  /** What `--pipe-image` says, now or in the run before. */
  readonly pipeImage?: string;
  readonly user?: string;
  readonly host: string;
  /** Number of the run that a rollback goes back to. */
  readonly rollbackTo?: number;
}

/** The record of a run that begins as number `number`. */
export function newRecord(run: NewRun, number: number, uid: string, at: Date): RunRecord {
  const now = at.toISOString();
  return {
    format: 1,
    uid,
    number,
    kind: run.kind,
    instance: run.instance,
    namespace: run.namespace,
    operatorVersion: run.operatorVersion,
    digest: run.digest,
    ...(run.dialect && { dialect: run.dialect }),
    plans: run.plans.map((plan) => plan.name),
    cause: {
      ...(run.user !== undefined && { user: run.user }),
      host: run.host,
      changes: run.changes,
      ...(run.rollbackTo !== undefined && { rollbackTo: run.rollbackTo }),
    },
    parameters: run.parameters,
    constants: { seed: uid, startedAt: now },
    status: "IN_PROGRESS",
    startedAt: now,
    updatedAt: now,
    planStatus: statusesOf(run, uid, now),
    times: timesOf(run),
    intents: [],
    inventory: run.inventory,
    ...(run.from?.facts && { facts: run.from.facts }),
    ...(run.from?.finished && { finished: run.from.finished }),
    ...allowedIn(run),
    ...apiUpgradeIn(run),
    ...(run.pipeImage !== undefined && { pipeImage: run.pipeImage }),
  };
}

/** The record of an unfinished run that goes on, perhaps with further plans. */
export function resumedRecord(run: NewRun, from: RunRecord, at: Date): RunRecord {
  const { reason: _, message: __, hint: ___, finishedAt: ____, ...rest } = from;
  const now = at.toISOString();
  return {
    ...rest,
    plans: run.plans.map((plan) => plan.name),
    parameters: run.parameters,
    cause: { ...from.cause, changes: mergedChanges(from.cause.changes, run.changes) },
    status: "IN_PROGRESS",
    updatedAt: now,
    planStatus: statusesOf(run, from.uid, now),
    ...allowedIn({ ...run, from }),
    ...apiUpgradeIn({ ...run, from }),
    ...(run.pipeImage !== undefined && { pipeImage: run.pipeImage }),
  };
}

function apiUpgradeIn({
  from,
  apiUpgrade = from?.apiUpgrade,
}: Pick<NewRun, "from" | "apiUpgrade">): Pick<RunRecord, "apiUpgrade"> {
  return apiUpgrade === undefined ? {} : { apiUpgrade };
}

function allowedIn({ from, allow }: Pick<NewRun, "from" | "allow">): Pick<RunRecord, "allowed"> {
  const allowed = [...new Set([...(from?.allowed ?? []), ...allow])];
  return allowed.length === 0 ? {} : { allowed };
}

/** The record of a run that ended. */
export function closedRecord(record: RunRecord, outcome: RunOutcome, at: Date): RunRecord {
  const finishedAt = at.toISOString();
  switch (outcome.result) {
    case "complete":
      return { ...record, status: "COMPLETE", finishedAt, intents: [] };
    case "failed":
    case "timed-out":
      return {
        ...record,
        status: "FATAL_ERROR",
        reason: outcome.result === "failed" ? "Failed" : "TimedOut",
        message: outcome.message,
        ...(outcome.hint !== undefined && { hint: outcome.hint }),
        finishedAt,
      };
    case "cancelled":
      return {
        ...record,
        status: "FATAL_ERROR",
        reason: "Cancelled",
        message: outcome.message,
        hint: outcome.hint,
        planStatus: cancelledPlans(record.planStatus, outcome.message),
        finishedAt,
      };
    case "interrupted":
      return { ...record, reason: outcome.reason ?? "Interrupted", message: outcome.message };
    default:
      return assertNever(outcome);
  }
}

/** The plan that was going on ends; its phases and steps keep what they have, as beside a step that failed. */
function cancelledPlans(plans: readonly PlanStatus[], message: string): readonly PlanStatus[] {
  const current = plans.find(({ status }) => status !== "COMPLETE");
  return plans.map((plan) =>
    plan === current ? { ...plan, status: "FATAL_ERROR", message } : plan,
  );
}

/** The plans of a run in the order they run. */
export function plansOf(pkg: OperatorPackage, names: readonly string[]): readonly Plan[] {
  return names
    .map((name) => pkg.operator.plans.find((plan) => plan.name === name))
    .filter((plan) => plan !== undefined)
    .map((plan) => (pkg.dialect === "kudo" ? withoutTwins(plan) : plan));
}

function statusesOf(run: NewRun, uid: string, at: string): RunRecord["planStatus"] {
  return run.plans.map((plan) => {
    const earlier = run.keep.includes(plan.name) ? run.from?.planStatus : undefined;
    return resumedStatus(
      plan,
      earlier?.find(({ name }) => name === plan.name),
      uid,
      at,
    );
  });
}

function timesOf(run: NewRun): RunRecord["times"] {
  return Object.fromEntries(
    Object.entries(run.from?.times ?? {}).filter(([path]) =>
      run.keep.some((plan) => path.startsWith(`${plan}.`)),
    ),
  );
}

/** What was changed first is what it was changed from. */
function mergedChanges(
  earlier: readonly ParameterChange[],
  later: readonly ParameterChange[],
): readonly ParameterChange[] {
  const merged = new Map(earlier.map((change) => [change.name, change]));
  for (const change of later) {
    const before = merged.get(change.name);
    merged.set(change.name, before ? { ...change, from: before.from } : change);
  }
  return [...merged.values()];
}

/** Whether its driver has let go of a run, in whatever way. */
export function isLeft({ finishedAt, reason }: Pick<RunRecord, "finishedAt" | "reason">): boolean {
  return finishedAt !== undefined || reason !== undefined;
}
