import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { nodeMismatch } from "./node-fit.ts";
import { claimed } from "./owner.ts";
import { podFromTemplate } from "./pod-from-template.ts";
import { availableIn, isActive, isReady, isTerminating } from "./pod-state.ts";
import type { Controller, Visit } from "./reconciler.ts";
import { counted } from "./replica-set.ts";
import { forgetRevisions, REVISION_LABEL, type Revision, revisionsOf } from "./revisions.ts";
import { portion } from "./rolling-sizes.ts";
import { type PodTemplate, podSpecOf, specOf, type WorkloadSpec } from "./shapes.ts";
import { neighbours, owners } from "./wakes.ts";

/** Spec of a DaemonSet. */
interface DaemonSetSpec extends WorkloadSpec {
  readonly updateStrategy: {
    readonly type: "RollingUpdate" | "OnDelete";
    readonly rollingUpdate?: { readonly maxUnavailable?: number | string };
  };
}

/** Keeps a pod of each DaemonSet on each node that it fits. */
export function daemonSetController(api: ControllerApi): Controller {
  return {
    kind: "DaemonSet",
    reconcile: (set, visit) => reconcile(api, set, visit),
    wakes: { Pod: owners(api, "DaemonSet"), Node: neighbours(api, "DaemonSet") },
  };
}

function reconcile(api: ControllerApi, set: KubeObject, visit: Visit): void {
  if (set.metadata.deletionTimestamp !== undefined) return;
  const spec = specOf<DaemonSetSpec>(set);
  const revisions = revisionsOf(api, set);
  const update = revisions.at(-1);
  if (update === undefined) return;
  const nodes = api
    .list("Node")
    .filter((node) => nodeMismatch(spec.template.spec, node) === undefined);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const read = (): KubeObject[] => claimed(api, set, "Pod", spec.selector);

  for (const pod of read()) if (!names.has(nodeOf(pod)) || podStatusFailed(pod)) end(api, set, pod);
  for (const name of names)
    if (!read().some((pod) => nodeOf(pod) === name)) make(api, set, update, name);
  updatePods(api, set, update, nodes.length);
  writeStatus(api, set, update, names, visit);
  const live = read().map(({ metadata }) => metadata.labels?.[REVISION_LABEL] ?? "");
  forgetRevisions(api, set, revisions, new Set([...live, update.hash]));
}

function podStatusFailed(pod: KubeObject): boolean {
  return !isActive(pod) && !isTerminating(pod);
}

/** The node that a pod is on, or is made for. */
function nodeOf(pod: KubeObject): string {
  const { nodeName, affinity } = podSpecOf(pod);
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0] ?? "";
}

/** A daemon's pod is bound to its node by a node affinity, which the scheduler follows. */
function make(api: ControllerApi, set: KubeObject, revision: Revision, node: string): void {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
  const { template } = specOf(set);
  const bound: PodTemplate = {
    ...template,
    spec: {
      ...template.spec,
      affinity: {
        ...template.spec.affinity,
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
        },
      },
    },
  };
  const labels = {
    [REVISION_LABEL]: revision.hash,
    "pod-template-generation": String(revision.number),
  };
  const pod = api.create(podFromTemplate(set, bound, `${set.metadata.name}-`, labels));
  say(api, set, "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
}

function end(api: ControllerApi, set: KubeObject, pod: KubeObject): void {
  const { name, namespace = "" } = pod.metadata;
  if (!isTerminating(pod) && api.delete("Pod", name, { namespace }))
    say(api, set, "SuccessfulDelete", `Deleted pod: ${name}`);
}

/** Ends pods of older templates, as many at a time as may be unavailable. */
function updatePods(api: ControllerApi, set: KubeObject, update: Revision, wanted: number): void {
  const { selector, updateStrategy } = specOf<DaemonSetSpec>(set);
  if (updateStrategy.type === "OnDelete") return;
  const pods = claimed(api, set, "Pod", selector);
  const limit = updateStrategy.rollingUpdate?.maxUnavailable ?? 1;
  const missing = wanted - pods.filter((pod) => isActive(pod) && isReady(pod)).length;
  let room = Math.max(1, portion(limit, wanted, Math.ceil)) - missing;
  const old = pods.filter(
    (pod) => isActive(pod) && pod.metadata.labels?.[REVISION_LABEL] !== update.hash,
  );
  for (const pod of old) {
    // One that does not serve anyway costs nothing.
    if (isReady(pod) && room-- <= 0) continue;
    end(api, set, pod);
  }
}

function writeStatus(
  api: ControllerApi,
  set: KubeObject,
  update: Revision,
  nodes: ReadonlySet<string>,
  visit: Visit,
): void {
  const { selector, minReadySeconds = 0 } = specOf(set);
  const pods = claimed(api, set, "Pod", selector).filter(isActive);
  const placed = pods.filter((pod) => nodes.has(nodeOf(pod)));
  const waits = placed.flatMap(
    (pod) => availableIn(pod, minReadySeconds, api.clock.now().getTime()) ?? [],
  );
  const soon = waits.filter((ms) => ms > 0);
  if (soon.length > 0) visit.again(Math.min(...soon));
  const available = waits.length - soon.length;
  const updated = placed.filter(
    ({ metadata }) => metadata.labels?.[REVISION_LABEL] === update.hash,
  );
  api.updateStatus({
    ...set,
    status: {
      currentNumberScheduled: placed.length,
      desiredNumberScheduled: nodes.size,
      numberMisscheduled: pods.length - placed.length,
      numberReady: waits.length,
      observedGeneration: set.metadata.generation,
      ...counted({
        updatedNumberScheduled: updated.length,
        numberAvailable: available,
        numberUnavailable: nodes.size - available,
      }),
    },
  });
}

function say(api: ControllerApi, set: KubeObject, reason: string, message: string): void {
  api.event(set, { type: "Normal", reason, message, component: "daemonset-controller" });
}
