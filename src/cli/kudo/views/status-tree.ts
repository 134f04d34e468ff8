import { currentPlan } from "../../../actions/instance/plan-status.ts";
import type { KubeObject } from "../../../model/kube-object.ts";
import type { PlanStatus } from "../../../model/status.ts";
import { storedPlanStatus } from "../../../store/instance-status.ts";
import { drawTree, type PlanTreeEntry, planTree } from "../../output/plan-tree.ts";

/** KUDO's `plan status` (compat section 9.1) of an Instance and its OperatorVersion, as these objects have it: a strategy that is not there is an empty word. */
export function statusTree(instance: KubeObject, version: KubeObject): string {
  const { name, namespace = "" } = instance.metadata;
  const stored = storedPlanStatus(instance);
  const current = currentPlan(stored);
  const { plans } = (version.spec ?? {}) as VersionSpec;
  return planTree({
    instance: { name, namespace },
    operatorVersion: version.metadata.name,
    ...(current !== undefined && { current }),
    plans: Object.entries(plans ?? {}).map(([plan, spec]) =>
      entryOf(
        plan,
        spec ?? {},
        stored.find((status) => status.name === plan),
      ),
    ),
  });
}

/** What we read of an OperatorVersion, whoever made it. */
interface VersionSpec {
  readonly plans?: Readonly<Record<string, VersionPlan | null>> | null;
}
interface VersionPlan {
  readonly strategy?: string;
  readonly phases?:
    | readonly {
        readonly name: string;
        readonly strategy?: string;
        readonly steps?: readonly { readonly name: string }[] | null;
      }[]
    | null;
}

function entryOf(name: string, spec: VersionPlan, stored: PlanStatus | undefined): PlanTreeEntry {
  const phases = spec.phases ?? [];
  const never: PlanStatus = {
    name,
    status: "NEVER_RUN",
    phases: phases.map((phase) => ({
      name: phase.name,
      status: "NEVER_RUN",
      steps: (phase.steps ?? []).map((step) => ({ name: step.name, status: "NEVER_RUN" })),
    })),
  };
  return {
    ...(stored ?? never),
    strategy: spec.strategy ?? "",
    phaseStrategies: Object.fromEntries(phases.map((phase) => [phase.name, phase.strategy ?? ""])),
  };
}

/** KUDO's `plan history` (compat section 9.2): a branch for each plan that the Instance has a status of. */
export function historyTree(instance: KubeObject): string {
  const plans = storedPlanStatus(instance).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const nodes = plans.map((plan) => ({ text: `${plan.name} (${lastOf(plan)})`, children: [] }));
  return `.\n${drawTree(nodes)}\n`;
}

function lastOf({ status, lastUpdatedTimestamp }: PlanStatus): string {
  if (lastUpdatedTimestamp)
    return `last finished run at ${lastUpdatedTimestamp.slice(0, 19)} (${status})`;
  if (status === "IN_PROGRESS" || status === "PENDING" || status === "ERROR") return "is running";
  return status || "never run";
}
