import type { Failed, Health, HealthContext, Progressing } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf } from "../conditions.ts";
import { at, countAt, numberAt } from "../fields.ts";
import { notYetObserved } from "../observed.ts";
import { eventsOf, podsOf, replicaSetsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";
import { finalFailure, ownedBy, podsProgress, refusedFor } from "../workload-pods.ts";

/** Ready when every replica is of the newest template and available, and no pod of an older one is left. */
export const deployment: HealthRule = {
  judge: judgeDeployment,
  relatives: (object) => [...replicaSetsOf(object), ...podsOf(object), ...eventsOf(object)],
};

function judgeDeployment(object: KubeObject, context: HealthContext): Health {
  const unseen = notYetObserved(object, context);
  if (unseen !== undefined) return unseen;

  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const total = countAt(object, "status", "replicas");
  const updated = countAt(object, "status", "updatedReplicas");
  const available = countAt(object, "status", "availableReplicas");
  if (updated === wanted && total === wanted && available === wanted)
    return ready(wanted === 0 ? "scaled to 0" : `${available} of ${wanted} pods available`);

  const pods = newPods(object, context);
  const failure = failureOf(object, pods, context);
  if (failure !== undefined) return failure;

  if (at(object, "spec", "paused") === true && updated < wanted)
    return progressing("the rollout is paused: spec.paused is true", [total, updated, available]);
  const old = total - updated;
  if (updated >= wanted && old > 0)
    return progressing(`${old} pod${old === 1 ? "" : "s"} of an older revision still to go`, [
      total,
      updated,
      available,
    ]);
  return podsProgress(wanted, pods, context);
}

/** Pods of the ReplicaSet that carries the Deployment's own revision number; all its pods while that is not known. */
function newPods(object: KubeObject, context: HealthContext): KubeObject[] {
  const sets = ownedBy(object, "ReplicaSet", context);
  const revision = object.metadata.annotations?.[REVISION];
  const newest = sets.filter(
    ({ metadata }) => revision === undefined || metadata.annotations?.[REVISION] === revision,
  );
  return newest.flatMap((set) => ownedBy(set, "Pod", context));
}

const REVISION = "deployment.kubernetes.io/revision";

function failureOf(
  object: KubeObject,
  pods: readonly KubeObject[],
  context: HealthContext,
): Failed | Progressing | undefined {
  const cause = finalFailure(pods, context);
  if (cause !== undefined) return cause;

  const refused = conditionOf(object, "ReplicaFailure");
  if (refused?.status === "True" && refused.since !== undefined)
    return refusedFor(object, refused.message, refused.since, context);

  const progress = conditionOf(object, "Progressing");
  if (progress?.status !== "False" || progress.reason !== "ProgressDeadlineExceeded")
    return undefined;
  // The controller says so once and for all; somebody may have helped since.
  if (
    context.since !== undefined &&
    (progress.since ?? Number.POSITIVE_INFINITY) < context.since.getTime()
  )
    return undefined;
  const { message } = podsProgress(numberAt(object, "spec", "replicas") ?? 1, pods, context);
  return failed(
    "ProgressDeadlineExceeded",
    `Deployment ${object.metadata.name} made no progress for ${numberAt(object, "spec", "progressDeadlineSeconds") ?? 600} s: ${message}`,
    {
      hint: `kubectl -n ${object.metadata.namespace ?? "default"} describe deployment ${object.metadata.name}`,
    },
  );
}
