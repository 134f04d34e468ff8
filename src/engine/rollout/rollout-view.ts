import { isBrokenPod } from "../../health/broken-pod.ts";
import { isPodReady, isTerminating } from "../../health/pod-serves.ts";
import { selectorText } from "../../health/relatives.ts";
import type { HealthContext } from "../../model/health.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";
import type { RolloutPod, RolloutView } from "./rollout-change.ts";

/** What a StatefulSet says about its pods. */
export interface SetShape {
  readonly start: number;
  readonly replicas: number | undefined;
  readonly partition: number;
}

/** Throws `TaskFailure` for a workload whose pods cannot be changed one by one. */
export function refuseToRollOut(template: KubeObject): void {
  const problem = rolloutProblem(template);
  if (problem !== undefined)
    throw new TaskFailure(problem, { result: "failed", ref: refOf(template) });
}

/** Why the pods of a workload cannot be changed one by one; undefined when they can. */
export function rolloutProblem(template: KubeObject): string | undefined {
  const what = refText(refOf(template));
  if (template.kind !== "StatefulSet")
    return `${what} cannot be rolled out: \`rollout\` changes the pods of a StatefulSet`;
  if (strategyOf(template).type === "OnDelete")
    return `${what} cannot be rolled out: its updateStrategy is OnDelete, and \`rollout\` works by the partition of RollingUpdate`;
  return undefined;
}

/** Replicas, partition and first ordinal, as far as the spec says. */
export function shapeOf(object: KubeObject): SetShape {
  const spec = mapAt(object, "spec");
  const rolling = mapAt(strategyOf(object), "rollingUpdate");
  const { replicas } = spec;
  return {
    start: numberIn(mapAt(spec, "ordinals").start),
    replicas: typeof replicas === "number" ? replicas : undefined,
    partition: numberIn(rolling.partition),
  };
}

/** The pods that a StatefulSet owns, read from the server. Throws ClusterError. */
export async function ownPods(live: KubeObject, ctx: TaskContext): Promise<KubeObject[]> {
  return (await podsOf(live, ctx)).filter((pod) => isOwned(pod, live));
}

/** How many replicas adopt all pods that an earlier StatefulSet of this name has left behind; 0 without any. Throws ClusterError. */
export async function orphanReplicas(template: KubeObject, ctx: TaskContext): Promise<number> {
  const { start } = shapeOf(template);
  const orphans = (await podsOf(template, ctx)).filter(
    (pod) =>
      pod.metadata.name.slice(0, pod.metadata.name.lastIndexOf("-")) === template.metadata.name &&
      !(pod.metadata.ownerReferences ?? []).some(({ controller }) => controller === true) &&
      !isTerminating(pod),
  );
  return Math.max(0, ...orphans.map((pod) => ordinalOf(pod) - start + 1));
}

/** How a StatefulSet stands on its way to the template. `pods`: those that it owns. */
export function viewOf(
  live: KubeObject,
  template: KubeObject,
  pods: readonly KubeObject[],
  inPlace: RolloutView["inPlace"],
  context: HealthContext,
): RolloutView {
  const { start, replicas = 1, partition } = shapeOf(live);
  const wanted = shapeOf(template);
  const revision = mapAt(live, "status").updateRevision;
  return {
    start,
    replicas,
    target: wanted.replicas ?? replicas,
    partition,
    lastPartition: wanted.partition,
    inPlace,
    pods: pods
      .map(
        (pod): RolloutPod => ({
          ordinal: ordinalOf(pod),
          name: pod.metadata.name,
          updated: pod.metadata.labels?.["controller-revision-hash"] === revision,
          ready: isPodReady(pod),
          leaving: isTerminating(pod),
          broken: isBrokenPod(pod, context),
        }),
      )
      .filter(({ ordinal }) => ordinal >= start && ordinal < start + replicas)
      .sort((a, b) => a.ordinal - b.ordinal),
  };
}

async function podsOf(set: KubeObject, ctx: TaskContext): Promise<readonly KubeObject[]> {
  const labelSelector = selectorText(mapAt(set, "spec").selector);
  const { namespace } = set.metadata;
  if (labelSelector === "" || namespace === undefined) return [];
  const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector };
  return (await ctx.cluster.list(query, callOptions(ctx))).items;
}

function isOwned(pod: KubeObject, { metadata }: KubeObject): boolean {
  return (pod.metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === metadata.uid,
  );
}

function ordinalOf({ metadata }: KubeObject): number {
  return Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? Number.NaN);
}

function strategyOf(object: KubeObject): Readonly<Record<string, unknown>> {
  return mapAt(mapAt(object, "spec"), "updateStrategy");
}

function mapAt(value: object, key: string): Readonly<Record<string, unknown>> {
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return isMap(found) ? found : {};
}

function numberIn(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
