import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { writeDeploymentStatus } from "./deployment-status.ts";
import { claimed, controllerRef } from "./owner.ts";
import { isOver } from "./pod-state.ts";
import type { Controller, Visit } from "./reconciler.ts";
import { newSize, oldSizes } from "./rolling-sizes.ts";
import { specOf, statusOf, type WorkloadSpec } from "./shapes.ts";
import { templateHash } from "./template-hash.ts";
import { owners } from "./wakes.ts";

/** Spec of a Deployment. */
export interface DeploymentSpec extends WorkloadSpec {
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly strategy: {
    readonly type: "RollingUpdate" | "Recreate";
    readonly rollingUpdate?: {
      readonly maxSurge: number | string;
      readonly maxUnavailable: number | string;
    };
  };
}

/** Where a Deployment and its ReplicaSets keep their revision number. */
export const REVISION = "deployment.kubernetes.io/revision";

/** Rolls the ReplicaSets of a Deployment over to its newest template. */
export function deploymentController(api: ControllerApi): Controller {
  return {
    kind: "Deployment",
    reconcile: (deployment, visit) => reconcile(api, deployment, visit),
    wakes: {
      ReplicaSet: owners(api, "Deployment"),
      Pod: ({ object }) => {
        // Recreate waits for the very end of old pods, which no ReplicaSet counts.
        const set = object.metadata.ownerReferences?.find(({ kind }) => kind === "ReplicaSet");
        const { namespace } = object.metadata;
        const owner = set && api.get("ReplicaSet", set.name, namespace ?? "");
        const deployment = owner?.metadata.ownerReferences?.find(
          ({ kind }) => kind === "Deployment",
        );
        return deployment === undefined ? [] : [{ namespace, name: deployment.name }];
      },
    },
  };
}

function reconcile(api: ControllerApi, given: KubeObject, visit: Visit): void {
  const spec = specOf<DeploymentSpec>(given);
  const sets = claimed(api, given, "ReplicaSet", spec.selector);
  if (given.metadata.deletionTimestamp !== undefined) {
    writeDeploymentStatus(api, given, sets, undefined, visit);
    return;
  }
  const hash = templateHash(spec.template);
  const known = sets.find(({ metadata }) => metadata.labels?.["pod-template-hash"] === hash);
  const others = sets.filter((set) => set !== known);
  if (spec.paused === true) {
    const biggest = known ?? [...sets].sort((a, b) => sizeOf(b) - sizeOf(a))[0];
    const rest = sets.filter((set) => set !== biggest).reduce((sum, set) => sum + sizeOf(set), 0);
    if (biggest) resize(api, given, biggest, Math.max(0, (spec.replicas ?? 1) - rest));
    writeDeploymentStatus(api, given, fresh(api, sets), known, visit);
    return;
  }
  const newest = known ? renumbered(api, known, others) : undefined;
  const deployment = numbered(api, given, newest ?? undefined, others);
  const set = newest ?? create(api, deployment, hash, others);
  if (spec.strategy.type === "Recreate") recreate(api, deployment, set, others);
  else roll(api, deployment, set, others);
  const now = fresh(api, [set, ...others]);
  writeDeploymentStatus(api, deployment, now, now[0], visit);
  forget(api, deployment, now.slice(1));
}

function fresh(api: ControllerApi, sets: readonly KubeObject[]): KubeObject[] {
  return sets.map(
    (set) => api.get("ReplicaSet", set.metadata.name, set.metadata.namespace ?? "") ?? set,
  );
}

/** The wanted number of pods of a ReplicaSet. */
export function sizeOf(set: KubeObject): number {
  return specOf(set).replicas ?? 1;
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

function latest(sets: readonly KubeObject[]): number {
  return Math.max(0, ...sets.map(revisionOf));
}

/** A template that is taken up again becomes the newest revision. */
function renumbered(
  api: ControllerApi,
  set: KubeObject,
  others: readonly KubeObject[],
): KubeObject {
  if (revisionOf(set) > latest(others)) return set;
  return annotate(api, set, String(latest(others) + 1));
}

function numbered(
  api: ControllerApi,
  deployment: KubeObject,
  newest: KubeObject | undefined,
  others: readonly KubeObject[],
): KubeObject {
  const revision = String(newest ? revisionOf(newest) : latest(others) + 1);
  return deployment.metadata.annotations?.[REVISION] === revision
    ? deployment
    : annotate(api, deployment, revision);
}

function annotate(api: ControllerApi, object: KubeObject, revision: string): KubeObject {
  const annotations = { ...object.metadata.annotations, [REVISION]: revision };
  return api.update({ ...object, metadata: { ...object.metadata, annotations } });
}

function create(
  api: ControllerApi,
  deployment: KubeObject,
  hash: string,
  others: readonly KubeObject[],
): KubeObject {
  const { name, namespace = "" } = deployment.metadata;
  const { selector, template, minReadySeconds } = specOf<DeploymentSpec>(deployment);
  const mark = { "pod-template-hash": hash };
  const labels = { ...template.metadata?.labels, ...mark };
  return api.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { [REVISION]: String(latest(others) + 1) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, ...mark } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

function recreate(
  api: ControllerApi,
  deployment: KubeObject,
  newest: KubeObject,
  others: readonly KubeObject[],
): void {
  for (const set of others) resize(api, deployment, set, 0);
  const { namespace = "" } = deployment.metadata;
  const left = others.some(({ metadata }) =>
    api.list("Pod", { namespace, controlledBy: metadata.uid ?? "" }).some((pod) => !isOver(pod)),
  );
  if (!left) resize(api, deployment, newest, specOf(deployment).replicas ?? 1);
}

function roll(
  api: ControllerApi,
  deployment: KubeObject,
  newest: KubeObject,
  others: readonly KubeObject[],
): void {
  const { replicas = 1, strategy } = specOf<DeploymentSpec>(deployment);
  const facts = (set: KubeObject): { size: number; available: number } => ({
    size: sizeOf(set),
    available: statusOf<{ availableReplicas?: number }>(set).availableReplicas ?? 0,
  });
  const old = [...others].sort((a, b) => revisionOf(a) - revisionOf(b));
  const limits = strategy.rollingUpdate ?? { maxSurge: "25%", maxUnavailable: "25%" };
  const size = newSize(replicas, limits, facts(newest), old.map(facts));
  resize(api, deployment, newest, size);
  const sizes = oldSizes(replicas, limits, { ...facts(newest), size }, old.map(facts));
  for (const [index, set] of old.entries()) resize(api, deployment, set, sizes[index] ?? 0);
}

function resize(
  api: ControllerApi,
  deployment: KubeObject,
  set: KubeObject,
  replicas: number,
): void {
  const before = sizeOf(set);
  if (before === replicas) return;
  api.update({ ...set, spec: { ...specOf(set), replicas } });
  api.event(deployment, {
    type: "Normal",
    reason: "ScalingReplicaSet",
    message: `Scaled ${replicas > before ? "up" : "down"} replica set ${set.metadata.name} to ${replicas}`,
    component: "deployment-controller",
  });
}

/** Drops the oldest ReplicaSets beyond the history limit. */
function forget(api: ControllerApi, deployment: KubeObject, others: readonly KubeObject[]): void {
  const limit = specOf(deployment).revisionHistoryLimit ?? 10;
  const idle = others
    .filter(
      (set) => sizeOf(set) === 0 && (statusOf<{ replicas?: number }>(set).replicas ?? 0) === 0,
    )
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const { metadata } of idle.slice(0, Math.max(0, idle.length - limit)))
    api.delete("ReplicaSet", metadata.name, { namespace: metadata.namespace ?? "" });
}
