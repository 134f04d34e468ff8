import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { ApiError } from "../http/api-error.ts";
import { claimed } from "./owner.ts";
import { availableIn, isReady, isTerminating } from "./pod-state.ts";
import type { Controller, Visit } from "./reconciler.ts";
import { counted } from "./replica-set.ts";
import { forgetRevisions, REVISION_LABEL, type Revision, revisionsOf } from "./revisions.ts";
import { podStatusOf, specOf, statusOf, type WorkloadSpec } from "./shapes.ts";
import { ordinalOf, statefulClaims, statefulPod } from "./stateful-pod.ts";
import { nextAct, type SetView } from "./stateful-step.ts";
import { owners } from "./wakes.ts";

/** Spec of a StatefulSet. */
export interface StatefulSetSpec extends WorkloadSpec {
  readonly serviceName?: string;
  readonly podManagementPolicy: "OrderedReady" | "Parallel";
  readonly updateStrategy: {
    readonly type: "RollingUpdate" | "OnDelete";
    readonly rollingUpdate?: { readonly partition?: number };
  };
  readonly volumeClaimTemplates?: readonly {
    readonly metadata: KubeObject["metadata"];
    readonly spec: unknown;
  }[];
  readonly ordinals?: { readonly start?: number };
}

/** Status of a StatefulSet, as far as it is read again. */
interface StatefulSetStatus {
  readonly currentRevision?: string;
}

/** Keeps the pods of StatefulSets: in order, each with its claims, updated from the top. */
export function statefulSetController(api: ControllerApi): Controller {
  return {
    kind: "StatefulSet",
    reconcile: (set, visit) => reconcile(api, set, visit),
    wakes: { Pod: owners(api, "StatefulSet") },
  };
}

function reconcile(api: ControllerApi, set: KubeObject, visit: Visit): void {
  const revisions = set.metadata.deletionTimestamp === undefined ? revisionsOf(api, set) : [];
  const update = revisions.at(-1);
  if (update === undefined) return;
  const { currentRevision } = statusOf<StatefulSetStatus>(set);
  const current = revisions.find(({ name }) => name === currentRevision) ?? update;
  try {
    // Each act is decided on what is stored, so that a crash between two of them leaves nothing half done.
    for (const done = new Set<string>(); ; ) {
      const act = nextAct(viewOf(api, set, current, update), done);
      if (act.kind === "wait") {
        if (act.ms !== undefined) visit.again(act.ms);
        break;
      }
      done.add(`${act.kind} ${act.kind === "delete" ? act.pod.metadata.name : act.ordinal}`);
      if (act.kind === "delete") end(api, set, act.pod);
      else make(api, set, act.revision, act.ordinal);
    }
  } catch (error) {
    // As in life: while a pod is refused, the status is not written either.
    if (!(error instanceof ApiError)) throw error;
    visit.again(REFUSED);
    return;
  }
  const view = viewOf(api, set, current, update);
  writeStatus(api, view);
  const live = view.pods.map(({ metadata }) => metadata.labels?.[REVISION_LABEL] ?? "");
  forgetRevisions(api, set, revisions, new Set([...live, current.name, update.name]));
}

/** Milliseconds between two attempts to make what was refused. */
const REFUSED = 5_000;

function viewOf(api: ControllerApi, set: KubeObject, current: Revision, update: Revision): SetView {
  const spec = specOf<StatefulSetSpec>(set);
  const now = api.clock.now().getTime();
  const { minReadySeconds = 0 } = spec;
  const pods = claimed(api, set, "Pod", spec.selector)
    .filter((pod) => !Number.isNaN(ordinalOf(set, pod)))
    .sort((a, b) => ordinalOf(set, a) - ordinalOf(set, b));
  return {
    set,
    spec,
    pods,
    current,
    update,
    availableIn: (pod) => availableIn(pod, minReadySeconds, now),
  };
}

function make(api: ControllerApi, set: KubeObject, revision: Revision, ordinal: number): void {
  const pod = statefulPod(set, revision, ordinal);
  const { namespace = "" } = set.metadata;
  const where = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    for (const claim of statefulClaims(set, ordinal)) {
      if (api.get("PersistentVolumeClaim", claim.metadata.name, namespace)) continue;
      api.create(claim);
      say(api, set, "SuccessfulCreate", `create Claim ${claim.metadata.name} ${where} success`);
    }
    api.create(pod);
    say(api, set, "SuccessfulCreate", `create ${where} successful`);
  } catch (error) {
    if (error instanceof ApiError)
      api.event(set, {
        type: "Warning",
        reason: "FailedCreate",
        message: `create ${where} failed error: ${error.message}`,
        component: "statefulset-controller",
      });
    throw error;
  }
}

function end(api: ControllerApi, set: KubeObject, { metadata }: KubeObject): void {
  const { name, namespace = "" } = metadata;
  if (api.delete("Pod", name, { namespace }))
    say(
      api,
      set,
      "SuccessfulDelete",
      `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`,
    );
}

function say(api: ControllerApi, set: KubeObject, reason: string, message: string): void {
  api.event(set, { type: "Normal", reason, message, component: "statefulset-controller" });
}

/** Counts as the real controller does: pods that are to end count among the replicas, but for no revision. */
function writeStatus(api: ControllerApi, view: SetView): void {
  const { set, spec, pods, current, update } = view;
  const staying = pods.filter((pod) => !isTerminating(pod));
  const of = (revision: Revision): number =>
    staying.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] === revision.name).length;
  const ready = pods.filter((pod) => podStatusOf(pod).phase === "Running" && isReady(pod));
  const replicas = pods.length;
  const updated = of(update);
  const complete =
    spec.updateStrategy.type === "RollingUpdate" &&
    updated === replicas &&
    ready.length === replicas;
  api.updateStatus({
    ...set,
    status: {
      observedGeneration: set.metadata.generation,
      replicas,
      ...counted({
        readyReplicas: ready.length,
        currentReplicas: complete ? updated : of(current),
        updatedReplicas: updated,
      }),
      availableReplicas: ready.filter((pod) => view.availableIn(pod) === 0).length,
      currentRevision: complete ? update.name : current.name,
      updateRevision: update.name,
      collisionCount: 0,
    },
  });
}
