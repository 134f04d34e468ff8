import { assertNever } from "../../model/assert-never.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";

/** A StatefulSet on its way to its template. Ordinals count from `start`. */
export interface RolloutView {
  /** Ordinal of the first pod. */
  readonly start: number;
  /** Live replicas, and those of the template. */
  readonly replicas: number;
  readonly target: number;
  /** Live partition, and that of the template. */
  readonly partition: number;
  readonly lastPartition: number;
  /**
   * `no`: something besides replicas and partition differs from the template; `restarts`: the template of the pods, too; `immutable`: something that cannot be changed,
   * so that the StatefulSet must be made anew.
   */
  readonly inPlace: "yes" | "no" | "restarts" | "immutable";
  /** Those that should be there and are, by ordinal. */
  readonly pods: readonly RolloutPod[];
}

/** A pod of a rollout. */
export interface RolloutPod {
  readonly ordinal: number;
  readonly name: string;
  /** It is of the newest template that its controller has seen. */
  readonly updated: boolean;
  readonly ready: boolean;
  /** Its deletion was asked for. */
  readonly leaving: boolean;
  /** It serves nobody, and will not by itself. */
  readonly broken: boolean;
}

/** The next change of a rollout. */
export type RolloutChange =
  /** The template is taken over, in such a way that no pod restarts. */
  | { readonly kind: "template"; readonly partition: number; readonly settled: boolean }
  /** The StatefulSet is deleted, to be made anew. */
  | { readonly kind: "replace"; readonly settled: boolean }
  /** Broken pods are made anew of the newest template; `pods` are to be deleted, for a controller may wait for them for ever. */
  | { readonly kind: "repair"; readonly partition: number; readonly pods: readonly string[] }
  /** Somebody let pods restart that should not, or several at once: those below the partition are held. */
  | { readonly kind: "hold"; readonly partition: number; readonly pod: string }
  | {
      readonly kind: "scale";
      readonly replicas: number;
      readonly partition: number;
      readonly settled: boolean;
    }
  | {
      readonly kind: "restart";
      readonly partition: number;
      readonly pod: string;
      /** How many are to restart after it. */
      readonly left: number;
    }
  /** A pod is about to get the newest template: it is waited for. */
  | { readonly kind: "wait" }
  /** Nothing is left to do with pods: the template as it stands. */
  | { readonly kind: "finish" };

/**
 * What a rollout does next, decided from what is there alone, so that whoever goes on with it goes on at the same place: the template first, without restarting
 * anybody; then repairs; then up by one; then the restart of the highest ordinal that has not got the newest template; then down by one.
 * What only touches pods that are broken need not wait for the gate (`needsSettling`).
 */
export function nextChange(view: RolloutView): RolloutChange {
  const { replicas, target, partition, lastPartition, inPlace, pods } = view;
  const end = view.start + replicas;
  const hold = Math.max(end, lastPartition);
  if (inPlace !== "yes") {
    const serves = pods.some(({ ready }) => ready);
    if (inPlace === "immutable") return { kind: "replace", settled: serves };
    const isBroken = pods.some(({ broken }) => broken) || pods.length < replicas;
    const settled = serves && !isBroken;
    return { kind: "template", partition: inPlace === "restarts" ? hold : partition, settled };
  }
  const loose = pods.find(
    ({ ordinal, updated }) => !updated && ordinal >= partition && ordinal < lastPartition,
  );
  if (loose !== undefined) return { kind: "hold", partition: lastPartition, pod: loose.name };
  const outdated = outdatedOrdinals(view);
  const repair = repairOf(view, outdated);
  if (repair !== undefined) return repair;
  const isTopBroken = isBroken(view, end - 1);
  if (replicas > target && isTopBroken) return scaled(view, -1, false);
  const [highest, ...rest] = outdated;
  if (highest !== undefined && partition < highest && rest.some((one) => one >= partition))
    return { kind: "hold", partition: highest, pod: nameOf(view, highest) };
  if (replicas < target) return scaled(view, 1, true);
  if (highest !== undefined && highest >= partition) return { kind: "wait" };
  if (highest !== undefined)
    return { kind: "restart", partition: highest, pod: nameOf(view, highest), left: rest.length };
  if (replicas > target) return scaled(view, -1, true);
  return { kind: "finish" };
}

/** Whether all pods must be healthy and the gate hold before a change. */
export function needsSettling(change: RolloutChange): boolean {
  switch (change.kind) {
    case "template":
    case "replace":
    case "scale":
      return change.settled;
    case "restart":
    case "wait":
      return true;
    case "repair":
    case "hold":
    case "finish":
      return false;
    default:
      return assertNever(change);
  }
}

/** New pods get the newest template; on the way down the partition can go back, for nobody is left to restart. */
function scaled(view: RolloutView, by: 1 | -1, settled: boolean): RolloutChange {
  const { start, replicas, partition, lastPartition } = view;
  const end = start + replicas;
  return {
    kind: "scale",
    replicas: replicas + by,
    partition: Math.min(partition, Math.max(end, lastPartition)),
    settled,
  };
}

/** Ordinals, highest first, whose pod does not have the newest template, or would not when it comes back. */
function outdatedOrdinals(view: RolloutView): number[] {
  const { start, replicas, partition, lastPartition } = view;
  const ordinals: number[] = [];
  for (let one = start + replicas - 1; one >= Math.max(start, lastPartition); one--) {
    const pod = podAt(view, one);
    const isThere = pod !== undefined && !pod.leaving;
    if (isThere ? !pod.updated : partition > one) ordinals.push(one);
  }
  return ordinals;
}

/** The broken ones among the outdated, as far down as no healthy one would have to restart for them. */
function repairOf(
  view: RolloutView,
  outdated: readonly number[],
): Extract<RolloutChange, { kind: "repair" }> | undefined {
  const stop = outdated.findIndex((one) => !isBroken(view, one));
  const broken = stop < 0 ? outdated : outdated.slice(0, stop);
  const lowest = broken.at(-1);
  if (lowest === undefined) return undefined;
  const pods = broken.flatMap((one) => podAt(view, one)?.name ?? []);
  if (view.partition <= lowest && pods.length === 0) return undefined;
  return { kind: "repair", partition: Math.min(view.partition, lowest), pods };
}

/** A pod that is not there serves nobody either. */
function isBroken(view: RolloutView, ordinal: number): boolean {
  return podAt(view, ordinal)?.broken ?? true;
}

function podAt({ pods }: RolloutView, ordinal: number): RolloutPod | undefined {
  return pods.find((pod) => pod.ordinal === ordinal);
}

function nameOf(view: RolloutView, ordinal: number): string {
  return podAt(view, ordinal)?.name ?? `the pod with ordinal ${ordinal}`;
}

/** The template on its way: with so many replicas, and pods below the partition left alone. What the template does not say about replicas stays unsaid. */
export function onTheWay(
  template: KubeObject,
  replicas: number | undefined,
  partition: number,
): KubeObject {
  const spec = isMap(template.spec) ? template.spec : {};
  const strategy = isMap(spec.updateStrategy) ? spec.updateStrategy : {};
  const rolling = isMap(strategy.rollingUpdate) ? strategy.rollingUpdate : {};
  const isScaled = replicas !== undefined && typeof spec.replicas === "number";
  const isHeld = partition !== (rolling.partition ?? 0);
  return {
    ...template,
    spec: {
      ...spec,
      ...(isScaled && { replicas }),
      ...(isHeld && {
        updateStrategy: {
          ...strategy,
          type: "RollingUpdate",
          rollingUpdate: { ...rolling, partition },
        },
      }),
    },
  };
}
