import type { KubeObject } from "../../model/kube-object.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { InventoryEntry, RunRecord } from "../../model/run.ts";
import { isRunning, type PlanStatus } from "../../model/status.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";
import { storedParameters } from "../instance/find-instance.ts";
import { neverRun } from "../run/plan-statuses.ts";
import { triggeredPlans } from "../run/select-plans.ts";

/** A plan that KUDO did not bring to its end. */
export interface UnfinishedPlan {
  readonly plan: string;
  readonly status: PlanStatus["status"];
  /** What KUDO said about it, if anything. */
  readonly message?: string;
}

/** What is known about an instance when its records are made. */
export interface AdoptionFacts {
  readonly instance: KubeObject;
  readonly pkg: OperatorPackage;
  readonly inventory: readonly Omit<InventoryEntry, "run">[];
  readonly number: number;
  readonly uids: () => string;
  readonly at: string;
  readonly host: string;
  readonly user?: string;
}

/** The plan that an instance has not finished: one that is under way, else the last one if it failed (compat section 7.5). */
export function unfinishedPlan(instance: KubeObject): UnfinishedPlan | undefined {
  const plans = storedPlanStatus(instance);
  const running = plans.find(({ status }) => isRunning(status));
  const last = [...plans]
    .filter(({ status }) => status !== "NEVER_RUN")
    .sort((a, b) => timeOf(b) - timeOf(a))[0];
  const plan = running ?? (last?.status === "FATAL_ERROR" ? last : undefined);
  if (plan === undefined) return undefined;
  const message = messageOf(plan);
  return { plan: plan.name, status: plan.status, ...(message !== undefined && { message }) };
}

/**
 * The runs that stand for what KUDO did: one for the plans that are complete, against whose parameters later changes are counted, and one for a plan that is not, which
 * goes on where it stopped. What KUDO had applied of the parameters that such a plan is for is not known: the first one leaves them out, so that the next change applies them.
 */
export function adoptedRecords(facts: AdoptionFacts): readonly RunRecord[] {
  const { pkg, instance } = facts;
  const statuses = pkg.operator.plans.map((plan) => planOf(plan, storedPlanStatus(instance)));
  const unfinished = unfinishedPlan(instance);
  const parameters = storedParameters(instance);
  const complete = statuses.filter(({ status }) => status === "COMPLETE");
  const deployed = complete.some(({ name }) => name === "deploy");
  const open = statuses.filter(({ name }) => name === unfinished?.plan);
  if (unfinished === undefined || open.length === 0)
    return deployed
      ? [record(facts, 0, { plans: complete, parameters })]
      : [record(facts, 0, { plans: statuses.filter(isDeploy), parameters, unfinished: NEVER })];
  if (!deployed)
    return [
      record(facts, 0, {
        plans: open.length > 0 ? open : statuses.filter(isDeploy),
        parameters,
        unfinished,
      }),
    ];
  const isFor = (name: string): boolean =>
    triggeredPlans({ ...pkg, operator: pkg.operator }, [name]).includes(unfinished.plan);
  const known = Object.fromEntries(Object.entries(parameters).filter(([name]) => !isFor(name)));
  const bears = Object.keys(known).length < Object.keys(parameters).length;
  return [
    record(facts, 0, { plans: complete, parameters: bears ? known : parameters }),
    record(facts, 1, { plans: open, parameters, unfinished, ...(!bears && { kind: "trigger" }) }),
  ];
}

/** Of an instance that KUDO never began with. */
const NEVER = { plan: "deploy", status: "NEVER_RUN" } as const satisfies UnfinishedPlan;

function record(
  facts: AdoptionFacts,
  index: number,
  what: {
    readonly plans: readonly PlanStatus[];
    readonly parameters: Readonly<Record<string, string>>;
    readonly unfinished?: UnfinishedPlan;
    readonly kind?: "trigger";
  },
): RunRecord {
  const { instance, pkg, at, host, user } = facts;
  const { name, namespace = "" } = instance.metadata;
  const uid = facts.uids();
  const number = facts.number + index;
  return {
    format: 1,
    uid,
    number,
    kind: what.kind ?? "adopt",
    instance: name,
    namespace,
    operatorVersion: operatorVersionName(pkg.operator),
    digest: pkg.digest,
    dialect: pkg.dialect,
    plans: what.plans.map((plan) => plan.name),
    cause: { ...(user !== undefined && { user }), host, changes: [] },
    parameters: what.parameters,
    constants: { seed: uid, startedAt: at },
    ...standing(what.unfinished, at),
    startedAt: at,
    updatedAt: at,
    planStatus: what.plans,
    times: {},
    intents: [],
    inventory: facts.inventory.map((entry) => ({ ...entry, run: facts.number })),
  };
}

function standing(
  unfinished: UnfinishedPlan | undefined,
  at: string,
): Pick<RunRecord, "status" | "reason" | "message" | "finishedAt" | "hint"> {
  if (unfinished === undefined) return { status: "COMPLETE", finishedAt: at };
  const { plan, status, message } = unfinished;
  const said = message === undefined ? "" : `: ${message}`;
  if (status === "FATAL_ERROR")
    return {
      status,
      reason: "Failed",
      message: `${plan} failed under KUDO${said}`,
      hint: "`kplan plan retry` executes it again",
      finishedAt: at,
    };
  return {
    status: "IN_PROGRESS",
    reason: "Interrupted",
    message: `KUDO left ${plan} ${status}${said}`,
    hint: "`kplan plan resume` goes on with it",
  };
}

/** As KUDO stored it, in the order and with the names of the package. */
function planOf(
  plan: OperatorPackage["operator"]["plans"][number],
  stored: readonly PlanStatus[],
): PlanStatus {
  const before = stored.find(({ name }) => name === plan.name);
  return before === undefined ? neverRun(plan) : before;
}

function isDeploy({ name }: PlanStatus): boolean {
  return name === "deploy";
}

/** KUDO says it of steps, in rare cases of phases and plans (compat section 7.3). */
function messageOf(plan: PlanStatus): string | undefined {
  const parts = [plan, ...plan.phases, ...plan.phases.flatMap(({ steps }) => steps)];
  return parts.find(({ message }) => message)?.message;
}

function timeOf({ lastUpdatedTimestamp }: PlanStatus): number {
  return Date.parse(lastUpdatedTimestamp ?? "") || 0;
}
