import type { KubeObject } from "../model/kube-object.ts";
import type { RunRecord } from "../model/run.ts";
import { type ExecutionStatus, isRunning, isTerminal, type PlanStatus } from "../model/status.ts";

/** KUDO's condition Ready (compat section 6.1). */
interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** RFC 3339. */
  readonly lastTransitionTime: string;
}

/** The merge patch of an Instance's status subresource that says how a run stands. `others`: plans that are not part of the run. */
export function statusPatch(
  instance: KubeObject,
  record: RunRecord,
  others: readonly PlanStatus[],
): Record<string, unknown> {
  const plans = [...others, ...record.planStatus];
  const ready = readyCondition(instance, record);
  return {
    status: {
      planStatus: Object.fromEntries(plans.map((plan) => [plan.name, planPatch(plan)])),
      ...(ready && { conditions: [ready] }),
    },
  };
}

/** `spec.planExecution` as KUDO's readers expect it: the plan that runs, or null when the instance is idle. */
export function planExecution(
  record: RunRecord,
): { readonly planName: string; readonly uid: string; readonly status: ExecutionStatus } | null {
  if (isTerminal(record.status)) return null;
  const current =
    record.planStatus.find(({ status }) => status !== "COMPLETE") ?? record.planStatus.at(-1);
  if (!current) return null;
  return { planName: current.name, uid: record.uid, status: current.status };
}

/** The statuses of an Instance's plans as stored. */
export function storedPlanStatus(instance: KubeObject): readonly PlanStatus[] {
  const { planStatus } = (instance.status ?? {}) as { planStatus?: Record<string, PlanStatus> };
  return Object.entries(planStatus ?? {}).map(([name, plan]) => ({
    ...plan,
    name,
    phases: (plan.phases ?? []).map((phase) => ({ ...phase, steps: phase.steps ?? [] })),
  }));
}

/** Members that a merge would keep from before are cleared by null. */
function planPatch(plan: PlanStatus): Record<string, unknown> {
  return {
    ...plan,
    message: plan.message ?? null,
    uid: plan.uid ?? null,
    lastUpdatedTimestamp: plan.lastUpdatedTimestamp ?? null,
  };
}

/** Only deploy, update and upgrade make an instance unready while they run; the time changes only with the status. */
function readyCondition(instance: KubeObject, record: RunRecord): Condition | undefined {
  const { conditions } = (instance.status ?? {}) as { conditions?: readonly Condition[] };
  const before = conditions?.find(({ type }) => type === "Ready");
  const wanted = readiness(record);
  if (!wanted) return before;
  const lastTransitionTime =
    before?.status === wanted.status ? before.lastTransitionTime : record.updatedAt;
  return { type: "Ready", ...wanted, lastTransitionTime };
}

const UNSETTLING: ReadonlySet<string> = new Set(["deploy", "update", "upgrade"]);

/** Each state has a sentence: API servers of 1.20 built by a later Go take an empty text in a custom resource for null. */
function readiness(
  record: RunRecord,
): Pick<Condition, "status" | "reason" | "message"> | undefined {
  const plans = record.plans.join(", ");
  if (record.status === "COMPLETE")
    return { status: "True", reason: "ResourcesReady", message: `${plans} complete` };
  if (record.status === "FATAL_ERROR")
    return {
      status: "Unknown",
      reason: "PlanInFatalError",
      message: record.message || `${plans} failed`,
    };
  const active = record.planStatus.filter(({ status }) => isRunning(status));
  if (!active.some(({ name }) => UNSETTLING.has(name))) return undefined;
  return { status: "Unknown", reason: "PlanInProgress", message: `${plans} in progress` };
}
