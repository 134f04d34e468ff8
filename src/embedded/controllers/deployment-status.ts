import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { conditionOf, type NewCondition, withCondition } from "./conditions.ts";
import type { DeploymentSpec } from "./deployment.ts";
import type { Visit } from "./reconciler.ts";
import { counted } from "./replica-set.ts";
import { resolve } from "./rolling-sizes.ts";
import { type Condition, specOf, statusOf } from "./shapes.ts";
import { timestamp } from "./timestamp.ts";

/** Counters of a ReplicaSet's or a Deployment's status. */
interface Counters {
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly conditions?: readonly Condition[];
}

/** Writes a Deployment's counters and conditions from its ReplicaSets; `newest` is the one of its template. */
export function writeDeploymentStatus(
  api: ControllerApi,
  deployment: KubeObject,
  sets: readonly KubeObject[],
  newest: KubeObject | undefined,
  visit: Visit,
): void {
  const old = statusOf<Counters>(deployment);
  const status = countersOf(sets, newest);
  const { replicas: wanted = 1, strategy } = specOf<DeploymentSpec>(deployment);
  const limits = strategy.rollingUpdate ?? { maxSurge: 0, maxUnavailable: "100%" };
  const enough = status.availableReplicas >= wanted - resolve(limits, wanted).unavailable;
  const now = timestamp(api);
  let conditions = progressed(api, deployment, old, status, newest, visit);
  conditions = stamped(conditions, old.conditions, enough ? AVAILABLE : UNAVAILABLE, now);
  const refused = sets
    .map((set) => conditionOf(statusOf<Counters>(set).conditions, "ReplicaFailure"))
    .find((one) => one !== undefined);
  conditions = conditions.filter(({ type }) => type !== "ReplicaFailure");
  if (refused !== undefined) conditions = stamped(conditions, old.conditions, textOf(refused), now);
  const total = sets.reduce((sum, set) => sum + (specOf(set).replicas ?? 0), 0);
  api.updateStatus({
    ...deployment,
    status: {
      observedGeneration: deployment.metadata.generation,
      ...counted({ ...status, unavailableReplicas: Math.max(0, total - status.availableReplicas) }),
      ...(conditions.length > 0 && { conditions }),
    },
  });
}

const AVAILABLE: NewCondition = {
  type: "Available",
  status: "True",
  reason: "MinimumReplicasAvailable",
  message: "Deployment has minimum availability.",
};
const UNAVAILABLE: NewCondition = {
  type: "Available",
  status: "False",
  reason: "MinimumReplicasUnavailable",
  message: "Deployment does not have minimum availability.",
};

function countersOf(
  sets: readonly KubeObject[],
  newest: KubeObject | undefined,
): Required<Omit<Counters, "conditions">> {
  const all = sets.map((set) => statusOf<Counters>(set));
  const sum = (field: "replicas" | "readyReplicas" | "availableReplicas"): number =>
    all.reduce((total, each) => total + (each[field] ?? 0), 0);
  return {
    replicas: sum("replicas"),
    updatedReplicas: newest ? (statusOf<Counters>(newest).replicas ?? 0) : 0,
    readyReplicas: sum("readyReplicas"),
    availableReplicas: sum("availableReplicas"),
  };
}

/** The Progressing condition: done, on its way, or without any progress for longer than the deadline. */
function progressed(
  api: ControllerApi,
  deployment: KubeObject,
  old: Counters,
  status: Required<Omit<Counters, "conditions">>,
  newest: KubeObject | undefined,
  visit: Visit,
): readonly Condition[] {
  const conditions = old.conditions ?? [];
  const { replicas: wanted = 1, progressDeadlineSeconds = 600 } =
    specOf<DeploymentSpec>(deployment);
  if (newest === undefined) return conditions;
  const now = timestamp(api);
  const name = `ReplicaSet "${newest.metadata.name}"`;
  const before = conditionOf(conditions, "Progressing");
  const say = (state: "True" | "False", reason: string, message: string): Condition[] =>
    stamped(conditions, conditions, { type: "Progressing", status: state, reason, message }, now);

  const { replicas, updatedReplicas, availableReplicas } = status;
  if (updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted)
    return say("True", "NewReplicaSetAvailable", `${name} has successfully progressed.`);
  const moved =
    before === undefined ||
    updatedReplicas !== (old.updatedReplicas ?? 0) ||
    replicas - updatedReplicas < (old.replicas ?? 0) - (old.updatedReplicas ?? 0) ||
    status.readyReplicas > (old.readyReplicas ?? 0) ||
    availableReplicas > (old.availableReplicas ?? 0);
  if (moved) {
    visit.again(progressDeadlineSeconds * 1000);
    return movedOn(conditions, name, now);
  }
  if (before.reason === "NewReplicaSetAvailable" || before.reason === "ProgressDeadlineExceeded")
    return conditions;
  const since = Date.parse(before.lastUpdateTime ?? before.lastTransitionTime ?? "");
  const left = since + progressDeadlineSeconds * 1000 - api.clock.now().getTime();
  if (left > 0) {
    visit.again(left);
    return conditions;
  }
  return say("False", "ProgressDeadlineExceeded", `${name} has timed out progressing.`);
}

/** The deadline counts anew from now, though the condition says the same as before. */
function movedOn(conditions: readonly Condition[], name: string, now: string): Condition[] {
  const next: NewCondition = {
    type: "Progressing",
    status: "True",
    reason: "ReplicaSetUpdated",
    message: `${name} is progressing.`,
  };
  return withCondition(conditions, next, now).map((one) =>
    one.type === "Progressing" ? { ...one, lastUpdateTime: now } : one,
  );
}

/** Sets a condition and, when it says something new, the time of that. */
function stamped(
  conditions: readonly Condition[],
  before: readonly Condition[] | undefined,
  next: NewCondition,
  now: string,
): Condition[] {
  const old = conditionOf(before, next.type);
  const same = old?.status === next.status && old?.reason === next.reason;
  const lastUpdateTime = same ? (old?.lastUpdateTime ?? now) : now;
  return withCondition(conditions, next, now).map((one) =>
    one.type === next.type ? { ...one, lastUpdateTime } : one,
  );
}

function textOf({ type, status, reason, message }: Condition): NewCondition {
  return {
    type,
    status,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  };
}
