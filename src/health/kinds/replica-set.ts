import type { Health, HealthContext } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf } from "../conditions.ts";
import { countAt, numberAt } from "../fields.ts";
import { notYetObserved } from "../observed.ts";
import { podsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { progressing, ready } from "../verdict.ts";
import { finalFailure, ownedBy, podsProgress, refusedFor } from "../workload-pods.ts";

/** Ready when just the wanted number of pods is there and available. */
export const replicaSet: HealthRule = { judge: judgeReplicaSet, relatives: podsOf };

function judgeReplicaSet(object: KubeObject, context: HealthContext): Health {
  const unseen = notYetObserved(object, context);
  if (unseen !== undefined) return unseen;

  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const total = countAt(object, "status", "replicas");
  const available = countAt(object, "status", "availableReplicas");
  if (total === wanted && available === wanted)
    return ready(wanted === 0 ? "scaled to 0" : `${available} of ${wanted} pods available`);
  if (total > wanted)
    return progressing(`scaling down to ${wanted}: ${total - wanted} to go`, total);

  const pods = ownedBy(object, "Pod", context);
  const failure = finalFailure(pods, context);
  if (failure !== undefined) return failure;
  const refused = conditionOf(object, "ReplicaFailure");
  if (refused?.status === "True" && refused.since !== undefined)
    return refusedFor(object, refused.message, refused.since, context);
  return podsProgress(wanted, pods, context);
}
