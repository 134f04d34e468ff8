import type { KubeObject } from "../../model/kube-object.ts";
import { isReady, isTerminating } from "./pod-state.ts";
import { REVISION_LABEL, type Revision } from "./revisions.ts";
import { podStatusOf } from "./shapes.ts";
import { ordinalOf } from "./stateful-pod.ts";
import type { StatefulSetSpec } from "./stateful-set.ts";

/** A StatefulSet with its pods, by ordinal. */
export interface SetView {
  readonly set: KubeObject;
  readonly spec: StatefulSetSpec;
  readonly pods: readonly KubeObject[];
  /** The revision that ran everywhere last. */
  readonly current: Revision;
  /** The revision of the present template. */
  readonly update: Revision;
  /** Milliseconds until a pod counts as available; undefined while it is not ready. */
  availableIn(pod: KubeObject): number | undefined;
}

/** What is to be done next; `wait`: nothing until something changes, or `ms` have passed. */
export type SetAct =
  | { readonly kind: "create"; readonly ordinal: number; readonly revision: Revision }
  | { readonly kind: "delete"; readonly pod: KubeObject }
  | { readonly kind: "wait"; readonly ms?: number };

/**
 * The next act for a StatefulSet, the rules of the real controller: first the members, upwards; then the surplus, downwards;
 * then the update, downwards to the partition. OrderedReady does one thing at a time and waits for each pod; Parallel does
 * not, but for updates. `done` are the acts of this visit, so that Parallel does not ask twice for the same.
 */
export function nextAct(view: SetView, done: ReadonlySet<string>): SetAct {
  const { set, spec, pods } = view;
  const start = spec.ordinals?.start ?? 0;
  const end = start + (spec.replicas ?? 1);
  const ordered = spec.podManagementPolicy !== "Parallel";
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
  const marked = (pod: KubeObject): boolean =>
    isTerminating(pod) || done.has(`delete ${pod.metadata.name}`);

  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) {
      if (done.has(`create ${ordinal}`)) return WAIT;
      return { kind: "create", ordinal, revision: revisionFor(view, ordinal) };
    }
    // A pod that failed or, being evicted, ended is made again.
    if (podStatusOf(pod).phase === "Failed" && !marked(pod)) return { kind: "delete", pod };
    if (!ordered) continue;
    if (marked(pod)) return WAIT;
    const available = view.availableIn(pod);
    if (available !== 0) return available === undefined ? WAIT : { kind: "wait", ms: available };
  }

  const surplus = pods.filter((pod) => ordinalOf(set, pod) < start || ordinalOf(set, pod) >= end);
  const sick = [...pods].find((pod) => !isHealthy(pod));
  for (const pod of [...surplus].reverse()) {
    if (marked(pod)) {
      if (ordered) return WAIT;
      continue;
    }
    if (ordered && !isHealthy(pod) && pod !== sick) return WAIT;
    return { kind: "delete", pod };
  }
  return nextUpdate(view, byOrdinal, start, end, marked);
}

const WAIT: SetAct = { kind: "wait" };

function nextUpdate(
  { spec, update, availableIn }: SetView,
  byOrdinal: ReadonlyMap<number, KubeObject>,
  start: number,
  end: number,
  marked: (pod: KubeObject) => boolean,
): SetAct {
  const { type, rollingUpdate } = spec.updateStrategy;
  if (type === "OnDelete") return WAIT;
  const last = Math.max(start, rollingUpdate?.partition ?? 0);
  for (let ordinal = end - 1; ordinal >= last; ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined || marked(pod)) return WAIT;
    if (pod.metadata.labels?.[REVISION_LABEL] !== update.name) return { kind: "delete", pod };
    const available = availableIn(pod);
    if (available !== 0) return available === undefined ? WAIT : { kind: "wait", ms: available };
  }
  return WAIT;
}

/** Below the partition a pod comes back as it was. */
function revisionFor({ spec, current, update }: SetView, ordinal: number): Revision {
  const { type, rollingUpdate } = spec.updateStrategy;
  return type === "RollingUpdate" && ordinal < (rollingUpdate?.partition ?? 0) ? current : update;
}

function isHealthy(pod: KubeObject): boolean {
  return podStatusOf(pod).phase === "Running" && isReady(pod) && !isTerminating(pod);
}
