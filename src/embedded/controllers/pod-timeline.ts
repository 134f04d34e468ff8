import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import {
  accepted,
  initialised,
  initStatusOf,
  type PodWorld,
  ready,
  running,
  started,
  statusFor,
  succeeded,
} from "./pod-stages.ts";
import { isOver, isTerminating } from "./pod-state.ts";
import { type ContainerStatus, type PodStatus, podSpecOf, podStatusOf } from "./shapes.ts";

/** How long the stages of a simulated pod take, in milliseconds. */
export interface PodTimings {
  /** From creation to a node. */
  readonly schedule: number;
  /** From a node to the first container. */
  readonly prepare: number;
  /** Each init container. */
  readonly init: number;
  /** From running to ready. */
  readonly ready: number;
  /** From running to the end of a pod that runs to its end. */
  readonly work: number;
  /** From the request for deletion to the end; never longer than the pod's own grace period. */
  readonly terminate: number;
}

/** A pod is ready about a second after its creation and gone 0.3 s after its deletion. */
export const POD_TIMINGS: PodTimings = {
  schedule: 100,
  prepare: 400,
  init: 100,
  ready: 500,
  work: 500,
  terminate: 300,
};

/** What happens to a pod next, and after how many milliseconds in its present state; undefined: nothing by itself. */
export type PodStep =
  | { readonly act: "schedule" | "remove"; readonly after: number }
  | { readonly act: "status"; readonly after: number; readonly status: PodStatus }
  | undefined;

/**
 * The whole life of a simulated pod: its next step from what is stored and from the world around it. Pure, so that a rule
 * that lets a pod fail has one place to change.
 */
export function nextPodStep(pod: KubeObject, world: PodWorld, timings: PodTimings): PodStep {
  const spec = podSpecOf(pod);
  const status = podStatusOf(pod);
  if (isTerminating(pod)) {
    const grace = Number(pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    return { act: "remove", after: Math.min(timings.terminate, grace) };
  }
  if (isOver(pod)) return undefined;
  if (spec.nodeName === undefined) return { act: "schedule", after: timings.schedule };
  if (status.containerStatuses === undefined) return to(accepted(pod, world), 0);

  const inits = spec.initContainers ?? [];
  const pending = inits.find(({ name }) => !isDone(initStatusOf(status, name)));
  if (status.podIP === undefined && !wasStarted(status)) {
    if (world.mountProblem !== undefined) return undefined;
    return to(started(pod, world), timings.prepare);
  }
  if (pending !== undefined) return to(initialised(pod, pending, world), timings.init);
  const allRun = spec.containers.every(
    ({ name }) => statusFor(status, name)?.state.running !== undefined,
  );
  if (!allRun) {
    const next = running(pod, world);
    return stageOf(next) === stageOf(status) ? undefined : to(next, 0);
  }
  const work = world.workTime ?? timings.work;
  const runsToItsEnd = spec.restartPolicy !== undefined && spec.restartPolicy !== "Always";
  if (runsToItsEnd && work !== Number.POSITIVE_INFINITY) return to(succeeded(pod, world), work);
  if (conditionOf(status.conditions, "Ready")?.status === "True") return undefined;
  return to(ready(pod, world), timings.ready);
}

function to(status: PodStatus, after: number): PodStep {
  return { act: "status", after, status };
}

/** What distinguishes one stage of the containers' start from another. */
function stageOf({ phase, containerStatuses = [] }: PodStatus): string {
  return JSON.stringify([phase, containerStatuses.map(({ name, state }) => [name, state])]);
}

function isDone(status: ContainerStatus | undefined): boolean {
  return status?.state.terminated?.exitCode === 0;
}

function wasStarted(status: PodStatus): boolean {
  return status.phase === "Running";
}
