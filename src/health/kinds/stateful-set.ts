import type { Failed, Health, HealthContext } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { countAt, numberAt, textAt } from "../fields.ts";
import { notYetObserved } from "../observed.ts";
import { isPodReady, isTerminating } from "../pod-serves.ts";
import { podSigns, podStage } from "../pod-stage.ts";
import { podTrouble } from "../pod-trouble.ts";
import { eventsOf, podsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";
import { creationFailure, finalFailure, ownedBy, podsProgress } from "../workload-pods.ts";

/**
 * Ready when every pod that should be there is ready and of the revision it should have, and no surplus pod is left.
 * The pods themselves are looked at: the status counters lag, and leave out what still terminates.
 */
export const statefulSet: HealthRule = {
  judge: judgeStatefulSet,
  relatives: (object) => [...podsOf(object), ...eventsOf(object)],
};

/** A StatefulSet with its pods, sorted out. */
interface View {
  readonly object: KubeObject;
  readonly wanted: number;
  /** Pods that should be there, by ordinal. */
  readonly members: readonly KubeObject[];
  /** Pods beyond the wanted number, the one that goes first in front. */
  readonly surplus: readonly KubeObject[];
  /** Members that should be of the update revision and are not. */
  readonly outdated: readonly KubeObject[];
  readonly onDelete: boolean;
}

function judgeStatefulSet(object: KubeObject, context: HealthContext): Health {
  const view = viewOf(object, context);
  const { wanted, members, surplus, outdated, onDelete } = view;
  // While pods are refused the controller does not get as far as writing that it has seen the spec.
  const refused = members.length < wanted ? creationFailure(object, context) : undefined;
  if (refused !== undefined) return refused;
  const unseen = notYetObserved(object, context);
  if (unseen !== undefined) return unseen;

  const stuck = stuckRollout(view, context);
  if (stuck !== undefined) return stuck;
  const current = onDelete ? members : members.filter((pod) => !outdated.includes(pod));
  const failure = finalFailure(current, context);
  if (failure !== undefined) return failure;

  if (surplus.length > 0) return scalingDown(view, context);
  if (members.filter(isPodReady).length < wanted) {
    const blocker = outdated.find((pod) => !isPodReady(pod) && !isTerminating(pod));
    return podsProgress(
      wanted,
      members,
      context,
      blocker && `${podStage(blocker, context)} (it is of an earlier revision)`,
    );
  }
  if (outdated.length > 0 && !onDelete)
    return progressing(
      `${wanted - outdated.length} of ${wanted} pods updated; next: ${outdated.at(-1)?.metadata.name}`,
      members.map(podSigns),
    );
  const available = numberAt(object, "status", "availableReplicas");
  if (
    countAt(object, "spec", "minReadySeconds") > 0 &&
    available !== undefined &&
    available < wanted
  )
    return progressing(`${available} of ${wanted} pods ready for long enough`, available);
  if (countAt(object, "status", "replicas") > wanted)
    return progressing("waiting for its controller to count the pods", wanted);
  return ready(readyMessage(view));
}

function viewOf(object: KubeObject, context: HealthContext): View {
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const start = countAt(object, "spec", "ordinals", "start");
  const pods = ownedBy(object, "Pod", context);
  const isMember = (pod: KubeObject): boolean => {
    const ordinal = ordinalOf(pod);
    return ordinal >= start && ordinal < start + wanted;
  };
  const members = pods.filter(isMember);
  const partition = countAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  const revision = textAt(object, "status", "updateRevision");
  return {
    object,
    wanted,
    members,
    surplus: pods.filter((pod) => !isMember(pod)).reverse(),
    outdated: members.filter((pod) => ordinalOf(pod) >= partition && revisionOf(pod) !== revision),
    onDelete: textAt(object, "spec", "updateStrategy", "type") === "OnDelete",
  };
}

function ordinalOf(pod: KubeObject): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? Number.NaN);
}

function revisionOf(pod: KubeObject): string {
  return pod.metadata.labels?.["controller-revision-hash"] ?? "";
}

/**
 * A known trap (kubernetes issue 67250): in an ordered rollout the controller waits for a broken pod of an earlier revision to become
 * ready before it replaces it, which it never will, although the newer template would mend it.
 */
function stuckRollout(view: View, context: HealthContext): Failed | undefined {
  const { object, outdated, onDelete } = view;
  if (onDelete || textAt(object, "spec", "podManagementPolicy") === "Parallel") return undefined;
  const proven = textAt(object, "status", "currentRevision");
  for (const pod of outdated) {
    if (isPodReady(pod) || isTerminating(pod)) continue;
    const trouble = podTrouble(pod, context);
    // A revision that once ran everywhere may recover; one that never did is given up at once.
    if (trouble === undefined || !(trouble.final || revisionOf(pod) !== proven)) continue;
    const { name, namespace } = pod.metadata;
    return failed(
      "StuckRollout",
      `the rollout waits for pod ${name} of an earlier revision, which cannot become ready: ${trouble.failure.message}`,
      {
        hint: `kubectl -n ${namespace ?? "default"} delete pod ${name}`,
        culprit: trouble.failure.culprit,
      },
    );
  }
  return undefined;
}

function scalingDown({ surplus, members, wanted }: View, context: HealthContext): Health {
  const ending = surplus.find(isTerminating);
  const names = surplus.map((pod) => pod.metadata.name).join(", ");
  const what = surplus.length === 1 ? "1 surplus pod" : `${surplus.length} surplus pods`;
  return progressing(
    `scaling down to ${wanted}: ${what} to go (${names})${ending === undefined ? "" : `; ${podStage(ending, context)}`}`,
    [...members, ...surplus].map(podSigns),
  );
}

function readyMessage({ object, wanted, outdated, onDelete }: View): string {
  const said = wanted === 0 ? "scaled to 0" : `${wanted} of ${wanted} pods ready`;
  const partition = countAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (onDelete && outdated.length > 0) {
    const names = outdated.map((pod) => pod.metadata.name).join(", ");
    return `${said}; updateStrategy is OnDelete: ${names} will have the new template when deleted`;
  }
  return partition > 0 && partition < wanted && !onDelete
    ? `${said}; updated from ordinal ${partition} up, as the partition says`
    : said;
}
