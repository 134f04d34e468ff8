import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { ApiError } from "../http/api-error.ts";
import { conditionOf, withCondition } from "./conditions.ts";
import { claimed } from "./owner.ts";
import { podFromTemplate } from "./pod-from-template.ts";
import { isActive, isTerminating } from "./pod-state.ts";
import type { Controller, Visit } from "./reconciler.ts";
import { counted } from "./replica-set.ts";
import { type Condition, podStatusOf, specOf, statusOf, type WorkloadSpec } from "./shapes.ts";
import { timestamp } from "./timestamp.ts";
import { owners } from "./wakes.ts";

/** Spec of a Job. */
interface JobSpec extends WorkloadSpec {
  readonly completions?: number;
  readonly parallelism?: number;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly suspend?: boolean;
}

/** Status of a Job, as far as it is read again. */
interface JobStatus {
  readonly startTime?: string;
  readonly conditions?: readonly Condition[];
}

/** Runs Jobs to their completions. */
export function jobController(api: ControllerApi): Controller {
  return {
    kind: "Job",
    reconcile: (job, visit) => reconcile(api, job, visit),
    wakes: { Pod: owners(api, "Job") },
  };
}

function reconcile(api: ControllerApi, job: KubeObject, visit: Visit): void {
  if (job.metadata.deletionTimestamp !== undefined) return;
  const old = statusOf<JobStatus>(job);
  const ended = conditionOf(old.conditions, "Complete") ?? conditionOf(old.conditions, "Failed");
  if (ended?.status === "True") {
    expire(api, job, ended, visit);
    return;
  }
  const spec = specOf<JobSpec>(job);
  const pods = claimed(api, job, "Pod", spec.selector);
  const startTime = spec.suspend === true ? undefined : (old.startTime ?? timestamp(api));
  const verdict = verdictOf(api, spec, pods, startTime, visit);
  const active = pods.filter(isActive);
  if (verdict !== undefined || spec.suspend === true) for (const pod of active) end(api, job, pod);
  else level(api, job, spec, pods);
  writeStatus(api, job, startTime, verdict);
}

/** How the Job ended, if it did. */
function verdictOf(
  api: ControllerApi,
  spec: JobSpec,
  pods: readonly KubeObject[],
  startTime: string | undefined,
  visit: Visit,
): Pick<Condition, "type" | "reason" | "message"> | undefined {
  const failed = count(pods, "Failed");
  const retries = pods.flatMap((pod) => podStatusOf(pod).containerStatuses ?? []);
  const restarts = retries.reduce((sum, { restartCount }) => sum + restartCount, 0);
  if (failed + restarts > (spec.backoffLimit ?? 6))
    return {
      type: "Failed",
      reason: "BackoffLimitExceeded",
      message: "Job has reached the specified backoff limit",
    };
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds !== undefined && startTime !== undefined) {
    const passed = api.clock.now().getTime() - Date.parse(startTime);
    const left = activeDeadlineSeconds * 1000 - passed;
    if (left <= 0)
      return {
        type: "Failed",
        reason: "DeadlineExceeded",
        message: "Job was active longer than specified deadline",
      };
    visit.again(left);
  }
  const succeeded = count(pods, "Succeeded");
  const active = pods.filter(isActive).length;
  const complete =
    spec.completions === undefined ? succeeded > 0 && active === 0 : succeeded >= spec.completions;
  return complete ? { type: "Complete" } : undefined;
}

/** As many pods at work as may be, no more than are still needed. */
function level(
  api: ControllerApi,
  job: KubeObject,
  { completions, parallelism = 1, template }: JobSpec,
  pods: readonly KubeObject[],
): void {
  const active = pods.filter(isActive);
  const succeeded = count(pods, "Succeeded");
  const needed =
    completions === undefined
      ? succeeded > 0
        ? active.length
        : parallelism
      : Math.min(parallelism, completions - succeeded);
  for (let n = active.length; n < needed; n++) {
    const pod = create(api, job, podFromTemplate(job, template, `${job.metadata.name}-`));
    say(api, job, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
  }
  for (const pod of active.slice(needed)) end(api, job, pod);
}

/** Says why a pod is refused. */
function create(api: ControllerApi, job: KubeObject, pod: KubeObject): KubeObject {
  try {
    return api.create(pod);
  } catch (error) {
    if (error instanceof ApiError)
      say(api, job, "Warning", "FailedCreate", `Error creating: ${error.message}`);
    throw error;
  }
}

function end(api: ControllerApi, job: KubeObject, pod: KubeObject): void {
  const { name, namespace = "" } = pod.metadata;
  if (!isTerminating(pod) && api.delete("Pod", name, { namespace }))
    say(api, job, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
}

function writeStatus(
  api: ControllerApi,
  job: KubeObject,
  startTime: string | undefined,
  verdict: Pick<Condition, "type" | "reason" | "message"> | undefined,
): void {
  const now = timestamp(api);
  const pods = claimed(api, job, "Pod", specOf(job).selector);
  const { conditions: old } = statusOf<JobStatus>(job);
  const conditions =
    verdict === undefined
      ? old
      : withCondition(old, { ...verdict, status: "True" }, now).map((one) =>
          one.type === verdict.type ? { ...one, lastProbeTime: now } : one,
        );
  api.updateStatus({
    ...job,
    status: {
      ...counted({
        active: pods.filter(isActive).length,
        succeeded: count(pods, "Succeeded"),
        failed: count(pods, "Failed"),
      }),
      ...(startTime !== undefined && { startTime }),
      ...(verdict?.type === "Complete" && { completionTime: now }),
      ...(conditions && { conditions }),
    },
  });
  if (verdict?.type === "Complete") say(api, job, "Normal", "Completed", "Job completed");
  else if (verdict !== undefined)
    say(api, job, "Warning", verdict.reason ?? "", verdict.message ?? "");
}

/** A Job may ask to be removed some time after its end. */
function expire(api: ControllerApi, job: KubeObject, ended: Condition, visit: Visit): void {
  const { ttlSecondsAfterFinished: ttl } = specOf<JobSpec>(job);
  if (ttl === undefined) return;
  const left = Date.parse(ended.lastTransitionTime ?? "") + ttl * 1000 - api.clock.now().getTime();
  const { name, namespace = "" } = job.metadata;
  if (left <= 0) api.delete("Job", name, { namespace, propagation: "Background" });
  else visit.again(left);
}

function count(pods: readonly KubeObject[], phase: "Succeeded" | "Failed"): number {
  return pods.filter((pod) => podStatusOf(pod).phase === phase).length;
}

function say(
  api: ControllerApi,
  job: KubeObject,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
): void {
  api.event(job, { type, reason, message, component: "job-controller" });
}
