import { neededVersions } from "../../model/dependency.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import type { Plan, Strategy } from "../../model/plan.ts";
import type { RunRecord } from "../../model/run.ts";
import { isRunning, type PlanStatus } from "../../model/status.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";
import { expiresAt, leaseRef, leaseState } from "../../store/lease-object.ts";
import { planOrder } from "../../store/operator-objects.ts";
import { listRuns } from "../../store/run-store.ts";
import { isInstanceIn } from "../children/removal-parts.ts";
import type { ActionContext } from "../context.ts";
import { neverRun } from "../run/plan-statuses.ts";
import { findInstance, operatorVersionNamespace, operatorVersionOf } from "./find-instance.ts";
import { getOperatorVersion } from "./operator-version.ts";

/** How an instance stands, in all that `plan status` shows. */
export interface PlanStatusView {
  readonly instance: { readonly name: string; readonly namespace: string; readonly uid: string };
  /** Name of the operator, e.g. `galera`. */
  readonly operator: string;
  /** Name of the OperatorVersion, e.g. `galera-10.11-0.1.0`. */
  readonly operatorVersion: string;
  /** Version of the package and of the software it runs, when the OperatorVersion is there. */
  readonly version?: string;
  readonly appVersion?: string;
  /** Every plan of the operator, in the order its package lists them; NEVER_RUN where it never ran. */
  readonly plans: readonly PlanStatusEntry[];
  /** The plan that runs, or last ran. */
  readonly current?: string;
  /** Set when a plan is unfinished and nobody drives it: `interrupted, last driven 3 min ago`. */
  readonly interrupted?: string;
  /** Why the last run ended or stands still, other than by being complete or failed: `Paused`, with its message. */
  readonly paused?: string;
  /** Instances that it made for itself (KudoOperator tasks, and those that tasks apply), by name. Absent: none. */
  readonly children?: readonly ChildStatus[];
  /** What the last run knows: what its Exec tasks found out, by task. Absent: nothing. */
  readonly facts?: RunRecord["facts"];
  /** What meters found in the last run, by `plan.phase.step`. Absent: nothing. */
  readonly meters?: RunRecord["meters"];
}

/** How an instance stands that is a part of another one. */
export interface ChildStatus {
  readonly name: string;
  /** Name of its OperatorVersion. */
  readonly operatorVersion: string;
  /** The plan that runs, or last ran, with its status. */
  readonly plan?: string;
  readonly status?: PlanStatus["status"];
  readonly message?: string;
}

/** A plan with its strategies, as KUDO's tree shows it. */
export interface PlanStatusEntry extends PlanStatus {
  readonly strategy: Strategy;
  /** Strategy of each phase by its name. */
  readonly phaseStrategies: Readonly<Record<string, Strategy>>;
}

type Where = Pick<ActionContext, "cluster" | "namespace">;

/**
 * Reads how an instance stands: one request for the Instance, then at the same time one for its OperatorVersion, one for its runs, and one for its Lease while a plan
 * is unfinished.
 */
export async function planStatus(
  ctx: Where,
  request: { readonly instance?: string },
): Promise<PlanStatusView> {
  const instance = await findInstance(ctx, request.instance);
  const operatorVersion = operatorVersionOf(instance);
  const versionNamespace = operatorVersionNamespace(instance) ?? ctx.namespace;
  const stored = storedPlanStatus(instance);
  const unfinished = stored.some(({ status }) => isRunning(status));
  const { name } = instance.metadata;
  const [version, interrupted, runs] = await Promise.all([
    getOperatorVersion({ ...ctx, namespace: versionNamespace }, operatorVersion),
    unfinished ? sayInterrupted(ctx, name) : undefined,
    listRuns(ctx.cluster, { namespace: ctx.namespace, instance: name }),
  ]);
  const view = viewOf(instance, version, stored);
  const uid = view.plans.find((plan) => plan.name === view.current)?.uid;
  const last = runs.find(({ record }) => record.uid === uid)?.record;
  const made = runs[0]?.record.inventory ?? [];
  const mayOwn =
    neededVersions(version).length > 0 || made.some(({ ref }) => isInstanceIn(ref, ctx.namespace));
  const children = mayOwn ? await childrenOf(ctx, instance) : [];
  return {
    ...view,
    ...(children.length > 0 && { children }),
    ...(interrupted && { interrupted }),
    ...(interrupted && last?.reason === "Paused" && { paused: last.message ?? "paused" }),
    ...(last?.facts && { facts: last.facts }),
    ...(last?.meters && { meters: last.meters }),
  };
}

/** One request more, where the OperatorVersion, or what was made, says that there may be any. */
async function childrenOf(ctx: Where, parent: KubeObject): Promise<readonly ChildStatus[]> {
  const query = { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace: ctx.namespace };
  const { items } = await ctx.cluster.list(query);
  return items
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === parent.metadata.uid),
    )
    .map((child): ChildStatus => {
      const stored = storedPlanStatus(child);
      const plan = stored.find(({ name }) => name === currentPlan(stored));
      const steps = plan?.phases.flatMap((phase) => phase.steps) ?? [];
      const message = plan?.message ?? steps.find((step) => step.message !== undefined)?.message;
      return {
        name: child.metadata.name,
        operatorVersion: operatorVersionOf(child),
        ...(plan && { plan: plan.name, status: plan.status }),
        ...(message !== undefined && plan?.status !== "COMPLETE" && { message }),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function viewOf(
  instance: KubeObject,
  version: KubeObject | undefined,
  stored: readonly PlanStatus[],
): PlanStatusView {
  const { name, namespace = "", uid = "", labels } = instance.metadata;
  const spec = (version?.spec ?? {}) as VersionSpec;
  const current = currentPlan(stored);
  return {
    instance: { name, namespace, uid },
    operator: spec.operator?.name ?? labels?.["kudo.dev/operator"] ?? "",
    operatorVersion: operatorVersionOf(instance),
    ...(spec.version !== undefined && { version: spec.version }),
    ...(spec.appVersion !== undefined && { appVersion: spec.appVersion }),
    plans: entriesOf(version, stored),
    ...(current !== undefined && { current }),
  };
}

/** What we read of an OperatorVersion's spec; strategies other than the word `serial` are parallel, as KUDO has it. */
interface VersionSpec {
  readonly operator?: { readonly name?: string };
  readonly version?: string;
  readonly appVersion?: string;
  readonly plans?: Readonly<Record<string, Partial<Plan>>> | null;
}

function entriesOf(
  version: KubeObject | undefined,
  stored: readonly PlanStatus[],
): readonly PlanStatusEntry[] {
  const plans = ((version?.spec ?? {}) as VersionSpec).plans ?? {};
  const names = version ? planOrder(version) : stored.map(({ name }) => name).sort();
  return names.map((name) => {
    // Of a plan that the OperatorVersion has no more, nobody can say.
    const plan = plans[name] ?? { strategy: "serial" };
    const phases = (plan.phases ?? []).map((phase) => ({ ...phase, steps: phase.steps ?? [] }));
    const strategy = strategyOf(plan.strategy);
    const never = neverRun({ name, strategy, phases });
    const before = stored.find((status) => status.name === name);
    return {
      ...(before ?? never),
      strategy,
      phaseStrategies: Object.fromEntries(
        phases.map((phase) => [phase.name, strategyOf(phase.strategy)]),
      ),
    };
  });
}

function strategyOf(word: string | undefined): Strategy {
  return word === "serial" ? "serial" : "parallel";
}

/** A plan that runs, if any, else the one with the newest time (compat section 7.5). */
export function currentPlan(stored: readonly PlanStatus[]): string | undefined {
  const running = stored.find(({ status }) => isRunning(status));
  if (running) return running.name;
  const ran = stored.filter(
    ({ status, lastUpdatedTimestamp }) => status !== "NEVER_RUN" && lastUpdatedTimestamp,
  );
  ran.sort((a, b) => timeOf(b) - timeOf(a));
  return ran[0]?.name;
}

function timeOf({ lastUpdatedTimestamp }: PlanStatus): number {
  return Date.parse(lastUpdatedTimestamp ?? "") || 0;
}

/** An unfinished plan is driven by whoever holds the lease; without one it was interrupted. */
export async function sayInterrupted(ctx: Where, instance: string): Promise<string | undefined> {
  const lease = await ctx.cluster.get(leaseRef(ctx.namespace, instance));
  if (!lease) return "interrupted";
  const state = leaseState(lease);
  const { holder, renewedAt } = state;
  const now = await ctx.cluster.serverTime();
  if (holder && now <= expiresAt(state)) return undefined;
  return `interrupted, last driven ${agoText(now - renewedAt)} ago`;
}

function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
