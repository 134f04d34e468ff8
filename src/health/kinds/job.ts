import type { Failed, Health, HealthContext } from "../../model/health.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { type Condition, conditionOf, isTrue } from "../conditions.ts";
import { at, countAt, numberAt } from "../fields.ts";
import { containersOf } from "../pod-containers.ts";
import { podSigns, podStage } from "../pod-stage.ts";
import { exitText, podTrouble } from "../pod-trouble.ts";
import { eventsOf, podsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";
import { creationFailure, ownedBy } from "../workload-pods.ts";

/** Ready when the Job says Complete: all its completions, however many. Crashes are the Job's own to count (backoffLimit). */
export const job: HealthRule = {
  judge: judgeJob,
  relatives: (object) => [...podsOf(object), ...eventsOf(object)],
};

function judgeJob(object: KubeObject, context: HealthContext): Health {
  const succeeded = countAt(object, "status", "succeeded");
  const completions = numberAt(object, "spec", "completions");
  const tally =
    completions === undefined ? `${succeeded} done` : `${succeeded} of ${completions} done`;
  if (isTrue(object, "Complete")) return ready(tally);

  const pods = ownedBy(object, "Pod", context);
  const failure = conditionOf(object, "Failed");
  if (failure?.status === "True") return jobFailed(object, failure, pods);
  const hopeless = podFailure(pods, context) ?? creationFailure(object, context);
  if (hopeless !== undefined) return hopeless;
  if (at(object, "spec", "suspend") === true)
    return progressing("suspended: spec.suspend is true", succeeded);

  const failures = countAt(object, "status", "failed");
  const busy = pods.find(({ status }) => {
    const phase = at(status, "phase");
    return phase !== "Succeeded" && phase !== "Failed";
  });
  const stage = busy === undefined ? "" : `; ${podStage(busy, context)}`;
  const failedSoFar =
    failures === 0
      ? ""
      : `, ${failures} failed (${countAt(object, "spec", "backoffLimit")} retries)`;
  const message = `${tally}${failedSoFar}${stage}`;
  return progressing(message, message, pods.map(podSigns));
}

/** What no retry of the Job can mend: its pods cannot even start. */
function podFailure(pods: readonly KubeObject[], context: HealthContext): Failed | undefined {
  for (const pod of pods) {
    const trouble = podTrouble(pod, context);
    if (trouble?.final && trouble.failure.culprit === undefined) return trouble.failure;
  }
  return undefined;
}

function jobFailed(
  object: KubeObject,
  { reason, message }: Condition,
  pods: readonly KubeObject[],
): Failed {
  const { name, namespace } = object.metadata;
  const last = lastCrash(pods);
  const how =
    last === undefined
      ? ""
      : `; pod ${last.pod.metadata.name}, container ${last.container.name} ended with ${exitText(last.ended)}`;
  return failed(reason || "JobFailed", `Job ${name} failed: ${message || reason}${how}`, {
    hint: `kubectl -n ${namespace ?? "default"} logs job/${name} --all-containers`,
    culprit: last && { pod: refOf(last.pod), container: last.container.name },
  });
}

/** The container that ended badly last. */
function lastCrash(pods: readonly KubeObject[]):
  | {
      pod: KubeObject;
      container: ReturnType<typeof containersOf>[number];
      ended: NonNullable<ReturnType<typeof containersOf>[number]["ended"]>;
    }
  | undefined {
  return pods
    .flatMap((pod) => containersOf(pod).map((container) => ({ pod, container })))
    .flatMap(({ pod, container }) =>
      container.ended === undefined || container.ended.exitCode === 0
        ? []
        : [{ pod, container, ended: container.ended }],
    )
    .sort((a, b) => (b.ended.finishedAt ?? 0) - (a.ended.finishedAt ?? 0))[0];
}
