import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import {
  accepted,
  CRASH_LOOP,
  crashed,
  initCrashed,
  initialised,
  initRestarted,
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
    const end = world.silent === true ? "never" : (world.rule?.end ?? timings.terminate);
    if (grace > 0 && end === "never") return undefined;
    return { act: "remove", after: Math.min(end === "never" ? 0 : end, grace) };
  }
  if (isOver(pod) || world.silent === true) return undefined;
  const { rule } = world;
  if (spec.nodeName === undefined) {
    const { schedule = timings.schedule } = rule ?? {};
    return { act: "schedule", after: schedule === "never" ? timings.schedule : schedule };
  }
  if (status.containerStatuses === undefined) return to(accepted(pod, world), 0);

  const inits = spec.initContainers ?? [];
  const pending = inits.find(({ name }) => !isDone(initStatusOf(status, name)));
  if (status.podIP === undefined && !wasStarted(status)) {
    if (world.mountProblem !== undefined) return undefined;
    return to(started(pod, world), rule?.start ?? timings.prepare);
  }
  if (pending !== undefined) {
    const { state, restartCount = 0 } = initStatusOf(status, pending.name) ?? {};
    if (state?.waiting?.reason === CRASH_LOOP)
      return to(initRestarted(pod, pending, world), backOffOf(restartCount));
    const crashes = pending === inits[0] && restartCount < (rule?.initCrashes ?? 0);
    const next = crashes ? initCrashed : initialised;
    return to(next(pod, pending, world), timings.init);
  }
  const allRun = spec.containers.every(
    ({ name }) => statusFor(status, name)?.state.running !== undefined,
  );
  if (!allRun) {
    const next = running(pod, world);
    if (stageOf(next) === stageOf(status)) return undefined;
    return to(next, backOff(status));
  }
  const work = world.workTime ?? timings.work;
  const runsToItsEnd = spec.restartPolicy !== undefined && spec.restartPolicy !== "Always";
  if (runsToItsEnd && work !== Number.POSITIVE_INFINITY) return to(succeeded(pod, world), work);
  const readyAfter = rule?.ready ?? timings.ready;
  const isReady = conditionOf(status.conditions, "Ready")?.status === "True";
  const [first] = status.containerStatuses;
  const { crashes } = rule ?? {};
  if (crashes && (first?.restartCount ?? 0) < crashes.times) {
    const left = isReady && readyAfter !== "never" ? crashes.after - readyAfter : crashes.after;
    const before = readyAfter === "never" || isReady || crashes.after <= readyAfter;
    if (before) return to(crashed(pod, world), Math.max(0, left));
  }
  if (isReady || readyAfter === "never") return undefined;
  return to(ready(pod, world), readyAfter);
}

/** Milliseconds until what has crashed is started again, as a kubelet waits: 10 s, then twice as long each time, at most 5 min. */
function backOff({ containerStatuses = [] }: PodStatus): number {
  const counts = containerStatuses
    .filter(({ state }) => state.waiting?.reason === CRASH_LOOP)
    .map(({ restartCount }) => restartCount);
  return counts.length === 0 ? 0 : backOffOf(Math.max(...counts));
}

function backOffOf(restarts: number): number {
  return Math.min(300_000, 10_000 * 2 ** (restarts - 1));
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
