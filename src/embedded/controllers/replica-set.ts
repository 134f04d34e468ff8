import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { ApiError } from "../http/api-error.ts";
import { withCondition } from "./conditions.ts";
import { claimed } from "./owner.ts";
import { podFromTemplate } from "./pod-from-template.ts";
import { availableIn, isActive, isReady } from "./pod-state.ts";
import type { Controller, Visit } from "./reconciler.ts";
import { type Condition, podSpecOf, specOf, statusOf } from "./shapes.ts";
import { timestamp } from "./timestamp.ts";
import { owners } from "./wakes.ts";

/** Keeps as many pods as a ReplicaSet asks for. */
export function replicaSetController(api: ControllerApi): Controller {
  return {
    kind: "ReplicaSet",
    reconcile: (set, visit) => reconcile(api, set, visit),
    wakes: { Pod: owners(api, "ReplicaSet") },
  };
}

function reconcile(api: ControllerApi, set: KubeObject, visit: Visit): void {
  const spec = specOf(set);
  const wanted = spec.replicas ?? 1;
  const active = claimed(api, set, "Pod", spec.selector).filter(isActive);
  let refusal: string | undefined;
  if (set.metadata.deletionTimestamp === undefined) {
    if (active.length < wanted) refusal = grow(api, set, wanted - active.length);
    for (const pod of surplus(active, active.length - wanted)) end(api, set, pod);
  }
  const pods = claimed(api, set, "Pod", spec.selector).filter(isActive);
  writeStatus(api, set, pods, refusal, visit);
}

/** Makes pods; answers why it could not, if so. */
function grow(api: ControllerApi, set: KubeObject, count: number): string | undefined {
  for (let n = 0; n < count; n++) {
    try {
      const pod = api.create(podFromTemplate(set, specOf(set).template, `${set.metadata.name}-`));
      event(api, set, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      event(api, set, "Warning", "FailedCreate", `Error creating: ${error.message}`);
      return error.message;
    }
  }
  return undefined;
}

/** The pods that are missed least go first: without node, then not ready, then the youngest. */
function surplus(pods: readonly KubeObject[], count: number): readonly KubeObject[] {
  if (count <= 0) return [];
  const rank = (pod: KubeObject): number =>
    (podSpecOf(pod).nodeName === undefined ? 0 : 2) + (isReady(pod) ? 1 : 0);
  const age = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? "";
  return [...pods]
    .sort((a, b) => rank(a) - rank(b) || age(b).localeCompare(age(a)))
    .slice(0, count);
}

function end(api: ControllerApi, set: KubeObject, { metadata }: KubeObject): void {
  const { name, namespace = "" } = metadata;
  if (api.delete("Pod", name, { namespace }))
    event(api, set, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
}

function writeStatus(
  api: ControllerApi,
  set: KubeObject,
  pods: readonly KubeObject[],
  refusal: string | undefined,
  visit: Visit,
): void {
  const { minReadySeconds = 0, template } = specOf(set);
  const now = api.clock.now().getTime();
  const waits = pods.flatMap((pod) => availableIn(pod, minReadySeconds, now) ?? []);
  const soon = waits.filter((ms) => ms > 0);
  if (soon.length > 0) visit.again(Math.min(...soon));

  const labels = Object.entries(template.metadata?.labels ?? {});
  const labelled = pods.filter(({ metadata }) =>
    labels.every(([key, value]) => metadata.labels?.[key] === value),
  );
  const { conditions: old } = statusOf<{ conditions?: readonly Condition[] }>(set);
  const rest = old?.filter(({ type }) => type !== "ReplicaFailure") ?? [];
  // As in life: the first refusal stands while there are any, so that each try does not change the status and wake us again.
  const stands = old?.some(({ type, status }) => type === "ReplicaFailure" && status === "True");
  const failure = {
    type: "ReplicaFailure",
    status: "True",
    reason: "FailedCreate",
    message: refusal ?? "",
  } as const;
  const refused = stands === true ? old : withCondition(old, failure, timestamp(api));
  const conditions = (refusal === undefined ? rest : refused) ?? [];
  api.updateStatus({
    ...set,
    status: {
      replicas: pods.length,
      ...counted({
        fullyLabeledReplicas: labelled.length,
        readyReplicas: waits.length,
        availableReplicas: waits.length - soon.length,
      }),
      observedGeneration: set.metadata.generation,
      ...(conditions.length > 0 && { conditions }),
    },
  });
  if (refusal !== undefined) visit.again(REFUSED);
}

/** Counters that are zero are left out, as the Go types do. */
export function counted(counters: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0));
}

/** Milliseconds between two attempts to make what was refused. */
const REFUSED = 5_000;

function event(
  api: ControllerApi,
  set: KubeObject,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
): void {
  api.event(set, { type, reason, message, component: "replicaset-controller" });
}
